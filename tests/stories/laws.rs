//! The order laws, judged by what AWS holds at each moment and not by what the plan says: what is in use has what it
//! needs, what is needed is made first, and a schedule goes before what it starts.

use std::collections::BTreeSet;

use provision::aws::Request;
use provision::iam::Policy;
use provision::kind::{Address, Kind};
use provision::kinds::{LogGroup, Role, Rule, StateMachine};
use provision::plan::{Action, Plan};

use crate::propagation::ours;
use crate::world::World;

fn machine_name(arn: &str) -> &str {
    arn.split_once(":stateMachine:").map_or(arn, |(_, name)| name)
}

/// Something in use lacks what it needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    pub user: Address,
    pub what: Address,
    /// It is not there at all, and not only too little.
    pub gone: bool,
}

/// Whatever is in use and lacks something.
pub fn lacking(world: &World, wishes: &[World]) -> BTreeSet<Lack> {
    let machines = world.machines.ours().into_values().filter(|machine| machine.status == "ACTIVE");
    let machines = machines.flat_map(|machine| machine_lacks(machine, world, wishes));
    let rules = world.rules.ours().into_values().flat_map(|rule| rule_lacks(rule, world, wishes));
    machines.chain(rules).collect()
}

fn gone<K: Kind>(user: &impl Kind, name: &str) -> Lack {
    Lack { user: user.address(), what: Address { kind: K::NAME, name: name.to_owned() }, gone: true }
}

fn machine_lacks(machine: &StateMachine, world: &World, wishes: &[World]) -> Vec<Lack> {
    let groups = machine.logging.destinations.iter().filter_map(|arn| arn.split_once(":log-group:"));
    let missing = groups.filter(|(_, name)| !world.groups.held.contains_key(*name));
    let missing = missing.map(|(_, name)| gone::<LogGroup>(machine, name));
    let same = |wish: &&World| {
        wish.machines.held.get(&machine.name).is_some_and(|one| {
            one.role == machine.role
                && one.definition.text() == machine.definition.text()
                && one.logging == machine.logging
                && one.tracing == machine.tracing
        })
    };
    missing.chain(role_lacks(machine, &machine.role, world, wishes.iter().filter(same))).collect()
}

fn rule_lacks(rule: &Rule, world: &World, wishes: &[World]) -> Vec<Lack> {
    let mut lacks = Vec::new();
    for target in rule.targets.values() {
        let machine = machine_name(&target.arn);
        if !world.machines.held.contains_key(machine) {
            lacks.push(gone::<StateMachine>(rule, machine));
        }
        let Some(role) = &target.role else { continue };
        let same = |wish: &&World| {
            let targets = wish.rules.held.get(&rule.name).map(|one| &one.targets);
            targets.is_some_and(|targets| targets.values().any(|one| one.arn == target.arn && one.role == target.role))
        };
        lacks.extend(role_lacks(rule, role, world, wishes.iter().filter(same)));
    }
    lacks
}

/// What a user lacks when its role is none that any config would give it.
fn role_lacks<'a>(user: &impl Kind, arn: &str, world: &World, wishes: impl Iterator<Item = &'a World>) -> Option<Lack> {
    let name = ours(arn)?;
    let lack = gone::<Role>(user, name);
    let Some(role) = world.roles.held.get(name).filter(|role| arn.ends_with(&format!(":role{}{name}", role.path)))
    else {
        return Some(lack);
    };
    let mut known = wishes.filter_map(|wish| wish.roles.held.get(name)).peekable();
    known.peek()?;
    (!known.any(|wish| suffices(role, wish))).then_some(Lack { gone: false, ..lack })
}

fn suffices(role: &Role, wish: &Role) -> bool {
    let all = |policy: &Policy, least: &Policy| policy == least || policy.union(least) == *policy;
    all(&role.trust, &wish.trust)
        && wish.policies.iter().all(|(name, least)| role.policies.get(name).is_some_and(|policy| all(policy, least)))
}

/// Why a request comes too early.
pub fn out_of_order(
    world: &World,
    about: &Address,
    request: &dyn Request,
    plan: &Plan,
    wishes: &[World],
) -> Option<String> {
    let planned = |address: &Address| plan.changes.iter().find(|change| change.address == *address);
    match request.api() {
        "states:DeleteStateMachine" => {
            let starts = |rule: &&&Rule| rule.targets.values().any(|target| machine_name(&target.arn) == about.name);
            let rules = world.rules.ours();
            let rule = rules.values().find(|rule| starts(rule) && planned(&rule.address()).is_some())?;
            Some(format!("the rule {} still starts it", rule.name))
        }
        "events:PutRule" if !world.rules.held.contains_key(&about.name) => {
            let rule = wishes.first()?.rules.held.get(&about.name)?;
            let arns = rule.targets.values().map(|target| machine_name(&target.arn));
            let missing = arns.into_iter().find(|name| !world.machines.held.contains_key(*name))?;
            let machine = Address { kind: StateMachine::NAME, name: missing.to_owned() };
            let wanted = planned(&machine).is_some_and(|change| change.action != Action::Delete);
            wanted.then(|| format!("there is no {machine} yet"))
        }
        _ => None,
    }
}
