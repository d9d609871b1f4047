//! Plays a story with the program's own loop. The properties are what it insists on.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use provision::blueprint::Blueprint;
use provision::kind::{Address, Kind};
use provision::kinds::LogGroup;
use provision::plan::Goal;
use provision::session::Aim;

use crate::audit::Audit;
use crate::cloud::Simulated;
use crate::holds::{missing, none, reach, tagged};
use crate::mutant::Mutant;
use crate::plot::Plot;
use crate::process::{Process, Trouble};
use crate::story::{Command, Step, Story};
use crate::witness::Witness;
use crate::world::World;

/// What was played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub requests: u32,
    pub faults: u32,
    pub crashes: u32,
    /// Two at once.
    pub meetings: u32,
    /// Of these, in how many one was overwritten without hearing of it.
    pub untold: u32,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Something there is not ours, or is protected, so nothing was sent.
    Refused,
    Killed,
    /// Something failed, was interrupted, or had no time left.
    Unfinished,
    /// All requests went well, and yet reads go on to show something else.
    Unclean,
    Clean,
}

/// How often an apply may be needed when the first begins while reads lag.
const AT_MOST: usize = 2;

pub struct Play {
    pub cloud: Simulated,
    pub plots: Vec<Plot>,
    pub wishes: Vec<Rc<Vec<World>>>,
    pub mutant: Option<Mutant>,
    pub tally: Tally,
}

/// Plays it. An error says which property does not hold.
pub fn play(story: &Story, mutant: Option<Mutant>, folder: &std::path::Path) -> Result<Tally, String> {
    let bare = story.configs.iter().map(crate::sketch::Sketch::unprotected);
    let plots: Vec<Plot> = story.configs.iter().cloned().chain(bare).map(|sketch| Plot::new(&sketch, folder)).collect();
    let mut wishes: Vec<World> = plots.iter().map(|plot| plot.wish.clone()).collect();
    let wishes = (0..plots.len()).map(|own| {
        wishes.swap(0, own);
        let first = Rc::new(wishes.clone());
        wishes.swap(0, own);
        first
    });
    let wishes = wishes.collect();
    let mut play = Play { cloud: Simulated::new(story.weather), plots, wishes, mutant, tally: Tally::default() };
    let mut last = 0;
    for (number, step) in story.steps.iter().enumerate() {
        play.step(step, &mut last).map_err(|why| format!("step {number}: {why}"))?;
    }
    play.ends_well(last, story.keeps_logs)?;
    Ok(play.tally)
}

impl Play {
    /// How many configs the story has; each has a second one that protects nothing.
    fn configs(&self) -> usize {
        self.plots.len() / 2
    }

    pub fn config(&self, pick: u8) -> usize {
        usize::from(pick) % self.configs()
    }

    fn step(&mut self, step: &Step, last: &mut usize) -> Result<(), String> {
        match step {
            Step::Apply(command) => {
                *last = self.config(command.config);
                let jobs = self.jobs(*last, command.jobs);
                let aim = Aim { jobs, adopt: command.adopts, stop_running: command.stops, ..Aim::default() };
                self.command(*last, &aim, command)
            }
            Step::Destroy(command, keeps) => {
                let aim = Aim { stop_running: command.stops, ..destroy(*keeps) };
                self.command(self.config(command.config), &aim, command)
            }
            Step::Both(first, second, wait) => {
                *last = self.config(first.config);
                self.both([first, second], Duration::from_millis(u64::from(*wait)))
            }
            Step::Drift(drifts) => {
                self.cloud.calm();
                for drift in drifts {
                    self.cloud.world.borrow_mut().drift(*drift);
                }
                Ok(())
            }
            Step::Stranger(stranger) => {
                self.cloud.calm();
                self.cloud.world.borrow_mut().stranger(*stranger, &self.plots[*last].wish);
                Ok(())
            }
            Step::Runs(pick) => {
                let mut world = self.cloud.world.borrow_mut();
                let names: Vec<String> = world.machines.held.keys().cloned().collect();
                if let Some(name) = names.get(usize::from(*pick) % names.len().max(1)) {
                    world.busy.insert(name.clone(), self.cloud.clock.now() + Duration::from_secs(30));
                }
                Ok(())
            }
        }
    }

    fn jobs(&self, config: usize, bits: u8) -> BTreeSet<String> {
        let jobs = self.plots[config].config.jobs.iter().enumerate();
        jobs.filter(|(at, _)| bits >> at & 1 == 1).map(|(_, job)| job.name.clone()).collect()
    }

    fn command(&mut self, config: usize, aim: &Aim, command: &Command) -> Result<(), String> {
        self.run(config, aim, &command.trouble)?;
        if !command.hurry {
            self.cloud.calm();
        }
        Ok(())
    }

