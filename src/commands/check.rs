//! `provision check`: every fault of the config, and what it means. Asks nothing of AWS.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::cli::Check;
use crate::config::{self, Faults};
use crate::error::{Error, Exit};
use crate::report;

pub fn run(args: &Check) -> Result<Exit, Error> {
    let common = &args.common;
    let config = config::load(&common.config, common.env.as_deref());
    if common.env.is_none() {
        all_environments(args, &config)?;
    }
    let config = config?;
    if !common.quiet {
        report::warnings(&config);
    }
    if common.json || !common.quiet {
        report::checked(&config, Timestamp::now(), common.json);
    }
    Ok(Exit::Done)
}

/// Faults that only show in an environment count too, each once.
fn all_environments(args: &Check, base: &Result<config::Config, Error>) -> Result<(), Error> {
    let path = &args.common.config;
    let mut all = Faults::default();
    let mut seen = BTreeSet::new();
    let mut add = |faults: &Faults| {
        for fault in &faults.list {
            if seen.insert((fault.source.path.clone(), fault.span.start, fault.message.clone())) {
                all.list.push(fault.clone());
            }
        }
    };
    if let Err(Error::Faults(faults)) = base {
        add(faults);
    }
    for environment in config::environments_of(path)? {
        match config::load(path, Some(&environment)) {
            Ok(_) => {}
            Err(Error::Faults(faults)) => add(&faults),
            Err(error) => return Err(error),
        }
    }
    if all.list.is_empty() {
        return Ok(());
    }
    all.sort();
    Err(Error::Faults(all))
}
