//! AWS in memory: it keeps its own time, refuses, lags, and tells its parts what happened only after a while.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use provision::aws::{Failure, Request};

use crate::audit::Audit;
use crate::clock::Clock;
use crate::fault::refused;
use crate::propagation::News;
use crate::world::{Shows, World, subject};

pub struct Simulated {
    pub world: RefCell<World>,
    pub clock: Clock,
    news: RefCell<News>,
    weather: Cell<u64>,
    born: Instant,
}

impl Simulated {
    /// With the weather of 0, everything is known everywhere at once.
    pub fn new(weather: u64) -> Self {
        Self {
            world: RefCell::default(),
            clock: Clock::default(),
            news: RefCell::default(),
            weather: Cell::new(weather),
            born: Instant::now(),
        }
    }

    /// The moment it is there.
    pub fn now(&self) -> Instant {
        self.born + self.clock.now()
    }

    /// Nothing happens for a long time.
    pub fn calm(&self) {
        self.clock.pass(Duration::from_mins(10));
        self.world.borrow_mut().tick(self.clock.now());
    }

    /// Below `most`, from the weather. Source: splitmix64, as in Steele, Lea and Flood, "Fast splittable pseudorandom
    /// number generators".
    pub fn draw(&self, most: u64) -> u64 {
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

    /// Something on its way takes some time.
    pub async fn travel(&self) {
        self.clock.sleep(Duration::from_millis(20 + self.draw(80))).await;
    }

    /// What AWS does and answers. Reads may show it only `lag` milliseconds later.
    pub fn serve(&self, request: &dyn Request, lag: u16, audit: &RefCell<Audit>) -> Result<(), Failure> {
        let (api, input, now) = (request.api(), request.input(), self.clock.now());
        let about = subject(input).expect("the model knows every request");
        let mut world = self.world.borrow_mut();
        world.tick(now);
        let takes = Duration::from_millis(self.draw(6_000));
        let early = self.news.borrow().refusal(&world, &about, api, input, now, takes);
        let before = audit.borrow_mut().arrives(&world, &about, request);
        let busy = world.busy.get(&about.name).is_some_and(|until| *until > now);
        let shows = self.shows_at(now, lag.into());
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
            if api == "states:StopExecution" {
                world.busy.remove(&about.name);
            }
        }
        audit.borrow_mut().took_effect(&world, &about, request, before, answer.is_ok());
        answer
    }

    fn shows_at(&self, now: Duration, lag: u64) -> Shows {
        let at = now + Duration::from_millis(lag - self.draw(lag));
        Shows { at, tags_at: at + Duration::from_millis(lag - self.draw(lag)) }
    }
}
