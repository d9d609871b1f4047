//! The shared ground: emulators, a proxy on the wire, and the binary in an environment of its own.

mod answer;
mod aws_model;
mod caller;
mod cloud;
mod emulator;
mod fault;
mod ground;
mod proxy;
mod terminal;

pub use answer::Answer;
pub use caller::{Caller, Grant, policy_on_aws, texts};
pub use cloud::{Cloud, REGION};
pub use emulator::{Emulator, Which};
pub use fault::{Fault, Faults, befall, hash};
pub use ground::{Ground, Run, bare};
pub use proxy::{Proxy, Seen, Verdict};
pub use terminal::talk;

/// Runs a test once on each emulator.
macro_rules! on_both {
    ($(#[$attribute:meta])* $name:ident, $body:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing of its module")]
            use super::*;

            $(#[$attribute])*
            #[test]
            fn on_ministack() {
                let body: fn($crate::support::Ground) = $body;
                body($crate::support::Ground::new($crate::support::Which::Ministack));
            }

            $(#[$attribute])*
            #[test]
            fn on_moto() {
                let body: fn($crate::support::Ground) = $body;
                body($crate::support::Ground::new($crate::support::Which::Moto));
            }
        }
    };
}
pub(crate) use on_both;
