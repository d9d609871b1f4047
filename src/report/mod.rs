//! What a person or a program reads. Plans, events and outcomes come in; nothing else prints.

mod check;
mod fault;
mod forms;
mod hidden;
mod human;
mod json;
mod printable;
mod style;

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::aws::Waiting;
use crate::error::Exit;
use crate::execute::{Event, Outcome};
use crate::plan::Plan;
use crate::scope::Scope;
use crate::stop::while_asking;

pub use check::checked;
pub use fault::{error, warnings};
pub use human::Human;
pub use json::Json;
use printable::{printable, printable_lines};

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
    /// All of the plan that could be done is done; none of it, when there are no outcomes.
    fn end(&mut self, plan: &Plan, scope: &Scope, outcomes: &[Outcome]);
    /// A remark.
    fn note(&mut self, text: &str) {
        note(text);
    }
    /// No other plan follows.
    fn finish(&mut self) {}
}

/// Whether stdout has its result. With `--json` it gets one document and no second.
static SAID: AtomicBool = AtomicBool::new(false);

/// Writes to stdout. A reader that has gone is no fault of ours; a result that can't be written is a failure.
fn out(text: &str) {
    SAID.store(true, Ordering::Relaxed);
    let mut stdout = anstream::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        err(&format!("error: can't write the result\nCaused by: {error}\n"));
        std::process::exit(Exit::Failed as i32);
    }
}

/// Prints a text as it is.
pub fn text(text: &str) {
    out(text);
}

/// Prints a value as JSON, for people too.
pub fn document(value: &impl serde::Serialize) {
    data(&serde_json::to_value(value).unwrap_or_default());
}

/// Prints the one document of `--json`.
fn data(value: &Value) {
    out(&printable_lines(&format!("{value:#}\n")));
}

/// Writes to stderr.
fn err(text: &str) {
    let _ = anstream::stderr().lock().write_all(scrubbed(text).as_bytes());
}

/// What no message may tell, whoever wrote it, in every form.
static SECRETS: OnceLock<Vec<String>> = OnceLock::new();

/// From now on these are in no message. The first call counts.
pub fn never_tell(secrets: &[String]) {
    let _ = SECRETS.set(forms::forms(secrets));
}

fn scrubbed(text: &str) -> String {
    let secrets = SECRETS.get().into_iter().flatten();
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), hidden::HIDDEN))
}

/// Where the program's log goes: to stderr, like other messages. It is written line by line.
#[derive(Debug)]
pub struct Log;

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        let line = String::from_utf8_lossy(text);
        err(&format!("{}\n", printable(line.trim_end_matches('\n'))));
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A remark that is no result.
pub fn note(text: &str) {
    let (on, off) = (style::NOTE.render(), style::NOTE.render_reset());
    err(&format!("{on}note{off}: {}\n", printable(text)));
}

/// What may be as it is, but better were not.
pub fn warning(text: &str) {
    let (on, off) = (style::WARNING.render(), style::WARNING.render_reset());
    err(&format!("{on}warning{off}: {}\n", printable(text)));
}

/// A read that waits for AWS.
pub fn waiting(waiting: &Waiting) {
    note(&format!("waiting for {} ({})", waiting.reason, waiting.api));
}

/// Whether a person sits there, to see a question and answer it.
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Asks a person for a text; nothing means the default. None when there is nobody left to answer.
pub fn asked(question: &str, default: Option<&str>) -> Option<String> {
    let shown = default.map(|default| format!(" [{}]", printable(default))).unwrap_or_default();
    err(&format!("{question}{shown}: "));
    let mut answer = String::new();
    if std::io::stdin().read_line(&mut answer).unwrap_or(0) == 0 {
        err("\n");
        return None;
    }
    Some(match (answer.trim(), default) {
        ("", Some(default)) => default.to_owned(),
        (answer, _) => answer.to_owned(),
    })
}

/// Shows a person what there is to choose from.
pub fn choices(of: &str, options: &[String]) {
    let lines = options.iter().enumerate().map(|(at, option)| format!("  {:>3}  {}\n", at + 1, printable(option)));
    err(&format!("{of}:\n{}", lines.collect::<String>()));
}

/// Asks a person. Anything but yes is no.
pub fn confirmed(question: &str) -> bool {
    let mut answer = String::new();
    let read = while_asking(|| {
        err(&format!("{question} [y/N] "));
        std::io::stdin().read_line(&mut answer)
    });
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
