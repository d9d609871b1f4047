//! How the states of one scope follow each other. Source: <https://states-language.net/spec.html#transition>.

use std::collections::{HashMap, HashSet};

use jsonc_parser::ast::ObjectProp;
use jsonc_parser::common::{Range, Ranged};

use super::json;
use super::report::{Report, did_you_mean};
use super::shape::Site;

pub(super) struct Edge<'a> {
    field: &'a str,
    target: &'a str,
    span: Range,
}

impl<'a> Edge<'a> {
    pub(super) fn new(property: &'a ObjectProp<'a>) -> Option<Self> {
        let target = json::text(&property.value)?;
        Some(Self { field: json::key(property), target, span: property.value.range() })
    }
}

pub(super) struct Vertex<'a> {
    pub name: &'a str,
    pub span: Range,
    pub edges: Vec<Edge<'a>>,
    pub is_end: bool,
    /// Whether it has the transition, or the end, that it needs.
    pub is_whole: bool,
}

impl Vertex<'_> {
    /// The other states it leads to.
    fn others(&self) -> impl Iterator<Item = &str> {
        self.edges.iter().map(|edge| edge.target).filter(|target| *target != self.name)
    }
}

pub(super) struct Graph<'a> {
    pub start: Option<Edge<'a>>,
    pub vertices: Vec<Vertex<'a>>,
}

impl Graph<'_> {
    /// Reports transitions to nowhere; and, when there are none, states that nothing leads to and a scope that never ends.
    /// `everywhere` has the names of all scopes.
    pub(super) fn check(&self, everywhere: &HashSet<&str>, site: Site, report: &mut Report) {
        let index: HashMap<_, _> = self.vertices.iter().enumerate().map(|(at, vertex)| (vertex.name, at)).collect();
        let mut is_whole = true;
        if let Some(start) = &self.start {
            is_whole &= self.target(start, &index, everywhere, site, report);
        }
        for vertex in &self.vertices {
            let place = format!("state `{}`", vertex.name);
            let site = Site { place: &place, ..site };
            for edge in &vertex.edges {
                is_whole &= self.target(edge, &index, everywhere, site, report);
            }
            is_whole &= vertex.is_whole;
        }
        if let (true, Some(start)) = (is_whole, &self.start) {
            self.unreachable(start, &index, site, report);
            self.endless(site, report);
        }
    }

    fn target(
        &self,
        edge: &Edge,
        index: &HashMap<&str, usize>,
        everywhere: &HashSet<&str>,
        site: Site,
        report: &mut Report,
    ) -> bool {
        let Edge { field, target, span } = edge;
        if index.contains_key(target) || target.contains("${") {
            return index.contains_key(target);
        }
        if everywhere.contains(target) {
            let hint = "a transition stays among the states that stand beside each other".to_owned();
            let what = format!("`{field}` leads to `{target}`, which is in another scope");
            report.error(site, *span, &what, Some(hint));
        } else {
            let hint = report.nearest(target, self.vertices.iter().map(|vertex| vertex.name)).map(did_you_mean);
            report.error(site, *span, &format!("`{field}` leads to `{target}`, which does not exist"), hint);
        }
        false
    }

    /// Reports one state of each unreachable group: the one that leads to the others, if there is one.
    fn unreachable(&self, start: &Edge, index: &HashMap<&str, usize>, site: Site, report: &mut Report) {
        let mut reached = vec![false; self.vertices.len()];
        self.visit(start.target, index, &mut reached);
        let targets: HashSet<_> = self.cut_off(&reached).flat_map(Vertex::others).collect();
        let (led_to, heads): (Vec<_>, Vec<_>) =
            self.cut_off(&reached).partition(|vertex| targets.contains(vertex.name));
        for vertex in heads.into_iter().chain(led_to) {
            if index.get(vertex.name).is_some_and(|at| reached[*at]) {
                continue;
            }
            let place = format!("state `{}`", vertex.name);
            report.error(Site { place: &place, ..site }, vertex.span, "no state leads here", None);
            self.visit(vertex.name, index, &mut reached);
        }
    }

    fn cut_off(&self, reached: &[bool]) -> impl Iterator<Item = &Vertex<'_>> {
        let reached = reached.to_vec();
        self.vertices.iter().zip(reached).filter(|(_, reached)| !reached).map(|(vertex, _)| vertex)
    }

    fn visit(&self, from: &str, index: &HashMap<&str, usize>, reached: &mut [bool]) {
        let mut pending = vec![from];
        while let Some(at) = pending.pop().and_then(|name| index.get(name).copied()) {
            if !std::mem::replace(&mut reached[at], true) {
                pending.extend(self.vertices[at].edges.iter().map(|edge| edge.target));
            }
        }
    }

    fn endless(&self, site: Site, report: &mut Report) {
        if !self.vertices.iter().any(|vertex| vertex.is_end) {
            let hint = "end it with `\"End\": true`, or a Succeed or Fail state".to_owned();
            report.error(site, site.span, "no state ends it", Some(hint));
        }
    }
}
