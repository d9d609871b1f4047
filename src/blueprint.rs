//! What the config asks for once the facts are known: each job with its definition and its permissions worked out.

use std::collections::BTreeSet;

use crate::asl::{self, Definition};
use crate::config::{Config, Job, RoleChoice, Work};
use crate::error::Error;
use crate::facts::Facts;
use crate::iam::{Policy, execution_policy, needs};
use crate::scope::Scope;

/// All that the desired resources are made from.
#[derive(Debug)]
pub struct Blueprint<'a> {
    /// The config.
    pub config: &'a Config,
    /// The app's place.
    pub scope: &'a Scope,
    /// The jobs that are asked for, in the config's order.
    pub jobs: Vec<JobPlan<'a>>,
}

/// One job, worked out.
#[derive(Debug)]
pub struct JobPlan<'a> {
    /// The job.
    pub job: &'a Job,
    /// What its state machine does.
    pub definition: Definition,
    /// What its state machine may do; none when the job brings its own role.
    pub policy: Option<Policy>,
}

impl<'a> Blueprint<'a> {
    /// Works out the jobs that `selected` names, all when it names none.
    ///
    /// # Errors
    /// When a task definition and the config do not fit.
    pub fn new(
        config: &'a Config,
        scope: &'a Scope,
        facts: &Facts,
        selected: &BTreeSet<String>,
    ) -> Result<Self, Error> {
        let jobs = config.jobs.iter().filter(|job| selected.is_empty() || selected.contains(&job.name));
        let jobs = jobs.map(|job| job_plan(config, job, scope, facts)).collect::<Result<_, _>>()?;
        Ok(Self { config, scope, jobs })
    }

    /// A blueprint that asks for nothing.
    pub fn empty(config: &'a Config, scope: &'a Scope) -> Self {
        Self { config, scope, jobs: Vec::new() }
    }
}

fn job_plan<'a>(config: &Config, job: &'a Job, scope: &Scope, facts: &Facts) -> Result<JobPlan<'a>, Error> {
    let definition = match &job.work {
        Work::Definition { text, .. } => Definition::new(text.as_str()),
        Work::Task(task) => {
            let container = facts.container(config, &job.name).map_err(|why| {
                let hint = format!("set `container` under [ecs] or [job.{}.ecs]", job.name);
                Error::failed(format!("job `{}` does not fit its task definition", job.name)).caused_by(why).hint(hint)
            })?;
            Definition::from_value(&asl::generate(job.description.as_deref(), task, container, scope))
        }
    };
    let policy = match &job.roles.execution {
        RoleChoice::Given(_) => None,
        RoleChoice::Made(_) => {
            let value = definition.value();
            let needs = needs(&value).map_err(|unknown| {
                Error::config(format!("the permissions of job `{}` can't be worked out", job.name))
                    .caused_by(unknown.join("; "))
            })?;
            let logs = job.logs.level != "OFF";
            Some(execution_policy(&needs, &job.machine, (logs, job.tracing), scope, facts))
        }
    };
    Ok(JobPlan { job, definition, policy })
}
