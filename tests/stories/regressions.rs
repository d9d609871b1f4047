//! Stories that once ended badly, kept.

use crate::fault::Fault;
use crate::play::play;
use crate::process::{Blow, Trouble};
use crate::sketch::{JobSketch, Sketch};
use crate::story::{Command, Step, Story};

const JOB: JobSketch = JobSketch {
    own_name: false,
    command: 0,
    schedules: 1,
    delivery: false,
    minutes: 0,
    shared_logs: false,
    level: 0,
    retention: 0,
    given: 0,
    enabled: true,
    tracing: false,
    tagged: false,
    protect: false,
};

fn config(jobs: Vec<JobSketch>) -> Sketch {
    Sketch { tags: 0, boundary: false, task_role: false, jobs }
}

fn apply(config: u8, jobs: u8, faults: Vec<Blow>) -> Step {
    let trouble = Trouble { faults, ..Trouble::default() };
    Step::Apply(Command { config, jobs, adopts: false, stops: false, trouble, hurry: false })
}

#[track_caller]
fn ends_well(configs: Vec<Sketch>, steps: Vec<Step>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let story = Story { weather: 0, configs, steps, keeps_logs: false };
    play(&story, None, folder.path()).unwrap_or_else(|why| panic!("{why}\n{story}"));
}

/// A minute of throttling had used up the time that a service which fails is given.
#[test]
fn a_throttle_takes_no_time_from_what_comes_after_it() {
    let at = |at, fault, times| Blow { at, fault, times };
    let blows = |first| vec![at(first, Fault::Throttled, 10), at(first + 10, Fault::Failed, 1)];
    for first in 0..12 {
        ends_well(vec![config(vec![JOB])], vec![apply(0, 0, blows(first))]);
    }
}

/// One job moved to the log group of another, whose removal failed. `--job` then moved the first away again, and took
/// the group from the second's state machine, which was still there.
#[test]
fn what_another_job_still_uses_is_not_deleted() {
    let shared = JobSketch { shared_logs: true, ..JOB };
    let configs = vec![config(vec![JOB, shared.clone()]), config(vec![shared]), config(vec![JOB])];
    for at in 0..12 {
        let denied = vec![Blow { at, fault: Fault::Denied, times: 1 }];
        ends_well(configs.clone(), vec![apply(0, 0, Vec::new()), apply(1, 0, denied), apply(2, 1, Vec::new())]);
    }
}

fn slowly(config: u8, lag: u16) -> Step {
    let trouble = Trouble { lag, ..Trouble::default() };
    Step::Apply(Command { config, jobs: 0, adopts: false, stops: false, trouble, hurry: false })
}

/// A state machine that its last execution kept was shown as leaving, and that was taken for somebody else's change.
#[test]
fn a_machine_that_leaves_is_its_own() {
    let configs = vec![config(vec![JOB, JOB]), config(vec![JOB])];
    ends_well(configs, vec![apply(0, 0, Vec::new()), Step::Runs(1), slowly(1, 9_000)]);
}
