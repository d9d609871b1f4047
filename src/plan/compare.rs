//! One kind: what is wanted against what there is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Action, Change, Goal, PROTECTED};
use crate::kind::{Address, Call, Kind, Wanted};
use crate::scope::{APP_TAG, JOB_TAG, PROTECT_TAG};

/// A change whose place in the order is not yet found.
#[derive(Debug)]
pub struct Draft {
    /// The change, its list of calls still empty.
    pub change: Change,
    /// What the resource needs before the change.
    pub needed: Vec<Address>,
    /// What it needs after it.
    pub needs: Vec<Address>,
    /// The calls, when nothing else in the plan needs the resource, or when it need not pass through a state between.
    pub calls: Vec<Call>,
    /// Where it must: the calls to get there, and on.
    pub halves: Option<(Vec<Call>, Vec<Call>)>,
}

/// What one kind has to say.
#[derive(Debug, Default)]
pub struct Drafts {
    /// What changes.
    pub changes: Vec<Draft>,
    /// How many resources are as they should be.
    pub unchanged: usize,
    /// What those of the app's resources need that stay as they are.
    pub in_use: Vec<Address>,
}

/// What must change so that `observed` becomes `desired`. Pure.
pub fn compare<K: Kind>(observed: Vec<K>, desired: Vec<Wanted<K>>, goal: &Goal<'_>) -> Drafts {
    let mut found: BTreeMap<String, K> = observed.into_iter().map(|found| (found.name().to_owned(), found)).collect();
    let selected = |jobs: &[String]| goal.jobs.is_empty() || jobs.iter().any(|job| goal.jobs.contains(job));
    let app = goal.blueprint.scope.app.as_str();
    let of_app = |resource: &K| resource.owner() == Some(app);
    let mut drafts = Drafts::default();
    for Wanted { resource, jobs } in desired {
        let before = found.remove(resource.name()).map(|before| before.told(&resource));
        if !selected(&jobs) {
            drafts.in_use.extend(before.filter(of_app).iter().flat_map(Kind::needs));
        } else if let Some(draft) = draft(before.as_ref(), &resource, goal) {
            drafts.changes.push(draft);
        } else {
            drafts.unchanged += 1;
            drafts.in_use.extend(resource.needs());
        }
    }
    let named = if goal.destroy { Vec::new() } else { K::names(goal.blueprint.config) };
    for left in found.into_values() {
        let job = left.tags().get(JOB_TAG).cloned();
        let ours = of_app(&left) && elsewhere(&left, goal).is_none() && selected(job.as_slice());
        if ours && !goal.keep.contains(&K::NAME) && !named.iter().any(|name| name == left.name()) {
            drafts.changes.push(deletion(&left, goal));
        } else if of_app(&left) {
            drafts.in_use.extend(left.needs());
        }
    }
    drafts
}

/// The other region that the resource serves.
fn elsewhere<'a, K: Kind>(resource: &'a K, goal: &Goal<'_>) -> Option<&'a str> {
    resource.home().filter(|region| *region != goal.blueprint.scope.region)
}

fn draft<K: Kind>(before: Option<&K>, after: &K, goal: &Goal<'_>) -> Option<Draft> {
    let app = goal.blueprint.scope.app.as_str();
    let Some(found) = before else {
        return Some(finish(Action::Create, "it does not exist".into(), None, Some(after), goal));
    };
    let blocked = |reason: String| Draft {
        calls: Vec::new(),
        halves: None,
        ..finish(Action::Blocked, reason, Some(found), Some(after), goal)
    };
    // Its own tag does not count here: a config that takes the protection off would be refused for ever.
    let must_stay = |draft: &Draft| draft.change.deletes && is_protected(after, goal);
    match found.owner() {
        Some(owner) if owner == app => {
            if let Some(region) = elsewhere(found, goal) {
                return Some(blocked(format!("it serves this app in {region}, and IAM has one name for all regions")));
            }
            let draft = finish(Action::Update, String::new(), before, Some(after), goal);
            if must_stay(&draft) {
                return Some(blocked(irreplaceable(&draft.change)));
            }
            let mut reason = because(&draft.change);
            if draft.change.deletes {
                reason.push_str(", which can't be changed: it is replaced");
            }
            (!draft.calls.is_empty()).then(|| Draft { change: Change { reason, ..draft.change }, ..draft })
        }
        Some(owner) => Some(blocked(format!("it exists and belongs to the app {owner}"))),
        None if goal.adopt => {
            let draft =
                finish(Action::Update, format!("it is taken over: it had no tag {APP_TAG}"), before, Some(after), goal);
            if must_stay(&draft) {
                return Some(blocked(irreplaceable(&draft.change)));
            }
            let replaced = if draft.change.deletes { ", and replaced" } else { "" };
            let reason = format!("{}{replaced}", draft.change.reason);
            Some(Draft { change: Change { reason, ..draft.change }, ..draft })
        }
        None => Some(blocked(format!("it exists and has no tag {APP_TAG}={app}"))),
    }
}

