//! What a state machine needs permission for, read from its definition.

use serde_json::Value;

use crate::asl::{DISTRIBUTED_MAP, Dynamic, ServiceCall, fixed, service_calls};

/// One permission that a state machine needs, in terms of what it calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Need<'a> {
    /// To run an ECS task.
    RunTask(RunTask<'a>),
    /// To invoke a function, by name or ARN.
    Invoke(&'a str),
    /// To publish to a topic, by ARN.
    Publish(&'a str),
    /// To send to a queue.
    Send(Queue<'a>),
    /// To start another state machine, by ARN, and to wait for it or not.
    Start(&'a str, Waits),
    /// To call with another role, by ARN, which then needs the permission.
    Assume(&'a str),
    /// To run its own map as child executions.
    RunMap,
}

/// A queue, as its URL names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue<'a> {
    /// None: the state machine's own.
    pub region: Option<&'a str>,
    /// Twelve digits.
    pub account: &'a str,
    /// The queue's name.
    pub name: &'a str,
}

impl<'a> Queue<'a> {
    /// Takes a URL apart: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`, or the older
    /// `https://REGION.queue.amazonaws.com/ACCOUNT/NAME`. Source: Amazon SQS Developer Guide, "Queue and message
    /// identifiers".
    pub fn of_url(url: &'a str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let mut parts = rest.trim_end_matches('/').split('/');
        let (host, account, name) = (parts.next()?, parts.next()?, parts.next()?);
        let number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let labels: Vec<&str> = host.split('.').collect();
        let region = match labels.as_slice() {
            ["sqs" | "sqs-fips", region, "amazonaws", ..] | [region, "queue", "amazonaws", ..] => Some(*region),
            ["queue", "amazonaws", ..] => Some("us-east-1"),
            _ => None,
        };
        (number && !name.is_empty() && parts.next().is_none()).then_some(Self { region, account, name })
    }
}

/// Whether a call waits for what it starts to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// `.sync`
    Yes,
    /// It returns at once, or waits for a token.
    No,
}

/// What an `ecs:runTask` call fixes.
#[derive(Clone, Debug, PartialEq)]
pub struct RunTask<'a> {
    /// Name or ARN; ECS takes `default` where it is left out.
    pub cluster: &'a str,
    /// Family, `family:revision` or ARN.
    pub task_definition: &'a str,
    /// Roles that override the task definition's.
    pub roles: Vec<&'a str>,
    /// Whether the task is tagged as it starts.
    pub tags: bool,
    /// Whether the call waits for the task.
    pub waits: Waits,
    /// All that it passes to ECS.
    pub parameters: &'a Value,
}

/// What the definition needs, or for each state that can't be told the reason why.
pub fn needs(definition: &Value) -> Result<Vec<Need<'_>>, Vec<String>> {
    let (found, unknown) = sorted(definition);
    if unknown.is_empty() { Ok(found) } else { Err(unknown) }
}

/// What the definition needs, as far as it can be told.
pub fn known_needs(definition: &Value) -> Vec<Need<'_>> {
    sorted(definition).0
}

fn sorted(definition: &Value) -> (Vec<Need<'_>>, Vec<String>) {
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for call in service_calls(definition) {
        match need(&call) {
            Ok(need) => found.extend(need),
            Err(why) => unknown.push(format!("state `{}` {why}", call.state)),
        }
    }
    (found, unknown)
}

fn need<'a>(call: &ServiceCall<'a>) -> Result<Option<Need<'a>>, String> {
    if call.resource == DISTRIBUTED_MAP {
        return Ok(Some(Need::RunMap));
    }
    if let Some(credentials) = call.credentials {
        return match fixed(credentials, &["RoleArn"]) {
            Ok(Some(role)) => Ok(Some(Need::Assume(role))),
            _ => Err("takes the role of its `Credentials` from its input, so it can't be worked out".into()),
        };
    }
    let Some(integration) = call.integration() else {
        return match crate::arn::Arn::parse(call.resource).map(|arn| arn.service) {
            Some("lambda") => Ok(Some(Need::Invoke(call.resource))),
            Some("states") => Ok(None),
            _ => Err(format!("calls `{}`, which is no service integration", call.resource)),
        };
    };
    let (api, pattern) = integration.split_once('.').unwrap_or((integration, ""));
    let waits = if pattern.starts_with("sync") { Waits::Yes } else { Waits::No };
    let required = |path: &[&str]| match call.fixed(path) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(format!("has no `{}`", path.join("."))),
        Err(dynamic) => Err(only_running(&dynamic)),
    };
    Ok(Some(match api {
        "ecs:runTask" => {
            let optional = |path: &[&str]| call.fixed(path).map_err(|dynamic| only_running(&dynamic));
            let roles = [optional(&["Overrides", "TaskRoleArn"])?, optional(&["Overrides", "ExecutionRoleArn"])?];
            Need::RunTask(RunTask {
                cluster: optional(&["Cluster"])?.unwrap_or("default"),
                task_definition: required(&["TaskDefinition"])?,
                roles: roles.into_iter().flatten().collect(),
                tags: call.has("Tags") || call.has("PropagateTags"),
                waits,
                parameters: call.parameters,
            })
        }
        "lambda:invoke" => Need::Invoke(required(&["FunctionName"])?),
        "sns:publish" => Need::Publish(required(&["TopicArn"])?),
        "sqs:sendMessage" => {
            let url = required(&["QueueUrl"])?;
            Need::Send(Queue::of_url(url).ok_or_else(|| format!("sends to `{url}`, which is not a queue's URL"))?)
        }
        "states:startExecution" => Need::Start(required(&["StateMachineArn"])?, waits),
        _ => return Err(format!("calls `{integration}`, whose permissions provision can't work out")),
    }))
}

fn only_running(dynamic: &Dynamic) -> String {
    format!("takes `{}` from its input, so its permissions can't be worked out", dynamic.0)
}

#[cfg(test)]
mod tests {
    use super::Queue;

    #[test]
    fn a_queue_is_read_from_each_form_of_its_url() {
        for (url, region) in [
            ("https://sqs.eu-west-1.amazonaws.com/123456789012/q", Some("eu-west-1")),
            ("https://sqs-fips.us-east-1.amazonaws.com/123456789012/q/", Some("us-east-1")),
            ("https://us-east-2.queue.amazonaws.com/123456789012/q", Some("us-east-2")),
            ("https://queue.amazonaws.com/123456789012/q", Some("us-east-1")),
            ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", Some("cn-north-1")),
            ("http://localhost:4566/123456789012/q", None),
        ] {
            let queue = Queue { region, account: "123456789012", name: "q" };
            assert_eq!(Queue::of_url(url), Some(queue), "{url}");
        }
        for url in
            ["q", "https://sqs.eu-west-1.amazonaws.com/q", "https://host/12345/q", "https://host/123456789012/q/more"]
        {
            assert_eq!(Queue::of_url(url), None, "{url}");
        }
    }
}
