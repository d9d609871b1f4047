//! What the value of a field may be.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::path::Form;
use super::report::{Report, did_you_mean};
use super::shape::{Language, Shape, Site, quoted};
use super::{intrinsic, json, jsonata, path, resource, template, timestamp};

pub(super) enum Kind {
    Any,
    Text,
    /// A string, or `JSONata` that gives one.
    Message,
    Flag,
    Object,
    /// A whole number in a range, or `JSONata` that gives one.
    Whole(f64, f64),
    /// A number in a range, or `JSONata` that gives one.
    Real(f64, f64),
    Word(&'static [&'static str]),
    Timestamp,
    Path(Form),
    PathOrNull(Form),
    /// Where a result goes: a reference path into the input.
    ResultPath,
    /// A payload template, or values with `JSONata` in them.
    Template,
    /// A payload template that must be an object.
    TemplateObject,
    /// The items of a map: an array, an object, or `JSONata`.
    Items,
    Condition,
    Assign,
    Credentials,
    Resource,
    Shape(&'static Shape),
    /// A list of objects of one shape.
    List(&'static Shape),
    /// A list of objects that is not empty; the objects are checked elsewhere.
    Elements,
    Texts,
}

impl Kind {
    pub(super) fn check(&self, property: &ObjectProp, site: Site, report: &mut Report) {
        match &property.value {
            Value::StringLit(text) if text.value.contains("${") => {} // a substitution still to be made
            Value::StringLit(text) => self.text(property, &text.value, site, report),
            value if self.takes(value) => self.inside(property, site, report),
            value => self.mismatch(property, value, site, report),
        }
    }

    /// Whether a value that is no string is of this kind, by its type and range.
    fn takes(&self, value: &Value) -> bool {
        match self {
            Self::Any | Self::Template => true,
            Self::Flag | Self::Condition => value.as_boolean_lit().is_some(),
            Self::Whole(low, high) => {
                json::number(value).is_some_and(|n| n.fract() == 0.0 && (*low..=*high).contains(&n))
            }
            Self::Real(low, high) => json::number(value).is_some_and(|n| (*low..=*high).contains(&n)),
            Self::PathOrNull(_) | Self::ResultPath => value.as_null_keyword().is_some(),
            Self::Object | Self::TemplateObject | Self::Assign | Self::Credentials | Self::Shape(_) => {
                value.as_object().is_some()
            }
            Self::Items => value.as_array().is_some() || value.as_object().is_some(),
            Self::List(_) => value.as_array().is_some(),
            Self::Texts | Self::Elements => value.as_array().is_some_and(|array| !array.elements.is_empty()),
            Self::Text | Self::Message | Self::Word(_) | Self::Timestamp | Self::Path(_) | Self::Resource => false,
        }
    }

    /// Checks what a value of the right type holds.
    fn inside(&self, property: &ObjectProp, site: Site, report: &mut Report) {
        let value = &property.value;
        let within = site.with_span(property.name.range());
        match (self, value) {
            (Self::Template | Self::TemplateObject | Self::Items, _) => {
                template::check(value, site, report);
            }
            (Self::Assign, Value::Object(object)) => template::assign(object, site, report),
            (Self::Credentials, Value::Object(object)) => credentials(object, within, report),
            (Self::Shape(shape), Value::Object(object)) => shape.check(object, within, report),
            (Self::Texts, Value::Array(array)) => {
                let wrong = array.elements.iter().filter(|element| json::text(element).is_none());
                wrong.for_each(|element| self.mismatch(property, element, site, report));
            }
            (Self::Elements | Self::List(_), Value::Array(array)) => {
                let wrong = array.elements.iter().filter(|element| element.as_object().is_none());
                wrong.for_each(|element| self.mismatch(property, element, site, report));
            }
            _ => {}
        }
        if let Self::List(shape) = self {
            json::objects(value).for_each(|object| {
                shape.check(object, site.with_span(json::brace(object)), report);
            });
        }
    }

    fn text(&self, property: &ObjectProp, text: &str, site: Site, report: &mut Report) {
        let reason = match self {
            Self::Any | Self::Text => None,
            Self::Path(form) | Self::PathOrNull(form) => path_or_call(text, *form),
            Self::ResultPath => path::result_fault(text),
            Self::Resource => return resource::check(property, text, site, report),
            Self::Template => return template::check(&property.value, site, report),
            Self::Word(words) if words.contains(&text) => None,
            Self::Word(words) => return not_among(words, property, text, site, report),
            _ if self.takes_jsonata() && site.language == Language::Jsonata && jsonata::is_meant(text) => {
                jsonata::fault(text)
            }
            Self::Timestamp if timestamp::is_valid(text) => None,
            Self::Message => None,
            _ => return self.mismatch(property, &property.value, site, report),
        };
        if let Some(reason) = reason {
            let what = format!("`{}` {reason}", json::key(property));
            report.error(site, property.value.range(), &what, None);
        }
    }

    const fn takes_jsonata(&self) -> bool {
        !matches!(self, Self::Flag | Self::Shape(_) | Self::List(_) | Self::Elements | Self::Texts)
    }
}

fn not_among(words: &[&'static str], property: &ObjectProp, text: &str, site: Site, report: &mut Report) {
    let what = format!("`{}` must be one of {}, not `{text}`", json::key(property), quoted(words));
    let hint = report.nearest(text, words.iter().copied()).map(did_you_mean);
    report.error(site, property.value.range(), &what, hint);
}

/// AWS asks for the role, see <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html>.
fn credentials(object: &Object, site: Site, report: &mut Report) {
    if json::get(object, "RoleArn").or_else(|| json::get(object, "RoleArn.$")).is_none() {
        report.error(site, site.span, "`Credentials` has no `RoleArn`", None);
    }
    object.properties.iter().for_each(|property| template::property(property, site, report));
}

fn path_or_call(text: &str, form: Form) -> Option<String> {
    if text.starts_with("States.") { intrinsic::fault(text) } else { path::fault(text, form) }
}
