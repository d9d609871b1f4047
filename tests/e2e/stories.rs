//! Random stories over HTTP: the program against an emulator, with faults on the wire, SIGKILL, and somebody else's
//! changes. tests/stories has many more, on a cloud in memory; here it is all real but AWS.

mod command;
mod drift;
mod holds;
mod leak;
mod play;
mod seeds;
mod skips;
mod story;
mod stranger;
mod subject;
mod told;
mod trouble;

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::support::{Ground, Which};
use play::Tally;
use seeds::{check, story_of};

/// Each of these on one of the emulators in turn.
const STORIES: u64 = 6;

/// What many stories came to.
#[derive(Default)]
struct Totals {
    seeds: Option<(u64, u64)>,
    stories: u32,
    tally: Tally,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { requests, faults, crashes } = self.tally;
        let (first, last) = self.seeds.unwrap_or_default();
        let stories = self.stories;
        write!(
            f,
            "over HTTP: {stories} stories, {requests} requests, {faults} faults, {crashes} crashes, seeds {first} to {last}"
        )
    }
}

fn stories(which: Which, seeds: impl Iterator<Item = u64>) {
    let (ground, started, mut totals) = (Ground::new(which), Instant::now(), Totals::default());
    for seed in seeds {
        let tally = check(seed, &ground).unwrap_or_else(|failure| panic!("{failure}"));
        totals.seeds = Some((totals.seeds.map_or(seed, |(first, _)| first), seed));
        totals.stories += 1;
        totals.tally += tally;
    }
    println!("{which:?}, {totals}, {:.1} s", started.elapsed().as_secs_f32());
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn end_well_on_ministack() {
    stories(Which::Ministack, (0..STORIES).step_by(2));
}

#[test]
fn end_well_on_moto() {
    stories(Which::Moto, (1..STORIES).step_by(2));
}

fn replay(which: Which) {
    let seed = number("STORY_SEED").expect("STORY_SEED is a number");
    println!("{}", story_of(seed));
    stories(which, std::iter::once(seed));
}

#[test]
#[ignore = "plays the story of STORY_SEED"]
fn replay_on_ministack() {
    replay(Which::Ministack);
}

#[test]
#[ignore = "plays the story of STORY_SEED"]
fn replay_on_moto() {
    replay(Which::Moto);
}

/// `make soak`: SOAK_SECONDS long, from SOAK_SEED on.
fn soak(which: Which) {
    let limit = Duration::from_secs(number("SOAK_SECONDS").unwrap_or(3_600));
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() * 1_000_000);
    let started = Instant::now();
    stories(which, (number("SOAK_SEED").unwrap_or_else(clock)..).take_while(|_| started.elapsed() < limit));
}

#[test]
#[ignore = "runs for SOAK_SECONDS"]
fn soak_on_ministack() {
    soak(Which::Ministack);
}

#[test]
#[ignore = "runs for SOAK_SECONDS"]
fn soak_on_moto() {
    soak(Which::Moto);
}
