//! From a path to a config.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use super::conceal::{conceal, concealed, secrets};
use super::fault::{Faults, Source, listed, nearest};
use super::interpolate::interpolate;
use super::overlay::{environments, lay, misshapen};
use super::section::Section;
use super::{Config, raw, validate};
use crate::error::Error;
use crate::files;

/// Reads and validates the config at `path` as `environment` has it, and the definition files that it names: all of
/// it can be built.
///
/// # Errors
/// When the file can't be read, there is no such environment, and all faults of the text at once.
pub fn load(path: &Path, environment: Option<&str>) -> Result<Config, Error> {
    buildable(understand(path, environment)?)
}

/// As [`load`], of a text that is to stand at `path`.
///
/// # Errors
/// All faults of the text at once.
pub fn parse(path: &Path, text: &str) -> Result<Config, Error> {
    buildable(meaning(&Arc::new(Source { path: path.to_owned(), text: text.to_owned() }), None)?)
}

fn buildable(config: Config) -> Result<Config, Error> {
    if config.unsupported.list.is_empty() { Ok(config) } else { Err(Error::Faults(config.unsupported)) }
}

/// As [`load`], but of a config that means something, though this release can't build all of it.
///
/// # Errors
/// Those of [`load`] but for what is not supported yet.
pub fn understand(path: &Path, environment: Option<&str>) -> Result<Config, Error> {
    meaning(&read(path)?, environment)
}

fn meaning(source: &Arc<Source>, environment: Option<&str>) -> Result<Config, Error> {
    let path = &source.path;
    let (mut table, errors) = DeTable::parse_recoverable(&source.text);
    let faults = RefCell::new(Faults::default());
    // One broken line makes others look broken.
    if let Some(error) = errors.first() {
        let span = error.span().unwrap_or(0..0);
        faults.borrow_mut().push(source, span, format!("this is not TOML: {}", error.message()), None);
    }
    for (span, message) in misshapen(table.get_ref()) {
        faults.borrow_mut().push(source, span, message, Some("write a table: `[env.NAME]`".into()));
    }
    let known = environments(table.get_ref());
    if errors.is_empty() && !lay(table.get_mut(), environment) {
        return Err(no_environment(path, environment.unwrap_or_default(), &known));
    }
    let mut unread: Vec<Range<usize>> = Vec::new();
    let mut unset = |span: Range<usize>, message: String, hint: &str| {
        unread.push(span.clone());
        faults.borrow_mut().push(source, span, message, Some(hint.into()));
    };
    let expanded = interpolate(table.get_mut(), &|name| std::env::var(name).ok(), &mut unset);
    let config = if errors.is_empty() {
        let raw = raw::read(Section::top(&table, source, &faults));
        validate::validate(&raw, source, &faults)
    } else {
        None
    };
    let mut faults = faults.into_inner();
    // A value that can't be read has one fault: that it can't.
    let mut told: Vec<Range<usize>> = Vec::new();
    faults.list.retain(|fault| {
        let first = !told.contains(&fault.span);
        told.push(fault.span.clone());
        first || !unread.contains(&fault.span)
    });
    faults.list.iter_mut().for_each(|fault| conceal(fault, &expanded));
    faults.settle();
    match config {
        Some(config) if !faults.are_wrong() => {
            let warnings = config.warnings.iter().map(|warning| concealed(warning, &expanded)).collect();
            let environment = environment.map(str::to_owned);
            let secrets = secrets(&config, &expanded);
            Ok(Config { environment, unsupported: faults, warnings, secrets, ..config })
        }
        _ => Err(Error::Faults(faults)),
    }
}

/// The environments that the config at `path` names; none when it is no TOML.
///
/// # Errors
/// When the file can't be read.
pub fn environments_of(path: &Path) -> Result<Vec<String>, Error> {
    let source = read(path)?;
    Ok(environments(DeTable::parse_recoverable(&source.text).0.get_ref()))
}

fn read(path: &Path) -> Result<Arc<Source>, Error> {
    let text = files::read(path).map_err(|error| unreadable(path, &error))?;
    Ok(Arc::new(Source { path: path.to_owned(), text }))
}

fn no_environment(path: &Path, name: &str, known: &[String]) -> Error {
    let names = || known.iter().map(String::as_str);
    let hint = match nearest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("add a table `[env.{name}]` with what differs there"),
        None => format!("the environments are {}", listed(names())),
    };
    Error::config(format!("there is no environment `{name}` in {}", path.display())).hint(hint)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => "name the config: `provision COMMAND path/to/config.toml`",
        std::io::ErrorKind::InvalidData => "a config is UTF-8 text",
        _ => "check the path and its permissions",
    };
    Error::config(format!("can't read the config {}", path.display())).caused_by(error).hint(hint)
}
