//! Collects faults.

use jsonc_parser::common::Range;
use strsim::osa_distance;

use super::shape::Site;
use super::{Fault, MAX_BYTES, Severity};

/// Names are compared for a hint only up to these limits, to stay quick on hostile text.
const LONGEST_NAME: usize = 80;
const MOST_NAMES: usize = 200;
const MOST_FAULTS: usize = 50;

#[derive(Default)]
pub(super) struct Report {
    faults: Vec<Fault>,
}

impl Report {
    pub(super) fn push(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub(super) fn error(&mut self, site: Site, span: Range, what: &str, hint: Option<String>) {
        self.at(site, span, what, hint, Severity::Error);
    }

    pub(super) fn warning(&mut self, site: Site, span: Range, what: &str, hint: Option<String>) {
        self.at(site, span, what, hint, Severity::Warning);
    }

    fn at(&mut self, site: Site, span: Range, what: &str, hint: Option<String>, severity: Severity) {
        let message = format!("{}: {what}", site.place);
        self.push(Fault { message, span: span.start..span.end, hint, severity });
    }

    pub(super) fn too_large(&mut self, bytes: usize) {
        self.push(Fault {
            message: format!("the definition has {bytes} bytes, more than the {MAX_BYTES} that AWS takes"),
            span: 0..0,
            hint: Some("move a part of it to a state machine of its own, or its data to S3".to_owned()),
            severity: Severity::Error,
        });
    }

    /// The candidate most like `name`, if any is like enough to be what was meant.
    pub(super) fn nearest<'a>(&self, name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        if self.faults.len() > MOST_FAULTS || name.len() > LONGEST_NAME {
            return None;
        }
        candidates
            .take(MOST_NAMES)
            .filter(|candidate| candidate.len() <= LONGEST_NAME)
            .map(|candidate| (distance(name, candidate), candidate))
            .filter(|(distance, candidate)| *distance <= candidate.chars().count() / 3)
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, candidate)| candidate)
    }

    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        self.faults
    }
}

fn distance(left: &str, right: &str) -> usize {
    osa_distance(&left.to_lowercase(), &right.to_lowercase())
}

pub(super) fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}
