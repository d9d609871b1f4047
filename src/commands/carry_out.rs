//! What apply and destroy share: plan, ask, execute, look again.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::contest::{Contest, failures};
use crate::error::{Error, Exit};
use crate::execute::{Outcome, execute};
use crate::plan::{Action, Change, PROTECTED, Plan, Saved};
use crate::report::{Report, confirmed, is_interactive};
use crate::session::{Aim, Session};
use crate::stop::Stop;

/// Whether a plan may be carried out.
pub struct Consent {
    /// The user said yes beforehand.
    pub yes: bool,
    /// Whether a person may be asked, if one is there.
    pub may_ask: bool,
    /// What is asked.
    pub question: &'static str,
    /// The plan that the user has seen already: this one and no other.
    pub saved: Option<Saved>,
}

/// The longest that one attempt at a request takes.
const ATTEMPT: Duration = Duration::from_secs(15);

/// Makes the plan, asks where that is due, executes, and looks again until nothing differs.
pub async fn carry_out(
    session: &Session,
    aim: &Aim,
    consent: &Consent,
    limit: Duration,
    report: &mut dyn Report,
) -> Result<Exit, Error> {
    let exit = rounds(session, aim, consent, limit, report).await;
    report.finish();
    exit
}

/// One round, as a rule. Another for each time that somebody else changed the same resources meanwhile.
async fn rounds(
    session: &Session,
    aim: &Aim,
    consent: &Consent,
    limit: Duration,
    report: &mut dyn Report,
) -> Result<Exit, Error> {
    let started = Instant::now();
    // A read that is given up tells why; this is for many that are each just in time.
    let mut plan = timeout(limit + ATTEMPT, session.plan(aim, BTreeSet::new())).await.map_err(|_| late(limit))??;
    let left = limit.saturating_sub(started.elapsed());
    report.plan(&plan, &session.scope);
    if let Some(Err(refusal)) = consent.saved.as_ref().map(|saved| saved.holds(&plan, &session.scope)) {
        report.end(&plan, &session.scope, &[]);
        return Err(refusal);
    }
    if plan.changes.is_empty() {
        report.end(&plan, &session.scope, &[]);
        return Ok(Exit::Done);
    }
    let mut stop = None;
    let mut contest = Contest::default();
    loop {
        if let Err(refusal) = consent.given(&plan) {
            report.end(&plan, &session.scope, &[]);
            return Err(refusal);
        }
        let stop = match &stop {
            Some(stop) => stop,
            None => stop.insert(listen(left)?),
        };
        let started = Instant::now();
        let outcomes = execute(&plan, &session.aws, stop, |event| report.event(&plan, &event)).await;
        report.end(&plan, &session.scope, &outcomes);
        let explained = contest.explains(started.elapsed(), &plan, &outcomes) && !stop.is_requested();
        if let Some(error) = failure(&plan, &outcomes, stop, limit).filter(|_| !explained) {
            return Err(error);
        }
        if let Some(error) = cut_short(&outcomes, stop, limit) {
            return Err(error);
        }
        let Some(next) = contest.settle(session, aim, &plan, stop).await? else { return Ok(Exit::Done) };
        if consent.saved.is_some() {
            return Err(Error::failed("the saved plan was carried out, and somebody else changed the same resources")
                .caused_by(contest.said())
                .hint("look with `provision diff`, and save a new plan with `--out`"));
        }
        report.note(&format!("somebody else changes the same resources: {}; going on", contest.said()));
        report.plan(&next, &session.scope);
        plan = next;
    }
}

fn listen(limit: Duration) -> Result<Stop, Error> {
    Stop::on_signal_or_after(limit).map_err(|error| Error::failed("can't listen for signals").caused_by(error))
}

/// Why not all of the plan was begun.
fn cut_short(outcomes: &[Outcome], stop: &Stop, limit: Duration) -> Option<Error> {
    if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done)) {
        return None;
    }
    if stop.is_interrupted() {
        let error = Error::with_exit(Exit::Interrupted, "interrupted");
        return Some(error.hint("run the same command again: it goes on from here"));
    }
    stop.is_late().then(|| late(limit))
}

fn late(limit: Duration) -> Error {
    Error::failed(format!("not done within {} s", limit.as_secs()))
        .hint("run the same command again: it goes on from here; `--timeout` gives it more time")
}

impl Consent {
    fn given(&self, plan: &Plan) -> Result<(), Error> {
        let blocked = plan.changes.iter().filter(|change| change.action == Action::Blocked);
        let (protected, foreign): (Vec<&Change>, Vec<&Change>) =
            blocked.partition(|change| change.reason.starts_with(PROTECTED));
        let said = |change: &&Change| format!("{}: {}", change.address, change.reason);
        if !foreign.is_empty() {
            let error = Error::refused("nothing was changed: there are resources of our names that are not ours");
            let hint = "check whose they are: `--adopt` takes over those without the tag; others keep their owner, so give \
                        this config another `app` (an environment has its own)";
            return Err(foreign.iter().map(said).fold(error, Error::caused_by).hint(hint));
        }
        if !protected.is_empty() {
            let error = Error::refused("nothing was changed: the plan deletes what is protected");
            let hint = "to delete it all the same, set `protect = false`, run `provision apply`, and then this again";
            return Err(protected.iter().map(said).fold(error, Error::caused_by).hint(hint));
        }
        if self.yes || self.saved.is_some() {
            return Ok(());
        }
        if self.may_ask && is_interactive() {
            let refused = || Error::refused("nothing was changed: the answer was no");
            return if confirmed(self.question) { Ok(()) } else { Err(refused()) };
        }
        match plan.changes.iter().filter(|change| change.deletes).count() {
            0 => Ok(()),
            1 => Err(unconfirmed("1 deletion")),
            count => Err(unconfirmed(&format!("{count} deletions"))),
        }
    }
}

fn unconfirmed(what: &str) -> Error {
    Error::refused(format!("nothing was changed: {what} nobody confirmed")).hint("look at the plan, then add `--yes`")
}

/// The root causes, when something failed.
fn failure(plan: &Plan, outcomes: &[Outcome], stop: &Stop, limit: Duration) -> Option<Error> {
    let failed: Vec<_> = failures(plan, outcomes).collect();
    let (_, first) = failed.first()?;
    let error = if stop.is_late() {
        late(limit)
    } else {
        let hint = first.hint();
        let hint = hint.unwrap_or_else(|| "mend the cause and run the same command again: it goes on from here".into());
        let what =
            if failed.len() == 1 { "1 change failed".into() } else { format!("{} changes failed", failed.len()) };
        Error::failed(what).hint(hint)
    };
    Some(
        failed.iter().fold(error, |error, (change, failure)| error.caused_by(format!("{}: {failure}", change.address))),
    )
}
