//! `provision schema`: the JSON Schema of the config, for editors.

use crate::error::Exit;
use crate::report;

/// Kept beside the reader of the keys that it describes.
const SCHEMA: &str = include_str!("../config/schema.json");

pub fn run() -> Exit {
    report::text(SCHEMA);
    Exit::Done
}
