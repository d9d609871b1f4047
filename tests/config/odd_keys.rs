//! Configs made of known keys and odd values.

use std::collections::BTreeMap;
use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Where keys stand, and the part of the schema that has them.
const TABLES: [(&str, &str); 17] = [
    ("", "overlay"),
    ("ecs.", "ecs"),
    ("logs.", "logs"),
    ("roles.", "roles"),
    ("job.a.", "job"),
    ("job.a.ecs.", "ecs"),
    ("job.a.retry.", "retry"),
    ("job.a.schedule.", "schedule"),
    ("job.a.schedules.s.", "schedule"),
    ("job.a.schedule.retry.", "delivery"),
    ("job.a.notify.", "notify"),
    ("job.a.alarm.", "alarm"),
    ("alarm.", "alarm"),
    ("job.b.", "job"),
    ("env.prod.", "overlay"),
    ("env.prod.ecs.", "ecs"),
    ("env.prod.job.a.", "job"),
];

/// Keys that have no place there, or none yet.
const STRANGERS: [&str; 7] = ["env", "tags.\"aws:x\"", "tags.\"\"", "\"ü\"", "command", "cron", "unknown"];

const VALUES: [&str; 53] = [
    "\"\"",
    "\"app\"",
    "\"ä${env:UNSET}é\"",
    "\"${env:UNSET:-ü}\"",
    "\"${env:\"",
    "\"arn:aws:iam::123456789012:role/app\"",
    "\"arn:::::\"",
    "\"subnet-1\"",
    "\"rate(1 day)\"",
    "\"rate(1 däy)\"",
    "\"cron(0 9 ? * ü *)\"",
    "\"cron(0 9 L * ? *)\"",
    "\"\\u0000\\U0010ffff\"",
    "\"99999999999999999999d\"",
    "\"1h30m\"",
    "\"５m\"",
    "\"never\"",
    "\"statemachine/task.asl.json\"",
    "\"..\"",
    "\"FARGATE\"",
    "\"skip\"",
    "\"at(2030-06-01T09:00:00)\"",
    "\"at(2030-06-01Ü)\"",
    "\"Asia/Tokyo\"",
    "\"Europe/Bürlin\"",
    "\"2030-06-01T09:00:00\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"arn:aws:sns:us-east-1:123456789012:topic\"",
    "0001-01-01T00:00:00Z",
    "'''\nä\n'''",
    "0",
    "-1",
    "30",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "0xFFFFFFFFFFFFFFFFFF",
    "1.5",
    "-0.0",
    "1e400",
    "inf",
    "nan",
    "true",
    "2030-01-01T00:00:00Z",
    "25:61:61",
    "[]",
    "[\"a\", \"ü\"]",
    "[1, \"a\", []]",
    "[{ name = \"FARGATE\", weight = 1 }]",
    "[{ weight = -1, name = 5, \"ü\" = 1 }]",
    "{}",
    "{ expression = \"rate(1 day)\", input = { commands = [1.0] } }",
    "{ A = \"b\", \"ü ü\" = \"${env:UNSET}\" }",
];

/// A key in a place, most often one that belongs there.
fn key() -> impl Strategy<Value = String> {
    let schema = crate::keys::schema();
    let of = |(place, part): &(&str, &str)| {
        let keys = schema["definitions"][part]["properties"].as_object().expect("properties").keys();
        keys.map(|key| format!("{place}{key}")).collect::<Vec<_>>()
    };
    let places: Vec<(Vec<String>, &str)> = TABLES.iter().map(|table| (of(table), table.0)).collect();
    let known = select(places.clone()).prop_flat_map(|(keys, _)| select(keys));
    let strange = (select(places), select(&STRANGERS[..])).prop_map(|((_, place), key)| format!("{place}{key}"));
    prop_oneof![9 => known, 1 => strange]
}

/// One line a key, each key once, beside a config that is sound without them.
pub fn config() -> impl Strategy<Value = String> {
    let lines = vec((key(), select(&VALUES[..])), 0..8);
    (proptest::bool::weighted(0.9), lines).prop_map(|(sound, lines)| {
        let base = [
            ("app", "\"billing\""),
            ("ecs.task_definition", "\"app\""),
            ("ecs.subnets", "[\"subnet-0a1b2c3d\"]"),
            ("job.a.command", "[]"),
        ];
        let base = base.iter().filter(|_| sound).map(|(key, value)| ((*key).to_owned(), *value));
        let whole: BTreeMap<String, &str> = base.chain(lines).collect();
        let mut text = String::new();
        let mut last = "";
        for (key, value) in &whole {
            let under = !last.is_empty() && key.strip_prefix(last).is_some_and(|rest| rest.starts_with('.'));
            if !under {
                let _ = writeln!(text, "{key} = {value}");
                last = key;
            }
        }
        text
    })
}
