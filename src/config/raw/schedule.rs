//! `schedule` and `schedules` of a job.

use std::ops::Range;

use serde_json::Value;

use super::At;
use crate::config::section::Section;

/// `schedule`, or a table under `schedules`.
#[derive(Default)]
pub struct RawSchedule {
    pub name: At<String>,
    pub span: Range<usize>,
    pub expression: At<String>,
    pub command: At<Vec<String>>,
    pub input: At<Value>,
    pub enabled: At<bool>,
    /// Whether it has a key that only EventBridge Scheduler knows.
    pub scheduler: bool,
    pub timezone: At<String>,
    pub flexible_window: At<String>,
    pub start: At<String>,
    pub end: At<String>,
    pub retry: Option<RawDelivery>,
    pub dead_letter: At<String>,
}

/// `retry` of a schedule.
pub struct RawDelivery {
    pub max_age: At<String>,
    pub attempts: At<i64>,
}

/// The schedules of a job, in one way of writing or the other.
pub fn schedules(job: &mut Section<'_>) -> Vec<RawSchedule> {
    let single = if job.is_string("schedule") {
        job.string("schedule").map(|expression| RawSchedule {
            span: expression.span(),
            expression: Some(expression),
            ..RawSchedule::default()
        })
    } else {
        job.table_or("schedule", "a string or a table").map(|section| schedule(None, section))
    };
    let named = job.tables("schedules").into_iter().map(|(name, section)| schedule(Some(name), section));
    single.into_iter().chain(named).collect()
}

fn schedule(name: At<String>, mut section: Section<'_>) -> RawSchedule {
    let scheduler = section.later(&["timezone", "flexible_window", "start", "end"]);
    let raw = RawSchedule {
        name,
        span: section.span.clone(),
        expression: section.string("expression"),
        command: section.strings("command"),
        input: section.json("input"),
        enabled: section.boolean("enabled"),
        scheduler,
        timezone: section.string("timezone"),
        flexible_window: section.minutes("flexible_window"),
        start: section.time("start"),
        end: section.time("end"),
        retry: section.table("retry").map(delivery),
        dead_letter: section.string("dead_letter"),
    };
    section.finish();
    raw
}

fn delivery(mut section: Section<'_>) -> RawDelivery {
    let raw = RawDelivery { max_age: section.duration("max_age"), attempts: section.integer("attempts") };
    section.finish();
    raw
}
