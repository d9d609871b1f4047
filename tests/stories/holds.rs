//! What must hold of plans and of what AWS has in the end.

use std::collections::BTreeSet;

use provision::kind::{Address, Call, Kind, Wanted};
use provision::kinds::{LogGroup, Role, Rule, StateMachine};
use provision::plan::{Action, Goal, Plan};
use provision::scope::{JOB_TAG, PROTECT_TAG};

use crate::world::{Owner, Shelf, World};

/// What a command is for.
pub fn reach(goal: &Goal<'_>) -> BTreeSet<Address> {
    fn of<K: Kind>(goal: &Goal<'_>) -> Vec<Address> {
        let meant = |wanted: &Wanted<K>| goal.jobs.is_empty() || wanted.jobs.iter().any(|job| goal.jobs.contains(job));
        let wanted = K::desired(&goal.blueprint);
        wanted.iter().filter(|wanted| meant(wanted)).map(|wanted| wanted.resource.address()).collect()
    }
    let kinds = [of::<LogGroup>(goal), of::<Role>(goal), of::<StateMachine>(goal), of::<Rule>(goal)];
    kinds.into_iter().flatten().collect()
}

/// What the goal gives a tag that protects it.
fn to_protect(goal: &Goal<'_>) -> BTreeSet<Address> {
    fn of<K: Kind>(goal: &Goal<'_>) -> Vec<Address> {
        let tagged = |wanted: &Wanted<K>| wanted.resource.tags().contains_key(PROTECT_TAG);
        K::desired(&goal.blueprint).iter().filter(|wanted| tagged(wanted)).map(|one| one.resource.address()).collect()
    }
    let kinds = [of::<LogGroup>(goal), of::<Role>(goal), of::<StateMachine>(goal), of::<Rule>(goal)];
    kinds.into_iter().flatten().collect()
}

/// What there is that is tagged with one of these jobs.
pub fn tagged(world: &World, jobs: &BTreeSet<String>) -> BTreeSet<Address> {
    fn of<K: Kind>(shelf: &Shelf<K>, jobs: &BTreeSet<String>) -> Vec<Address> {
        let tagged = |held: &&K| held.tags().get(JOB_TAG).is_some_and(|job| jobs.contains(job));
        shelf.held.values().filter(tagged).map(Kind::address).collect()
    }
    let kinds = [of(&world.groups, jobs), of(&world.roles, jobs), of(&world.machines, jobs), of(&world.rules, jobs)];
    kinds.into_iter().flatten().collect()
}

/// What a plan shows of a change is what its steps send, and nothing that is kept is in it.
pub fn is_honest(plan: &Plan, goal: &Goal<'_>) -> Result<(), String> {
    for (at, change) in plan.changes.iter().enumerate() {
        let steps = plan.steps.iter().filter(|step| step.change == at);
        let sends: Vec<&str> = steps.flat_map(|step| &step.calls).map(Call::api).collect();
        if sends != change.calls {
            return Err(format!("{} shows {:?} and sends {sends:?}", change.address, change.calls));
        }
        if goal.keep.contains(&change.address.kind) {
            return Err(format!("{} is kept, and the plan changes it", change.address));
        }
    }
    Ok(())
}

/// A plan is refused when something of our names is not ours, and only then.
pub fn refuses_rightly(plan: &Plan, goal: &Goal<'_>, world: &World) -> Result<(), String> {
    let taken = |address: &Address| match world.owner(address) {
        None | Some(Owner::Us) => false,
        Some(Owner::Nobody) => !goal.adopt,
        Some(Owner::Others) => true,
    };
    let meant = reach(goal);
    let taken: BTreeSet<Address> = meant.iter().filter(|address| taken(address)).cloned().collect();
    let blocked = plan.changes.iter().filter(|change| change.action == Action::Blocked);
    let blocked: BTreeSet<Address> = blocked.map(|change| change.address.clone()).collect();
    let protected = world.protected(|job| goal.blueprint.config.protects(job));
    let doomed: BTreeSet<Address> =
        protected.iter().filter(|address| is_doomed(address, goal, world)).cloned().collect();
    // What can only be replaced is blocked too when the config protects it.
    let must = &taken | &doomed;
    let may = &must | &(&to_protect(goal) & &meant);
    if must.is_subset(&blocked) && blocked.is_subset(&may) {
        Ok(())
    } else {
        Err(format!("blocked are {blocked:?}, taken {taken:?}, protected and to be deleted {doomed:?}"))
    }
}

/// Whether the command would delete it, were it not protected.
fn is_doomed(address: &Address, goal: &Goal<'_>, world: &World) -> bool {
    let asked_for = if goal.destroy { BTreeSet::new() } else { named(goal) };
    let of_jobs = || tagged(world, &goal.jobs).contains(address);
    !asked_for.contains(address) && !goal.keep.contains(&address.kind) && (goal.jobs.is_empty() || of_jobs())
}

/// Everything that the config has a name for.
fn named(goal: &Goal<'_>) -> BTreeSet<Address> {
    fn of<K: Kind>(goal: &Goal<'_>) -> impl Iterator<Item = Address> {
        K::names(goal.blueprint.config).into_iter().map(|name| Address { kind: K::NAME, name })
    }
    of::<LogGroup>(goal).chain(of::<Role>(goal)).chain(of::<StateMachine>(goal)).chain(of::<Rule>(goal)).collect()
}

/// Where what is ours is not what was asked for.
pub fn missing(goal: &Goal<'_>, wish: &World, world: &World) -> Vec<Address> {
    if goal.destroy {
        return world.ours().into_iter().filter(|address| !goal.keep.contains(&address.kind)).collect();
    }
    let differs = wish.differences(&world.of_ours());
    if goal.jobs.is_empty() {
        return differs;
    }
    let meant = reach(goal);
    differs.into_iter().filter(|address| meant.contains(address)).collect()
}

/// There is none of these.
pub fn none(of: &[Address], what: &str) -> Result<(), String> {
    if of.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = of.iter().map(ToString::to_string).collect();
    Err(format!("{what}: {}", shown.join(", ")))
}
