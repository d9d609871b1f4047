//! The Map state and what is special to it. Sources:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-fields-dist-map.html>.

use jsonc_parser::ast::Object;
use jsonc_parser::common::Ranged;

use super::json;
use super::kind::Kind::{
    Items, Object as AnyObject, Path, Real, Resource, Shape as Inner, Template, Text, Texts, Whole, Word,
};
use super::path::Form::Reference;
use super::report::Report;
use super::shape::{Shape, Site, at_least_one, at_most_one, both, exactly_one, jsonata, jsonpath};
use super::tables::{ARGUMENTS, ASSIGN, FLOW, IN_OUT, NO_LIMIT, PAYLOAD, RESULT, SCOPE, STATE, shape};

const BATCH_BYTES: f64 = 262_144.0;
const LONGEST_LABEL: usize = 40;
const REFUSED_IN_LABELS: &str = "?*<>{}[]:;,\\|^~$#%&`\"";

pub(super) const PROCESSOR: Shape = Shape {
    required: &["StartAt", "States"],
    ..shape("it", &[SCOPE, &[both("ProcessorConfig", Inner(&PROCESSOR_CONFIG))]])
};

const PROCESSOR_CONFIG: Shape = shape(
    "a processor config",
    &[&[
        both("Mode", Word(&["INLINE", "DISTRIBUTED"])),
        both("ExecutionType", Word(&["STANDARD", "EXPRESS"])),
        both("Comment", Text),
    ]],
);

pub(super) const MAP: Shape = Shape {
    together: &[
        exactly_one(&["ItemProcessor", "Iterator"]),
        at_most_one(&["ItemSelector", "Parameters"]),
        at_most_one(&["MaxConcurrency", "MaxConcurrencyPath"]),
        at_most_one(&["ToleratedFailureCount", "ToleratedFailureCountPath"]),
        at_most_one(&["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"]),
    ],
    ..shape(
        "a Map state",
        &[
            STATE,
            FLOW,
            IN_OUT,
            PAYLOAD,
            RESULT,
            ASSIGN,
            &[
                both("ItemProcessor", AnyObject),
                both("Iterator", AnyObject),
                both("ItemReader", Inner(&ITEM_READER)),
                both("ItemSelector", Template),
                both("ItemBatcher", Inner(&ITEM_BATCHER)),
                both("ResultWriter", Inner(&RESULT_WRITER)),
                both("Label", Text),
                jsonata("Items", Items),
                jsonpath("ItemsPath", Path(Reference)),
                both("MaxConcurrency", Whole(0.0, NO_LIMIT)),
                jsonpath("MaxConcurrencyPath", Path(Reference)),
                both("ToleratedFailureCount", Whole(0.0, NO_LIMIT)),
                jsonpath("ToleratedFailureCountPath", Path(Reference)),
                both("ToleratedFailurePercentage", Real(0.0, 100.0)),
                jsonpath("ToleratedFailurePercentagePath", Path(Reference)),
            ],
        ],
    )
};

const ITEM_READER: Shape = Shape {
    required: &["Resource"],
    ..shape(
        "an item reader",
        &[
            ARGUMENTS,
            &[
                both("Resource", Resource),
                jsonpath("Parameters", Template),
                both("ReaderConfig", Inner(&READER_CONFIG)),
                both("Comment", Text),
            ],
        ],
    )
};

const READER_CONFIG: Shape = Shape {
    together: &[at_most_one(&["MaxItems", "MaxItemsPath"])],
    ..shape(
        "a reader config",
        &[&[
            both("InputType", Word(&["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"])),
            both("CSVHeaderLocation", Word(&["FIRST_ROW", "GIVEN"])),
            both("CSVHeaders", Texts),
            both("CSVDelimiter", Word(&["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"])),
            both("MaxItems", Whole(0.0, NO_LIMIT)),
            jsonpath("MaxItemsPath", Path(Reference)),
            both("ManifestType", Word(&["ATHENA_DATA", "S3_INVENTORY"])),
            both("ItemsPointer", Text),
            both("Transformation", Word(&["NONE", "LOAD_AND_FLATTEN"])),
            both("Comment", Text),
        ]],
    )
};

const ITEM_BATCHER: Shape = Shape {
    together: &[
        at_least_one(&[
            "MaxItemsPerBatch",
            "MaxItemsPerBatchPath",
            "MaxInputBytesPerBatch",
            "MaxInputBytesPerBatchPath",
        ]),
        at_most_one(&["MaxItemsPerBatch", "MaxItemsPerBatchPath"]),
        at_most_one(&["MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"]),
    ],
    ..shape(
        "an item batcher",
        &[&[
            both("BatchInput", Template),
            both("MaxItemsPerBatch", Whole(1.0, NO_LIMIT)),
            jsonpath("MaxItemsPerBatchPath", Path(Reference)),
            both("MaxInputBytesPerBatch", Whole(1.0, BATCH_BYTES)),
            jsonpath("MaxInputBytesPerBatchPath", Path(Reference)),
            both("Comment", Text),
        ]],
    )
};

const RESULT_WRITER: Shape = shape(
    "a result writer",
    &[
        ARGUMENTS,
        &[
            both("Resource", Resource),
            jsonpath("Parameters", Template),
            both("WriterConfig", Inner(&WRITER_CONFIG)),
            both("Comment", Text),
        ],
    ],
);

const WRITER_CONFIG: Shape = shape(
    "a writer config",
    &[&[
        both("OutputType", Word(&["JSON", "JSONL"])),
        both("Transformation", Word(&["NONE", "COMPACT", "FLATTEN"])),
        both("Comment", Text),
    ]],
);

/// Whether each item of a distributed Map is an EXPRESS execution.
pub(super) fn runs_express(processor: &Object) -> bool {
    let config = json::get(processor, "ProcessorConfig").and_then(|config| config.value.as_object());
    let is = |name, value| config.and_then(|config| json::text_at(config, name)) == Some(value);
    is("Mode", "DISTRIBUTED") && is("ExecutionType", "EXPRESS")
}

/// See <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>.
pub(super) fn check(state: &Object, site: Site, report: &mut Report) {
    let processor = ["ItemProcessor", "Iterator"].iter().find_map(|name| json::get(state, name));
    let config = processor.and_then(|property| json::get(property.value.as_object()?, "ProcessorConfig"));
    if let Some((property, config)) = config.and_then(|property| Some((property, property.value.as_object()?)))
        && json::text_at(config, "Mode") == Some("DISTRIBUTED")
        && json::get(config, "ExecutionType").is_none()
    {
        let what = "a distributed Map needs `ExecutionType`, STANDARD or EXPRESS";
        report.error(site, property.name.range(), what, None);
    }
    let Some(label) = json::get(state, "Label") else {
        return;
    };
    let is_refused = |c: char| c.is_whitespace() || c.is_control() || REFUSED_IN_LABELS.contains(c);
    let written = json::text(&label.value).filter(|written| !written.contains("${"));
    if let Some(refused) = written.and_then(|written| written.chars().find(|c| is_refused(*c))) {
        report.error(site, label.value.range(), &format!("`Label` must not contain {refused:?}"), None);
    }
    if written.is_some_and(|written| written.chars().count() > LONGEST_LABEL) {
        report.error(site, label.value.range(), &format!("`Label` has more than {LONGEST_LABEL} characters"), None);
    }
}
