//! All that AWS holds, in memory: the four kinds by name, with the older versions that reads may still show.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use provision::config::Config;
use provision::kind::{Address, Kind};
use provision::kinds::{LogGroup, Role, Rule, StateMachine};
use provision::scope::{JOB_TAG, PROTECT_TAG, Tags};

use crate::holds::none;
use crate::models::{Model, Refusal};
use crate::plot::REGION;
use crate::sketch::APP;

/// What a resource was, and from when on reads show it so.
#[derive(Clone)]
struct Version<K> {
    shown: Duration,
    /// Bulk reads of tags lag on their own.
    tags_shown: Duration,
    what: Option<K>,
}

/// When a write shows.
#[derive(Clone, Copy)]
pub struct Shows {
    pub at: Duration,
    pub tags_at: Duration,
}

fn is_ours<K: Kind>(held: &K) -> bool {
    held.owner() == Some(APP) && held.home().is_none_or(|region| region == REGION)
}

/// Whose a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Us,
    /// Its tags name no app.
    Nobody,
    /// Another app's, or this one's in another region.
    Others,
}

/// Everything of one kind.
#[derive(Clone)]
pub struct Shelf<K> {
    pub held: BTreeMap<String, K>,
    past: BTreeMap<String, Vec<Version<K>>>,
}

impl<K> Default for Shelf<K> {
    fn default() -> Self {
        Self { held: BTreeMap::new(), past: BTreeMap::new() }
    }
}

impl<K: Kind> Shelf<K> {
    /// Somebody else did this, and long enough ago.
    pub fn put(&mut self, what: K) {
        self.past.remove(what.name());
        self.held.insert(what.name().to_owned(), what);
    }

    /// Somebody did this to all of them, long enough ago.
    fn edit(&mut self, change: impl Fn(&mut K)) {
        self.past.clear();
        self.held.values_mut().for_each(change);
    }

    pub fn remove(&mut self, name: &str) {
        self.past.remove(name);
        self.held.remove(name);
    }

    pub fn write(&mut self, name: &str, after: Option<K>, shows: Shows) {
        let before =
            || vec![Version { shown: Duration::ZERO, tags_shown: Duration::ZERO, what: self.held.get(name).cloned() }];
        let past = self.past.entry(name.to_owned()).or_insert_with(before);
        let (shown, tags_shown) = past
            .last()
            .map_or((shows.at, shows.tags_at), |last| (shows.at.max(last.shown), shows.tags_at.max(last.tags_shown)));
        past.push(Version { shown, tags_shown, what: after.clone() });
        match after {
            Some(after) => self.held.insert(name.to_owned(), after),
            None => self.held.remove(name),
        };
    }

    fn is_settled(&self, now: Duration) -> bool {
        self.past.values().flatten().all(|version| version.shown <= now && version.tags_shown <= now)
    }

    /// What reads show.
    fn shown(&self, now: Duration) -> BTreeMap<&str, &K> {
        let names = self.held.keys().chain(self.past.keys());
        let seen = |name: &'_ String| match self.past.get(name) {
            Some(past) => past.iter().rfind(|version| version.shown <= now)?.what.as_ref(),
            None => self.held.get(name),
        };
        names.filter_map(|name| Some((name.as_str(), seen(name)?))).collect()
    }

    /// What `GetResources` shows of the app's.
    fn bulk_tags(&self, name: &str, now: Duration) -> Option<Tags> {
        let what = match self.past.get(name) {
            Some(past) => past.iter().rfind(|version| version.tags_shown <= now)?.what.as_ref(),
            None => self.held.get(name),
        };
        what.filter(|what| what.owner() == Some(APP)).map(|what| what.tags().clone())
    }

    /// What `observe` finds on AWS: what is named and what bulk reads say is ours. `list` is what can be found at all.
    fn found(
        &self,
        now: Duration,
        names: &[String],
        list: impl Fn(&K) -> bool,
        doubted: &BTreeSet<Address>,
        tag: impl Fn(&K, Tags) -> K,
    ) -> Vec<K> {
        let look = |(name, shown): (&str, &K)| {
            let named = names.iter().any(|one| one == name);
            let bulk = self.bulk_tags(name, now);
            if !list(shown) || !(named || bulk.is_some()) {
                return None;
            }
            let found = match bulk.filter(|_| !doubted.contains(&shown.address())) {
                Some(tags) => tag(shown, tags),
                None => shown.clone(),
            };
            (named || found.owner() == Some(APP)).then_some(found)
        };
        self.shown(now).into_iter().filter_map(look).collect()
    }

    /// What is ours, by name.
    pub fn ours(&self) -> BTreeMap<&str, &K> {
        self.held.iter().filter(|(_, held)| is_ours(*held)).map(|(name, held)| (name.as_str(), held)).collect()
    }

    /// What is not, by name.
    fn others(&self) -> Self {
        let held = self.held.iter().filter(|(_, held)| !is_ours(*held));
        Self { held: held.map(|(name, held)| (name.clone(), held.clone())).collect(), past: BTreeMap::new() }
    }
}

