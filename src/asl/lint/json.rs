//! JSON with the place of everything in the text. `serde_json` decides what is JSON, for it is strict;
//! `jsonc-parser` gives the tree, for it keeps byte ranges and duplicate keys.
//! `serde_json` also refuses more than 128 levels, which bounds every recursion over the tree.

use std::collections::HashSet;

use jsonc_parser::ast::{Object, ObjectProp, ObjectPropName, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::report::Report;
use super::shape::Site;
use super::{Fault, Severity};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn parse(text: &str) -> Result<Value<'_>, Fault> {
    if text.trim().is_empty() {
        return Err(invalid("the definition is empty".to_owned(), 0..text.len()));
    }
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        return Err(invalid(format!("invalid JSON: {reason}"), character_at(text, &error)));
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let reason = error.kind().to_string().to_lowercase();
        invalid(format!("invalid JSON: {reason}"), error.range().start..error.range().end)
    })?;
    parsed.value.ok_or_else(|| invalid("the definition is empty".to_owned(), 0..text.len()))
}

fn invalid(message: String, span: std::ops::Range<usize>) -> Fault {
    Fault { message, span, hint: None, severity: Severity::Error }
}

fn character_at(text: &str, error: &serde_json::Error) -> std::ops::Range<usize> {
    let line: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let wanted = (line + error.column().saturating_sub(1)).min(text.len().saturating_sub(1));
    let start = text.floor_char_boundary(wanted);
    start..start + text[start..].chars().next().map_or(0, char::len_utf8)
}

/// Reports keys written twice in one object, however deep, but not below the keys to `skip` of `object` itself.
pub(super) fn duplicates(object: &Object, skip: &[&str], site: Site, report: &mut Report) {
    let mut seen = HashSet::new();
    for property in &object.properties {
        let name = key(property);
        if !seen.insert(name) {
            report.error(site, property.name.range(), &format!("duplicate key `{name}`"), None);
        }
        if !skip.contains(&name) {
            duplicates_below(&property.value, site, report);
        }
    }
}

fn duplicates_below(value: &Value, site: Site, report: &mut Report) {
    match value {
        Value::Object(object) => duplicates(object, &[], site, report),
        Value::Array(array) => {
            array.elements.iter().for_each(|element| duplicates_below(element, site, report));
        }
        _ => {}
    }
}

pub(super) fn key<'a>(property: &'a ObjectProp<'a>) -> &'a str {
    match &property.name {
        ObjectPropName::String(name) => &name.value,
        ObjectPropName::Word(name) => name.value,
    }
}

pub(super) fn get<'a>(object: &'a Object<'a>, name: &str) -> Option<&'a ObjectProp<'a>> {
    object.properties.iter().find(|property| key(property) == name)
}

pub(super) fn text<'a>(value: &'a Value<'a>) -> Option<&'a str> {
    value.as_string_lit().map(|literal| literal.value.as_ref())
}

pub(super) fn text_at<'a>(object: &'a Object<'a>, name: &str) -> Option<&'a str> {
    get(object, name).and_then(|property| text(&property.value))
}

pub(super) fn number(value: &Value) -> Option<f64> {
    value.as_number_lit().and_then(|literal| literal.value.parse().ok())
}

pub(super) fn number_at(object: &Object, name: &str) -> Option<f64> {
    get(object, name).and_then(|property| number(&property.value))
}

/// The objects of a list; other elements are left out.
pub(super) fn objects<'a>(value: &'a Value<'a>) -> impl Iterator<Item = &'a Object<'a>> {
    value.as_array().into_iter().flat_map(|array| &array.elements).filter_map(Value::as_object)
}

/// The opening brace of an object that has no key of its own to underline.
pub(super) fn brace(object: &Object) -> Range {
    Range::new(object.range.start, object.range.start + 1)
}

pub(super) const fn type_of(value: &Value) -> &'static str {
    match value {
        Value::StringLit(_) => "a string",
        Value::NumberLit(_) => "a number",
        Value::BooleanLit(_) => "a boolean",
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        Value::NullKeyword(_) => "null",
    }
}
