//! Who watches one command: it shows what it will do, refuses what it must, and skips only what it has to.

use std::time::Duration;

use provision::error::Error;
use provision::execute::{Event, Outcome};
use provision::plan::{Action, Plan};
use provision::reconcile::Audience;
use provision::stop::Stop;

use crate::holds::{is_honest, refuses_rightly};
use crate::process::Process;
use crate::skips::check_skips;

/// What was seen.
pub struct Witness<'a> {
    process: &'a Process<'a>,
    /// Reads showed what there was when the command began.
    fresh: bool,
    /// Something there is not ours, or is protected, so nothing was sent.
    pub refused: bool,
    /// Not all of the last plan was done.
    pub unfinished: bool,
    /// What somebody else was taken to have changed, each time.
    pub contests: Vec<String>,
}

impl<'a> Witness<'a> {
    pub fn new(process: &'a Process<'a>, fresh: bool) -> Self {
        Self { process, fresh, refused: false, unfinished: false, contests: Vec::new() }
    }

    fn insists(&self, on: Result<(), String>) {
        if let Err(why) = on {
            self.process.audit.borrow_mut().complain(why);
        }
    }
}

impl Audience for Witness<'_> {
    fn plan(&mut self, _: &Plan) -> Result<(), Error> {
        let planned = self.process.planned.borrow();
        let planned = planned.as_ref().expect("it has planned");
        self.insists(is_honest(&planned.plan, &self.process.goal));
        if self.fresh && self.contests.is_empty() {
            self.insists(refuses_rightly(&planned.plan, &self.process.goal, &self.process.aws.world.borrow()));
        }
        self.process.audit.borrow_mut().shows(&planned.plan);
        Ok(())
    }

    fn consents(&mut self, plan: &Plan) -> Result<(), Error> {
        self.refused = plan.count(Action::Blocked) > 0;
        if self.refused { Err(Error::refused("something is not ours")) } else { Ok(()) }
    }

    fn listen(&mut self, _: Duration) -> Result<Stop, Error> {
        Ok(Stop::when(self.process.interrupt.subscribe(), self.process.late.subscribe()))
    }

    fn event(&mut self, _: &Plan, _: &Event) {}

    fn end(&mut self, _: &Plan, outcomes: &[Outcome]) {
        self.unfinished = !outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done));
        let planned = self.process.planned.borrow();
        let planned = planned.as_ref().expect("it has planned");
        let stopped = *self.process.interrupt.borrow() || *self.process.late.borrow();
        if !outcomes.is_empty() {
            self.insists(check_skips(&planned.plan, outcomes, &planned.links, stopped));
        }
    }

    fn again(&mut self, contested: &str) -> Result<(), Error> {
        self.contests.push(contested.to_owned());
        Ok(())
    }
}
