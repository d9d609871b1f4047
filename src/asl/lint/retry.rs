//! Retry and Catch. Source:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.

use jsonc_parser::ast::{Object, ObjectProp};
use jsonc_parser::common::Ranged;

use super::json;
use super::kind::Kind::{Real, ResultPath, Template, Text, Texts, Whole, Word};
use super::report::Report;
use super::shape::{Shape, Site, both, jsonata, jsonpath};
use super::tables::{ASSIGN, NO_LIMIT, SECONDS, shape};

const LONGEST_DELAY: f64 = 31_622_400.0;
const WILDCARD: &str = "States.ALL";

pub(super) const RETRIER: Shape = Shape {
    required: &["ErrorEquals"],
    ..shape(
        "a retrier",
        &[&[
            both("ErrorEquals", Texts),
            both("IntervalSeconds", Whole(1.0, SECONDS)),
            both("MaxAttempts", Whole(0.0, SECONDS)),
            both("BackoffRate", Real(1.0, NO_LIMIT)),
            both("MaxDelaySeconds", Whole(1.0, LONGEST_DELAY)),
            both("JitterStrategy", Word(&["FULL", "NONE"])),
            both("Comment", Text),
        ]],
    )
};

pub(super) const CATCHER: Shape = Shape {
    required: &["ErrorEquals", "Next"],
    ..shape(
        "a catcher",
        &[
            ASSIGN,
            &[
                both("ErrorEquals", Texts),
                both("Next", Text),
                jsonpath("ResultPath", ResultPath),
                jsonata("Output", Template),
                both("Comment", Text),
            ],
        ],
    )
};

/// Checks a Retry or a Catch: the wildcard stands alone, and last.
pub(super) fn check(list: &ObjectProp, site: Site, report: &mut Report) {
    let mut rules = json::objects(&list.value).peekable();
    while let Some(rule) = rules.next() {
        delays(rule, site, report);
        let Some(errors) = json::get(rule, "ErrorEquals").and_then(|errors| errors.value.as_array()) else {
            continue;
        };
        let Some(wildcard) = errors.elements.iter().find(|error| json::text(error) == Some(WILDCARD)) else {
            continue;
        };
        if errors.elements.len() > 1 {
            let hint = "it matches every error already".to_owned();
            report.error(site, wildcard.range(), &format!("`{WILDCARD}` must stand alone"), Some(hint));
        }
        if rules.peek().is_some() {
            let what = format!("`{WILDCARD}` must be in the last element of `{}`", json::key(list));
            report.error(site, wildcard.range(), &what, None);
        }
    }
}

fn delays(retrier: &Object, site: Site, report: &mut Report) {
    let longest = json::get(retrier, "MaxDelaySeconds");
    let pair = (json::number_at(retrier, "IntervalSeconds"), longest.and_then(|delay| json::number(&delay.value)));
    if let (Some(delay), (Some(first), Some(most))) = (longest, pair)
        && most < first
    {
        report.error(site, delay.value.range(), "`MaxDelaySeconds` is smaller than `IntervalSeconds`", None);
    }
}
