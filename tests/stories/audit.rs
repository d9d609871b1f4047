//! Watches every request: it was in the plan that was shown, its turn had come, and it touched nothing that is not ours.

use std::collections::BTreeSet;
use std::rc::Rc;

use provision::aws::{Failure, Request};
use provision::kind::Address;
use provision::plan::{Action, Plan};

use crate::laws::{Lack, lacking, out_of_order};
use crate::world::{Owner, World};

const REMOVALS: [&str; 4] = ["logs:DeleteLogGroup", "iam:DeleteRole", "states:DeleteStateMachine", "events:DeleteRule"];

/// What one command may do, and what it did wrong.
#[derive(Default)]
pub struct Audit {
    pub plan: Option<Rc<Plan>>,
    /// The plan was made from what AWS had at that moment.
    pub fresh: bool,
    /// What may be taken over.
    pub adopted: BTreeSet<Address>,
    /// Other resources than these are not touched. None: the command is for all jobs.
    pub selected: Option<BTreeSet<Address>>,
    /// What the configs of the story ask for; the command's own comes first.
    pub wishes: Rc<Vec<World>>,
    pub wrong: Vec<String>,
    pub settled: BTreeSet<(usize, usize)>,
}

/// What was so before a request.
pub struct Before {
    owner: Option<Owner>,
    lacking: BTreeSet<Lack>,
    out_of_order: Option<String>,
}

impl Audit {
    pub fn complain(&mut self, what: String) {
        self.wrong.push(what);
    }

    /// A plan is shown, and then sent. Another round's plan was made while reads may lag.
    pub fn shows(&mut self, plan: &Rc<Plan>) {
        self.fresh &= self.plan.is_none();
        self.plan = Some(Rc::clone(plan));
        self.settled.clear();
    }

    /// The places of a request in the plan.
    fn places(&self, request: &dyn Request) -> Vec<(usize, usize)> {
        let Some(plan) = &self.plan else { return Vec::new() };
        let calls = plan
            .steps
            .iter()
            .enumerate()
            .flat_map(|(at, step)| step.calls.iter().enumerate().map(move |(number, call)| ((at, number), call)));
        calls
            .filter(|(_, call)| call.api() == request.api() && call.request().same(request))
            .map(|(place, _)| place)
            .collect()
    }

    fn is_its_turn(&self, (step, call): (usize, usize)) -> bool {
        let Some(plan) = &self.plan else { return false };
        let done = |step: usize| (0..plan.steps[step].calls.len()).all(|call| self.settled.contains(&(step, call)));
        (0..call).all(|earlier| self.settled.contains(&(step, earlier)))
            && plan.steps[step].after.iter().all(|before| done(*before))
    }

    /// A request has left.
    pub fn sent(&mut self, request: &dyn Request) {
        let places = self.places(request);
        if places.is_empty() {
            self.complain(format!("{} was sent, and the plan did not show it: {request:?}", request.api()));
        } else if !places.iter().any(|place| self.is_its_turn(*place)) {
            self.complain(format!("{} was sent before what the plan puts before it: {request:?}", request.api()));
        }
    }

    /// An answer came.
    pub fn answered(&mut self, request: &dyn Request, answer: &Result<(), Failure>) {
        let settles = match answer {
            Ok(()) => true,
            Err(failure) => failure.is_not_found() || failure.exists(),
        };
        let place =
            self.places(request).into_iter().find(|place| !self.settled.contains(place) && self.is_its_turn(*place));
        if let Some(place) = place.filter(|_| settles) {
            self.settled.insert(place);
        }
    }

    pub fn arrives(&mut self, world: &World, about: &Address, request: &dyn Request) -> Before {
        let removes = self.fresh && REMOVALS.contains(&request.api());
        if removes && world.is_protected(about) && !self.may_be_replaced(about) {
            self.complain(format!("{} is sent for {about}, which is protected", request.api()));
        }
        let in_order = self.plan.as_ref().filter(|_| self.keeps_order());
        Before {
            owner: world.owner(about),
            lacking: if in_order.is_some() && is_about_use(request.api()) {
                lacking(world, &self.wishes)
            } else {
                BTreeSet::new()
            },
            out_of_order: in_order.and_then(|plan| out_of_order(world, about, request, plan, &self.wishes)),
        }
    }

    /// It is one that the config has without protection, and so takes the protection off.
    fn may_be_replaced(&self, about: &Address) -> bool {
        let changes = self.plan.iter().flat_map(|plan| &plan.changes);
        changes.filter(|change| change.address == *about).any(|change| change.action == Action::Update)
            && self.wishes.first().is_some_and(|wish| !wish.is_protected(about))
    }

    pub fn took_effect(&mut self, world: &World, about: &Address, request: &dyn Request, before: Before, effect: bool) {
        if !effect {
            return;
        }
        let api = request.api();
        let may = match before.owner {
            None | Some(Owner::Us) => true,
            Some(Owner::Nobody) => self.adopted.contains(about),
            Some(Owner::Others) => false,
        };
        if !may {
            self.complain(format!("{api} changed {about}, which is not ours"));
        }
        // What is gone is deleted once more when reads lag.
        let changes = before.owner.is_some() || world.owner(about).is_some();
        if changes && self.selected.as_ref().is_some_and(|selected| !selected.contains(about)) {
            self.complain(format!("{api} changed {about}, which is of no job that was named"));
        }
        if let Some(why) = before.out_of_order {
            self.complain(format!("{api} on {about}: {why}"));
        }
        if self.keeps_order() && is_about_use(api) {
            let now = lacking(world, &self.wishes);
            let had = |lack: &Lack| before.lacking.iter().any(|had| (&had.user, &had.what) == (&lack.user, &lack.what));
            // What is of no job that was named keeps what it needs, but not what it needs to do as its job once did.
            // So does what would go, if something of another job did not still start it.
            let meant = |user: &Address| {
                self.wishes.first().is_some_and(|wish| wish.owner(user).is_some())
                    || self.plan.as_ref().is_some_and(|plan| plan.changes.iter().any(|change| change.address == *user))
            };
            let concerns = |lack: &Lack| {
                let selected = |selected: &BTreeSet<Address>| selected.contains(&lack.user) && meant(&lack.user);
                lack.gone || self.selected.as_ref().is_none_or(selected)
            };
            let worse: Vec<Lack> = now.into_iter().filter(|lack| !had(lack) && concerns(lack)).collect();
            for Lack { user, what, .. } in worse {
                self.complain(format!("{api} on {about}: now {user} lacks {what}"));
            }
        }
    }

    /// What is deleted and made anew can't but break what uses it for a moment, and stale reads make stale plans.
    fn keeps_order(&self) -> bool {
        let replaces =
            |plan: &Rc<Plan>| plan.changes.iter().any(|change| change.deletes && change.action != Action::Delete);
        self.fresh && !self.plan.as_ref().is_some_and(replaces)
    }
}

/// Whether a request changes what uses what.
fn is_about_use(api: &str) -> bool {
    !api.contains("Tag") && !api.contains("Retention")
}
