//! A slow reading of the samples: minute by minute, with no code of the module.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::samples::{Day, Sample};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// The first run in the minutes after `after`, up to and with `until`.
pub fn first_run(sample: &Sample, after: Timestamp, until: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let mut minute = Timestamp::from_second(after.as_second().div_euclid(60) * 60).expect("near") + MINUTE;
    while minute <= until {
        let local = zone.to_datetime(minute);
        if fires(sample, local) && !comes_again(minute, local, zone) {
            return Some(minute);
        }
        minute += MINUTE;
    }
    None
}

/// Whether the clock has shown this local time in the three hours before.
fn comes_again(minute: Timestamp, local: DateTime, zone: &TimeZone) -> bool {
    (1..=180).any(|back| zone.to_datetime(minute - MINUTE * back) == local)
}

pub fn fires(sample: &Sample, local: DateTime) -> bool {
    has(&sample.minutes, local.minute().into(), 0, 59)
        && has(&sample.hours, local.hour().into(), 0, 23)
        && has(&sample.months, local.month().into(), 1, 12)
        && has(&sample.years, local.year(), 1970, 2199)
        && on_day(&sample.day, local.date())
}

/// Goes round from the start of each range until its end.
fn has(ranges: &[(i16, i16, i16)], value: i16, low: i16, high: i16) -> bool {
    ranges.iter().any(|(from, to, step)| {
        let (mut at, mut count) = (*from, 0);
        loop {
            if at == value && count % step == 0 {
                return true;
            }
            if at == *to {
                return false;
            }
            at = if at == high { low } else { at + 1 };
            count += 1;
        }
    })
}

fn on_day(day: &Day, date: Date) -> bool {
    let number = i16::from(date.day());
    let length = i16::from(date.days_in_month());
    let week_day = week_day(date);
    match day {
        Day::Every => true,
        Day::OfMonth(ranges) => has(ranges, number, 1, 31),
        Day::OfWeek(ranges) => has(ranges, week_day, 1, 7),
        Day::Last(before) => number + before == length,
        Day::LastWeekday => is_working(date) && (number + 1..=length).all(|later| !is_working(on(date, later))),
        Day::Nearest(wanted) => *wanted <= length && nearest(date, *wanted) == number,
        Day::Nth(wanted, nth) => week_day == *wanted && (number - 1) / 7 + 1 == *nth,
        Day::LastOfWeek(wanted) => week_day == *wanted && number + 7 > length,
    }
}

/// Tries the days around the wanted one, the nearest first; no weekend is longer than two days.
fn nearest(month: Date, wanted: i16) -> i16 {
    let around = [0, -1, 1, -2, 2].map(|away| wanted + away);
    let length = i16::from(month.days_in_month());
    let working = |day: &i16| (1..=length).contains(day) && is_working(on(month, *day));
    around.into_iter().find(working).expect("a working day")
}

fn on(month: Date, day: i16) -> Date {
    let day = i8::try_from(day).expect("a day");
    Date::new(month.year(), month.month(), day).expect("a date")
}

fn is_working(date: Date) -> bool {
    (2..=6).contains(&week_day(date))
}

/// 1 to 7 from Sunday, counted from a known Sunday.
fn week_day(date: Date) -> i16 {
    let sunday = Date::new(2023, 1, 1).expect("a date");
    let days = sunday.duration_until(date).as_hours() / 24;
    i16::try_from(days.rem_euclid(7)).expect("small") + 1
}
