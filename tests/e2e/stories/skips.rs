//! A failure skips only what needs it. What needs what is read from the ARNs in the resources that a plan shows.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every change that was skipped needs the one that it names, which failed.
pub fn check_skips(document: &Value, interrupted: bool) -> Result<(), String> {
    let changes: Vec<&Value> = document["changes"].as_array().into_iter().flatten().collect();
    for change in &changes {
        let address = &change["address"];
        match change["outcome"].as_str() {
            Some("left") if !interrupted => return Err(format!("{address} was left, and nobody interrupted")),
            Some("skipped") => {}
            _ => continue,
        }
        let root = &change["because"];
        if !changes.iter().any(|other| other["address"] == *root && other["outcome"] == "failed") {
            return Err(format!("{address} was skipped because of {root}, which did not fail"));
        }
        if !reaches(change, root, &changes) {
            return Err(format!("{address} was skipped because of {root}, which it does not need"));
        }
    }
    Ok(())
}

fn reaches(from: &Value, to: &Value, all: &[&Value]) -> bool {
    let mut seen = BTreeSet::from([from["address"].as_str()]);
    let mut next = vec![from];
    while let Some(change) = next.pop() {
        if change["address"] == *to {
            return true;
        }
        let others = all.iter().copied().filter(|other| may_wait_for(change, other));
        next.extend(others.filter(|other| seen.insert(other["address"].as_str())));
    }
    false
}

fn may_wait_for(change: &Value, other: &Value) -> bool {
    let is = |change: &Value, action: &str| change["action"] == action;
    let made_first = !is(other, "delete") && needs(&change["after"], change, other);
    let uses = needs(&other["before"], other, change) || needs(&other["after"], other, change);
    let two_steps = is(change, "update") && kind(change) == "role";
    let goes_last = uses && (is(change, "delete") || two_steps);
    // As far as the sides of one change tell: it comes to need what it did not need before.
    let makes = is(other, "create") || is(other, "update") && kind(other) != "role" && kind(other) != "log-group";
    let renamed = is(change, "delete") && makes;
    made_first || goes_last || renamed
}

fn kind(change: &Value) -> &str {
    change["address"].as_str().and_then(|address| address.split('/').next()).unwrap_or_default()
}

/// Whether this side of `user` has the ARN of `used` in it.
fn needs(side: &Value, user: &Value, used: &Value) -> bool {
    let can = match kind(user) {
        "state-machine" => ["log-group", "role"],
        "rule" => ["state-machine", "role"],
        _ => return false,
    };
    let Some((kind, name)) = used["address"].as_str().and_then(|address| address.split_once('/')) else { return false };
    let end = match kind {
        "log-group" => format!(":log-group:{name}"),
        "state-machine" => format!(":stateMachine:{name}"),
        _ => format!("/{name}"),
    };
    can.contains(&kind) && mentions(side, &end)
}

fn mentions(value: &Value, end: &str) -> bool {
    match value {
        Value::String(text) => text.trim_end_matches(":*").ends_with(end),
        Value::Array(all) => all.iter().any(|one| mentions(one, end)),
        Value::Object(all) => all.values().any(|one| mentions(one, end)),
        _ => false,
    }
}
