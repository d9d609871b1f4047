//! The commands, one file each.

mod apply;
mod carry_out;
mod check;
mod destroy;
mod diff;
mod init;
mod permissions;
mod questions;
mod schema;

use crate::aws::{self, Aws};
use crate::cli::{Cli, Command, Common, Selection};
use crate::config::{self, Config, listed, nearest};
use crate::error::{Error, Exit};
use crate::report::{self, Human, Json, Loudness, Report};
use crate::session::{Aim, Session};

/// Runs the command that the user asked for.
///
/// # Errors
/// Whatever keeps it from being done.
pub async fn run(cli: Cli) -> Result<Exit, Error> {
    match cli.command {
        Command::Check(args) => check::run(args).await,
        Command::Diff(args) => diff::run(args).await,
        Command::Apply(args) => apply::run(args).await,
        Command::Destroy(args) => destroy::run(args).await,
        Command::Init(args) => init::run(args).await,
        Command::Permissions(args) => permissions::run(args).await,
        Command::Schema => Ok(schema::run()),
    }
}

/// The options that all commands with a config have.
pub fn common(cli: &Cli) -> Option<&Common> {
    Some(match &cli.command {
        Command::Check(args) => &args.common,
        Command::Diff(args) => &args.common,
        Command::Apply(args) => &args.common,
        Command::Destroy(args) => &args.common,
        Command::Permissions(args) => &args.common,
        Command::Init(_) | Command::Schema => return None,
    })
}

/// Reads the config and opens a session with AWS.
async fn open(common: &Common) -> Result<Session, Error> {
    let config = config::load(&common.config, common.env.as_deref())?;
    connect(config, common).await
}

/// Opens a session, and says so when it is not with AWS.
async fn connect(config: Config, common: &Common) -> Result<Session, Error> {
    let aws = clients(&config, common).await?;
    Session::open(config, aws).await
}

/// Clients for the config's region. Says so when they don't talk to AWS.
async fn clients(config: &Config, common: &Common) -> Result<Aws, Error> {
    report::never_tell(&config.secrets);
    if !common.quiet {
        report::warnings(config);
    }
    reach(config.region.as_deref()).await
}

/// Clients for a region. Says so when they don't talk to AWS.
async fn reach(region: Option<&str>) -> Result<Aws, Error> {
    let aws = aws::connect(region).await?;
    if let Some(endpoint) = &aws.endpoint {
        let set = "an endpoint is set (AWS_ENDPOINT_URL or the profile's endpoint_url)";
        report::note(&format!("{set}: this talks to {endpoint}, not to AWS"));
    }
    Ok(aws)
}

/// What the plan is for. Jobs that `--job` names must be in the config.
fn aim(selection: &Selection, config: &Config) -> Result<Aim, Error> {
    let names = || config.jobs.iter().map(|job| job.name.as_str());
    for job in &selection.jobs {
        if config.job(job).is_none() {
            let hint = match nearest(job, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the jobs are {}", listed(names())),
            };
            return Err(Error::config(format!("there is no job `{job}` in {}", config.path.display())).hint(hint));
        }
    }
    let Selection { adopt, stop_running, .. } = *selection;
    Ok(Aim { jobs: selection.jobs.iter().cloned().collect(), adopt, stop_running, ..Aim::default() })
}

/// Who reads what the command has to say. A person who is asked about a plan sees it.
fn reporter(common: &Common, applies: bool, asks: bool) -> Box<dyn Report> {
    let shown = !common.quiet || (asks && report::is_interactive());
    let loudness = if shown { Loudness::Normal } else { Loudness::Quiet };
    if common.json { Box::new(Json::new(applies, loudness)) } else { Box::new(Human::new(loudness)) }
}
