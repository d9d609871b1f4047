//! The config as its users write it: sound ones stay silent, and each fault says what it is, where, and how to mend it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so")]
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod corpus;
mod json;
mod keys;
mod odd_keys;
mod robust;
mod schema;
mod secrets;
mod snapshots;
