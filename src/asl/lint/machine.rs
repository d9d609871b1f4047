//! The state machine and the scopes inside of it. Source:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>.

use std::collections::HashSet;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};

use super::graph::{Edge, Graph, Vertex};
use super::json;
use super::map::{self, PROCESSOR};
use super::report::Report;
use super::shape::{Language, Shape, Site};
use super::state;
use super::tables::{BRANCH, MACHINE};

pub(super) fn check(root: &Value, report: &mut Report) {
    let language = Language::JsonPath;
    let mut site = Site { place: "the state machine", span: root.range(), language, express: false };
    let Value::Object(object) = root else {
        let what = format!("a definition must be an object, not {}", json::type_of(root));
        return report.error(site, root.range(), &what, None);
    };
    site.span = json::brace(object);
    site.language = self::language(object, language);
    let mut names = HashSet::new();
    for (name, span) in state_names(object) {
        if !names.insert(name) {
            let hint = "names are unique in the whole state machine, also inside of Parallel and Map".to_owned();
            let place = format!("state `{name}`");
            report.error(Site { place: &place, ..site }, span, "another state has this name", Some(hint));
        }
    }
    let machine = Machine { names, has_timeout: json::get(object, "TimeoutSeconds").is_some() };
    machine.scope(object, &MACHINE, site, report);
}

fn language(scope: &Object, default: Language) -> Language {
    match json::text_at(scope, "QueryLanguage") {
        Some("JSONata") => Language::Jsonata,
        Some("JSONPath") => Language::JsonPath,
        _ => default,
    }
}

struct Machine<'a> {
    names: HashSet<&'a str>,
    has_timeout: bool,
}

impl Machine<'_> {
    fn scope(&self, scope: &Object, shape: &Shape, site: Site, report: &mut Report) {
        json::duplicates(scope, &["States"], site, report);
        shape.check(scope, site, report);
        let Some(states) = json::get(scope, "States").and_then(|states| states.value.as_object()) else {
            return;
        };
        let mut seen = HashSet::new();
        let mut vertices = Vec::new();
        for property in &states.properties {
            let name = json::key(property);
            if !seen.insert(name) {
                report.error(site, property.name.range(), &format!("duplicate key `{name}`"), None);
            }
            vertices.push(self.state(property, site, report));
        }
        let start = json::get(scope, "StartAt").and_then(Edge::new);
        Graph { start, vertices }.check(&self.names, site, report);
    }

    fn state<'s>(&self, property: &'s ObjectProp<'s>, scope: Site, report: &mut Report) -> Vertex<'s> {
        let place = format!("state `{}`", json::key(property));
        let mut site = Site { place: &place, span: property.name.range(), ..scope };
        if let Some(object) = property.value.as_object() {
            site.language = state::language(object, scope.language, site, report);
        }
        let vertex = state::check(property, self.has_timeout, site, report);
        if let Some(object) = property.value.as_object() {
            site.language = scope.language;
            self.inner(object, site, report);
        }
        vertex
    }

    /// The scopes inside of a Parallel or a Map speak the language of the machine, not of that state.
    fn inner(&self, state: &Object, site: Site, report: &mut Report) {
        for (field, scope, span) in scopes(state) {
            let (shape, place) = match field {
                "Branches" => (&BRANCH, format!("a branch of {}", site.place)),
                _ => (&PROCESSOR, format!("the item processor of {}", site.place)),
            };
            let express = site.express || map::runs_express(scope);
            let site = Site { place: &place, span, language: language(scope, site.language), express };
            self.scope(scope, shape, site, report);
        }
    }
}

/// The scopes right inside of a state, with what to underline of them.
fn scopes<'a>(state: &'a Object<'a>) -> Vec<(&'static str, &'a Object<'a>, Range)> {
    let fields: &[&'static str] = match json::text_at(state, "Type") {
        Some("Parallel") => &["Branches"],
        Some("Map") => &["ItemProcessor", "Iterator"],
        _ => &[],
    };
    let mut found = Vec::new();
    for (field, property) in fields.iter().filter_map(|field| Some((*field, json::get(state, field)?))) {
        match property.value.as_object() {
            Some(scope) => found.push((field, scope, property.name.range())),
            None => found.extend(json::objects(&property.value).map(|scope| (field, scope, json::brace(scope)))),
        }
    }
    found
}

/// The names of the states of every scope; a name twice in one scope is given once.
fn state_names<'a>(root: &'a Object<'a>) -> Vec<(&'a str, Range)> {
    let mut names = Vec::new();
    let mut pending = vec![root];
    while let Some(scope) = pending.pop() {
        let states = json::get(scope, "States").and_then(|states| states.value.as_object());
        let mut own = HashSet::new();
        for property in states.into_iter().flat_map(|states| &states.properties) {
            if own.insert(json::key(property)) {
                names.push((json::key(property), property.name.range()));
            }
            if let Some(state) = property.value.as_object() {
                pending.extend(scopes(state).into_iter().map(|(_, scope, _)| scope));
            }
        }
    }
    names.sort_by_key(|(_, span)| span.start);
    names
}
