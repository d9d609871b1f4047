//! The fields of every object of the language. Sources: the pages of the states under
//! <https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html>, and
//! <https://states-language.net/spec.html#state-types>.

use super::kind::Kind::{
    Any, Assign, Credentials, Elements, Flag, List, Message, Object, Path, PathOrNull, Resource, ResultPath, Template,
    TemplateObject, Text, Timestamp, Whole, Word,
};
use super::map::MAP;
use super::path::Form::{Any as AnyNode, Reference};
use super::retry::{CATCHER, RETRIER};
use super::shape::{Field, Shape, at_most_one, both, exactly_one, jsonata, jsonpath};

pub(super) const SECONDS: f64 = 99_999_999.0;
pub(super) const NO_LIMIT: f64 = f64::INFINITY;

const LANGUAGES: &[&str] = &["JSONPath", "JSONata"];

pub(super) const SCOPE: &[Field] = &[
    both("Comment", Text),
    both("StartAt", Text),
    both("States", Object),
    both("Version", Text),
    both("TimeoutSeconds", Whole(1.0, SECONDS)),
    both("QueryLanguage", Word(LANGUAGES)),
];

pub(super) const STATE: &[Field] = &[both("Type", Text), both("Comment", Text), both("QueryLanguage", Word(LANGUAGES))];
pub(super) const FLOW: &[Field] = &[both("Next", Text), both("End", Flag)];
pub(super) const ASSIGN: &[Field] = &[both("Assign", Assign)];
pub(super) const IN_OUT: &[Field] = &[
    jsonpath("InputPath", PathOrNull(AnyNode)),
    jsonpath("OutputPath", PathOrNull(AnyNode)),
    jsonata("Output", Template),
];
pub(super) const PAYLOAD: &[Field] = &[jsonpath("Parameters", Template), jsonpath("ResultPath", ResultPath)];
pub(super) const ARGUMENTS: &[Field] = &[jsonata("Arguments", Template)];
pub(super) const RESULT: &[Field] =
    &[jsonpath("ResultSelector", TemplateObject), both("Retry", List(&RETRIER)), both("Catch", List(&CATCHER))];

pub(super) const fn shape(what: &'static str, fields: &'static [&'static [Field]]) -> Shape {
    Shape { what, fields, required: &[], together: &[] }
}

pub(super) const MACHINE: Shape = Shape { required: &["StartAt", "States"], ..shape("it", &[SCOPE]) };

pub(super) const BRANCH: Shape = Shape { required: &["StartAt", "States"], ..shape("it", &[SCOPE]) };

const PASS: Shape = shape("a Pass state", &[STATE, FLOW, IN_OUT, PAYLOAD, ASSIGN, &[jsonpath("Result", Any)]]);

const TASK: Shape = Shape {
    required: &["Resource"],
    together: &[
        at_most_one(&["TimeoutSeconds", "TimeoutSecondsPath"]),
        at_most_one(&["HeartbeatSeconds", "HeartbeatSecondsPath"]),
    ],
    ..shape(
        "a Task state",
        &[
            STATE,
            FLOW,
            IN_OUT,
            PAYLOAD,
            ARGUMENTS,
            RESULT,
            ASSIGN,
            &[
                both("Resource", Resource),
                both("Credentials", Credentials),
                both("TimeoutSeconds", Whole(1.0, SECONDS)),
                jsonpath("TimeoutSecondsPath", Path(Reference)),
                both("HeartbeatSeconds", Whole(1.0, SECONDS)),
                jsonpath("HeartbeatSecondsPath", Path(Reference)),
            ],
        ],
    )
};

const CHOICE: Shape = Shape {
    required: &["Choices"],
    ..shape("a Choice state", &[STATE, IN_OUT, ASSIGN, &[both("Choices", Elements), both("Default", Text)]])
};

const WAIT: Shape = Shape {
    together: &[exactly_one(&["Seconds", "Timestamp", "SecondsPath", "TimestampPath"])],
    ..shape(
        "a Wait state",
        &[
            STATE,
            FLOW,
            IN_OUT,
            ASSIGN,
            &[
                both("Seconds", Whole(0.0, SECONDS)),
                both("Timestamp", Timestamp),
                jsonpath("SecondsPath", Path(Reference)),
                jsonpath("TimestampPath", Path(Reference)),
            ],
        ],
    )
};

const SUCCEED: Shape = shape("a Succeed state", &[STATE, IN_OUT]);

const FAIL: Shape = Shape {
    together: &[at_most_one(&["Error", "ErrorPath"]), at_most_one(&["Cause", "CausePath"])],
    ..shape(
        "a Fail state",
        &[
            STATE,
            &[
                both("Error", Message),
                both("Cause", Message),
                jsonpath("ErrorPath", Path(Reference)),
                jsonpath("CausePath", Path(Reference)),
            ],
        ],
    )
};

const PARALLEL: Shape = Shape {
    required: &["Branches"],
    ..shape(
        "a Parallel state",
        &[STATE, FLOW, IN_OUT, PAYLOAD, ARGUMENTS, RESULT, ASSIGN, &[both("Branches", Elements)]],
    )
};

/// The types of states.
pub(super) const TYPES: &[(&str, Shape)] = &[
    ("Task", TASK),
    ("Pass", PASS),
    ("Choice", CHOICE),
    ("Wait", WAIT),
    ("Succeed", SUCCEED),
    ("Fail", FAIL),
    ("Parallel", PARALLEL),
    ("Map", MAP),
];