fn irreplaceable(change: &Change) -> String {
    format!("{PROTECTED}, and would have to be replaced: {}", because(change))
}

/// Its tag says so also when the config no longer knows the job; the config also before the tag is there.
fn is_protected<K: Kind>(resource: &K, goal: &Goal<'_>) -> bool {
    let tag = |key| resource.tags().get(key).map(String::as_str);
    tag(PROTECT_TAG) == Some("true") || goal.blueprint.config.protects(tag(JOB_TAG).unwrap_or_default())
}

fn deletion<K: Kind>(left: &K, goal: &Goal<'_>) -> Draft {
    if is_protected(left, goal) {
        let blocked = finish(Action::Blocked, PROTECTED.into(), Some(left), None, goal);
        return Draft { change: Change { deletes: false, ..blocked.change }, calls: Vec::new(), ..blocked };
    }
    let reason = if goal.destroy { "the app is destroyed" } else { "the config no longer asks for it" };
    finish(Action::Delete, reason.into(), Some(left), None, goal)
}

fn finish<K: Kind>(action: Action, reason: String, before: Option<&K>, after: Option<&K>, goal: &Goal<'_>) -> Draft {
    let needs = |resource: Option<&K>| resource.map(Kind::needs).unwrap_or_default();
    let json = |resource: Option<&K>| resource.and_then(|resource| serde_json::to_value(resource).ok());
    let between = before.zip(after).and_then(|(before, after)| K::between(before, after));
    let halves = between.as_ref().map(|between| (K::calls(before, Some(between)), K::calls(Some(between), after)));
    let mut calls = K::calls(before, after);
    let removal = before.and_then(|before| K::calls(Some(before), None).last().map(Call::api));
    let resource = after.or(before);
    let deletes = calls.iter().any(|call| Some(call.api()) == removal);
    if let Some(before) = before.filter(|_| deletes && goal.stop_running) {
        calls.splice(0..0, before.halt());
    }
    Draft {
        change: Change {
            deletes,
            running: Vec::new(),
            address: resource.map_or_else(|| Address { kind: K::NAME, name: String::new() }, Kind::address),
            job: resource
                .and_then(|resource| resource.tags().get(JOB_TAG).cloned())
                .filter(|job| !job.starts_with('@')),
            action,
            reason,
            before: json(before),
            after: json(after),
            between: between
                .iter()
                .chain(&before.filter(|_| deletes).and_then(Kind::leaving))
                .filter_map(|state| json(Some(state)))
                .collect(),
            calls: Vec::new(),
        },
        needed: needs(before),
        needs: needs(after),
        calls,
        halves,
    }
}

/// `retention_days and tags differ`
fn because(change: &Change) -> String {
    let empty = serde_json::Map::new();
    let object = |value: &'_ Option<Value>| value.as_ref().and_then(Value::as_object).unwrap_or(&empty).clone();
    let (before, after) = (object(&change.before), object(&change.after));
    let mut fields: Vec<&str> = before.keys().chain(after.keys()).map(String::as_str).collect();
    fields.sort_unstable();
    fields.dedup();
    fields.retain(|field| before.get(*field) != after.get(*field));
    match fields.as_slice() {
        [one] if one.ends_with('s') && *one != "status" => format!("{one} differ"),
        [one] => format!("{one} differs"),
        [rest @ .., last] => format!("{} and {last} differ", rest.join(", ")),
        [] => "it differs".into(),
    }
}
