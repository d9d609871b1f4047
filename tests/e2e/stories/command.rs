//! One command of a story, in trouble, and what must hold of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;

use super::holds::{Everything, Goal, Owner, changed, none, ours, owner};
use super::leak::forget_tags;
use super::play::Tally;
use super::skips::check_skips;
use super::subject::subject;
use super::trouble::{Met, Trouble, Victim};
use crate::support::{Ground, Run};

/// A command, and what it is for.
pub struct Order<'a> {
    pub goal: Goal<'a>,
    /// As they are given to the program.
    pub arguments: Vec<String>,
    /// What must be refused whatever the goal says.
    pub stale: bool,
    /// The plan that it has, as `diff --json` shows it; none of a destroy.
    pub shown: Option<Value>,
}

/// Runs it, and insists on what must hold of it.
pub fn carry_out(ground: &Ground, order: &Order<'_>, trouble: &Trouble) -> Result<Tally, String> {
    let before = ground.cloud.everything();
    let blocked = order.goal.blocked(&before);
    if let Some(shown) = &order.shown.as_ref().filter(|_| !order.stale) {
        let marked: BTreeSet<String> =
            changes(shown).filter(|change| change["action"] == "blocked").map(address).collect();
        if marked != blocked {
            return Err(format!("blocked are {marked:?}, and what is taken or protected is {blocked:?}"));
        }
    }
    let (victim, met) = (Victim::default(), Arc::new(Met::default()));
    ground.proxy.forget();
    ground.proxy.rule(trouble.clone().rule(Arc::clone(&victim), Arc::clone(&met)));
    let arguments: Vec<&str> = order.arguments.iter().map(String::as_str).collect();
    let run = run_to_its_end(ground, &arguments, &victim);
    ground.proxy.rest();
    let tally = Tally {
        requests: u32::try_from(ground.proxy.seen().len()).unwrap_or(u32::MAX),
        faults: met.faults.load(Ordering::SeqCst),
        crashes: u32::from(run.status.is_none()),
    };
    let refused = ground.proxy.refused();
    if !refused.is_empty() {
        return Err(format!("AWS would refuse what was sent: {refused:?}"));
    }
    let writes = writes(ground)?;
    order.sent_rightly(&before, &writes)?;
    let refuses = order.stale || !blocked.is_empty();
    if refuses && !writes.is_empty() {
        return Err(format!("it should be refused, and sent {writes:?}: {run:#?}"));
    }
    let ended = met.ended.load(Ordering::SeqCst);
    match run.status {
        Some(0) if !refuses => {}
        Some(4) if refuses => {}
        Some(1) if met.is_final.load(Ordering::SeqCst) => {}
        None | Some(130) if ended => {}
        _ => return Err(format!("{arguments:?}, refused: {refuses}, every fault passes: {trouble}: {run:#?}")),
    }
    let after = ground.cloud.everything();
    forget_tags(ground, &before.keys().filter(|name| !after.contains_key(*name)).cloned().collect());
    order.touched_rightly(&before, &after)?;
    if let Ok(document) = serde_json::from_str(&run.stdout) {
        check_skips(&document, ended)?;
    }
    if run.status == Some(0) {
        let missing = order.goal.missing(&after);
        none(&missing, "it ended well, and yet not as asked for", &after, order.goal.wish)?;
    }
    Ok(tally)
}

pub fn changes(document: &Value) -> impl Iterator<Item = &Value> {
    document["changes"].as_array().into_iter().flatten()
}

fn address(change: &Value) -> String {
    change["address"].as_str().unwrap_or_default().to_owned()
}

/// Each write, by operation and resource.
fn writes(ground: &Ground) -> Result<BTreeSet<(String, String)>, String> {
    let writes = ground.proxy.seen().into_iter().filter(crate::support::Seen::is_write);
    let writes = writes.map(|seen| match subject(&seen) {
        Some(about) => Ok((seen.api, about)),
        None => Err(format!("what is it about? {seen:?}")),
    });
    writes.collect()
}

impl Order<'_> {
    /// Each write was in the plan, and may be.
    fn sent_rightly(&self, before: &Everything, writes: &BTreeSet<(String, String)>) -> Result<(), String> {
        let calls = |change: &Value| {
            let calls = change["calls"].as_array().cloned().unwrap_or_default();
            let (calls, about) = (calls.into_iter(), address(change));
            calls.map(move |call| (call["api"].as_str().unwrap_or_default().to_owned(), about.clone()))
        };
        let shown = self.shown.as_ref().map(|shown| changes(shown).flat_map(calls).collect::<BTreeSet<_>>());
        let ours = ours(before);
        let touches = self.goal.touches(before);
        for write in writes {
            let (api, about) = write;
            let is_shown = shown.as_ref().map_or_else(|| ours.contains_key(about), |shown| shown.contains(write));
            if !is_shown {
                return Err(format!("{api} was sent about {about}, and the plan did not show it"));
            }
            if touches.as_ref().is_some_and(|touches| !touches.contains(about)) {
                return Err(format!("{api} was sent about {about}, which is of no job that was named"));
            }
        }
        Ok(())
    }

    /// Nothing is changed that is not ours, nor adopted, nor of a job that was not named.
    fn touched_rightly(&self, before: &Everything, after: &Everything) -> Result<(), String> {
        let (adopted, touches) = (self.goal.adopted(before), self.goal.touches(before));
        let mut wrong = changed(before, after);
        wrong.retain(|name| {
            let foreign = before.get(name).is_some_and(|one| owner(one) != Owner::Us);
            foreign && !adopted.contains(name) || touches.as_ref().is_some_and(|touches| !touches.contains(name))
        });
        none(&wrong, "changed, and not ours to change", after, before)
    }
}

fn run_to_its_end(ground: &Ground, arguments: &[&str], victim: &Victim) -> Run {
    let mut pid = victim.lock().expect("the pid");
    let child = ground.spawn(arguments);
    *pid = Some(child.id());
    drop(pid);
    Run::of(&child.wait_with_output().expect("it ends"))
}
