//! Which resource a write is about.

use serde_json::Value;

use crate::support::Seen;

/// Its address. None where the request does not tell.
pub fn subject(seen: &Seen) -> Option<String> {
    let (service, _) = seen.api.split_once(':')?;
    if service == "iam" {
        let name = seen.body.split('&').find_map(|pair| pair.strip_prefix("RoleName="))?;
        return Some(format!("role/{name}"));
    }
    let body: Value = serde_json::from_str(&seen.body).ok()?;
    let text = |keys: &[&str]| keys.iter().find_map(|key| body[key].as_str().map(str::to_owned));
    let of_arn = |keys: &[&str], part: &str| {
        let arn = text(keys)?;
        arn.split_once(part).map(|(_, name)| name.trim_end_matches(":*").to_owned())
    };
    match service {
        "logs" => {
            let name = text(&["logGroupName"]).or_else(|| of_arn(&["resourceArn"], ":log-group:"))?;
            Some(format!("log-group/{name}"))
        }
        "events" => {
            let name = text(&["Rule", "Name"]).or_else(|| of_arn(&["ResourceARN"], ":rule/"))?;
            Some(format!("rule/{name}"))
        }
        "states" => {
            let execution = of_arn(&["executionArn"], ":execution:");
            let execution = execution.and_then(|name| Some(name.split_once(':')?.0.to_owned()));
            let arn = || of_arn(&["stateMachineArn", "resourceArn"], ":stateMachine:");
            let name = execution.or_else(arn).or_else(|| text(&["name"]))?;
            Some(format!("state-machine/{name}"))
        }
        _ => None,
    }
}
