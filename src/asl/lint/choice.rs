//! The rules of a Choice. Source:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>.

use jsonc_parser::ast::{Object, ObjectProp};
use jsonc_parser::common::Ranged;

use super::json;
use super::kind::Kind::{self, Assign, Condition, Elements, Flag, Path, Real, Template, Text, Timestamp};
use super::path::Form::Any;
use super::report::Report;
use super::shape::{Field, Language, Shape, Site, both, jsonata, jsonpath, quoted};

const NUMBER: Kind = Real(f64::NEG_INFINITY, f64::INFINITY);
const BOOLEANS: &[&str] = &["And", "Or", "Not"];

const COMPARISONS: &[Field] = &[
    jsonpath("BooleanEquals", Flag),
    jsonpath("BooleanEqualsPath", Path(Any)),
    jsonpath("IsBoolean", Flag),
    jsonpath("IsNull", Flag),
    jsonpath("IsNumeric", Flag),
    jsonpath("IsPresent", Flag),
    jsonpath("IsString", Flag),
    jsonpath("IsTimestamp", Flag),
    jsonpath("NumericEquals", NUMBER),
    jsonpath("NumericEqualsPath", Path(Any)),
    jsonpath("NumericGreaterThan", NUMBER),
    jsonpath("NumericGreaterThanEquals", NUMBER),
    jsonpath("NumericGreaterThanEqualsPath", Path(Any)),
    jsonpath("NumericGreaterThanPath", Path(Any)),
    jsonpath("NumericLessThan", NUMBER),
    jsonpath("NumericLessThanEquals", NUMBER),
    jsonpath("NumericLessThanEqualsPath", Path(Any)),
    jsonpath("NumericLessThanPath", Path(Any)),
    jsonpath("StringEquals", Text),
    jsonpath("StringEqualsPath", Path(Any)),
    jsonpath("StringGreaterThan", Text),
    jsonpath("StringGreaterThanEquals", Text),
    jsonpath("StringGreaterThanEqualsPath", Path(Any)),
    jsonpath("StringGreaterThanPath", Path(Any)),
    jsonpath("StringLessThan", Text),
    jsonpath("StringLessThanEquals", Text),
    jsonpath("StringLessThanEqualsPath", Path(Any)),
    jsonpath("StringLessThanPath", Path(Any)),
    jsonpath("StringMatches", Text),
    jsonpath("TimestampEquals", Timestamp),
    jsonpath("TimestampEqualsPath", Path(Any)),
    jsonpath("TimestampGreaterThan", Timestamp),
    jsonpath("TimestampGreaterThanEquals", Timestamp),
    jsonpath("TimestampGreaterThanEqualsPath", Path(Any)),
    jsonpath("TimestampGreaterThanPath", Path(Any)),
    jsonpath("TimestampLessThan", Timestamp),
    jsonpath("TimestampLessThanEquals", Timestamp),
    jsonpath("TimestampLessThanEqualsPath", Path(Any)),
    jsonpath("TimestampLessThanPath", Path(Any)),
];

const COMMON: &[Field] = &[
    both("Comment", Text),
    both("Assign", Assign),
    jsonpath("Variable", Path(Any)),
    jsonpath("And", Elements),
    jsonpath("Or", Elements),
    jsonpath("Not", Kind::Object),
];

const TOP: &[Field] = &[both("Next", Text), jsonata("Condition", Condition), jsonata("Output", Template)];

const RULE: Shape =
    Shape { what: "a choice rule", fields: &[COMMON, TOP, COMPARISONS], required: &["Next"], together: &[] };

const NESTED: Shape =
    Shape { what: "a rule inside of another", fields: &[COMMON, COMPARISONS], required: &[], together: &[] };

pub(super) fn check(choices: &ObjectProp, site: Site, report: &mut Report) {
    for rule in json::objects(&choices.value) {
        let site = site.with_span(json::brace(rule));
        RULE.check(rule, site, report);
        match site.language {
            Language::JsonPath => test(rule, site, report),
            Language::Jsonata if json::get(rule, "Condition").is_none() => {
                report.error(site, site.span, "`Condition` is missing", None);
            }
            Language::Jsonata => {}
        }
    }
}

/// A rule either joins other rules or compares one variable.
fn test(rule: &Object, site: Site, report: &mut Report) {
    let is_comparison = |name: &str| COMPARISONS.iter().any(|field| field.name == name);
    let is_test = |property: &&ObjectProp| {
        let name = json::key(property);
        BOOLEANS.contains(&name) || is_comparison(name)
    };
    let tests: Vec<_> = rule.properties.iter().filter(is_test).collect();
    match (tests.as_slice(), json::get(rule, "Variable")) {
        ([], _) if rule.properties.iter().any(|property| !RULE.knows(json::key(property))) => {}
        ([], _) => report.error(site, site.span, "the choice rule compares nothing", None),
        ([_, second, ..], _) => {
            let names: Vec<_> = tests.iter().map(|test| json::key(test)).collect();
            let hint = Some("join several comparisons by `And`".to_owned());
            report.error(site, second.name.range(), &format!("{} exclude each other", quoted(&names)), hint);
        }
        ([only], None) if is_comparison(json::key(only)) => {
            report.error(site, only.name.range(), &format!("`{}` has no `Variable`", json::key(only)), None);
        }
        ([only], Some(variable)) if !is_comparison(json::key(only)) => {
            let what = format!("`Variable` and `{}` exclude each other", json::key(only));
            report.error(site, variable.name.range(), &what, None);
        }
        _ => {}
    }
    let joined = tests.iter().filter(|test| BOOLEANS.contains(&json::key(test)));
    for inner in joined.flat_map(|test| test.value.as_object().into_iter().chain(json::objects(&test.value))) {
        let site = site.with_span(json::brace(inner));
        NESTED.check(inner, site, report);
        self::test(inner, site, report);
    }
}
