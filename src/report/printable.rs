//! Text of others, such that a terminal or a log shows it and does not obey it.

/// On one line: what would move the cursor, end the line, or change the order of the text is escaped as JSON does.
pub fn printable(text: &str) -> String {
    escaped(text, "")
}

/// As [`printable`], and lines stay lines. JSON stays JSON: only within a string of it is there anything to escape.
pub fn printable_lines(text: &str) -> String {
    escaped(text, "\n")
}

fn escaped(text: &str, kept: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if kept.contains(c) || !is_obeyed(c) => shown.push(c),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c => shown.push_str(&in_units(c)),
        }
    }
    shown
}

/// As JSON may write any character.
pub fn in_units(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |text, unit| format!("{text}\\u{unit:04x}"))
}

/// Control characters, separators of lines, and format characters, those that turn the direction of text among them.
/// Source: Unicode Character Database, general categories Cc, Zl, Zp and Cf.
fn is_obeyed(c: char) -> bool {
    let is_format = matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}');
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_format
}

#[cfg(test)]
mod tests {
    use super::{printable, printable_lines};

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let text = "a\u{1b}[2J\r\n\t\u{7f}\u{9b}31m\u{202e}\u{2028}\u{e0041} ä→";
        let shown = "a\\u001b[2J\\r\\n\\t\\u007f\\u009b31m\\u202e\\u2028\\udb40\\udc41 ä→";
        assert_eq!(printable(text), shown);
        assert_eq!(printable_lines(text), shown.replace("\\r\\n", "\\r\n"));
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({ "a\u{9b}\u{1b}": ["\u{202e}\n", "\u{e0041}"] });
        let shown = printable_lines(&format!("{value:#}"));
        assert!(shown.is_ascii());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).ok(), Some(value));
    }
}
