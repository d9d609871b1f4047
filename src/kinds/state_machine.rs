//! `state-machine`: what a job does. Source: AWS Step Functions API Reference.

use std::collections::BTreeSet;

use aws_sdk_sfn::operation::create_state_machine::builders::CreateStateMachineInputBuilder as CreateStateMachine;
use aws_sdk_sfn::operation::delete_state_machine::builders::DeleteStateMachineInputBuilder as DeleteStateMachine;
use aws_sdk_sfn::operation::tag_resource::builders::TagResourceInputBuilder as TagResource;
use aws_sdk_sfn::operation::untag_resource::builders::UntagResourceInputBuilder as UntagResource;
use aws_sdk_sfn::operation::update_state_machine::builders::UpdateStateMachineInputBuilder as UpdateStateMachine;
use aws_sdk_sfn::types::{
    CloudWatchLogsLogGroup, ExecutionListItem, ExecutionStatus, LogDestination, LogLevel, LoggingConfiguration,
    StateMachineStatus, StateMachineType, Tag, TracingConfiguration,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::arn::Arn;
use crate::asl::Definition;
use crate::aws::{Aws, Failure, MORE_RUN, Operation, READS_AT_ONCE, operations, pages, read, sent};
use crate::blueprint::{Blueprint, JobPlan};
use crate::config::{Config, RoleChoice};
use crate::kind::{Address, Call, Kind, Look, Wanted, and_all_of, own_tags, present, tag_changes};
use crate::kinds::sight::Sight;
use crate::kinds::{LogGroup, Role};
use crate::scope::{Scope, Tags};

operations!(states, "states", aws_sdk_sfn:
    create_state_machine::CreateStateMachineInputBuilder = "CreateStateMachine",
    update_state_machine::UpdateStateMachineInputBuilder = "UpdateStateMachine",
    tag_resource::TagResourceInputBuilder = "TagResource",
    untag_resource::UntagResourceInputBuilder = "UntagResource",
);

/// A state machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateMachine {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `STANDARD`; the other type knows no waiting for a task. It can't be changed.
    #[serde(rename = "type")]
    pub machine_type: String,
    /// `ACTIVE`, or `DELETING` while executions of a deleted one still run.
    pub status: String,
    /// What it does.
    pub definition: Definition,
    /// The ARN of the role it acts as.
    pub role: String,
    /// What it logs.
    pub logging: Logging,
    /// Whether X-Ray traces it. None: nobody said, which AWS always does.
    pub tracing: Option<bool>,
    /// Its tags.
    pub tags: Tags,
}

/// What a state machine logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logging {
    /// `ALL`, `ERROR`, `FATAL` or `OFF`.
    pub level: String,
    /// Whether input and output of states are logged too.
    pub include_execution_data: bool,
    /// ARNs of log groups, without `:*`.
    pub destinations: BTreeSet<String>,
}

