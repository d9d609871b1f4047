//! What a plan does not show: what a config takes from the environment and what that replaces, and values of container
//! environment variables that AWS has and the config does not write out. Nobody knows where those came from.

use serde_json::Value;

use crate::plan::Change;

/// Stands for what is not shown.
pub const HIDDEN: &str = "(hidden)";
const HIDDEN_ANEW: &str = "(hidden, another one)";

/// The resource before and after, less what may be secret: `secrets`, and what they replace.
pub fn shown(change: &Change, secrets: &[String]) -> (Option<Value>, Option<Value>) {
    let (mut before, mut after) = (change.before.clone(), change.after.clone());
    hide(before.as_mut(), after.as_mut(), secrets, false);
    (before, after)
}

/// Hides, in what stands at the same place before and after. `environment`: within a list of environment variables.
fn hide(before: Option<&mut Value>, after: Option<&mut Value>, secrets: &[String], environment: bool) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            for (key, old) in before.iter_mut() {
                hide(Some(old), after.get_mut(key), secrets, is_secret(key, environment));
            }
            for (key, new) in after.iter_mut().filter(|(key, _)| !before.contains_key(*key)) {
                hide(None, Some(new), secrets, is_secret(key, environment));
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            let paired = before.len().min(after.len());
            let (old, rest_of_old) = before.split_at_mut(paired);
            let (new, rest_of_new) = after.split_at_mut(paired);
            old.iter_mut().zip(new).for_each(|(old, new)| hide(Some(old), Some(new), secrets, environment));
            for old in rest_of_old {
                hide(Some(old), None, secrets, environment);
            }
            for new in rest_of_new {
                hide(None, Some(new), secrets, environment);
            }
        }
        (Some(Value::String(old)), Some(Value::String(new))) => {
            let same = old == new;
            if tells(old, secrets) || tells(new, secrets) {
                HIDDEN.clone_into(old);
                if same { HIDDEN } else { HIDDEN_ANEW }.clone_into(new);
            } else if environment && !same {
                HIDDEN.clone_into(old);
            }
        }
        (Some(old), after) => {
            hide_only(old, &|text, environment| environment || tells(text, secrets), environment);
            hide(None, after, secrets, environment);
        }
        (None, Some(new)) => hide_only(new, &|text, _| tells(text, secrets), environment),
        (None, None) => {}
    }
}

/// Hides, in what has nothing beside it.
fn hide_only(value: &mut Value, is_hidden: &impl Fn(&str, bool) -> bool, environment: bool) {
    match value {
        Value::Object(fields) => {
            fields.iter_mut().for_each(|(key, field)| hide_only(field, is_hidden, is_secret(key, environment)));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide_only(item, is_hidden, environment)),
        Value::String(text) if is_hidden(text, environment) => HIDDEN.clone_into(text),
        _ => {}
    }
}

/// `Environment` is a list of `Name` and `Value`. Source: Amazon ECS API, `ContainerOverride`.
fn is_secret(key: &str, environment: bool) -> bool {
    key == "Environment" || (environment && key != "Name")
}

fn tells(text: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|secret| text.contains(secret.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hidden(mut before: Value, mut after: Value, secrets: &[&str]) -> (Value, Value) {
        let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
        hide(Some(&mut before), Some(&mut after), &secrets, false);
        (before, after)
    }

    fn task(token: &str) -> Value {
        json!({ "Environment": [{ "Name": "TOKEN", "Value": token }, { "Name": "A", "Value": "a" }] })
    }

    #[test]
    fn a_value_that_the_config_writes_out_is_shown_and_what_it_replaces_is_not() {
        assert_eq!(hidden(task("one"), task("other"), &[]), (task(HIDDEN), task("other")));
        assert_eq!(hidden(task("one"), json!({}), &[]).0["Environment"][1]["Value"], HIDDEN);
    }

    #[test]
    fn a_secret_and_what_it_replaces_are_hidden_and_a_change_still_shows() {
        assert_eq!(hidden(task("one"), task("new"), &["new"]), (task(HIDDEN), task(HIDDEN_ANEW)));
        let (before, after) = hidden(json!({ "c": ["run", "old"] }), json!({ "c": ["run", "--key=new"] }), &["new"]);
        assert_eq!((before, after), (json!({ "c": ["run", HIDDEN] }), json!({ "c": ["run", HIDDEN_ANEW] })));
    }

    #[test]
    fn what_is_only_on_one_side_is_hidden_too() {
        let one = || json!({ "x": { "Environment": [{ "Name": "N", "Value": "v" }] }, "y": "has new in it", "z": 1 });
        let other =
            |value: &str| json!({ "x": { "Environment": [{ "Name": "N", "Value": value }] }, "y": HIDDEN, "z": 1 });
        assert_eq!(hidden(json!({}), one(), &["new"]), (json!({}), other("v")));
        assert_eq!(hidden(one(), json!({}), &["new"]), (other(HIDDEN), json!({})));
    }
}
