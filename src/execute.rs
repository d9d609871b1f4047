//! Walks a plan. Decides nothing about resources: it sends what is ready, and skips what can no longer succeed.

use std::cell::RefCell;

use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::aws::{Cloud, Failure, Waiting, send};
use crate::kind::Address;
use crate::plan::{Plan, Step};
use crate::stop::Stop;

/// Steps under way at once, at the most. More only meet AWS's throttle.
const AT_ONCE: usize = 16;

/// What happens while a plan is walked. A change is named by its place in the plan.
#[derive(Clone, Debug)]
pub enum Event {
    /// A request of the change waits for AWS.
    Waiting(usize, Waiting),
    /// The change is done.
    Done(usize),
    /// The change failed.
    Failed(usize, Failure),
}

/// How a change ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// All its calls took effect.
    Done,
    /// A call failed. What came before it took effect.
    Failed(Failure),
    /// Not begun, or not finished, because the change of this address failed.
    Skipped(Address),
    /// Not begun, or not finished, because the user stopped the program, or its time was over.
    Left,
}

/// How a step ended.
#[derive(Clone)]
enum Ended {
    Done,
    /// By the change that is the root of it.
    Failed(usize),
    Left,
}

/// Sends every call of the plan, what is independent at once, and tells `on` as it goes.
pub async fn execute(plan: &Plan, cloud: &dyn Cloud, stop: &Stop, on: impl FnMut(Event)) -> Vec<Outcome> {
    let on = RefCell::new(on);
    let mut ended: Vec<Option<Ended>> = vec![None; plan.steps.len()];
    let mut outcomes: Vec<Option<Outcome>> = vec![None; plan.changes.len()];
    let mut open: Vec<usize> = vec![0; plan.changes.len()];
    plan.steps.iter().for_each(|step| open[step.change] += 1);
    let mut waiting: Vec<usize> = (0..plan.steps.len()).collect();
    let mut running = FuturesUnordered::new();
    loop {
        waiting.retain(|at| {
            let step = &plan.steps[*at];
            let before: Vec<&Ended> = step.after.iter().filter_map(|other| ended[*other].as_ref()).collect();
            if let Some(barrier) = before.iter().find(|end| !matches!(end, Ended::Done)).map(|end| (*end).clone()) {
                outcomes[step.change].get_or_insert_with(|| skipped(plan, &barrier));
                ended[*at] = Some(barrier);
                return false;
            }
            if before.len() < step.after.len() || running.len() >= AT_ONCE {
                return true;
            }
            running.push(run(*at, step, cloud, stop, &on));
            false
        });
        let Some((at, result)) = running.next().await else { break };
        let change = plan.steps[at].change;
        open[change] -= 1;
        ended[at] = Some(match result {
            Ok(true) => {
                if open[change] == 0 {
                    on.borrow_mut()(Event::Done(change));
                    outcomes[change].get_or_insert(Outcome::Done);
                }
                Ended::Done
            }
            Ok(false) => {
                outcomes[change] = Some(Outcome::Left);
                Ended::Left
            }
            Err(failure) => {
                on.borrow_mut()(Event::Failed(change, failure.clone()));
                outcomes[change] = Some(Outcome::Failed(failure));
                Ended::Failed(change)
            }
        });
    }
    outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Left)).collect()
}

fn skipped(plan: &Plan, barrier: &Ended) -> Outcome {
    match barrier {
        Ended::Failed(root) => Outcome::Skipped(plan.changes[*root].address.clone()),
        Ended::Done | Ended::Left => Outcome::Left,
    }
}

/// Sends one step's calls in order. False when the user stopped it.
async fn run(
    at: usize,
    step: &Step,
    cloud: &dyn Cloud,
    stop: &Stop,
    on: &RefCell<impl FnMut(Event)>,
) -> (usize, Result<bool, Failure>) {
    for call in &step.calls {
        if stop.is_requested() {
            return (at, Ok(false));
        }
        tracing::debug!(api = call.api(), change = step.change, "sending");
        let waiting = |waiting| on.borrow_mut()(Event::Waiting(step.change, waiting));
        if let Err(failure) = send(call.request(), cloud, stop, waiting).await {
            return (at, if stop.is_interrupted() { Ok(false) } else { Err(failure) });
        }
    }
    (at, Ok(true))
}
