//! What a plan does not show: what a config takes from the environment, and what that replaces. AWS may hold an older
//! secret at any place of a command, an input or a container's environment: nobody knows where its parts came from.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::forms::forms;
use crate::plan::Change;

/// Stands for what is not shown.
pub const HIDDEN: &str = "(hidden)";
/// Fields that hold commands and inputs, in definitions and in our own resources.
const WORDS: [&str; 5] = ["Command", "command", "commands", "Input", "input"];
/// The field that holds a container's environment variables.
const ENVIRONMENT: &str = "Environment";
const HIDDEN_ANEW: &str = "(hidden, another one)";

/// The resource before and after, less what may be secret: `secrets`, and what they replace.
pub fn shown(change: &Change, secrets: &[String]) -> (Option<Value>, Option<Value>) {
    let side = |value: &Option<Value>| value.clone().unwrap_or_default();
    let (mut before, mut after) = (side(&change.before), side(&change.after));
    hide(&mut before, &mut after, &forms(secrets));
    (change.before.is_some().then_some(before), change.after.is_some().then_some(after))
}

/// Hides, in what stands at the same place before and after. Null stands for nothing.
fn hide(before: &mut Value, after: &mut Value, secrets: &[String]) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, old) in before.iter_mut() {
                hide_under(key, old, after.get_mut(key).unwrap_or(&mut Value::Null), secrets);
            }
            for (key, new) in after.iter_mut().filter(|(key, _)| !before.contains_key(*key)) {
                hide_under(key, &mut Value::Null, new, secrets);
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for at in 0..before.len().max(after.len()) {
                let (old, new) = (before.get_mut(at), after.get_mut(at));
                hide(old.unwrap_or(&mut Value::Null), new.unwrap_or(&mut Value::Null), secrets);
            }
        }
        (old @ Value::Object(_), Value::Null) => hide(old, &mut json!({}), secrets),
        (old @ Value::Array(_), Value::Null) => hide(old, &mut json!([]), secrets),
        (Value::Null, new @ Value::Object(_)) => hide(&mut json!({}), new, secrets),
        (Value::Null, new @ Value::Array(_)) => hide(&mut json!([]), new, secrets),
        (old, new) if is_list(old) || is_list(new) => {
            hide(old, &mut Value::Null, secrets);
            hide(&mut Value::Null, new, secrets);
        }
        (old, new) if tells(old, secrets) || tells(new, secrets) => conceal(old, new),
        _ => {}
    }
}

fn hide_under(key: &str, old: &mut Value, new: &mut Value, secrets: &[String]) {
    match key {
        key if WORDS.contains(&key) => hide_words(old, new, secrets),
        ENVIRONMENT => hide_environment(old, new, secrets),
        "definition" => hide_definition(old, new, secrets),
        _ => hide(old, new, secrets),
    }
}

/// A command or an input. What the config has none of is hidden as a whole. Where either side tells a secret, what
/// the config does not write out is hidden too: a part that moved has another place than what it replaces.
fn hide_words(old: &mut Value, new: &mut Value, secrets: &[String]) {
    if new.is_null() || names_tell(old, secrets) || names_tell(new, secrets) {
        return conceal(old, new);
    }
    let (was, is) = (leaves(old), leaves(new));
    if was.iter().chain(&is).any(|leaf| told(leaf, secrets)) {
        hide_parts(old, new, &was, &is, secrets);
    }
}

/// Nobody knows which parts of a definition were substituted. Where one is secret that is not of the places that are
/// looked at by themselves, of the old definition only what the new one has too is shown.
fn hide_definition(old: &mut Value, new: &mut Value, secrets: &[String]) {
    if new.is_null() || names_tell(old, secrets) || names_tell(new, secrets) {
        return conceal(old, new);
    }
    if tells_elsewhere(old, secrets) || tells_elsewhere(new, secrets) {
        let (was, is) = (leaves(old), leaves(new));
        hide_parts(old, new, &was, &is, secrets);
    }
    hide(old, new, secrets);
}

fn tells_elsewhere(value: &Value, secrets: &[String]) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, field)| {
            let by_itself = WORDS.contains(&key.as_str()) || key == ENVIRONMENT;
            !by_itself && tells_elsewhere(field, secrets)
        }),
        Value::Array(items) => items.iter().any(|item| tells_elsewhere(item, secrets)),
        leaf => tells(leaf, secrets),
    }
}

/// A list of `Name` and `Value`, of which names are shown. Source: Amazon ECS API, `ContainerOverride`.
fn hide_environment(old: &mut Value, new: &mut Value, secrets: &[String]) {
    let (was, is) = (leaves(old), leaves(new));
    hide_parts(old, new, &was, &is, secrets);
}

