//! Finds what AWS would refuse in a state machine's definition, before it is asked.
//!
//! Sources: the [specification](https://states-language.net/spec.html) of the Amazon States Language and
//! the [Step Functions guide](https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html).
//! Where they leave open whether AWS refuses something, nothing is reported.

mod choice;
#[cfg(test)]
mod definitions_test;
mod graph;
mod intrinsic;
mod json;
mod jsonata;
mod jsonata_syntax;
mod jsonata_tokens;
mod kind;
mod machine;
mod map;
mod mismatch;
mod path;
mod report;
mod reserved;
mod resource;
mod retry;
#[cfg(test)]
mod robust_test;
mod run_task;
mod shape;
mod state;
mod tables;
mod template;
mod timestamp;

use std::ops::Range;

/// The largest definition in bytes, from the
/// [quotas](https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html) of Step Functions.
pub const MAX_BYTES: usize = 1_048_576;

/// How bad a [`Fault`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// [`CreateStateMachine`](https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html)
    /// refuses the definition, or the state can never succeed.
    Error,
    /// AWS accepts it, but see
    /// [Using timeouts to avoid stuck executions](https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html).
    Warning,
}

/// One thing wrong with a definition; compare the diagnostics of
/// [`ValidateStateMachineDefinition`](https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A lowercase fragment that names the state.
    pub message: String,
    /// The bytes of the text to underline: the key or the value at fault.
    pub span: Range<usize>,
    /// How to mend it, when that is known.
    pub hint: Option<String>,
    /// Whether AWS refuses it.
    pub severity: Severity,
}

/// Every fault of a definition in
/// [Amazon States Language](https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html),
/// in the order of the text.
#[must_use]
pub fn lint(text: &str) -> Vec<Fault> {
    let mut report = report::Report::default();
    if text.len() > MAX_BYTES {
        report.too_large(text.len());
        return report.into_faults();
    }
    match json::parse(text) {
        Ok(value) => machine::check(&value, &mut report),
        Err(fault) => report.push(fault),
    }
    report.into_faults()
}
