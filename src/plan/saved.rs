//! A plan in a file: enough to tell whether the plan of a later run is the same one, and nothing that is in a resource.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Change, Plan};
use crate::error::Error;
use crate::files;
use crate::scope::Scope;
use crate::session::Aim;

/// The form of the file. Another one is refused.
const FORMAT: u32 = 1;

/// What was planned. No call is made from it: a later run plans anew and is held against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    format: u32,
    app: String,
    /// The environment that the config was read with.
    environment: Option<String>,
    account: String,
    region: String,
    /// The jobs that it was narrowed to; all when there are none.
    jobs: BTreeSet<String>,
    /// Whether unowned resources are taken over.
    adopt: bool,
    /// Whether what runs on a deleted resource is ended.
    stop_running: bool,
    changes: Vec<SavedChange>,
    /// Of all that stands above.
    fingerprint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedChange {
    address: String,
    action: String,
    reason: String,
    calls: Vec<String>,
    /// Of the resource before and after, whose fields may be secret.
    fingerprint: String,
}

impl Saved {
    /// What `plan` is, made for `aim`.
    pub fn new(plan: &Plan, scope: &Scope, aim: &Aim) -> Self {
        let saved = Self {
            format: FORMAT,
            app: scope.app.clone(),
            environment: scope.environment.clone(),
            account: scope.account.clone(),
            region: scope.region.clone(),
            jobs: aim.jobs.clone(),
            adopt: aim.adopt,
            stop_running: aim.stop_running,
            changes: plan.changes.iter().map(SavedChange::of).collect(),
            fingerprint: String::new(),
        };
        let fingerprint = saved.sum();
        Self { fingerprint, ..saved }
    }

    /// What the plan was made for, if the command line says so too: who can write the file can't choose what more is done.
    /// Jobs need not be named again, for they only make it less.
    ///
    /// # Errors
    /// When the plan was made for something else.
    pub fn agreed(&self, environment: Option<&str>, given: &Aim) -> Result<Aim, Error> {
        let same_jobs = given.jobs.is_empty() || given.jobs == self.jobs;
        let same_consent = (given.adopt, given.stop_running) == (self.adopt, self.stop_running);
        if self.environment.as_deref() == environment && same_jobs && same_consent {
            return Ok(self.aim());
        }
        let options = [
            self.environment.as_ref().map(|name| format!("--env {name}")),
            self.adopt.then(|| "--adopt".to_owned()),
            self.stop_running.then(|| "--stop-running".to_owned()),
        ];
        let jobs = self.jobs.iter().map(|job| format!("--job {job}"));
        let options: Vec<String> = options.into_iter().flatten().chain(jobs).collect();
        let made = if options.is_empty() { "no options".into() } else { format!("`{}`", options.join(" ")) };
        Err(Error::refused("nothing was changed: the saved plan is for another command")
            .caused_by(format!("it was made with {made}"))
            .hint("if that is what you want, give `apply --plan` the same options as `diff --out`"))
    }

    /// What the plan was made for.
    fn aim(&self) -> Aim {
        let Self { adopt, stop_running, .. } = *self;
        Aim { jobs: self.jobs.clone(), adopt, stop_running, ..Aim::default() }
    }

    /// Of all but itself.
    fn sum(&self) -> String {
        let bare = Self { fingerprint: String::new(), ..self.clone() };
        sum(&json!(bare))
    }

    /// Writes the file, over one that is there.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let written = std::fs::write(path, format!("{:#}\n", json!(self)));
        written.map_err(|error| Error::failed(format!("can't write the plan to {}", path.display())).caused_by(error))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// When it can't be read, is none of ours, or was changed since.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let hint = "write one with `provision diff --out FILE`";
        let text = files::read(path).map_err(|error| {
            Error::config(format!("can't read the plan {}", path.display())).caused_by(error).hint(hint)
        })?;
        let saved: Self = serde_json::from_str(&text).map_err(|error| {
            Error::config(format!("{} is not a saved plan", path.display())).caused_by(error).hint(hint)
        })?;
        if saved.format != FORMAT || saved.sum() != saved.fingerprint {
            let error = Error::refused(format!("the plan {} is not as it was saved", path.display()));
            let cause = "its fingerprint is not that of what is in it: it was changed, or another version wrote it";
            return Err(error.caused_by(cause).hint(hint));
        }
        Ok(saved)
    }

    /// Whether the plan that is made now is this one.
    ///
    /// # Errors
    /// When it is not: everything that differs.
    pub fn holds(&self, plan: &Plan, scope: &Scope) -> Result<(), Error> {
        let now = Self::new(plan, scope, &self.aim());
        if now == *self {
            return Ok(());
        }
        let place = [
            ("app", &self.app, &now.app),
            ("account", &self.account, &now.account),
            ("region", &self.region, &now.region),
        ];
        let elsewhere = place.into_iter().filter(|(_, then, now)| then != now);
        let elsewhere = elsewhere.map(|(what, then, now)| format!("it is for the {what} {then}, and this is {now}"));
        let error = Error::refused("the saved plan no longer holds")
            .hint("look at what changed with `provision diff`, and save a new plan with `--out`");
        Err(elsewhere.chain(self.differences(&now)).fold(error, Error::caused_by))
    }

    /// In the order of the addresses.
    fn differences(&self, now: &Self) -> Vec<String> {
        let by_address = |saved: &Self| -> BTreeMap<String, SavedChange> {
            saved.changes.iter().map(|change| (change.address.clone(), change.clone())).collect()
        };
        let (then, now) = (by_address(self), by_address(now));
        let said = |address: &String| match (then.get(address), now.get(address)) {
            (Some(then), None) => Some(format!("{address}: {} was planned, and nothing is left to do", then.action)),
            (None, Some(now)) => Some(format!("{address}: {} was not planned: {}", now.action, now.reason)),
            (Some(then), Some(now)) if then.action != now.action => {
                Some(format!("{address}: {} was planned, and now it is {}: {}", then.action, now.action, now.reason))
            }
            (Some(then), Some(now)) if then != now => Some(format!("{address}: it is another {}", now.action)),
            _ => None,
        };
        let mut addresses: Vec<&String> = then.keys().chain(now.keys()).collect();
        addresses.sort();
        addresses.dedup();
        addresses.into_iter().filter_map(said).collect()
    }
}

impl SavedChange {
    fn of(change: &Change) -> Self {
        let action = json!(change.action);
        Self {
            address: change.address.to_string(),
            action: action.as_str().unwrap_or_default().to_owned(),
            reason: change.reason.clone(),
            calls: change.calls.iter().map(ToString::to_string).collect(),
            fingerprint: sum(&json!([change.before, change.after])),
        }
    }
}

/// SHA-256 of a value whose keys are in order, in hexadecimal.
fn sum(value: &Value) -> String {
    Sha256::digest(value.to_string()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
