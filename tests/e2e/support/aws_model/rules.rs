//! What AWS refuses and no model says. Sources: the services' API references, their pages of quotas, and "Logging
//! requirements" of the Step Functions Developer Guide.

use std::collections::BTreeSet;

use serde_json::Value;

use super::policy::{self, Use};
use super::text;

/// Adds to `found` what AWS would not take of the input of `api`.
pub(super) fn check(api: &str, input: &Value, found: &mut Vec<String>) {
    tags(input, found);
    match api {
        "states:CreateStateMachine" | "states:UpdateStateMachine" => machine(api, input, found),
        "events:PutRule" => rule(input, found),
        "events:PutTargets" => targets(input, found),
        "iam:CreateRole" => policy::check(text(input, "AssumeRolePolicyDocument"), Use::Trust, found),
        "iam:UpdateAssumeRolePolicy" => policy::check(text(input, "PolicyDocument"), Use::Trust, found),
        "iam:PutRolePolicy" => policy::check(text(input, "PolicyDocument"), Use::Inline, found),
        "logs:PutRetentionPolicy" => retention(input, found),
        _ => {}
    }
}

/// At most 50, each once, and none of AWS's own.
fn tags(input: &Value, found: &mut Vec<String>) {
    let tags = if input["tags"].is_null() { &input["Tags"] } else { &input["tags"] };
    let keys: Vec<&str> = match tags {
        Value::Array(list) => {
            list.iter().map(|tag| if tag["Key"].is_null() { text(tag, "key") } else { text(tag, "Key") }).collect()
        }
        Value::Object(map) => map.keys().map(String::as_str).collect(),
        _ => return,
    };
    if keys.len() > 50 {
        found.push(format!("{} tags: a resource takes 50", keys.len()));
    }
    if keys.iter().collect::<BTreeSet<_>>().len() < keys.len() {
        found.push("a tag twice".into());
    }
    found.extend(
        keys.iter().filter(|key| key.to_lowercase().starts_with("aws:")).map(|key| format!("the tag {key} is AWS's")),
    );
}

fn machine(api: &str, input: &Value, found: &mut Vec<String>) {
    if api == "states:CreateStateMachine" {
        let name = text(input, "name");
        let allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        if !name.chars().all(allowed) {
            found.push(format!("{name:?} is no name of a state machine"));
        }
    }
    let definition = text(input, "definition");
    if definition.len() > 1_048_576 {
        found.push(format!("a definition of {} bytes: AWS takes 1 MB", definition.len()));
    }
    match serde_json::from_str::<Value>(definition) {
        Ok(parsed) if parsed["StartAt"].is_string() && parsed["States"].is_object() => {}
        Ok(_) => found.push("a definition without StartAt or States".into()),
        Err(error) => found.push(format!("the definition is no JSON: {error}")),
    }
    if input["roleArn"].as_str().is_some_and(|arn| !is_role(arn)) {
        found.push(format!("roleArn: {} is no role", input["roleArn"]));
    }
    let logging = &input["loggingConfiguration"];
    let destinations = logging["destinations"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !matches!(text(logging, "level"), "" | "OFF") && destinations.len() != 1 {
        found.push(format!("logging to {} log groups: it takes one", destinations.len()));
    }
    for destination in destinations {
        let arn = text(&destination["cloudWatchLogsLogGroup"], "logGroupArn");
        if !(arn.contains(":log-group:") && arn.ends_with(":*")) {
            found.push(format!("logging to {arn:?}: Step Functions wants a log group's ARN with `:*`"));
        }
    }
}

fn is_role(arn: &str) -> bool {
    arn.starts_with("arn:aws") && arn.contains(":iam::") && arn.contains(":role/")
}

fn rule(input: &Value, found: &mut Vec<String>) {
    let (expression, pattern) = (text(input, "ScheduleExpression"), text(input, "EventPattern"));
    if expression.is_empty() && pattern.is_empty() {
        found.push("a rule needs a schedule or a pattern".into());
    }
    let known = ["rate(", "cron("].iter().any(|start| expression.starts_with(start)) && expression.ends_with(')');
    if !expression.is_empty() && !known {
        found.push(format!("{expression:?} is no schedule"));
    }
}

fn targets(input: &Value, found: &mut Vec<String>) {
    let targets = input["Targets"].as_array().map(Vec::as_slice).unwrap_or_default();
    if targets.len() > 5 {
        found.push(format!("{} targets: a rule takes 5", targets.len()));
    }
    if targets.iter().map(|target| text(target, "Id")).collect::<BTreeSet<_>>().len() < targets.len() {
        found.push("a target twice".into());
    }
    for target in targets {
        let id = text(target, "Id");
        if text(target, "Arn").contains(":states:") && !is_role(text(target, "RoleArn")) {
            found.push(format!("target {id}: a state machine is started with a role"));
        }
        let inputs = ["Input", "InputPath", "InputTransformer"].iter().filter(|key| !target[**key].is_null());
        if inputs.count() > 1 {
            found.push(format!("target {id}: more than one input"));
        }
        if target["Input"].as_str().is_some_and(|input| serde_json::from_str::<Value>(input).is_err()) {
            found.push(format!("target {id}: the input is no JSON"));
        }
    }
}

fn retention(input: &Value, found: &mut Vec<String>) {
    const DAYS: [i64; 22] =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
    let days = input["retentionInDays"].as_i64().unwrap_or_default();
    if !DAYS.contains(&days) {
        found.push(format!("{days} days are not among those that a log group can keep"));
    }
}
