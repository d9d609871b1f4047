//! A first config, written from flags, from answers at a terminal, and from what an account has.

use std::path::Path;

use aws_sdk_ecs::types::{AssignPublicIp, AwsVpcConfiguration, LaunchType, NetworkConfiguration};
use serde_json::json;

use crate::check_aws::Surroundings;
use crate::support::{Answer, Ground, Seen, Verdict, Which, bare, on_both, talk};

const ANSWERS: [(&str, &str); 8] = [
    ("Name of the app: ", "billing\n"),
    ("AWS region: ", "ap-northeast-1\n"),
    ("ECS cluster [default]: ", "\n"),
    ("Task definition (family): ", "app\n"),
    ("Subnets (ids, with spaces between): ", "subnet-0a subnet-0b\n"),
    ("Name of the first job: ", "invoices\n"),
    ("Its schedule [rate(1 day)]: ", "\n"),
    ("Its command: ", "php artisan invoices:send\n"),
];

fn read(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("config.toml")).expect("a config")
}

#[test]
fn a_person_is_asked_for_all_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let screen = talk(&bare(folder.path(), &["init"]), &ANSWERS);
    assert_eq!(screen.status, 0, "{screen:#?}");
    assert!(screen.text.ends_with("Next: `provision check config.toml`, then `provision diff config.toml`.\n"));
    insta::assert_snapshot!("answered", read(folder.path()));
    assert_eq!(bare(folder.path(), &["check"]).output().expect("it runs").status.code(), Some(0));

    let again = talk(&bare(folder.path(), &["init"]), &[]);
    assert!(again.status == 4 && again.text.contains("config.toml is there already"), "{again:#?}");
}

#[test]
fn a_wrong_answer_is_asked_for_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let [app, region, cluster, family, subnets, job, schedule, command] = ANSWERS;
    let dialogue = [
        (app.0, "\n"),
        (app.0, "Billing App\n"),
        app,
        (region.0, "tokyo\n"),
        region,
        cluster,
        (family.0, "app:latest\n"),
        family,
        (subnets.0, "subnet 0a\n"),
        subnets,
        job,
        (schedule.0, "cron(0 9 * * 1-5)\n"),
        (schedule.0, "cron(0 9 ? * MON-FRI *)\n"),
        command,
    ];
    let screen = talk(&bare(folder.path(), &["init"]), &dialogue);
    assert_eq!(screen.status, 0, "{screen:#?}");
    assert!(screen.text.contains("note: it can't be left out\n"), "{screen:#?}");
    assert!(screen.text.contains("`cron(0 9 ? * MON-FRI *)`"), "the hint is shown: {screen:#?}");
    assert!(read(folder.path()).contains("schedule = \"cron(0 9 ? * MON-FRI *)\""));
}

#[test]
fn no_answer_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for answered in [0, 3, 7] {
        let mut dialogue = ANSWERS[..=answered].to_vec();
        dialogue[answered].1 = "\u{4}";
        let screen = talk(&bare(folder.path(), &["init"]), &dialogue);
        assert_eq!(screen.status, 4, "{screen:#?}");
        assert!(screen.text.contains("\nerror: nothing was written: there was no answer\nHint: "), "{screen:#?}");
        assert!(!folder.path().join("config.toml").exists());
    }
}

/// A service in the cluster `batch`.
fn service(ground: &Ground, name: &str, around: &Surroundings) {
    let network = AwsVpcConfiguration::builder()
        .subnets(&around.subnet)
        .security_groups(&around.group)
        .assign_public_ip(AssignPublicIp::Enabled)
        .build()
        .expect("a network");
    let network = NetworkConfiguration::builder().awsvpc_configuration(network).build();
    let service = ground.cloud.aws.ecs.create_service().cluster("batch").service_name(name).task_definition("app");
    let service = service.desired_count(0).launch_type(LaunchType::Fargate).network_configuration(network);
    ground.cloud.wait(service.send()).expect("a service");
}

const FLAGS: [&str; 12] = [
    "init",
    "--aws",
    "--app",
    "billing",
    "--region",
    "ap-northeast-1",
    "--job",
    "invoices",
    "--schedule",
    "rate(3 hours)",
    "--",
    "true",
];

/// With more of them before the command.
fn flags<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&FLAGS[..10], more, &FLAGS[10..]].concat()
}

on_both!(what_there_is_one_of_is_taken, |ground: Ground| {
    let around = Surroundings::new(&ground.cloud);
    service(&ground, "web", &around);
    ground.proxy.pass();
    ground.ok(&flags(&[]));
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    let mut asked: Vec<String> = ground.proxy.seen().into_iter().map(|seen: Seen| seen.api).collect();
    asked.sort();
    asked.dedup();
    let reads = ["DescribeClusters", "DescribeServices", "DescribeTaskDefinition", "ListClusters", "ListServices"];
    let reads = reads.into_iter().chain(["ListTaskDefinitionFamilies"]).map(|read| format!("ecs:{read}"));
    assert_eq!(asked, reads.collect::<Vec<_>>());
    let config = read(ground.path("config.toml").parent().expect("a folder"));
    let config = config.replace(&around.subnet, "subnet-HERE").replace(&around.group, "sg-HERE");
    insta::allow_duplicates! { insta::assert_snapshot!("offered", config) };
    ground.ok(&["check", "--aws"]);
    ground.ok(&["diff"]);
    assert_eq!(ground.run(&flags(&[])).status, Some(4), "it is there");
});

