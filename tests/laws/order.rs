//! What needs what, in plans of arbitrary resources of all kinds.

use proptest::prelude::*;
use provision::kind::Address;
use provision::kind::Call;
use provision::plan::{Action, Change, Draft, Drafts, Plan, order};

fn call() -> Call {
    Call::new(aws_sdk_iam::operation::delete_role::builders::DeleteRoleInputBuilder::default())
}

/// Layers stand for kinds: what a resource needs is of a lower layer.
const LAYERS: [&str; 3] = ["a-role", "b-machine", "c-rule"];

fn address(layer: usize, number: usize) -> Address {
    Address { kind: LAYERS[layer], name: number.to_string() }
}

prop_compose! {
    fn draft(layer: usize, number: usize)(
        action in prop::sample::select(vec![Action::Create, Action::Update, Action::Delete]),
        needed in prop::collection::vec(0..4_usize, 0..3),
        needs in prop::collection::vec(0..4_usize, 0..3),
        halves in any::<bool>(),
    ) -> Draft {
        let below = |numbers: Vec<usize>| match layer.checked_sub(1) {
            Some(below) => numbers.into_iter().map(|number| address(below, number)).collect(),
            None => Vec::new(),
        };
        let halves = (halves && action == Action::Update).then(|| (vec![call()], vec![call()]));
        Draft {
            change: Change {
                address: address(layer, number), job: None, action, reason: String::new(), deletes: false, running: Vec::new(), before: None, after: None, between: Vec::new(), calls: Vec::new(),
            },
            needed: if action == Action::Create { Vec::new() } else { below(needed) },
            needs: if action == Action::Delete { Vec::new() } else { below(needs) },
            calls: vec![call()],
            halves,
        }
    }
}

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let all: Vec<_> = (0..LAYERS.len()).flat_map(|layer| (0..4).map(move |number| draft(layer, number))).collect();
    (all, any::<u64>()).prop_map(|(mut drafts, seed)| {
        drafts.retain(|draft| {
            let bit = draft.change.address.to_string().bytes().map(u64::from).sum::<u64>() % 64;
            seed >> bit & 1 == 1
        });
        drafts
    })
}

/// The first and the last step of a change, by their numbers.
fn steps(plan: &Plan, address: &Address) -> Option<(usize, usize)> {
    let change = plan.changes.iter().position(|change| change.address == *address)?;
    let mut of = plan.steps.iter().enumerate().filter(|(_, step)| step.change == change).map(|(at, _)| at);
    let first = of.next()?;
    Some((first, of.next_back().unwrap_or(first)))
}

/// Whether `later` waits for `earlier`, at once or by way of others.
fn waits(plan: &Plan, later: usize, earlier: usize) -> bool {
    plan.steps[later].after.iter().any(|step| *step == earlier || waits(plan, *step, earlier))
}

proptest! {
    #[test]
    fn what_is_needed_comes_first_and_goes_last(drafts in drafts()) {
        let links: Vec<(Address, Action, Vec<Address>, Vec<Address>)> = drafts
            .iter()
            .map(|draft| (draft.change.address.clone(), draft.change.action, draft.needed.clone(), draft.needs.clone()))
            .collect();
        let plan = order([Drafts { changes: drafts, unchanged: 7, ..Drafts::default() }]);
        prop_assert_eq!(plan.unchanged, 7);
        let planned = |address: &Address| plan.changes.iter().any(|change| change.address == *address);
        for (address, action, ..) in &links {
            let stays = |(user, action, needed, needs): &(Address, Action, Vec<Address>, Vec<Address>)| match action {
                Action::Delete => !planned(user) && needed.contains(address),
                _ => needs.contains(address),
            };
            let in_use = *action == Action::Delete && links.iter().any(stays);
            prop_assert_eq!(planned(address), !in_use, "{} is deleted unless something that stays needs it", address);
        }
        for (at, step) in plan.steps.iter().enumerate() {
            prop_assert!(step.after.iter().all(|other| *other < at), "a step comes after those it waits for");
        }
        for (user, _, needed, needs) in &links {
            let Some((first, last)) = steps(&plan, user) else { continue };
            for used in needs {
                let action = links.iter().find(|link| link.0 == *used).map(|link| link.1);
                if let (Some((base, _)), Some(Action::Create | Action::Update)) = (steps(&plan, used), action) {
                    prop_assert!(waits(&plan, first, base), "{user} needs {used}");
                }
            }
            for used in needed.iter().chain(needs) {
                let link = links.iter().find(|link| link.0 == *used);
                if let (Some((begin, _)), Some(Action::Delete)) = (steps(&plan, used), link.map(|link| link.1)) {
                    prop_assert!(waits(&plan, begin, last), "{used} stays until {user} no longer needs it");
                }
            }
            for used in needed {
                if let Some((begin, end)) = steps(&plan, used)
                    && begin != end
                {
                    prop_assert!(waits(&plan, end, last), "{used} shrinks after {user} has changed");
                }
            }
        }
    }
}
