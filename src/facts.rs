//! What the desired resources depend on and we don't manage: task definitions and clusters.

use std::collections::BTreeMap;

use crate::arn::Arn;
use crate::config::{Config, Work, listed};
use crate::finding::{Finding, needed_by};
use crate::references::{Containers, Run, jobs_of};
use crate::scope::Scope;

/// What was found out about things that we don't manage.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// By the reference that the config or the definition uses. What is not here is not there.
    pub clusters: BTreeMap<String, Cluster>,
    /// The active ones, by the reference that the config or the definition uses.
    pub task_definitions: BTreeMap<String, TaskDefinition>,
}

/// A cluster, as far as it matters here. Source: Amazon ECS API, `Cluster`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// `ACTIVE`, or why it can't run anything.
    pub status: String,
    /// None: the endpoint does not tell.
    pub capacity_providers: Option<Vec<String>>,
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
    /// The launch types that it can run on. None: the endpoint does not tell.
    pub compatibilities: Option<Vec<String>>,
    /// `awsvpc`, `bridge`, `host` or `none`, where it is told.
    pub network_mode: Option<String>,
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

impl Facts {
    /// The container that `job`'s command goes to. An error names the task definition's containers.
    pub fn container<'a>(&'a self, config: &'a Config, job: &str) -> Result<&'a str, String> {
        let Some(Work::Task(task)) = config.job(job).map(|job| &job.work) else { return Ok("") };
        let reference = &task.ecs.task_definition;
        let found = self.task_definitions.get(reference).ok_or("its task definition is not known")?;
        match &task.ecs.container {
            Some(named) => found.has(named, reference).map(|()| named.as_str()),
            None => found.only_container(reference),
        }
    }
}

/// What to do about a cluster that is not there.
const MAKE_CLUSTER: &str = "make the cluster first, or correct `cluster`: `aws ecs list-clusters`";
/// What to do about a task definition that is not there.
const REGISTER: &str =
    "register it first, or correct `task_definition`: `aws ecs list-task-definition-families --status ACTIVE`";

/// Whether these runs find their cluster.
pub fn judge_cluster(name: &str, runs: &[&Run], facts: &Facts) -> Finding {
    let subject = format!("cluster `{name}`");
    let need = needed_by(&jobs_of(runs));
    match facts.clusters.get(name) {
        None => Finding::fault(subject, format!("there is no cluster `{name}`, which {need}"), MAKE_CLUSTER),
        Some(Cluster { status, .. }) if status != "ACTIVE" => {
            Finding::fault(subject, format!("the cluster `{name}`, which {need}, is {status}"), MAKE_CLUSTER)
        }
        Some(cluster) => {
            let mut wanted: Vec<&String> = runs.iter().flat_map(|run| &run.capacity_providers).collect();
            wanted.sort_unstable();
            wanted.dedup();
            let parts = wanted.into_iter().map(|provider| judge_provider(provider, name, cluster)).collect();
            Finding::ok(subject, "ACTIVE").with(parts)
        }
    }
}

/// Source: Amazon ECS API, `RunTask`: a capacity provider must be associated with the cluster.
fn judge_provider(provider: &String, cluster: &str, found: &Cluster) -> Finding {
    let subject = format!("capacity provider `{provider}`");
    match &found.capacity_providers {
        None => Finding::skipped(subject, "this endpoint does not tell a cluster's capacity providers"),
        Some(all) if all.contains(provider) => Finding::ok(subject, ""),
        Some(all) => {
            let has = if all.is_empty() { "none".to_owned() } else { listed(all.iter().map(String::as_str)) };
            let message = format!("the cluster `{cluster}` has no capacity provider `{provider}`; it has {has}");
            let hint = format!("associate it: `aws ecs put-cluster-capacity-providers --cluster {cluster} …`");
            Finding::fault(subject, message, hint)
        }
    }
}

/// Whether these runs find a task definition that fits them.
pub fn judge_task_definition(name: &str, runs: &[&Run], facts: &Facts) -> Finding {
    let subject = format!("task definition `{name}`");
    let Some(found) = facts.task_definitions.get(name) else {
        let need = needed_by(&jobs_of(runs));
        let message = format!("there is no active task definition `{name}`, which {need}");
        return Finding::fault(subject, message, REGISTER);
    };
    let mut parts = Vec::new();
    for run in runs {
        let wrong = found.misfit(run).map(|message| Finding::fault(format!("job `{}`", run.job), message, FIT));
        parts.extend(wrong);
        let addressed = match &run.containers {
            Containers::Named(names) => names.iter().try_for_each(|container| found.has(container, name)),
            Containers::Only => found.only_container(name).map(drop),
        };
        if let Err(message) = addressed {
            let hint =
                format!("set `container` under [ecs] or [job.{}.ecs], or correct `Name` in the definition", run.job);
            parts.push(Finding::fault(format!("job `{}`", run.job), message, hint));
        }
    }
    Finding::ok(subject, format!("ACTIVE, with {}", listed(found.containers.iter().map(String::as_str)))).with(parts)
}

/// What to do about a task definition that does not fit its job.
pub const FIT: &str = "register a revision that fits, or change `launch_type` or `subnets` under [ecs]";

impl TaskDefinition {
    fn has(&self, container: &str, reference: &str) -> Result<(), String> {
        if self.containers.iter().any(|one| one == container) {
            return Ok(());
        }
        let names = listed(self.containers.iter().map(String::as_str));
        Err(format!("task definition `{reference}` has no container `{container}`, but {names}"))
    }

    fn only_container(&self, reference: &str) -> Result<&str, String> {
        match self.containers.as_slice() {
            [only] => Ok(only),
            several => {
                let names = listed(several.iter().map(String::as_str));
                Err(format!("task definition `{reference}` has several containers: {names}"))
            }
        }
    }

    /// Why ECS would refuse to run it like this. Source: Amazon ECS API, `RunTask` (`launchType`,
    /// `networkConfiguration`) and `TaskDefinition` (`compatibilities`).
    pub fn misfit(&self, run: &Run) -> Option<String> {
        let name = &run.task_definition;
        let on_fargate = |provider: &String| provider.starts_with("FARGATE");
        let launch = match &run.launch_type {
            Some(launch_type) => Some(launch_type.as_str()),
            None if !run.capacity_providers.is_empty() && run.capacity_providers.iter().all(on_fargate) => {
                Some("FARGATE")
            }
            None => None,
        };
        if let (Some(all), Some(launch)) = (&self.compatibilities, launch)
            && !all.iter().any(|one| one == launch)
        {
            let runs_on = listed(all.iter().map(String::as_str));
            return Some(format!("task definition `{name}` does not run on {launch}, but on {runs_on}"));
        }
        // Fargate's is always awsvpc.
        match (self.network_mode.as_deref().filter(|_| launch != Some("FARGATE")), &run.network) {
            (Some("awsvpc"), None) => {
                Some(format!("task definition `{name}` has the network mode awsvpc, and no subnets are named"))
            }
            (Some(mode @ ("bridge" | "host" | "none")), Some(_)) => {
                Some(format!("task definition `{name}` has the network mode {mode}, which takes no subnets"))
            }
            _ => None,
        }
    }
}
