//! One state. Source: <https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html>.

use jsonc_parser::ast::{Object, ObjectProp};
use jsonc_parser::common::Ranged;

use super::graph::{Edge, Vertex};
use super::report::{Report, did_you_mean};
use super::shape::{Language, Site, quoted};
use super::tables::TYPES;
use super::{choice, json, map, reserved, retry, run_task};

const LONGEST_NAME: usize = 80;

/// Checks a state, but not the states inside of it, and gives its place in the graph.
pub(super) fn check<'a>(
    property: &'a ObjectProp<'a>,
    machine_ends: bool,
    site: Site,
    report: &mut Report,
) -> Vertex<'a> {
    let name = json::key(property);
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME {
        report.error(site, site.span, &format!("a name has 1 to {LONGEST_NAME} characters, not {length}"), None);
    }
    let Some(state) = property.value.as_object() else {
        let what = format!("a state must be an object, not {}", json::type_of(&property.value));
        report.error(site, property.value.range(), &what, None);
        return Vertex { name, span: site.span, edges: Vec::new(), is_end: false, is_whole: false };
    };
    json::duplicates(state, &["Branches", "ItemProcessor", "Iterator"], site, report);
    let kind = json::text_at(state, "Type");
    match TYPES.iter().find(|(known, _)| Some(*known) == kind) {
        Some((kind, shape)) => {
            shape.check(state, site, report);
            specifics(kind, state, machine_ends, site, report);
            if site.language == Language::Jsonata {
                reserved::check(state, kind, site, report);
            }
        }
        None => unknown_type(state, site, report),
    }
    let is_end = matches!(kind, Some("Succeed" | "Fail")) || is_end(state);
    Vertex { name, span: site.span, edges: edges(state), is_end, is_whole: is_end || goes_on(state) }
}

fn goes_on(state: &Object) -> bool {
    let has_next = |object: &Object| json::text_at(object, "Next").is_some();
    match json::get(state, "Choices") {
        Some(rules) => json::objects(&rules.value).all(has_next),
        None => has_next(state),
    }
}

fn unknown_type(state: &Object, site: Site, report: &mut Report) {
    let known: Vec<_> = TYPES.iter().map(|(name, _)| *name).collect();
    match json::get(state, "Type") {
        None => report.error(site, site.span, "`Type` is missing", Some(format!("it is one of {}", quoted(&known)))),
        Some(property) => {
            let what = match json::text(&property.value) {
                Some(written) => format!("there is no type `{written}`"),
                None => format!("`Type` must be a string, not {}", json::type_of(&property.value)),
            };
            let nearest =
                json::text(&property.value).and_then(|written| report.nearest(written, known.iter().copied()));
            let hint = nearest.map_or_else(|| format!("it is one of {}", quoted(&known)), did_you_mean);
            report.error(site, property.value.range(), &what, Some(hint));
        }
    }
}

fn specifics(kind: &str, state: &Object, machine_ends: bool, site: Site, report: &mut Report) {
    for list in ["Retry", "Catch"].iter().filter_map(|name| json::get(state, name)) {
        retry::check(list, site, report);
    }
    match kind {
        "Choice" => json::get(state, "Choices").into_iter().for_each(|rules| choice::check(rules, site, report)),
        "Succeed" | "Fail" => return,
        "Task" => {
            heartbeat(state, site, report);
            run_task::check(state, machine_ends, site, report);
        }
        "Map" => map::check(state, site, report),
        _ => {}
    }
    if kind != "Choice" {
        way_on(state, site, report);
    }
}

fn is_end(state: &Object) -> bool {
    json::get(state, "End").and_then(|end| end.value.as_boolean_lit()).is_some_and(|end| end.value)
}

fn way_on(state: &Object, site: Site, report: &mut Report) {
    match (json::get(state, "Next"), json::get(state, "End")) {
        (Some(_), Some(end)) if is_end(state) => {
            report.error(site, end.name.range(), "`Next` and `End` exclude each other", None);
        }
        (None, Some(end)) if end.value.as_boolean_lit().is_some_and(|end| !end.value) => {
            report.error(site, end.value.range(), "`End` is false, and there is no `Next`", None);
        }
        (None, None) => report.error(site, site.span, "neither `Next` nor `End`", None),
        _ => {}
    }
}

fn heartbeat(task: &Object, site: Site, report: &mut Report) {
    let beat = json::get(task, "HeartbeatSeconds");
    let beats = beat.and_then(|beat| json::number(&beat.value));
    if let (Some(beat), Some(beats), Some(timeout)) = (beat, beats, json::number_at(task, "TimeoutSeconds"))
        && beats >= timeout
    {
        report.error(site, beat.value.range(), "`HeartbeatSeconds` is not smaller than `TimeoutSeconds`", None);
    }
}

/// Every transition out of a state.
fn edges<'a>(state: &'a Object<'a>) -> Vec<Edge<'a>> {
    let own = ["Next", "Default"].into_iter().filter_map(|name| json::get(state, name));
    let lists = ["Choices", "Catch"].into_iter().filter_map(|name| json::get(state, name));
    let nested = lists.flat_map(|list| json::objects(&list.value)).filter_map(|rule| json::get(rule, "Next"));
    own.chain(nested).filter_map(Edge::new).collect()
}

/// The query language of a state; a machine in `JSONata` has no states in `JSONPath`, see
/// <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>.
pub(super) fn language(state: &Object, machine: Language, site: Site, report: &mut Report) -> Language {
    let Some(property) = json::get(state, "QueryLanguage") else {
        return machine;
    };
    match json::text(&property.value) {
        Some("JSONata") => Language::Jsonata,
        Some("JSONPath") if machine == Language::Jsonata => {
            let what = "`QueryLanguage` cannot be JSONPath in a JSONata state machine";
            report.error(site, property.value.range(), what, None);
            Language::JsonPath
        }
        Some("JSONPath") => Language::JsonPath,
        _ => machine,
    }
}
