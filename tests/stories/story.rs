//! A story: some configs, and what happens to them in turn. All of it comes from one seed, and shrinks.

use std::fmt;

use proptest::prelude::*;

use crate::drift::{Drift, Stranger, Whose};
use crate::fault::Fault;
use crate::process::{Blow, Trouble};
use crate::sketch::{Sketch, sketch};

#[derive(Clone, Debug)]
pub struct Story {
    /// How long things take and what arrives of a dead process; with 0 everything is at once.
    pub weather: u64,
    pub configs: Vec<Sketch>,
    pub steps: Vec<Step>,
    /// The destroy at the end keeps log groups.
    pub keeps_logs: bool,
}

#[derive(Clone, Debug)]
pub enum Step {
    Apply(Command),
    /// Whether log groups stay.
    Destroy(Command, bool),
    /// Two applies at once; the second begins these milliseconds later.
    Both(Command, Command, u16),
    Drift(Vec<Drift>),
    Stranger(Stranger),
    /// An execution of this state machine, by its place, runs for half a minute.
    Runs(u8),
}

#[derive(Clone, Debug)]
pub struct Command {
    pub config: u8,
    /// `--job`, by bits; 0: all.
    pub jobs: u8,
    pub adopts: bool,
    /// `--stop-running`.
    pub stops: bool,
    pub trouble: Trouble,
    /// The next step follows at once, and reads still lag.
    pub hurry: bool,
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.25)
}

fn seldom<T: Clone + fmt::Debug + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.25, strategy)
}

fn blow() -> impl Strategy<Value = Blow> {
    let times = prop_oneof![3 => Just(1_u8), 1 => 1..12_u8];
    (0..25_u8, prop::sample::select(Fault::ALL.to_vec()), times).prop_map(|(at, fault, times)| Blow {
        at,
        fault,
        times,
    })
}

prop_compose! {
    fn trouble()(
        faults in prop::collection::vec(blow(), 0..8),
        kill in seldom((0..25_u8, any::<bool>())),
        interrupt in prop::option::weighted(0.1, 0..30_u8),
        blind in prop::option::weighted(0.1, 0..4_u8),
        limit in prop::option::weighted(0.1, 1..60_u16),
        lag in prop_oneof![2 => Just(0_u16), 1 => 0..20_000_u16],
    ) -> Trouble {
        Trouble { faults, kill, interrupt, blind, limit, lag }
    }
}

prop_compose! {
    fn command()(
        config in 0..3_u8,
        jobs in prop_oneof![3 => Just(0_u8), 1 => 0..8_u8],
        adopts in rarely(),
        stops in rarely(),
        trouble in prop_oneof![1 => Just(Trouble::default()), 2 => trouble()],
        hurry in rarely(),
    ) -> Command {
        Command { config, jobs, adopts, stops, trouble, hurry }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let drift = (any::<u8>(), any::<u8>()).prop_map(|(pick, how)| Drift { pick, how });
    let whose = prop::sample::select(vec![Whose::Ours, Whose::Nobodys, Whose::AnotherApps, Whose::Elsewhere]);
    let stranger =
        (any::<u8>(), whose, any::<bool>()).prop_map(|(pick, whose, our_name)| Stranger { pick, whose, our_name });
    prop_oneof![
        5 => command().prop_map(Step::Apply),
        1 => (command(), any::<bool>()).prop_map(|(command, keeps)| Step::Destroy(command, keeps)),
        1 => (command(), command(), 0..4_000_u16).prop_map(|(one, other, wait)| Step::Both(one, other, wait)),
        2 => prop::collection::vec(drift, 1..4).prop_map(Step::Drift),
        1 => stranger.prop_map(Step::Stranger),
        1 => any::<u8>().prop_map(Step::Runs),
    ]
}

prop_compose! {
    pub fn story()(
        steps in prop::collection::vec(step(), 1..8),
        configs in prop::collection::vec(sketch(), 1..=3),
        keeps_logs in any::<bool>(),
        weather in any::<u64>(),
    ) -> Story {
        Story { weather, configs, steps, keeps_logs }
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, config) in self.configs.iter().enumerate() {
            writeln!(f, "config {number} (task role: {}):", config.task_role)?;
            config.text(crate::plot::REGION).lines().try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            writeln!(f, "{number:2}. {step}")?;
        }
        write!(f, "    then apply until all is well, and destroy{}", if self.keeps_logs { " --keep-logs" } else { "" })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Apply(command) => write!(f, "apply {command}"),
            Self::Destroy(command, keeps) => write!(f, "destroy {}{command}", if *keeps { "--keep-logs " } else { "" }),
            Self::Both(one, other, wait) => {
                writeln!(f, "at once:\n        apply {one}")?;
                write!(f, "        and {wait} ms later apply {other}")
            }
            Self::Drift(drifts) => write!(f, "somebody changes {drifts:?}"),
            Self::Stranger(stranger) => write!(f, "somebody makes {stranger:?}"),
            Self::Runs(pick) => write!(f, "an execution of state machine {pick} runs"),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "config {}", self.config)?;
        if self.jobs != 0 {
            write!(f, " --job (of {:03b})", self.jobs)?;
        }
        if self.adopts {
            write!(f, " --adopt")?;
        }
        if self.stops {
            write!(f, " --stop-running")?;
        }
        let Trouble { faults, kill, interrupt, blind, limit, lag } = &self.trouble;
        faults.iter().try_for_each(|Blow { at, fault, times }| write!(f, "; request {at}: {fault:?} {times} x"))?;
        if let Some((at, takes_effect)) = kill {
            write!(f, "; killed {} request {at}", if *takes_effect { "after" } else { "before" })?;
        }
        if let Some(at) = interrupt {
            write!(f, "; interrupted at request {at}")?;
        }
        if let Some(at) = blind {
            write!(f, "; look {at} fails")?;
        }
        if let Some(seconds) = limit {
            write!(f, "; --timeout {seconds}s")?;
        }
        if *lag > 0 {
            write!(f, "; reads lag up to {lag} ms")?;
        }
        if self.hurry { write!(f, "; what follows comes at once") } else { Ok(()) }
    }
}
