//! What holds for every text and every instant.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use crate::reference;
use crate::samples::{Sample, loosely, nearly, sample};
use crate::schedule::{Dialect, Expression, Fault, Span};
use crate::table::correction;

/// UTC, without a beginning or an end.
fn always() -> Span {
    Span { zone: TimeZone::UTC, start: None, end: None }
}

/// Zones, each with an instant around which its clock changes.
const CHANGES: [(&str, &str); 10] = [
    ("UTC", "2028-02-29T00:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("Europe/Berlin", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Africa/Cairo", "2026-04-23T22:00:00Z"),
    ("Africa/Cairo", "2026-10-29T21:00:00Z"),
    ("America/Santiago", "2026-09-06T04:00:00Z"),
];

/// A zone and an instant, mostly close to a change of the clock.
fn moment() -> impl Strategy<Value = (TimeZone, Timestamp)> {
    let near = prop_oneof![3 => -10_000..5_000i64, 1 => -100_000_000..100_000_000i64];
    (select(CHANGES.to_vec()), near).prop_map(|((zone, change), away)| {
        let change: Timestamp = change.parse().expect("an instant");
        let zone = TimeZone::get(zone).expect("a zone");
        (zone, change + SignedDuration::from_secs(away))
    })
}

/// A sample that fires at all, and what it is read as.
fn read(sample: &Sample) -> Option<Expression> {
    match Expression::parse(&sample.text, Dialect::Rule) {
        Ok(expression) => Some(expression),
        Err(fault) => {
            assert!(fault.message.starts_with("never fires"), "{}: {fault}", sample.text);
            None
        }
    }
}

fn check_fault(text: &str, dialect: Dialect, fault: &Fault) {
    assert!(text.get(fault.span.clone()).is_some(), "{text:?}: {:?}", fault.span);
    assert!(!fault.message.is_empty() && !fault.message.ends_with('.'), "{text:?}: {fault}");
    if let Some(corrected) = fault.hint.as_deref().and_then(correction) {
        assert_ne!(corrected, text);
        assert!(Expression::parse(corrected, dialect).is_ok(), "{text:?}: {corrected}");
    }
}

