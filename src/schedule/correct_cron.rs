//! The six fields that a cron expression was probably meant to have.

use super::correct_week::{AWS, Numbering, UNIX, abbreviated, days_of_week};
use super::field::{DAY_NAMES, MONTH_NAMES};
use super::words_days::MONTHS;
use super::{Dialect, read};

/// The whole expression, with the fields as AWS wants them.
pub(super) fn correction(arguments: &str, dialect: Dialect) -> Option<String> {
    let readings = [with_lists(arguments), between_blanks(arguments), between_commas(arguments)];
    let mut meant = readings.into_iter().filter_map(|fields| expression(fields, dialect));
    meant.find(|meant| read::expression(meant, dialect).is_ok())
}

/// As in `0 9, 10 * * ? *`.
fn with_lists(arguments: &str) -> Vec<String> {
    between_blanks(&arguments.split(',').map(str::trim).collect::<Vec<_>>().join(","))
}

/// As in `0, 9, *, *, ?, *`.
fn between_blanks(arguments: &str) -> Vec<String> {
    arguments.split_whitespace().map(|field| field.trim_end_matches(',').to_ascii_uppercase()).collect()
}

/// As in `0,9,*,*,?,*`.
fn between_commas(arguments: &str) -> Vec<String> {
    arguments.split([',', ';']).map(|field| field.trim().to_ascii_uppercase()).collect()
}

fn expression(mut fields: Vec<String>, dialect: Dialect) -> Option<String> {
    let every = || "*".to_owned();
    match fields.len() {
        5 => {
            let numbering = if fields.iter().any(|field| field.contains('?')) { AWS } else { UNIX };
            fields.push(every());
            six(fields, numbering, dialect)
        }
        // Quartz has seconds before all else, and may have no year.
        6 if fields[0] == "0" && fields[5] == "?" => {
            fields.remove(0);
            fields.push(every());
            six(fields, AWS, dialect)
        }
        6 => six(fields, AWS, dialect),
        7 => {
            let without_seconds = six(fields[1..].to_vec(), AWS, dialect);
            let accepted = without_seconds.filter(|corrected| read::expression(corrected, dialect).is_ok());
            accepted.or_else(|| six(fields[..6].to_vec(), AWS, dialect).filter(|_| fields[6] == "*"))
        }
        _ => None,
    }
}

fn six(fields: Vec<String>, numbering: Numbering, dialect: Dialect) -> Option<String> {
    let fields = <[String; 6]>::try_from(fields).ok()?;
    let [minute, hour, day_of_month, month, day_of_week, year] = fields;
    let (day_of_month, month) = month_first(day_of_month, month);
    let (day_of_month, day_of_week) = week_first(day_of_month, day_of_week);
    let (month, day_of_week) = in_place(month, day_of_week);
    let day_of_week = days_of_week(&day_of_week, numbering)?;
    let (day_of_month, day_of_week) = one_day_field(day_of_month, day_of_week);
    let [minute, hour, month, year] =
        [minutes(&minute), steps(&hour), steps(&abbreviated(&month, &MONTHS)), forwards(year)];
    let with = |day: &str| format!("cron({minute} {hour} {day} {month} {day_of_week} {year})");
    let corrected = with(&steps(&day_of_month));
    let end_of_month = match day_of_month.as_str() {
        "29" | "30" | "31" => "L",
        "29W" | "30W" | "31W" | "WL" => "LW",
        _ => return Some(corrected),
    };
    Some(if read::expression(&corrected, dialect).is_ok() { corrected } else { with(end_of_month) })
}

fn holds(field: &str, names: &[&str]) -> bool {
    names.iter().any(|name| field.contains(name))
}

/// Day-of-month and month, when they were swapped.
fn month_first(day_of_month: String, month: String) -> (String, String) {
    if holds(&day_of_month, &MONTH_NAMES) && !holds(&month, &MONTH_NAMES) {
        (month, day_of_month)
    } else {
        (day_of_month, month)
    }
}

/// Day-of-month and day-of-week, when a name stands in the first.
fn week_first(day_of_month: String, day_of_week: String) -> (String, String) {
    if holds(&day_of_month, &DAY_NAMES) && matches!(day_of_week.as_str(), "*" | "?") {
        ("?".to_owned(), day_of_month)
    } else {
        (day_of_month, day_of_week)
    }
}

/// Moves a name that stands in the other's field.
fn in_place(month: String, day_of_week: String) -> (String, String) {
    let any = |field: &str| matches!(field, "*" | "?");
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

/// `/4` is `*/4`, and `5/0` is `5`.
fn steps(field: &str) -> String {
    let whole = field.split(',').map(|item| match item.split_once('/') {
        Some(("", step)) => format!("*/{step}"),
        Some((base, step)) if !step.is_empty() && step.bytes().all(|digit| digit == b'0') => base.to_owned(),
        _ => item.to_owned(),
    });
    whole.collect::<Vec<_>>().join(",")
}

/// `*/60` comes only at the start of each hour.
fn minutes(field: &str) -> String {
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
