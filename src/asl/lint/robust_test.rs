//! Whatever the text: no panic, no hang, and spans that can be cut out of it.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;

use super::lint;

/// Far more than any text takes, even on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

/// What a mutation puts in the place of something else.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "\"\"",
    "\"$\"",
    "\"$.\"",
    "\"$[\"",
    "\"States.\"",
    "\"States.Array(\"",
    "\"{%\"",
    "\"{% ( %}\"",
    "\"é\\\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "{}",
    "[]",
    "[{}]",
    "{\"a.$\":\"$.\"}",
    "[[[]]]",
    "}",
    "]",
    ",",
    ":",
    "{",
    "[",
    "\"",
];

static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions");
    let folders = ["valid", "invalid", "warned"].map(|group| root.join(group));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
});

fn check(text: &str) {
    let begin = Instant::now();
    for fault in lint(text) {
        assert!(text.get(fault.span.clone()).is_some(), "{fault:?}");
        assert!(!fault.message.is_empty());
    }
    assert!(begin.elapsed() < LONGEST, "{:?} for {} bytes", begin.elapsed(), text.len());
}

/// The places where a token of JSON begins or ends.
fn cuts(text: &str) -> Vec<usize> {
    let is_cut = |byte: u8| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ');
    text.bytes().enumerate().filter(|(_, byte)| is_cut(*byte)).map(|(at, _)| at).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_tokens(parts in prop::collection::vec(prop::sample::select(TOKENS), 0..60)) {
        check(&parts.concat());
        check(&format!(r#"{{"StartAt":"A","States":{{"A":{}}}}}"#, parts.concat()));
    }

    #[test]
    fn a_definition_with_a_byte_deleted(file in any::<Index>(), at in any::<Index>()) {
        let mut bytes = file.get(&CORPUS).clone().into_bytes();
        prop_assume!(!bytes.is_empty());
        bytes.remove(at.index(bytes.len()));
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_definition_with_a_piece_replaced(
        file in any::<Index>(),
        places in (any::<Index>(), any::<Index>()),
        token in prop::sample::select(TOKENS),
    ) {
        let text = file.get(&CORPUS);
        let cuts = cuts(text);
        prop_assume!(!cuts.is_empty());
        let from = places.0.index(cuts.len());
        let to = (from + places.1.index(4)).min(cuts.len() - 1);
        check(&format!("{}{token}{}", &text[..cuts[from]], &text[cuts[to]..]));
    }

    #[test]
    fn a_definition_with_two_values_swapped(file in any::<Index>(), lines in (any::<Index>(), any::<Index>())) {
        let mut text: Vec<_> = file.get(&CORPUS).lines().collect();
        prop_assume!(!text.is_empty());
        let (one, other) = (lines.0.index(text.len()), lines.1.index(text.len()));
        text.swap(one, other);
        check(&text.join("\n"));
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        check(&open.repeat(100_000));
        check(&format!("{}1{}", open.repeat(1_000), close.repeat(1_000)));
    }
}

#[test]
fn nested_scopes_as_deep_as_json_may_be() {
    let open = r#"{"StartAt":"A","States":{"A":{"Type":"Map","ItemProcessor":"#;
    for levels in [1, 40, 400] {
        check(&format!("{}{{}}{}", open.repeat(levels), "}}}".repeat(levels)));
    }
}

#[test]
fn a_megabyte_of_faults_takes_no_time() {
    let fill = |part: &dyn Fn(usize) -> String, around: (&str, &str)| {
        let mut body = String::new();
        for count in 0.. {
            let next = part(count);
            if around.0.len() + body.len() + next.len() + around.1.len() > 1_000_000 {
                break;
            }
            body.push_str(&next);
        }
        check(&format!("{}{}{}", around.0, body.trim_end_matches(','), around.1));
    };
    let states = (r#"{"StartAt":"s0","States":{"#, "}}");
    fill(&|at| format!(r#""s{at}":{{"Type":"Pass","Next":"t{at}"}},"#), states);
    fill(&|at| format!(r#""s{at}":{{"Type":"Pass","Next":"s{}"}},"#, at + 1), states);
    fill(&|at| format!(r#""s{at}":{{"Typ":"Pass"}},"#), states);
    fill(&|_| r#""s":{},"#.to_owned(), states);
    let template = (r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Parameters":{"#, "}}}}");
    fill(&|at| format!(r#""k{at}":1,"k{at}.$":"$","#), template);
    fill(&|at| format!(r#""k{at}.$":"x","#), template);
    let path = (r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"InputPath":"$"#, r#""}}}"#);
    fill(&|_| "[".to_owned(), path);
    fill(&|_| ".a".to_owned(), path);
    let call = (r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"InputPath":"States.Array("#, r#")"}}}"#);
    fill(&|_| "$.a,".to_owned(), call);
    fill(&|_| "States.Array(".to_owned(), call);
    let jsonata = (
        r#"{"StartAt":"A","QueryLanguage":"JSONata","States":{"A":{"Type":"Pass","Output":"{% '"#,
        r#"' %}","End":true}}}"#,
    );
    fill(&|_| "$states.result".to_owned(), jsonata);
    fill(&|_| "' + ('".to_owned(), jsonata);
    let rules = (r#"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":["#, "]}}}");
    fill(&|_| r#"{"Not":{"Variable":1}},"#.to_owned(), rules);
}