on_both!(what_there_are_several_of_must_be_named, |ground: Ground| {
    let around = Surroundings::new(&ground.cloud);
    let ecs = &ground.cloud.aws.ecs;
    ground.cloud.wait(ecs.create_cluster().cluster_name("empty").send()).expect("a cluster");
    ground.cloud.task_definition("two", &["web", "worker"], None);
    for name in ["api", "web"] {
        service(&ground, name, &around);
    }
    let mut more = Vec::new();
    for (flag, value, options) in [
        ("--cluster", "batch", "`batch`, `empty`"),
        ("--task-definition", "two", "`app`, `two`"),
        ("--container", "worker", "`web`, `worker`"),
        ("--service", "api", "`api`, `web`"),
    ] {
        let refused = ground.run(&flags(&more));
        assert_eq!(refused.status, Some(1), "{refused:#?}");
        assert!(refused.stderr.contains(&format!("Hint: add `{flag}` with one of {options}\n")), "{refused:#?}");
        let wrong = ground.run(&flags(&[&more[..], &[flag, "other"]].concat()));
        assert_eq!(wrong.status, Some(1), "{wrong:#?}");
        assert!(wrong.stderr.contains("`other`\nHint: "), "{wrong:#?}");
        assert!(!ground.path("config.toml").exists());
        more.extend([flag, value]);
    }
    ground.ok(&flags(&more));
    ground.ok(&["check", "--aws"]);

    // By hand there is nothing to choose from.
    let by_hand = [&more[..6], &["--subnet", &around.subnet]].concat();
    ground.ok(&[&flags(&by_hand)[..1], &["by-hand.toml"], &flags(&by_hand)[1..]].concat());
    ground.ok(&["check", "--aws", "by-hand.toml"]);
});

on_both!(a_person_chooses_by_number_or_name, |ground: Ground| {
    let around = Surroundings::new(&ground.cloud);
    ground.cloud.wait(ground.cloud.aws.ecs.create_cluster().cluster_name("empty").send()).expect("a cluster");
    for name in ["api", "web"] {
        service(&ground, name, &around);
    }
    let mut command = ground.command(&["init", "--aws", "--app", "billing"]);
    command.env("AWS_REGION", "ap-northeast-1");
    let which = "Which, by number or name: ";
    let [.., job, schedule, its] = ANSWERS;
    let dialogue = [
        ("AWS region [ap-northeast-1]: ", "\n"),
        (which, "3\n"),
        (which, "0\n"),
        (which, "1\n"),
        (which, "web\n"),
        job,
        schedule,
        its,
    ];
    let screen = talk(&command, &dialogue);
    assert_eq!(screen.status, 0, "{screen:#?}");
    assert!(screen.text.contains("There is more than one cluster:\n    1  batch\n    2  empty\n"), "{screen:#?}");
    assert!(screen.text.contains("that is none of them: a number from 1 to 2, or a name\n"), "{screen:#?}");
    assert!(read(ground.path("config.toml").parent().expect("a folder")).contains(&around.group));
    ground.ok(&["check", "--aws"]);

    std::fs::remove_file(ground.path("config.toml")).expect("it is removed");
    let screen = talk(&command, &[dialogue[0], (which, "\u{4}")]);
    assert_eq!(screen.status, 4, "{screen:#?}");
    assert!(!ground.path("config.toml").exists());
});

#[test]
fn a_region_that_is_none_is_not_asked() {
    let ground = Ground::new(Which::Ministack);
    let refused = ground.run(&["init", "--aws", "--app", "billing", "--region", "example.com/"]);
    assert_eq!(refused.status, Some(3), "{refused:#?}");
    assert!(refused.stderr.contains("`example.com/`"), "{refused:#?}");
    assert!(ground.proxy.seen().is_empty());
}

/// What ECS answers on two pages, and of a service that runs on capacity providers.
#[test]
fn all_pages_are_read_and_capacity_providers_taken_over() {
    let ground = Ground::new(Which::Ministack);
    ground.proxy.rule(|_, seen| {
        let second = seen.body.contains("\"nextToken\":\"2\"");
        let arn = |kind: &str| format!("arn:aws:ecs:ap-northeast-1:123456789012:{kind}");
        let body = match (seen.api.as_str(), second) {
            ("ecs:ListClusters", false) => json!({ "clusterArns": [], "nextToken": "2" }),
            ("ecs:ListClusters", true) => json!({ "clusterArns": [arn("cluster/batch")] }),
            ("ecs:ListTaskDefinitionFamilies", false) => json!({ "families": [], "nextToken": "2" }),
            ("ecs:ListTaskDefinitionFamilies", true) => json!({ "families": ["app"] }),
            ("ecs:ListServices", false) => {
                let arns: Vec<String> = (0..10).map(|number| arn(&format!("service/batch/s{number}"))).collect();
                json!({ "serviceArns": arns, "nextToken": "2" })
            }
            ("ecs:ListServices", true) => json!({ "serviceArns": [arn("service/batch/spot")] }),
            // Without a network of its own there is nothing to take over.
            ("ecs:DescribeServices", _) if !seen.body.contains("spot") => json!({ "services": [{ "serviceName": "s0" }] }),
            ("ecs:DescribeServices", _) => json!({ "services": [{
                "serviceName": "spot",
                "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-0a"], "assignPublicIp": "DISABLED" } },
                "capacityProviderStrategy": [
                    { "capacityProvider": "FARGATE_SPOT", "weight": 4, "base": 0 },
                    { "capacityProvider": "FARGATE", "weight": 1, "base": 1 },
                ],
            }] }),
            _ => return Verdict::Pass,
        };
        Verdict::Answer(Answer::Json(body.to_string()))
    });
    ground.ok(&flags(&[]));
    let config = read(ground.path("config.toml").parent().expect("a folder"));
    let providers = r#"[{ name = "FARGATE_SPOT", weight = 4 }, { name = "FARGATE", weight = 1, base = 1 }]"#;
    assert!(config.contains(&format!("capacity_providers = {providers}\n")), "{config}");
    ground.ok(&["check"]);
}
