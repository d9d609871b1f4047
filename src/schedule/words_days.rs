//! Days, months and years in English.

use jiff::civil::Weekday;

use super::days::Days;
use super::field::{Field, Kind};
use super::words::{ends, list, row, rows, runs_as};

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const WEEK: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// What follows the times: ` on Monday in March`. Only points in time need ` every day`.
pub(super) fn days(days: &Days, months: &Field, point: bool) -> String {
    let of = |day: &str, rare: bool| format!(" on {day} of {}", of_months(months, rare));
    match days {
        days if days.is_every_day() => {
            format!("{}{}", if point { " every day" } else { "" }, in_months(months))
        }
        Days::OfMonth(field) => {
            let (first, _) = ends(field.values());
            of(&format!("the {}", list(&runs_as(field.values(), ordinal))), first > 28)
        }
        Days::Last { before: 0 } => of("the last day", false),
        Days::Last { before: 1 } => of("the day before the last day", false),
        Days::Last { before } => of(&format!("the day {before} days before the last day"), *before > 27),
        Days::LastWeekday => of("the last weekday", false),
        Days::NearestWeekday(day) => of(&format!("the weekday nearest the {}", ordinal((*day).into())), *day > 28),
        Days::OfWeek(field) => format!(" on {}{}", week_days(field.values()), in_months(months)),
        Days::Nth(weekday, nth) => of(&format!("the {} {}", ordinal((*nth).into()), week_day(*weekday)), *nth > 4),
        Days::LastOfWeek(weekday) => of(&format!("the last {}", week_day(*weekday)), false),
    }
}

pub(super) fn years(years: &Field) -> String {
    if years.is_full(Kind::Year) {
        return String::new();
    }
    let values = years.values();
    let step = values.get(1).map_or(1, |second| second - values[0]);
    let even = values.windows(2).all(|pair| pair[1] - pair[0] == step);
    let (first, last) = ends(values);
    match step {
        2.. if even && values.len() > 3 => {
            format!(", in every {} year from {first} to {last}", ordinal(step))
        }
        _ => format!(", in {}", list(&runs_as(values, |year| year.to_string()))),
    }
}

fn in_months(months: &Field) -> String {
    if months.is_full(Kind::Month) {
        return String::new();
    }
    format!(" in {}", month_names(months))
}

/// A rare day does not come in all of the months.
fn of_months(months: &Field, rare: bool) -> String {
    match (months.is_full(Kind::Month), rare) {
        (true, true) => "every month that has it".to_owned(),
        (true, false) => "every month".to_owned(),
        (false, _) => month_names(months),
    }
}

fn month_names(months: &Field) -> String {
    list(&runs_as(months.values(), |month| name(&MONTHS, month - 1)))
}

/// Days of the week, 1 to 7 from Sunday; a week is said from Monday on.
fn week_days(days: &[i16]) -> String {
    let from_monday = |day: i16| (day + 5) % 7;
    let mut order: Vec<i16> = days.iter().copied().map(from_monday).collect();
    order.sort_unstable();
    let named = |position: i16| name(&WEEK, (position + 1) % 7);
    let rest: Vec<i16> = (0..7).filter(|position| !order.contains(position)).collect();
    match rows(&order)[..] {
        // Past Sunday, such as Friday to Monday.
        [(0, to), (from, 6)] if row(&rest) && order.len() > 2 => {
            format!("{} to {}", named(from), named(to))
        }
        _ => list(&runs_as(&order, named)),
    }
}

fn week_day(weekday: Weekday) -> String {
    name(&WEEK, weekday.to_sunday_zero_offset().into())
}

fn name(names: &[&str], position: i16) -> String {
    let name = usize::try_from(position).ok().and_then(|position| names.get(position));
    name.copied().unwrap_or_default().to_owned()
}

fn ordinal(number: i16) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}
