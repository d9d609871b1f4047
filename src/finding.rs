//! What a look at something that a config refers to found.

use serde::Serialize;

use crate::aws::Failure;
use crate::config::listed;
use crate::error::Error;
use crate::references::Jobs;

/// One thing that was looked at, and what of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Such as ``cluster `batch` ``.
    pub subject: String,
    /// How it is.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What depends on it being there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Finding>,
}

/// A look at all that a config refers to.
#[derive(Debug)]
pub struct Looked {
    /// Where.
    pub region: String,
    /// What was found: the credentials, and beneath them all else.
    pub findings: Vec<Finding>,
    /// Why nothing could be looked at.
    pub refused: Option<Error>,
}

/// How something is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "verdict")]
pub enum Verdict {
    /// As the config needs it.
    Ok {
        /// What was seen; may be empty.
        detail: String,
    },
    /// The config's jobs can't run like that.
    Fault {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Nobody can tell.
    Skipped {
        /// Why.
        reason: String,
    },
}

impl Finding {
    /// It is as it should be.
    pub fn ok(subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(subject, Verdict::Ok { detail: detail.into() })
    }

    /// It is not.
    pub fn fault(subject: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(subject, Verdict::Fault { message: message.into(), hint: hint.into() })
    }

    /// It was not looked at.
    pub fn skipped(subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(subject, Verdict::Skipped { reason: reason.into() })
    }

    fn new(subject: impl Into<String>, verdict: Verdict) -> Self {
        Self { subject: subject.into(), verdict, parts: Vec::new() }
    }

    /// Who may not ask can't tell. Any other failure leaves the question open too, which is a fault: nobody should
    /// take it for an answer.
    pub fn unanswered(subject: impl Into<String>, failure: &Failure) -> Self {
        if failure.is_denied() {
            return Self::skipped(subject, format!("not allowed to ask ({})", failure.api));
        }
        let hint = failure.hint().unwrap_or_else(|| "try again".into());
        Self::fault(subject, format!("can't tell: {failure}"), hint)
    }

    /// With what depends on it.
    #[must_use]
    pub fn with(self, parts: Vec<Finding>) -> Self {
        Self { parts, ..self }
    }

    /// This and all that depends on it, each after what it depends on.
    pub fn all(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.parts.iter().flat_map(Self::all)).collect()
    }

    /// What is wrong with this, and what to do.
    pub fn wrong(&self) -> Option<(&str, &str)> {
        match &self.verdict {
            Verdict::Fault { message, hint } => Some((message, hint)),
            Verdict::Ok { .. } | Verdict::Skipped { .. } => None,
        }
    }
}

/// `job a needs` or `jobs a, b need`.
pub fn needed_by(jobs: &Jobs) -> String {
    let names = listed(jobs.iter().map(String::as_str));
    if jobs.len() == 1 { format!("job {names} needs") } else { format!("jobs {names} need") }
}
