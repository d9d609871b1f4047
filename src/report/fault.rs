//! Errors and faults: where each is, what is wrong, how to mend it.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{SAID, err, printable, scrubbed, style};
use crate::config::{Config, Fault, Faults};
use crate::error::Error;

/// What is allowed but better said.
pub fn warnings(config: &Config) {
    for warning in &config.warnings {
        super::warning(warning);
    }
}

/// An error, its causes and its hint; or every fault where it is. With `json` also as data, on stdout, unless a plan
/// that tells it stands there.
pub fn error(error: &Error, json: bool) {
    if json && !SAID.load(Ordering::Relaxed) {
        super::data(&data(error));
    }
    let title = |text: &str| {
        let (on, off) = (style::ERROR.render(), style::ERROR.render_reset());
        format!("{on}error{off}: {}\n", printable(text))
    };
    match error {
        Error::Faults(faults) => {
            faults.list.iter().for_each(|fault| err(&format!("{}\n\n", rendered(fault))));
            let count = faults.list.len();
            err(&title(&format!("the config has {count} {}", if count == 1 { "fault" } else { "faults" })));
        }
        Error::Plain(plain) => {
            err(&title(&plain.message));
            plain.causes.iter().for_each(|cause| err(&format!("Caused by: {}\n", printable(cause))));
            if let Some(hint) = &plain.hint {
                let (on, off) = (style::HINT.render(), style::HINT.render_reset());
                err(&format!("{on}Hint{off}: {}\n", printable(hint)));
            }
        }
    }
}

/// A fault with the line that it is in.
fn rendered(fault: &Fault) -> String {
    use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
    let text = &fault.source.text;
    let (start, end) = (fault.span.start.min(text.len()), fault.span.end.min(text.len()));
    // Only the line itself: the renderer would go through all of the file for each fault.
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let number = text[..start].matches('\n').count() + 1;
    let path = fault.source.path.display().to_string();
    let place = Snippet::source(&text[line_start..line_end])
        .line_start(number)
        .path(path)
        .annotation(AnnotationKind::Primary.span(start - line_start..end.min(line_end) - line_start));
    let mut group = Level::ERROR.primary_title(&fault.message).element(place);
    if let Some(hint) = &fault.hint {
        group = group.element(Level::HELP.message(hint));
    }
    Renderer::styled().render(&[group])
}

fn data(error: &Error) -> Value {
    match error {
        Error::Faults(faults) => json!({ "faults": list(faults) }),
        Error::Plain(plain) => {
            let causes: Vec<String> = plain.causes.iter().map(|cause| scrubbed(cause)).collect();
            let hint = plain.hint.as_deref().map(scrubbed);
            json!({ "error": { "message": scrubbed(&plain.message), "causes": causes, "hint": hint } })
        }
    }
}

/// Faults as data.
pub(super) fn list(faults: &Faults) -> Vec<Value> {
    faults.list.iter().map(fault).collect()
}

/// Lines and columns count from 1, columns in characters.
fn fault(fault: &Fault) -> Value {
    let text = &fault.source.text;
    let place = |at: usize| {
        let before = text.get(..at.min(text.len())).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    };
    let ((line, column), (end_line, end_column)) = (place(fault.span.start), place(fault.span.end));
    json!({
        "file": fault.source.path.display().to_string(),
        "line": line, "column": column, "end_line": end_line, "end_column": end_column,
        "message": fault.message, "hint": fault.hint,
    })
}
