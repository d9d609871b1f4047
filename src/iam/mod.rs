//! Policy documents: made from what a state machine calls, compared by what they mean.

mod execution;
mod needs;
mod policy;
mod trust;

pub use execution::execution_policy;
pub use needs::{Need, Queue, RunTask, Waits, known_needs, needs};
pub use policy::Policy;
pub use trust::{execution_trust, trigger_policy, trigger_trust};
