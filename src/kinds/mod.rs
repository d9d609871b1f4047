//! The kinds of AWS resource that are managed.

mod log_group;
mod role;
mod rule;
mod sight;
mod state_machine;

pub use log_group::LogGroup;
pub use role::Role;
pub use rule::{Rule, Target, TargetInput};
pub use state_machine::{Logging, StateMachine, StopExecutions};

use crate::plan::{AnyKind, Erased};

/// Every kind. A new one is a file in this folder and a line here.
pub static REGISTRY: &[&dyn AnyKind] =
    &[&Erased::<LogGroup>::new(), &Erased::<Role>::new(), &Erased::<StateMachine>::new(), &Erased::<Rule>::new()];
