//! A policy document in one normal form, so that equal meaning is equality.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::arn::Arn;

/// A policy document. IAM answers keys in its own order and a one-element list as a string; neither is a difference.
/// Source: IAM User Guide, "IAM JSON policy elements reference" and "Policy grammar".
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Policy(Value);

impl Policy {
    /// From statements.
    pub fn new(statements: impl IntoIterator<Item = Value>) -> Self {
        let statements: Vec<Value> = statements.into_iter().collect();
        Self::from_value(json!({ "Version": "2012-10-17", "Statement": statements }))
    }

    /// From the text that IAM answers, URL-encoded as a rule.
    pub fn from_encoded(text: &str) -> Self {
        let decoded = match text.trim_start().starts_with('{') {
            true => text.into(),
            false => percent_encoding::percent_decode_str(text).decode_utf8_lossy(),
        };
        match serde_json::from_str(&decoded) {
            Ok(value) => Self::from_value(value),
            Err(_) => Self(Value::String(text.to_owned())),
        }
    }

    fn from_value(mut document: Value) -> Self {
        if let Some(statements) = document.get_mut("Statement") {
            let mut list: Vec<Value> = as_list(statements.take()).into_iter().map(statement).collect();
            sort(&mut list);
            *statements = Value::Array(list);
        }
        Self(document)
    }

    /// Allows all that either allows, and says nothing twice.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut widest: Vec<&Value> = Vec::new();
        for statement in self.statements().chain(other.statements()) {
            if !widest.iter().any(|wide| covers(wide, statement)) {
                widest.retain(|narrow| !covers(statement, narrow));
                widest.push(statement);
            }
        }
        Self::new(widest.into_iter().cloned())
    }

    fn statements(&self) -> impl Iterator<Item = &Value> {
        self.0.get("Statement").and_then(Value::as_array).into_iter().flatten()
    }

    /// Whether it says nothing at all, which IAM does not take.
    pub fn is_empty(&self) -> bool {
        self.statements().next().is_none()
    }

    /// Whether, as a role's trust, it lets a service, such as `states.amazonaws.com`, assume the role, here
    /// or in all regions, whatever its conditions.
    pub fn lets_assume(&self, service: &str) -> bool {
        let allows = |statement: &Value| {
            let acts = as_list(statement.get("Action").cloned().unwrap_or_default());
            let assumes =
                acts.iter().filter_map(Value::as_str).any(|act| matches!(act, "sts:AssumeRole" | "sts:*" | "*"));
            let principal = statement.get("Principal").cloned().unwrap_or_default();
            let services = as_list(principal.get("Service").cloned().unwrap_or_default());
            let is = |name: &str| name.split('.').next() == service.split('.').next() && name.contains(".amazonaws.");
            let named = principal == "*" || services.iter().filter_map(Value::as_str).any(is);
            statement.get("Effect") == Some(&json!("Allow")) && assumes && named
        };
        self.statements().any(allows)
    }

    /// The region of what it, as a role's trust, is bound to by `aws:SourceArn`.
    pub fn source_region(&self) -> Option<&str> {
        let operators = self.statements().filter_map(|statement| statement.get("Condition")?.as_object());
        let bound = operators.flat_map(Map::values).filter_map(|keys| keys.get("aws:SourceArn"));
        let arns = bound.flat_map(|arns| arns.as_array().map_or(std::slice::from_ref(arns), Vec::as_slice));
        arns.filter_map(|arn| Arn::parse(arn.as_str()?)).find(Arn::is_regional).map(|arn| arn.region)
    }

    /// The text that is sent.
    pub fn text(&self) -> String {
        self.0.to_string()
    }
}

fn statement(statement: Value) -> Value {
    let Value::Object(statement) = statement else { return statement };
    let normal = |(key, value): (String, Value)| {
        let value = match key.as_str() {
            "Action" | "NotAction" | "Resource" | "NotResource" => scalars(value),
            "Principal" | "NotPrincipal" => each(value, scalars),
            "Condition" => each(value, |operator| each(operator, scalars)),
            _ => value,
        };
        (key, value)
    };
    Value::Object(statement.into_iter().map(normal).collect())
}

