//! For people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anstyle::Style;
use serde_json::Value;

use super::hidden::shown;
use super::{Loudness, Report, err, out, printable, style};
use crate::execute::{Event, Outcome};
use crate::plan::{Action, Change, Plan};
use crate::scope::Scope;

/// A readable list of `+ ~ - !`, and a line for each change as it is done.
#[derive(Debug)]
pub struct Human {
    loudness: Loudness,
    said: BTreeSet<(usize, &'static str)>,
}

impl Human {
    /// Says as much as `loudness` allows.
    pub fn new(loudness: Loudness) -> Self {
        Self { loudness, said: BTreeSet::new() }
    }

    fn say(&self, text: &str) {
        if self.loudness == Loudness::Normal {
            out(text);
        }
    }
}

impl Report for Human {
    fn plan(&mut self, plan: &Plan, scope: &Scope) {
        let mut text = format!("{} in account {}, {}\n", scope.app, scope.account, scope.region);
        let mut listed = true;
        for change in &plan.changes {
            let lines = described(change, &plan.secrets);
            let gap = if listed || lines.lines().count() > 1 { "\n" } else { "" };
            listed = lines.lines().count() > 1;
            let _ = write!(text, "{gap}{lines}");
        }
        let _ = writeln!(text, "\n{}", summary(plan));
        self.say(&text);
    }

    fn event(&mut self, plan: &Plan, event: &Event) {
        match event {
            Event::Done(change) => self.say(&format!("{}\n", headline(&plan.changes[*change], "done"))),
            Event::Failed(change, _) => self.say(&format!("{}\n", headline(&plan.changes[*change], "FAILED"))),
            Event::Waiting(change, waiting) => {
                if self.loudness == Loudness::Normal && self.said.insert((*change, waiting.reason)) {
                    let address = printable(&plan.changes[*change].address.to_string());
                    err(&format!("  {address}: waiting for {} ({})\n", waiting.reason, waiting.api));
                }
            }
        }
    }

    fn note(&mut self, text: &str) {
        if self.loudness == Loudness::Normal {
            super::note(text);
        }
    }

    fn end(&mut self, plan: &Plan, _: &Scope, outcomes: &[Outcome]) {
        if outcomes.is_empty() {
            return;
        }
        let mut text = String::new();
        for (change, outcome) in plan.changes.iter().zip(outcomes) {
            match outcome {
                Outcome::Skipped(root) => {
                    let _ = writeln!(text, "{}", headline(change, &format!("skipped, because {root} failed")));
                }
                Outcome::Left => {
                    let _ = writeln!(text, "{}", headline(change, "left undone"));
                }
                Outcome::Done | Outcome::Failed(_) => {}
            }
        }
        let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
        let done = count(|outcome| matches!(outcome, Outcome::Done));
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        let left = count(|outcome| matches!(outcome, Outcome::Left));
        let mut parts = vec![format!("{done} done")];
        parts.extend(
            [(failed, "failed"), (skipped, "skipped"), (left, "left")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| format!("{count} {what}")),
        );
        let _ = writeln!(text, "\nResult: {}.", parts.join(", "));
        self.say(&text);
    }
}

fn glyph(action: Action) -> (&'static str, Style) {
    match action {
        Action::Create => ("+", style::CREATE),
        Action::Update => ("~", style::UPDATE),
        Action::Delete => ("-", style::DELETE),
        Action::Blocked => ("!", style::BLOCKED),
    }
}

fn headline(change: &Change, what: &str) -> String {
    let (glyph, look) = glyph(change.action);
    let (address, what) = (printable(&change.address.to_string()), printable(what));
    format!("  {}{glyph} {address}{}  {what}", look.render(), look.render_reset())
}

fn described(change: &Change, secrets: &[String]) -> String {
    let mut text = format!("{}\n", headline(change, &format!("because {}", change.reason)));
    let fields = match (change.action, shown(change, secrets)) {
        (Action::Create, (_, Some(after))) => listed(&after),
        (Action::Update, (Some(before), Some(after))) => differing(&before, &after),
        _ => Vec::new(),
    };
    let stops = change.calls.contains(&"states:StopExecution");
    let fate = if stops { "it is stopped" } else { "it is waited for" };
    let running = change.running.iter().map(|run| format!("running: {run}; {fate}"));
    for line in running.chain(fields) {
        let _ = writeln!(text, "      {}", printable(&line));
    }
    text
}

/// Every field of a resource that is to be made, except names that the address shows already.
fn listed(after: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, value) in after.as_object().into_iter().flatten() {
        if !matches!(key.as_str(), "name" | "arn" | "status") {
            leaves(key, value, &mut lines);
        }
    }
    lines
}

/// Every leaf that is there; a list of plain values is a leaf, and so is a definition.
fn leaves(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.contains_key("States") => {
            fields.iter().for_each(|(key, value)| leaves(&format!("{path}.{key}"), value, lines));
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().enumerate().for_each(|(at, item)| leaves(&format!("{path}[{at}]"), item, lines));
        }
        value if is_empty(value) => {}
        value => lines.push(format!("{path}: {}", short(value))),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Every leaf that differs: its path, before and after.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    walk("", before, after, &mut lines);
    lines
}

fn walk(path: &str, before: &Value, after: &Value, lines: &mut Vec<String>) {
    if before == after {
        return;
    }
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
                let side = |fields: &serde_json::Map<String, Value>| fields.get(key).cloned().unwrap_or(Value::Null);
                walk(&join(key), &side(old), &side(new), lines);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                walk(&format!("{path}[{at}]"), old, new, lines);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            lines.extend(old.iter().filter(|item| !new.contains(item)).map(|item| format!("{path}: - {item}")));
            lines.extend(new.iter().filter(|item| !old.contains(item)).map(|item| format!("{path}: + {item}")));
        }
        _ => lines.push(format!("{path}: {} → {}", short(before), short(after))),
    }
}

/// JSON on one line; of a definition only its size.
fn short(value: &Value) -> String {
    match value {
        Value::Null => "(none)".into(),
        Value::Object(fields) => match fields.get("States").and_then(Value::as_object) {
            Some(states) if states.len() == 1 => "(1 state)".into(),
            Some(states) => format!("({} states)", states.len()),
            None => value.to_string(),
        },
        other => other.to_string(),
    }
}

fn summary(plan: &Plan) -> String {
    let counts = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Delete, "to delete"),
        (Action::Blocked, "blocked"),
    ];
    let mut parts: Vec<String> = counts
        .into_iter()
        .map(|(action, what)| (plan.count(action), what))
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if parts.is_empty() && plan.unchanged == 0 {
        return "Nothing to do: there is nothing.".into();
    }
    if parts.is_empty() {
        return format!(
            "{}Nothing to do: {} unchanged.{}",
            style::DIM.render(),
            plan.unchanged,
            style::DIM.render_reset()
        );
    }
    parts.push(format!("{} unchanged", plan.unchanged));
    format!("Plan: {}.", parts.join(", "))
}