fn check_text(text: &str) {
    for dialect in [Dialect::Rule, Dialect::Scheduler] {
        match Expression::parse(text, dialect) {
            Ok(expression) => {
                assert!(!expression.in_words().is_empty());
                let after = Timestamp::from_second(1_800_000_000).expect("near");
                let next = expression.next_after(after, &TimeZone::UTC);
                assert!(next.is_none_or(|run| run > after));
            }
            Err(fault) => check_fault(text, dialect, &fault),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        check_text(&text);
    }

    #[test]
    fn text_near_an_expression_is_read_or_refused(text in nearly()) {
        check_text(&text);
    }

    #[test]
    fn loose_text_is_read_or_refused(text in loosely()) {
        check_text(&text);
    }

    #[test]
    fn a_run_is_later_and_no_other_lies_between(
        sample in sample(), (zone, after) in moment(), part in 0.0..1.0f64,
    ) {
        let Some(expression) = read(&sample) else { return Ok(()) };
        let Some(run) = expression.next_after(after, &zone) else { return Ok(()) };
        prop_assert!(run > after);
        prop_assert!(reference::fires(&sample, zone.to_datetime(run)));
        let between = after + run.duration_since(after).mul_f64(part);
        if between < run {
            prop_assert_eq!(expression.next_after(between, &zone), Some(run));
        }
    }

    #[test]
    fn never_firing_is_found_out(sample in sample()) {
        let fires = |day: &Date| (0..=23).any(|hour| (0..=59).any(|minute| {
            reference::fires(&sample, day.at(hour, minute, 0, 0))
        }));
        if read(&sample).is_none() {
            let days = Date::new(2024, 1, 1).expect("a date").series(jiff::Span::new().days(1));
            prop_assert!(!days.take(8 * 366).any(|day| fires(&day)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_next_run_is_the_one_found_minute_by_minute(sample in sample(), (zone, after) in moment()) {
        let Some(expression) = read(&sample) else { return Ok(()) };
        let until = after + SignedDuration::from_hours(24 * 2);
        let run = expression.next_after(after, &zone).filter(|run| *run <= until);
        prop_assert_eq!(run, reference::first_run(&sample, after, until, &zone));
    }
}

#[test]
fn a_rate_has_no_next_run_but_an_interval() {
    let Ok(Expression::Rate(rate)) = Expression::parse("rate(2 days)", Dialect::Rule) else {
        panic!("not a rate");
    };
    assert_eq!(rate.interval(), SignedDuration::from_hours(48));
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(Expression::Rate(rate).next_after(now, &TimeZone::UTC), None);
    assert_eq!(Expression::Rate(rate).spent("rate(2 days)", now, &always()), None);
}

#[test]
fn a_spent_expression_is_told() {
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let spent = |text: &str| {
        let expression = Expression::parse(text, Dialect::Scheduler).expect(text);
        expression.spent(text, now, &always()).map(|fault| fault.message)
    };
    let past = Some("never fires again: its last run is past".to_owned());
    assert_eq!(spent("cron(15 10 ? * 6L 2019-2022)"), past);
    assert_eq!(spent("at(2025-12-31T23:59:59)"), past);
    assert_eq!(spent("cron(15 10 ? * 6L 2019-2026)"), None);
    assert_eq!(spent("at(2026-01-01T00:00:01)"), None);
}

/// The first runs after an instant, as the zone's clock shows them.
fn runs(expression: &str, zone: &str, after: &str, (start, end): (Option<&str>, Option<&str>)) -> Vec<String> {
    let zone = TimeZone::get(zone).expect("a zone");
    let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let span = Span { zone: zone.clone(), start: start.map(instant), end: end.map(instant) };
    let expression = Expression::parse(expression, Dialect::Scheduler).expect("an expression");
    let runs = expression.runs(instant(after), &span).take(4);
    runs.map(|run| run.to_zoned_datetime(zone.clone()).strftime("%m-%d %H:%M %:z").to_string()).collect()
}

#[test]
fn runs_are_right_across_both_changes_of_the_clock() {
    let always = (None, None);
    let nine = "cron(0 9 * * ? *)";
    let spring = runs(nine, "Europe/Berlin", "2026-03-27T12:00:00Z", always);
    assert_eq!(spring, ["03-28 09:00 +01:00", "03-29 09:00 +02:00", "03-30 09:00 +02:00", "03-31 09:00 +02:00"]);
    let autumn = runs(nine, "Europe/Berlin", "2026-10-23T12:00:00Z", always);
    assert_eq!(autumn, ["10-24 09:00 +02:00", "10-25 09:00 +01:00", "10-26 09:00 +01:00", "10-27 09:00 +01:00"]);
    let half_past_two = "cron(30 2 * * ? *)";
    let left_out = runs(half_past_two, "Europe/Berlin", "2026-03-27T12:00:00Z", always);
    assert_eq!(left_out, ["03-28 02:30 +01:00", "03-30 02:30 +02:00", "03-31 02:30 +02:00", "04-01 02:30 +02:00"]);
    let once = runs(half_past_two, "Europe/Berlin", "2026-10-23T12:00:00Z", always);
    assert_eq!(once, ["10-24 02:30 +02:00", "10-25 02:30 +02:00", "10-26 02:30 +01:00", "10-27 02:30 +01:00"]);
    let lord_howe = runs("cron(0 0 * * ? *)", "Australia/Lord_Howe", "2026-04-03T14:00:00Z", always);
    assert_eq!(lord_howe, ["04-05 00:00 +11:00", "04-06 00:00 +10:30", "04-07 00:00 +10:30", "04-08 00:00 +10:30"]);
}

#[test]
fn a_day_of_a_rate_has_24_hours_whatever_the_clock_does() {
    let start = (Some("2026-03-28T06:00:00Z"), None);
    let runs = runs("rate(1 day)", "Europe/Berlin", "2026-01-01T00:00:00Z", start);
    assert_eq!(runs, ["03-28 07:00 +01:00", "03-29 08:00 +02:00", "03-30 08:00 +02:00", "03-31 08:00 +02:00"]);
}

#[test]
fn start_and_end_cut_the_runs() {
    let (start, end) = (Some("2026-06-03T09:00:00Z"), Some("2026-06-04T09:00:00Z"));
    let (before, at_start, between) = ("2026-01-01T00:00:00Z", "2026-06-03T09:00:00Z", "2026-06-03T12:00:00Z");
    let nine = |after, span| runs("cron(0 9 * * ? *)", "UTC", after, span);
    assert_eq!(nine(before, (start, end)), ["06-03 09:00 +00:00", "06-04 09:00 +00:00"], "both may be runs");
    assert_eq!(nine(at_start, (start, end)), ["06-04 09:00 +00:00"]);
    assert_eq!(nine("2026-06-04T09:00:00Z", (start, end)), Vec::<String>::new());
    let hours = |after, span| runs("rate(10 hours)", "UTC", after, span);
    assert_eq!(hours(before, (None, None)), Vec::<String>::new(), "nobody knows from when it counts");
    assert_eq!(hours(before, (start, end)), ["06-03 09:00 +00:00", "06-03 19:00 +00:00", "06-04 05:00 +00:00"]);
    assert_eq!(hours(at_start, (start, end)), ["06-03 19:00 +00:00", "06-04 05:00 +00:00"]);
    assert_eq!(hours(between, (start, end)), ["06-03 19:00 +00:00", "06-04 05:00 +00:00"]);
    assert_eq!(hours(before, (None, end)), Vec::<String>::new());
}

#[test]
fn what_start_and_end_leave_nothing_of_is_told() {
    let now = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let instant = |text: &str| text.parse::<Timestamp>().ok();
    let spent = |text: &str, start: &str, end: &str| {
        let expression = Expression::parse(text, Dialect::Scheduler).expect("an expression");
        let span = Span { zone: TimeZone::UTC, start: instant(start), end: instant(end) };
        expression.spent(text, now, &span).map(|fault| fault.message)
    };
    let past = Some("never fires again: its last run is past".to_owned());
    assert_eq!(spent("rate(1 day)", "", "2025-12-31T00:00:00Z"), past);
    assert_eq!(spent("cron(0 9 * * ? *)", "", "2026-01-01T08:00:00Z"), past);
    assert_eq!(spent("cron(0 9 * * ? *)", "", "2026-01-01T09:00:00Z"), None);
    assert_eq!(spent("rate(1 day)", "", "2026-01-01T08:00:00Z"), None, "that depends on when it is made");
    let between = Some("has no run between its `start` and its `end`".to_owned());
    assert_eq!(spent("cron(0 9 1 1 ? *)", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"), between);
    let after = Some("has no run after its `start`".to_owned());
    assert_eq!(spent("cron(0 9 1 1 ? 2027)", "2027-02-01T00:00:00Z", ""), after);
}