fn each(value: Value, normal: impl Fn(Value) -> Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (key, normal(value))).collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// A sorted list of strings: `"a"` and `["a"]` mean the same, and so do `true` and `"true"`.
fn scalars(value: Value) -> Value {
    let text = |value| match value {
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        other => other,
    };
    let mut list: Vec<Value> = as_list(value).into_iter().map(text).collect();
    sort(&mut list);
    if list.len() == 1 { list.remove(0) } else { Value::Array(list) }
}

/// Whether `wide` allows all that `narrow` allows: they differ at most in the length of their lists.
fn covers(wide: &Value, narrow: &Value) -> bool {
    let (Some(wide), Some(narrow)) = (wide.as_object(), narrow.as_object()) else { return wide == narrow };
    let allows = narrow.get("Effect").and_then(Value::as_str) == Some("Allow");
    let same_keys = wide.keys().eq(narrow.keys());
    same_keys
        && narrow.iter().all(|(key, value)| match key.as_str() {
            "Action" | "Resource" if allows => includes(&wide[key], value),
            "Condition" if allows => condition_covers(&wide[key], value),
            _ => wide[key] == *value,
        })
}

/// Values of one condition key are alternatives, unless the operator negates.
fn condition_covers(wide: &Value, narrow: &Value) -> bool {
    let (Some(wide), Some(narrow)) = (wide.as_object(), narrow.as_object()) else { return wide == narrow };
    wide.keys().eq(narrow.keys())
        && narrow.iter().all(|(operator, keys)| {
            let (Some(wide_keys), Some(keys)) = (wide[operator].as_object(), keys.as_object()) else { return false };
            let negates = operator.contains("Not") || operator.contains("ForAllValues") || operator == "Null";
            wide_keys.keys().eq(keys.keys())
                && keys.iter().all(|(key, value)| match negates {
                    true => wide_keys[key] == *value,
                    false => includes(&wide_keys[key], value),
                })
        })
}

fn includes(wide: &Value, narrow: &Value) -> bool {
    let wide = as_list(wide.clone());
    as_list(narrow.clone()).iter().all(|item| wide.contains(item))
}

fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        other => vec![other],
    }
}

fn sort(list: &mut Vec<Value>) {
    list.sort_by_cached_key(Value::to_string);
    list.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_one_element_lists_mean_nothing() {
        let ours = Policy::new([
            json!({ "Effect": "Allow", "Action": ["b:B", "a:A"], "Resource": "*" }),
            json!({ "Effect": "Allow", "Action": "c:C", "Resource": ["x"], "Condition": { "Bool": { "k": true } } }),
        ]);
        let theirs = r#"{"Statement":[
            {"Condition":{"Bool":{"k":["true"]}},"Resource":"x","Action":["c:C"],"Effect":"Allow"},
            {"Resource":["*"],"Action":["a:A","b:B"],"Effect":"Allow"}],"Version":"2012-10-17"}"#;
        let encoded = percent_encoding::utf8_percent_encode(theirs, percent_encoding::NON_ALPHANUMERIC).to_string();
        assert_eq!(ours, Policy::from_encoded(&encoded));
        assert_eq!(ours, Policy::from_encoded(theirs));
    }

    #[test]
    fn another_action_resource_or_condition_is_a_difference() {
        let base = json!({ "Effect": "Allow", "Action": "a:A", "Resource": "x", "Condition": { "StringEquals": { "k": "v" } } });
        for (key, value) in [
            ("Effect", json!("Deny")),
            ("Action", json!("a:*")),
            ("Resource", json!(["x", "y"])),
            ("Condition", json!({})),
        ] {
            let mut other = base.clone();
            other[key] = value;
            assert_ne!(Policy::new([base.clone()]), Policy::new([other]), "{key}");
        }
    }

    #[test]
    fn a_union_with_a_part_of_itself_is_itself() {
        let statement = |rules: Value| {
            let condition = json!({ "ArnEquals": { "aws:SourceArn": rules } });
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition })
        };
        let (both, one) = (Policy::new([statement(json!(["a", "b"]))]), Policy::new([statement(json!("b"))]));
        assert_eq!(both.union(&one), both);
        assert_eq!(one.union(&both), both);
        let other = Policy::new([statement(json!("c"))]);
        assert_eq!(one.union(&other).statements().count(), 2);
    }
}
