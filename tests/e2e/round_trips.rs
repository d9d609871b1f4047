//! How often the program waits for an answer before it can ask on. `docs/architecture.md` names these numbers.

use std::time::Duration;

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Ground, Seen, Verdict, Which};

/// The longest chain of requests each of which came after the answer of another. Every answer is held back for so
/// long that requests sent together are all there before the first is answered.
fn chain(seen: &[Seen]) -> usize {
    let mut depths: Vec<usize> = Vec::new();
    for request in seen {
        let before = seen
            .iter()
            .zip(&depths)
            .filter(|(other, _)| other.answered.is_some_and(|answered| answered <= request.came));
        depths.push(1 + before.map(|(_, depth)| *depth).max().unwrap_or(0));
    }
    depths.into_iter().max().unwrap_or(0)
}

fn chain_of(ground: &Ground, arguments: &[&str]) -> (usize, Vec<Seen>) {
    ground.proxy.rule(|_, _| Verdict::Late(Duration::from_millis(150)));
    ground.ok(arguments);
    let seen = ground.proxy.seen();
    (chain(&seen), seen)
}

#[test]
fn an_unchanged_diff_reads_everything_in_three_round_trips() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    let (chain, seen) = chain_of(&ground, &["diff"]);
    assert_eq!(chain, 3, "{seen:#?}");
}

#[test]
fn one_job_from_nothing_takes_five_writes_in_sequence() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    let (whole, seen) = chain_of(&ground, &["apply"]);
    let writes: Vec<Seen> = seen.into_iter().filter(Seen::is_write).collect();
    assert_eq!(writes.len(), 9, "{writes:#?}");
    assert_eq!(chain(&writes), 5, "{writes:#?}");
    assert_eq!(whole, 9, "who we are, what there is, the five writes, and twice to look again");
}

#[test]
fn five_jobs_take_no_more_round_trips_than_one() {
    let ground = Ground::new(Which::Ministack);
    let jobs: Vec<String> =
        (0..5).map(|number| format!("[job.j{number}]\ncommand = [\"true\"]\nschedule = \"rate(1 day)\"\n")).collect();
    let jobs = jobs.concat();
    let head = ONE_JOB.find("[job").unwrap();
    ground.write("config.toml", &format!("{}{jobs}", &ONE_JOB[..head]));
    let (_, seen) = chain_of(&ground, &["apply"]);
    let writes: Vec<Seen> = seen.into_iter().filter(Seen::is_write).collect();
    assert_eq!((writes.len(), chain(&writes)), (45, 5));
}
