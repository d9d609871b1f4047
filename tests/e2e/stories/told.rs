//! A story, from one seed.

use std::fmt;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::sketch::{Sketch, sketch};
use crate::support::REGION;

#[derive(Clone, Debug)]
pub struct Story {
    pub first: Sketch,
    pub second: Sketch,
    pub steps: Vec<Step>,
    pub keeps_logs: bool,
}

#[derive(Clone, Debug)]
pub enum Step {
    /// The first config or the second.
    Apply(bool, Trouble),
    Destroy(Trouble),
    /// Which resource of ours, by its place, and what somebody does to it.
    Drift(u8, u8),
}

#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// Which request, by its number, and what it meets.
    pub faults: Vec<(usize, Fault)>,
    /// SIGKILL at this request; whether it takes effect first.
    pub kill: Option<(usize, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Throttled,
    Failed,
    CutBefore,
    CutAfter,
    Denied,
}

const FAULTS: [Fault; 5] = [Fault::Throttled, Fault::Failed, Fault::CutBefore, Fault::CutAfter, Fault::Denied];

fn trouble() -> impl Strategy<Value = Trouble> {
    let faults = prop::collection::vec((0..30_usize, prop::sample::select(FAULTS.to_vec())), 0..6);
    let kill = prop::option::weighted(0.4, (0..40_usize, any::<bool>()));
    (faults, kill).prop_map(|(faults, kill)| Trouble { faults, kill })
}

prop_compose! {
    fn story()(
        first in sketch(),
        second in sketch(),
        steps in prop::collection::vec(prop_oneof![
            4 => (any::<bool>(), trouble()).prop_map(|(first, trouble)| Step::Apply(first, trouble)),
            1 => trouble().prop_map(Step::Destroy),
            3 => (any::<u8>(), any::<u8>()).prop_map(|(pick, how)| Step::Drift(pick, how)),
        ], 3..7),
        keeps_logs in any::<bool>(),
    ) -> Story {
        Story { first, second, steps, keeps_logs }
    }
}

pub fn story_of(seed: u64) -> Story {
    let bytes = [seed.to_le_bytes(), seed.to_be_bytes(), [7; 8], [11; 8]].concat();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    story().new_tree(&mut runner).expect("a story").current()
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, config) in [("first", &self.first), ("second", &self.second)] {
            writeln!(f, "{name} config:")?;
            config.text(REGION).lines().try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            match step {
                Step::Apply(first, trouble) => {
                    let config = if *first { "first" } else { "second" };
                    writeln!(f, "{number:2}. apply the {config}: {trouble:?}")?;
                }
                Step::Destroy(trouble) => writeln!(f, "{number:2}. destroy: {trouble:?}")?,
                Step::Drift(pick, how) => writeln!(f, "{number:2}. somebody changes resource {pick} ({how})")?,
            }
        }
        write!(f, "    then apply the second, and destroy{}", if self.keeps_logs { " --keep-logs" } else { "" })
    }
}
