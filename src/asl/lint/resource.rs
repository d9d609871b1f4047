//! The ARNs a Task can call. Sources:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html>.

use jsonc_parser::ast::ObjectProp;
use jsonc_parser::common::Ranged;

use super::report::Report;
use super::shape::{Site, quoted};

const ONCE: &[&str] = &[""];
const TOKEN: &[&str] = &["", ".waitForTaskToken"];
const SYNC: &[&str] = &["", ".sync"];
const ALL: &[&str] = &["", ".sync", ".waitForTaskToken"];
const NESTED: &[&str] = &["", ".sync", ".sync:2", ".waitForTaskToken"];

/// The optimized integrations whose list of actions is short and settled, with the patterns of each.
/// Of the others only the form is looked at.
const OPTIMIZED: &[(&str, &str, &[&str])] = &[
    ("apigateway", "invoke", TOKEN),
    ("batch", "submitJob", ALL),
    ("dynamodb", "deleteItem", ONCE),
    ("dynamodb", "getItem", ONCE),
    ("dynamodb", "putItem", ONCE),
    ("dynamodb", "updateItem", ONCE),
    ("ecs", "runTask", ALL),
    ("events", "putEvents", TOKEN),
    ("glue", "startJobRun", SYNC),
    ("http", "invoke", ONCE),
    ("lambda", "invoke", TOKEN),
    ("sns", "publish", TOKEN),
    ("sqs", "sendMessage", TOKEN),
    ("states", "startExecution", NESTED),
];

const PATTERNS: &[&str] = &["sync", "sync:2", "waitForTaskToken"];
const SDK: &str = "aws-sdk";

/// The part after `arn:PARTITION:states:REGION:ACCOUNT:`, for a Task that calls a service.
pub(super) fn integration(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    (parts.nth(2) == Some("states")).then(|| parts.nth(2)).flatten()
}

pub(super) fn check(property: &ObjectProp, arn: &str, site: Site, report: &mut Report) {
    let too_long = || site.express.then(|| waits(arn)).flatten();
    if let Some((reason, hint)) = fault(arn).or_else(too_long) {
        report.error(site, property.value.range(), &format!("`Resource` {reason}: `{arn}`"), hint);
    }
}

/// An EXPRESS execution has no activities and awaits no jobs, see
/// <https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html>.
fn waits(arn: &str) -> Option<Reason> {
    let call = integration(arn)?;
    let pattern = call.split_once('.').map(|(_, pattern)| pattern);
    let long = call.starts_with("activity:") || pattern.is_some_and(|pattern| PATTERNS.contains(&pattern));
    let hint = "set `ExecutionType` of the item processor to STANDARD".to_owned();
    long.then_some(("waits, and the items of this Map are EXPRESS executions, which cannot", Some(hint)))
}

type Reason = (&'static str, Option<String>);

fn fault(arn: &str) -> Option<Reason> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "lambda", _, _, function] if partition.starts_with("aws") => {
            (!function.starts_with("function:")).then_some(("is no function's ARN", None))
        }
        ["arn", partition, "states", _, _, target] if partition.starts_with("aws") => match target.split_once(':') {
            None | Some((_, "")) => Some(("names no action", Some("write `SERVICE:ACTION`".to_owned()))),
            Some(("activity", _)) => None,
            Some((SDK, call)) => sdk(call),
            Some((service, action)) => optimized(service, action),
        },
        ["arn", partition, _, _, _, _] if partition.starts_with("aws") => Some((
            "is an ARN that a Task cannot call",
            Some("a Task calls a function, an activity or an integration".to_owned()),
        )),
        _ => Some(("is no ARN", None)),
    }
}

/// `SERVICE:ACTION` of the SDK, which waits for a token at most.
fn sdk(call: &str) -> Option<Reason> {
    let (service, action) = call.split_once(':').unwrap_or((call, ""));
    let (name, pattern) = action.split_once('.').map_or((action, None), |(name, pattern)| (name, Some(pattern)));
    let first = name.chars().next();
    if service.is_empty() || first.is_none() {
        return Some(("names no action of the SDK", Some("write `aws-sdk:SERVICE:ACTION`".to_owned())));
    }
    if let Some(first) = first.filter(char::is_ascii_uppercase) {
        let camel = format!("{}{}", first.to_ascii_lowercase(), &name[1..]);
        return Some(("has an action in PascalCase", Some(format!("actions are camelCase: `{camel}`"))));
    }
    pattern.filter(|pattern| *pattern != "waitForTaskToken").map(|_| {
        ("has a pattern that the SDK integrations lack", Some("they have only `.waitForTaskToken`".to_owned()))
    })
}

fn optimized(service: &str, action: &str) -> Option<Reason> {
    let (name, pattern) = action.find('.').map_or((action, ""), |dot| action.split_at(dot));
    let known: Vec<_> = OPTIMIZED.iter().filter(|(known, ..)| *known == service).collect();
    if known.is_empty() {
        let is_pattern = |pattern: &str| PATTERNS.iter().any(|known| pattern.eq_ignore_ascii_case(known));
        let near = pattern.strip_prefix('.').filter(|pattern| is_pattern(pattern) && !PATTERNS.contains(pattern));
        return near.map(|_| ("has a pattern that does not exist", Some(format!("patterns are {}", quoted(PATTERNS)))));
    }
    let Some((.., patterns)) = known.iter().find(|(_, known, _)| *known == name) else {
        let names: Vec<_> = known.iter().map(|(_, name, _)| *name).collect();
        let hint = format!("`{service}` has {}; for any other action see `{SDK}:{service}:…`", quoted(&names));
        return Some(("names an action that this integration lacks", Some(hint)));
    };
    if patterns.contains(&pattern) {
        return None;
    }
    let others: Vec<_> = patterns.iter().filter(|pattern| !pattern.is_empty()).copied().collect();
    let hint = match others.as_slice() {
        [] => format!("`{service}:{name}` has none"),
        others => format!("`{service}:{name}` has {}", quoted(others)),
    };
    Some(("has a pattern that this integration lacks", Some(hint)))
}
