//! Two at once: what happens when somebody else changes the same resources while a plan is carried out.
//!
//! AWS has no lock and no conditional write for these resources. So each of two applies goes on until a look finds
//! nothing that differs, and then writes no more: whoever gets there last has its own state, whole. Who got there first
//! watches on for a while, sees its state go, and says so. docs/reliability.md says why that is enough, and what is left.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{GO_ON, Site, failures};
use crate::aws::{Cloud, Failure};
use crate::error::Error;
use crate::execute::Outcome;
use crate::kind::Address;
use crate::plan::{Action, Change, Plan};
use crate::session::Aim;
use crate::stop::Stop;

/// How long AWS's reads may lag behind our writes.
const LAG: Duration = Duration::from_mins(1);
/// How long nobody else must have changed anything, besides two of our own longest rounds. The other one is not silent for
/// longer while it has something to write: it waits for what it can't tell, then for as long as a round, and looks.
/// Only a new role may keep it waiting for longer.
const CALM: Duration = Duration::from_secs(18);
/// The longest time between two rounds.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Between two looks while nothing should happen.
const WATCH: Duration = Duration::from_secs(1);
/// How long the same conflict may be met again and again: AWS's own slowest one passes sooner.
const SAME_CONFLICT: Duration = Duration::from_mins(5);
/// How often the same may differ after a round.
const SAME_DIFFERENCE: usize = 10;
/// How often the same conflict may be met, and yet nothing be seen that somebody else did.
const UNPROVED: usize = 3;

/// What is known of somebody else's changes.
#[derive(Debug, Default)]
pub struct Contest {
    /// What somebody else changed.
    contested: BTreeSet<Address>,
    /// When each conflict was first met, and how often without a trace of somebody else.
    met: BTreeMap<(Address, Option<String>), (Instant, usize)>,
    /// What was done, and AWS does not show after a minute: somebody may have put back what was there before.
    lagging: BTreeSet<Address>,
    /// What differed after the last round, and how often in a row.
    differed: (Vec<(Address, Option<Value>)>, usize),
    /// What failed in the last round.
    failed: Vec<String>,
    longest: Duration,
    rounds: u32,
    /// How often what lags for too long is done again.
    patience: u32,
    luck: u64,
}

impl Contest {
    /// Nothing is known yet. `luck` tells two contestants apart.
    pub fn new(luck: u64) -> Self {
        Self { luck, patience: 2, ..Self::default() }
    }

    /// A round is over that took this long.
    pub fn round(&mut self, took: Duration) {
        self.failed.clear();
        self.rounds += 1;
        self.longest = self.longest.max(took);
    }

    /// Whether somebody else's changes may be all that a round's failures come from. Then a fresh look shows it: something
    /// that was done is undone, or what failed has become another change.
    pub async fn explains(&mut self, site: &dyn Site, aim: &Aim, plan: &Plan, outcomes: &[Outcome]) -> bool {
        self.failed =
            failures(plan, outcomes).map(|(change, failure)| format!("{}: {failure}", change.address)).collect();
        if !failures(plan, outcomes).all(|(_, failure)| failure.may_pass()) {
            return false;
        }
        let Ok(left) = site.plan(aim, retagged(plan)).await else { return false };
        let undone: Vec<Address> = undone(&left, plan, outcomes);
        self.contested.extend(undone.iter().cloned());
        let now = site.cloud().now();
        for (change, failure) in failures(plan, outcomes) {
            let met = self.met.entry((change.address.clone(), failure.code.clone()));
            let (since, unproved) = met.or_insert((now, 0));
            if now.duration_since(*since) > SAME_CONFLICT {
                return false;
            }
            // What is no conflict has come of nobody else while all that was done is there.
            if undone.is_empty() && !(failure.is_conflict() && has_changed(change, failure, &left)) {
                *unproved += 1;
                if !failure.is_conflict() || failure.is_not_found() || *unproved >= UNPROVED {
                    return false;
                }
            }
            self.contested.insert(change.address.clone());
        }
        true
    }

