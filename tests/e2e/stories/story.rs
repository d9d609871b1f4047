//! A story: two configs, and what happens to them in turn. All of it comes from one seed, and shrinks.

use proptest::prelude::*;

use super::trouble::{Trouble, trouble};
use crate::sketch::{Sketch, sketch};
use crate::support::REGION;

#[derive(Clone, Debug)]
pub struct Story {
    pub first: Sketch,
    /// Which jobs of the first config are protected, by bits.
    pub protects: u8,
    pub second: Sketch,
    pub steps: Vec<Step>,
    /// The destroy at the end keeps log groups.
    pub keeps_logs: bool,
}

#[derive(Clone, Debug)]
pub enum Step {
    Apply(Command),
    /// Whether log groups stay.
    Destroy(Command, bool),
    /// A plan is saved; perhaps somebody changes something; then that plan is applied.
    Planned(Command, Option<Drift>),
    Drift(Drift),
    Stranger(Stranger),
}

#[derive(Clone, Debug)]
pub struct Command {
    /// The first config or the second.
    pub first: bool,
    /// `--job`, by bits; all when there is none.
    pub jobs: u8,
    pub adopts: bool,
    pub trouble: Trouble,
}

/// Which resource of ours, by its place, and what somebody does to it.
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    pub pick: u8,
    pub how: u8,
}

/// A resource that was not made from either config.
#[derive(Clone, Copy, Debug)]
pub struct Stranger {
    /// Like one that the first config asks for, or the second.
    pub first: bool,
    pub pick: u8,
    pub whose: Whose,
    /// Under the very name that the config uses.
    pub our_name: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Left over from an older config of the app.
    Ours,
    Nobodys,
    AnotherApps,
}

prop_compose! {
    fn command()(
        first in any::<bool>(),
        jobs in prop_oneof![2 => Just(0_u8), 1 => 0..8_u8],
        adopts in prop::bool::weighted(0.4),
        trouble in prop_oneof![1 => Just(Trouble::default()), 3 => trouble()],
    ) -> Command {
        Command { first, jobs, adopts, trouble }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let drift = || (any::<u8>(), any::<u8>()).prop_map(|(pick, how)| Drift { pick, how });
    let whose = prop::sample::select(vec![Whose::Ours, Whose::Nobodys, Whose::Nobodys, Whose::AnotherApps]);
    let stranger = (any::<bool>(), any::<u8>(), whose, prop::bool::weighted(0.7))
        .prop_map(|(first, pick, whose, our_name)| Stranger { first, pick, whose, our_name });
    prop_oneof![
        5 => command().prop_map(Step::Apply),
        2 => drift().prop_map(Step::Drift),
        1 => stranger.prop_map(Step::Stranger),
        1 => (command(), any::<bool>()).prop_map(|(command, keeps)| Step::Destroy(command, keeps)),
        2 => (command(), prop::option::weighted(0.4, drift())).prop_map(|(command, drift)| Step::Planned(command, drift)),
    ]
}

prop_compose! {
    pub fn story()(
        steps in prop::collection::vec(step(), 1..7),
        first in sketch().prop_map(|sketch| sketch.unprotected()),
        protects in prop_oneof![3 => Just(0_u8), 1 => 0..8_u8],
        second in sketch().prop_map(|sketch| sketch.unprotected()),
        keeps_logs in any::<bool>(),
    ) -> Story {
        Story { first, protects, second, steps, keeps_logs }
    }
}

/// The names that `bits` stand for.
fn chosen(sketch: &Sketch, bits: u8) -> Vec<&'static str> {
    sketch.job_names().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, name)| name).collect()
}

impl Story {
    pub fn sketch(&self, first: bool) -> &Sketch {
        if first { &self.first } else { &self.second }
    }

    /// Whether any step is about the first config.
    pub fn uses_the_first(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::Apply(command) | Step::Destroy(command, _) | Step::Planned(command, _) => command.first,
            Step::Stranger(stranger) => stranger.first,
            Step::Drift(_) => false,
        })
    }

    /// The jobs that a command names; all when there is none.
    pub fn jobs(&self, command: &Command) -> Vec<&'static str> {
        chosen(self.sketch(command.first), command.jobs)
    }

    /// The protected jobs of a config.
    pub fn protected(&self, first: bool) -> Vec<&'static str> {
        if first { chosen(&self.first, self.protects) } else { Vec::new() }
    }

    /// A config, in the config language.
    pub fn text(&self, first: bool) -> String {
        let protect = |text: String, job: &&str| {
            text.replace(&format!("[job.{job}]\n"), &format!("[job.{job}]\nprotect = true\n"))
        };
        self.protected(first).iter().fold(self.sketch(first).text(REGION), protect)
    }
}
