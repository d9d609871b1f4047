//! What AWS would refuse: every request of the program is held against AWS's own service models, which botocore
//! carries, and against the rules that no model has.

mod form;
mod pattern;
mod policy;
mod rules;
mod shape;
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use shape::Shape;

/// By the prefix of IAM actions.
type Services = BTreeMap<String, Service>;

/// What one service takes.
#[derive(Debug, Deserialize)]
struct Service {
    version: String,
    protocol: String,
    /// By name, the shape of the input; none where there is nothing to say.
    operations: BTreeMap<String, Option<String>>,
    shapes: BTreeMap<String, Shape>,
}

/// Read once in each process.
fn services() -> &'static Services {
    static SERVICES: OnceLock<Services> = OnceLock::new();
    SERVICES.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulators/models.py");
        let python = super::emulator::venv().join("bin/python");
        let printed = Command::new(python).arg(script).output().expect("python runs; run `make test`");
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        serde_json::from_slice(&printed.stdout).expect("the models are JSON")
    })
}

/// Why AWS would refuse a request of `api`, such as `iam:CreateRole`, with this body. Empty: it would not.
pub fn refusals(api: &str, body: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (prefix, operation) = api.split_once(':').unwrap_or((api, ""));
    let Some(service) = services().get(prefix) else { return vec![format!("{api}: no such service is known")] };
    let Some(input) = service.operations.get(operation) else {
        return vec![format!("{api}: the service has no such operation")];
    };
    let shape = input.as_deref();
    let read = match body.starts_with('{') {
        true => serde_json::from_str(body).map_err(|error| format!("the body is no JSON: {error}")),
        false => form::read(service, shape, body),
    };
    match read {
        Ok(input) => {
            shape.inspect(|shape| service.check(shape, &input, "", &mut found));
            rules::check(api, &input, &mut found);
        }
        Err(why) => found.push(why),
    }
    found.into_iter().map(|why| format!("{api}: {why}")).collect()
}

/// A text member, or nothing.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
