//! The state machine of a job that has a command.

use serde_json::{Map, Value, json};

use crate::config::{Ecs, Launch, Retry, Task};
use crate::scope::Scope;

const CHOOSE: &str = "Has commands?";
const DEFAULT: &str = "Use the job's own command";
const RUN: &str = "Run task";
const RUN_IMAGE: &str = "Run the image's own command";
const NO_COMMAND: &str = "No command";

/// The definition: run the command of the input, or else the job's own, and fail when it fails.
///
/// The task is never caught: `runTask.sync` raises an error when the task fails or runs out of time, and an error that
/// nothing catches fails the execution. Source: Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks".
pub fn generate(description: Option<&str>, task: &Task, container: &str, scope: &Scope) -> Value {
    let run = |with_command| run_task(task, container, scope, with_command);
    let mut states = Map::new();
    let otherwise = match task.command.as_deref() {
        None => {
            let cause = "the execution's input has no `commands`, and the job has no command of its own";
            states.insert(NO_COMMAND.into(), json!({ "Type": "Fail", "Error": "NoCommand", "Cause": cause }));
            NO_COMMAND
        }
        Some([]) => {
            states.insert(RUN_IMAGE.into(), run(false));
            RUN_IMAGE
        }
        Some(command) => {
            states.insert(DEFAULT.into(), json!({ "Type": "Pass", "Result": { "commands": command }, "Next": RUN }));
            DEFAULT
        }
    };
    let given = json!({ "Variable": "$.commands", "IsPresent": true, "Next": RUN });
    states.insert(CHOOSE.into(), json!({ "Type": "Choice", "Choices": [given], "Default": otherwise }));
    states.insert(RUN.into(), run(true));
    let mut machine = json!({ "StartAt": CHOOSE, "States": states });
    if let Some(description) = description {
        machine["Comment"] = description.into();
    }
    if let Some(seconds) = task.deadline {
        machine["TimeoutSeconds"] = seconds.into();
    }
    machine
}

fn run_task(task: &Task, container: &str, scope: &Scope, with_command: bool) -> Value {
    let mut state = json!({
        "Type": "Task",
        "Resource": format!("arn:{}:states:::ecs:runTask.sync", scope.partition),
        "TimeoutSeconds": task.timeout,
        "Parameters": parameters(task, container, scope, with_command),
        "End": true,
    });
    if let Some(retry) = task.retry.as_ref().filter(|retry| retry.attempts > 0) {
        state["Retry"] = json!([retrier(retry)]);
    }
    state
}

fn retrier(retry: &Retry) -> Value {
    let mut retrier = json!({
        "ErrorEquals": ["States.ALL"],
        "MaxAttempts": retry.attempts,
        "IntervalSeconds": retry.interval,
        "BackoffRate": retry.backoff,
        "JitterStrategy": if retry.jitter { "FULL" } else { "NONE" },
    });
    if let Some(most) = retry.max_interval {
        retrier["MaxDelaySeconds"] = most.into();
    }
    retrier
}

fn parameters(task: &Task, container: &str, scope: &Scope, with_command: bool) -> Value {
    let Ecs { cluster, task_definition, .. } = &task.ecs;
    let mut parameters = json!({ "Cluster": scope.cluster(cluster), "TaskDefinition": task_definition });
    match &task.ecs.launch {
        Launch::Type(launch_type) => parameters["LaunchType"] = launch_type.as_str().into(),
        Launch::CapacityProviders(providers) => {
            let item = |provider: &crate::config::CapacityProvider| {
                let mut item = json!({ "CapacityProvider": provider.name });
                set(&mut item, "Weight", provider.weight);
                set(&mut item, "Base", provider.base);
                item
            };
            parameters["CapacityProviderStrategy"] = providers.iter().map(item).collect();
        }
    }
    if !task.ecs.subnets.is_empty() {
        let mut network = json!({
            "Subnets": task.ecs.subnets,
            "AssignPublicIp": if task.ecs.assign_public_ip { "ENABLED" } else { "DISABLED" },
        });
        if !task.ecs.security_groups.is_empty() {
            network["SecurityGroups"] = json!(task.ecs.security_groups);
        }
        parameters["NetworkConfiguration"] = json!({ "AwsvpcConfiguration": network });
    }
    set(&mut parameters, "PlatformVersion", task.ecs.platform_version.as_deref());
    set(&mut parameters, "PropagateTags", task.ecs.propagate_tags.as_deref());
    set(&mut parameters, "EnableExecuteCommand", task.ecs.enable_execute_command.then_some(true));
    parameters["Overrides"] = overrides(task, container, with_command);
    parameters
}

fn overrides(task: &Task, container: &str, with_command: bool) -> Value {
    let mut own = json!({ "Name": container });
    if with_command {
        own["Command.$"] = "$.commands".into();
    }
    if !task.environment.is_empty() {
        own["Environment"] =
            task.environment.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    }
    let mut overrides = json!({ "ContainerOverrides": [own] });
    set(&mut overrides, "Cpu", task.ecs.cpu.as_deref());
    set(&mut overrides, "Memory", task.ecs.memory.as_deref());
    set(&mut overrides, "TaskRoleArn", task.ecs.task_role.as_deref());
    set(&mut overrides, "ExecutionRoleArn", task.ecs.execution_role.as_deref());
    overrides
}

/// How many characters the overrides of a run have as JSON, with this command.
pub fn overrides_length(task: &Task, container: &str, command: &Value) -> usize {
    let mut overrides = overrides(task, container, false);
    overrides["ContainerOverrides"][0]["Command"] = command.clone();
    overrides.to_string().chars().count()
}

fn set(object: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object[key] = value.into();
    }
}