impl Kind for StateMachine {
    const NAME: &'static str = "state-machine";
    const READS: &'static [&'static str] =
        &["states:DescribeStateMachine", "states:ListExecutions", "states:ListTagsForResource", "tag:GetResources"];
    const READS_ELSEWHERE: &'static [&'static str] = &["states:ListStateMachines"];
    const WRITES: &'static [&'static str] =
        &["states:CreateStateMachine", "states:TagResource", "states:UntagResource", "states:UpdateStateMachine"];
    const DELETES: &'static [&'static str] = &["states:DeleteStateMachine", "states:StopExecution"];

    fn names(config: &Config) -> Vec<String> {
        config.jobs.iter().map(|job| job.machine.clone()).collect()
    }

    fn arns(config: &Config, scope: &Scope) -> Vec<String> {
        let names = and_all_of(&format!("{}-", scope.app), Self::names(config));
        names.iter().map(|name| scope.state_machine(name)).collect()
    }

    fn desired(blueprint: &Blueprint<'_>) -> Vec<Wanted<Self>> {
        let wanted =
            |plan: &JobPlan<'_>| Wanted { resource: desired(blueprint, plan), jobs: vec![plan.job.name.clone()] };
        blueprint.jobs.iter().map(wanted).collect()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn needs(&self) -> Vec<Address> {
        let role = Role::address_of(&self.role);
        let group = |arn: &String| Arn::of(arn, "logs", "log-group:").map(str::to_owned);
        let groups = self.logging.destinations.iter().filter_map(group);
        groups.map(|name| Address { kind: LogGroup::NAME, name }).chain(role).collect()
    }

    async fn observe(look: &Look<'_>, names: &[String]) -> Result<Vec<Self>, Failure> {
        let named = describe_all(look, names.iter().cloned().collect());
        let others = async {
            let prefix = look.scope.state_machine("");
            let (owned, listed) = tokio::try_join!(look.owned(&prefix), list(look))?;
            let unnamed = owned.into_iter().chain(listed).filter(|name| !names.contains(name));
            describe_all(look, unnamed.collect()).await
        };
        let (named, others) = tokio::try_join!(named, others)?;
        let app = look.scope.app.as_str();
        Ok(named.into_iter().chain(others.into_iter().filter(|machine| machine.owner() == Some(app))).collect())
    }

    fn leaving(&self) -> Option<Self> {
        Some(Self { status: "DELETING".into(), ..self.clone() })
    }

    async fn running(look: &Look<'_>, name: &str) -> Result<Vec<String>, Failure> {
        let executions = present(executions(look.aws, &look.scope.state_machine(name)).await)?.unwrap_or_default();
        let said = |execution: ExecutionListItem| format!("{}, since {}", execution.name, execution.start_date);
        Ok(executions.into_iter().map(said).collect())
    }

    fn halt(&self) -> Vec<Call> {
        vec![Call::new(StopExecutions { machine: self.arn.clone() })]
    }

    fn told(self, wanted: &Self) -> Self {
        Self { tracing: self.tracing.or(wanted.tracing), ..self }
    }

    fn calls(from: Option<&Self>, to: Option<&Self>) -> Vec<Call> {
        let delete = |from: &Self| Call::new(DeleteStateMachine::default().state_machine_arn(&from.arn));
        match (from, to) {
            (None, None) => Vec::new(),
            (Some(from), None) => vec![delete(from)],
            (None, Some(to)) => vec![create(to)],
            (Some(from), Some(to)) if from == to => Vec::new(),
            (Some(from), Some(to)) if from.status != to.status => vec![create(to)],
            (Some(from), Some(to)) if from.machine_type != to.machine_type => vec![delete(from), create(to)],
            (Some(from), Some(to)) => update(from, to),
        }
    }
}

fn desired(blueprint: &Blueprint<'_>, plan: &JobPlan<'_>) -> StateMachine {
    let job = plan.job;
    let (level, scope) = (&job.logs.level, blueprint.scope);
    let logging = match level.as_str() {
        "OFF" => Logging { level: level.clone(), include_execution_data: false, destinations: BTreeSet::new() },
        _ => Logging {
            level: level.clone(),
            include_execution_data: job.logs.include_execution_data,
            destinations: [scope.log_group(&job.logs.group)].into(),
        },
    };
    StateMachine {
        name: job.machine.clone(),
        arn: scope.state_machine(&job.machine),
        machine_type: "STANDARD".into(),
        status: "ACTIVE".into(),
        definition: plan.definition.clone(),
        role: match &job.roles.execution {
            RoleChoice::Made(name) => scope.role(&blueprint.config.role_path(), name),
            RoleChoice::Given(arn) => arn.clone(),
        },
        logging,
        tracing: Some(job.tracing),
        tags: scope.tags(blueprint.config, &job.name),
    }
}

fn create(to: &StateMachine) -> Call {
    let tags = to.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    Call::new(
        CreateStateMachine::default()
            .name(&to.name)
            .r#type(StateMachineType::from(to.machine_type.as_str()))
            .definition(to.definition.text())
            .role_arn(&to.role)
            .logging_configuration(logging(&to.logging))
            .tracing_configuration(tracing(to.tracing))
            .set_tags(Some(tags)),
    )
}

