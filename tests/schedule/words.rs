//! What expressions mean in English.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use crate::schedule::{Dialect, Expression};

fn words(text: &str) -> String {
    Expression::parse(text, Dialect::Scheduler).expect(text).in_words()
}

#[test]
fn plain_expressions_read_plainly() {
    let cases = [
        ("rate(1 minute)", "every minute"),
        ("rate(5 minutes)", "every 5 minutes"),
        ("rate(1 hours)", "every hour"),
        ("rate(7 days)", "every 7 days"),
        ("at(2026-06-01T09:00:00)", "once, at 09:00 on 1 June 2026"),
        ("at(2026-12-31T23:59:30)", "once, at 23:59:30 on 31 December 2026"),
        ("cron(0 10 * * ? *)", "at 10:00 every day"),
        ("cron(0 10 ? * * *)", "at 10:00 every day"),
        ("cron(0 9 ? * MON-FRI *)", "at 09:00 on Monday to Friday"),
        ("cron(0 9 ? * 2-6 *)", "at 09:00 on Monday to Friday"),
        ("cron(0 1 L * ? *)", "at 01:00 on the last day of every month"),
        ("cron(0 0/3 * * ? *)", "every 3 hours"),
        ("cron(30 1/3 * * ? *)", "every 3 hours from 01:30"),
        ("cron(* * * * ? *)", "every minute"),
        ("cron(0 * * * ? *)", "every hour"),
        ("cron(1 * * * ? *)", "at 1 minute past every hour"),
        ("cron(30 * ? * SUN *)", "at 30 minutes past every hour on Sunday"),
        ("cron(0/15 * * * ? *)", "every 15 minutes"),
        ("cron(5/15 * * * ? *)", "every 15 minutes from minute 5 of every hour"),
        ("cron(20,40 * * * ? *)", "at minutes 20 and 40 of every hour"),
        ("cron(0/40 * * * ? *)", "at minutes 0 and 40 of every hour"),
        ("cron(0 */12 * * ? *)", "at 00:00 and 12:00 every day"),
        ("cron(5,35 14 * * ? *)", "at 14:05 and 14:35 every day"),
        ("cron(* 14 * * ? *)", "every minute from 14:00 to 14:59"),
        ("cron(0 8-17 ? * MON *)", "every hour from 08:00 to 17:00 on Monday"),
    ];
    for (text, expected) in cases {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn days_months_and_years_read_plainly() {
    let cases = [
        ("cron(0 1 L-1 * ? *)", "at 01:00 on the day before the last day of every month"),
        ("cron(0 1 L-2 * ? *)", "at 01:00 on the day 2 days before the last day of every month"),
        ("cron(0 1 LW * ? *)", "at 01:00 on the last weekday of every month"),
        ("cron(0 1 15W * ? *)", "at 01:00 on the weekday nearest the 15th of every month"),
        ("cron(0 1 31 * ? *)", "at 01:00 on the 31st of every month that has it"),
        ("cron(0 1 29 2 ? *)", "at 01:00 on the 29th of February"),
        ("cron(0 1 1,15 * ? *)", "at 01:00 on the 1st and 15th of every month"),
        ("cron(0 1 1-7 * ? *)", "at 01:00 on the 1st to 7th of every month"),
        ("cron(0 1 11,12,13,22,23 * ? *)", "at 01:00 on the 11th to 13th, 22nd and 23rd of every month"),
        ("cron(0 1 1 1/3 ? *)", "at 01:00 on the 1st of January, April, July and October"),
        ("cron(0 1 * JUN-AUG ? *)", "at 01:00 every day in June to August"),
        ("cron(0/5 * * 3 ? *)", "every 5 minutes in March"),
        ("cron(0/5 8-17 ? 3 MON *)", "every 5 minutes from 08:00 to 17:55 on Monday in March"),
        ("cron(0 1 ? * 3#2 *)", "at 01:00 on the 2nd Tuesday of every month"),
        ("cron(0 1 ? * FRI#5 *)", "at 01:00 on the 5th Friday of every month that has it"),
        ("cron(15 10 ? * 6L 2019-2022)", "at 10:15 on the last Friday of every month, in 2019 to 2022"),
        ("cron(0 1 ? * L *)", "at 01:00 on Saturday"),
        ("cron(0 1 ? * SAT-SUN *)", "at 01:00 on Saturday and Sunday"),
        ("cron(0 1 ? * FRI-MON *)", "at 01:00 on Friday to Monday"),
        ("cron(0 1 ? * 1,3,5,7 *)", "at 01:00 on Tuesday, Thursday, Saturday and Sunday"),
        ("cron(0 1 1 1 ? 2026)", "at 01:00 on the 1st of January, in 2026"),
        ("cron(0 1 1 1 ? 2026,2030)", "at 01:00 on the 1st of January, in 2026 and 2030"),
        ("cron(0 1 1 1 ? 2026/4)", "at 01:00 on the 1st of January, in every 4th year from 2026 to 2198"),
    ];
    for (text, expected) in cases {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn a_range_past_midnight_is_said_as_two() {
    assert_eq!(
        words("cron(0/30 20-2 ? * MON-FRI *)"),
        "every 30 minutes from 00:00 to 02:30 and from 20:00 to 23:30 on Monday to Friday"
    );
}

/// Two expressions that read alike fire alike.
#[test]
fn no_words_stand_for_two_schedules() {
    let minutes =
        ["0", "1", "30", "*", "*/5", "0/30", "5/30", "2/15", "0/40", "0/23", "0-5", "7,9", "10-50/10", "58/1"];
    let hours = [
        "0",
        "9",
        "*",
        "*/2",
        "1/2",
        "*/3",
        "2/3",
        "*/5",
        "*/8",
        "*/12",
        "8-17",
        "22-2",
        "8,9",
        "0,1,5",
        "1,3,5,7,9",
        "8-10,20",
    ];
    let mut seen: HashMap<String, (String, Vec<String>)> = HashMap::new();
    let mut check = |text: String| {
        let runs = first_runs(&text);
        let entry = seen.entry(words(&text)).or_insert_with(|| (text.clone(), runs.clone()));
        assert_eq!(entry.1, runs, "{} and {text} both read {}", entry.0, words(&text));
    };
    for minute in minutes {
        for hour in hours {
            check(format!("cron({minute} {hour} * * ? 2028)"));
        }
    }
    let days = [
        "* * ?",
        "? * *",
        "1-31 * ?",
        "1 * ?",
        "1-7 * ?",
        "1,2,4 * ?",
        "29 * ?",
        "31 * ?",
        "30,31 * ?",
        "28,31 * ?",
        "1/5 * ?",
        "L * ?",
        "L-1 * ?",
        "L-2 * ?",
        "L-29 * ?",
        "LW * ?",
        "1W * ?",
        "15W * ?",
        "29W * ?",
        "31W * ?",
        "? * SUN",
        "? * SAT-SUN",
        "? * FRI-MON",
        "? * MON-FRI",
        "? * TUE-SUN",
        "? * SUN-FRI",
        "? * SAT-MON",
        "? * 1,3,5,7",
        "? * L",
        "? * 7L",
        "? * 7#1",
        "? * 7#5",
        "? * 1,2,4,7",
        "* 3 ?",
        "1 3 ?",
        "1 3-5 ?",
        "1 1/3 ?",
        "? 3 MON",
        "31 1,3 ?",
        "1 NOV-FEB ?",
        "? 2 TUE#5",
    ];
    for day in days {
        for year in ["2028", "2028-2030", "2028/2", "2028/3", "2028,2030", "*"] {
            check(format!("cron(0 9 {day} {year})"));
        }
    }
}

fn first_runs(text: &str) -> Vec<String> {
    let expression = Expression::parse(text, Dialect::Scheduler).expect(text);
    let start = "2027-12-31T23:59:00Z".parse().expect("an instant");
    let next = |at: &jiff::Timestamp| expression.next_after(*at, &TimeZone::UTC);
    std::iter::successors(Some(start), next).take(800).map(|run| run.to_string()).collect()
}
