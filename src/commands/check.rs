//! `provision check`: every fault of the config, and what it means. Asks AWS nothing, unless it is told to.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::aws::inspect;
use crate::cli::{Check, Common};
use crate::config::{self, Config, Faults};
use crate::error::{Error, Exit};
use crate::finding::{Finding, Looked};
use crate::report;
use crate::session::Session;

pub async fn run(args: Check) -> Result<Exit, Error> {
    let common = &args.common;
    let config = config::load(&common.config, common.env.as_deref());
    if common.env.is_none() {
        all_environments(&args, &config)?;
    }
    let config = config?;
    let shown = common.json || !common.quiet;
    if !args.aws {
        if !common.quiet {
            report::warnings(&config);
        }
        if shown {
            report::checked(&config, Timestamp::now(), None, common.json);
        }
        return Ok(Exit::Done);
    }
    let look = look(config.clone(), common).await?;
    if shown {
        report::checked(&config, Timestamp::now(), Some(&look), common.json);
    }
    look.outcome()
}

/// Looks at all that the config refers to. Credentials that don't hold leave the rest unseen.
async fn look(config: Config, common: &Common) -> Result<Looked, Error> {
    let aws = super::clients(&config, common).await?;
    let region = aws.region.clone();
    match Session::open(config, aws).await {
        Ok(session) => {
            let findings = Box::pin(inspect(&session.aws, &session.scope, &session.config)).await;
            let credentials = Finding::ok("credentials", format!("account {}", session.scope.account));
            Ok(Looked { region, findings: vec![credentials.with(findings)], refused: None })
        }
        Err(error) => {
            let (message, hint) = error.told();
            let rest = Finding::skipped("all that the config refers to", "nobody to ask as");
            let credentials = Finding::fault("credentials", message, hint).with(vec![rest]);
            Ok(Looked { region, findings: vec![credentials], refused: Some(error) })
        }
    }
}

impl Looked {
    fn outcome(self) -> Result<Exit, Error> {
        if let Some(error) = self.refused {
            return Err(error);
        }
        match self.findings.iter().flat_map(Finding::all).filter(|finding| finding.wrong().is_some()).count() {
            0 => Ok(Exit::Done),
            1 => Err(Error::failed("1 thing that the config refers to is not as it needs it").hint(MEND)),
            count => {
                let message = format!("{count} things that the config refers to are not as it needs them");
                Err(Error::failed(message).hint(MEND))
            }
        }
    }
}

const MEND: &str = "each FAULT above says what to do";

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