    /// What is contested, for a person.
    pub fn said(&self) -> String {
        let all = &self.contested | &self.lagging;
        let shown: Vec<String> = all.iter().take(3).map(ToString::to_string).collect();
        let more = all.len().saturating_sub(shown.len());
        if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
    }

    /// Looks until what was written is what is there. The plan of another round when somebody else's changes are there
    /// instead; none when all is as it should be, and stays so.
    ///
    /// # Errors
    /// When AWS can't be read, keeps showing something else, or somebody else has the last word.
    pub async fn settle(
        &mut self,
        site: &dyn Site,
        aim: &Aim,
        plan: &Plan,
        stop: &Stop,
    ) -> Result<Option<Plan>, Error> {
        let next = self.look(site, aim, plan, stop).await?;
        if next.is_none() && !(self.contested.is_empty() && self.lagging.is_empty()) {
            self.watch(site, aim, plan, stop).await?;
        }
        Ok(next)
    }

    /// Two who wait differently long do not get in each other's way for ever, and the more rounds there are, the longer.
    fn pause(&self) -> Duration {
        let mut hasher = std::hash::DefaultHasher::new();
        (self.luck, self.rounds).hash(&mut hasher);
        let share = u32::try_from(hasher.finish() % 1_000).unwrap_or(0);
        let most = (self.longest + Duration::from_millis(500)) * 2_u32.pow(self.rounds.min(6));
        most.min(LONGEST_PAUSE) * share / 1_000
    }

    /// What differs now. Reads may be throttled for longer than there is time.
    async fn read(&self, site: &dyn Site, aim: &Aim, plan: &Plan, stop: &Stop) -> Result<Plan, Error> {
        tokio::select! {
            biased;
            left = site.plan(aim, retagged(plan)) => left,
            () = stop.late() => Err(self.late()),
        }
    }

    fn late(&self) -> Error {
        let error = match self.failed.as_slice() {
            [] => Error::failed("all was sent, and there was no time left to look whether it is there"),
            failed => failed.iter().fold(Error::failed("the time was over before all was done"), Error::caused_by),
        };
        error.hint(format!("{GO_ON}; `--timeout` gives it more time"))
    }

