//! Programs that are wrong in one way each. The properties have teeth: they find every one of them.

use std::borrow::Cow;

use aws_sdk_cloudwatchlogs::operation::delete_log_group::builders::DeleteLogGroupInputBuilder as DeleteLogGroup;
use provision::kind::Call;
use provision::plan::{Action, Drafts, Plan};
use provision::scope::{APP_TAG, Tags};

use crate::sketch::APP;
use crate::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// What AWS calls "not found" is taken for done, on any write.
    NotFoundIsDone,
    /// A failure is taken for done.
    FailureIsDone,
    /// The planner forgets all calls of this name.
    Forgets(&'static str),
    /// The planner deletes nothing.
    NeverDeletes,
    /// The planner puts nothing in order.
    PlansNoOrder,
    /// The planner shrinks roles at once.
    NeverWidens,
    /// The planner takes everything of our names for ours.
    OwnsEverything,
    /// The walk ignores the order of the plan.
    IgnoresAfter,
    /// The walk waits for everything before, so a failure skips all that comes later.
    WaitsForAll,
    /// The walk sends every step's last call first.
    Reverses,
    /// The walk leaves the last call of each step out.
    SendsLess,
    /// The walk sends a call of its own after each step.
    SendsMore,
}

pub const ALL: [Mutant; 15] = [
    Mutant::NotFoundIsDone,
    Mutant::FailureIsDone,
    Mutant::Forgets("Retention"),
    Mutant::Forgets("Tag"),
    Mutant::Forgets("DetachRolePolicy"),
    Mutant::Forgets("RemoveTargets"),
    Mutant::NeverDeletes,
    Mutant::PlansNoOrder,
    Mutant::NeverWidens,
    Mutant::OwnsEverything,
    Mutant::IgnoresAfter,
    Mutant::WaitsForAll,
    Mutant::Reverses,
    Mutant::SendsLess,
    Mutant::SendsMore,
];

/// What the mutant takes AWS to hold.
pub fn observed(mutant: Option<Mutant>, world: &World) -> Cow<'_, World> {
    if mutant != Some(Mutant::OwnsEverything) {
        return Cow::Borrowed(world);
    }
    let own = |tags: &mut Tags| drop(tags.insert(APP_TAG.into(), APP.into()));
    let mut world = world.clone();
    world.groups.held.values_mut().for_each(|held| own(&mut held.tags));
    world.roles.held.values_mut().for_each(|held| own(&mut held.tags));
    world.machines.held.values_mut().for_each(|held| own(&mut held.tags));
    world.rules.held.values_mut().for_each(|held| own(&mut held.tags));
    Cow::Owned(world)
}

/// What the mutant plans.
pub fn drafts(mutant: Option<Mutant>, mut drafts: Drafts) -> Drafts {
    match mutant {
        Some(Mutant::Forgets(name)) => {
            let keep = |call: &Call| !call.api().contains(name);
            for draft in &mut drafts.changes {
                draft.calls.retain(keep);
                if let Some((first, second)) = &mut draft.halves {
                    first.retain(keep);
                    second.retain(keep);
                }
            }
            drafts.changes.retain(|draft| draft.change.action == Action::Blocked || !draft.calls.is_empty());
        }
        Some(Mutant::NeverDeletes) => drafts.changes.retain(|draft| draft.change.action != Action::Delete),
        Some(Mutant::PlansNoOrder) => drafts.changes.iter_mut().for_each(|draft| {
            draft.needed.clear();
            draft.needs.clear();
        }),
        Some(Mutant::NeverWidens) => drafts.changes.iter_mut().for_each(|draft| draft.halves = None),
        _ => {}
    }
    drafts
}

/// What the mutant sends, where that is not what it shows.
pub fn executed(mutant: Option<Mutant>, mut plan: Plan) -> Plan {
    let Some(mutant) = mutant else { return plan };
    for (at, step) in plan.steps.iter_mut().enumerate() {
        match mutant {
            Mutant::IgnoresAfter => step.after.clear(),
            Mutant::WaitsForAll => step.after = (0..at).collect(),
            Mutant::Reverses => step.calls.reverse(),
            Mutant::SendsLess => drop(step.calls.pop()),
            Mutant::SendsMore => step.calls.push(Call::new(DeleteLogGroup::default().log_group_name("/shared"))),
            _ => {}
        }
    }
    plan
}
