//! The program as its users run it: the real binary, over HTTP, against servers that we did not write.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so")]
#![allow(clippy::print_stdout, reason = "a run of stories says what it did")]
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod adoption;
mod apply;
mod article;
mod aws_table;
mod bad_input;
mod bulk;
mod chapters;
mod check_aws;
mod destroy;
mod drift;
mod endpoints;
mod environments;
mod examples;
mod faults;
mod init;
mod interrupt;
mod kill;
mod narrowing;
mod offline;
mod order;
mod permissions;
mod permissions_on_aws;
mod printable;
mod propagation;
mod protect;
mod reliability;
mod round_trips;
mod saved_plan;
mod secrets;
#[allow(dead_code, reason = "the simulated stories use the rest")]
#[path = "../stories/sketch.rs"]
mod sketch;
mod stories;
mod strange_answers;
mod support;
mod two_at_once;
