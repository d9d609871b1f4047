//! `${env:NAME}` and `${env:NAME:-default}`, in any string.

use std::borrow::Cow;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::conceal::Expanded;

const UNSET: &str = "set it, or give a default: `${env:NAME:-default}`";
const KEEP: &str = "give the task a role (`task_role`), and it needs no key of its own";
/// What AWS's SDKs read credentials from. Source: AWS SDKs and Tools Reference Guide, "Environment variables support".
const CREDENTIALS: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
const FORM: &str = "write `${env:NAME}` or `${env:NAME:-default}`; a NAME has letters, digits and underscores";

/// Replaces every reference by its value. `fault` hears of each that has none, with its string's place and a hint.
/// Answers the strings that took values from the environment.
pub fn interpolate(
    table: &mut DeTable<'_>,
    variable: &dyn Fn(&str) -> Option<String>,
    fault: &mut dyn FnMut(Range<usize>, String, &str),
) -> Vec<Expanded> {
    let mut expanded = Vec::new();
    for (_, value) in table.iter_mut() {
        let span = value.span();
        in_value(value.get_mut(), span, variable, fault, &mut expanded);
    }
    expanded
}

fn in_value(
    value: &mut DeValue<'_>,
    span: Range<usize>,
    variable: &dyn Fn(&str) -> Option<String>,
    fault: &mut dyn FnMut(Range<usize>, String, &str),
    all: &mut Vec<Expanded>,
) {
    match value {
        DeValue::String(text) if text.contains("${env:") => match expand(text, variable) {
            Ok((expanded, values)) => {
                if !values.is_empty() {
                    all.push(Expanded { span, written: text.to_string(), text: expanded.clone(), values });
                }
                *text = Cow::Owned(expanded);
            }
            Err((message, hint)) => fault(span, message, hint),
        },
        DeValue::Table(table) => all.extend(interpolate(table, variable, fault)),
        DeValue::Array(items) => {
            for item in items.iter_mut() {
                let span = item.span();
                in_value(item.get_mut(), span, variable, fault, all);
            }
        }
        _ => {}
    }
}

/// The text with values in it, and those of them that came from variables, each with its reference.
type Values = (String, Vec<(String, String)>);

fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Values, (String, &'static str)> {
    let mut expanded = String::new();
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once("${env:") {
        expanded.push_str(before);
        let Some((inner, after)) = reference.split_once('}') else {
            return Err(("`${env:` without its `}`".into(), FORM));
        };
        let (name, default) = match inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        };
        let proper = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(proper) {
            return Err((format!("`{name}` can't be the name of an environment variable"), FORM));
        }
        if CREDENTIALS.contains(&name) {
            return Err((format!("`{name}` is a credential, and a config is no place for one"), KEEP));
        }
        match (variable(name), default) {
            (Some(value), _) => {
                expanded.push_str(&value);
                values.push((value, format!("${{env:{name}}}")));
            }
            (None, Some(default)) => expanded.push_str(default),
            (None, None) => return Err((format!("the environment variable `{name}` is not set"), UNSET)),
        }
        rest = after;
    }
    expanded.push_str(rest);
    Ok((expanded, values))
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn a_reference_takes_the_variable_or_its_default() {
        let variable = |name: &str| (name == "SET").then(|| "value".to_owned());
        for (text, expanded) in [
            ("${env:SET}", "value"),
            ("a-${env:SET}-b-${env:UNSET:-c}", "a-value-b-c"),
            ("${env:UNSET:-}", ""),
            ("${env:SET:-other}", "value"),
            ("${OTHER}", "${OTHER}"),
        ] {
            assert_eq!(expand(text, &variable).map(|(text, _)| text), Ok(expanded.to_owned()), "{text}");
        }
        for text in ["${env:AWS_SECRET_ACCESS_KEY:-none}", "${env:UNSET}", "${env:SET", "${env:}", "${env:A B}"] {
            assert!(expand(text, &variable).is_err(), "{text}");
        }
    }
}
