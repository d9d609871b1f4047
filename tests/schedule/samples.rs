//! Random expressions, written out and as plain sets at the same time.

use proptest::prelude::*;
use proptest::sample::select;

/// What a field was generated to mean: a list of (from, to, step), as in `20-2/3`.
type Ranges = Vec<(i16, i16, i16)>;

#[derive(Debug, Clone)]
pub enum Day {
    Every,
    OfMonth(Ranges),
    Last(i16),
    LastWeekday,
    Nearest(i16),
    OfWeek(Ranges),
    Nth(i16, i16),
    LastOfWeek(i16),
}

#[derive(Debug, Clone)]
pub struct Sample {
    pub text: String,
    pub minutes: Ranges,
    pub hours: Ranges,
    pub day: Day,
    pub months: Ranges,
    pub years: Ranges,
}

/// A field, its text and its meaning.
fn field(low: i16, high: i16, steps: bool) -> impl Strategy<Value = (String, Ranges)> {
    let step = if steps { (1..=high).boxed() } else { Just(1).boxed() };
    let item = (low..=high, low..=high, step, 0..4u8).prop_map(move |(from, to, step, form)| match form {
        0 => (format!("{from}"), (from, from, 1)),
        1 => (format!("{from}-{to}"), (from, to, 1)),
        2 if steps => (format!("{from}/{step}"), (from, high, step)),
        3 if steps => (format!("{from}-{to}/{step}"), (from, to, step)),
        _ => (format!("{from:02}"), (from, from, 1)),
    });
    let list = prop::collection::vec(item, 1..4).prop_map(|items| {
        let (texts, ranges): (Vec<String>, Ranges) = items.into_iter().unzip();
        (texts.join(","), ranges)
    });
    prop_oneof![1 => Just(("*".to_owned(), vec![(low, high, 1)])), 2 => list]
}

fn years() -> impl Strategy<Value = (String, Ranges)> {
    prop_oneof![
        3 => Just(("*".to_owned(), vec![(1970, 2199, 1)])),
        1 => (2024..=2030i16).prop_map(|year| (year.to_string(), vec![(year, year, 1)])),
        1 => (2020..=2026i16, 0..4i16).prop_map(|(from, more)| (format!("{from}-{}", from + more), vec![(from, from + more, 1)])),
        1 => (2020..=2028i16, 1..4i16).prop_map(|(from, step)| (format!("{from}/{step}"), vec![(from, 2199, step)])),
    ]
}

const WEEK: [&str; 7] = ["SUN", "mon", "TUE", "Wed", "THU", "FRI", "SAT"];

/// Day-of-month, day-of-week and their meaning.
fn days() -> impl Strategy<Value = (String, String, Day)> {
    let open = || "?".to_owned();
    let week_day = || {
        (1..=7i16, any::<bool>()).prop_map(|(day, named)| {
            let name = WEEK[usize::from(day.unsigned_abs()) - 1];
            (day, if named { name.to_owned() } else { day.to_string() })
        })
    };
    prop_oneof![
        2 => Just(("*".to_owned(), open(), Day::Every)),
        1 => Just((open(), "*".to_owned(), Day::Every)),
        3 => field(1, 31, true).prop_map(move |(text, ranges)| (text, open(), Day::OfMonth(ranges))),
        1 => Just(("L".to_owned(), open(), Day::Last(0))),
        1 => (1..=30i16).prop_map(move |before| (format!("L-{before}"), open(), Day::Last(before))),
        1 => Just(("LW".to_owned(), open(), Day::LastWeekday)),
        2 => (1..=31i16).prop_map(move |day| (format!("{day}W"), open(), Day::Nearest(day))),
        3 => field(1, 7, false).prop_map(move |(text, ranges)| (open(), text, Day::OfWeek(ranges))),
        1 => Just((open(), "L".to_owned(), Day::OfWeek(vec![(7, 7, 1)]))),
        2 => (week_day(), 1..=5i16).prop_map(move |((day, name), nth)| (open(), format!("{name}#{nth}"), Day::Nth(day, nth))),
        1 => week_day().prop_map(move |(day, name)| (open(), format!("{name}L"), Day::LastOfWeek(day))),
    ]
}

pub fn sample() -> impl Strategy<Value = Sample> {
    let blank = select(vec![" ", "  ", "\t"]);
    (field(0, 59, true), field(0, 23, true), days(), field(1, 12, true), years(), blank).prop_map(
        |(minutes, hours, (of_month, of_week, day), months, years, blank)| {
            let fields = [&minutes.0, &hours.0, &of_month, &months.0, &of_week, &years.0];
            let text = format!("cron({})", fields.map(String::as_str).join(blank));
            Sample { text, minutes: minutes.1, hours: hours.1, day, months: months.1, years: years.1 }
        },
    )
}

/// Text near an expression: a valid one with a few characters changed.
pub fn nearly() -> impl Strategy<Value = String> {
    let letters = select(" \t,-*/?LW#().0123456789MONFRIJABcronate@:TZé".chars().collect::<Vec<_>>());
    let base = prop_oneof![
        sample().prop_map(|sample| sample.text),
        Just("rate(5 minutes)".to_owned()),
        Just("at(2026-06-01T09:00:00)".to_owned()),
        Just("*/5 9 * * 1-5".to_owned()),
    ];
    (base, prop::collection::vec((any::<prop::sample::Index>(), letters, 0..3u8), 0..4)).prop_map(|(base, changes)| {
        let mut text: Vec<char> = base.chars().collect();
        for (at, letter, change) in changes {
            let at = at.index(text.len() + 1);
            match change {
                0 => text.insert(at, letter),
                1 if at < text.len() => text[at] = letter,
                _ if at < text.len() => drop(text.remove(at)),
                _ => {}
            }
        }
        text.into_iter().collect()
    })
}

/// Text as people write it: Unix lines, loose rates, foreign spellings.
pub fn loosely() -> impl Strategy<Value = String> {
    let number = select(vec![
        "*",
        "0",
        "5",
        "59",
        "*/5",
        "1-5",
        "1,3",
        "0/10",
        "5-2",
        "/4",
        "60",
        "7",
        "MON-FRI",
        "sun",
        "Monday",
        "JAN",
        "?",
        "L",
        "15W",
        "2#1",
        "1-5/2",
        "*/2",
        "31",
        "2030-2026",
        "*/60",
    ]);
    let fields = prop::collection::vec(number, 4..8).prop_map(|fields| fields.join(" "));
    let amount = select(vec!["1", "5", "0", "-1", "1.5", "0.25", "90", "07", "five", ""]);
    let unit = select(vec!["minute", "minutes", "Hours", "h", "days", "weeks", "seconds", "sec", "month", "", "years"]);
    let rate =
        (amount, unit, select(vec![" ", "", "  "])).prop_map(|(amount, unit, blank)| format!("{amount}{blank}{unit}"));
    let time = select(vec![
        "2026-06-01T09:00:00",
        "2026-06-01 09:00",
        "2026-02-30T09:00:00",
        "2026-06-01T09:00:00Z",
        "2026-06-01",
    ]);
    let inner = prop_oneof![3 => fields, 2 => rate, 1 => time.prop_map(str::to_owned)];
    let opening = select(vec!["", "cron(", "Cron(", "cron ", "rate(", "RATE (", "at(", "every ", "cron( ", "@daily "]);
    (opening, inner, select(vec!["", ")", " )", "))", ";"]))
        .prop_map(|(opening, inner, closing)| format!("{opening}{inner}{closing}"))
}
