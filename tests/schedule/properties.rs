//! What holds for every text and every instant.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use crate::reference;
use crate::samples::{Sample, loosely, nearly, sample};
use crate::schedule::{Dialect, Expression, Fault};
use crate::table::correction;

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
    assert_eq!(Expression::Rate(rate).spent("rate(2 days)", now, &TimeZone::UTC), None);
}

#[test]
fn a_spent_expression_is_told() {
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let spent = |text: &str| {
        let expression = Expression::parse(text, Dialect::Scheduler).expect(text);
        expression.spent(text, now, &TimeZone::UTC).map(|fault| fault.message)
    };
    let past = Some("never fires again: its last run is past".to_owned());
    assert_eq!(spent("cron(15 10 ? * 6L 2019-2022)"), past);
    assert_eq!(spent("at(2025-12-31T23:59:59)"), past);
    assert_eq!(spent("cron(15 10 ? * 6L 2019-2026)"), None);
    assert_eq!(spent("at(2026-01-01T00:00:01)"), None);
}
