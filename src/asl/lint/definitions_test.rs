//! Every definition under `tests/definitions`: `valid` ones have no fault, the others have exactly what the
//! `.txt` beside them says. `UPDATE_DEFINITIONS=1` writes those files anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Fault, Severity, lint};

fn definitions(group: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions").join(group);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.to_string_lossy().ends_with(".asl.json")).collect();
    files.sort();
    files
}

/// The fault as a reader sees it: the message, its line, what is underlined, and the hint.
fn show(text: &str, fault: &Fault) -> String {
    let level = match fault.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let before = &text[..fault.span.start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let column = text[line_start..fault.span.start].chars().count();
    let width = text[fault.span.clone()].lines().next().map_or(0, |shown| shown.chars().count()).max(1);
    let number = before.matches('\n').count() + 1;
    let mut shown = format!("{level}: {}\n{number:>4} | {line}\n     | ", fault.message);
    writeln!(shown, "{}{}", " ".repeat(column), "^".repeat(width)).unwrap();
    if let Some(hint) = &fault.hint {
        writeln!(shown, "hint: {hint}").unwrap();
    }
    shown
}

fn report(text: &str) -> String {
    lint(text).iter().map(|fault| show(text, fault)).collect::<Vec<_>>().join("\n")
}

fn check_against_text(group: &str, severity: Severity) -> usize {
    let mut differing = Vec::new();
    let files = definitions(group);
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let faults = lint(&text);
        assert_eq!(faults.len(), 1, "{} has one fault: {faults:?}", file.display());
        assert_eq!(faults[0].severity, severity, "{}", file.display());
        let expected = PathBuf::from(file.to_string_lossy().replace(".asl.json", ".txt"));
        if std::env::var_os("UPDATE_DEFINITIONS").is_some() {
            fs::write(&expected, report(&text)).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != report(&text) {
            differing.push(format!("{}\n{}", file.display(), report(&text)));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    files.len()
}

#[test]
fn valid_definitions_have_no_fault() {
    let files = definitions("valid");
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        assert!(lint(&text).is_empty(), "{}\n{}", file.display(), report(&text));
    }
    assert!(files.len() >= 60, "{}", files.len());
}

#[test]
fn invalid_definitions_have_the_fault_they_are_about() {
    let count = check_against_text("invalid", Severity::Error);
    assert!(count >= 120, "{count}");
}

#[test]
fn dangerous_definitions_are_warned_of() {
    assert!(check_against_text("warned", Severity::Warning) >= 5);
}

#[test]
fn all_faults_are_reported_in_the_order_of_the_text() {
    let text = r#"{ "StartAt": "A", "States": {
        "A": { "Type": "Wait", "Next": "C" },
        "B": { "Type": "Task", "Resource": "x", "End": true, "Comment": 5 } }, "Commentt": "" }"#;
    let faults = lint(text);
    let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "state `A`: one of `Seconds`, `Timestamp`, `SecondsPath`, `TimestampPath` is missing",
            "state `A`: `Next` leads to `C`, which does not exist",
            "state `B`: `Resource` is no ARN: `x`",
            "state `B`: `Comment` must be a string, not 5",
            "the state machine: it has no field `Commentt`",
        ]
    );
}

#[test]
fn a_definition_has_at_most_a_megabyte() {
    let fill = |bytes: usize| {
        let text = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}},"Comment":""}"#;
        text.replace(r#""Comment":"""#, &format!(r#""Comment":"{}""#, "x".repeat(bytes - text.len())))
    };
    assert!(lint(&fill(1_048_576)).is_empty());
    assert_eq!(lint(&fill(1_048_577)).len(), 1);
}

#[test]
fn spans_count_bytes() {
    let text = r#"{ "StartAt": "日本", "States": { "日本": { "Type": "Pass", "Kommentar": "é", "End": true } } }"#;
    let faults = lint(text);
    assert_eq!(&text[faults[0].span.clone()], "\"Kommentar\"");
}
