//! AWS in memory: it keeps its own time, loses answers, refuses, lags, and can end the process that talks to it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use provision::aws::{Cloud, Failure, Request};
use provision::kind::Address;
use provision::plan::Plan;
use tokio::sync::watch;

use crate::audit::Audit;
use crate::clock::Clock;
use crate::fault::{Fault, refused};
use crate::mutant::Mutant;
use crate::propagation::News;
use crate::world::{Shows, World, subject};

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
    /// Reads lag behind this many milliseconds at the most.
    pub lag: u16,
}

/// By operation and resource: what meets it again, and how often.
type Lasting = BTreeMap<(&'static str, Address), (Fault, u8)>;

pub struct Simulated {
    pub world: RefCell<World>,
    pub clock: Clock,
    pub audit: RefCell<Audit>,
    pub mutant: Option<Mutant>,
    pub sent: Cell<u32>,
    pub injected: Cell<u32>,
    news: RefCell<News>,
    trouble: RefCell<Trouble>,
    fired: RefCell<Vec<Fault>>,
    /// What still meets a request when it is sent again, and how often.
    lasting: RefCell<Lasting>,
    number: Cell<u8>,
    stop: RefCell<Option<watch::Sender<bool>>>,
    weather: Cell<u64>,
    born: Instant,
}

impl Simulated {
    /// With the weather of 0, everything is known everywhere at once.
    pub fn new(weather: u64, mutant: Option<Mutant>) -> Self {
        Self {
            world: RefCell::default(),
            clock: Clock::default(),
            audit: RefCell::default(),
            mutant,
            sent: Cell::default(),
            injected: Cell::default(),
            news: RefCell::default(),
            trouble: RefCell::default(),
            fired: RefCell::default(),
            lasting: RefCell::default(),
            number: Cell::default(),
            stop: RefCell::default(),
            weather: Cell::new(weather),
            born: Instant::now(),
        }
    }

    /// A command begins.
    pub fn begin(&self, trouble: Trouble, stop: watch::Sender<bool>) {
        self.trouble.replace(trouble);
        self.stop.replace(Some(stop));
        self.fired.borrow_mut().clear();
        self.lasting.borrow_mut().clear();
        self.number.set(0);
    }

    /// The command sends this plan.
    pub fn shows(&self, plan: Rc<Plan>, audit: Audit) {
        self.audit.replace(Audit { plan: Some(plan), ..audit });
    }

    /// Nothing happens for a long time.
    pub fn calm(&self) {
        self.clock.pass(Duration::from_mins(10));
        self.world.borrow_mut().tick(self.clock.now());
    }

    /// What has gone wrong since the command began.
    pub fn fired(&self) -> Vec<Fault> {
        self.fired.borrow().clone()
    }

    /// Below `most`, from the weather. Source: splitmix64, as in Steele, Lea and Flood, "Fast splittable pseudorandom
    /// number generators".
    fn draw(&self, most: u64) -> u64 {
        let weather = self.weather.get();
        if weather == 0 || most == 0 {
            return 0;
        }
        let next = weather.wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.weather.set(next | 1);
        let mixed = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    /// The request is on its way: which one it is, and what will go wrong with it.
    fn departs(&self, request: &dyn Request) -> (u8, Option<Fault>) {
        let number = self.number.get();
        self.number.set(number.saturating_add(1));
        self.sent.set(self.sent.get() + 1);
        self.audit.borrow_mut().sent(request);
        let trouble = self.trouble.borrow();
        if trouble.interrupt == Some(number)
            && let Some(stop) = self.stop.borrow().as_ref()
        {
            stop.send_replace(true);
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
        let trouble = self.trouble.borrow();
        let blow = trouble.faults.iter().find(|blow| blow.at == number)?;
        lasting.insert(key, (blow.fault, blow.times - 1));
        Some(blow.fault)
    }

    /// What AWS does and answers.
    fn serve(&self, request: &dyn Request) -> Result<(), Failure> {
        let (api, input, now) = (request.api(), request.input(), self.clock.now());
        let about = subject(input).expect("the model knows every request");
        let mut world = self.world.borrow_mut();
        world.tick(now);
        let takes = Duration::from_millis(self.draw(6_000));
        let early = self.news.borrow().refusal(&world, &about, api, input, now, takes);
        let before = self.audit.borrow_mut().arrives(&world, &about, request);
        let busy = world.busy.get(&about.name).is_some_and(|until| *until > now);
        let shows = self.shows_at(now);
        let answer = match early {
            Some(refusal) => Err(refused(api, &refusal)),
            None if api == "states:DeleteStateMachine" && busy && world.machines.held.contains_key(&about.name) => {
                let mut machine = world.machines.held[&about.name].clone();
                "DELETING".clone_into(&mut machine.status);
                world.machines.write(&about.name, Some(machine), shows);
                Err(Failure::entry(api, Some("StateMachineDeleting"), Some("executions of it still run")))
            }
            None => world.serve(&about, input, shows).map_err(|refusal| refused(api, &refusal)),
        };
        if answer.is_ok() {
            self.news.borrow_mut().tell(&about, api, now);
        }
        self.audit.borrow_mut().took_effect(&world, &about, request, before, answer.is_ok());
        answer
    }

    fn shows_at(&self, now: Duration) -> Shows {
        let lag = u64::from(self.trouble.borrow().lag);
        let at = now + Duration::from_millis(lag - self.draw(lag));
        Shows { at, tags_at: at + Duration::from_millis(lag - self.draw(lag)) }
    }

    /// The moment a request arrives: it may be the last that happens.
    fn arrives(&self, number: u8, fault: Option<Fault>, request: &dyn Request) -> Result<(), Failure> {
        let api = request.api();
        let killed = self.trouble.borrow().kill.filter(|(at, _)| *at == number);
        if let Some((_, takes_effect)) = killed {
            if takes_effect {
                let _ = self.serve(request);
            }
            self.clock.kill();
            return Ok(());
        }
        let Some(fault) = fault else { return self.serve(request) };
        self.fired.borrow_mut().push(fault);
        self.injected.set(self.injected.get() + 1);
        if fault.comes_after() {
            let _ = self.serve(request);
        }
        Err(fault.failure(api))
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
    cloud: &'a Simulated,
    request: &'a dyn Request,
    arrived: bool,
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        if !self.arrived && self.cloud.clock.is_killed() && self.cloud.draw(2) == 1 {
            let _ = self.cloud.serve(self.request);
        }
    }
}

impl Cloud for Simulated {
    fn send<'a>(&'a self, request: &'a dyn Request) -> LocalBoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let (number, fault) = self.departs(request);
            let mut way = OnItsWay { cloud: self, request, arrived: false };
            self.clock.sleep(Duration::from_millis(20 + self.draw(80))).await;
            way.arrived = true;
            let answer = self.arrives(number, fault, request);
            if self.clock.is_killed() {
                std::future::pending::<()>().await;
            }
            self.clock.sleep(Duration::from_millis(20 + self.draw(80))).await;
            let told = self.as_told(answer);
            self.audit.borrow_mut().answered(request, &told);
            told
        })
    }

    fn now(&self) -> Instant {
        self.born + self.clock.now()
    }

    fn pause(&self, time: Duration) -> LocalBoxFuture<'_, ()> {
        Box::pin(self.clock.sleep(time))
    }
}
