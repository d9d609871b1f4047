//! Every row of `table.tsv`.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::schedule::{Dialect, Expression};

const TABLE: &str = include_str!("table.tsv");

struct Row<'t> {
    line: usize,
    dialect: Dialect,
    text: &'t str,
    zone: &'t str,
    after: &'t str,
    expected: &'t str,
}

fn rows() -> impl Iterator<Item = Row<'static>> {
    let lines = TABLE.lines().zip(1..).filter(|(line, _)| !line.starts_with("# "));
    lines.map(|(line, number)| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [dialect, text, zone, after, expected, _note] = columns[..] else {
            panic!("line {number} has not six columns");
        };
        Row {
            line: number,
            dialect: match dialect {
                "rule" => Dialect::Rule,
                "scheduler" => Dialect::Scheduler,
                other => panic!("line {number} has the dialect {other}"),
            },
            text,
            zone: if zone.is_empty() { "UTC" } else { zone },
            after,
            expected,
        }
    })
}

/// The outcome of a row in the words of its column `expected`.
fn outcome(row: &Row) -> String {
    match Expression::parse(row.text, row.dialect) {
        Ok(Expression::Rate(_)) => "valid".to_owned(),
        Ok(expression) => runs(&expression, row),
        Err(fault) => {
            assert!(row.text.get(fault.span).is_some(), "line {}: the span", row.line);
            let correction = fault.hint.as_deref().and_then(correction);
            let arrow = correction.map(|text| format!(" => {text}"));
            format!("fault: {}{}", fault.message, arrow.unwrap_or_default())
        }
    }
}

fn runs(expression: &Expression, row: &Row) -> String {
    let zone = TimeZone::get(row.zone).expect("a zone");
    let mut at: Timestamp = row.after.parse().expect("an instant");
    let mut runs = Vec::new();
    while runs.len() < 3 {
        let Some(run) = expression.next_after(at, &zone) else {
            runs.push("end".to_owned());
            break;
        };
        runs.push(run.strftime("%Y-%m-%dT%H:%MZ").to_string());
        at = run;
    }
    runs.join(" ")
}

/// The expression between backquotes in a hint.
pub fn correction(hint: &str) -> Option<&str> {
    hint.split('`').nth(1)
}

#[test]
fn every_row_comes_out_as_the_table_says() {
    let wrong: Vec<String> = rows()
        .map(|row| (outcome(&row), row))
        .filter(|(outcome, row)| outcome != row.expected)
        .map(|(outcome, row)| format!("{}: {}: {outcome}\n", row.line, row.text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
    assert!(rows().count() > 500);
}

#[test]
fn every_corrected_expression_is_accepted() {
    for row in rows() {
        let Err(fault) = Expression::parse(row.text, row.dialect) else {
            continue;
        };
        if let Some(corrected) = fault.hint.as_deref().and_then(correction) {
            let again = Expression::parse(corrected, row.dialect);
            assert!(again.is_ok(), "line {}: {corrected}", row.line);
        }
    }
}

#[test]
fn the_span_is_what_is_at_fault() {
    let at_fault = |text: &'static str| {
        let fault = Expression::parse(text, Dialect::Scheduler).expect_err(text);
        &text[fault.span]
    };
    assert_eq!(at_fault("cron(0 9 1,32 * ? *)"), "32");
    assert_eq!(at_fault("cron(0  9 1 *\tMON *)"), "1 *\tMON");
    assert_eq!(at_fault("cron(0 0 31 2 ? *)"), "31 2 ? *");
    assert_eq!(at_fault("cron(0 9 ? * MON-FRI/2 *)"), "MON-FRI/2");
    assert_eq!(at_fault("cron(0 9 ? * MON#9 *)"), "9");
    assert_eq!(at_fault("rate(5 wéeks)"), "wéeks");
    assert_eq!(at_fault("rate(5 minutes) é"), " é");
    assert_eq!(at_fault("at(2026-02-30T09:00:00)"), "2026-02-30");
    assert_eq!(at_fault("Cron(0 9 * * ? *)"), "Cron");
}

#[test]
fn blanks_at_the_ends_are_refused() {
    for text in ["", " ", " rate(1 day)", "rate(1 day) ", "rate(1 day)\n", "\u{a0}rate(1 day)"] {
        assert!(Expression::parse(text, Dialect::Rule).is_err(), "{text:?}");
    }
}
