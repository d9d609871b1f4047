//! One run of the program on the simulated AWS: the program's own loop, and what goes wrong with it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use provision::aws::{Cloud, Failure, Request};
use provision::error::Error;
use provision::kind::Address;
use provision::kinds::REGISTRY;
use provision::plan::{Goal, Plan, order};
use provision::reconcile::{Site, reconcile};
use provision::session::Aim;
use tokio::sync::watch;

use crate::audit::Audit;
use crate::cloud::Simulated;
use crate::fault::Fault;
use crate::mutant::{Mutant, drafts, executed, observed};
use crate::skips::{Link, links};
use crate::witness::Witness;
use crate::world::subject;

/// A fault that meets a request, and again when that is sent again.
#[derive(Clone, Copy, Debug)]
pub struct Blow {
    /// The request's number.
    pub at: u8,
    pub fault: Fault,
    pub times: u8,
}

/// What goes wrong during one command.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    pub faults: Vec<Blow>,
    /// The process dies at this request; whether it takes effect first.
    pub kill: Option<(u8, bool)>,
    /// Ctrl-C at this request.
    pub interrupt: Option<u8>,
    /// AWS can't be read when it is looked at for this time, however often that is tried.
    pub blind: Option<u8>,
    /// `--timeout`, in seconds.
    pub limit: Option<u16>,
    /// Reads lag behind this many milliseconds at the most.
    pub lag: u16,
}

/// By operation and resource: what meets it again, and how often.
type Lasting = BTreeMap<(&'static str, Address), (Fault, u8)>;

/// What the planner planned, and what needs what.
pub struct Planned {
    pub plan: Rc<Plan>,
    pub links: Vec<Link>,
}

pub struct Process<'a> {
    pub aws: &'a Simulated,
    pub goal: Goal<'a>,
    pub audit: RefCell<Audit>,
    pub fired: RefCell<Vec<Fault>>,
    pub sent: Cell<u32>,
    pub killed: Cell<bool>,
    /// When its first write left.
    pub began: Cell<Option<Duration>>,
    pub ended: Cell<Option<Duration>>,
    pub interrupt: watch::Sender<bool>,
    pub late: watch::Sender<bool>,
    /// The last plan, as the program is to show it.
    pub planned: RefCell<Option<Planned>>,
    /// Whether a look failed.
    pub blinded: Cell<bool>,
    mutant: Option<Mutant>,
    trouble: &'a Trouble,
    /// What still meets a request when it is sent again, and how often.
    lasting: RefCell<Lasting>,
    number: Cell<u8>,
    luck: Cell<u64>,
    looks: Cell<u8>,
}

impl<'a> Process<'a> {
    pub fn new(aws: &'a Simulated, mutant: Option<Mutant>, goal: Goal<'a>, trouble: &'a Trouble, audit: Audit) -> Self {
        Self {
            aws,
            goal,
            audit: RefCell::new(audit),
            fired: RefCell::default(),
            sent: Cell::default(),
            killed: Cell::default(),
            began: Cell::default(),
            ended: Cell::default(),
            interrupt: watch::channel(false).0,
            late: watch::channel(false).0,
            planned: RefCell::default(),
            blinded: Cell::default(),
            mutant,
            trouble,
            lasting: RefCell::default(),
            number: Cell::default(),
            luck: Cell::default(),
            looks: Cell::default(),
        }
    }

    /// No request was wrong.
    pub fn is_blameless(&self) -> Result<(), String> {
        self.audit.borrow().wrong.first().map_or(Ok(()), |wrong| Err(wrong.clone()))
    }

    /// Somebody interrupted it, or its time is over.
    pub fn is_stopped(&self) -> bool {
        *self.interrupt.borrow() || *self.late.borrow()
    }

    /// Something went wrong that sending again does not mend.
    pub fn failed_for_good(&self) -> bool {
        self.fired.borrow().iter().any(|fault| fault.is_final())
    }

    /// How long it may take.
    pub fn limit(&self) -> Duration {
        self.trouble.limit.map_or(Duration::from_mins(10), |seconds| Duration::from_secs(seconds.into()))
    }

    /// Begins after `wait`, and lives until it ends. `luck` is its own.
    pub async fn live(&self, wait: Duration, luck: u64, witness: &mut Witness<'_>) -> Result<(), Error> {
        self.luck.set(luck);
        self.aws.clock.sleep(wait).await;
        let aim = Aim::default();
        let end = tokio::select! {
            biased;
            () = self.time_is_over() => unreachable!("it goes on for ever"),
            end = reconcile(self, &aim, self.limit(), witness) => end,
        };
        self.ended.set(Some(self.aws.clock.now()));
        end
    }

    async fn time_is_over(&self) {
        self.aws.clock.sleep(self.limit()).await;
        self.late.send_replace(true);
        std::future::pending::<()>().await;
    }

