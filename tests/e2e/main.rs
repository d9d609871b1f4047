//! The program as its users run it: the real binary, over HTTP, against servers that we did not write.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so")]
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod adoption;
mod apply;
mod article;
mod bad_input;
mod bulk;
mod check_aws;
mod destroy;
mod drift;
mod environments;
mod examples;
mod init;
mod interrupt;
mod kill;
mod narrowing;
mod offline;
mod order;
mod permissions;
mod permissions_on_aws;
mod propagation;
mod protect;
mod round_trips;
mod saved_plan;
mod secrets;
mod support;
mod two_at_once;
