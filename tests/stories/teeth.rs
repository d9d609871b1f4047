//! The properties find programs that are wrong.

use crate::mutant::ALL;
use crate::seeds::fails;

/// Stories that a mutant may survive.
const PATIENCE: u64 = 300;

#[test]
fn every_mutant_is_found() {
    for mutant in ALL {
        let found = (0..PATIENCE).find_map(|seed| fails(seed, mutant).map(|why| (seed, why)));
        let Some((seed, why)) = found else { panic!("{mutant:?} is not found") };
        println!("{mutant:?}: seed {seed}: {why}");
    }
}
