//! Plays a story as the program would: look, plan, execute, look again. The properties are what it insists on.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use provision::execute::{Outcome, execute};
use provision::kind::{Address, Kind};
use provision::kinds::{LogGroup, REGISTRY};
use provision::plan::{Action, Goal, Plan, order};
use provision::session::Aim;
use provision::stop::Stop;
use tokio::sync::watch;

use crate::audit::Audit;
use crate::cloud::{Simulated, Trouble};
use crate::holds::{addresses, is_honest, missing, none, reach, refuses_rightly, tagged};
use crate::mutant::{Mutant, drafts, executed, observed};
use crate::plot::Plot;
use crate::skips::{Link, check_skips, links};
use crate::story::{Command, Step, Story};
use crate::world::World;

/// What was played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub requests: u32,
    pub faults: u32,
    pub crashes: u32,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Something there is not ours, so nothing was sent.
    Refused,
    Killed,
    /// Something failed, or was interrupted.
    Unfinished,
    /// All requests went well, and yet reads go on to show something else.
    Unclean,
    Clean,
}

/// How often an apply may be needed when the first begins while reads lag.
const AT_MOST: usize = 2;
/// How long a look goes on after an apply.
const LAG: Duration = Duration::from_mins(1);

struct Play {
    cloud: Simulated,
    plots: Vec<Plot>,
    wishes: Vec<Rc<Vec<World>>>,
    crashes: u32,
}

/// Plays it. An error says which property does not hold.
pub fn play(story: &Story, mutant: Option<Mutant>, folder: &std::path::Path) -> Result<Tally, String> {
    let plots: Vec<Plot> = story.configs.iter().map(|sketch| Plot::new(sketch, folder)).collect();
    let mut wishes: Vec<World> = plots.iter().map(|plot| plot.wish.clone()).collect();
    let wishes = (0..plots.len()).map(|own| {
        wishes.swap(0, own);
        let first = Rc::new(wishes.clone());
        wishes.swap(0, own);
        first
    });
    let wishes = wishes.collect();
    let mut play = Play { cloud: Simulated::new(story.weather, mutant), plots, wishes, crashes: 0 };
    let mut last = 0;
    for (number, step) in story.steps.iter().enumerate() {
        play.step(step, &mut last).map_err(|why| format!("step {number}: {why}"))?;
    }
    play.ends_well(last, story.keeps_logs)?;
    Ok(Tally { requests: play.cloud.sent.get(), faults: play.cloud.injected.get(), crashes: play.crashes })
}

