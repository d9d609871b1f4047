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
    let mut in_use = BTreeSet::new();
    for kind in all {
        unchanged += kind.unchanged;
        drafts.extend(kind.changes);
        in_use.extend(kind.in_use);
    }
    let stays = drafts.iter().filter(|draft| draft.change.action != Action::Delete);
    in_use.extend(stays.flat_map(|draft| draft.needs.iter().cloned()));
    keep(&mut drafts, in_use);
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

/// What something needs that stays is not deleted, nor what that needs in its turn: of a job that was not named, say, or
/// a role that the config has given since.
fn keep(drafts: &mut Vec<Draft>, mut in_use: BTreeSet<Address>) {
    let mut kept = usize::MAX;
    while kept != in_use.len() {
        kept = in_use.len();
        drafts.retain(|draft| {
            let stays = draft.change.action == Action::Delete && in_use.contains(&draft.change.address);
            if stays {
                in_use.extend(draft.needed.iter().cloned());
            }
            !stays
        });
    }
}

struct Links {
    action: Action,
    needed: Vec<Address>,
    needs: Vec<Address>,
}

impl Links {
    /// Whether the change makes something that works: the whole of it, or what a run that ended early or somebody else
    /// left without what it needs.
    fn makes(&self) -> bool {
        match self.action {
            Action::Create => true,
            Action::Update => self.needs.iter().any(|need| !self.needed.contains(need)),
            Action::Delete | Action::Blocked => false,
        }
    }
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
        edge(firsts[new], firsts[gone]);
    }
    number(changes, nodes, &after, unchanged)
}

/// What is deleted may be what is made under another name, and must stay until that is there: the deletions that
/// begin, each with what is made last.
fn renames(changes: &[Change], links: &[Links]) -> Vec<(usize, usize)> {
    let ends = |counts: fn(&Links) -> bool, uses: fn(&Links) -> &Vec<Address>| {
        let used: BTreeSet<&Address> = links.iter().filter(|link| counts(link)).flat_map(uses).collect();
        let all = changes.iter().zip(links).enumerate().filter(move |(_, (_, link))| counts(link));
        all.filter(|(_, (change, _))| !used.contains(&change.address)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let gone = ends(|link| link.action == Action::Delete, |link| &link.needed);
    let new = ends(Links::makes, |link| &link.needs);
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
