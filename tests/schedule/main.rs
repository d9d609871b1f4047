//! Schedule expressions against a table, a slow reference and arbitrary text.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so")]
#![allow(missing_docs, reason = "tests are read, not linked to")]

use provision::schedule;

mod properties;
mod reference;
mod samples;
mod table;
mod words;
