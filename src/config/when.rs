//! When a job runs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::schedule::{Dialect, Expression, Span};

/// When a job runs.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The key under `schedules`; none for the short way.
    pub name: Option<String>,
    /// The EventBridge rule's name.
    pub rule: String,
    /// `rate(…)` or `cron(…)`; of EventBridge Scheduler also `at(…)`.
    pub expression: String,
    /// None: it is a rule.
    pub scheduler: Option<Scheduler>,
    /// The execution's input. None: the event itself.
    pub input: Option<Value>,
    /// Whether it fires.
    pub enabled: bool,
    /// How long EventBridge goes on trying to start an execution.
    pub retry: Option<DeliveryRetry>,
    /// The ARN of the queue for events that could not be delivered.
    pub dead_letter: Option<String>,
}

/// How long EventBridge goes on trying to deliver.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryRetry {
    /// Seconds.
    pub max_age: i32,
    /// After the first.
    pub attempts: i32,
}

/// What only EventBridge Scheduler knows. Source: EventBridge Scheduler API, `CreateSchedule`.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// In which the expression is read.
    pub timezone: TimeZone,
    /// No run is before it.
    pub start: Option<Timestamp>,
    /// No run is after it.
    pub end: Option<Timestamp>,
    /// How many minutes a run may come late.
    pub flexible_window: Option<u32>,
}

impl Schedule {
    /// Whose expression it has.
    pub fn dialect(&self) -> Dialect {
        if self.scheduler.is_some() { Dialect::Scheduler } else { Dialect::Rule }
    }

    /// The zone that its times are in: of a rule always UTC.
    pub fn zone(&self) -> TimeZone {
        self.scheduler.as_ref().map_or(TimeZone::UTC, |scheduler| scheduler.timezone.clone())
    }

    /// The expression, taken apart.
    pub fn parsed(&self) -> Option<Expression> {
        Expression::parse(&self.expression, self.dialect()).ok()
    }

    /// When it fires.
    pub fn span(&self) -> Span {
        let (start, end) = self.scheduler.as_ref().map_or((None, None), |scheduler| (scheduler.start, scheduler.end));
        Span { zone: self.zone(), start, end }
    }
}
