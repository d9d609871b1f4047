//! The forms in which a secret may stand in what somebody says of a request: as JSON, XML and a URL write it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::printable::{in_units, printable};

/// What a URL writes as it is. Source: RFC 3986, section 2.3.
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Every form of each, the longest first: a shorter one may be a part of it.
pub fn forms(secrets: &[String]) -> Vec<String> {
    let mut all: Vec<String> = secrets.iter().flat_map(|secret| forms_of(secret)).collect();
    all.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
    all.dedup();
    all
}

fn forms_of(secret: &str) -> Vec<String> {
    let (once, ascii) = (in_json(secret), in_ascii(&in_json(secret)));
    let written = [secret.to_owned(), in_json(&once), in_json(&ascii), once, ascii];
    let encoded = written.iter().flat_map(|text| in_xml(text).into_iter().chain(in_url(text)));
    let all: Vec<String> = written.iter().cloned().chain(encoded).collect();
    // What is said to a person is made printable first.
    all.iter().map(|text| printable(text)).chain(all.iter().cloned()).collect()
}

/// Between the quotes of a JSON string.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As writers of JSON do that write ASCII only.
fn in_ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c.to_string() } else { in_units(c) }).collect()
}

/// Quotes are escaped or not, and an apostrophe has two names.
fn in_xml(text: &str) -> [String; 4] {
    let bare = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quoted = bare.replace('"', "&quot;");
    [quoted.replace('\'', "&apos;"), quoted.replace('\'', "&#39;"), quoted, bare]
}

/// A form writes a space as a plus.
fn in_url(text: &str) -> [String; 2] {
    let encoded = utf8_percent_encode(text, &ESCAPED).to_string();
    [encoded.replace("%20", "+"), encoded]
}

#[cfg(test)]
mod tests {
    use super::forms;

    #[test]
    fn a_secret_is_known_in_every_form() {
        let all = forms(&["p \"s\\w<\n\u{e4}".to_owned()]);
        for form in [
            "p \"s\\w<\n\u{e4}",
            r#"p \"s\\w<\nä"#,
            r#"p \"s\\w<\n\u00e4"#,
            r#"p \\\"s\\\\w<\\nä"#,
            "p &quot;s\\w&lt;\n\u{e4}",
            "p%20%22s%5Cw%3C%0A%C3%A4",
            "p+%22s%5Cw%3C%0A%C3%A4",
            r#"p "s\w<\nä"#,
        ] {
            assert!(all.iter().any(|known| known == form), "{form}: {all:#?}");
        }
        assert_eq!(forms(&["plain-1".to_owned()]), ["plain-1"]);
    }
}
