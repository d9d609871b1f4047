//! A value against a shape of a model: members, types, lengths, ranges, patterns and enumerations.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Service, pattern};

/// A shape, as botocore writes it down.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    pub(super) members: BTreeMap<String, Member>,
    pub(super) member: Option<Member>,
    pub(super) key: Option<Member>,
    pub(super) value: Option<Member>,
    min: Option<f64>,
    max: Option<f64>,
    pub(super) pattern: Option<String>,
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
    #[serde(default)]
    pub(super) flattened: bool,
    #[serde(default)]
    union: bool,
    #[serde(default)]
    document: bool,
}

/// What a member, an element, a key or a value is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    pub(super) shape: String,
    pub(super) location_name: Option<String>,
    pub(super) query_name: Option<String>,
}

impl Service {
    /// Adds to `found` whatever of `value` does not fit.
    pub(super) fn check(&self, name: &str, value: &Value, at: &str, found: &mut Vec<String>) {
        let Some(shape) = self.shapes.get(name) else { return found.push(format!("{at}: the model lacks {name}")) };
        let mut say = |what: String| found.push(if at.is_empty() { what } else { format!("{at}: {what}") });
        match (shape.kind.as_str(), value) {
            ("structure", _) if shape.document => {}
            ("structure", Value::Object(members)) => {
                for required in shape.required.iter().filter(|required| !members.contains_key(*required)) {
                    say(format!("the required member {required} is missing"));
                }
                for unknown in members.keys().filter(|member| !shape.members.contains_key(*member)) {
                    say(format!("{unknown} is no member of {name}"));
                }
                if shape.union && members.len() != 1 {
                    say(format!("a union has one member, not {}", members.len()));
                }
                for (key, value) in members {
                    if let Some(member) = shape.members.get(key) {
                        self.check(&member.shape, value, &joined(at, key), found);
                    }
                }
            }
            ("list", Value::Array(items)) => {
                shape.fits(items.len(), "elements").map_or_else(say, |()| {});
                for (number, item) in items.iter().enumerate() {
                    shape
                        .member
                        .iter()
                        .for_each(|member| self.check(&member.shape, item, &format!("{at}[{number}]"), found));
                }
            }
            ("map", Value::Object(entries)) => {
                shape.fits(entries.len(), "entries").map_or_else(say, |()| {});
                for (key, value) in entries {
                    let (name, at) = (Value::from(key.as_str()), joined(at, key));
                    shape.key.iter().for_each(|of| self.check(&of.shape, &name, &at, found));
                    shape.value.iter().for_each(|of| self.check(&of.shape, value, &at, found));
                }
            }
            ("string" | "blob", Value::String(text)) => {
                shape.fits(text.chars().count(), "characters").unwrap_or_else(&mut say);
                shape.spells(text).unwrap_or_else(&mut say);
            }
            ("integer" | "long", Value::Number(number)) if !number.is_f64() => {
                shape.holds(number.as_f64().unwrap_or(f64::NAN)).unwrap_or_else(&mut say);
            }
            ("float" | "double", Value::Number(number)) => {
                shape.holds(number.as_f64().unwrap_or(f64::NAN)).unwrap_or_else(&mut say);
            }
            ("boolean", Value::Bool(_)) | ("timestamp", Value::Number(_) | Value::String(_)) => {}
            (kind, value) => say(format!("{value} is no {kind}")),
        }
    }
}

impl Shape {
    /// `min` and `max` of a text, a list or a map.
    #[allow(clippy::cast_precision_loss, reason = "no request is that long")]
    fn fits(&self, length: usize, of: &str) -> Result<(), String> {
        self.holds(length as f64).map_err(|range| format!("{length} {of}: {range}"))
    }

    fn holds(&self, number: f64) -> Result<(), String> {
        match (self.min, self.max) {
            (Some(min), _) if number < min => Err(format!("{number} is less than {min}")),
            (_, Some(max)) if number > max => Err(format!("{number} is more than {max}")),
            _ => Ok(()),
        }
    }

    fn spells(&self, text: &str) -> Result<(), String> {
        if let Some(values) = self.values.as_ref().filter(|values| !values.iter().any(|value| value == text)) {
            return Err(format!("{text:?} is none of {}", values.join(", ")));
        }
        match &self.pattern {
            Some(pattern) if pattern::fits(pattern, text) == Some(false) => {
                Err(format!("{text:?} does not match {pattern}"))
            }
            _ => Ok(()),
        }
    }
}

fn joined(at: &str, key: &str) -> String {
    if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") }
}
