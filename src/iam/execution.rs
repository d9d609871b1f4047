//! The least policy of a state machine's role.

use serde_json::{Value, json};

use super::needs::{Need, RunTask, Waits};
use super::policy::Policy;
use crate::facts::{Facts, TaskDefinitionRef};
use crate::scope::Scope;

/// What Step Functions needs to write an execution's log; AWS allows it on no narrower resource.
/// Source: Step Functions Developer Guide, "Using CloudWatch Logs to log execution history".
const LOG_ACTIONS: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
];

/// Source: Step Functions Developer Guide, "Trace Step Functions request data in AWS X-Ray".
const TRACE_ACTIONS: [&str; 4] =
    ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"];

/// The least that the state machine named `machine` needs for `needs`, for logging and for tracing.
/// Source: Step Functions Developer Guide, "IAM policies for integrated services".
pub fn execution_policy(
    needs: &[Need<'_>],
    machine: &str,
    (logs, tracing): (bool, bool),
    scope: &Scope,
    facts: &Facts,
) -> Policy {
    let mut statements: Vec<Value> = needs.iter().flat_map(|need| allow(need, machine, scope, facts)).collect();
    if logs {
        statements.push(json!({ "Effect": "Allow", "Action": LOG_ACTIONS, "Resource": "*" }));
    }
    if tracing {
        statements.push(json!({ "Effect": "Allow", "Action": TRACE_ACTIONS, "Resource": "*" }));
    }
    Policy::new(statements)
}

fn allow(need: &Need<'_>, machine: &str, scope: &Scope, facts: &Facts) -> Vec<Value> {
    match need {
        Need::RunTask(run) => run_task(run, scope, facts),
        Need::Invoke(function) => {
            let arn = function_arn(function, scope);
            let resources = [arn.clone(), format!("{arn}:*")];
            vec![json!({ "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": resources })]
        }
        Need::Publish(topic) => vec![json!({ "Effect": "Allow", "Action": "sns:Publish", "Resource": topic })],
        Need::Send(queue) => {
            let region = queue.region.unwrap_or(&scope.region);
            let arn = format!("arn:{}:sqs:{region}:{}:{}", scope.partition, queue.account, queue.name);
            vec![json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn })]
        }
        Need::Start(arn, waits) => {
            let mut statements = vec![json!({ "Effect": "Allow", "Action": "states:StartExecution", "Resource": arn })];
            if *waits == Waits::Yes {
                statements.push(executions(&arn.replacen(":stateMachine:", ":execution:", 1)));
                statements.push(managed_rule("StepFunctionsGetEventsForStepFunctionsExecutionRule", scope));
            }
            statements
        }
        Need::Assume(role) => vec![json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role })],
        Need::RunMap => {
            let itself = scope.state_machine(machine);
            vec![
                json!({ "Effect": "Allow", "Action": "states:StartExecution", "Resource": itself }),
                executions(&scope.arn("states", &format!("execution:{machine}"))),
            ]
        }
    }
}

fn executions(of: &str) -> Value {
    let actions = ["states:DescribeExecution", "states:StopExecution"];
    json!({ "Effect": "Allow", "Action": actions, "Resource": format!("{of}:*") })
}

/// The rule through which Step Functions hears that what it waits for has ended.
fn managed_rule(name: &str, scope: &Scope) -> Value {
    let actions = ["events:DescribeRule", "events:PutRule", "events:PutTargets"];
    json!({ "Effect": "Allow", "Action": actions, "Resource": scope.rule(name) })
}

/// A function's ARN, from its ARN, its name, or its account and name. Source: AWS Lambda API, `Invoke`.
fn function_arn(function: &str, scope: &Scope) -> String {
    if function.starts_with("arn:") {
        return function.to_owned();
    }
    match function.split_once(":function:") {
        Some((account, name)) => {
            format!("arn:{}:lambda:{}:{account}:function:{name}", scope.partition, scope.region)
        }
        None => scope.arn("lambda", &format!("function:{}", function.strip_prefix("function:").unwrap_or(function))),
    }
}

fn run_task(run: &RunTask<'_>, scope: &Scope, facts: &Facts) -> Vec<Value> {
    let cluster = scope.cluster(run.cluster);
    let in_cluster = json!({ "ArnEquals": { "ecs:cluster": cluster } });
    let mut statements = vec![json!({
        "Effect": "Allow",
        "Action": "ecs:RunTask",
        "Resource": TaskDefinitionRef::parse(run.task_definition).resources(scope),
        "Condition": in_cluster,
    })];
    if run.waits == Waits::Yes {
        let actions = ["ecs:DescribeTasks", "ecs:StopTask"];
        statements.push(json!({ "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": in_cluster }));
        statements.push(managed_rule("StepFunctionsGetEventsForECSTaskRule", scope));
    }
    let known = facts.task_definitions.get(run.task_definition);
    let own =
        known.into_iter().flat_map(|known| [&known.task_role, &known.execution_role]).flatten().map(String::as_str);
    let roles: Vec<String> = own.chain(run.roles.iter().copied()).map(|role| role_arn(role, scope)).collect();
    if !roles.is_empty() {
        statements.push(json!({
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": roles,
            "Condition": { "StringEquals": { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        }));
    }
    if run.tags {
        let name = cluster.rsplit('/').next().unwrap_or(&cluster);
        statements.push(json!({
            "Effect": "Allow",
            "Action": "ecs:TagResource",
            "Resource": scope.arn("ecs", &format!("task/{name}/*")),
            "Condition": { "StringEquals": { "ecs:CreateAction": "RunTask" } },
        }));
    }
    statements
}

/// A task definition may name its roles without their ARN.
fn role_arn(role: &str, scope: &Scope) -> String {
    if role.starts_with("arn:") { role.to_owned() } else { scope.role("/", role.trim_start_matches('/')) }
}
