//! Schedule expressions against a table, a slow reference and arbitrary text.

use provision::schedule;

mod properties;
mod reference;
mod samples;
mod table;
mod words;
