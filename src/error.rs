//! What a person reads when something goes wrong: a message, its causes, a hint, and an exit status.

use std::fmt;

use crate::config::Faults;

/// The exit statuses of the program. The contract is in `docs/exit-codes.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// What was asked is done.
    Done = 0,
    /// Something failed.
    Failed = 1,
    /// `diff --exit-code`, and there are differences.
    Differences = 2,
    /// The config or the command line is wrong. Nothing was asked of AWS.
    Config = 3,
    /// Refused: an unowned resource, the wrong account, or a deletion nobody confirmed.
    Refused = 4,
    /// Interrupted by a signal.
    Interrupted = 130,
}

/// An error as a person sees it.
#[derive(Debug)]
pub enum Error {
    /// Faults of a config, each with its place.
    Faults(Faults),
    /// Anything else.
    Plain(Plain),
}

/// An error without a place in a file.
#[derive(Debug)]
pub struct Plain {
    /// The status the program ends with.
    pub exit: Exit,
    /// What happened: a lowercase fragment that reads after `error: `.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Error {
    /// Something failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::with_exit(Exit::Failed, message)
    }

    /// The config or the command line is wrong.
    pub fn config(message: impl Into<String>) -> Self {
        Self::with_exit(Exit::Config, message)
    }

    /// The program refuses to go on.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::with_exit(Exit::Refused, message)
    }

    /// An error that ends with `exit`.
    pub fn with_exit(exit: Exit, message: impl Into<String>) -> Self {
        Self::Plain(Plain { exit, message: message.into(), causes: Vec::new(), hint: None })
    }

    /// Adds what lies beneath.
    #[must_use]
    pub fn caused_by(self, cause: impl fmt::Display) -> Self {
        self.rephrased(|plain| plain.causes.push(cause.to_string()))
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.rephrased(|plain| plain.hint = Some(hint.into()))
    }

    /// Says it otherwise; faults of a config stay as they are.
    #[must_use]
    pub fn rephrased(mut self, change: impl FnOnce(&mut Plain)) -> Self {
        if let Self::Plain(plain) = &mut self {
            change(plain);
        }
        self
    }

    /// What happened and why, and what to do about it.
    pub fn told(&self) -> (String, String) {
        match self {
            Self::Faults(faults) => (format!("the config has {} faults", faults.list.len()), String::new()),
            Self::Plain(plain) => {
                let told: Vec<&str> =
                    std::iter::once(&plain.message).chain(&plain.causes).map(String::as_str).collect();
                (told.join(": "), plain.hint.clone().unwrap_or_default())
            }
        }
    }

    /// The status the program ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Faults(_) => Exit::Config,
            Self::Plain(plain) => plain.exit,
        }
    }
}