impl<K: Model> Shelf<K> {
    fn serve(&mut self, name: &str, request: &dyn Any, shows: Shows) -> Result<(), Refusal> {
        let after = K::serve(self.held.get(name).cloned(), request)?;
        self.write(name, after, shows);
        Ok(())
    }
}

#[derive(Clone, Default)]
pub struct World {
    pub groups: Shelf<LogGroup>,
    pub roles: Shelf<Role>,
    pub machines: Shelf<StateMachine>,
    pub rules: Shelf<Rule>,
    /// Until when executions of a state machine run.
    pub busy: BTreeMap<String, Duration>,
}

/// What a request is about.
pub fn subject(request: &dyn Any) -> Option<Address> {
    fn of<K: Model>(request: &dyn Any) -> Option<Address> {
        K::subject(request).map(|name| Address { kind: K::NAME, name })
    }
    of::<LogGroup>(request)
        .or_else(|| of::<Role>(request))
        .or_else(|| of::<StateMachine>(request))
        .or_else(|| of::<Rule>(request))
}

impl World {
    /// The request takes effect, or is refused.
    pub fn serve(&mut self, about: &Address, request: &dyn Any, shows: Shows) -> Result<(), Refusal> {
        match about.kind {
            LogGroup::NAME => self.groups.serve(&about.name, request, shows),
            Role::NAME => self.roles.serve(&about.name, request, shows),
            StateMachine::NAME => self.machines.serve(&about.name, request, shows),
            _ => self.rules.serve(&about.name, request, shows),
        }
    }

    /// Whose a resource is; none when it is not there.
    pub fn owner(&self, of: &Address) -> Option<Owner> {
        fn owner<K: Kind>(shelf: &Shelf<K>, name: &str) -> Option<Owner> {
            let held = shelf.held.get(name)?;
            Some(match held.owner() {
                None => Owner::Nobody,
                Some(_) if is_ours(held) => Owner::Us,
                Some(_) => Owner::Others,
            })
        }
        match of.kind {
            LogGroup::NAME => owner(&self.groups, &of.name),
            Role::NAME => owner(&self.roles, &of.name),
            StateMachine::NAME => owner(&self.machines, &of.name),
            _ => owner(&self.rules, &of.name),
        }
    }

    /// Executions of deleted state machines end.
    pub fn tick(&mut self, now: Duration) {
        let gone = |machine: &&StateMachine| {
            machine.status == "DELETING" && self.busy.get(&machine.name).is_none_or(|until| *until <= now)
        };
        let gone: Vec<String> = self.machines.held.values().filter(gone).map(|machine| machine.name.clone()).collect();
        for name in gone {
            self.machines.write(&name, None, Shows { at: now, tags_at: now });
        }
    }

    /// Whether reads show what there is.
    pub fn is_settled(&self, now: Duration) -> bool {
        self.groups.is_settled(now)
            && self.roles.is_settled(now)
            && self.machines.is_settled(now)
            && self.rules.is_settled(now)
    }

