//! The day-of-week field in the names that Unix and AWS have in common.

use super::field::DAY_NAMES;
use super::words_days::WEEK;

/// Where a numbering of the week has Sunday, and its highest number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbering {
    sunday: usize,
    high: usize,
}

pub(super) const UNIX: Numbering = Numbering { sunday: 0, high: 7 };
pub(super) const AWS: Numbering = Numbering { sunday: 1, high: 7 };

/// The field as AWS takes it, in names: so a reader sees what a number means. Unix counts from 0, and takes steps.
pub(super) fn days_of_week(field: &str, numbering: Numbering) -> Option<String> {
    if matches!(field, "*" | "?" | "L") {
        return Some(field.to_owned());
    }
    let zero = field.split([',', '-', '#']).any(|word| word == "0");
    let numbering = if zero { UNIX } else { numbering };
    let days: Option<Vec<String>> = field.split(',').map(|item| days(item, numbering)).collect();
    Some(days?.join(","))
}

/// `MONDAY` is `MON`, where `names` has `Monday`.
pub(super) fn abbreviated(field: &str, names: &[&str]) -> String {
    let ends = [',', '-', '/', '#'];
    let short = |part: &str| {
        let word = part.trim_end_matches(ends);
        let long = word.len() > 3 && names.iter().any(|name| name.to_ascii_uppercase().starts_with(word));
        if long { format!("{}{}", &word[..3], &part[word.len()..]) } else { part.to_owned() }
    };
    field.split_inclusive(ends).map(short).collect()
}

fn days(item: &str, numbering: Numbering) -> Option<String> {
    let item = abbreviated(item, &WEEK);
    let position = |word: &str| match word.parse::<usize>() {
        Ok(number) if (numbering.sunday..=numbering.high).contains(&number) => Some((number - numbering.sunday) % 7),
        Ok(_) => None,
        Err(_) => DAY_NAMES.iter().position(|name| *name == word),
    };
    let name = |word: &str| position(word).map(|position| DAY_NAMES[position]);
    if let Some((day, nth)) = item.split_once('#') {
        return Some(format!("{}#{nth}", name(day)?));
    }
    if let Some(day) = item.strip_suffix('L') {
        return Some(format!("{}L", name(day)?));
    }
    let Some((base, step)) = item.split_once('/') else {
        return match item.split_once('-') {
            Some((from, to)) => Some(format!("{}-{}", name(from)?, name(to)?)),
            None => name(&item).map(str::to_owned),
        };
    };
    let (from, to) = match base.split_once('-') {
        Some((from, to)) => (position(from)?, position(to)?),
        None if matches!(base, "*" | "") => (0, 6),
        None => (position(base)?, 6),
    };
    let end = if to < from { to + 7 } else { to };
    let step = step.parse().ok().filter(|step| *step > 0)?;
    let names: Vec<&str> = (from..=end).step_by(step).map(|day| DAY_NAMES[day % 7]).collect();
    Some(names.join(","))
}
