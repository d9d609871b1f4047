//! What somebody else does: any field of any resource, whole resources, and resources of others under our names.

use provision::asl::Definition;
use provision::iam::Policy;
use provision::kind::Kind;
use provision::kinds::{LogGroup, Role, Rule, StateMachine, Target, TargetInput};
use provision::scope::{APP_TAG, JOB_TAG, Tags};
use serde_json::json;

use crate::world::{Shelf, World};

/// What is done to one resource: which, by its place among those there are, and what.
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    pub pick: u8,
    pub how: u8,
}

/// A resource that was not made from this config.
#[derive(Clone, Copy, Debug)]
pub struct Stranger {
    pub pick: u8,
    pub whose: Whose,
    /// Under a name that the config uses.
    pub our_name: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Nobodys,
    AnotherApps,
    /// Left over from an older config of the app.
    Ours,
    /// Of this app in another region, where the kind has none; otherwise another app's.
    Elsewhere,
}

trait Drifts: Kind {
    fn drift(&mut self, how: u8);
    /// The same under another name.
    fn renamed(&self, name: String) -> Self;
    fn tags_mut(&mut self) -> &mut Tags;
    /// As the same app has it in another region.
    fn elsewhere(&mut self) {
        self.tags_mut().insert(APP_TAG.into(), "other".into());
    }
}

fn retag(tags: &mut Tags, how: u8) {
    match how % 4 {
        0 => drop(tags.insert("foreign".into(), "tag".into())),
        1 => drop(tags.remove("team")),
        2 => drop(tags.insert("team".into(), "others".into())),
        _ => drop(tags.remove(JOB_TAG)),
    }
}

fn anything() -> Policy {
    Policy::new([json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })])
}

impl Drifts for LogGroup {
    fn drift(&mut self, how: u8) {
        match how % 3 {
            0 => self.retention_days = None,
            1 => self.retention_days = Some(90),
            _ => retag(&mut self.tags, how / 3),
        }
    }

