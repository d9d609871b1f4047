//! What a state machine calls: every task state, however deep.

use serde_json::Value;

/// Stands as the resource of a distributed map, which starts executions of its own machine.
pub const DISTRIBUTED_MAP: &str = "distributed map";

/// A task state's call.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceCall<'a> {
    /// The state's name.
    pub state: &'a str,
    /// The state's `Resource`.
    pub resource: &'a str,
    /// The `Credentials` that the call is made with instead of the state machine's own role.
    pub credentials: Option<&'a Value>,
    /// Its `Parameters` (JSONPath) or `Arguments` (JSONata); null when it has none.
    pub parameters: &'a Value,
}

impl<'a> ServiceCall<'a> {
    /// The integration of the `Resource`, such as `ecs:runTask.sync`; none for an activity or a function's own ARN.
    pub fn integration(&self) -> Option<&'a str> {
        self.resource.split_once(":states:::").map(|(_, integration)| integration)
    }

    /// A parameter that the definition itself fixes. An error when only the execution will know it.
    pub fn fixed(&self, path: &[&str]) -> Result<Option<&'a str>, Dynamic> {
        fixed(self.parameters, path)
    }

    /// Whether the parameter is there, fixed or not.
    pub fn has(&self, key: &str) -> bool {
        self.parameters.get(key).is_some() || self.parameters.get(format!("{key}.$")).is_some()
    }
}

/// The text at `path` that the definition itself fixes. An error when only the execution will know it.
pub fn fixed<'a>(value: &'a Value, path: &[&str]) -> Result<Option<&'a str>, Dynamic> {
    let dynamic = || Dynamic(path.join("."));
    let mut here = value;
    for key in path {
        if here.get(format!("{key}.$")).is_some() {
            return Err(dynamic());
        }
        match here.get(key) {
            Some(next) => here = next,
            None if here.is_string() => return Err(dynamic()),
            None => return Ok(None),
        }
    }
    match here.as_str() {
        Some(text) if text.trim_start().starts_with("{%") => Err(dynamic()),
        Some(text) => Ok(Some(text)),
        None => Err(dynamic()),
    }
}

/// A parameter that is known only when the execution runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dynamic(pub String);

/// Every call of the definition, in the order of its text's keys.
pub fn service_calls(definition: &Value) -> Vec<ServiceCall<'_>> {
    let mut calls = Vec::new();
    collect(definition, &mut calls);
    calls
}

fn collect<'a>(machine: &'a Value, calls: &mut Vec<ServiceCall<'a>>) {
    let Some(states) = machine.get("States").and_then(Value::as_object) else { return };
    for (name, state) in states {
        for caller in [Some(state), state.get("ItemReader"), state.get("ResultWriter")].into_iter().flatten() {
            if let Some(resource) = caller.get("Resource").and_then(Value::as_str) {
                let parameters = caller.get("Parameters").or_else(|| caller.get("Arguments")).unwrap_or(&Value::Null);
                calls.push(ServiceCall { state: name, resource, credentials: state.get("Credentials"), parameters });
            }
        }
        for inner in state.get("Branches").and_then(Value::as_array).into_iter().flatten() {
            collect(inner, calls);
        }
        if state.pointer("/ItemProcessor/ProcessorConfig/Mode").and_then(Value::as_str) == Some("DISTRIBUTED") {
            calls.push(ServiceCall {
                state: name,
                resource: DISTRIBUTED_MAP,
                credentials: None,
                parameters: &Value::Null,
            });
        }
        for inner in [state.get("ItemProcessor"), state.get("Iterator")].into_iter().flatten() {
            collect(inner, calls);
        }
    }
}
