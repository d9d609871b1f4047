//! What `provision permissions` prints, held against all that a life of an app sends, in the resources and conditions
//! by which AWS judges it. Emulators judge more coarsely. Source: Service Authorization Reference.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Cloud, Ground, Seen, Which, policy_on_aws, texts};
use crate::{destroy, drift};

/// One thing that IAM is asked.
#[derive(Debug)]
struct Question {
    action: String,
    resource: String,
    /// A condition key, and its value in the request.
    context: Option<(&'static str, String)>,
}

/// Denied to nobody.
const FREE: &str = "sts:GetCallerIdentity";
/// Asked only where the endpoint is not AWS.
const ELSEWHERE: [&str; 2] = ["iam:GetRole", "states:ListStateMachines"];

/// What IAM is asked about one request. `boundaries` are those of the roles so far.
fn questions(cloud: &Cloud, seen: &Seen, boundaries: &mut BTreeMap<String, String>) -> Vec<Question> {
    let body = body(&seen.body);
    let text = |key: &str| body[key].as_str();
    let operation = seen.api.split(':').nth(1).unwrap_or_default();
    let mut questions = Vec::new();
    let mut ask = |action: &str, resource: String, context| {
        questions.push(Question { action: action.to_owned(), resource, context });
    };
    let role = |name: &str| cloud.role_arn(&format!("provision/billing/{name}"));
    match seen.api.split(':').next().unwrap_or_default() {
        "logs" if text("resourceArn").is_some() => ask(&seen.api, text("resourceArn").unwrap().to_owned(), None),
        "logs" if text("logGroupName").is_some() => {
            let name = text("logGroupName").unwrap();
            ask(&seen.api, cloud.arn("logs", &format!("log-group:{name}:*")), None);
        }
        "iam" if text("RoleName").is_some() => {
            let name = text("RoleName").unwrap();
            if let Some(boundary) = text("PermissionsBoundary") {
                boundaries.insert(name.to_owned(), boundary.to_owned());
            }
            let bounded = boundaries.get(name).map(|boundary| ("iam:PermissionsBoundary", boundary.clone()));
            let resource = match text("InstanceProfileName") {
                Some(profile) => role("").replace("role/provision/billing/", &format!("instance-profile/{profile}")),
                None => role(name),
            };
            ask(&seen.api, resource, bounded);
        }
        "states" => {
            let named = text("name").map(|name| cloud.arn("states", &format!("stateMachine:{name}")));
            let arn = ["stateMachineArn", "resourceArn", "executionArn"]
                .into_iter()
                .find_map(text)
                .map(str::to_owned)
                .or(named);
            ask(&seen.api, arn.unwrap_or_else(|| "*".into()), None);
            if let Some(role) = text("roleArn") {
                ask("iam:PassRole", role.into(), Some(("iam:PassedToService", "states.amazonaws.com".into())));
            }
        }
        "events" => {
            let named = text("Name").or(text("Rule")).map(|name| cloud.arn("events", &format!("rule/{name}")));
            let arn = text("ResourceARN").map(str::to_owned).or(named);
            ask(&seen.api, arn.unwrap_or_else(|| "*".into()), None);
            for role in body["Targets"].as_array().into_iter().flatten().filter_map(|target| target["RoleArn"].as_str())
            {
                ask("iam:PassRole", role.into(), Some(("iam:PassedToService", "events.amazonaws.com".into())));
            }
        }
        "ecs" if operation == "DescribeClusters" => {
            for name in texts(&body["clusters"]) {
                ask(&seen.api, cloud.arn("ecs", &format!("cluster/{name}")), None);
            }
        }
        _ => ask(&seen.api, "*".into(), None),
    }
    questions
}

/// JSON, or the fields of a form.
fn body(text: &str) -> Value {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    serde_json::from_str(text).unwrap_or_else(|_| {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), json!(decoded(value))))
            .collect()
    })
}

fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, rest)) => {
            text.strip_prefix(start).is_some_and(|text| (0..=text.len()).any(|at| fits(rest, &text[at..])))
        }
        None => pattern == text,
    }
}

/// The statement that allows it, by its number, and the resource that it does so by.
fn allowing(policy: &Value, asked: &Question) -> Option<(usize, String)> {
    policy["Statement"].as_array().expect("statements").iter().enumerate().find_map(|(number, statement)| {
        let acts = texts(&statement["Action"]).contains(&asked.action);
        let by = texts(&statement["Resource"]).into_iter().find(|pattern| fits(pattern, &asked.resource))?;
        let demands = statement["Condition"]["StringEquals"].as_object();
        let met = demands.into_iter().flatten().all(|(key, values)| {
            asked.context.as_ref().is_some_and(|(has, value)| has == key && texts(values).contains(value))
        });
        (acts && met).then_some((number, by))
    })
}