    /// After all trouble: one apply reaches exactly what is asked for, the next has nothing to do, and destroy leaves
    /// nothing of ours, once nothing is protected any more.
    fn ends_well(&mut self, mut config: usize, keeps_logs: bool) -> Result<(), String> {
        self.reaches(config)?;
        let gone = destroy(keeps_logs);
        let by_config = |job: &str| self.plots[config].config.protects(job);
        if self.cloud.world.borrow().has_protected(by_config, keeps_logs) {
            let end = self.run(config, &gone, &Trouble::default())?;
            if end != End::Refused {
                return Err(format!("destroy ends {end:?}, and something is protected"));
            }
            config += self.configs();
            self.reaches(config)?;
            self.cloud.world.borrow_mut().unprotect();
        }
        let end = self.run(config, &gone, &Trouble::default())?;
        none(&self.missing(config, &gone), "after destroy there is still")?;
        if end == End::Clean { Ok(()) } else { Err(format!("destroy ends {end:?}")) }
    }

    fn reaches(&mut self, config: usize) -> Result<(), String> {
        let aim = Aim { adopt: true, ..Aim::default() };
        let mut end = End::Unfinished;
        let fresh = self.is_fresh();
        for _ in 0..if fresh { 1 } else { AT_MOST } {
            end = self.run(config, &aim, &Trouble::default())?;
            if end == End::Clean && self.missing(config, &aim).is_empty() {
                break;
            }
            self.cloud.calm();
        }
        self.cloud.calm();
        if end == End::Refused {
            return Ok(());
        }
        none(&self.missing(config, &aim), "after the last apply, not as asked for")?;
        let before = self.tally.requests;
        let end = self.run(config, &Aim::default(), &Trouble::default())?;
        match (end, self.tally.requests - before) {
            (End::Clean, 0) => Ok(()),
            (end, sent) => Err(format!("the apply after the last one ends {end:?} and sends {sent} requests")),
        }
    }

    pub fn missing(&self, config: usize, aim: &Aim) -> Vec<Address> {
        missing(&self.goal(config, aim), &self.plots[config].wish, &self.cloud.world.borrow())
    }

    pub fn is_fresh(&self) -> bool {
        self.cloud.world.borrow().is_settled(self.cloud.clock.now())
    }

    pub fn goal(&self, config: usize, aim: &Aim) -> Goal<'_> {
        let plot = &self.plots[config];
        aim.goal(match aim.destroy {
            true => Blueprint::empty(&plot.config, &plot.scope),
            false => plot.blueprint(&aim.jobs),
        })
    }

    pub fn process<'a>(&'a self, config: usize, aim: &Aim, trouble: &'a Trouble, fresh: bool) -> Process<'a> {
        let goal = self.goal(config, aim);
        let selected = reach(&goal);
        let narrowed = (!aim.jobs.is_empty()).then(|| &selected | &tagged(&self.cloud.world.borrow(), &aim.jobs));
        let audit = Audit {
            fresh,
            adopted: if aim.adopt { selected } else { BTreeSet::new() },
            selected: narrowed,
            wishes: Rc::clone(&self.wishes[config]),
            ..Audit::default()
        };
        Process::new(&self.cloud, self.mutant, goal, trouble, audit)
    }

    /// One command, alone.
    fn run(&mut self, config: usize, aim: &Aim, trouble: &Trouble) -> Result<End, String> {
        let fresh = self.is_fresh();
        let others = self.cloud.world.borrow().others();
        let process = self.process(config, aim, trouble, fresh);
        let mut witness = Witness::new(&process, fresh);
        let started = self.cloud.clock.now();
        let life = process.live(Duration::ZERO, 1, &mut witness);
        let ended = self.cloud.clock.drive(vec![(Box::pin(life), &process.killed)]).pop().flatten();
        let took = self.cloud.clock.now().saturating_sub(started);
        let Witness { refused, unfinished, contests, .. } = witness;
        process.is_blameless()?;
        others.untouched(&self.cloud.world.borrow(), &process.audit.borrow().adopted)?;
        let excused = !fresh || process.is_stopped() || process.blinded.get();
        let end = match ended {
            None => End::Killed,
            Some(Ok(())) => End::Clean,
            Some(Err(_)) if refused => End::Refused,
            Some(Err(_)) if unfinished && (excused || process.failed_for_good()) => End::Unfinished,
            Some(Err(_)) if !unfinished && excused => End::Unclean,
            Some(Err(error)) => return Err(format!("it failed, and every fault passes: {error:?}")),
        };
        let alone =
            contests.is_empty() || !fresh || process.fired.borrow().iter().any(|fault| fault.may_look_like_others());
        let sent = process.sent.get();
        let faults = u32::try_from(process.fired.borrow().len()).unwrap_or(u32::MAX);
        let limit = process.limit() + Duration::from_secs(1);
        drop(process);
        self.tally.requests += sent;
        self.tally.faults += faults;
        self.tally.crashes += u32::from(end == End::Killed);
        if !alone {
            return Err(format!("it was alone, and took somebody else to have changed {}", contests.join("; ")));
        }
        if took > limit {
            return Err(format!("it took {took:?}, and had {limit:?}"));
        }
        if end == End::Refused && sent > 0 && fresh {
            return Err(format!("it refused, and sent {sent} requests"));
        }
        if end == End::Clean && fresh {
            none(&self.missing(config, aim), "it ended well, and yet not as asked for")?;
        }
        Ok(end)
    }
}

fn destroy(keeps_logs: bool) -> Aim {
    let keep = if keeps_logs { vec![LogGroup::NAME] } else { Vec::new() };
    Aim { destroy: true, keep, ..Aim::default() }
}
