//! The loop: plan, execute, look again, until what is there is what was asked for. It knows no terminal and no HTTP, so
//! tests run it on a model of AWS.

mod contest;

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use crate::aws::{Cloud, Failure};
use crate::error::{Error, Exit};
use crate::execute::{Event, Outcome, execute};
use crate::kind::Address;
use crate::plan::{Change, Plan};
use crate::session::Aim;
use crate::stop::Stop;
use contest::Contest;

/// What is reconciled, and where: a config's app on AWS; or, in tests, on a model of it.
pub trait Site {
    /// Where requests go.
    fn cloud(&self) -> &dyn Cloud;

    /// The plan that reaches `aim` from what there is now. Writes nothing. `doubted` was tagged a moment ago.
    fn plan<'a>(&'a self, aim: &'a Aim, doubted: BTreeSet<Address>) -> LocalBoxFuture<'a, Result<Plan, Error>>;
}

/// Whoever sees what happens, and may refuse it.
pub trait Audience {
    /// A round's plan, of which nothing is done yet.
    ///
    /// # Errors
    /// When it is not the plan that was agreed to.
    fn plan(&mut self, plan: &Plan) -> Result<(), Error>;

    /// Whether the plan, which changes something, may be carried out.
    ///
    /// # Errors
    /// When it may not.
    fn consents(&mut self, plan: &Plan) -> Result<(), Error>;

    /// Begins to listen for what ends the work early; once, before the first request that writes. `left` is the time that
    /// it may take.
    ///
    /// # Errors
    /// When nothing can be heard.
    fn listen(&mut self, left: Duration) -> Result<Stop, Error>;

    /// Something happened to a change of the plan.
    fn event(&mut self, plan: &Plan, event: &Event);

    /// All of the plan that could be done is done.
    fn end(&mut self, plan: &Plan, outcomes: &[Outcome]);

    /// Somebody else changes these resources, so another round is needed.
    ///
    /// # Errors
    /// When there may be none.
    fn again(&mut self, contested: &str) -> Result<(), Error>;
}

/// What there is to do about a run that ended too early.
pub const GO_ON: &str = "run the same command again: it goes on from here";

/// The longest that one attempt at a request takes.
const ATTEMPT: Duration = Duration::from_secs(15);

/// Makes the plan, executes it if the audience consents, and looks again until nothing differs. One round, as a rule;
/// another for each time that somebody else changed the same resources meanwhile.
///
/// # Errors
/// When AWS or the audience refuses, the time is over, somebody interrupts, or somebody else has the last word.
pub async fn reconcile(site: &dyn Site, aim: &Aim, limit: Duration, audience: &mut dyn Audience) -> Result<(), Error> {
    let cloud = site.cloud();
    let started = cloud.now();
    let mut plan = tokio::select! {
        biased;
        plan = site.plan(aim, BTreeSet::new()) => plan?,
        // A read that is given up tells why; this is for many that are each just in time.
        () = cloud.pause(limit + ATTEMPT) => return Err(late(limit)),
    };
    let left = limit.saturating_sub(cloud.now().duration_since(started));
    audience.plan(&plan)?;
    if plan.changes.is_empty() {
        audience.end(&plan, &[]);
        return Ok(());
    }
    let mut stop = None;
    let mut contest = Contest::new(cloud.luck());
    loop {
        audience.consents(&plan)?;
        let stop = match &stop {
            Some(stop) => stop,
            None => stop.insert(audience.listen(left)?),
        };
        let started = cloud.now();
        let outcomes = execute(&plan, cloud, stop, |event| audience.event(&plan, &event)).await;
        audience.end(&plan, &outcomes);
        contest.round(cloud.now().duration_since(started));
        if let Some(error) = failure(&plan, &outcomes, stop, limit)
            && (stop.is_requested() || !contest.explains(site, aim, &plan, &outcomes).await)
        {
            return Err(error);
        }
        if let Some(error) = cut_short(&outcomes, stop, limit) {
            return Err(error);
        }
        let Some(next) = contest.settle(site, aim, &plan, stop).await? else { return Ok(()) };
        audience.again(&contest.said())?;
        audience.plan(&next)?;
        plan = next;
    }
}

/// The changes that failed.
fn failures<'a>(plan: &'a Plan, outcomes: &'a [Outcome]) -> impl Iterator<Item = (&'a Change, &'a Failure)> {
    plan.changes.iter().zip(outcomes).filter_map(|(change, outcome)| match outcome {
        Outcome::Failed(failure) => Some((change, failure)),
        _ => None,
    })
}

/// Why not all of the plan was begun.
fn cut_short(outcomes: &[Outcome], stop: &Stop, limit: Duration) -> Option<Error> {
    if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done)) {
        return None;
    }
    if stop.is_interrupted() {
        let error = Error::with_exit(Exit::Interrupted, "interrupted");
        return Some(error.hint(GO_ON));
    }
    stop.is_late().then(|| late(limit))
}

fn late(limit: Duration) -> Error {
    Error::failed(format!("not done within {} s", limit.as_secs()))
        .hint(format!("{GO_ON}; `--timeout` gives it more time"))
}

/// The root causes, when something failed.
fn failure(plan: &Plan, outcomes: &[Outcome], stop: &Stop, limit: Duration) -> Option<Error> {
    let failed: Vec<_> = failures(plan, outcomes).collect();
    let (_, first) = failed.first()?;
    let error = if stop.is_late() {
        late(limit)
    } else {
        let hint = first.hint();
        let hint = hint.unwrap_or_else(|| format!("mend the cause and {GO_ON}"));
        let what =
            if failed.len() == 1 { "1 change failed".into() } else { format!("{} changes failed", failed.len()) };
        Error::failed(what).hint(hint)
    };
    Some(
        failed.iter().fold(error, |error, (change, failure)| error.caused_by(format!("{}: {failure}", change.address))),
    )
}
