//! From one seed to a story, played; and when it ends badly, to the shortest one that does.

use std::cell::Cell;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::mutant::Mutant;
use crate::play::{Tally, play};
use crate::story::story;

/// What many stories came to.
#[derive(Default)]
pub struct Totals {
    stories: u64,
    first: Option<u64>,
    last: u64,
    tally: Tally,
}

impl Totals {
    pub fn add(&mut self, seed: u64, more: Tally) {
        self.stories += 1;
        self.first.get_or_insert(seed);
        self.last = seed;
        self.tally.requests += more.requests;
        self.tally.faults += more.faults;
        self.tally.crashes += more.crashes;
        self.tally.meetings += more.meetings;
        self.tally.untold += more.untold;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { requests, faults, crashes, meetings, untold } = self.tally;
        let (first, last) = (self.first.unwrap_or_default(), self.last);
        write!(
            f,
            "simulated: {} stories, {requests} requests, {faults} faults, {crashes} crashes, {meetings} times two at once (one overwritten untold: {untold}), seeds {first} to {last}",
            self.stories
        )
    }
}

fn runner(seed: u64) -> TestRunner {
    let bytes = [seed.to_le_bytes(), seed.to_be_bytes(), [7; 8], [11; 8]].concat();
    let config = Config { failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// The seed's story, in lines.
pub fn told(seed: u64) -> String {
    story().new_tree(&mut runner(seed)).expect("a story").current().to_string()
}

/// Plays the seed's story. A failure tells the shortest story that fails.
pub fn check(seed: u64, mutant: Option<Mutant>) -> Result<Tally, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut runner = runner(seed);
    let tree = story().new_tree(&mut runner).expect("a story");
    let tally = Cell::new(Tally::default());
    let outcome = runner.run_one(tree, |story| {
        let played = play(&story, mutant, folder.path()).map_err(TestCaseError::fail)?;
        tally.set(played);
        Ok(())
    });
    match outcome {
        Ok(_) => Ok(tally.get()),
        Err(TestError::Fail(why, story)) => {
            Err(format!("{why}\n\n{story}\n\nSTORY_SEED={seed} cargo test --test stories replay -- --ignored"))
        }
        Err(TestError::Abort(why)) => Err(why.to_string()),
    }
}

pub fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Another start each time.
pub fn from_the_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() * 1_000_000)
}

/// How the seed's story ends badly for a mutant, as it is told.
pub fn fails(seed: u64, mutant: Mutant) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let story = story().new_tree(&mut runner(seed)).expect("a story").current();
    play(&story, Some(mutant), folder.path()).err()
}
