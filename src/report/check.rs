//! What a config that is sound means: each job, and when it runs.

use std::fmt::Write as _;

use jiff::tz::Offset;
use jiff::{Timestamp, ZonedDateTime};
use serde_json::{Value, json};

use super::fault::list;
use super::{out, printable, style};
use crate::config::{Config, Job, Schedule};
use crate::finding::{Finding, Looked, Verdict};
use crate::schedule::{Expression, Span};

/// How many coming runs are shown.
const RUNS: usize = 3;

/// Says what the config means in words, or as data.
pub fn checked(config: &Config, now: Timestamp, looked: Option<&Looked>, json: bool) {
    if json {
        let mut data = data(config, now);
        if let Some(looked) = looked {
            data["aws"] = json!({ "region": looked.region, "findings": looked.findings });
        }
        super::data(&data);
        return;
    }
    let sound = match config.unsupported.list.is_empty() {
        true => "no faults",
        false => "sound, but this release can't do all of it",
    };
    let mut text = format!("{}: {sound}\n", config.path.display());
    for job in &config.jobs {
        let about = job.description.as_deref().map(|about| format!("  {}", printable(about))).unwrap_or_default();
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
        let said = if said.is_empty() { String::new() } else { format!(": {}", printable(said)) };
        let subject = printable(&finding.subject);
        let (on, off) = (look.render(), look.render_reset());
        let _ = writeln!(text, "{stem}{branch}{on}{word}{off} {subject}{said}");
        if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
            let hint = printable(hint);
            let bar = if finding.parts.is_empty() { "   " } else { "│  " };
            let _ = writeln!(text, "{beneath}{bar}{}Hint{}: {hint}", style::HINT.render(), style::HINT.render_reset());
        }
        tree(&finding.parts, &beneath, text);
    }
}

fn described(schedule: &Schedule, now: Timestamp) -> String {
    let Some(expression) = schedule.parsed() else { return String::new() };
    let name = schedule.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let off = if schedule.enabled { "" } else { " (disabled)" };
    let window = schedule.scheduler.as_ref().and_then(|scheduler| scheduler.flexible_window);
    let late = match window {
        None => String::new(),
        Some(1) => ", up to a minute late".into(),
        Some(60) => ", up to an hour late".into(),
        Some(minutes) if minutes % 60 == 0 => format!(", up to {} hours late", minutes / 60),
        Some(minutes) => format!(", up to {minutes} minutes late"),
    };
    let words = expression.in_words();
    let mut text =
        format!("    {name}{}{off}\n      {words}{}{late}\n", schedule.expression, zone(schedule, &expression));
    let runs = runs(schedule, &expression, now);
    match (&expression, runs.is_empty()) {
        (_, false) => {
            let shown: Vec<String> = runs.iter().map(|run| clock(run, schedule.scheduler.is_some())).collect();
            let _ = writeln!(text, "      next: {}", shown.join(", "));
        }
        (Expression::Rate(_), _) if schedule.span().start.is_none() && !over(schedule, now) => {
            let what = if schedule.scheduler.is_some() { "schedule" } else { "rule" };
            let _ = writeln!(text, "      counted from when the {what} is made or changed{}", until(schedule));
        }
        (_, true) if schedule.span().start.is_some_and(|start| start > now) => text.push_str("      never\n"),
        (_, true) => text.push_str("      never again\n"),
    }
    text
}

fn zone(schedule: &Schedule, expression: &Expression) -> String {
    match (expression, &schedule.scheduler) {
        (_, Some(scheduler)) => format!(" ({})", scheduler.timezone.iana_name().unwrap_or("UTC")),
        (Expression::Rate(_), None) => String::new(),
        (_, None) => " (UTC)".into(),
    }
}

/// A run as a clock in its zone shows it, with the offset where that may differ from run to run.
fn clock(run: &ZonedDateTime, offset: bool) -> String {
    let seconds = if run.second() == 0 { "" } else { ":%S" };
    let offset = if offset { " %:z" } else { "" };
    run.strftime(&format!("%a %Y-%m-%d %H:%M{seconds}{offset}")).to_string()
}

fn over(schedule: &Schedule, now: Timestamp) -> bool {
    schedule.span().end.is_some_and(|end| end < now)
}

fn until(schedule: &Schedule) -> String {
    let span = schedule.span();
    let end = span.end.map(|end| clock(&end.to_zoned_datetime(span.zone), true));
    end.map(|end| format!(", until {end}")).unwrap_or_default()
}

fn runs(schedule: &Schedule, expression: &Expression, now: Timestamp) -> Vec<ZonedDateTime> {
    let span = schedule.span();
    expression.runs(now, &span).take(RUNS).map(|run| run.to_zoned_datetime(span.zone.clone())).collect()
}

fn data(config: &Config, now: Timestamp) -> Value {
    let schedule = |schedule: &Schedule| {
        let parsed = schedule.parsed();
        let next = parsed.as_ref().map(|parsed| runs(schedule, parsed, now)).unwrap_or_default();
        let Span { zone, start, end } = schedule.span();
        json!({
            "name": schedule.name, "expression": schedule.expression, "enabled": schedule.enabled,
            "timezone": zone.iana_name().unwrap_or("UTC"), "start": start.map(|start| start.to_string()),
            "end": end.map(|end| end.to_string()),
            "flexible_window_minutes": schedule.scheduler.as_ref().and_then(|scheduler| scheduler.flexible_window),
            "words": parsed.map(|parsed| parsed.in_words()),
            "next": next.iter().map(rfc_3339).collect::<Vec<_>>(),
        })
    };
    let job = |job: &Job| {
        let schedules: Vec<Value> = job.schedules.iter().map(schedule).collect();
        json!({ "name": job.name, "state_machine": job.machine, "schedules": schedules })
    };
    json!({
        "app": config.app, "environment": config.environment, "faults": list(&config.unsupported), "warnings": config.warnings,
        "jobs": config.jobs.iter().map(job).collect::<Vec<_>>(),
    })
}

/// With the offset of its zone; in UTC with `Z`.
fn rfc_3339(run: &ZonedDateTime) -> String {
    if run.offset() == Offset::UTC && run.time_zone().iana_name() == Some("UTC") {
        return run.timestamp().to_string();
    }
    run.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
