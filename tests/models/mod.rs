//! A model of AWS: what one request makes of one resource, and what AWS would refuse. It knows AWS's API pages, not our
//! code. The laws replay calls on it; the stories make a cloud of it.

mod log_group;
mod role;
mod rule;
mod state_machine;

use std::any::Any;
use std::collections::BTreeMap;

use proptest::prelude::*;
use provision::kind::Kind;

pub use log_group::log_group;
pub use role::{policy, role};
pub use rule::rule;
pub use state_machine::machine;

/// What AWS answers instead of doing it.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub code: &'static str,
    pub message: &'static str,
}

impl From<&'static str> for Refusal {
    fn from(message: &'static str) -> Self {
        Self { code: "ValidationException", message }
    }
}

fn refuse<T>(code: &'static str, message: &'static str) -> Result<T, Refusal> {
    Err(Refusal { code, message })
}

/// A model of what AWS holds under one name.
pub trait Model: Kind {
    /// What one request makes of it.
    fn serve(held: Option<Self>, request: &dyn Any) -> Result<Option<Self>, Refusal>;

    /// The name of the resource that a request is about. None when it is of another kind.
    fn subject(request: &dyn Any) -> Option<String>;

    /// Whether a config can ask for it.
    fn of_a_config(&self) -> bool {
        true
    }
}

fn account(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:us-east-1:123456789012:{resource}")
}

/// What follows `mark` in an ARN.
fn last(arn: &str, mark: &str) -> String {
    arn.split_once(mark).map_or(arn, |(_, name)| name).to_owned()
}

fn tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map("[a-d]", "[x-z]{0,2}", 0..4)
}
