//! `check --aws`: what the config refers to, looked at without a write.

use std::fmt::Write as _;

use provision::aws::Service;

use crate::support::{Answer, Cloud, Ground, Run, Seen, Verdict, Which, on_both};

/// A VPC with a subnet and a security group; a topic, a queue and two roles.
pub struct Surroundings {
    pub subnet: String,
    elsewhere: String,
    pub group: String,
}

impl Surroundings {
    pub fn new(cloud: &Cloud) -> Self {
        let (vpc, other) = (make(cloud, "ec2:CreateVpc", &[("CidrBlock", "10.0.0.0/16")], "vpcId"), {
            make(cloud, "ec2:CreateVpc", &[("CidrBlock", "10.1.0.0/16")], "vpcId")
        });
        let subnet = |vpc: &str, block: &str| {
            make(cloud, "ec2:CreateSubnet", &[("VpcId", vpc), ("CidrBlock", block)], "subnetId")
        };
        let group = [("VpcId", vpc.as_str()), ("GroupName", "jobs"), ("GroupDescription", "jobs")];
        for (name, service) in [("brought", "states.amazonaws.com"), ("wrong", "lambda.amazonaws.com")] {
            role(cloud, name, service);
        }
        make(cloud, "sns:CreateTopic", &[("Name", "done")], "TopicArn");
        make(cloud, "sqs:CreateQueue", &[("QueueName", "undelivered")], "QueueUrl");
        Self {
            subnet: subnet(&vpc, "10.0.1.0/24"),
            elsewhere: subnet(&other, "10.1.1.0/24"),
            group: make(cloud, "ec2:CreateSecurityGroup", &group, "groupId"),
        }
    }
}

/// Sends a write of EC2, SNS or SQS, and takes one element of the answer.
fn make(cloud: &Cloud, api: &'static str, parameters: &[(&str, &str)], element: &str) -> String {
    let service = match &api[..3] {
        "ec2" => Service::Ec2,
        "sns" => Service::Sns,
        _ => Service::Sqs,
    };
    let parameters: Vec<(String, &str)> = parameters.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect();
    let answer = cloud.wait(cloud.aws.query.ask(service, api, &cloud.aws.region, &parameters)).expect("it is made");
    let (_, rest) = answer.split_once(&format!("<{element}>")).expect("the element is there");
    rest.split('<').next().expect("it ends").to_owned()
}

fn role(cloud: &Cloud, name: &str, service: &str) {
    let trust = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    });
    let role = cloud.aws.iam.create_role().role_name(name).assume_role_policy_document(trust.to_string());
    cloud.wait(role.send()).expect("a role");
}

fn good(cloud: &Cloud, around: &Surroundings) -> String {
    let Surroundings { subnet, group, .. } = around;
    let account = cloud.account;
    format!(
        r#"app = "billing"
region = "ap-northeast-1"
[ecs]
cluster = "batch"
task_definition = "app"
subnets = ["{subnet}"]
security_groups = ["{group}"]
[job.invoices]
command = ["php"]
schedule = {{ expression = "cron(0 9 * * ? 2199)", dead_letter = "arn:aws:sqs:ap-northeast-1:{account}:undelivered" }}
roles.execution = "arn:aws:iam::{account}:role/brought"
[job.tell]
definition = "tell.asl.json"
"#
    )
}

/// Publishes to a topic and runs a task on EC2.
fn tell(cloud: &Cloud, topic: &str) -> String {
    let topic = cloud.arn("sns", topic);
    serde_json::json!({ "StartAt": "Tell", "States": { "Tell": {
        "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": true,
        "Parameters": { "TopicArn": topic, "Message": "done" },
    } } })
    .to_string()
}

/// The tree, the same wherever the test runs.
fn tree(run: &Run, around: &Surroundings, vpcs: bool) -> String {
    let (_, tree) = run.stdout.split_once("AWS in ").unwrap_or_else(|| panic!("a tree: {run:#?}"));
    let mut tree = tree
        .replace(&around.subnet, "subnet-HERE")
        .replace(&around.elsewhere, "subnet-THERE")
        .replace(&around.group, "sg-HERE")
        .replace("000000000000", "123456789012");
    let _ = write!(tree, "exit {:?}", run.status);
    if vpcs {
        let words = tree.split_inclusive([' ', '\n']).map(|word| match word.strip_prefix("vpc-") {
            Some(id) => format!("vpc-ID{}", &id[17..]),
            None => word.to_owned(),
        });
        tree = words.collect();
    }
    tree
}