    async fn look(&mut self, site: &dyn Site, aim: &Aim, plan: &Plan, stop: &Stop) -> Result<Option<Plan>, Error> {
        let (cloud, started) = (site.cloud(), site.cloud().now());
        let mut pause = Duration::from_millis(250);
        loop {
            let left = self.read(site, aim, plan, stop).await?;
            if left.changes.is_empty() {
                return Ok(None);
            }
            let foreign = left.changes.iter().filter(|change| is_foreign(change, plan));
            self.contested.extend(foreign.map(|change| change.address.clone()));
            let late = cloud.now().duration_since(started) > LAG || stop.is_requested();
            if !self.contested.is_empty() {
                wait(cloud, self.pause(), stop).await;
                let left = self.read(site, aim, plan, stop).await?;
                // A read while somebody else makes or deletes a thing may miss whose it is.
                if left.count(Action::Blocked) == 0 || late {
                    return self.next_round(left);
                }
            } else if late && !stop.is_requested() && self.patience > 0 {
                self.patience -= 1;
                self.lagging.extend(left.changes.iter().map(|change| change.address.clone()));
                return Ok(Some(left));
            } else if late {
                return Err(not_shown(&left));
            }
            wait(cloud, pause, stop).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    /// Another round for what is left. One that changes nothing, time and again, has nobody to outlast.
    fn next_round(&mut self, left: Plan) -> Result<Option<Plan>, Error> {
        if left.changes.is_empty() {
            return Ok(None);
        }
        let differs: Vec<_> = left.changes.iter().map(|left| (left.address.clone(), left.before.clone())).collect();
        let (last, times) = &mut self.differed;
        *times = if *last == differs { *times + 1 } else { 1 };
        *last = differs;
        match (*times > SAME_DIFFERENCE, self.failed.as_slice()) {
            (false, _) => Ok(Some(left)),
            (true, []) => Err(not_shown(&left)),
            (true, failed) => {
                let error = Error::failed("somebody else changes the same resources again and again");
                let hint = "look with `provision diff` who it may be, and run this again when it is over";
                Err(failed.iter().fold(error, Error::caused_by).hint(hint))
            }
        }
    }

    /// After a contest, whether nobody takes back what was reached. One look alone may be an old one.
    async fn watch(&self, site: &dyn Site, aim: &Aim, plan: &Plan, stop: &Stop) -> Result<(), Error> {
        let (cloud, started, calm) = (site.cloud(), site.cloud().now(), CALM + self.longest * 2);
        let mut gone = false;
        while cloud.now().duration_since(started) < calm && !stop.is_requested() || gone {
            wait(cloud, WATCH, stop).await;
            let left = self.read(site, aim, plan, stop).await?;
            if gone && !left.changes.is_empty() {
                let error =
                    Error::failed("somebody else applied something else at the same time, and has the last word");
                let hint = "what AWS has now is theirs: look with `provision diff`, and run this again to have yours";
                return Err(left.changes.iter().map(differs).fold(error, Error::caused_by).hint(hint));
            }
            gone = !left.changes.is_empty();
        }
        Ok(())
    }
}

/// What was done, and is there no more; and what nobody planned.
fn undone(left: &Plan, plan: &Plan, outcomes: &[Outcome]) -> Vec<Address> {
    let done = |address: &Address| {
        let mut changes = plan.changes.iter().zip(outcomes);
        changes.any(|(change, outcome)| change.address == *address && matches!(outcome, Outcome::Done))
    };
    let undone = left.changes.iter().filter(|change| done(&change.address) || is_foreign(change, plan));
    undone.map(|change| change.address.clone()).collect()
}

/// Whether a change that failed is another now; or is the same, though a part of it was done.
fn has_changed(change: &Change, failure: &Failure, left: &Plan) -> bool {
    let now = left.changes.iter().find(|left| left.address == change.address);
    let same = now.is_some_and(|now| now.action == change.action && now.before == change.before);
    let at_once = change.calls.first() == Some(&failure.api);
    !same || !at_once
}

async fn wait(cloud: &dyn Cloud, pause: Duration, stop: &Stop) {
    tokio::select! { biased; () = cloud.pause(pause) => {}, () = stop.requested() => {} }
}

fn not_shown(left: &Plan) -> Error {
    let error = Error::failed("every request succeeded, and yet AWS does not show what was asked for");
    let hint = "somebody else may be changing the same resources: run `provision diff`";
    left.changes.iter().map(differs).fold(error, Error::caused_by).hint(hint)
}

fn differs(change: &Change) -> String {
    format!("{}: {}", change.address, change.reason)
}

/// What bulk reads may still show the old tags of.
fn retagged(plan: &Plan) -> BTreeSet<Address> {
    let tags = |calls: &[&str]| calls.iter().any(|api| api.contains("Tag") || api.contains("Untag"));
    plan.changes.iter().filter(|change| tags(&change.calls)).map(|change| change.address.clone()).collect()
}

/// Whether a difference that is left holds something that neither was there before the plan, nor is asked for, nor comes
/// between the two: then it is no read that lags.
fn is_foreign(left: &Change, plan: &Plan) -> bool {
    let Some(found) = &left.before else { return false };
    match plan.changes.iter().find(|change| change.address == left.address) {
        None => true,
        Some(done) => {
            let sides = [&done.before, &done.after].map(|side| side.as_ref().unwrap_or(&Value::Null));
            let states: Vec<&Value> = sides.into_iter().chain(&done.between).collect();
            !is_known(found, &states)
        }
    }
}

/// Whether each leaf is that of one of the states.
fn is_known(found: &Value, states: &[&Value]) -> bool {
    let is_of_all = |fields: &serde_json::Map<String, Value>| {
        fields.iter().all(|(key, field)| {
            let of_states: Vec<&Value> = states.iter().map(|state| state.get(key).unwrap_or(&Value::Null)).collect();
            is_known(field, &of_states)
        })
    };
    states.contains(&found) || states.iter().any(|state| state.is_object()) && found.as_object().is_some_and(is_of_all)
}
