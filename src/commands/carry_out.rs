//! What apply and destroy share: who is told of the plan, and whether it may be carried out.

use std::time::Duration;

use crate::error::{Error, Exit};
use crate::execute::{Event, Outcome};
use crate::plan::{Action, Change, PROTECTED, Plan, Saved};
use crate::reconcile::{Audience, GO_ON, reconcile};
use crate::report::{Report, confirmed, is_interactive};
use crate::scope::Scope;
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

/// Reaches `aim` within `limit`, with the user's consent.
pub async fn carry_out(
    session: &Session,
    aim: &Aim,
    consent: &Consent,
    limit: Duration,
    report: &mut dyn Report,
) -> Result<Exit, Error> {
    let mut user = User { consent, scope: &session.scope, report, begun: false };
    let ended = reconcile(session, aim, limit, &mut user).await;
    user.report.finish();
    match ended {
        Ok(()) => Ok(Exit::Done),
        Err(error) if consent.saved.is_some() => Err(of_saved_plan(error)),
        Err(error) => Err(error),
    }
}

/// The same command again has another plan.
fn of_saved_plan(error: Error) -> Error {
    error.rephrased(|plain| {
        let hint = plain.hint.take();
        plain.hint = hint.map(|hint| hint.replace(GO_ON, "save a new plan with `provision diff --out`"));
    })
}

/// Whoever started the program.
struct User<'a> {
    consent: &'a Consent,
    scope: &'a Scope,
    report: &'a mut dyn Report,
    /// Whether a plan before this one was carried out.
    begun: bool,
}

impl User<'_> {
    /// Nothing of the plan is done.
    fn refuses(&mut self, plan: &Plan, refusal: Error) -> Result<(), Error> {
        self.report.end(plan, self.scope, &[]);
        Err(if self.begun { rest_is_refused(refusal) } else { all_is_refused(refusal) })
    }
}

fn all_is_refused(refusal: Error) -> Error {
    refusal.rephrased(|plain| plain.message = format!("nothing was changed: {}", plain.message))
}

/// After a plan that was carried out.
fn rest_is_refused(refusal: Error) -> Error {
    refusal.rephrased(|plain| {
        let why =
            std::mem::replace(&mut plain.message, "some changes were made, and what is left can't be done".into());
        plain.causes.insert(0, why);
        plain.exit = Exit::Failed;
    })
}

impl Audience for User<'_> {
    fn plan(&mut self, plan: &Plan) -> Result<(), Error> {
        self.report.plan(plan, self.scope);
        match self.consent.saved.as_ref().map(|saved| saved.holds(plan, self.scope)) {
            Some(Err(refusal)) => self.refuses(plan, refusal),
            _ => Ok(()),
        }
    }

    fn consents(&mut self, plan: &Plan) -> Result<(), Error> {
        self.consent.given(plan).or_else(|refusal| self.refuses(plan, refusal))
    }

    fn listen(&mut self, left: Duration) -> Result<Stop, Error> {
        Stop::on_signal_or_after(left).map_err(|error| Error::failed("can't listen for signals").caused_by(error))
    }

    fn event(&mut self, plan: &Plan, event: &Event) {
        self.report.event(plan, event);
    }

    fn end(&mut self, plan: &Plan, outcomes: &[Outcome]) {
        self.begun |= !outcomes.is_empty();
        self.report.end(plan, self.scope, outcomes);
    }

    fn again(&mut self, contested: &str) -> Result<(), Error> {
        if self.consent.saved.is_some() {
            return Err(Error::failed("the saved plan was carried out, and somebody else changed the same resources")
                .caused_by(contested)
                .hint("look with `provision diff`, and save a new plan with `--out`"));
        }
        self.report.note(&format!("somebody else changes the same resources: {contested}; going on"));
        Ok(())
    }
}

impl Consent {
    fn given(&self, plan: &Plan) -> Result<(), Error> {
        let blocked = plan.changes.iter().filter(|change| change.action == Action::Blocked);
        let (protected, foreign): (Vec<&Change>, Vec<&Change>) =
            blocked.partition(|change| change.reason.starts_with(PROTECTED));
        let said = |change: &&Change| format!("{}: {}", change.address, change.reason);
        if !foreign.is_empty() {
            let error = Error::refused("there are resources of our names that are not ours");
            let hint = "check whose they are: `--adopt` takes over those without the tag; others keep their owner, so give \
                        this config another `app` (an environment has its own)";
            return Err(foreign.iter().map(said).fold(error, Error::caused_by).hint(hint));
        }
        if !protected.is_empty() {
            let error = Error::refused("the plan deletes what is protected");
            let hint = "to delete it all the same, put back what the config no longer has, set `protect = false`, run \
                        `provision apply`, and then this again";
            return Err(protected.iter().map(said).fold(error, Error::caused_by).hint(hint));
        }
        if self.yes || self.saved.is_some() {
            return Ok(());
        }
        if self.may_ask && is_interactive() {
            let refused = || Error::refused("the answer was no");
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
    Error::refused(format!("{what} nobody confirmed")).hint("look at the plan, then add `--yes`")
}
