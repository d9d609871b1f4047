//! One-time schedules, such as `at(2026-06-01T09:00:00)`.

use jiff::civil::{Date, DateTime, Time};

use super::Dialect;
use super::fault::{Fault, Piece};
use super::words_days::MONTHS;

pub(super) fn parse(arguments: Piece<'_>, whole: Piece<'_>, dialect: Dialect) -> Result<DateTime, Fault> {
    let time = date_and_time(arguments);
    match dialect {
        Dialect::Scheduler => time,
        Dialect::Rule => Err(Fault {
            hint: time.ok().and_then(as_cron),
            ..whole.fault("a one-time schedule needs EventBridge Scheduler; a rule has no `at( )`")
        }),
    }
}

pub(super) fn in_words(time: DateTime) -> String {
    let seconds = match time.second() {
        0 => String::new(),
        second => format!(":{second:02}"),
    };
    let month = MONTHS[usize::from(time.month().unsigned_abs()) - 1];
    let (hour, minute, day, year) = (time.hour(), time.minute(), time.day(), time.year());
    format!("once, at {hour:02}:{minute:02}{seconds} on {day} {month} {year}")
}

fn date_and_time(arguments: Piece<'_>) -> Result<DateTime, Fault> {
    if has_zone(arguments.text) {
        let message = "a one-time schedule carries no time zone; the zone is a setting of its own";
        return Err(arguments.fault(message));
    }
    let form = || arguments.fault("a one-time schedule has the form `yyyy-mm-ddThh:mm:ss`");
    let (date, time) = arguments.split_once('T').ok_or_else(form)?;
    let [year, month, day] = numbers(date.text, '-', [4, 2, 2]).ok_or_else(form)?;
    let [hour, minute, second] = numbers(time.text, ':', [2, 2, 2]).ok_or_else(form)?;
    let no_date = || date.fault(format!("there is no date {}", date.text));
    let no_time = || time.fault(format!("there is no time {}", time.text));
    let small = |number: i16| i8::try_from(number).ok();
    let date = (|| Date::new(year, small(month)?, small(day)?).ok())().ok_or_else(no_date)?;
    let time = (|| Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok())();
    Ok(date.to_datetime(time.ok_or_else(no_time)?))
}

fn has_zone(text: &str) -> bool {
    let after_time = text.get(11..).unwrap_or_default();
    after_time.ends_with(['Z', 'z']) || after_time.contains(['+', '-'])
}

/// Three numbers of exactly these widths.
fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i16; 3]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let parts: [&str; 3] = parts.try_into().ok()?;
    let right = |(part, width): (&&str, usize)| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().zip(widths).all(right) {
        return None;
    }
    let [first, second, third] = parts.map(str::parse);
    Some([first.ok()?, second.ok()?, third.ok()?])
}

/// A cron expression with a single run says the same to a rule.
fn as_cron(time: DateTime) -> Option<String> {
    let (minute, hour, day, month, year) = (time.minute(), time.hour(), time.day(), time.month(), time.year());
    let known = time.second() == 0 && (1970..=2199).contains(&year);
    known.then(|| format!("in a rule `cron({minute} {hour} {day} {month} ? {year})` runs once, in UTC"))
}
