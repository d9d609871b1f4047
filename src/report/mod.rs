//! What a person or a program reads. Plans, events and outcomes come in; nothing else prints.

mod human;
mod json;
mod style;

use std::io::{IsTerminal, Write};

use crate::config::{Config, Fault};
use crate::error::Error;
use crate::execute::{Event, Outcome};
use crate::plan::Plan;
use crate::scope::Scope;

pub use human::Human;
pub use json::Json;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loudness {
    /// Errors only.
    Quiet,
    /// What was asked for.
    Normal,
}

/// A reader of plans and what becomes of them.
pub trait Report {
    /// The plan is made; nothing is done yet.
    fn plan(&mut self, plan: &Plan, scope: &Scope);
    /// Something happened to a change.
    fn event(&mut self, plan: &Plan, event: &Event);
    /// All that could be done is done.
    fn end(&mut self, plan: &Plan, scope: &Scope, outcomes: &[Outcome]);
}

/// Writes to stdout. A reader that has gone is no fault of ours.
fn out(text: &str) {
    let mut stdout = anstream::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes to stderr.
fn err(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// A remark that is no result.
pub fn note(text: &str) {
    err(&format!("{}note{}: {text}\n", style::NOTE.render(), style::NOTE.render_reset()));
}

/// What is allowed but better said.
pub fn warnings(config: &Config) {
    for warning in &config.warnings {
        err(&format!("{}warning{}: {warning}\n", style::WARNING.render(), style::WARNING.render_reset()));
    }
}

/// An error, its causes and its hint; or every fault where it is.
pub fn error(error: &Error) {
    match error {
        Error::Faults(faults) => {
            faults.list.iter().for_each(|fault| err(&format!("{}\n\n", rendered(fault))));
            let count = faults.list.len();
            let files = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
            err(&format!("{}error{}: the config has {files}\n", style::ERROR.render(), style::ERROR.render_reset()));
        }
        Error::Plain(plain) => {
            err(&format!("{}error{}: {}\n", style::ERROR.render(), style::ERROR.render_reset(), plain.message));
            plain.causes.iter().for_each(|cause| err(&format!("Caused by: {cause}\n")));
            if let Some(hint) = &plain.hint {
                err(&format!("{}Hint{}: {hint}\n", style::HINT.render(), style::HINT.render_reset()));
            }
        }
    }
}

/// A fault with the line that it is in.
fn rendered(fault: &Fault) -> String {
    use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
    let text = &fault.source.text;
    let (start, end) = (fault.span.start.min(text.len()), fault.span.end.min(text.len()));
    let first_line = text[start..end].find('\n').map_or(end, |newline| start + newline);
    let path = fault.source.path.display().to_string();
    let place = Snippet::source(text).path(path).annotation(AnnotationKind::Primary.span(start..first_line));
    let mut group = Level::ERROR.primary_title(&fault.message).element(place);
    if let Some(hint) = &fault.hint {
        group = group.element(Level::HELP.message(hint));
    }
    Renderer::styled().render(&[group])
}

/// Whether a person sits there, to see a question and answer it.
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Asks a person. Anything but yes is no.
pub fn confirmed(question: &str) -> bool {
    err(&format!("{question} [y/N] "));
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
