//! Bad requests are caught, each for its own reason, and good ones are not.

use serde_json::{Value, json};

use super::{pattern, refusals, services};

const ROLE: &str = "arn:aws:iam::123456789012:role/provision/billing/billing-invoices-trigger";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecs:RunTask","Resource":"*"}]}"#;

fn machine() -> Value {
    let group = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/vendedlogs/states/x:*";
    json!({
        "name": "billing-invoices", "type": "STANDARD", "roleArn": ROLE,
        "definition": r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#,
        "loggingConfiguration": { "level": "ALL", "includeExecutionData": true,
            "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": group } }] },
        "tags": [{ "key": "provision:app", "value": "billing" }],
    })
}

fn target() -> Value {
    json!({ "Id": "state-machine", "Arn": "arn:aws:states:ap-northeast-1:123456789012:stateMachine:x", "RoleArn": ROLE, "Input": "{}" })
}

/// `of` with the value at a JSON pointer replaced; taken out when it becomes null.
fn with(of: Value, at: &str, value: Value) -> Value {
    let mut of = of;
    let (parent, key) = at.rsplit_once('/').expect("a pointer");
    match of.pointer_mut(parent).expect("the parent is there") {
        Value::Object(fields) if value.is_null() => drop(fields.remove(key)),
        Value::Object(fields) => drop(fields.insert(key.into(), value)),
        other => other[key.parse::<usize>().expect("an index")] = value,
    }
    of
}

