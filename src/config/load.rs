//! From a path to a config.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use super::fault::{Faults, Source};
use super::section::Section;
use super::{Config, raw, validate};
use crate::error::Error;

/// Reads and validates the config at `path`, and the definition files that it names.
///
/// # Errors
/// When the file can't be read, and all faults of its text at once.
pub fn load(path: &Path) -> Result<Config, Error> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let source = Arc::new(Source { path: path.to_owned(), text });
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let faults = RefCell::new(Faults::default());
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        faults.borrow_mut().push(&source, span, format!("this is not TOML: {}", error.message()), None);
    }
    let config = if errors.is_empty() {
        let raw = raw::read(Section::top(&table, &source, &faults));
        validate::validate(&raw, &source, &faults)
    } else {
        None
    };
    let mut faults = faults.into_inner();
    match config {
        Some(config) if faults.list.is_empty() => Ok(config),
        _ => {
            faults.sort();
            Err(Error::Faults(faults))
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => "name the config: `provision COMMAND path/to/config.toml`",
        std::io::ErrorKind::InvalidData => "a config is UTF-8 text",
        _ => "check the path and its permissions",
    };
    Error::config(format!("can't read the config {}", path.display())).caused_by(error).hint(hint)
}
