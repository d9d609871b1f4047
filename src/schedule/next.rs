//! The next run: fields are sets, so it goes from date to date.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::Cron;

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
pub(super) fn instant(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => None,
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
    }
}
