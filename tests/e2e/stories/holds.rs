//! What a command may touch, when it must be refused, and where what there is is not what was asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// All resources, whoever owns them, by address.
pub type Everything = BTreeMap<String, Value>;

/// Whose a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Us,
    /// No tag names an app.
    Nobody,
    Others,
}

/// What a command is for.
#[derive(Clone, Debug)]
pub struct Goal<'a> {
    /// What is to be there of the app; nothing when it is destroyed.
    pub wish: &'a Everything,
    /// Only these jobs; all when there is none.
    pub jobs: Vec<&'static str>,
    /// The jobs that share a log group.
    pub sharing: Vec<&'static str>,
    /// The jobs that the config protects.
    pub protected: Vec<&'static str>,
    pub adopts: bool,
    pub keeps_logs: bool,
}

pub fn owner(resource: &Value) -> Owner {
    match resource["tags"]["provision:app"].as_str() {
        Some("billing") => Owner::Us,
        Some(_) => Owner::Others,
        None => Owner::Nobody,
    }
}

pub fn ours(all: &Everything) -> Everything {
    all.iter().filter(|(_, one)| owner(one) == Owner::Us).map(|(at, one)| (at.clone(), one.clone())).collect()
}

fn job(resource: &Value) -> &str {
    resource["tags"]["provision:job"].as_str().unwrap_or_default()
}

/// Where the two differ.
pub fn changed(one: &Everything, other: &Everything) -> BTreeSet<String> {
    let names = one.keys().chain(other.keys());
    names.filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

/// There is none of these.
pub fn none(of: &BTreeSet<String>, what: &str, found: &Everything, wanted: &Everything) -> Result<(), String> {
    if of.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> =
        of.iter().map(|name| format!("{name}: {:?}, not {:?}", found.get(name), wanted.get(name))).collect();
    Err(format!("{what}: {}", shown.join("\n")))
}

impl Goal<'_> {
    fn selects(&self, job: &str) -> bool {
        self.jobs.is_empty() || self.jobs.contains(&job)
    }

    /// What it makes and changes.
    pub fn reach(&self) -> BTreeSet<String> {
        let meant = |one: &Value| match job(one) {
            "@shared" => self.sharing.iter().any(|job| self.selects(job)),
            job => self.selects(job),
        };
        self.wish.iter().filter(|(_, one)| meant(one)).map(|(name, _)| name.clone()).collect()
    }

    /// With `--job`, all that may be written: what it makes, and what is tagged with one of the jobs.
    pub fn touches(&self, before: &Everything) -> Option<BTreeSet<String>> {
        let tagged = before.iter().filter(|(_, one)| self.jobs.contains(&job(one))).map(|(name, _)| name.clone());
        (!self.jobs.is_empty()).then(|| self.reach().into_iter().chain(tagged).collect())
    }

    /// What may be taken over.
    pub fn adopted(&self, before: &Everything) -> BTreeSet<String> {
        let all = if self.adopts { self.reach() } else { BTreeSet::new() };
        all.into_iter().filter(|name| before.get(name).is_some_and(|one| owner(one) == Owner::Nobody)).collect()
    }

    /// What the command must be refused for: a name of ours is taken, or something protected is to go.
    pub fn blocked(&self, before: &Everything) -> BTreeSet<String> {
        let taken = |name: &String| match before.get(name).map(owner) {
            None | Some(Owner::Us) => false,
            Some(Owner::Nobody) => !self.adopts,
            Some(Owner::Others) => true,
        };
        let goes = |(name, one): &(&String, &Value)| {
            let kept = self.keeps_logs && name.starts_with("log-group/");
            owner(one) == Owner::Us && !self.wish.contains_key(*name) && self.selects(job(one)) && !kept
        };
        let is_protected = |one: &Value| {
            let by_config = self.protected.contains(&job(one)) || job(one) == "@shared" && !self.protected.is_empty();
            one["tags"]["provision:protect"] == "true" || by_config
        };
        let protected = before.iter().filter(goes).filter(|(_, one)| is_protected(one)).map(|(name, _)| name.clone());
        let replaced = |name: &String| match (before.get(name), self.wish.get(name)) {
            (Some(one), Some(wish)) => one["path"] != wish["path"] && is_protected(wish),
            _ => false,
        };
        self.reach().into_iter().filter(|name| taken(name) || replaced(name)).chain(protected).collect()
    }

    /// Where what is ours is not what was asked for.
    pub fn missing(&self, after: &Everything) -> BTreeSet<String> {
        let mut missing = changed(&ours(after), self.wish);
        missing.retain(|name| !(self.keeps_logs && name.starts_with("log-group/")));
        if !self.jobs.is_empty() {
            let reach = self.reach();
            missing.retain(|name| reach.contains(name));
        }
        missing
    }
}
