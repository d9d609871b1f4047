//! `${env:NAME}` and `${env:NAME:-default}`, in any string.

use std::borrow::Cow;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

const UNSET: &str = "set it, or give a default: `${env:NAME:-default}`";
const FORM: &str = "write `${env:NAME}` or `${env:NAME:-default}`; a NAME has letters, digits and underscores";

/// Replaces every reference by its value. `fault` hears of each that has none, with its string's place and a hint.
pub fn interpolate(
    table: &mut DeTable<'_>,
    variable: &dyn Fn(&str) -> Option<String>,
    fault: &mut dyn FnMut(Range<usize>, String, &str),
) {
    for (_, value) in table.iter_mut() {
        let span = value.span();
        in_value(value.get_mut(), span, variable, fault);
    }
}

fn in_value(
    value: &mut DeValue<'_>,
    span: Range<usize>,
    variable: &dyn Fn(&str) -> Option<String>,
    fault: &mut dyn FnMut(Range<usize>, String, &str),
) {
    match value {
        DeValue::String(text) if text.contains("${env:") => match expand(text, variable) {
            Ok(expanded) => *text = Cow::Owned(expanded),
            Err((message, hint)) => fault(span, message, hint),
        },
        DeValue::Table(table) => interpolate(table, variable, fault),
        DeValue::Array(items) => {
            for item in items.iter_mut() {
                let span = item.span();
                in_value(item.get_mut(), span, variable, fault);
            }
        }
        _ => {}
    }
}

fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<String, (String, &'static str)> {
    let mut expanded = String::new();
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
        let value = variable(name).or_else(|| default.map(str::to_owned));
        let unset = || (format!("the environment variable `{name}` is not set"), UNSET);
        expanded.push_str(&value.ok_or_else(unset)?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
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
            assert_eq!(expand(text, &variable), Ok(expanded.to_owned()), "{text}");
        }
        for text in ["${env:UNSET}", "${env:SET", "${env:}", "${env:A B}"] {
            assert!(expand(text, &variable).is_err(), "{text}");
        }
    }
}