fn update(from: &StateMachine, to: &StateMachine) -> Vec<Call> {
    let mut calls = Vec::new();
    let same = from.definition == to.definition
        && from.role == to.role
        && from.logging == to.logging
        && from.tracing == to.tracing;
    if !same {
        let update = UpdateStateMachine::default()
            .state_machine_arn(&to.arn)
            .definition(to.definition.text())
            .role_arn(&to.role)
            .logging_configuration(logging(&to.logging))
            .tracing_configuration(tracing(to.tracing));
        calls.push(Call::new(update));
    }
    let (set, unset) = tag_changes(&from.tags, &to.tags);
    if !set.is_empty() {
        let tags = set.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build()).collect();
        calls.push(Call::new(TagResource::default().resource_arn(&to.arn).set_tags(Some(tags))));
    }
    if !unset.is_empty() {
        let untag = UntagResource::default().resource_arn(&to.arn);
        calls.push(Call::new(unset.iter().fold(untag, |untag, key| untag.tag_keys(*key))));
    }
    calls
}

/// Step Functions wants a log group's ARN with `:*`.
fn logging(logging: &Logging) -> LoggingConfiguration {
    let destination = |arn: &String| {
        let group = CloudWatchLogsLogGroup::builder().log_group_arn(format!("{arn}:*")).build();
        LogDestination::builder().cloud_watch_logs_log_group(group).build()
    };
    let destinations: Vec<_> = logging.destinations.iter().map(destination).collect();
    LoggingConfiguration::builder()
        .level(LogLevel::from(logging.level.as_str()))
        .include_execution_data(logging.include_execution_data)
        .set_destinations(Some(destinations).filter(|destinations| !destinations.is_empty()))
        .build()
}

fn tracing(tracing: Option<bool>) -> TracingConfiguration {
    TracingConfiguration::builder().enabled(tracing == Some(true)).build()
}

/// Every state machine there is, where bulk reads of tags leave some out.
async fn list(look: &Look<'_>) -> Result<Vec<String>, Failure> {
    if look.aws.answers_in_full() {
        return Ok(Vec::new());
    }
    let page = async |token: Option<String>| {
        let answer = look.aws.states.list_state_machines().max_results(1_000).set_next_token(token).send().await;
        let answer = answer.map_err(|error| Failure::new("states:ListStateMachines", &error))?;
        let names = answer.state_machines.into_iter().map(|machine| machine.name).collect();
        Ok((names, answer.next_token))
    };
    pages(page).await
}

async fn describe_all(look: &Look<'_>, names: BTreeSet<String>) -> Result<Vec<StateMachine>, Failure> {
    let reads = stream::iter(names).map(|name| describe(look, name)).buffer_unordered(READS_AT_ONCE);
    Ok(reads.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
}

/// A state machine with its tags. Where they are "not found", it is gone only when it can't be described either.
async fn describe(look: &Look<'_>, name: String) -> Result<Option<StateMachine>, Failure> {
    let again = || describe_once(look, &name);
    let address = Address { kind: StateMachine::NAME, name: name.clone() };
    again().await?.or_again("states:DescribeStateMachine", address.to_string(), again).await
}

async fn describe_once(look: &Look<'_>, name: &str) -> Result<Sight<StateMachine>, Failure> {
    let arn = look.scope.state_machine(name);
    let ask = async || {
        let answer = look.aws.states.describe_state_machine().state_machine_arn(&arn).send().await;
        answer.map_err(|error| Failure::new("states:DescribeStateMachine", &error))
    };
    let ask_tags = async || {
        let answer = look.aws.states.list_tags_for_resource().resource_arn(&arn).send().await;
        let answer = answer.map_err(|error| Failure::new("states:ListTagsForResource", &error))?;
        let tags = sent("states:ListTagsForResource", answer.tags)?;
        Ok(own_tags(tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))))
    };
    let Some(found) = present(read(ask).await)? else { return Ok(Sight::Gone) };
    let Some(tags) = look.tags(StateMachine::NAME, name, &arn, ask_tags).await? else {
        let leaves = found.status == Some(StateMachineStatus::Deleting);
        return Ok(if leaves { Sight::Gone } else { Sight::Half });
    };
    let observed_logging = found.logging_configuration.map(|logging| {
        let arn = |destination: LogDestination| destination.cloud_watch_logs_log_group?.log_group_arn;
        let destinations = logging.destinations.unwrap_or_default().into_iter().filter_map(arn);
        Logging {
            level: logging.level.map_or_else(|| "OFF".into(), |level| level.as_str().to_owned()),
            include_execution_data: logging.include_execution_data,
            destinations: destinations.map(|arn| arn.strip_suffix(":*").unwrap_or(&arn).to_owned()).collect(),
        }
    });
    let off = || Logging { level: "OFF".into(), include_execution_data: false, destinations: BTreeSet::new() };
    Ok(Sight::Whole(StateMachine {
        name: name.to_owned(),
        machine_type: found.r#type.as_str().to_owned(),
        status: found.status.map_or_else(|| "ACTIVE".into(), |status| status.as_str().to_owned()),
        definition: Definition::new(found.definition),
        role: found.role_arn,
        logging: observed_logging.unwrap_or_else(off),
        tracing: found.tracing_configuration.map(|tracing| tracing.enabled),
        tags,
        arn,
    }))
}

