//! Creates what is needed first and deletes in reverse; widens before, and shrinks after.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Change, Draft, Drafts, Plan, Step};
use crate::kind::{Address, Call};

/// The calls of a change in the one or two steps that they run in.
struct Steps {
    /// Runs before what needs the resource. None: nothing to do then.
    first: Option<Vec<Call>>,
    /// Runs after what needed it.
    second: Option<Vec<Call>>,
}

/// The plan of all drafts. Pure, and the same for the same drafts whatever their order.
pub fn order(all: impl IntoIterator<Item = Drafts>) -> Plan {
    let mut unchanged = 0;
    let mut drafts: Vec<Draft> = Vec::new();
    for kind in all {
        unchanged += kind.unchanged;
        drafts.extend(kind.changes);
    }
    drafts.sort_by(|a, b| a.change.address.cmp(&b.change.address));
    let links: Vec<Links> = drafts.iter().map(Links::of).collect();
    let wanted_by_others: BTreeSet<Address> = links
        .iter()
        .filter(|link| link.action != Action::Blocked)
        .flat_map(|link| link.needed.iter().chain(&link.needs).cloned())
        .collect();
    let (changes, steps): (Vec<Change>, Vec<Steps>) =
        drafts.into_iter().map(|draft| split(draft, &wanted_by_others)).unzip();
    sort(changes, steps, &links, unchanged)
}

struct Links {
    action: Action,
    needed: Vec<Address>,
    needs: Vec<Address>,
}

impl Links {
    fn of(draft: &Draft) -> Self {
        Self { action: draft.change.action, needed: draft.needed.clone(), needs: draft.needs.clone() }
    }
}

fn split(draft: Draft, wanted_by_others: &BTreeSet<Address>) -> (Change, Steps) {
    let some = |calls: Vec<Call>| Some(calls).filter(|calls| !calls.is_empty());
    let steps = match draft.halves {
        Some((first, second)) if wanted_by_others.contains(&draft.change.address) => {
            Steps { first: some(first), second: some(second) }
        }
        _ => Steps { first: some(draft.calls), second: None },
    };
    let calls = steps.first.iter().chain(&steps.second).flatten().map(Call::api).collect();
    (Change { calls, ..draft.change }, steps)
}

fn sort(changes: Vec<Change>, steps: Vec<Steps>, links: &[Links], unchanged: usize) -> Plan {
    let place: BTreeMap<&Address, usize> =
        changes.iter().enumerate().map(|(at, change)| (&change.address, at)).collect();
    let mut nodes: Vec<(usize, Vec<Call>)> = Vec::new();
    let mut firsts = vec![None; changes.len()];
    let mut seconds = vec![None; changes.len()];
    for (change, Steps { first, second }) in steps.into_iter().enumerate() {
        for (calls, slot) in [(first, &mut firsts[change]), (second, &mut seconds[change])] {
            if let Some(calls) = calls {
                *slot = Some(nodes.len());
                nodes.push((change, calls));
            }
        }
    }
    let last = |change: usize| seconds[change].or(firsts[change]);
    let mut after: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); nodes.len()];
    let mut edge = |from: Option<usize>, to: Option<usize>| {
        if let (Some(from), Some(to)) = (from, to) {
            after[to].insert(from);
        }
    };
    for (user, link) in links.iter().enumerate() {
        edge(firsts[user], seconds[user]);
        for used in link.needs.iter().filter_map(|address| place.get(address)) {
            if changes[*used].action != Action::Delete {
                edge(firsts[*used], firsts[user]);
            }
        }
        for used in link.needed.iter().chain(&link.needs).filter_map(|address| place.get(address)) {
            match changes[*used].action {
                Action::Delete => edge(last(user), firsts[*used]),
                _ => edge(last(user), seconds[*used]),
            }
        }
    }
    for (gone, new) in renames(&changes, links) {
        edge(last(new), firsts[gone]);
    }
    number(changes, nodes, &after, unchanged)
}

/// What is deleted may be what is made under another name, and must stay until that is there: the deletions that
/// begin, each with the creations that end.
fn renames(changes: &[Change], links: &[Links]) -> Vec<(usize, usize)> {
    let of = |action: Action| {
        let used: BTreeSet<&Address> = links
            .iter()
            .filter(|link| link.action == action)
            .flat_map(|link| if action == Action::Delete { &link.needed } else { &link.needs })
            .collect();
        let all = changes.iter().enumerate().filter(move |(_, change)| change.action == action);
        all.filter(|(_, change)| !used.contains(&change.address)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let (gone, new) = (of(Action::Delete), of(Action::Create));
    gone.iter().flat_map(|gone| new.iter().map(|new| (*gone, *new))).collect()
}

/// Numbers the steps so that each comes after those it waits for, and the changes by their first step.
fn number(changes: Vec<Change>, nodes: Vec<(usize, Vec<Call>)>, after: &[BTreeSet<usize>], unchanged: usize) -> Plan {
    let sequence = sequence(after);
    let mut rank = vec![0; nodes.len()];
    for (at, node) in sequence.iter().enumerate() {
        rank[*node] = at;
    }
    let mut begins = vec![0; changes.len()];
    for node in sequence.iter().rev() {
        begins[nodes[*node].0] = rank[*node];
    }
    let mut changes: Vec<(usize, Change)> = changes.into_iter().enumerate().collect();
    changes.sort_by_key(|(old, _)| begins[*old]);
    let mut place = vec![0; changes.len()];
    for (new, (old, _)) in changes.iter().enumerate() {
        place[*old] = new;
    }
    let step = |(node, (change, calls)): (usize, (usize, Vec<Call>))| {
        let after = after[node].iter().map(|other| rank[*other]).filter(|other| *other < rank[node]).collect();
        (rank[node], Step { change: place[change], calls, after })
    };
    let mut steps: Vec<(usize, Step)> = nodes.into_iter().enumerate().map(step).collect();
    steps.sort_by_key(|(rank, _)| *rank);
    Plan {
        changes: changes.into_iter().map(|(_, change)| change).collect(),
        steps: steps.into_iter().map(|(_, step)| step).collect(),
        unchanged,
        secrets: Vec::new(),
    }
}

/// The nodes, each after those that it waits for, and otherwise in their own order.
fn sequence(after: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); after.len()];
    for (node, waits_for) in after.iter().enumerate() {
        for other in waits_for {
            followers[*other].push(node);
        }
    }
    let mut open: Vec<usize> = after.iter().map(BTreeSet::len).collect();
    let mut ready: BTreeSet<usize> = (0..after.len()).filter(|node| open[*node] == 0).collect();
    let mut sequence = Vec::with_capacity(after.len());
    while let Some(node) = ready.pop_first() {
        sequence.push(node);
        for follower in &followers[node] {
            open[*follower] -= 1;
            if open[*follower] == 0 {
                ready.insert(*follower);
            }
        }
    }
    debug_assert_eq!(sequence.len(), after.len(), "what needs what has no circle");
    sequence
}