    fn renamed(&self, name: String) -> Self {
        Self { arn: format!("{}{name}", self.arn.trim_end_matches(&self.name)), name, ..self.clone() }
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

impl Drifts for Role {
    fn drift(&mut self, how: u8) {
        match how % 11 {
            0 => {
                let principal = json!({ "Service": "ec2.amazonaws.com" });
                let trust = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
                self.trust = Policy::new([trust]);
            }
            1 => self.policies.clear(),
            2 => drop(self.policies.insert("provision".into(), anything())),
            3 => drop(self.policies.insert("more".into(), anything())),
            4 => drop(self.attached.insert("arn:aws:iam::aws:policy/AdministratorAccess".into())),
            5 => drop(self.instance_profiles.insert("host".into())),
            6 => self.description = "mine".into(),
            7 => self.max_session_duration = 7_200,
            8 => self.permissions_boundary = Some("arn:aws:iam::aws:policy/ReadOnlyAccess".into()),
            9 => self.path = "/".into(),
            _ => retag(&mut self.tags, how / 11),
        }
    }

    fn renamed(&self, name: String) -> Self {
        Self { name, ..self.clone() }
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    fn elsewhere(&mut self) {
        self.description = "What the state machine billing-apples may do, in eu-west-1".into();
        self.trust = Policy::from_encoded(&self.trust.text().replace("us-east-1", "eu-west-1"));
    }
}

impl Drifts for StateMachine {
    fn drift(&mut self, how: u8) {
        match how % 7 {
            0 => self.definition = Definition::new(r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#),
            1 => self.role = "arn:aws:iam::123456789012:role/admin".into(),
            2 => self.logging.include_execution_data = !self.logging.include_execution_data,
            3 => self.tracing = self.tracing.map(|on| !on),
            4 => self.machine_type = "EXPRESS".into(),
            5 => self.status = "DELETING".into(),
            _ => retag(&mut self.tags, how / 7),
        }
    }

    fn renamed(&self, name: String) -> Self {
        Self { arn: format!("{}{name}", self.arn.trim_end_matches(&self.name)), name, ..self.clone() }
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

impl Drifts for Rule {
    fn drift(&mut self, how: u8) {
        let change = |rule: &mut Self, change: fn(&mut Target)| rule.targets.values_mut().for_each(change);
        match how % 12 {
            0 => self.expression = Some("rate(1 minute)".into()),
            1 => self.event_pattern = Some(r#"{"source":["aws.ec2"]}"#.into()),
            2 => self.state = if self.state == "ENABLED" { "DISABLED".into() } else { "ENABLED".into() },
            3 => self.description = "mine".into(),
            4 => self.targets.clear(),
            5 => change(self, |target| {
                target.arn = "arn:aws:states:us-east-1:123456789012:stateMachine:billing-apples".into();
            }),
            6 => change(self, |target| target.role = Some("arn:aws:iam::123456789012:role/other".into())),
            7 => change(self, |target| target.input = TargetInput::Derived("$.detail".into())),
            8 => change(self, |target| target.attempts = 7),
            9 => change(self, |target| target.dead_letter = Some("arn:aws:sqs:us-east-1:123456789012:other".into())),
            10 => {
                if let Some(target) = self.targets.values().next().cloned() {
                    self.targets.insert("other".into(), target);
                }
            }
            _ => retag(&mut self.tags, how / 12),
        }
    }

    fn renamed(&self, name: String) -> Self {
        Self { arn: format!("{}{name}", self.arn.trim_end_matches(&self.name)), name, ..self.clone() }
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }
}

impl World {
    /// Somebody changes, or removes, something of ours.
    pub fn drift(&mut self, drift: Drift) {
        let all: Vec<_> = self.ours().into_iter().collect();
        let Some(address) = all.get(usize::from(drift.pick) % all.len().max(1)) else { return };
        match address.kind {
            LogGroup::NAME => drifts(&mut self.groups, &address.name, drift.how),
            Role::NAME => drifts(&mut self.roles, &address.name, drift.how),
            StateMachine::NAME => drifts(&mut self.machines, &address.name, drift.how),
            _ => drifts(&mut self.rules, &address.name, drift.how),
        }
    }

    /// Somebody has a resource like one of those that `wish` asks for. What is there already stays.
    pub fn stranger(&mut self, stranger: Stranger, wish: &Self) {
        let all: Vec<_> = wish.ours().into_iter().collect();
        let address = &all[usize::from(stranger.pick) % all.len()];
        match address.kind {
            LogGroup::NAME => moves_in(&mut self.groups, &wish.groups.held[&address.name], stranger),
            Role::NAME => moves_in(&mut self.roles, &wish.roles.held[&address.name], stranger),
            StateMachine::NAME => moves_in(&mut self.machines, &wish.machines.held[&address.name], stranger),
            _ => moves_in(&mut self.rules, &wish.rules.held[&address.name], stranger),
        }
    }
}

fn drifts<K: Drifts>(shelf: &mut Shelf<K>, name: &str, how: u8) {
    let mut held = shelf.held[name].clone();
    match how % 16 {
        0 | 1 => return shelf.remove(name),
        2 => drop(held.tags_mut().remove(APP_TAG)),
        _ => held.drift(how / 4),
    }
    shelf.put(held);
}

fn moves_in<K: Drifts>(shelf: &mut Shelf<K>, like: &K, stranger: Stranger) {
    let name = if stranger.our_name { like.name().to_owned() } else { format!("{}-old", like.name()) };
    if shelf.held.contains_key(&name) {
        return;
    }
    let mut made = like.renamed(name);
    match stranger.whose {
        Whose::Nobodys => drop(made.tags_mut().remove(APP_TAG)),
        Whose::AnotherApps => drop(made.tags_mut().insert(APP_TAG.into(), "other".into())),
        Whose::Elsewhere => made.elsewhere(),
        Whose::Ours => drop(made.tags_mut().insert(JOB_TAG.into(), "old".into())),
    }
    shelf.put(made);
}
