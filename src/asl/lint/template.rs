//! Payload templates, `JSONata` values and variables. Sources:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html>.

use std::collections::HashMap;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::path::Form;
use super::report::Report;
use super::shape::{Language, Site};
use super::{intrinsic, json, jsonata, path};

const LONGEST_VARIABLE: usize = 80;

pub(super) fn check(value: &Value, site: Site, report: &mut Report) {
    match value {
        Value::Object(object) => members(object, site, report),
        Value::Array(array) => array.elements.iter().for_each(|element| check(element, site, report)),
        Value::StringLit(text) if site.language == Language::Jsonata => {
            if let Some(reason) = jsonata::fault(&text.value) {
                report.error(site, value.range(), &format!("the expression {reason}"), None);
            }
        }
        _ => {}
    }
}

fn members(object: &Object, site: Site, report: &mut Report) {
    let mut seen = HashMap::new();
    for member in &object.properties {
        let name = json::key(member);
        let bare = if site.language == Language::JsonPath { bare(name) } else { name };
        if seen.insert(bare, name).is_some_and(|earlier| earlier != name) {
            let what = format!("`{name}` gives `{bare}` a second time");
            report.error(site, member.name.range(), &what, None);
        }
        property(member, site, report);
    }
}

fn bare(name: &str) -> &str {
    name.strip_suffix(".$").unwrap_or(name)
}

/// One member of a template: a name that ends in `.$` takes a path or a function.
pub(super) fn property(member: &ObjectProp, site: Site, report: &mut Report) {
    let name = json::key(member);
    if site.language == Language::Jsonata || !name.ends_with(".$") {
        return check(&member.value, site, report);
    }
    let reason = match json::text(&member.value) {
        Some(text) if text.contains("${") => None,
        Some(text) if text.starts_with('$') => path::fault(text, Form::Any),
        Some(text) => intrinsic::fault(text),
        None => Some(format!("must be a path or an intrinsic function, not {}", json::type_of(&member.value))),
    };
    if let Some(reason) = reason {
        let hint = reason.contains("neither").then(|| format!("write `{}` for a fixed value", bare(name)));
        report.error(site, member.value.range(), &format!("`{name}` {reason}"), hint);
    }
}

pub(super) fn assign(object: &Object, site: Site, report: &mut Report) {
    for member in &object.properties {
        let name = json::key(member);
        let variable = if site.language == Language::JsonPath { bare(name) } else { name };
        if let Some(reason) = variable_fault(variable) {
            report.error(site, member.name.range(), &format!("the variable `{variable}` {reason}"), None);
        }
    }
    members(object, site, report);
}

fn variable_fault(name: &str) -> Option<&'static str> {
    let is_refused = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_';
    if name == "states" {
        Some("is reserved")
    } else if name.chars().count() > LONGEST_VARIABLE {
        Some("is longer than 80 characters")
    } else if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || name.contains(is_refused) {
        Some("is not an identifier")
    } else {
        None
    }
}
