//! Whatever goes wrong with any one request, or with many, in each chapter of an app's life on each emulator: the run
//! ends where it should, and nothing of others is touched. Here a sample; `make reliability` tries everything.

use std::collections::BTreeMap;

use crate::chapters::{Chapter, Plain};
use crate::kill::killed_after;
use crate::support::{Fault, Faults, Ground, Which, befall, hash};

/// Something that goes wrong in a chapter.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// One fault of one write and one of one read.
    Few(Vec<(String, Fault)>),
    /// A plan of many.
    Many(Faults),
    /// The program is killed the moment this request has taken effect; the same command is run again.
    Kill(usize),
}

/// Each write of the chapter with each fault that can befall it, and beside it each read with each.
pub fn single_faults(plain: &Plain) -> Vec<Trouble> {
    let operations: BTreeMap<&str, bool> = plain.seen.iter().map(|seen| (seen.api.as_str(), seen.is_write())).collect();
    let cases = |writes: bool| {
        let operations: Vec<&str> =
            operations.iter().filter(|(_, write)| **write == writes).map(|(api, _)| *api).collect();
        let faults = Fault::ALL.into_iter().filter(move |fault| fault.befalls(writes));
        faults
            .flat_map(|fault| operations.iter().map(move |api| ((*api).to_owned(), fault)).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let (writes, reads) = (cases(true), cases(false));
    let pair = |at: usize| writes.get(at).into_iter().chain(reads.get(at)).cloned().collect();
    (0..writes.len().max(reads.len())).map(|at| Trouble::Few(pair(at))).collect()
}

/// A kill after each write. One after a read leaves what the write before it left.
pub fn kills(plain: &Plain) -> Vec<Trouble> {
    (0..plain.seen.len()).filter(|at| plain.seen[*at].is_write()).map(Trouble::Kill).collect()
}

/// Makes the trouble, from the chapter's beginning. What is wrong in the end, if anything is; false when the run was
/// over before the trouble came.
pub fn make(ground: &Ground, plain: &Plain, trouble: &Trouble) -> Result<bool, String> {
    let arguments = plain.chapter.arguments();
    plain.chapter.begin(ground);
    match trouble {
        Trouble::Few(faults) => befall(&ground.proxy, faults.clone()),
        Trouble::Many(faults) => faults.befall(&ground.proxy),
        Trouble::Kill(at) => {
            if !killed_after(ground, arguments, *at) {
                return Ok(false);
            }
            ground.proxy.pass();
        }
    }
    let run = ground.run(arguments);
    plain.is_reached(ground, &run).map(|()| true).map_err(|why| format!("{:?}, {trouble:?}: {why}", plain.chapter))
}

/// The sample is the same every time, unless `SEED` says another.
fn seed() -> u64 {
    std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// The first `count` of `all` in an order that the seed makes.
fn drawn(all: Vec<Trouble>, count: usize) -> Vec<Trouble> {
    let mut all: Vec<(u64, Trouble)> = all.into_iter().map(|one| (hash(&(seed(), format!("{one:?}"))), one)).collect();
    all.sort_by_key(|(order, _)| *order);
    all.into_iter().take(count).map(|(_, one)| one).collect()
}

#[track_caller]
fn sample(which: Which, chapter: Chapter) {
    let ground = Ground::new(which);
    let plain = chapter.plain(&ground);
    let mut troubles = drawn(single_faults(&plain), 1);
    troubles.push(Trouble::Many(Faults { seed: seed(), percent: 10 }));
    troubles.extend(drawn(kills(&plain), 1));
    for trouble in troubles {
        let made = make(&ground, &plain, &trouble);
        assert!(made.is_ok(), "SEED={}, {which:?}: {}", seed(), made.unwrap_err());
    }
}

/// A test for each chapter on each emulator.
macro_rules! chapters {
    ($($name:ident = $chapter:ident),+) => {
        $(mod $name {
            use super::*;

            #[test]
            fn on_ministack() {
                sample(Which::Ministack, Chapter::$chapter);
            }

            #[test]
            fn on_moto() {
                sample(Which::Moto, Chapter::$chapter);
            }
        })+
    };
}

chapters!(create = Create, update = Update, prune = Prune, adopt = Adopt, destroy = Destroy);
