//! The next run: fields are sets, so it goes from date to date.

use std::iter::successors;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::{Cron, Expression, Rate};

/// When a schedule may fire.
#[derive(Clone, Debug)]
pub struct Span {
    /// The zone that its expression is read in.
    pub zone: TimeZone,
    /// No run is before it.
    pub start: Option<Timestamp>,
    /// No run is after it.
    pub end: Option<Timestamp>,
}

impl Expression {
    /// The runs after an instant. A rate has none without a start: with one that is its first run, and the others are
    /// counted from it ("Rate-based schedules", `EventBridge` Scheduler User Guide).
    pub fn runs(&self, after: Timestamp, span: &Span) -> impl Iterator<Item = Timestamp> {
        let instant = SignedDuration::from_nanos(1);
        let before = |start: Timestamp| start.checked_sub(instant).unwrap_or(start);
        // A run at the very start counts.
        let after = span.start.map(before).map_or(after, |start| after.max(start));
        let next = move |after: &Timestamp| match self {
            Self::Rate(rate) => rate.next_after(*after, span.start?),
            _ => self.next_after(*after, &span.zone),
        };
        successors(next(&after), next).take_while(|run| span.end.is_none_or(|end| *run <= end))
    }
}

impl Rate {
    fn next_after(self, after: Timestamp, start: Timestamp) -> Option<Timestamp> {
        let interval = self.interval().as_secs();
        let past = after.duration_since(start);
        // Towards zero is not down: before the start no interval has passed.
        let passed = if past.is_negative() { 0 } else { past.as_secs() / interval + 1 };
        start.checked_add(SignedDuration::from_secs(interval.checked_mul(passed)?)).ok()
    }
}

impl Cron {
    pub(super) fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(after).date();
        self.dates_from(today)
            .flat_map(|date| self.times().map(move |time| date.to_datetime(time)))
            .filter_map(|time| instant(time, zone))
            .find(|run| *run > after)
    }

    /// Ends with the last year, 2199.
    pub(super) fn dates_from(&self, today: Date) -> impl Iterator<Item = Date> {
        let years = self.years.values().iter();
        years
            .filter(move |year| **year >= today.year())
            .flat_map(|year| self.months.values().iter().map(move |month| (*year, *month)))
            .filter_map(|(year, month)| Date::new(year, i8::try_from(month).ok()?, 1).ok())
            .flat_map(|first| self.days.dates(first))
            .filter(move |date| *date >= today)
    }

    fn times(&self) -> impl Iterator<Item = Time> {
        let hours = self.hours.values().iter();
        hours
            .flat_map(|hour| self.minutes.values().iter().map(move |minute| (*hour, *minute)))
            .filter_map(|(hour, minute)| Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok())
    }
}

/// When a local time is; `None` where the clock jumps over it, the first time where it comes twice.
pub fn instant(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => None,
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
    }
}
