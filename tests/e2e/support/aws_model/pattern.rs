//! The models' patterns, which are Java's.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use regex::Regex;

/// Whether the whole text matches. None: the pattern says something that Rust's regexes don't know. A test names every
/// one of those.
pub(super) fn fits(pattern: &str, text: &str) -> Option<bool> {
    type Known = Mutex<BTreeMap<String, Option<Regex>>>;
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Known::default).lock().expect("the patterns");
    let regex = known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(&translated(pattern)).ok());
    regex.as_ref().map(|regex| regex.is_match(text))
}

/// In Java `\d`, `\s` and `\w` are of ASCII, and a service matches the whole text.
fn translated(pattern: &str) -> String {
    let mut rust = String::from("^(?:");
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { None };
        match escaped {
            Some('d') => rust.push_str("[0-9]"),
            Some('D') => rust.push_str("[^0-9]"),
            Some('s') => rust.push_str(r"[ \t\n\x0B\f\r]"),
            Some('S') => rust.push_str(r"[^ \t\n\x0B\f\r]"),
            Some('w') => rust.push_str("[0-9A-Za-z_]"),
            Some('W') => rust.push_str("[^0-9A-Za-z_]"),
            // Rust knows no escape of other letters and signs than these.
            Some(other) if other.is_ascii_alphanumeric() || other.is_ascii_punctuation() => {
                rust.push('\\');
                rust.push(other);
            }
            Some(other) => rust.push(other),
            None => rust.push(character),
        }
    }
    format!("{rust})$")
}

/// Whether Rust knows all that the pattern says.
pub(super) fn is_known(pattern: &str) -> bool {
    fits(pattern, "").is_some()
}
