//! A definition file: read, substituted, and parsed as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::Check;
use crate::asl::lint::{Severity, lint};
use crate::config::fault::{Source, nearest};
use crate::config::raw::At;

impl Check<'_> {
    /// The text of the definition at `path`, `${…}` substituted.
    pub(super) fn definition(
        &self,
        path: &Spanned<String>,
        substitutions: &At<BTreeMap<String, String>>,
        warnings: &mut Vec<String>,
    ) -> Option<String> {
        let file = self.folder().join(path.get_ref());
        let text = match std::fs::read_to_string(&file) {
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
        let text = self.substitute(&source, substitutions);
        if sound() {
            self.lint(&source, &text, warnings);
        }
        sound().then_some(text)
    }

    fn substitute(&self, source: &Arc<Source>, substitutions: &At<BTreeMap<String, String>>) -> String {
        let empty = BTreeMap::new();
        let values = substitutions.as_ref().map_or(&empty, |values| values.get_ref());
        let mut unused: BTreeSet<&String> = values.keys().collect();
        let mut text = String::with_capacity(source.text.len());
        let mut end = 0;
        for (span, name) in placeholders(&source.text) {
            text.push_str(&source.text[end..span.start]);
            end = span.end;
            if let Some(value) = values.get(name) {
                unused.remove(&name.to_owned());
                text.push_str(value);
            } else {
                let hint = match nearest(name, values.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add `substitutions = {{ {name} = \"…\" }}` to the job"),
                };
                self.faults.borrow_mut().push(source, span, format!("nothing is substituted for `{name}`"), Some(hint));
            }
        }
        text.push_str(&source.text[end..]);
        if let Some(substitutions) = substitutions {
            for name in unused {
                let message = format!("`{name}` is not in {}", source.path.display());
                let hint = format!("write `${{{name}}}` where its value belongs, or leave it out");
                self.fault(substitutions.span(), message, Some(&hint));
            }
        }
        text
    }

    /// Faults of the definition itself, in the text that is deployed.
    fn lint(&self, source: &Arc<Source>, text: &str, warnings: &mut Vec<String>) {
        let shown = shown(source, text);
        for fault in lint(text) {
            match fault.severity {
                Severity::Error => self.faults.borrow_mut().push(&shown, fault.span, fault.message, fault.hint),
                Severity::Warning => warnings.push(format!("{}: {}", source.path.display(), fault.message)),
            }
        }
    }
}

/// The text that faults point into: the file, or what it became where substitutions moved its places.
fn shown(source: &Arc<Source>, text: &str) -> Arc<Source> {
    if source.text == text {
        return Arc::clone(source);
    }
    Arc::new(Source { path: source.path.clone(), text: text.to_owned() })
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
    use super::placeholders;

    #[test]
    fn only_whole_names_in_braces_are_placeholders() {
        let names = |text| placeholders(text).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names("a ${ONE} ${two_2}"), ["ONE", "two_2"]);
        assert!(names("$ONE ${} ${ ONE } ${ONE $.x {% $y %} ${").is_empty());
    }
}
