//! Values from the environment may be secrets, so no fault shows one: it shows the reference, as it is written.

use std::ops::Range;

use serde_json::Value;

use super::fault::Fault;
use super::{Config, Job, Work};

/// The shortest value that can be a secret. A shorter one is found in words that have nothing to do with it.
const SHORTEST: usize = 4;

/// A string that took values from environment variables.
#[derive(Debug)]
pub struct Expanded {
    /// Where it is written.
    pub span: Range<usize>,
    /// As it is written, without quotes.
    pub written: String,
    /// What it became.
    pub text: String,
    /// The values, each with its reference, such as `${env:NAME}`.
    pub values: Vec<(String, String)>,
}

/// Takes values of environment variables out of what a fault says. Only the hint of a fault in a string itself is made
/// from its value.
pub fn conceal(fault: &mut Fault, expanded: &[Expanded]) {
    let (start, end) = (fault.span.start, fault.span.end);
    let overlaps = |string: &&Expanded| string.span.start < end && start < string.span.end;
    for string in expanded.iter().filter(overlaps) {
        fault.message = string.conceal_parts(&fault.message);
        fault.hint = fault.hint.take().filter(|hint| !string.shows_in(hint));
    }
    fault.message = concealed(&fault.message, expanded);
}

/// The text with references instead of values.
pub fn concealed(text: &str, expanded: &[Expanded]) -> String {
    let whole = expanded.iter().map(|string| (&string.text, &string.written));
    let parts = expanded.iter().flat_map(|string| string.values.iter().map(|(value, reference)| (value, reference)));
    let long = whole.chain(parts).filter(|(value, _)| value.chars().count() >= SHORTEST);
    long.fold(text.to_owned(), |text, (value, reference)| text.replace(value.as_str(), reference))
}

/// The values that commands, inputs, containers' environments and definitions take, unless they are ARNs or name the
/// place that all is in.
pub fn secrets(config: &Config, expanded: &[Expanded]) -> Vec<String> {
    let places = [Some(&config.app), config.region.as_ref(), config.account.as_ref()];
    let names_the_place = |value: &str| places.into_iter().flatten().any(|place| place.contains(value));
    let taken: Vec<String> = config.jobs.iter().flat_map(given).collect();
    let values = expanded.iter().flat_map(|string| string.values.iter().map(|(value, _)| value));
    let secret =
        |value: &String| value.chars().count() >= SHORTEST && !value.starts_with("arn:") && !names_the_place(value);
    let values = values.filter(|value| secret(value) && taken.iter().any(|text| text.contains(value.as_str())));
    values.flat_map(|value| readings(value)).filter(secret).collect()
}

/// A value, and what it comes to where it is written into JSON: a part of its own, or the inside of a string.
fn readings(value: &str) -> Vec<String> {
    let mut texts = vec![value.to_owned()];
    for text in [value, &format!("\"{value}\"")] {
        if let Ok(read) = serde_json::from_str(text) {
            leaves(&read, &mut texts);
        }
    }
    texts
}

/// What a job gives to its tasks.
fn given(job: &Job) -> Vec<String> {
    let mut texts = Vec::new();
    match &job.work {
        Work::Task(task) => {
            texts.extend(task.environment.values().cloned());
            texts.extend(task.command.iter().flatten().cloned());
        }
        Work::Definition { values, .. } => texts.extend(values.iter().cloned()),
    }
    job.schedules.iter().filter_map(|schedule| schedule.input.as_ref()).for_each(|input| leaves(input, &mut texts));
    texts
}

fn leaves(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| leaves(field, texts)),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Null | Value::Bool(_) => {}
    }
}

impl Expanded {
    /// A fault of this very string may quote a part of it, between backquotes.
    fn conceal_parts(&self, message: &str) -> String {
        let quoted = |at: usize| at % 2 == 1;
        let parts = message.split('`').enumerate().map(|(at, part)| {
            let taken = quoted(at) && !part.is_empty() && self.text.contains(part) && !self.written.contains(part);
            if taken { self.written.as_str() } else { part }
        });
        parts.collect::<Vec<_>>().join("`")
    }

    /// Whether the hint has a word of a value: then it was made from it.
    fn shows_in(&self, hint: &str) -> bool {
        let words = |text: &'_ str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let said = words(hint);
        self.values.iter().flat_map(|(value, _)| words(value)).any(|word| said.contains(&word))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::{Expanded, conceal};
    use crate::config::{Fault, Source};

    fn told(written: &str, value: &str, message: &str, hint: &str) -> (String, Option<String>) {
        let reference = "${env:SECRET}";
        let string = Expanded {
            span: 10..40,
            written: written.into(),
            text: written.replace(reference, value),
            values: vec![(value.into(), reference.into())],
        };
        let source = Arc::new(Source { path: PathBuf::new(), text: String::new() });
        let (message, hint) = (message.into(), Some(hint.into()));
        let mut fault = Fault { source, span: 10..40, message, hint, later: None };
        conceal(&mut fault, &[string]);
        (fault.message, fault.hint)
    }

    #[test]
    fn no_fault_shows_a_value() {
        for (written, value, message, hint, shown) in [
            (
                "${env:SECRET}",
                "hunter22",
                "`hunter22` is not a region",
                "such as `us-east-1`",
                "`${env:SECRET}` is not a region",
            ),
            ("a-${env:SECRET}", "hunter22", "`a-hunter22` is wrong", "", "`a-${env:SECRET}` is wrong"),
            ("${env:SECRET}", "pw", "`pw` is not a region", "", "`${env:SECRET}` is not a region"),
            ("rate(${env:SECRET})", "3 pw", "`pw` is no unit", "", "`rate(${env:SECRET})` is no unit"),
            ("${env:SECRET}", "hunter22", "the account 5, not hunter22", "", "the account 5, not ${env:SECRET}"),
        ] {
            let (message, hinted) = told(written, value, message, hint);
            assert_eq!(message, shown);
            assert_eq!(hinted.as_deref(), Some(hint));
        }
    }

    #[test]
    fn a_hint_that_was_made_from_a_value_is_left_out() {
        let (_, hint) = told("${env:SECRET}", "hunter22 5", "`hunter22` is wrong", "write `hunter22`");
        assert_eq!(hint, None);
    }
}
