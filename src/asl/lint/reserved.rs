//! Where `JSONata` can read the result and the error of a state. Source:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::report::Report;
use super::shape::Site;
use super::{json, jsonata};

const RESULT: &str = "$states.result";
const ERROR: &str = "$states.errorOutput";

/// The fields that hold states or are gone through one by one.
const APART: &[&str] = &["Branches", "ItemProcessor", "Iterator", "Catch", "Comment"];

/// Checks a state in `JSONata`.
pub(super) fn check(state: &Object, kind: &str, site: Site, report: &mut Report) {
    let has_result = matches!(kind, "Task" | "Parallel" | "Map");
    for property in state.properties.iter().filter(|property| !APART.contains(&json::key(property))) {
        if !(has_result && is_outcome(property)) {
            refuse(&property.value, RESULT, site, report);
        }
        refuse(&property.value, ERROR, site, report);
    }
    let catchers = json::get(state, "Catch").into_iter().flat_map(|list| json::objects(&list.value));
    for property in catchers.flat_map(|catcher| &catcher.properties) {
        if !is_outcome(property) {
            refuse(&property.value, ERROR, site, report);
        }
        refuse(&property.value, RESULT, site, report);
    }
}

fn is_outcome(property: &ObjectProp) -> bool {
    matches!(json::key(property), "Output" | "Assign")
}

fn refuse(value: &Value, name: &str, site: Site, report: &mut Report) {
    match value {
        Value::Object(object) => {
            object.properties.iter().for_each(|property| refuse(&property.value, name, site, report));
        }
        Value::Array(array) => array.elements.iter().for_each(|element| refuse(element, name, site, report)),
        Value::StringLit(text) if jsonata::reads(&text.value, name) => {
            let hint = if name == RESULT {
                "only `Output` and `Assign` of a Task, Parallel or Map can read it"
            } else {
                "only `Output` and `Assign` of a catcher can read it"
            };
            report.error(site, value.range(), &format!("`{name}` cannot be read here"), Some(hint.to_owned()));
        }
        _ => {}
    }
}
