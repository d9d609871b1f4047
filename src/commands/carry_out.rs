//! What apply and destroy share: plan, ask, execute, look again.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, Exit};
use crate::execute::{Outcome, execute};
use crate::kind::Address;
use crate::plan::{Action, Plan};
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
}

/// How long AWS's reads may lag behind our writes.
const LAG: Duration = Duration::from_mins(1);

/// Makes the plan, asks where that is due, executes, and looks again until nothing differs.
pub async fn carry_out(
    session: &Session,
    aim: &Aim,
    consent: &Consent,
    report: &mut dyn Report,
) -> Result<Exit, Error> {
    let plan = session.plan(aim, BTreeSet::new()).await?;
    report.plan(&plan, &session.scope);
    if plan.changes.is_empty() {
        report.end(&plan, &session.scope, &[]);
        return Ok(Exit::Done);
    }
    if let Err(refusal) = consent.given(&plan) {
        report.end(&plan, &session.scope, &[]);
        return Err(refusal);
    }
    let stop = Stop::on_signal().map_err(|error| Error::failed("can't listen for signals").caused_by(error))?;
    let outcomes = execute(&plan, &session.aws, &stop, |event| report.event(&plan, &event)).await;
    report.end(&plan, &session.scope, &outcomes);
    if let Some(error) = failure(&plan, &outcomes) {
        return Err(error);
    }
    if stop.is_requested() && outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Done)) {
        return Err(
            Error::with_exit(Exit::Interrupted, "interrupted").hint("run the same command again: it goes on from here")
        );
    }
    look_again(session, aim, &plan, &stop).await
}

impl Consent {
    fn given(&self, plan: &Plan) -> Result<(), Error> {
        let blocked: Vec<String> = plan
            .changes
            .iter()
            .filter(|change| change.action == Action::Blocked)
            .map(|change| format!("{}: {}", change.address, change.reason))
            .collect();
        if !blocked.is_empty() {
            let error = Error::refused("nothing was changed: there are resources of our names that are not ours");
            let hint = "check whose they are: `--adopt` takes over those without the tag; others keep their owner, so give \
                        this config another `app` (an environment has its own)";
            return Err(blocked.into_iter().fold(error, Error::caused_by).hint(hint));
        }
        if self.yes {
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
fn failure(plan: &Plan, outcomes: &[Outcome]) -> Option<Error> {
    let failed: Vec<_> = plan
        .changes
        .iter()
        .zip(outcomes)
        .filter_map(|(change, outcome)| match outcome {
            Outcome::Failed(failure) => Some((change, failure)),
            _ => None,
        })
        .collect();
    let (_, first) = failed.first()?;
    let what = if failed.len() == 1 { "1 change failed".into() } else { format!("{} changes failed", failed.len()) };
    let hint =
        first.hint().unwrap_or_else(|| "mend the cause and run the same command again: it goes on from here".into());
    let error = failed.iter().fold(Error::failed(what), |error, (change, failure)| {
        error.caused_by(format!("{}: {failure}", change.address))
    });
    Some(error.hint(hint))
}

/// Reads everything once more: what was written must be what is there.
async fn look_again(session: &Session, aim: &Aim, plan: &Plan, stop: &Stop) -> Result<Exit, Error> {
    let tagged = |calls: &[&str]| calls.iter().any(|api| api.contains("Tag") || api.contains("Untag"));
    let doubted: BTreeSet<Address> =
        plan.changes.iter().filter(|change| tagged(&change.calls)).map(|change| change.address.clone()).collect();
    let started = Instant::now();
    let mut pause = Duration::from_millis(250);
    loop {
        let left = session.plan(aim, doubted.clone()).await?;
        if left.changes.is_empty() {
            return Ok(Exit::Done);
        }
        if started.elapsed() > LAG || stop.is_requested() {
            let differs = |change: &crate::plan::Change| format!("{}: {}", change.address, change.reason);
            let error = Error::failed("every request succeeded, and yet AWS does not show what was asked for");
            let hint = "somebody else may be changing the same resources: run `provision diff`";
            return Err(left.changes.iter().map(differs).fold(error, Error::caused_by).hint(hint));
        }
        tokio::select! { () = sleep(pause) => {}, () = stop.requested() => {} }
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}