fn hide_parts(old: &mut Value, new: &mut Value, was: &BTreeSet<String>, is: &BTreeSet<String>, secrets: &[String]) {
    let differ = old != new;
    over_leaves(old, &mut |leaf| {
        let text = text(leaf);
        if told(&text, secrets) || !is.contains(&text) {
            *leaf = HIDDEN.into();
        }
    });
    over_leaves(new, &mut |leaf| {
        let text = text(leaf);
        if told(&text, secrets) {
            *leaf = if was.is_empty() || was.contains(&text) { HIDDEN } else { HIDDEN_ANEW }.into();
        }
    });
    // That something changed is no secret, such as two values that changed places.
    if differ && old == new {
        over_leaves(new, &mut |leaf| {
            if leaf == HIDDEN {
                *leaf = HIDDEN_ANEW.into();
            }
        });
    }
}

/// Hides both as a whole; that there is nothing is shown.
fn conceal(old: &mut Value, new: &mut Value) {
    let same = old == new;
    if !old.is_null() {
        *old = HIDDEN.into();
    }
    if !new.is_null() {
        *new = if same || old.is_null() { HIDDEN } else { HIDDEN_ANEW }.into();
    }
}

/// All that is no list, but the name of an environment variable.
fn over_leaves(value: &mut Value, on: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Object(fields) => {
            let is_variable = fields.contains_key("Name") && fields.contains_key("Value");
            let shown = |key: &str| is_variable && key == "Name";
            fields.iter_mut().filter(|(key, _)| !shown(key)).for_each(|(_, field)| over_leaves(field, on));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| over_leaves(item, on)),
        Value::Null => {}
        leaf => on(leaf),
    }
}

fn leaves(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    over_leaves(&mut value.clone(), &mut |leaf| {
        found.insert(text(leaf));
    });
    found
}

fn text(leaf: &Value) -> String {
    leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned)
}

fn is_list(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn names_tell(value: &Value, secrets: &[String]) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, field)| told(key, secrets) || names_tell(field, secrets)),
        Value::Array(items) => items.iter().any(|item| names_tell(item, secrets)),
        _ => false,
    }
}

fn tells(leaf: &Value, secrets: &[String]) -> bool {
    (leaf.is_string() || leaf.is_number()) && told(&text(leaf), secrets)
}

fn told(text: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|secret| text.contains(secret.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hidden(mut before: Value, mut after: Value, secrets: &[&str]) -> (Value, Value) {
        let secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
        hide(&mut before, &mut after, &secrets);
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
        let two = |one, other| json!({ "input": { "a": one, "b": other } });
        let changed = hidden(two("new1", "new2"), two("new2", "new1"), &["new1", "new2"]);
        assert_eq!(changed, (two(HIDDEN, HIDDEN), two(HIDDEN_ANEW, HIDDEN_ANEW)));
    }

    #[test]
    fn a_secret_that_moved_hides_what_stood_elsewhere() {
        let command = |words: &[&str]| json!({ "commands": words });
        let (before, after) = hidden(command(&["run", "--key=old"]), command(&["run", "-v", "--key=new"]), &["new"]);
        assert_eq!(before, command(&["run", HIDDEN]));
        assert_eq!(after, command(&["run", "-v", HIDDEN_ANEW]));
        let (before, after) =
            hidden(json!({ "input": { "old": 4711, "is": "run" } }), json!({ "input": ["run", "new"] }), &["new"]);
        assert_eq!(before, json!({ "input": { "old": HIDDEN, "is": "run" } }));
        assert_eq!(after, json!({ "input": ["run", HIDDEN_ANEW] }));
        let both = (command(&["run", "b"]), command(&["run", "a"]));
        assert_eq!(hidden(both.0.clone(), both.1.clone(), &["new"]), both, "no secret is near");
    }

    #[test]
    fn what_the_config_has_none_of_is_hidden_as_a_whole() {
        let state = |words: Value| json!({ "Result": { "commands": words }, "input": null });
        assert_eq!(hidden(state(json!(["run", "a"])), Value::Null, &[]).0, state(json!(HIDDEN)));
        let machine = |definition: Value| json!({ "name": "a", "definition": definition });
        assert_eq!(hidden(machine(state(json!(["run"]))), Value::Null, &[]).0, machine(json!(HIDDEN)));
        assert_eq!(hidden(json!({ "input": { "a": 1 } }), json!({ "input": null }), &[]).0, json!({ "input": HIDDEN }));
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
