//! The config: TOML text in, jobs with their defaults filled out, or every fault at once.

mod conceal;
mod duration;
mod fault;
mod interpolate;
mod load;
mod names;
mod notices;
mod overlay;
mod raw;
mod section;
mod time;
mod validate;
mod when;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::scope::{SHARED, Scope};

pub use duration::parse as seconds;
pub use fault::{Fault, Faults, Source, listed, nearest};
pub use load::{environments_of, load, parse, understand};
pub use notices::{Alarm, Notify, Overlap};
pub use when::{DeliveryRetry, Schedule, Scheduler};

/// Everything one config file asks for, with defaults filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// The environment that was asked for.
    pub environment: Option<String>,
    /// Names and tags everything.
    pub app: String,
    /// The only region allowed; AWS's own chain decides where it is left out.
    pub region: Option<String>,
    /// The only account allowed.
    pub account: Option<String>,
    /// On everything that can carry tags.
    pub tags: BTreeMap<String, String>,
    /// Whether nothing of the app may be deleted.
    pub protect: bool,
    /// By name.
    pub jobs: Vec<Job>,
    /// What is allowed, but better said: each a line for the user.
    pub warnings: Vec<String>,
    /// Values from the environment in commands, inputs and containers' environments: nobody else is to see them.
    pub secrets: Vec<String>,
    /// What it says and this release can't build: nothing is, as long as there is any.
    pub unsupported: Faults,
}

/// One state machine with its schedules, log group and roles.
#[derive(Clone, Debug)]
pub struct Job {
    /// The key under `[job]`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The state machine's name.
    pub machine: String,
    /// What the state machine does.
    pub work: Work,
    /// When it runs.
    pub schedules: Vec<Schedule>,
    /// Where it logs.
    pub logs: Logs,
    /// Whose permissions it has.
    pub roles: Roles,
    /// Whether X-Ray traces it.
    pub tracing: bool,
    /// Whether nothing of the job may be deleted; also when the whole app says so.
    pub protect: bool,
    /// What happens when the last run still goes.
    pub overlap: Overlap,
    /// Who hears how a run ended.
    pub notify: Notify,
    /// What the job's alarms watch.
    pub alarm: Option<Alarm>,
}

/// What a state machine does.
#[derive(Clone, Debug)]
pub enum Work {
    /// A generated state machine that runs one ECS task.
    Task(Box<Task>),
    /// The user's own Amazon States Language.
    Definition {
        /// As it is deployed, substitutions made.
        text: String,
        /// What was substituted.
        values: Vec<String>,
    },
}

/// One ECS task, run to its end.
#[derive(Clone, Debug)]
pub struct Task {
    /// What runs when the execution's input names no command. None: there must be an input. Empty: the image's own.
    pub command: Option<Vec<String>>,
    /// Of one attempt, in seconds.
    pub timeout: u32,
    /// Of the whole execution, in seconds.
    pub deadline: Option<u32>,
    /// What happens after a failed attempt.
    pub retry: Option<Retry>,
    /// Added to the container's environment.
    pub environment: BTreeMap<String, String>,
    /// Where it runs.
    pub ecs: Ecs,
}

/// A retry of a failed task, as Step Functions does it.
#[derive(Clone, Debug)]
pub struct Retry {
    /// Attempts after the first.
    pub attempts: u32,
    /// Seconds before the first of them.
    pub interval: u32,
    /// The interval grows by this factor.
    pub backoff: f64,
    /// Seconds the interval never passes.
    pub max_interval: Option<u32>,
    /// Whether the interval is drawn at random below its length.
    pub jitter: bool,
}

/// Where a task runs: the parameters of ECS `RunTask`.
#[derive(Clone, Debug)]
pub struct Ecs {
    /// Name or ARN.
    pub cluster: String,
    /// Family, `family:revision` or ARN.
    pub task_definition: String,
    /// May be left out when the task definition has exactly one.
    pub container: Option<String>,
    /// For `awsvpc` networking, which Fargate always has.
    pub subnets: Vec<String>,
    /// Of the task's network interface.
    pub security_groups: Vec<String>,
    /// Whether the task gets a public address.
    pub assign_public_ip: bool,
    /// What it runs on.
    pub launch: Launch,
    /// Of Fargate, such as `1.4.0`.
    pub platform_version: Option<String>,
    /// `TASK_DEFINITION` or `NONE`.
    pub propagate_tags: Option<String>,
    /// Whether ECS Exec may enter the container.
    pub enable_execute_command: bool,
    /// CPU units of the task, instead of the task definition's.
    pub cpu: Option<String>,
    /// Memory of the task in MiB, instead of the task definition's.
    pub memory: Option<String>,
    /// ARN, instead of the task definition's.
    pub task_role: Option<String>,
    /// ARN, instead of the task definition's.
    pub execution_role: Option<String>,
}

/// What a task runs on.
#[derive(Clone, Debug)]
pub enum Launch {
    /// `FARGATE`, `EC2` or `EXTERNAL`.
    Type(String),
    /// In the order they are named.
    CapacityProviders(Vec<CapacityProvider>),
}

/// One item of a capacity provider strategy.
#[derive(Clone, Debug)]
pub struct CapacityProvider {
    /// Such as `FARGATE_SPOT`.
    pub name: String,
    /// Its share of tasks.
    pub weight: Option<i32>,
    /// Tasks it gets before the weights count.
    pub base: Option<i32>,
}

/// A state machine's log group and what goes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logs {
    /// The log group's name.
    pub group: String,
    /// None: for ever.
    pub retention_days: Option<i32>,
    /// `ALL`, `ERROR`, `FATAL` or `OFF`.
    pub level: String,
    /// Whether input and output of states are logged too.
    pub include_execution_data: bool,
}

/// Whose permissions a job has.
#[derive(Clone, Debug)]
pub struct Roles {
    /// The state machine's.
    pub execution: RoleChoice,
    /// EventBridge's, to start the state machine.
    pub trigger: RoleChoice,
    /// The ARN of a policy that bounds every role that is made.
    pub permissions_boundary: Option<String>,
}

/// A role that is made, or one that is given.
#[derive(Clone, Debug)]
pub enum RoleChoice {
    /// Made and kept by us, under this name.
    Made(String),
    /// The user's own, by ARN: used as it is and never changed.
    Given(String),
}

impl Config {
    /// The path of the roles we make.
    pub fn role_path(&self) -> String {
        Scope::role_path(&self.app)
    }

    /// Whether nothing that carries this job's tag may be deleted.
    pub fn protects(&self, job: &str) -> bool {
        let mut jobs = self.jobs.iter().filter(|one| job == SHARED || one.name == job);
        self.protect || jobs.any(|job| job.protect)
    }

    /// The job of that name.
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }
}
