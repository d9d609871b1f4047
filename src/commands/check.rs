//! `provision check`: every fault of the config, and what it means. Asks AWS nothing, unless it is told to.

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
    let config = understood(common)?;
    let shown = common.json || !common.quiet;
    if !args.aws || !config.unsupported.list.is_empty() {
        if !common.quiet {
            report::warnings(&config);
        }
        if shown {
            report::checked(&config, Timestamp::now(), None, common.json);
        }
        return if config.unsupported.list.is_empty() {
            Ok(Exit::Done)
        } else {
            Err(Error::Faults(config.unsupported))
        };
    }
    let look = look(config.clone(), common).await?;
    if shown {
        report::checked(&config, Timestamp::now(), Some(&look), common.json);
    }
    look.outcome()
}

/// The config, when it means something in every environment: faults that only show in one count too, each once. So does
/// what is not supported yet.
fn understood(common: &Common) -> Result<Config, Error> {
    let path = &common.config;
    let base = config::understand(path, common.env.as_deref());
    if common.env.is_some() {
        return base;
    }
    let mut all = Faults::default();
    let mut sound = None;
    let environments = config::environments_of(path)?;
    let others = environments.iter().map(|name| config::understand(path, Some(name)));
    for config in std::iter::once(base).chain(others) {
        match config {
            Ok(config) => {
                all.list.extend(config.unsupported.list.clone());
                sound.get_or_insert(config);
            }
            Err(Error::Faults(faults)) => all.list.extend(faults.list),
            Err(error) => return Err(error),
        }
    }
    all.settle();
    match sound {
        Some(config) if !all.are_wrong() => Ok(Config { unsupported: all, ..config }),
        _ => Err(Error::Faults(all)),
    }
}

/// Looks at all that the config refers to. Credentials that don't hold leave the rest unseen.
async fn look(config: Config, common: &Common) -> Result<Looked, Error> {
    let aws = super::clients(&config, common).await?;
    if let Some(endpoint) = aws.query.elsewhere().filter(|here| aws.endpoint.as_ref() != Some(here)) {
        report::note(&format!("EC2, SNS and SQS have an endpoint of their own: this asks {endpoint}, not AWS"));
    }
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