#[test]
fn all_that_is_as_it_should_be_is_looked_at() {
    let ground = Ground::new(Which::Ministack);
    let around = Surroundings::new(&ground.cloud);
    ground.write("config.toml", &good(&ground.cloud, &around));
    ground.write("tell.asl.json", &tell(&ground.cloud, "done"));
    let before = ground.cloud.everything();
    ground.proxy.pass();
    let run = ground.ok(&["check", "--aws"]);
    insta::assert_snapshot!("good", tree(&run, &around, true));
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    assert_eq!(ground.cloud.everything(), before);
    let looked = ground.ok(&["check", "--aws", "--json"]).json();
    assert_eq!(looked["aws"]["findings"][0]["verdict"], "ok");
    assert_eq!(looked["aws"]["findings"][0]["parts"].as_array().unwrap().len(), 8, "{looked:#}");
}

on_both!(each_thing_that_is_missing_or_does_not_fit_is_a_fault, |ground: Ground| {
    let around = Surroundings::new(&ground.cloud);
    ground.cloud.task_definition("two", &["web", "worker"], None);
    let account = ground.cloud.account;
    let mut config = good(&ground.cloud, &around).replace(":undelivered", ":nowhere");
    config = config.replace(&format!("[\"{}\"]", around.subnet), &format!("{:?}", [&around.subnet, &around.elsewhere]));
    let _ = write!(
        config,
        r#"
[job.wrong]
command = ["php"]
ecs.task_definition = "two"
roles.execution = "arn:aws:iam::{account}:role/wrong"
roles.trigger = "arn:aws:iam::{account}:role/missing"
[job.missing]
command = ["php"]
ecs.cluster = "missing"
ecs.task_definition = "app:9"
ecs.subnets = ["subnet-0123456789abcdef0"]
ecs.security_groups = ["sg-0123456789abcdef0"]
roles.permissions_boundary = "arn:aws:iam::{account}:policy/missing"
[job.theirs]
command = ["php"]
ecs.launch_type = "EC2"
roles.execution = "arn:aws:iam::999999999999:role/theirs"
"#
    );
    ground.write("config.toml", &config);
    ground.write("tell.asl.json", &tell(&ground.cloud, "nobody"));
    ground.proxy.pass();
    let run = ground.run(&["check", "--aws"]);
    let name = format!("bad_{:?}", ground.emulator.which).to_lowercase();
    insta::assert_snapshot!(name, tree(&run, &around, true));
    assert!(run.stderr.contains("things that the config refers to are not as it needs them"), "{run:#?}");
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
});

#[test]
fn what_may_not_be_asked_is_skipped_and_no_fault() {
    let ground = Ground::new(Which::Ministack);
    let around = Surroundings::new(&ground.cloud);
    ground.write("config.toml", &good(&ground.cloud, &around));
    ground.write("tell.asl.json", &tell(&ground.cloud, "done"));
    ground.proxy.rule(|_, seen| {
        if seen.api.starts_with("sts:") {
            return Verdict::Pass;
        }
        let code = if seen.api.starts_with("ec2:") { "UnauthorizedOperation" } else { "AccessDenied" };
        Verdict::Answer(Answer::error(403, code, "no"))
    });
    let run = ground.run(&["check", "--aws"]);
    insta::assert_snapshot!("denied", tree(&run, &around, true));
}

#[test]
fn without_an_account_nothing_else_is_asked() {
    let ground = Ground::new(Which::Moto);
    let around = Surroundings::new(&ground.cloud);
    let config = good(&ground.cloud, &around).replace(ground.cloud.account, "999999999999");
    ground.write("config.toml", &format!("account = \"999999999999\"\n{config}"));
    ground.write("tell.asl.json", &tell(&ground.cloud, "done"));
    ground.proxy.pass();
    let run = ground.run(&["check", "--aws"]);
    insta::assert_snapshot!("wrong_account", tree(&run, &around, true));
    let asked: Vec<String> = ground.proxy.seen().into_iter().map(|seen: Seen| seen.api).collect();
    assert_eq!(asked, ["sts:GetCallerIdentity"]);
}

#[test]
fn what_step_functions_says_of_a_definition_is_shown() {
    let ground = Ground::new(Which::Ministack);
    let around = Surroundings::new(&ground.cloud);
    ground.write("config.toml", &good(&ground.cloud, &around));
    ground.write("tell.asl.json", &tell(&ground.cloud, "done"));
    ground.proxy.rule(|_, seen| match seen.api == "states:ValidateStateMachineDefinition" && seen.body.contains("Tell") {
        true => Verdict::Answer(Answer::Json(
            r#"{"result":"FAIL","diagnostics":[
                {"severity":"ERROR","code":"SCHEMA_VALIDATION_FAILED","message":"The field is not known","location":"/States/Tell/X"},
                {"severity":"WARNING","code":"W","message":"beware"}]}"#
                .into(),
        )),
        false => Verdict::Pass,
    });
    let run = ground.run(&["check", "--aws"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    let said = "/States/Tell/X: The field is not known (SCHEMA_VALIDATION_FAILED)";
    assert!(run.stdout.contains(&format!("FAULT definition of `billing-tell`: {said}\n")), "{run:#?}");
    assert!(!run.stdout.contains("beware"));
}
