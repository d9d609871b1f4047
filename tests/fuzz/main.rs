//! Real files, changed at random: no reader panics, takes long, or points outside of the text. `make fuzz` runs millions.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so")]
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod corpus;
mod mutate;

use std::cell::LazyCell;
use std::fmt::Debug;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use provision::asl::lint::lint;
use provision::config::load;
use provision::error::Error;
use provision::schedule::{Dialect, Expression};
use tempfile::TempDir;

use mutate::{Change, change, changed};

/// More than any text of the corpus takes, a hundred times over.
const SLOW: Duration = Duration::from_secs(2);

/// Runs `check` on as many changed texts as `PROPTEST_CASES` says, a few hundred without it.
fn fuzz(corpus: &[String], check: impl Fn(&str)) {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let few = ProptestConfig { cases: 300, ..config.clone() };
    let config = if std::env::var_os("PROPTEST_CASES").is_some() { config } else { few };
    let texts = (proptest::sample::select(corpus.to_vec()), vec(change(), 1..5));
    let outcome = TestRunner::new(config).run(&texts, |(text, changes): (String, Vec<Change>)| {
        let text = changed(&text, &changes, corpus);
        // Measured again before it counts: the machine may have been busy.
        if took(&text, &check) > SLOW && took(&text, &check) > SLOW {
            return Err(TestCaseError::fail(format!("slow: {} bytes: {text}", text.len())));
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

fn took(text: &str, check: impl Fn(&str)) -> Duration {
    let begin = Instant::now();
    check(text);
    begin.elapsed()
}

fn has_place(text: &str, span: &Range<usize>, fault: &impl Debug) {
    assert!(text.get(span.clone()).is_some(), "{fault:?} of {text:?}");
}

#[test]
fn changed_definitions() {
    fuzz(&corpus::definitions(), |text| {
        for fault in lint(text) {
            has_place(text, &fault.span, &fault);
        }
    });
}

#[test]
fn changed_schedules() {
    fuzz(&corpus::schedules(), |text| {
        for dialect in [Dialect::Rule, Dialect::Scheduler] {
            match Expression::parse(text, dialect) {
                Ok(expression) => runs(&expression),
                Err(fault) => {
                    has_place(text, &fault.span, &fault);
                    let corrected = fault.hint.as_deref().and_then(|hint| hint.split('`').nth(1));
                    let again = corrected.map(|corrected| Expression::parse(corrected, dialect));
                    assert!(again.is_none_or(|again| again.is_ok()), "{text:?}: {corrected:?}");
                }
            }
        }
    });
}

fn runs(expression: &Expression) {
    let zone = TimeZone::get("America/New_York").expect("a zone");
    let mut at = Timestamp::from_second(1_772_900_000).expect("near a change of the clock");
    for _ in 0..3 {
        let Some(run) = expression.next_after(at, &zone) else { break };
        assert!(run > at);
        at = run;
    }
    assert!(!expression.in_words().is_empty());
}

#[test]
fn changed_configs() {
    let ground = LazyCell::new(ground);
    fuzz(&corpus::configs(), |text| {
        let path = ground.path().join("config.toml");
        std::fs::write(&path, text).expect("the config is written");
        for environment in [None, Some("prod")] {
            let Err(Error::Faults(faults)) = load(&path, environment) else { continue };
            for fault in faults.list {
                has_place(&fault.source.text, &fault.span, &fault.message);
            }
        }
    });
}

/// A folder for configs, with the definitions that the sound ones name.
fn ground() -> TempDir {
    let ground = tempfile::tempdir().expect("a temporary folder");
    let to = ground.path().join("statemachine");
    std::fs::create_dir(&to).expect("a folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/good/statemachine");
    for entry in std::fs::read_dir(from).expect("the definitions") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
    }
    ground
}