    /// As `Session::plan` makes it, once AWS has answered; each kind is read at its own moment.
    async fn look(&self, doubted: &BTreeSet<Address>) -> Vec<Box<dyn std::any::Any + Send>> {
        let mut seen = Vec::new();
        for kind in REGISTRY {
            self.aws.travel().await;
            let now = self.aws.clock.now();
            let mut world = self.aws.world.borrow_mut();
            world.tick(now);
            seen.push(observed(self.mutant, &world).observe(kind.name(), now, self.goal.blueprint.config, doubted));
        }
        seen
    }

    /// The request is on its way: which one it is, and what will go wrong with it.
    fn departs(&self, request: &dyn Request) -> (u8, Option<Fault>) {
        self.began.set(self.began.get().or(Some(self.aws.clock.now())));
        let number = self.number.get();
        self.number.set(number.saturating_add(1));
        self.sent.set(self.sent.get() + 1);
        self.audit.borrow_mut().sent(request);
        if *self.late.borrow() {
            self.audit.borrow_mut().complain(format!("{} was sent when the time was over", request.api()));
        }
        if self.trouble.interrupt == Some(number) {
            self.interrupt.send_replace(true);
        }
        (number, self.blow(number, request))
    }

    /// What goes wrong with it: what met it the last time and is not over, or what its number says.
    fn blow(&self, number: u8, request: &dyn Request) -> Option<Fault> {
        let key = (request.api(), subject(request.input())?);
        let mut lasting = self.lasting.borrow_mut();
        if let Some((fault, left)) = lasting.get_mut(&key).filter(|(_, left)| *left > 0) {
            *left -= 1;
            return Some(*fault);
        }
        let blow = self.trouble.faults.iter().find(|blow| blow.at == number)?;
        lasting.insert(key, (blow.fault, blow.times - 1));
        Some(blow.fault)
    }

    fn serve(&self, request: &dyn Request) -> Result<(), Failure> {
        self.aws.serve(request, self.trouble.lag, &self.audit)
    }

    /// The moment a request arrives: it may be the last that happens.
    fn arrives(&self, number: u8, fault: Option<Fault>, request: &dyn Request) -> Result<(), Failure> {
        if let Some((_, takes_effect)) = self.trouble.kill.filter(|(at, _)| *at == number) {
            if takes_effect {
                let _ = self.serve(request);
            }
            self.killed.set(true);
            return Ok(());
        }
        let Some(fault) = fault else { return self.serve(request) };
        self.fired.borrow_mut().push(fault);
        if fault.comes_after() {
            let _ = self.serve(request);
        }
        Err(fault.failure(request.api()))
    }

    fn as_told(&self, answer: Result<(), Failure>) -> Result<(), Failure> {
        match (self.mutant, answer) {
            (Some(Mutant::NotFoundIsDone), Err(failure)) if failure.is_not_found() => Ok(()),
            (Some(Mutant::FailureIsDone), Err(_)) => Ok(()),
            (_, answer) => answer,
        }
    }
}

/// A request that has left. When its process dies it may still arrive.
struct OnItsWay<'a> {
    process: &'a Process<'a>,
    request: &'a dyn Request,
    arrived: bool,
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        if !self.arrived && self.process.killed.get() && self.process.aws.draw(2) == 1 {
            let _ = self.process.serve(self.request);
        }
    }
}

impl Cloud for Process<'_> {
    fn send<'a>(&'a self, request: &'a dyn Request) -> LocalBoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let (number, fault) = self.departs(request);
            let mut way = OnItsWay { process: self, request, arrived: false };
            self.aws.travel().await;
            way.arrived = true;
            let answer = self.arrives(number, fault, request);
            if self.killed.get() {
                std::future::pending::<()>().await;
            }
            self.aws.travel().await;
            let told = self.as_told(answer);
            self.audit.borrow_mut().answered(request, &told);
            told
        })
    }

    fn now(&self) -> Instant {
        self.aws.now()
    }

    fn pause(&self, time: Duration) -> LocalBoxFuture<'_, ()> {
        Box::pin(self.aws.clock.sleep(time))
    }

    fn luck(&self) -> u64 {
        self.luck.get()
    }
}

impl Site for Process<'_> {
    fn cloud(&self) -> &dyn Cloud {
        self
    }

    fn plan<'a>(&'a self, _: &'a Aim, doubted: BTreeSet<Address>) -> LocalBoxFuture<'a, Result<Plan, Error>> {
        Box::pin(async move {
            let look = self.looks.get();
            self.looks.set(look.saturating_add(1));
            if self.trouble.blind == Some(look) {
                self.aws.travel().await;
                self.blinded.set(true);
                return Err(Error::failed("AWS can't be read"));
            }
            let seen = self.look(&doubted).await;
            let all = REGISTRY.iter().zip(seen).map(|(kind, seen)| drafts(self.mutant, kind.compare(seen, &self.goal)));
            let all: Vec<_> = all.collect();
            let links = links(&all);
            let plan = order(all);
            self.planned.replace(Some(Planned { plan: Rc::new(plan.clone()), links }));
            Ok(executed(self.mutant, plan))
        })
    }
}
