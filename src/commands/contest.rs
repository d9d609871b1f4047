//! Two at once: what happens when somebody else changes the same resources while a plan is carried out.
//!
//! AWS has no lock and no conditional write for these resources. So each of two applies goes on until a look finds
//! nothing that differs, and then writes no more: whoever gets there last has its own state, whole. Who got there first
//! watches on for a while, sees its state go, and says so. docs/reliability.md says why that is enough, and what is left.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::time::sleep;

use crate::aws::Failure;
use crate::error::Error;
use crate::execute::Outcome;
use crate::kind::Address;
use crate::plan::{Action, Change, Plan};
use crate::session::{Aim, Session};
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
/// How often what is to be made may be there already, and yet not be seen.
const SAME_NAME: usize = 3;

/// What is known of somebody else's changes.
#[derive(Debug, Default)]
pub struct Contest {
    /// What somebody else changed.
    contested: BTreeSet<Address>,
    /// When each conflict was first met, and how often.
    met: BTreeMap<(Address, Option<String>), (Option<Instant>, usize)>,
    longest: Duration,
    rounds: u32,
}

/// The changes that failed.
pub fn failures<'a>(plan: &'a Plan, outcomes: &'a [Outcome]) -> impl Iterator<Item = (&'a Change, &'a Failure)> {
    plan.changes.iter().zip(outcomes).filter_map(|(change, outcome)| match outcome {
        Outcome::Failed(failure) => Some((change, failure)),
        _ => None,
    })
}

impl Contest {
    /// A round is over. Whether somebody else's changes may be all that its failures come from.
    pub fn explains(&mut self, took: Duration, plan: &Plan, outcomes: &[Outcome]) -> bool {
        self.rounds += 1;
        self.longest = self.longest.max(took);
        let mut all = true;
        for (change, failure) in failures(plan, outcomes) {
            let (since, times) = self.met.entry((change.address.clone(), failure.code.clone())).or_default();
            let since = since.get_or_insert_with(Instant::now);
            *times += 1;
            let passing = if failure.exists() { *times < SAME_NAME } else { since.elapsed() < SAME_CONFLICT };
            if failure.is_conflict() && passing {
                self.contested.insert(change.address.clone());
            } else {
                all = false;
            }
        }
        all
    }

    /// What is contested, for a person.
    pub fn said(&self) -> String {
        let shown: Vec<String> = self.contested.iter().take(3).map(ToString::to_string).collect();
        let more = self.contested.len().saturating_sub(shown.len());
        if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
    }

    /// Looks until what was written is what is there. The plan of another round when somebody else's changes are there
    /// instead; none when all is as it should be, and stays so.
    ///
    /// # Errors
    /// When AWS can't be read, keeps showing something else, or somebody else has the last word.
    pub async fn settle(
        &mut self,
        session: &Session,
        aim: &Aim,
        plan: &Plan,
        stop: &Stop,
    ) -> Result<Option<Plan>, Error> {
        let next = self.look(session, aim, plan, stop).await?;
        if next.is_none() && !self.contested.is_empty() {
            self.watch(session, aim, plan, stop).await?;
        }
        Ok(next)
    }

    /// Two who wait differently long do not get in each other's way for ever.
    fn pause(&self) -> Duration {
        let seed = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9) + u64::from(self.rounds) * 0x85eb;
        let share = u32::try_from(seed % 1_000).unwrap_or(0);
        (self.longest + Duration::from_millis(500)).min(LONGEST_PAUSE) * share / 1_000
    }

    /// What differs now. Reads may be throttled for longer than there is time.
    async fn read(&self, session: &Session, aim: &Aim, plan: &Plan, stop: &Stop) -> Result<Plan, Error> {
        tokio::select! {
            left = session.plan(aim, retagged(plan)) => left,
            () = stop.late() => Err(Error::failed("all was sent, and there was no time left to look whether it is there")
                .hint("run the same command again: it goes on from here; `--timeout` gives it more time")),
        }
    }

    async fn look(&mut self, session: &Session, aim: &Aim, plan: &Plan, stop: &Stop) -> Result<Option<Plan>, Error> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(250);
        loop {
            let left = self.read(session, aim, plan, stop).await?;
            if left.changes.is_empty() {
                return Ok(None);
            }
            let foreign = left.changes.iter().filter(|change| is_foreign(change, plan));
            self.contested.extend(foreign.map(|change| change.address.clone()));
            let late = started.elapsed() > LAG || stop.is_requested();
            if !self.contested.is_empty() {
                wait(self.pause(), stop).await;
                let left = self.read(session, aim, plan, stop).await?;
                // A read while somebody else makes or deletes a thing may miss whose it is.
                if left.count(Action::Blocked) == 0 || late {
                    return Ok(Some(left).filter(|left| !left.changes.is_empty()));
                }
            } else if late {
                let error = Error::failed("every request succeeded, and yet AWS does not show what was asked for");
                let hint = "somebody else may be changing the same resources: run `provision diff`";
                return Err(left.changes.iter().map(differs).fold(error, Error::caused_by).hint(hint));
            }
            wait(pause, stop).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    /// After a contest, whether nobody takes back what was reached. One look alone may be an old one.
    async fn watch(&self, session: &Session, aim: &Aim, plan: &Plan, stop: &Stop) -> Result<(), Error> {
        let (started, calm) = (Instant::now(), CALM + self.longest * 2);
        let mut gone = false;
        while started.elapsed() < calm && !stop.is_requested() || gone {
            wait(WATCH, stop).await;
            let left = self.read(session, aim, plan, stop).await?;
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

async fn wait(pause: Duration, stop: &Stop) {
    tokio::select! { () = sleep(pause) => {}, () = stop.requested() => {} }
}

fn differs(change: &Change) -> String {
    format!("{}: {}", change.address, change.reason)
}

/// What bulk reads may still show the old tags of.
fn retagged(plan: &Plan) -> BTreeSet<Address> {
    let tags = |calls: &[&str]| calls.iter().any(|api| api.contains("Tag") || api.contains("Untag"));
    plan.changes.iter().filter(|change| tags(&change.calls)).map(|change| change.address.clone()).collect()
}

/// Whether a difference that is left holds something that neither was there before the plan nor was asked for: then it
/// is no read that lags.
fn is_foreign(left: &Change, plan: &Plan) -> bool {
    let Some(found) = &left.before else { return false };
    match plan.changes.iter().find(|change| change.address == left.address) {
        None => true,
        Some(done) => {
            let known = |side: &Option<Value>| side.clone().unwrap_or(Value::Null);
            !is_known(found, &known(&done.before), &known(&done.after))
        }
    }
}

/// Whether each leaf is that of one side or of the other.
fn is_known(found: &Value, before: &Value, after: &Value) -> bool {
    if found == before || found == after {
        return true;
    }
    let Value::Object(fields) = found else { return false };
    let side = |value: &Value, key: &str| value.get(key).cloned().unwrap_or(Value::Null);
    (before.is_object() || after.is_object())
        && fields.iter().all(|(key, field)| is_known(field, &side(before, key), &side(after, key)))
}