/// A body of the Query protocol.
fn form(action: &str, parameters: &[(&str, &str)]) -> String {
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let own = [("Action", action), ("Version", "2010-05-08")];
    let pairs = own.iter().chain(parameters).map(|(key, value)| format!("{key}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn role(parameters: &[(&str, &str)]) -> String {
    let own = [
        ("RoleName", "billing-invoices-trigger"),
        ("Path", "/provision/billing/"),
        ("AssumeRolePolicyDocument", TRUST),
    ];
    form(
        "CreateRole",
        &own.iter()
            .filter(|(key, _)| !parameters.iter().any(|(other, _)| other == key))
            .chain(parameters)
            .copied()
            .collect::<Vec<_>>(),
    )
}

#[test]
fn good_requests_are_good() {
    let good = [
        ("states:CreateStateMachine", machine().to_string()),
        ("events:PutTargets", json!({ "Rule": "r", "Targets": [target()] }).to_string()),
        (
            "iam:CreateRole",
            role(&[("Tags.member.1.Key", "team"), ("Tags.member.1.Value", ""), ("MaxSessionDuration", "3600")]),
        ),
        (
            "iam:PutRolePolicy",
            form("PutRolePolicy", &[("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", ALLOW)]),
        ),
        ("sts:GetCallerIdentity", "Action=GetCallerIdentity&Version=2011-06-15".into()),
        ("sns:GetTopicAttributes", "Action=GetTopicAttributes&Version=2010-03-31&TopicArn=x".into()),
        (
            "ec2:DescribeSubnets",
            "Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=subnet-id&Filter.1.Value.1=a&Filter.1.Value.2=b"
                .into(),
        ),
    ];
    for (api, body) in good {
        assert_eq!(refusals(api, &body), Vec::<String>::new(), "{api} {body}");
    }
}

/// JSON, or a text as it is.
struct Body(String);

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A request, and a part of what is said of it.
#[track_caller]
fn refused(api: &str, body: impl Into<Body>, why: &str) {
    let found = refusals(api, &body.into().0);
    assert_eq!(found.len(), 1, "{api}, for {why:?}: {found:?}");
    assert!(found[0].contains(why), "{api}, for {why:?}: {found:?}");
}

#[test]
fn what_the_models_refuse_is_caught() {
    let create = "states:CreateStateMachine";
    refused("states:CreateMachine", "{}", "no such operation");
    refused("lambda:Invoke", "{}", "no such service");
    refused(create, "{", "no JSON");
    refused(create, with(machine(), "/Name", json!("x")), "Name is no member of CreateStateMachineInput");
    refused(
        create,
        with(machine(), "/tracingConfiguration", json!({ "on": true })),
        "tracingConfiguration: on is no member",
    );
    refused(create, with(machine(), "/tracingConfiguration", json!({ "enabled": "yes" })), "\"yes\" is no boolean");
    refused(create, with(machine(), "/roleArn", Value::Null), "the required member roleArn is missing");
    refused(create, with(machine(), "/name", json!("")), "0 characters: 0 is less than 1");
    refused(create, with(machine(), "/name", json!("x".repeat(81))), "81 is more than 80");
    refused(create, with(machine(), "/type", json!("FAST")), "\"FAST\" is none of STANDARD, EXPRESS");
    refused(create, with(machine(), "/tags/0", json!("team")), "tags[0]: \"team\" is no structure");
    refused("events:PutRule", json!({ "Name": "a b", "ScheduleExpression": "rate(1 day)" }), "does not match");
    refused("events:RemoveTargets", json!({ "Rule": "r", "Ids": [] }), "Ids: 0 elements: 0 is less than 1");
    refused("logs:UntagResource", json!({ "resourceArn": "arn", "tagKeys": "team" }), "is no list");
    refused(
        "logs:CreateLogGroup",
        json!({ "logGroupName": "g", "tags": { "#": "x" } }),
        "tags.#: \"#\" does not match",
    );
    refused("tag:GetResources", json!({ "ResourcesPerPage": 1.5 }), "1.5 is no integer");
    refused(
        "events:PutTargets",
        json!({ "Rule": "r", "Targets": [with(target(), "/RetryPolicy", json!({ "MaximumEventAgeInSeconds": 59 }))] }),
        "59 is less than 60",
    );
    refused("iam:CreateRole", role(&[("MaxSessionDuration", "60")]), "60 is less than 3600");
    refused("iam:CreateRole", role(&[("MaxSessionDuration", "long")]), "\"long\" is no integer");
    refused("iam:CreateRole", role(&[("Path", "provision")]), "does not match");
    refused("iam:CreateRole", role(&[("RoleName", &"x".repeat(65))]), "65 is more than 64");
    refused("iam:CreateRole", role(&[("Labels.member.1", "x")]), "Labels is no member");
    refused("iam:CreateRole", role(&[("Tags.member.2.Key", "a"), ("Tags.member.2.Value", "")]), "there is no 1");
    refused("iam:CreateRole", role(&[("Tags.1.Key", "a"), ("Tags.1.Value", "")]), "a list without member");
    refused("iam:CreateRole", "Action=CreateRole&Version=2010-05-01", "version");
    refused("sts:GetCallerIdentity", "Action=GetCallerIdentity&Version=2011-06-15&X=1", "X is no member");
}

#[test]
fn what_no_model_says_is_caught() {
    let (create, update) = ("states:CreateStateMachine", "states:UpdateStateMachine");
    let group = "/loggingConfiguration/destinations/0/cloudWatchLogsLogGroup/logGroupArn";
    refused(create, with(machine(), group, json!("arn:aws:logs:r:1:log-group:/x")), "with `:*`");
    refused(create, with(machine(), "/loggingConfiguration/destinations", Value::Null), "logging to 0 log groups");
    refused(create, with(machine(), "/name", json!("a b")), "is no name of a state machine");
    refused(create, with(machine(), "/definition", json!("{")), "no JSON");
    refused(create, with(machine(), "/definition", json!("{}")), "without StartAt");
    let change = json!({ "stateMachineArn": "arn", "roleArn": "me", "definition": machine()["definition"] });
    refused(update, change, "is no role");
    let long = format!(r#"{{"StartAt":"A","States":{{}},"Comment":"{}"}}"#, "é".repeat(600_000));
    refused(create, with(machine(), "/definition", json!(long)), "1 MB");
    let tags: Vec<Value> = (0..51).map(|number| json!({ "key": format!("k{number}"), "value": "" })).collect();
    refused(create, with(machine(), "/tags", json!(tags)), "51 tags");
    refused(
        create,
        with(machine(), "/tags", json!([{ "key": "a", "value": "" }, { "key": "a", "value": "" }])),
        "a tag twice",
    );
    refused("logs:TagResource", json!({ "resourceArn": "arn", "tags": { "aws:x": "" } }), "is AWS's");
    refused("logs:TagResource", json!({ "resourceArn": "arn:x:*", "tags": { "x": "" } }), "does not match");
    refused("logs:PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 31 }), "31 days");
    refused("events:PutRule", json!({ "Name": "r" }), "needs a schedule");
    refused("events:PutRule", json!({ "Name": "r", "ScheduleExpression": "* * * * *" }), "is no schedule");
    let put = |target: Value| json!({ "Rule": "r", "Targets": [target] });
    refused("events:PutTargets", put(with(target(), "/RoleArn", Value::Null)), "started with a role");
    refused("events:PutTargets", put(with(target(), "/InputPath", json!("$.detail"))), "more than one input");
    refused("events:PutTargets", put(with(target(), "/Input", json!("{"))), "the input is no JSON");
    let six: Vec<Value> = (0..6).map(|number| with(target(), "/Id", json!(format!("t{number}")))).collect();
    refused("events:PutTargets", json!({ "Rule": "r", "Targets": six }), "6 targets");
    refused("events:PutTargets", json!({ "Rule": "r", "Targets": [target(), target()] }), "a target twice");
}

#[test]
fn policies_that_iam_calls_malformed_are_caught() {
    let put =
        |document: &str| form("PutRolePolicy", &[("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", document)]);
    let allow = |at: &str, value: Value| put(&with(serde_json::from_str(ALLOW).expect("JSON"), at, value).to_string());
    refused("iam:PutRolePolicy", put("{"), "no JSON");
    refused("iam:PutRolePolicy", allow("/Version", json!("2026-01-01")), "Version");
    refused("iam:PutRolePolicy", allow("/Statement", json!([])), "without a statement");
    refused("iam:PutRolePolicy", allow("/Statements", json!([])), "no Statements");
    refused("iam:PutRolePolicy", allow("/Statement/0/Effect", json!("allow")), "Effect");
    refused("iam:PutRolePolicy", allow("/Statement/0/Action", Value::Null), "Action or NotAction");
    refused("iam:PutRolePolicy", allow("/Statement/0/Action", json!("RunTask")), "no action");
    refused("iam:PutRolePolicy", allow("/Statement/0/Resource", Value::Null), "principals and no resources");
    refused("iam:PutRolePolicy", allow("/Statement/0/Condition", json!({ "ArnEquals": {} })), "a condition of nothing");
    refused("iam:PutRolePolicy", put(TRUST), "the other way round");
    let resources: Vec<String> =
        (0..300).map(|number| format!("arn:aws:s3:::a-bucket-with-a-long-name-{number}")).collect();
    refused("iam:PutRolePolicy", allow("/Statement/0/Resource", json!(resources)), "a role takes 10240");
    let many: Vec<String> =
        (0..50).map(|number| format!("arn:aws:iam::123456789012:role/somebody-else-{number}")).collect();
    let trust = with(serde_json::from_str(TRUST).expect("JSON"), "/Statement/0/Principal", json!({ "AWS": many }));
    refused("iam:CreateRole", role(&[("AssumeRolePolicyDocument", &trust.to_string())]), "a role takes 2048");
}

/// The models' patterns that Rust's regexes can't say: of a path in an HTTP target, of an
/// account's alias and of a state machine's.
/// We send none of these.
#[test]
fn every_pattern_but_three_is_checked() {
    let shapes = services().iter().flat_map(|(service, of)| of.shapes.iter().map(move |shape| (service, shape)));
    let unknown = |pattern: &String| !pattern::is_known(pattern);
    let unknown: Vec<String> = shapes
        .filter(|(_, (_, shape))| shape.pattern.as_ref().is_some_and(unknown))
        .map(|(service, (name, _))| format!("{service} {name}"))
        .collect();
    assert_eq!(unknown, ["events PathParameter", "iam accountAliasType", "states CharacterRestrictedName"]);
}
