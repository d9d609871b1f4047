//! The rows on the wire, in every chapter that sends the operation.

use std::collections::{BTreeMap, BTreeSet};

use super::{End, NOT_SENT, ROWS, Row};
use crate::chapters::Chapter;
use crate::support::{Answer, Ground, Verdict, Which};

fn answer(row: &Row) -> Answer {
    if row.code.is_empty() { Answer::Empty(row.status) } else { Answer::error(row.status, row.code, row.message) }
}

/// The rows by operation, of those that pass or of those that do not.
fn by_operation(passing: bool) -> BTreeMap<&'static str, Vec<&'static Row>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    for row in ROWS.iter().filter(|row| matches!(row.end, End::Waits(..)) == passing) {
        row.apis.iter().for_each(|api| all.entry(*api).or_default().push(row));
    }
    all
}

fn count(writes: &[String], api: &str) -> usize {
    writes.iter().filter(|write| *write == api).count()
}

/// In each run every operation gets another one of its errors, once: it is sent once more, and the goal is reached.
fn what_passes(which: Which, chapter: Chapter) {
    let ground = Ground::new(which);
    let plain = chapter.plain(&ground);
    let rows = by_operation(true);
    for round in 0..rows.values().map(Vec::len).max().expect("rows") {
        let mut errors: BTreeMap<&str, &Row> =
            rows.iter().filter_map(|(api, rows)| Some((*api, *rows.get(round)?))).collect();
        let given = errors.clone();
        chapter.begin(&ground);
        ground.proxy.rule(move |_, seen| {
            errors.remove(seen.api.as_str()).map_or(Verdict::Pass, |row| Verdict::Answer(answer(row)))
        });
        let run = ground.run(chapter.arguments());
        let (sent, planned) = (ground.proxy.writes(), plain.writes().map(|seen| seen.api.clone()).collect::<Vec<_>>());
        for (api, row) in given.into_iter().filter(|(api, _)| planned.iter().any(|planned| planned == api)) {
            let case = format!("{which:?} {chapter:?} {api} {} {}", row.code, row.message);
            assert_eq!(count(&sent, api), 1 + count(&planned, api), "{case}: {run:#?}");
        }
        plain.is_reached(&ground, &run).unwrap_or_else(|why| panic!("{chapter:?}, round {round}: {why}"));
    }
}

/// Each operation with each of its errors: no request is sent again, and the run says why it failed and what to do.
fn what_is_final(which: Which, chapter: Chapter) {
    let ground = Ground::new(which);
    let plain = chapter.plain(&ground);
    let planned: Vec<String> = plain.writes().map(|seen| seen.api.clone()).collect();
    let rows = by_operation(false).into_iter().filter(|(api, _)| count(&planned, api) > 0);
    for (api, row) in rows.flat_map(|(api, rows)| rows.into_iter().map(move |row| (api, row))) {
        let End::Fails(said) = row.end else { continue };
        chapter.begin(&ground);
        ground.proxy.rule(move |_, seen| if seen.api == api { Verdict::Answer(answer(row)) } else { Verdict::Pass });
        let run = ground.run(chapter.arguments());
        let case = format!("{which:?} {chapter:?} {api} {} {}", row.code, row.message);
        assert_eq!(run.status, Some(1), "{case}: {run:#?}");
        assert!(count(&ground.proxy.writes(), api) <= count(&planned, api), "{case} is sent again: {run:#?}");
        assert!(run.stderr.contains(row.code) && run.stderr.contains(said), "{case}: {run:#?}");
    }
}

#[test]
fn what_passes_on_create() {
    what_passes(Which::Ministack, Chapter::Create);
}

#[test]
fn what_passes_on_update() {
    what_passes(Which::Moto, Chapter::Update);
}

#[test]
fn what_passes_on_destroy() {
    what_passes(Which::Ministack, Chapter::Destroy);
}

#[test]
fn what_is_final_on_create() {
    what_is_final(Which::Ministack, Chapter::Create);
}

#[test]
fn what_is_final_on_update() {
    what_is_final(Which::Ministack, Chapter::Update);
}

#[test]
fn what_is_final_on_destroy() {
    what_is_final(Which::Ministack, Chapter::Destroy);
}

/// So no row goes untried.
#[test]
fn every_operation_of_a_row_is_sent_by_a_chapter() {
    let ground = Ground::new(Which::Ministack);
    let sent: BTreeSet<String> = [Chapter::Create, Chapter::Update, Chapter::Destroy]
        .iter()
        .flat_map(|chapter| chapter.plain(&ground).seen.into_iter().map(|seen| seen.api))
        .collect();
    let apis: BTreeSet<&str> = ROWS.iter().flat_map(|row| row.apis.iter().copied()).collect();
    assert_eq!(apis.iter().filter(|api| !sent.contains(**api)).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(NOT_SENT.iter().all(|api| !sent.contains(*api)));
}
