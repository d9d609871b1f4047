//! Who may assume a role, and what the trigger's role may do.

use serde_json::{Value, json};

use super::policy::Policy;
use crate::scope::Scope;

/// Step Functions, on behalf of a state machine of this account only.
/// Source: Step Functions Developer Guide, "Cross-service confused deputy prevention".
pub fn execution_trust(scope: &Scope) -> Policy {
    let machines = scope.state_machine("*");
    trust("states.amazonaws.com", scope, json!({ "ArnLike": { "aws:SourceArn": machines } }))
}

/// Rules that a trust policy names one by one. It may have 2,048 characters, also while it holds the rules before and
/// after a change. Source: IAM User Guide, "IAM and AWS STS quotas".
const NAMED_RULES: usize = 6;

/// EventBridge, on behalf of these rules only; of many rules, of those whose names begin as all of theirs do.
/// Source: Amazon EventBridge User Guide, "Cross-service confused deputy prevention".
pub fn trigger_trust(rules: &[&str], scope: &Scope) -> Policy {
    let condition = if rules.len() <= NAMED_RULES {
        let rules: Vec<String> = rules.iter().map(|rule| scope.rule(rule)).collect();
        json!({ "ArnEquals": { "aws:SourceArn": rules } })
    } else {
        json!({ "ArnLike": { "aws:SourceArn": scope.rule(&format!("{}*", common_start(rules))) } })
    };
    trust("events.amazonaws.com", scope, condition)
}

fn common_start<'a>(names: &[&'a str]) -> &'a str {
    let shared = |one: &'a str, other: &str| {
        let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        one.get(..same).unwrap_or_default()
    };
    names.iter().copied().reduce(shared).unwrap_or_default()
}

fn trust(service: &str, scope: &Scope, mut condition: Value) -> Policy {
    condition["StringEquals"] = json!({ "aws:SourceAccount": scope.account });
    Policy::new([json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sts:AssumeRole",
        "Condition": condition,
    })])
}

/// Starting exactly one state machine.
pub fn trigger_policy(machine: &str, scope: &Scope) -> Policy {
    let machine = scope.state_machine(machine);
    Policy::new([json!({ "Effect": "Allow", "Action": "states:StartExecution", "Resource": machine })])
}
