//! Policy documents: made from what a state machine calls or from what the program itself sends, compared by what they
//! mean.

mod caller;
mod execution;
mod github;
mod needs;
mod policy;
mod trust;

pub use caller::{Purpose, caller_policy};
pub use execution::execution_policy;
pub use github::github_trust;
pub use needs::{Need, Queue, RunTask, Waits, known_needs, needs};
pub use policy::Policy;
pub use trust::{execution_trust, trigger_policy, trigger_trust};
