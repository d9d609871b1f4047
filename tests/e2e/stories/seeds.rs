//! From one seed to a story, played; and when it ends badly, to a short one that does.

use std::cell::Cell;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::play::{Tally, play};
use super::story::{Story, story};
use crate::support::Ground;

/// How often, and for how long, a shorter story is looked for: each takes seconds.
const SHORTER: u32 = 100;
const MILLISECONDS: u32 = 240_000;

fn runner(seed: u64) -> TestRunner {
    let bytes = [seed.to_le_bytes(), seed.to_be_bytes(), [7; 8], [11; 8]].concat();
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: SHORTER,
        max_shrink_time: MILLISECONDS,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

pub fn story_of(seed: u64) -> Story {
    story().new_tree(&mut runner(seed)).expect("a story").current()
}

/// Plays the seed's story. A failure tells the shortest story found that fails.
pub fn check(seed: u64, ground: &Ground) -> Result<Tally, String> {
    let mut runner = runner(seed);
    let tree = story().new_tree(&mut runner).expect("a story");
    let tally = Cell::new(Tally::default());
    let outcome = runner.run_one(tree, |story| {
        tally.set(play(ground, &story).map_err(TestCaseError::fail)?);
        Ok(())
    });
    match outcome {
        Ok(_) => Ok(tally.get()),
        Err(TestError::Fail(why, story)) => {
            let which = format!("{:?}", ground.emulator.which).to_lowercase();
            let again = format!("STORY_SEED={seed} cargo test --test e2e stories::replay_on_{which} -- --ignored");
            Err(format!("{why}\n\n{story}\n\nThe story that it is a part of: {again}"))
        }
        Err(TestError::Abort(why)) => Err(why.to_string()),
    }
}
