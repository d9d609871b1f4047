//! What an expression that AWS refuses was probably meant to be.

use super::{Dialect, correct_cron, read};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Names the whole corrected expression, if there is a plain one that AWS accepts.
pub(super) fn hint(text: &str, dialect: Dialect) -> Option<String> {
    let corrected = correction(unquoted(text.trim()), dialect)?;
    let accepted = corrected != text && read::expression(&corrected, dialect).is_ok();
    accepted.then(|| format!("write `{corrected}`"))
}

fn correction(text: &str, dialect: Dialect) -> Option<String> {
    let (name, arguments) = function(text)?;
    match name.as_str() {
        "cron" => correct_cron::correction(arguments, dialect),
        "rate" => rate(arguments),
        "at" => Some(at(arguments)),
        _ => None,
    }
}

/// Without the quotes of a shell or of another file's format.
fn unquoted(text: &str) -> &str {
    text.trim_matches(super::read::QUOTES).trim()
}

/// The function that is meant, and its arguments.
fn function(text: &str) -> Option<(String, &str)> {
    if let Some((name, rest)) = text.split_once('(') {
        let (arguments, after) = rest.trim_start_matches('(').split_once(')').unwrap_or((rest, ""));
        let alone = after.trim_matches([' ', ')', ';', ',']).is_empty();
        let arguments = unquoted(arguments.trim());
        let name = name.trim().to_ascii_lowercase();
        return if arguments.starts_with('@') { function(arguments) } else { alone.then_some((name, arguments)) };
    }
    if let Some(interval) = text.strip_prefix("@every ") {
        return Some(("rate".to_owned(), interval.trim()));
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
