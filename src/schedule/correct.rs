//! What an expression that AWS refuses was probably meant to be.

use super::correct_week::{AWS, UNIX, abbreviated, days_of_week};
use super::field::{DAY_NAMES, MONTH_NAMES};
use super::words_days::{MONTHS, WEEK};
use super::{Dialect, read};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Names the whole corrected expression, if there is a plain one that AWS accepts.
pub(super) fn hint(text: &str, dialect: Dialect) -> Option<String> {
    let corrected = correction(text.trim(), dialect)?;
    let accepted = corrected != text && read::expression(&corrected, dialect).is_ok();
    accepted.then(|| format!("write `{corrected}`"))
}

fn correction(text: &str, dialect: Dialect) -> Option<String> {
    let (name, arguments) = function(text)?;
    match name.as_str() {
        "cron" => cron(arguments, dialect),
        "rate" => rate(arguments),
        "at" => Some(at(arguments)),
        _ => None,
    }
}

/// The function that is meant, and its arguments.
fn function(text: &str) -> Option<(String, &str)> {
    if let Some((name, rest)) = text.split_once('(') {
        let (arguments, after) = rest.split_once(')').unwrap_or((rest, ""));
        let alone = after.trim_matches([' ', ')', ';', ',']).is_empty();
        return alone.then(|| (name.trim().to_ascii_lowercase(), arguments.trim()));
    }
    if let Some(nickname) = text.strip_prefix('@') {
        return unix_nickname(nickname).map(|line| ("cron".to_owned(), line));
    }
    let text = text.trim_end_matches(')');
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let name = first.to_ascii_lowercase();
    if matches!(name.as_str(), "cron" | "rate" | "at") {
        return Some((name, rest.trim()));
    }
    let name = match text.split_whitespace().count() {
        _ if name == "every" => return Some(("rate".to_owned(), rest.trim())),
        5..=7 => "cron",
        _ if text.contains(['T', ':']) => "at",
        _ => "rate",
    };
    Some((name.to_owned(), text))
}

fn unix_nickname(nickname: &str) -> Option<&'static str> {
    match nickname {
        "hourly" => Some("0 * * * *"),
        "daily" | "midnight" => Some("0 0 * * *"),
        "weekly" => Some("0 0 * * 0"),
        "monthly" => Some("0 0 1 * *"),
        "yearly" | "annually" => Some("0 0 1 1 *"),
        _ => None,
    }
}

fn at(arguments: &str) -> String {
    let time = arguments.trim_end_matches(['Z', 'z']).replacen([' ', 't'], "T", 1);
    let seconds = if time.matches(':').count() == 1 { ":00" } else { "" };
    format!("at({time}{seconds})")
}

fn rate(arguments: &str) -> Option<String> {
    let unit_at = arguments.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = arguments.split_at(unit_at);
    let unit = seconds(unit)?;
    let hundredths = hundredths(number.trim())?.checked_mul(unit)?;
    let total = hundredths.is_multiple_of(6000).then_some(hundredths / 100)?;
    let (name, size) = match unit {
        DAY.. if total.is_multiple_of(DAY) => ("day", DAY),
        HOUR.. if total.is_multiple_of(HOUR) => ("hour", HOUR),
        _ => ("minute", MINUTE),
    };
    let value = total / size;
    let ending = if value == 1 { "" } else { "s" };
    Some(format!("rate({value} {name}{ending})"))
}

fn seconds(unit: &str) -> Option<u64> {
    let unit = unit.to_ascii_lowercase();
    match unit.strip_suffix('s').unwrap_or(&unit) {
        "sec" | "second" => Some(1),
        "m" | "min" | "minute" => Some(MINUTE),
        "h" | "hr" | "hour" => Some(HOUR),
        "d" | "day" => Some(DAY),
        "w" | "week" => Some(7 * DAY),
        _ => None,
    }
}

/// `1.5` is 150; nothing is one unit.
fn hundredths(number: &str) -> Option<u64> {
    let (whole, part) = match number.split_once('.') {
        _ if number.is_empty() => ("1", "0"),
        Some((whole, part)) if part.len() <= 2 => (whole, part),
        Some(_) => return None,
        None => (number, "0"),
    };
    let part = format!("{part:0<2}").parse::<u64>().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part)
}

