//! What a config refers to and we do not manage: all that must be there for its jobs to run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::arn::Arn;
use crate::asl::fixed;
use crate::config::{Config, Ecs, Job, Launch, RoleChoice, Work};
use crate::iam::{Need, RunTask, known_needs};

/// The names of the jobs that refer to something.
pub type Jobs = BTreeSet<String>;

/// What the jobs refer to, each with the jobs that do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Every task that a job runs.
    pub runs: Vec<Run>,
    /// ARNs of roles, each with the service that must be able to assume it.
    pub roles: BTreeMap<(String, &'static str), Jobs>,
    /// ARNs of policies.
    pub boundaries: BTreeMap<String, Jobs>,
    /// ARNs.
    pub topics: BTreeMap<String, Jobs>,
    /// By region (none: the app's own), account and name.
    pub queues: BTreeMap<(Option<String>, String, String), Jobs>,
}

/// One task that a job runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The job.
    pub job: String,
    /// Name or ARN.
    pub cluster: String,
    /// Family, `family:revision` or ARN.
    pub task_definition: String,
    /// `FARGATE`, `EC2` or `EXTERNAL`; none when only capacity providers tell.
    pub launch_type: Option<String>,
    /// In the order they are named.
    pub capacity_providers: Vec<String>,
    /// None: the task definition's own network.
    pub network: Option<Network>,
    /// Which containers it says something to.
    pub containers: Containers,
}

/// The containers that a job says something to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Containers {
    /// These.
    Named(Vec<String>),
    /// The only one that there is.
    Only,
}

/// Where a task's network interface is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    /// Their ids.
    pub subnets: Vec<String>,
    /// Their ids.
    pub security_groups: Vec<String>,
}

impl References {
    /// Of these jobs.
    pub fn of<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Self {
        let mut all = Self::default();
        for job in jobs {
            all.work(job);
            all.roles(job);
            for queue in job.schedules.iter().filter_map(|schedule| schedule.dead_letter.as_deref()) {
                if let Some(arn) = Arn::parse(queue) {
                    all.queue(job, Some(arn.region), arn.account, arn.resource);
                }
            }
        }
        all
    }

    /// Of those jobs whose resources can't be worked out without knowing it. A job that brings its own definition and
    /// its own role needs nothing of that kind.
    pub fn that_decide(config: &Config, wanted: impl Fn(&str) -> bool) -> Self {
        let brings_all =
            |job: &Job| matches!((&job.work, &job.roles.execution), (Work::Definition { .. }, RoleChoice::Given(_)));
        Self::of(config.jobs.iter().filter(|job| wanted(&job.name) && !brings_all(job)))
    }

    /// Names or ARNs of clusters.
    pub fn clusters(&self) -> BTreeMap<&str, Vec<&Run>> {
        grouped(self.runs.iter().map(|run| (run.cluster.as_str(), run)))
    }

    /// Families or ARNs of task definitions.
    pub fn task_definitions(&self) -> BTreeMap<&str, Vec<&Run>> {
        grouped(self.runs.iter().map(|run| (run.task_definition.as_str(), run)))
    }

    /// Networks.
    pub fn networks(&self) -> BTreeMap<&Network, Vec<&Run>> {
        grouped(self.runs.iter().filter_map(|run| Some((run.network.as_ref()?, run))))
    }

    fn work(&mut self, job: &Job) {
        let text = match &job.work {
            Work::Task(task) => return self.runs.push(Run::of_task(job, &task.ecs)),
            Work::Definition { text, .. } => text,
        };
        let definition: Value = serde_json::from_str(text).unwrap_or_default();
        for need in known_needs(&definition) {
            match need {
                Need::RunTask(run) => self.runs.push(Run::of_call(job, &run)),
                Need::Publish(topic) => {
                    self.topics.entry(topic.to_owned()).or_default().insert(job.name.clone());
                }
                Need::Send(queue) => self.queue(job, queue.region, queue.account, queue.name),
                Need::Invoke(_) | Need::Start(..) | Need::Assume(_) | Need::RunMap => {}
            }
        }
    }

    fn roles(&mut self, job: &Job) {
        let uses = [(&job.roles.execution, "states.amazonaws.com"), (&job.roles.trigger, "events.amazonaws.com")];
        for (role, service) in uses {
            if let RoleChoice::Given(arn) = role {
                self.roles.entry((arn.clone(), service)).or_default().insert(job.name.clone());
            }
        }
        if let Some(policy) = &job.roles.permissions_boundary {
            self.boundaries.entry(policy.clone()).or_default().insert(job.name.clone());
        }
    }

    fn queue(&mut self, job: &Job, region: Option<&str>, account: &str, name: &str) {
        let queue = (region.map(str::to_owned), account.to_owned(), name.to_owned());
        self.queues.entry(queue).or_default().insert(job.name.clone());
    }
}

impl Run {
    fn of_task(job: &Job, ecs: &Ecs) -> Self {
        let (launch_type, capacity_providers) = match &ecs.launch {
            Launch::Type(launch_type) => (Some(launch_type.clone()), Vec::new()),
            Launch::CapacityProviders(all) => (None, all.iter().map(|provider| provider.name.clone()).collect()),
        };
        Self {
            job: job.name.clone(),
            cluster: ecs.cluster.clone(),
            task_definition: ecs.task_definition.clone(),
            launch_type,
            capacity_providers,
            network: Network::new(&ecs.subnets, &ecs.security_groups),
            containers: match &ecs.container {
                Some(name) => Containers::Named(vec![name.clone()]),
                None => Containers::Only,
            },
        }
    }

    /// As far as the definition fixes it.
    fn of_call(job: &Job, call: &RunTask<'_>) -> Self {
        let list = |path: &str, key: Option<&str>| -> Vec<String> {
            let items = call.parameters.pointer(path).and_then(Value::as_array).into_iter().flatten();
            let texts = items.filter_map(|item| key.map_or(item, |key| &item[key]).as_str());
            texts.filter(|text| !text.starts_with("{%")).map(str::to_owned).collect()
        };
        let network = "/NetworkConfiguration/AwsvpcConfiguration";
        Self {
            job: job.name.clone(),
            cluster: call.cluster.to_owned(),
            task_definition: call.task_definition.to_owned(),
            launch_type: fixed(call.parameters, &["LaunchType"]).ok().flatten().map(str::to_owned),
            capacity_providers: list("/CapacityProviderStrategy", Some("CapacityProvider")),
            network: Network::new(
                &list(&format!("{network}/Subnets"), None),
                &list(&format!("{network}/SecurityGroups"), None),
            ),
            containers: Containers::Named(list("/Overrides/ContainerOverrides", Some("Name"))),
        }
    }
}

impl Network {
    fn new(subnets: &[String], security_groups: &[String]) -> Option<Self> {
        let network = Self { subnets: subnets.to_vec(), security_groups: security_groups.to_vec() };
        (!subnets.is_empty()).then_some(network)
    }
}

fn grouped<'a, K: Ord>(items: impl Iterator<Item = (K, &'a Run)>) -> BTreeMap<K, Vec<&'a Run>> {
    let mut groups: BTreeMap<K, Vec<&Run>> = BTreeMap::new();
    for (key, run) in items {
        groups.entry(key).or_default().push(run);
    }
    groups
}

/// The jobs of these runs.
pub fn jobs_of(runs: &[&Run]) -> Jobs {
    runs.iter().map(|run| run.job.clone()).collect()
}
