//! What the desired resources depend on and we don't manage: task definitions and clusters.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::Arn;
use crate::config::{Config, Job, RoleChoice, Work};
use crate::iam::{Need, needs};
use crate::scope::Scope;

/// What was found out about things that we don't manage.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// By the reference that the config or the definition uses.
    pub task_definitions: BTreeMap<String, TaskDefinition>,
}

/// A task definition, as far as it matters here. Source: Amazon ECS API, `TaskDefinition`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskDefinition {
    /// The role of the containers.
    pub task_role: Option<String>,
    /// The role that pulls the image and writes the logs.
    pub execution_role: Option<String>,
    /// The containers' names.
    pub containers: Vec<String>,
}

/// Which task definition is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskDefinitionRef<'a> {
    /// The family's name.
    pub family: &'a str,
    /// None: whichever is the latest.
    pub revision: Option<&'a str>,
    arn: Option<Arn<'a>>,
}

impl<'a> TaskDefinitionRef<'a> {
    /// Takes apart a family, `family:revision` or ARN.
    pub fn parse(text: &'a str) -> Self {
        let arn = Arn::parse(text);
        let named = Arn::of(text, "ecs", "task-definition/").unwrap_or(text);
        match named.split_once(':') {
            Some((family, revision)) => Self { family, revision: Some(revision), arn },
            None => Self { family: named, revision: None, arn },
        }
    }

    /// Whether ECS could know a task definition of this name.
    pub fn is_valid(&self) -> bool {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let family = (1..=255).contains(&self.family.len()) && self.family.chars().all(allowed);
        family && self.revision.is_none_or(|revision| revision.parse::<u32>().is_ok())
    }

    /// The resources of `ecs:RunTask` in a policy.
    pub fn resources(&self, scope: &Scope) -> Vec<String> {
        let arn = |revision: &str| {
            let resource = format!("task-definition/{}{revision}", self.family);
            match &self.arn {
                Some(Arn { partition, region, account, .. }) => {
                    format!("arn:{partition}:ecs:{region}:{account}:{resource}")
                }
                None => scope.arn("ecs", &resource),
            }
        };
        match self.revision {
            Some(revision) => vec![arn(&format!(":{revision}"))],
            None => vec![arn(""), arn(":*")],
        }
    }
}

/// What must be asked of ECS before anything can be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// Each with the jobs that ask.
    pub task_definitions: BTreeMap<String, BTreeSet<String>>,
    /// Names or ARNs, each with the jobs that ask.
    pub clusters: BTreeMap<String, BTreeSet<String>>,
}

/// What the jobs depend on. A job that brings its own definition and role depends on nothing that we need to know.
pub fn questions<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Questions {
    let mut questions = Questions::default();
    let mut ask = |task_definition: &str, cluster: &str, job: &Job| {
        questions.task_definitions.entry(task_definition.to_owned()).or_default().insert(job.name.clone());
        questions.clusters.entry(cluster.to_owned()).or_default().insert(job.name.clone());
    };
    for job in jobs {
        match &job.work {
            Work::Task(task) => ask(&task.ecs.task_definition, &task.ecs.cluster, job),
            Work::Definition(_) if matches!(job.roles.execution, RoleChoice::Given(_)) => {}
            Work::Definition(text) => {
                let definition = serde_json::from_str(text).unwrap_or_default();
                for need in needs(&definition).unwrap_or_default() {
                    if let Need::RunTask(run) = need {
                        ask(run.task_definition, run.cluster, job);
                    }
                }
            }
        }
    }
    questions
}

impl Facts {
    /// The container that `job`'s command goes to. An error names the task definition's containers.
    pub fn container<'a>(&'a self, config: &'a Config, job: &str) -> Result<&'a str, String> {
        let Some(Work::Task(task)) = config.job(job).map(|job| &job.work) else { return Ok("") };
        let reference = &task.ecs.task_definition;
        let containers = self.task_definitions.get(reference).map_or(&[][..], |known| &known.containers);
        let names = || crate::config::listed(containers.iter().map(String::as_str));
        match (&task.ecs.container, containers) {
            (Some(named), _) if containers.contains(named) => Ok(named),
            (Some(named), _) => {
                Err(format!("task definition `{reference}` has no container `{named}`, but {}", names()))
            }
            (None, [only]) => Ok(only),
            (None, _) => Err(format!("task definition `{reference}` has several containers: {}", names())),
        }
    }
}
