//! For programs: the JSON of CONFIG's section on plans, on stdout, once, at the end.

use serde_json::{Value, json};

use super::{Report, out};
use crate::execute::{Event, Outcome};
use crate::plan::{Action, Plan};
use crate::scope::Scope;

/// Prints a plan, or when it is carried out the plan with its outcomes.
#[derive(Debug)]
pub struct Json {
    /// Whether the outcomes are waited for.
    pub applies: bool,
}

impl Report for Json {
    fn plan(&mut self, plan: &Plan, scope: &Scope) {
        if !self.applies {
            out(&format!("{:#}\n", document(plan, scope, &[])));
        }
    }

    fn event(&mut self, _: &Plan, _: &Event) {}

    fn end(&mut self, plan: &Plan, scope: &Scope, outcomes: &[Outcome]) {
        out(&format!("{:#}\n", document(plan, scope, outcomes)));
    }
}

fn document(plan: &Plan, scope: &Scope, outcomes: &[Outcome]) -> Value {
    let changes = plan.changes.iter().enumerate().map(|(at, change)| {
        let mut value = serde_json::to_value(change).unwrap_or_default();
        match outcomes.get(at) {
            None => {}
            Some(Outcome::Done) => value["outcome"] = "done".into(),
            Some(Outcome::Failed(failure)) => {
                value["outcome"] = "failed".into();
                value["error"] = json!({ "api": failure.api, "code": failure.code, "message": failure.message });
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
