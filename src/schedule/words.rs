//! A cron expression in English. The words come from the values alone, so that equal schedules read
//! alike; what fits no short form is listed.

use super::Cron;
use super::field::{Field, Kind};
use super::words_days::{days, years};

impl Cron {
    pub(super) fn in_words(&self) -> String {
        let (times, point) = times(&self.hours, &self.minutes);
        format!("{times}{}{}", days(&self.days, &self.months, point), years(&self.years))
    }
}

/// The times of day, and whether they are points (`at 09:00`) and not a pace (`every 5 minutes`).
fn times(hours: &Field, minutes: &Field) -> (String, bool) {
    let all_day = hours.is_full(Kind::Hour);
    let (hours, minutes) = (hours.values(), minutes.values());
    if let [minute] = *minutes {
        return hourly(hours, minute);
    }
    let count = hours.len() * minutes.len();
    let few = || (format!("at {}", list(&clock_times(hours, minutes))), true);
    match pace(minutes, 60) {
        _ if count < 4 => few(),
        Some((step, first)) => (paced(step, first, hours, all_day), false),
        None if count < 7 => few(),
        None => {
            let past = list(&runs(minutes));
            (format!("at minutes {past} of {}", of_hours(hours, all_day)), !all_day)
        }
    }
}

/// One minute of some hours.
fn hourly(hours: &[i16], minute: i16) -> (String, bool) {
    let (first, last) = ends(hours);
    let pace = pace(hours, 24).filter(|_| hours.len() > 2);
    match (pace, minute) {
        (Some((1, _)), 0) => ("every hour".to_owned(), false),
        (Some((1, _)), 1) => ("at 1 minute past every hour".to_owned(), false),
        (Some((1, _)), _) => (format!("at {minute} minutes past every hour"), false),
        (Some((step, 0)), 0) => (format!("every {step} hours"), false),
        (Some((step, first)), _) => (format!("every {step} hours from {}", clock(first, minute)), false),
        _ if hours.len() > 2 && row(hours) => {
            let (from, to) = (clock(first, minute), clock(last, minute));
            (format!("every hour from {from} to {to}"), false)
        }
        _ => (format!("at {}", list(&clock_times(hours, &[minute]))), true),
    }
}

/// Minutes that keep their distance from hour to hour.
fn paced(step: i16, first: i16, hours: &[i16], all_day: bool) -> String {
    let every = match step {
        1 => "every minute".to_owned(),
        step => format!("every {step} minutes"),
    };
    if all_day && first == 0 {
        return every;
    }
    let rows = rows(hours);
    if all_day || rows.len() > 3 {
        return format!("{every} from minute {first} of {}", of_hours(hours, all_day));
    }
    let window = |(from, to): &(i16, i16)| format!("from {} to {}", clock(*from, first), clock(*to, 60 - step + first));
    let windows: Vec<String> = rows.iter().map(window).collect();
    format!("{every} {}", list(&windows))
}

fn of_hours(hours: &[i16], all_day: bool) -> String {
    match hours {
        _ if all_day => "every hour".to_owned(),
        [hour] => format!("hour {hour}"),
        hours => format!("the hours {}", list(&runs(hours))),
    }
}

fn clock_times(hours: &[i16], minutes: &[i16]) -> Vec<String> {
    let at = |hour: &i16| minutes.iter().map(|minute| clock(*hour, *minute)).collect::<Vec<_>>();
    hours.iter().flat_map(at).collect()
}

fn clock(hour: i16, minute: i16) -> String {
    format!("{hour:02}:{minute:02}")
}

/// The step and first value of values that go evenly round a cycle.
fn pace(values: &[i16], cycle: i16) -> Option<(i16, i16)> {
    let [first, second, ..] = *values else {
        return None;
    };
    let step = second - first;
    let even = values.windows(2).all(|pair| pair[1] - pair[0] == step);
    let (_, last) = ends(values);
    (even && cycle % step == 0 && first < step && last + step >= cycle).then_some((step, first))
}

pub(super) fn ends(values: &[i16]) -> (i16, i16) {
    let first = values.first().copied().unwrap_or_default();
    (first, values.last().copied().unwrap_or(first))
}

/// Whether the values are neighbours.
pub(super) fn row(values: &[i16]) -> bool {
    values.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

/// The rows of neighbours, each with its ends.
pub(super) fn rows(values: &[i16]) -> Vec<(i16, i16)> {
    values.chunk_by(|left, right| left + 1 == *right).map(ends).collect()
}

/// The values, with three or more neighbours as `4 to 6`.
fn runs(values: &[i16]) -> Vec<String> {
    runs_as(values, |value| value.to_string())
}

pub(super) fn runs_as(values: &[i16], name: impl Fn(i16) -> String) -> Vec<String> {
    let run = |(from, to): (i16, i16)| match to - from {
        0 => vec![name(from)],
        1 => vec![name(from), name(to)],
        _ => vec![format!("{} to {}", name(from), name(to))],
    };
    rows(values).into_iter().flat_map(run).collect()
}

/// `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}