/// All that was sent is allowed; and each action of each statement, and each resource, was needed for some of it.
fn is_exact(ground: &Ground, policy: &Value, unseen: &[&str]) {
    let mut boundaries = BTreeMap::new();
    let (mut acted, mut touched) = (BTreeSet::new(), BTreeSet::new());
    for seen in ground.proxy.seen().iter().filter(|seen| seen.api != FREE && !ELSEWHERE.contains(&seen.api.as_str())) {
        for asked in questions(&ground.cloud, seen, &mut boundaries) {
            let by = allowing(policy, &asked);
            let (number, resource) = by.unwrap_or_else(|| panic!("denied: {asked:#?} by {policy:#}"));
            acted.insert((number, asked.action));
            touched.insert((number, resource));
        }
    }
    for (number, statement) in policy["Statement"].as_array().expect("statements").iter().enumerate() {
        let mut actions = texts(&statement["Action"]);
        actions.retain(|action| !unseen.contains(&action.as_str()));
        for action in &actions {
            assert!(acted.contains(&(number, action.clone())), "{action} is not needed: {statement:#}");
        }
        for resource in texts(&statement["Resource"]).iter().filter(|_| !actions.is_empty()) {
            assert!(touched.contains(&(number, resource.clone())), "{resource} is not needed: {statement:#}");
        }
    }
}

/// Made, changed by hand in every way, repaired, changed in the config, removed.
fn life(ground: &Ground, config: &str) {
    ground.write("config.toml", config);
    ground.ok(&["apply"]);
    let mut mended = BTreeSet::new();
    for drift in drift::all(ground.emulator.which) {
        if drift.calls.iter().filter(|call| mended.insert(**call)).count() > 0 {
            (drift.change)(&ground.cloud);
            ground.ok(&["apply"]);
        }
    }
    ground.write("config.toml", &format!("{config}\n[logs]\nretention_days = \"never\"\n"));
    ground.ok(&["apply"]);
    if ground.emulator.which == Which::Ministack {
        destroy::start(ground, "nightly");
    }
    ground.write("config.toml", &config.replace("job.invoices", "job.other"));
    ground.ok(&["apply", "--yes", "--stop-running"]);
    ground.write("config.toml", config);
    ground.ok(&["destroy", "--yes"]);
}

#[test]
fn all_that_a_bounded_app_sends_is_allowed_and_nothing_else() {
    let ground = Ground::new(Which::Ministack);
    life(&ground, drift::CONFIG);
    let policy = policy_on_aws(&ground, "apply");
    assert!(!policy.to_string().contains("iam:DeleteRolePermissionsBoundary"));
    // Ministack shows rules' tags in bulk.
    is_exact(&ground, &policy, &["events:ListTagsForResource"]);
}

#[test]
fn all_that_an_unbounded_app_sends_is_allowed_and_nothing_else() {
    let ground = Ground::new(Which::Moto);
    let config = drift::CONFIG.replace("permissions_boundary", "# permissions_boundary");
    ground.write("config.toml", drift::CONFIG);
    ground.ok(&["apply"]);
    ground.proxy.pass();
    ground.write("config.toml", &config);
    ground.ok(&["apply"]);
    life(&ground, &config);
    let policy = policy_on_aws(&ground, "apply");
    assert!(!policy.to_string().contains("iam:PutRolePermissionsBoundary"));
    // Moto shows these tags in bulk, and runs no tasks.
    is_exact(&ground, &policy, &["logs:ListTagsForResource", "states:ListTagsForResource", "states:StopExecution"]);
}

#[test]
fn roles_that_are_given_are_passed_and_never_written() {
    let ground = Ground::new(Which::Ministack);
    let (execution, trigger) = (ground.cloud.role_arn("mine"), ground.cloud.role_arn("start"));
    let names = "name = \"nightly\"\nlogs.group = \"/own/nightly\"\n";
    let config = format!("{ONE_JOB}{names}\n[roles]\nexecution = \"{execution}\"\ntrigger = \"{trigger}\"\n");
    ground.write("config.toml", &config);
    let policy = policy_on_aws(&ground, "apply");
    let actions = policy["Statement"].as_array().unwrap().iter().flat_map(|statement| texts(&statement["Action"]));
    let of_iam: BTreeSet<String> = actions.filter(|action| action.starts_with("iam:")).collect();
    assert_eq!(
        of_iam.iter().collect::<Vec<_>>(),
        ["iam:GetAccountAuthorizationDetails", "iam:ListRoles", "iam:PassRole"]
    );
    ground.ok(&["apply"]);
    ground.ok(&["destroy", "--yes"]);
    for seen in ground.proxy.seen().iter().filter(|seen| seen.api != FREE && !ELSEWHERE.contains(&seen.api.as_str())) {
        for asked in questions(&ground.cloud, seen, &mut BTreeMap::new()) {
            assert!(allowing(&policy, &asked).is_some(), "denied: {asked:#?} by {policy:#}");
        }
    }
}

/// A managed policy has at most 6,144 characters, white space aside. Source: IAM User Guide, "IAM and AWS STS quotas".
#[test]
fn it_does_not_grow_with_the_jobs() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", TWO_JOBS);
    let few = policy_on_aws(&ground, "apply");
    let jobs: Vec<String> = (0..1_000).map(|number| format!("[job.j{number}]\ncommand = [\"true\"]\n")).collect();
    let jobs = jobs.concat();
    ground.write("config.toml", &format!("{TWO_JOBS}{jobs}"));
    assert_eq!(policy_on_aws(&ground, "apply"), few);
    assert!(few.to_string().len() < 6_144);
}
