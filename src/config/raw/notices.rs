//! Who hears of a job's runs: `notify` and `alarm`.

use std::ops::Range;

use super::At;
use crate::config::section::Section;

/// `notify`
#[derive(Clone, Default)]
pub struct RawNotify {
    /// Where it is written; none when it is not.
    pub span: Option<Range<usize>>,
    pub failure: At<String>,
    pub success: At<String>,
}

/// `alarm`
#[derive(Clone, Default)]
pub struct RawAlarm {
    /// Where it is written; none when it is not.
    pub span: Option<Range<usize>>,
    pub failures: At<bool>,
    pub no_success_in: At<String>,
    pub actions: At<Vec<String>>,
}

pub fn notify(section: Option<Section<'_>>) -> RawNotify {
    let Some(mut section) = section else { return RawNotify::default() };
    let raw = RawNotify {
        span: Some(section.span.clone()),
        failure: section.string("failure"),
        success: section.string("success"),
    };
    section.finish();
    raw
}

pub fn alarm(section: Option<Section<'_>>) -> RawAlarm {
    let Some(mut section) = section else { return RawAlarm::default() };
    let raw = RawAlarm {
        span: Some(section.span.clone()),
        failures: section.boolean("failures"),
        no_success_in: section.minutes("no_success_in"),
        actions: section.strings("actions"),
    };
    section.finish();
    raw
}

impl RawNotify {
    /// These keys laid over `base`.
    pub fn over(&self, base: &Self) -> Self {
        over!(self, base, RawNotify { span, failure, success })
    }
}

impl RawAlarm {
    /// These keys laid over `base`.
    pub fn over(&self, base: &Self) -> Self {
        over!(self, base, RawAlarm { span, failures, no_success_in, actions })
    }
}
