//! Schedule expressions of Amazon `EventBridge`: read, said in words, and their next runs.
//!
//! Sources: "Cron expressions" and "Rate expressions" in the Amazon `EventBridge` User Guide for rules,
//! "Schedule types" in the `EventBridge` Scheduler User Guide for schedules.

mod at;
mod correct;
mod correct_cron;
mod correct_week;
mod cron;
mod days;
mod fault;
mod field;
mod next;
mod rate;
mod read;
mod words;
mod words_days;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub use cron::Cron;
pub use fault::Fault;
pub use next::{Span, instant};
pub use rate::{Rate, Unit};

/// The service that is to run a schedule expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// A rule on the default event bus ("Setting a schedule pattern", Amazon `EventBridge` User Guide).
    Rule,
    /// A schedule ("Schedule types", `EventBridge` Scheduler User Guide).
    Scheduler,
}

/// A schedule expression that AWS accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// `rate(5 minutes)` ("Rate expressions", Amazon `EventBridge` User Guide).
    Rate(Rate),
    /// `cron(0 9 ? * MON-FRI *)` ("Cron expressions", Amazon `EventBridge` User Guide).
    Cron(Cron),
    /// `at(2026-06-01T09:00:00)` ("One-time schedules", `EventBridge` Scheduler User Guide).
    At(DateTime),
}

impl Expression {
    /// Reads an expression as AWS does ("Cron expressions", Amazon `EventBridge` User Guide).
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it. Where the intention is plain, the hint carries the whole
    /// corrected expression between backquotes.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Fault> {
        read::expression(text, dialect)
            .map_err(|fault| Fault { hint: fault.hint.or_else(|| correct::hint(text, dialect)), ..fault })
    }

    /// The first run after an instant. A rule's zone is always UTC.
    ///
    /// `None` when there is none, and for every rate: a rate counts from the moment AWS creates or
    /// changes the schedule, so it has no run that the expression alone could tell; see
    /// [`Rate::interval`].
    ///
    /// A local time that the spring change leaves out is skipped, one that the autumn change repeats
    /// runs once, the first time ("Daylight savings time on `EventBridge` Scheduler", `EventBridge`
    /// Scheduler User Guide).
    #[must_use]
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Rate(_) => None,
            Self::Cron(cron) => cron.next_after(after, zone),
            Self::At(time) => next::instant(*time, zone).filter(|run| *run > after),
        }
    }

    /// What is wrong with `text`, the expression as written, when it has no run left after `now`.
    ///
    /// AWS accepts such an expression and never fires it: `cron(15 10 ? * 6L 2019-2022)` is an example
    /// in its own pages ("Cron expressions", Amazon `EventBridge` User Guide).
    #[must_use]
    pub fn spent(&self, text: &str, now: Timestamp, span: &Span) -> Option<Fault> {
        let over = span.end.is_some_and(|end| end < now);
        let anytime = matches!(self, Self::Rate(_)) && span.start.is_none();
        if !over && (anytime || self.runs(now, span).next().is_some()) {
            return None;
        }
        let message = match (span.start.filter(|start| *start > now), span.end) {
            (Some(_), Some(_)) => "has no run between its `start` and its `end`",
            (Some(_), None) => "has no run after its `start`",
            (None, _) => "never fires again: its last run is past",
        };
        Some(Fault { message: message.to_owned(), span: 0..text.len(), hint: None })
    }

    /// The expression in plain English: `at 09:00 on Monday to Friday`. Times are in the schedule's own
    /// zone ("Cron expressions", Amazon `EventBridge` User Guide).
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Rate(rate) => rate.in_words(),
            Self::Cron(cron) => cron.in_words(),
            Self::At(time) => at::in_words(*time),
        }
    }
}