fn cron(arguments: &str, dialect: Dialect) -> Option<String> {
    let clean = |field: &str| field.trim_end_matches(',').to_ascii_uppercase();
    let mut fields: Vec<String> = arguments.split_whitespace().map(clean).collect();
    let aws = fields.iter().any(|field| field.contains(['?', 'L', 'W', '#']) && !named(field));
    let quartz = fields.first().is_some_and(|seconds| seconds == "0");
    let mut numbering = AWS;
    match fields.len() {
        5 if aws => fields.push("*".to_owned()),
        5 => {
            numbering = UNIX;
            fields.push("*".to_owned());
        }
        6 if quartz && fields[5] == "?" => {
            fields.remove(0);
            fields.push("*".to_owned());
        }
        6 => {}
        7 if quartz => {
            fields.remove(0);
        }
        _ => return None,
    }
    let fields = <[String; 6]>::try_from(fields).ok()?;
    let [minute, hour, day_of_month, month, day_of_week, year] = fields;
    let (month, day_of_week) = in_place(month, day_of_week);
    let day_of_week = days_of_week(&day_of_week, numbering)?;
    let (day_of_month, day_of_week) = one_day_field(day_of_month, day_of_week);
    let [minute, hour, month, year] =
        [minutes(minute), steps(hour), steps(abbreviated(&month, &MONTHS)), forwards(year)];
    let with = |day: &str| format!("cron({minute} {hour} {day} {month} {day_of_week} {year})");
    let corrected = with(&steps(day_of_month.clone()));
    let end_of_month = matches!(day_of_month.as_str(), "29" | "30" | "31");
    if end_of_month && read::expression(&corrected, dialect).is_err() {
        return Some(with("L"));
    }
    Some(corrected)
}

/// Whether a field names days or months, whose letters are no `L` or `W`.
fn named(field: &str) -> bool {
    let words = field.split([',', '-', '/']);
    let mut names = words.map(|word| abbreviated(word, &WEEK)).map(|word| abbreviated(&word, &MONTHS));
    names.any(|word| DAY_NAMES.contains(&word.as_str()) || MONTH_NAMES.contains(&word.as_str()))
}

/// Moves a name that stands in the other's field.
fn in_place(month: String, day_of_week: String) -> (String, String) {
    let any = |field: &str| matches!(field, "*" | "?");
    let holds = |field: &str, names: &[&str]| names.iter().any(|name| field.contains(name));
    if holds(&month, &DAY_NAMES) && (any(&day_of_week) || holds(&day_of_week, &MONTH_NAMES)) {
        let other = if day_of_week == "?" { "*".to_owned() } else { day_of_week };
        return (other, month);
    }
    if holds(&day_of_week, &MONTH_NAMES) && month == "*" {
        return (day_of_week, "?".to_owned());
    }
    (month, day_of_week)
}

/// Exactly one of the two is `?`.
fn one_day_field(day_of_month: String, day_of_week: String) -> (String, String) {
    let other = || "?".to_owned();
    match (day_of_month.as_str(), day_of_week.as_str()) {
        ("?", "?") => ("*".to_owned(), other()),
        (_, "*") if day_of_month != "?" => (day_of_month, other()),
        ("*", _) if day_of_week != "?" => (other(), day_of_week),
        _ => (day_of_month, day_of_week),
    }
}

/// `/4` is `*/4`.
fn steps(field: String) -> String {
    if field.starts_with('/') { format!("*{field}") } else { field }
}

/// `*/60` comes only at the start of each hour.
fn minutes(field: String) -> String {
    match field.strip_prefix("*/").map(str::parse::<u32>) {
        Some(Ok(60..)) => "0".to_owned(),
        _ => steps(field),
    }
}

fn forwards(year: String) -> String {
    match year.split_once('-') {
        Some((from, to)) if from.len() == to.len() && from > to => format!("{to}-{from}"),
        _ => year,
    }
}
