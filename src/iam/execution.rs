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
            let arn = if function.starts_with("arn:") {
                (*function).to_owned()
            } else {
                scope.arn("lambda", &format!("function:{function}"))
            };
            let resources = [arn.clone(), format!("{arn}:*")];
            vec![json!({ "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": resources })]
        }
        Need::Publish(topic) => vec![json!({ "Effect": "Allow", "Action": "sns:Publish", "Resource": topic })],
        Need::Send(url) => {
            vec![json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue(url, scope) })]
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

/// A queue's ARN, from its URL: `https://sqs.REGION.…/ACCOUNT/NAME`.
fn queue(url: &str, scope: &Scope) -> String {
    let mut parts = url.rsplit('/');
    let (name, account) = (parts.next().unwrap_or(url), parts.next().unwrap_or(&scope.account));
    let region = url.split('.').nth(1).filter(|_| url.contains("://sqs.")).unwrap_or(&scope.region);
    format!("arn:{}:sqs:{region}:{account}:{name}", scope.partition)
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
