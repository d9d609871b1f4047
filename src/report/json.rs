//! For programs: the JSON of CONFIG's section on plans, on stdout, once, at the end.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::hidden::shown;
use super::{Loudness, Report, data, scrubbed};
use crate::execute::{Event, Outcome};
use crate::plan::{Action, Plan};
use crate::scope::Scope;

/// Prints a plan, or when it is carried out the plan with its outcomes.
#[derive(Debug, Default)]
pub struct Json {
    applies: bool,
    quiet: bool,
    /// What was said to wait: the same is not said again and again.
    waits: BTreeSet<(usize, &'static str)>,
    ended: Option<Value>,
}

impl Json {
    /// With `applies`, the outcomes are waited for.
    pub fn new(applies: bool, loudness: Loudness) -> Self {
        Self { applies, quiet: loudness == Loudness::Quiet, ..Self::default() }
    }
}

impl Report for Json {
    fn plan(&mut self, plan: &Plan, scope: &Scope) {
        if !self.applies {
            data(&document(plan, scope, &[]));
        }
    }

    fn event(&mut self, _: &Plan, event: &Event) {
        if let Event::Waiting(change, waiting) = event
            && !self.quiet
            && self.waits.insert((*change, waiting.reason))
        {
            super::waiting(waiting);
        }
    }

    fn end(&mut self, plan: &Plan, scope: &Scope, outcomes: &[Outcome]) {
        let mut document = document(plan, scope, outcomes);
        if let Some(before) = self.ended.take() {
            join(&mut document, &before);
        }
        self.ended = Some(document);
    }

    fn finish(&mut self) {
        if let Some(document) = self.ended.take() {
            data(&document);
        }
    }
}

/// Where somebody else changed the same resources there is more than one plan: the changes of all, in order.
fn join(document: &mut Value, before: &Value) {
    let earlier = before["changes"].as_array().cloned().unwrap_or_default();
    let later = document["changes"].as_array().cloned().unwrap_or_default();
    document["changes"] = earlier.into_iter().chain(later).collect();
    for action in ["create", "update", "delete", "blocked"] {
        let count = |document: &Value| document["summary"][action].as_u64().unwrap_or_default();
        document["summary"][action] = (count(before) + count(document)).into();
    }
}

fn document(plan: &Plan, scope: &Scope, outcomes: &[Outcome]) -> Value {
    let changes = plan.changes.iter().enumerate().map(|(at, change)| {
        let mut value = serde_json::to_value(change).unwrap_or_default();
        let (before, after) = shown(change, &plan.secrets);
        value["before"] = before.into();
        value["after"] = after.into();
        match outcomes.get(at) {
            None => {}
            Some(Outcome::Done) => value["outcome"] = "done".into(),
            Some(Outcome::Failed(failure)) => {
                value["outcome"] = "failed".into();
                value["error"] =
                    json!({ "api": failure.api, "code": failure.code, "message": scrubbed(&failure.message) });
            }
            Some(Outcome::Skipped(root)) => {
                value["outcome"] = "skipped".into();
                value["because"] = root.to_string().into();
            }
            Some(Outcome::Left) => value["outcome"] = "left".into(),
        }
        value
    });
    json!({
        "app": scope.app,
        "environment": scope.environment,
        "account": scope.account,
        "region": scope.region,
        "changes": changes.collect::<Vec<_>>(),
        "summary": {
            "create": plan.count(Action::Create),
            "update": plan.count(Action::Update),
            "delete": plan.count(Action::Delete),
            "blocked": plan.count(Action::Blocked),
            "unchanged": plan.unchanged,
        },
    })
}
