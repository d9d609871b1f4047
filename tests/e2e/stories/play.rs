//! Plays a story with the binary: from nothing to the second config and on to nothing, whatever happens between.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use serde_json::Value;

use super::command::{Order, carry_out};
use super::drift::drift;
use super::holds::{Everything, Goal, Owner, changed, ours, owner};
use super::leak::forget_tags;
use super::story::{Command, Drift, Step, Story};
use super::stranger::{moves_in, moves_out, neighbours};
use super::trouble::Trouble;
use crate::support::{Ground, REGION};

/// What was played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub requests: u32,
    pub faults: u32,
    pub crashes: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.requests += more.requests;
        self.faults += more.faults;
        self.crashes += more.crashes;
    }
}

/// A story on its ground, and what each config asks for.
struct Play<'a> {
    ground: &'a Ground,
    story: &'a Story,
    wishes: [Everything; 2],
    tally: Tally,
}

/// Plays it. An error says what does not hold.
pub fn play(ground: &Ground, story: &Story) -> Result<Tally, String> {
    ground.proxy.refused();
    ground.write("first.toml", &story.text(true));
    ground.write("unprotected.toml", &story.sketch(true).text(REGION));
    ground.write("second.toml", &story.text(false));
    let first = if story.uses_the_first() { wish(ground, "first.toml") } else { Everything::new() };
    let wishes = [first, wish(ground, "second.toml")];
    ground.reset();
    neighbours(&ground.cloud);
    let mut play = Play { ground, story, wishes, tally: Tally::default() };
    for (number, step) in story.steps.iter().enumerate() {
        play.step(step).map_err(|why| format!("step {number}: {why}"))?;
    }
    play.ends_well()?;
    Ok(play.tally)
}

/// What is there of the app after an apply to nothing.
fn wish(ground: &Ground, config: &str) -> Everything {
    ground.reset();
    ground.ok(&["apply", config]);
    ours(&ground.cloud.everything())
}

fn config(first: bool) -> &'static str {
    if first { "first.toml" } else { "second.toml" }
}

impl Play<'_> {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Apply(command) => self.apply(command),
            Step::Destroy(command, keeps) => self.destroy(command, *keeps),
            Step::Planned(command, drift) => self.planned(command, *drift),
            Step::Drift(drift) => {
                self.drift(*drift);
                Ok(())
            }
            Step::Stranger(stranger) => {
                moves_in(&self.ground.cloud, self.wish(stranger.first), *stranger);
                Ok(())
            }
        }
    }

    fn wish(&self, first: bool) -> &Everything {
        &self.wishes[usize::from(!first)]
    }

    fn drift(&self, Drift { pick, how }: Drift) {
        let all: Vec<String> = ours(&self.ground.cloud.everything()).into_keys().collect();
        if let Some(address) = all.get(usize::from(pick) % all.len().max(1)) {
            drift(&self.ground.cloud, address, how);
            forget_tags(self.ground, &BTreeSet::from([address.clone()]));
        }
    }

    fn goal<'a>(&self, command: &Command, wish: &'a Everything, keeps_logs: bool) -> Goal<'a> {
        let sketch = self.story.sketch(command.first);
        let sharing = sketch.job_names().zip(&sketch.jobs).filter(|(_, job)| job.shared_logs).map(|(name, _)| name);
        Goal {
            wish,
            jobs: self.story.jobs(command),
            sharing: sharing.collect(),
            protected: self.story.protected(command.first),
            adopts: command.adopts,
            keeps_logs,
        }
    }

    /// `diff` and its JSON; with `out`, it saves the plan.
    fn diff(&self, command: &Command, out: &[&str]) -> Value {
        self.ground.proxy.pass();
        let selection = self.selection(command);
        let selection = selection.iter().map(String::as_str);
        let arguments: Vec<&str> = ["diff", "--json", config(command.first)].into_iter().chain(selection).collect();
        self.ground.ok(&[&arguments, out].concat()).json()
    }

    fn selection(&self, command: &Command) -> Vec<String> {
        let jobs = self.story.jobs(command).into_iter().map(|job| format!("--job={job}"));
        jobs.chain(command.adopts.then(|| "--adopt".to_owned())).collect()
    }

    fn apply(&mut self, command: &Command) -> Result<(), String> {
        let goal = self.goal(command, self.wish(command.first), false);
        let arguments = ["apply", "--json", "--yes", config(command.first)].map(str::to_owned);
        let arguments = arguments.into_iter().chain(self.selection(command)).collect();
        let order = Order { goal, arguments, stale: false, shown: Some(self.diff(command, &[])) };
        let more = carry_out(self.ground, &order, &command.trouble)?;
        self.tally += more;
        Ok(())
    }

    fn planned(&mut self, command: &Command, drift: Option<Drift>) -> Result<(), String> {
        let (saved, then) = (self.diff(command, &["--out", "plan.json"]), self.ground.cloud.everything());
        if let Some(drift) = drift {
            self.drift(drift);
        }
        let now = self.diff(command, &["--out", "now.json"]);
        // What may be secret differs only in fingerprints.
        let file = |name| std::fs::read(self.ground.path(name)).expect("a plan");
        let stale = file("plan.json") != file("now.json");
        let goal = self.goal(command, self.wish(command.first), false);
        let differs = changed(&then, &self.ground.cloud.everything());
        if goal.jobs.is_empty() && stale == differs.is_empty() {
            return Err(format!("somebody changed {differs:?}; the plan was {saved:#}\nand is {now:#}"));
        }
        let mut arguments =
            ["apply", "--json", "--plan", "plan.json", config(command.first)].map(str::to_owned).to_vec();
        arguments.extend(command.adopts.then(|| "--adopt".to_owned()));
        let more = carry_out(self.ground, &Order { goal, arguments, stale, shown: Some(now) }, &command.trouble)?;
        self.tally += more;
        Ok(())
    }

    /// Of the command only the config counts.
    fn destroy(&mut self, command: &Command, keeps_logs: bool) -> Result<(), String> {
        let command = Command { jobs: 0, adopts: false, ..command.clone() };
        let nothing = Everything::new();
        let goal = self.goal(&command, &nothing, keeps_logs);
        let mut arguments = ["destroy", "--json", "--yes", config(command.first)].map(str::to_owned).to_vec();
        arguments.extend(keeps_logs.then(|| "--keep-logs".to_owned()));
        let more = carry_out(self.ground, &Order { goal, arguments, stale: false, shown: None }, &command.trouble)?;
        self.tally += more;
        Ok(())
    }

    /// After all trouble: one apply reaches exactly what is asked for, the next has nothing to do, and destroy leaves
    /// nothing of ours.
    fn ends_well(&mut self) -> Result<(), String> {
        let all = self.ground.cloud.everything();
        let ours_by_name = |name: &&String| self.wishes.iter().any(|wish| wish.contains_key(*name));
        let theirs = all.iter().filter(|(_, one)| owner(one) == Owner::Others).map(|(name, _)| name);
        theirs.filter(ours_by_name).for_each(|name| moves_out(&self.ground.cloud, name));
        if all.values().any(|one| one["tags"]["provision:protect"] == "true") {
            self.ground.proxy.pass();
            self.ground.ok(&["apply", "--yes", "--adopt", "unprotected.toml"]);
        }
        let last = Command { first: false, jobs: 0, adopts: true, trouble: Trouble::default() };
        self.apply(&last)?;
        let again = self.ground.writes_of(&["apply", "--yes", "second.toml"]);
        if !again.is_empty() {
            return Err(format!("the second apply wrote {again:?}"));
        }
        self.destroy(&last, self.story.keeps_logs)
    }
}
