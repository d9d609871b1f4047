//! State machines in the Amazon States Language: made from a job, and read for what they call.

mod calls;
mod generate;
pub mod lint;

pub use calls::{DISTRIBUTED_MAP, Dynamic, ServiceCall, fixed, service_calls};
pub use generate::{generate, overrides_length};

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A definition's text, equal to another when both mean the same JSON.
#[derive(Clone, Debug)]
pub struct Definition(String);

impl Definition {
    /// From text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// From JSON, written for people to read.
    pub fn from_value(value: &Value) -> Self {
        Self(format!("{value:#}"))
    }

    /// The text that is deployed.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What it means. A text that is no JSON means itself.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_else(|_| Value::String(self.0.clone()))
    }
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.value() == other.value()
    }
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}