/// The executions of a machine that run. Source: Step Functions API Reference, `ListExecutions`.
async fn executions(aws: &Aws, machine: &str) -> Result<Vec<ExecutionListItem>, Failure> {
    let page = async |token: Option<String>| {
        let request = aws.states.list_executions().state_machine_arn(machine).status_filter(ExecutionStatus::Running);
        let answer = request.max_results(1_000).set_next_token(token).send().await;
        let answer = answer.map_err(|error| Failure::new("states:ListExecutions", &error))?;
        Ok((answer.executions, answer.next_token))
    };
    pages(page).await
}

/// Executions that are ended before it is asked whether to go on.
const A_FEW: i32 = 100;
/// Requests of these that are under way at once.
const AT_ONCE: usize = 20;

/// Ends the executions of a machine that run, some each time that it is sent, until none is left. Step Functions then
/// stops the tasks that they wait for. Source: Step Functions API Reference, `StopExecution`.
#[derive(Clone, Debug, PartialEq)]
pub struct StopExecutions {
    /// The machine's ARN.
    pub machine: String,
}

impl Operation for StopExecutions {
    const API: &'static str = "states:StopExecution";

    fn send(self, aws: &Aws) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let list = aws.states.list_executions().state_machine_arn(&self.machine).max_results(A_FEW);
            let answer = list.status_filter(ExecutionStatus::Running).send().await;
            let answer = answer.map_err(|error| Failure::new("states:ListExecutions", &error));
            let Some(answer) = present(answer)? else { return Ok(()) };
            let stops = answer.executions.into_iter().map(async |execution| {
                let stop = aws.states.stop_execution().execution_arn(execution.execution_arn);
                let answer = stop.error("Destroyed").cause("its state machine is deleted").send().await;
                match answer.map(drop).map_err(|error| Failure::new(Self::API, &error)) {
                    Err(failure) if failure.is(&["ExecutionDoesNotExist"]) => Ok(()),
                    other => other,
                }
            });
            let () = stream::iter(stops).buffer_unordered(AT_ONCE).try_collect().await?;
            match answer.next_token {
                None => Ok(()),
                Some(_) => Err(Failure::entry(Self::API, Some(MORE_RUN), Some("more executions run"))),
            }
        })
    }
}

impl Operation for DeleteStateMachine {
    const API: &'static str = "states:DeleteStateMachine";

    /// Asks for the deletion and looks whether it is done: a state machine stays until its executions have ended.
    fn send(self, aws: &Aws) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let describe =
                aws.states.describe_state_machine().set_state_machine_arn(self.get_state_machine_arn().clone());
            let answer = self.send_with(&aws.states).await;
            present(answer.map_err(|error| Failure::new(Self::API, &error)))?;
            let answer = describe.send().await;
            match present(answer.map_err(|error| Failure::new("states:DescribeStateMachine", &error)))? {
                None => Ok(()),
                Some(_) => {
                    Err(Failure::entry(Self::API, Some("StateMachineDeleting"), Some("executions of it still run")))
                }
            }
        })
    }
}
