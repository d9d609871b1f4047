//! The keys that the reader of the config asks for, against those of the schema.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const READER: &str = concat!(
    include_str!("../../src/config/raw.rs"),
    include_str!("../../src/config/raw/notices.rs"),
    include_str!("../../src/config/raw/schedule.rs"),
);
const SCHEMA: &str = include_str!("../../src/config/schema.json");

type Keys = BTreeSet<String>;

pub fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

/// The keys that each function of the reader asks for: the text between `.method("` and the next quote.
fn asked_for() -> BTreeMap<String, Keys> {
    let mut asked: BTreeMap<String, Keys> = BTreeMap::new();
    let mut function = String::new();
    for line in READER.lines() {
        let header = line.strip_prefix("pub ").unwrap_or(line);
        if let Some(rest) = header.strip_prefix("fn ") {
            rest.split('(').next().unwrap_or_default().clone_into(&mut function);
        }
        let mut parts = line.split("(\"");
        let mut before = parts.next().unwrap_or_default();
        for part in parts {
            let method = before.rsplit(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap_or_default();
            if !method.is_empty() && before[..before.len() - method.len()].ends_with('.') {
                let key = part.split('"').next().unwrap_or_default();
                asked.entry(function.clone()).or_default().insert(key.to_owned());
            }
            before = part;
        }
    }
    asked
}

fn keys(table: &Value) -> Keys {
    table["properties"].as_object().expect("properties").keys().cloned().collect()
}

/// The part of the schema that describes what a function of the reader reads.
fn part<'s>(schema: &'s Value, function: &str) -> &'s Value {
    match function {
        "read" => schema,
        "schedules" => &schema["definitions"]["job"],
        other => &schema["definitions"][other],
    }
}

#[test]
fn the_schema_has_the_keys_that_are_read_and_no_other() {
    let schema = schema();
    let mut read: BTreeMap<&str, Keys> = BTreeMap::new();
    for (function, keys) in asked_for() {
        let table = part(&schema, &function)["title"].as_str();
        let table = table.unwrap_or_else(|| panic!("definitions/{function} of the schema has a title"));
        read.entry(table).or_default().extend(keys);
    }
    let tables = schema["definitions"].as_object().expect("definitions").iter();
    let described = tables.filter(|(name, table)| *name != "overlay" && table["additionalProperties"] == false);
    let described = described.map(|(_, table)| table).chain([&schema]);
    let described: BTreeMap<&str, Keys> =
        described.map(|table| (table["title"].as_str().expect("a title"), keys(table))).collect();
    assert_eq!(described, read);
}

#[test]
fn an_environment_has_every_key_of_the_config_but_itself() {
    let schema = schema();
    let mut whole = keys(&schema);
    whole.remove("env");
    assert_eq!(keys(&schema["definitions"]["overlay"]), whole);
}

#[test]
fn every_key_is_described_in_one_sentence() {
    let schema = schema();
    let tables = schema["definitions"].as_object().expect("definitions").values().chain([&schema]);
    let titled = tables.filter(|table| table["title"].is_string());
    for (key, about) in titled.filter_map(|table| table["properties"].as_object()).flatten() {
        let name = about["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/definitions/"));
        let described = name.map_or(about, |name| &schema["definitions"][name]);
        let sentence = described["description"].as_str().unwrap_or_default();
        assert!(sentence.ends_with('.') && !sentence.contains(". "), "{key}: `{sentence}`");
    }
}
