//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::config::seconds;
use crate::iam::Purpose;

/// Keeps scheduled ECS jobs running on AWS: one TOML file in, direct API calls out.
#[derive(Debug, Parser)]
#[command(name = "provision", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find every fault of the config, and say what it means; offline, unless --aws
    Check(Check),
    /// Show what apply would do
    Diff(Diff),
    /// Make AWS what the config says
    Apply(Apply),
    /// Remove all that the app owns
    Destroy(Destroy),
    /// Write a first config; asks on a terminal for what no flag says
    Init(Init),
    /// Print the least IAM policy that apply, diff or destroy of this config takes; offline
    Permissions(Permissions),
    /// Print the JSON Schema of the config, for editors
    Schema,
}

/// What every command takes.
#[derive(Args, Debug)]
pub struct Common {
    /// The config
    #[arg(value_name = "CONFIG", default_value = "config.toml")]
    pub config: PathBuf,
    /// The environment whose `[env.NAME]` is laid over the rest
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print errors only
    #[arg(long, short)]
    pub quiet: bool,
    /// Log what is written and what goes wrong, to stderr
    #[arg(long, short, action = ArgAction::Count)]
    pub verbose: u8,
}

/// How long carrying out a plan may take.
#[derive(Args, Clone, Copy, Debug)]
pub struct Patience {
    /// Give up after this long, such as `90s` or `1h`; what is under way is finished
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    pub timeout: Duration,
}

fn duration(text: &str) -> Result<Duration, String> {
    seconds(text).map(|seconds| Duration::from_secs(seconds.into()))
}

/// Which part of the app.
#[derive(Args, Debug)]
pub struct Selection {
    /// Only this job; repeatable. Nothing of any other job is touched
    #[arg(long = "job", value_name = "NAME")]
    pub jobs: Vec<String>,
    /// Take over resources of our names that carry no `provision:app` tag
    #[arg(long)]
    pub adopt: bool,
    /// End the runs of removed jobs that still go on, and their tasks, instead of waiting for them
    #[arg(long)]
    pub stop_running: bool,
}

/// `provision check`
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub common: Common,
    /// Also look at what the config refers to, reading only
    #[arg(long)]
    pub aws: bool,
}

/// `provision diff`
#[derive(Args, Debug)]
pub struct Diff {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub common: Common,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub selection: Selection,
    /// End with status 2 when there is a difference
    #[arg(long)]
    pub exit_code: bool,
    /// Save the plan, for `apply --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `provision apply`
#[derive(Args, Debug)]
pub struct Apply {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub common: Common,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub selection: Selection,
    /// Do exactly this plan, which `diff --out` saved, or refuse. Asks nothing
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Do not ask; off a terminal, allow deletions
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub patience: Patience,
}

/// `provision destroy`
#[derive(Args, Debug)]
pub struct Destroy {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub common: Common,
    /// Do not ask; off a terminal, allow deletions
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub patience: Patience,
    /// Leave the log groups and what is in them
    #[arg(long)]
    pub keep_logs: bool,
    /// End the runs that still go on, and their tasks, instead of waiting for them
    #[arg(long)]
    pub stop_running: bool,
}

/// `provision init`
#[derive(Args, Debug)]
pub struct Init {
    /// The file to write; one that is there stays as it is
    #[arg(value_name = "CONFIG", default_value = "config.toml")]
    pub config: PathBuf,
    /// The app's name
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// The AWS region
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The ECS cluster
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,
    /// The task definition
    #[arg(long, value_name = "FAMILY")]
    pub task_definition: Option<String>,
    /// The container that gets the command, where there are several
    #[arg(long, value_name = "NAME")]
    pub container: Option<String>,
    /// A subnet; repeatable
    #[arg(long = "subnet", value_name = "ID")]
    pub subnets: Vec<String>,
    /// A security group; repeatable
    #[arg(long = "security-group", value_name = "ID")]
    pub security_groups: Vec<String>,
    /// Give the task a public address
    #[arg(long)]
    pub assign_public_ip: bool,
    /// Offer what the account has: clusters, task definitions, networks of services; reads only
    #[arg(long)]
    pub aws: bool,
    /// The service whose network the job gets
    #[arg(long, value_name = "NAME", requires = "aws", conflicts_with = "subnets")]
    pub service: Option<String>,
    /// The first job's name
    #[arg(long, value_name = "NAME")]
    pub job: Option<String>,
    /// Its schedule
    #[arg(long, value_name = "EXPRESSION")]
    pub schedule: Option<String>,
    /// Its command
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// `provision permissions`
#[derive(Args, Debug)]
pub struct Permissions {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap shows a flattened struct's docs as the command's")]
    pub common: Common,
    /// What is to be allowed; a diff only reads
    #[arg(
        long = "for",
        value_name = "apply|diff|destroy",
        value_enum,
        hide_possible_values = true,
        default_value = "apply"
    )]
    pub purpose: Purpose,
    /// The AWS account, where the config names none
    #[arg(long, value_name = "ID", value_parser = account)]
    pub account: Option<String>,
    /// Print the trust policy of a role for this repository's GitHub workflows instead
    #[arg(long, value_name = "OWNER/REPO", value_parser = repository)]
    pub github: Option<String>,
    /// The branch that they run on; without it main, and for a diff pull requests
    #[arg(long, value_name = "NAME", requires = "github", value_parser = branch)]
    pub branch: Option<String>,
}

fn account(text: &str) -> Result<String, String> {
    let number = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| text.to_owned()).ok_or_else(|| "an account is twelve digits".into())
}

fn repository(text: &str) -> Result<String, String> {
    let named = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let whole = text.split_once('/').is_some_and(|(owner, name)| named(owner) && named(name));
    whole.then(|| text.to_owned()).ok_or_else(|| "a repository is OWNER/REPO".into())
}

fn branch(text: &str) -> Result<String, String> {
    let wild = text.is_empty() || text.chars().any(|c| c.is_whitespace() || "*?[^~:\\".contains(c));
    if wild { Err("a branch is one name, such as `main`".into()) } else { Ok(text.to_owned()) }
}
