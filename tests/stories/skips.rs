//! A failure skips only what needs it. Judged by what needs what, not by the order that the plan gives.

use std::collections::BTreeSet;

use provision::execute::Outcome;
use provision::kind::Address;
use provision::plan::{Action, Drafts, Plan};

/// What a change has to do with others.
pub struct Link {
    address: Address,
    action: Action,
    two_steps: bool,
    needed: Vec<Address>,
    needs: Vec<Address>,
}

pub fn links(all: &[Drafts]) -> Vec<Link> {
    let link = |draft: &provision::plan::Draft| Link {
        address: draft.change.address.clone(),
        action: draft.change.action,
        two_steps: draft.halves.is_some(),
        needed: draft.needed.clone(),
        needs: draft.needs.clone(),
    };
    all.iter().flat_map(|drafts| &drafts.changes).map(link).collect()
}

impl Link {
    /// Whether `self` may have to wait for `other`.
    fn may_wait_for(&self, other: &Self) -> bool {
        let made_first = other.action != Action::Delete && self.needs.contains(&other.address);
        let uses = other.needed.contains(&self.address) || other.needs.contains(&self.address);
        let goes_last = uses && (self.action == Action::Delete || self.two_steps);
        let comes_to_need = other.needs.iter().any(|need| !other.needed.contains(need));
        let makes = other.action == Action::Create || other.action == Action::Update && comes_to_need;
        let renamed = self.action == Action::Delete && makes;
        made_first || goes_last || renamed
    }
}

/// Every change that was skipped needs the one that it names, which failed.
pub fn check_skips(plan: &Plan, outcomes: &[Outcome], links: &[Link], interrupted: bool) -> Result<(), String> {
    let failed = |address: &Address| {
        let mut changes = plan.changes.iter().zip(outcomes);
        changes.any(|(change, outcome)| change.address == *address && matches!(outcome, Outcome::Failed(_)))
    };
    for (change, outcome) in plan.changes.iter().zip(outcomes) {
        let root = match outcome {
            Outcome::Skipped(root) => root,
            Outcome::Left if !interrupted => {
                return Err(format!("{} was left, and nobody interrupted", change.address));
            }
            _ => continue,
        };
        if !failed(root) {
            return Err(format!("{} was skipped because of {root}, which did not fail", change.address));
        }
        if !reaches(&change.address, root, links) {
            return Err(format!("{} was skipped because of {root}, which it does not need", change.address));
        }
    }
    Ok(())
}

fn reaches(from: &Address, to: &Address, links: &[Link]) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut next = vec![from];
    while let Some(address) = next.pop() {
        if address == to {
            return true;
        }
        let Some(link) = links.iter().find(|link| link.address == *address) else { continue };
        let others = links.iter().filter(|other| link.may_wait_for(other));
        next.extend(others.map(|other| &other.address).filter(|other| seen.insert(other)));
    }
    false
}