    /// What this kind observes. Of roles one read tells all, tags included; rules are found by how their names begin.
    pub fn observe(
        &self,
        kind: &str,
        now: Duration,
        config: &Config,
        doubted: &BTreeSet<Address>,
    ) -> Box<dyn Any + Send> {
        match kind {
            LogGroup::NAME => {
                let tag = |group: &LogGroup, tags| LogGroup { tags, ..group.clone() };
                Box::new(self.groups.found(now, &LogGroup::names(config), |_| true, doubted, tag))
            }
            Role::NAME => {
                let named = Role::names(config);
                let roles = self.roles.shown(now).into_values();
                let found = roles.filter(|role| named.contains(&role.name) || role.owner() == Some(APP));
                Box::new(found.cloned().collect::<Vec<Role>>())
            }
            StateMachine::NAME => {
                let tag = |machine: &StateMachine, tags| StateMachine { tags, ..machine.clone() };
                Box::new(self.machines.found(now, &StateMachine::names(config), |_| true, doubted, tag))
            }
            _ => {
                let tag = |rule: &Rule, tags| Rule { tags, ..rule.clone() };
                let begins = |rule: &Rule| rule.name.starts_with("billing-");
                Box::new(self.rules.found(now, &Rule::names(config), begins, doubted, tag))
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = (Address, &Tags)> {
        fn of<K: Kind>(shelf: &Shelf<K>) -> impl Iterator<Item = (Address, &Tags)> {
            shelf.held.values().map(|held| (held.address(), held.tags()))
        }
        of(&self.groups).chain(of(&self.roles)).chain(of(&self.machines)).chain(of(&self.rules))
    }

    /// Whether its own tag says so.
    pub fn is_protected(&self, of: &Address) -> bool {
        self.all().any(|(address, tags)| address == *of && tags.get(PROTECT_TAG).is_some_and(|tag| tag == "true"))
    }

    /// What of ours its own tag protects, or the config by its job.
    pub fn protected(&self, by_config: impl Fn(&str) -> bool) -> BTreeSet<Address> {
        let ours = self.ours();
        let is = |tags: &Tags| {
            tags.get(PROTECT_TAG).is_some_and(|tag| tag == "true")
                || by_config(tags.get(JOB_TAG).map_or("", String::as_str))
        };
        let all = self.all().filter(|(address, tags)| ours.contains(address) && is(tags));
        all.map(|(address, _)| address).collect()
    }

    /// Whether a destroy would delete something that is protected.
    pub fn has_protected(&self, by_config: impl Fn(&str) -> bool, keeps_logs: bool) -> bool {
        self.protected(by_config).iter().any(|address| !(keeps_logs && address.kind == LogGroup::NAME))
    }

    /// Somebody takes that tag off everything.
    pub fn unprotect(&mut self) {
        self.groups.edit(|held| drop(held.tags.remove(PROTECT_TAG)));
        self.roles.edit(|held| drop(held.tags.remove(PROTECT_TAG)));
        self.machines.edit(|held| drop(held.tags.remove(PROTECT_TAG)));
        self.rules.edit(|held| drop(held.tags.remove(PROTECT_TAG)));
    }

    /// After a command what is not ours is as it was, but for what was adopted, and for what was going anyway.
    pub fn untouched(&self, now: &Self, adopted: &BTreeSet<Address>) -> Result<(), String> {
        let leaves = |address: &Address| {
            self.machines.held.get(&address.name).is_some_and(|machine| machine.status == "DELETING")
        };
        let changed = self.differences(&now.others()).into_iter();
        let changed: Vec<_> = changed.filter(|address| !adopted.contains(address) && !leaves(address)).collect();
        none(&changed, "not ours, and changed")
    }

    /// All that is ours, by address.
    pub fn ours(&self) -> BTreeSet<Address> {
        fn of<K: Kind>(shelf: &Shelf<K>) -> impl Iterator<Item = Address> {
            shelf.ours().into_values().map(Kind::address)
        }
        of(&self.groups).chain(of(&self.roles)).chain(of(&self.machines)).chain(of(&self.rules)).collect()
    }

    /// It without what is not ours.
    pub fn of_ours(&self) -> Self {
        fn of<K: Kind>(shelf: &Shelf<K>) -> Shelf<K> {
            let held = shelf.ours().into_iter().map(|(name, held)| (name.to_owned(), held.clone()));
            Shelf { held: held.collect(), past: BTreeMap::new() }
        }
        Self {
            groups: of(&self.groups),
            roles: of(&self.roles),
            machines: of(&self.machines),
            rules: of(&self.rules),
            busy: BTreeMap::new(),
        }
    }

    /// All that is not ours.
    pub fn others(&self) -> Self {
        Self {
            groups: self.groups.others(),
            roles: self.roles.others(),
            machines: self.machines.others(),
            rules: self.rules.others(),
            busy: BTreeMap::new(),
        }
    }

    /// Which resources the two do not have alike.
    pub fn differences(&self, other: &Self) -> Vec<Address> {
        fn of<K: Kind>(one: &Shelf<K>, other: &Shelf<K>) -> Vec<Address> {
            let names: BTreeSet<&String> = one.held.keys().chain(other.held.keys()).collect();
            let differs = |name: &&String| one.held.get(*name) != other.held.get(*name);
            names.into_iter().filter(differs).map(|name| Address { kind: K::NAME, name: name.clone() }).collect()
        }
        let kinds = [
            of(&self.groups, &other.groups),
            of(&self.roles, &other.roles),
            of(&self.machines, &other.machines),
            of(&self.rules, &other.rules),
        ];
        kinds.into_iter().flatten().collect()
    }
}
