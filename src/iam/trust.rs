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

/// EventBridge, on behalf of these rules only.
/// Source: Amazon EventBridge User Guide, "Cross-service confused deputy prevention".
pub fn trigger_trust<'a>(rules: impl IntoIterator<Item = &'a str>, scope: &Scope) -> Policy {
    let rules: Vec<String> = rules.into_iter().map(|rule| scope.rule(rule)).collect();
    trust("events.amazonaws.com", scope, json!({ "ArnEquals": { "aws:SourceArn": rules } }))
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
