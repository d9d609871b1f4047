//! A definition file: read, substituted, and parsed as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::Check;
use crate::asl::lint::{Severity, lint};
use crate::config::fault::{Source, nearest};
use crate::config::raw::At;
use crate::files;

impl Check<'_> {
    /// The text of the definition at `path`, `${…}` substituted.
    pub(super) fn definition(
        &self,
        path: &Spanned<String>,
        substitutions: &At<BTreeMap<String, String>>,
        warnings: &mut Vec<String>,
    ) -> Option<String> {
        let file = self.folder().join(path.get_ref());
        let text = match files::read(&file) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("can't read the definition {}: {error}", file.display());
                self.fault(path.span(), message, Some("the path is relative to the config file"));
                return None;
            }
        };
        let source = Arc::new(Source { path: file, text });
        if self.is_mistyped("substitutions") {
            return None;
        }
        // Of a text that is wrong, no more is said than that.
        let before = self.faults.borrow().list.len();
        let sound = || self.faults.borrow().list.len() == before;
        let substituted = self.substitute(&source, substitutions);
        if sound() {
            self.lint(&source, &substituted, warnings);
        }
        sound().then_some(substituted.text)
    }

    fn substitute(&self, source: &Arc<Source>, substitutions: &At<BTreeMap<String, String>>) -> Substituted {
        let empty = BTreeMap::new();
        let values = substitutions.as_ref().map_or(&empty, |values| values.get_ref());
        let mut unused: BTreeSet<&String> = values.keys().collect();
        let mut substituted = Substituted::default();
        let mut end = 0;
        for (span, name) in placeholders(&source.text) {
            substituted.text.push_str(&source.text[end..span.start]);
            end = span.end;
            if let Some(value) = values.get(name) {
                unused.remove(&name.to_owned());
                substituted.put(value, span);
            } else {
                let hint = match nearest(name, values.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add `substitutions = {{ {name} = \"…\" }}` to the job"),
                };
                self.faults.borrow_mut().push(source, span, format!("nothing is substituted for `{name}`"), Some(hint));
            }
        }
        substituted.text.push_str(&source.text[end..]);
        if let Some(substitutions) = substitutions {
            for name in unused {
                let message = format!("`{name}` is not in {}", source.path.display());
                let hint = format!("write `${{{name}}}` where its value belongs, or leave it out");
                self.fault(substitutions.span(), message, Some(&hint));
            }
        }
        substituted
    }

    /// Faults of the text that is deployed, each where it is in the file as it is written.
    fn lint(&self, source: &Arc<Source>, substituted: &Substituted, warnings: &mut Vec<String>) {
        for fault in lint(&substituted.text) {
            let span = substituted.written(&fault.span);
            let inside = || substituted.within(&fault.span).map(|placeholder| &source.text[placeholder.clone()]);
            let hint = fault.hint.or_else(|| inside().map(|name| format!("look at the value of `{name}`")));
            match fault.severity {
                Severity::Error => self.faults.borrow_mut().push(source, span, fault.message, hint),
                Severity::Warning => warnings.push(format!("{}: {}", source.path.display(), fault.message)),
            }
        }
    }
}

/// A text with values instead of its placeholders.
#[derive(Default)]
struct Substituted {
    text: String,
    /// Where each value is, and where its placeholder was, in order.
    values: Vec<(Range<usize>, Range<usize>)>,
}

impl Substituted {
    fn put(&mut self, value: &str, placeholder: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(value);
        self.values.push((start..self.text.len(), placeholder));
    }

    /// The place in the file that a place in the text comes from: of a part of a value all of its placeholder.
    fn written(&self, span: &Range<usize>) -> Range<usize> {
        let start = match self.last(|value| value.start <= span.start) {
            Some((value, placeholder)) if span.start < value.end => placeholder.start,
            Some((value, placeholder)) => placeholder.end + (span.start - value.end),
            None => span.start,
        };
        let end = match self.last(|value| value.start < span.end) {
            Some((value, placeholder)) if span.end <= value.end => placeholder.end,
            Some((value, placeholder)) => placeholder.end + (span.end - value.end),
            None => span.end,
        };
        start..end.max(start)
    }

    /// The last value that begins early enough.
    fn last(&self, early: impl Fn(&Range<usize>) -> bool) -> Option<&(Range<usize>, Range<usize>)> {
        let before = self.values.partition_point(|(value, _)| early(value));
        self.values.get(before.checked_sub(1)?)
    }

    /// The placeholder of the value that a place is inside of.
    fn within(&self, span: &Range<usize>) -> Option<&Range<usize>> {
        let around = |(value, _): &&(Range<usize>, Range<usize>)| value.start <= span.start && span.end <= value.end;
        let (_, placeholder) = self.values.iter().find(around).filter(|_| !span.is_empty())?;
        Some(placeholder)
    }
}

/// The `${NAME}` of a text, each with its place.
fn placeholders(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("${").map(|at| from + at) {
        let name_at = start + 2;
        let rest = &text[name_at..];
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        if length > 0 && rest[length..].starts_with('}') {
            found.push((start..name_at + length + 1, &rest[..length]));
        }
        from = name_at;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Substituted, placeholders};

    #[test]
    fn only_whole_names_in_braces_are_placeholders() {
        let names = |text| placeholders(text).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names("a ${ONE} ${two_2}"), ["ONE", "two_2"]);
        assert!(names("$ONE ${} ${ ONE } ${ONE $.x {% $y %} ${").is_empty());
    }

    #[test]
    fn a_place_in_the_text_comes_from_one_in_the_file() {
        // `ab${X}cd${Y}${Z}e`, where X is `12345`, Y is nothing and Z is `6`.
        let mut substituted = Substituted::default();
        for (part, value, placeholder) in [("ab", "12345", 2..6), ("cd", "", 8..12), ("", "6", 12..16)] {
            substituted.text.push_str(part);
            substituted.put(value, placeholder);
        }
        substituted.text.push('e');
        assert_eq!(substituted.text, "ab12345cd6e");
        for (text, file) in [
            (0..2, 0..2),
            (0..11, 0..17),
            (1..3, 1..6),
            (2..7, 2..6),
            (3..4, 2..6),
            (6..8, 2..7),
            (7..9, 6..8),
            (9..10, 12..16),
            (9..9, 12..12),
            (10..11, 16..17),
            (11..11, 17..17),
        ] {
            assert_eq!(substituted.written(&text), file, "{text:?}");
        }
    }
}
