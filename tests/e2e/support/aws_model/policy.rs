//! Policy documents, as IAM reads them. Sources: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM and
//! AWS STS quotas", whose characters are those that are not white space.

use serde_json::Value;

/// Which part of a role a document is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Inline,
    Trust,
}

/// What a statement may say.
const KNOWN: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Adds to `found` why IAM would call the document malformed, or too long.
pub(super) fn check(document: &str, of: Use, found: &mut Vec<String>) {
    let limit = if of == Use::Trust { 2_048 } else { 10_240 };
    let length = document.chars().filter(|character| !character.is_whitespace()).count();
    if length > limit {
        found.push(format!("a policy of {length} characters: a role takes {limit}"));
    }
    let policy: Value = match serde_json::from_str(document) {
        Ok(policy) => policy,
        Err(error) => return found.push(format!("the policy is no JSON: {error}")),
    };
    let unknown = |value: &Value, known: &[&str], found: &mut Vec<String>| {
        let keys = value.as_object().into_iter().flat_map(|fields| fields.keys());
        found.extend(keys.filter(|key| !known.contains(&key.as_str())).map(|key| format!("a policy has no {key}")));
    };
    unknown(&policy, &["Version", "Id", "Statement"], found);
    if !matches!(policy["Version"].as_str(), Some("2012-10-17" | "2008-10-17")) {
        found.push(format!("the policy's Version is {}", policy["Version"]));
    }
    let statements = elements(&policy["Statement"]);
    if statements.is_empty() {
        found.push("a policy without a statement".into());
    }
    for statement in statements {
        unknown(statement, &KNOWN, found);
        let has = |key: &str| !elements(&statement[key]).is_empty();
        if !matches!(statement["Effect"].as_str(), Some("Allow" | "Deny")) {
            found.push(format!("a statement whose Effect is {}", statement["Effect"]));
        }
        if has("Action") == has("NotAction") {
            found.push("a statement needs Action or NotAction".into());
        }
        let actions = elements(&statement["Action"]).into_iter().filter_map(Value::as_str);
        found.extend(
            actions
                .filter(|action| *action != "*" && !action.contains(':'))
                .map(|action| format!("{action} is no action")),
        );
        let (principal, resource) = (has("Principal"), has("Resource") || has("NotResource"));
        if principal != (of == Use::Trust) || resource != (of == Use::Inline) {
            found.push("trust has principals and no resources; other policies the other way round".into());
        }
        let conditions = statement["Condition"].as_object();
        let empty =
            conditions.is_some_and(|all| all.values().any(|of| of.as_object().is_none_or(serde_json::Map::is_empty)));
        if empty || (conditions.is_none() && !statement["Condition"].is_null()) {
            found.push("a condition of nothing".into());
        }
    }
}

/// One, or a list of them.
fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}
