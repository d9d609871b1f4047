//! What a config that is sound means: each job, and when it runs.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{out, style};
use crate::config::{Config, Job, Schedule};
use crate::finding::{Finding, Looked, Verdict};
use crate::schedule::{Dialect, Expression};

/// How many coming runs are shown.
const RUNS: usize = 3;

/// Says what the config means in words, or as data.
pub fn checked(config: &Config, now: Timestamp, looked: Option<&Looked>, json: bool) {
    if json {
        let mut data = data(config, now);
        if let Some(looked) = looked {
            data["aws"] = json!({ "region": looked.region, "findings": looked.findings });
        }
        out(&format!("{data:#}\n"));
        return;
    }
    let mut text = format!("{}: no faults\n", config.path.display());
    for job in &config.jobs {
        let about = job.description.as_deref().map(|about| format!("  {about}")).unwrap_or_default();
        let _ = writeln!(text, "\n  {}{}{}{}", job.name, style::DIM.render(), about, style::DIM.render_reset());
        if job.schedules.is_empty() {
            let _ = writeln!(text, "    no schedule: it runs when it is started by hand");
        }
        for schedule in &job.schedules {
            text.push_str(&described(schedule, now));
        }
    }
    if let Some(looked) = looked {
        let _ = writeln!(text, "\nAWS in {}", looked.region);
        tree(&looked.findings, "", &mut text);
        let all: Vec<&Finding> = looked.findings.iter().flat_map(Finding::all).collect();
        let count = |is: fn(&Verdict) -> bool| all.iter().filter(|finding| is(&finding.verdict)).count();
        let _ = writeln!(
            text,
            "\nLooked at: {} OK, {} FAULT, {} SKIPPED",
            count(|verdict| matches!(verdict, Verdict::Ok { .. })),
            count(|verdict| matches!(verdict, Verdict::Fault { .. })),
            count(|verdict| matches!(verdict, Verdict::Skipped { .. })),
        );
    }
    out(&text);
}

/// A line for each finding, beneath what it depends on.
fn tree(findings: &[Finding], stem: &str, text: &mut String) {
    for (at, finding) in findings.iter().enumerate() {
        let last = at + 1 == findings.len();
        let (branch, beneath) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let beneath = format!("{stem}{beneath}");
        let (word, look, said, hint) = match &finding.verdict {
            Verdict::Ok { detail } => ("OK", style::CREATE, detail, None),
            Verdict::Fault { message, hint } => ("FAULT", style::ERROR, message, Some(hint)),
            Verdict::Skipped { reason } => ("SKIPPED", style::WARNING, reason, None),
        };
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let (on, off) = (look.render(), look.render_reset());
        let _ = writeln!(text, "{stem}{branch}{on}{word}{off} {}{said}", finding.subject);
        if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
            let bar = if finding.parts.is_empty() { "   " } else { "│  " };
            let _ = writeln!(text, "{beneath}{bar}{}Hint{}: {hint}", style::HINT.render(), style::HINT.render_reset());
        }
        tree(&finding.parts, &beneath, text);
    }
}

fn described(schedule: &Schedule, now: Timestamp) -> String {
    let name = schedule.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let off = if schedule.enabled { "" } else { " (disabled)" };
    let Ok(expression) = Expression::parse(&schedule.expression, Dialect::Rule) else { return String::new() };
    let zone = if matches!(expression, Expression::Rate(_)) { "" } else { " (UTC)" };
    let mut text = format!("    {name}{}{off}\n      {}{zone}\n", schedule.expression, expression.in_words());
    match (&expression, runs(&expression, now)) {
        (Expression::Rate(_), _) => text.push_str("      counted from when the rule is made or changed\n"),
        (_, runs) if runs.is_empty() => text.push_str("      never again\n"),
        (_, runs) => {
            let shown: Vec<String> = runs.iter().map(|run| run.strftime("%a %Y-%m-%d %H:%M").to_string()).collect();
            let _ = writeln!(text, "      next: {}", shown.join(", "));
        }
    }
    text
}

fn runs(expression: &Expression, now: Timestamp) -> Vec<Timestamp> {
    let next = |after: &Timestamp| expression.next_after(*after, &TimeZone::UTC);
    std::iter::successors(next(&now), next).take(RUNS).collect()
}

fn data(config: &Config, now: Timestamp) -> Value {
    let schedule = |schedule: &Schedule| {
        let parsed = Expression::parse(&schedule.expression, Dialect::Rule).ok();
        let next = parsed.as_ref().map(|parsed| runs(parsed, now)).unwrap_or_default();
        json!({
            "name": schedule.name, "expression": schedule.expression, "timezone": "UTC", "enabled": schedule.enabled,
            "words": parsed.map(|parsed| parsed.in_words()),
            "next": next.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    let job = |job: &Job| {
        let schedules: Vec<Value> = job.schedules.iter().map(schedule).collect();
        json!({ "name": job.name, "state_machine": job.machine, "schedules": schedules })
    };
    json!({
        "app": config.app, "environment": config.environment, "faults": [], "warnings": config.warnings,
        "jobs": config.jobs.iter().map(job).collect::<Vec<_>>(),
    })
}
