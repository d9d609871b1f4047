//! Random stories on a simulated AWS: applies of one config and another, with faults, kills and lag, and somebody else's
//! changes between them. Whatever happened, the next apply ends where the config says. docs/reliability.md tells more.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so")]
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "a run says what it did")]
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod audit;
mod clock;
mod cloud;
mod drift;
mod fault;
mod holds;
mod laws;
mod meeting;
#[allow(dead_code, unused_imports, reason = "the laws use the rest")]
#[path = "../models/mod.rs"]
mod models;
mod mutant;
mod play;
mod plot;
mod process;
mod propagation;
mod regressions;
mod seeds;
mod sketch;
mod skips;
mod story;
mod teeth;
mod witness;
mod world;

use std::time::{Duration, Instant};

use seeds::{Totals, check, number};

/// Each half of these in a test of its own, for two cores.
const STORIES: u64 = 600;

fn stories(seeds: impl Iterator<Item = u64>) {
    let started = Instant::now();
    let mut totals = Totals::default();
    seeds.for_each(|seed| totals.add(seed, check(seed, None).unwrap_or_else(|failure| panic!("{failure}"))));
    println!("{totals}, {:.1} s", started.elapsed().as_secs_f32());
}

#[test]
fn one_half_of_the_stories_ends_well() {
    stories(0..STORIES / 2);
}

#[test]
fn the_other_half_of_the_stories_ends_well() {
    stories(STORIES / 2..STORIES);
}

/// `STORY_SEED=7 cargo test --test stories replay -- --ignored`
#[test]
#[ignore = "plays the story of STORY_SEED"]
fn replay() {
    let seed = number("STORY_SEED").expect("STORY_SEED is a number");
    println!("{}", seeds::told(seed));
    stories(std::iter::once(seed));
}

/// `make soak`: SOAK_SECONDS long, from SOAK_SEED on.
#[test]
#[ignore = "runs for SOAK_SECONDS"]
fn soak() {
    let limit = Duration::from_secs(number("SOAK_SECONDS").unwrap_or(3_600));
    let started = Instant::now();
    let first = number("SOAK_SEED").unwrap_or_else(seeds::from_the_clock);
    stories((first..).take_while(|_| started.elapsed() < limit));
}
