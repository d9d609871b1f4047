//! How a value that is not of its kind is reported.

use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::json;
use super::kind::Kind;
use super::report::Report;
use super::shape::{Language, Site, quoted};

/// Longer texts are not repeated in a message.
const LONGEST_SHOWN: usize = 40;

impl Kind {
    /// Reports `found`, which is the value of the property or an element of it.
    pub(super) fn mismatch(&self, property: &ObjectProp, found: &Value, site: Site, report: &mut Report) {
        let shown = match found {
            Value::NumberLit(number) => number.value.to_owned(),
            Value::StringLit(text) if text.value.len() <= LONGEST_SHOWN => {
                format!("{:?}", text.value)
            }
            Value::Array(array) if array.elements.is_empty() => "an empty list".to_owned(),
            other => json::type_of(other).to_owned(),
        };
        let what = format!("`{}` must be {}, not {shown}", json::key(property), self.expected());
        let hint = json::text(found).and_then(|text| language_hint(text, site.language));
        report.error(site, found.range(), &what, hint);
    }

    fn expected(&self) -> String {
        match self {
            Self::Text | Self::Message => "a string".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Whole(low, high) => format!("a whole number{}", range(*low, *high)),
            Self::Real(low, high) => format!("a number{}", range(*low, *high)),
            Self::Word(words) => format!("one of {}", quoted(words)),
            Self::Timestamp => "a timestamp like 2016-03-14T01:59:00Z".to_owned(),
            Self::Path(_) => "a path".to_owned(),
            Self::PathOrNull(_) | Self::ResultPath => "a path or null".to_owned(),
            Self::Items => "an array, or JSONata between `{%` and `%}`".to_owned(),
            Self::Condition => "a boolean, or JSONata between `{%` and `%}`".to_owned(),
            Self::Resource => "an ARN".to_owned(),
            Self::Texts => "a list of strings, with at least one".to_owned(),
            Self::List(_) => "a list of objects".to_owned(),
            Self::Elements => "a list of objects, with at least one".to_owned(),
            Self::Any | Self::Template => "a value".to_owned(),
            Self::Object | Self::TemplateObject | Self::Assign | Self::Credentials | Self::Shape(_) => {
                "an object".to_owned()
            }
        }
    }
}

fn language_hint(text: &str, language: Language) -> Option<String> {
    match language {
        Language::JsonPath if text.starts_with("{%") => {
            Some("JSONata needs `\"QueryLanguage\": \"JSONata\"`".to_owned())
        }
        Language::Jsonata if text.starts_with('$') => Some(format!("write `{{% {text} %}}`")),
        _ => None,
    }
}

fn range(low: f64, high: f64) -> String {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!(" from {low} to {high}"),
        (true, false) => format!(" of at least {low}"),
        _ => String::new(),
    }
}