impl Play {
    fn step(&mut self, step: &Step, last: &mut usize) -> Result<(), String> {
        match step {
            Step::Apply(command) => {
                *last = usize::from(command.config) % self.plots.len();
                let aim = Aim { jobs: self.jobs(*last, command.jobs), adopt: command.adopts, ..Aim::default() };
                self.command(*last, &aim, command)
            }
            Step::Destroy(command, keeps) => {
                let config = usize::from(command.config) % self.plots.len();
                self.command(config, &destroy(*keeps), command)
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
        let end = self.run(config, aim, &command.trouble)?;
        if end == End::Killed {
            self.crashes += 1;
        }
        if !command.hurry {
            self.cloud.calm();
        }
        Ok(())
    }

    /// After all trouble: one apply reaches exactly what is asked for, the next has nothing to do, and destroy leaves
    /// nothing of ours.
    fn ends_well(&mut self, config: usize, keeps_logs: bool) -> Result<(), String> {
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
        if end != End::Refused {
            none(&self.missing(config, &aim), "after the last apply, not as asked for")?;
            let left = self.plan(&self.goal(config, &Aim::default()), &BTreeSet::new()).0;
            none(&addresses(&left), "the apply after the last one would change")?;
        }
        let gone = destroy(keeps_logs);
        let end = self.run(config, &gone, &Trouble::default())?;
        none(&self.missing(config, &gone), "after destroy there is still")?;
        if end == End::Clean { Ok(()) } else { Err(format!("destroy ends {end:?}")) }
    }

    fn missing(&self, config: usize, aim: &Aim) -> Vec<Address> {
        missing(&self.goal(config, aim), &self.plots[config].wish, &self.cloud.world.borrow())
    }

    fn is_fresh(&self) -> bool {
        self.cloud.world.borrow().is_settled(self.cloud.clock.now())
    }

    fn goal(&self, config: usize, aim: &Aim) -> Goal<'_> {
        let plot = &self.plots[config];
        aim.goal(match aim.destroy {
            true => provision::blueprint::Blueprint::empty(&plot.config, &plot.scope),
            false => plot.blueprint(&aim.jobs),
        })
    }

    /// As `Session::plan` makes it, once AWS has answered.
    fn plan(&self, goal: &Goal<'_>, doubted: &BTreeSet<Address>) -> (Plan, Vec<Link>) {
        let (world, mutant) = (self.cloud.world.borrow(), self.cloud.mutant);
        let seen = observed(mutant, &world).observe(self.cloud.clock.now(), goal.blueprint.config, doubted);
        let all = REGISTRY.iter().zip(seen).map(|(kind, seen)| drafts(mutant, kind.compare(seen, goal)));
        let all: Vec<_> = all.collect();
        let links = links(&all);
        (order(all), links)
    }

    /// One command: look, plan, execute, look again.
    fn run(&self, config: usize, aim: &Aim, trouble: &Trouble) -> Result<End, String> {
        let fresh = self.is_fresh();
        let goal = self.goal(config, aim);
        let (plan, links) = self.plan(&goal, &BTreeSet::new());
        is_honest(&plan, &goal)?;
        let selected = reach(&goal);
        let adopted = if aim.adopt { selected.clone() } else { BTreeSet::new() };
        if fresh {
            refuses_rightly(&plan, &goal, &self.cloud.world.borrow())?;
        }
        if plan.count(Action::Blocked) > 0 {
            return Ok(End::Refused);
        }
        let others = self.cloud.world.borrow().others();
        let leaves = |address: &Address| {
            others.machines.held.get(&address.name).is_some_and(|machine| machine.status == "DELETING")
        };
        let (asked, heard) = watch::channel(false);
        let stop = Stop::when(heard);
        self.cloud.begin(trouble.clone(), asked);
        let narrowed = (!aim.jobs.is_empty()).then(|| &selected | &tagged(&self.cloud.world.borrow(), &aim.jobs));
        let audit = Audit {
            fresh,
            adopted: adopted.clone(),
            selected: narrowed,
            wishes: Rc::clone(&self.wishes[config]),
            ..Audit::default()
        };
        let sent = executed(self.cloud.mutant, || self.plan(&goal, &BTreeSet::new()).0);
        let plan = Rc::new(plan);
        self.cloud.shows(Rc::clone(&plan), audit);
        let sent = sent.as_ref().unwrap_or(&plan);
        let outcomes = self.cloud.clock.drive(execute(sent, &self.cloud, &stop, |_| {}));
        if let Some(wrong) = self.cloud.audit.borrow().wrong.first() {
            return Err(wrong.clone());
        }
        let changed = others.differences(&self.cloud.world.borrow().others());
        none(
            &changed.into_iter().filter(|address| !adopted.contains(address) && !leaves(address)).collect::<Vec<_>>(),
            "not ours, and changed",
        )?;
        let Some(outcomes) = outcomes else { return Ok(End::Killed) };
        check_skips(&plan, &outcomes, &links, stop.is_interrupted())?;
        if !outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done)) {
            let may = !fresh || stop.is_interrupted() || self.cloud.fired().iter().any(|fault| fault.is_final());
            return if may {
                Ok(End::Unfinished)
            } else {
                Err(format!("it failed, and every fault passes: {outcomes:?}"))
            };
        }
        let end = self.settle(&goal, &plan);
        match end {
            End::Unclean if fresh => Err("every request succeeded, and yet reads show something else".into()),
            End::Clean if fresh => {
                none(&self.missing(config, aim), "it ended well, and yet not as asked for").map(|()| end)
            }
            _ => Ok(end),
        }
    }

    /// Looks until nothing differs, as `apply` does.
    fn settle(&self, goal: &Goal<'_>, plan: &Plan) -> End {
        let tags = |calls: &[&str]| calls.iter().any(|api| api.contains("Tag") || api.contains("Untag"));
        let retagged =
            plan.changes.iter().filter(|change| tags(&change.calls)).map(|change| change.address.clone()).collect();
        let started = self.cloud.clock.now();
        let mut pause = Duration::from_millis(250);
        while !self.plan(goal, &retagged).0.changes.is_empty() {
            if self.cloud.clock.now() > started + LAG {
                return End::Unclean;
            }
            self.cloud.clock.pass(pause);
            self.cloud.world.borrow_mut().tick(self.cloud.clock.now());
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        End::Clean
    }
}

fn destroy(keeps_logs: bool) -> Aim {
    let keep = if keeps_logs { vec![LogGroup::NAME] } else { Vec::new() };
    Aim { destroy: true, keep, ..Aim::default() }
}
