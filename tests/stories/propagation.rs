//! What one service says of what another was told a moment ago. Sources: IAM User Guide, "Changes that I make are not
//! always immediately visible"; Step Functions API Reference, errors of `CreateStateMachine`.

use std::any::Any;
use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_eventbridge::operation::put_targets::builders::PutTargetsInputBuilder as PutTargets;
use aws_sdk_sfn::operation::create_state_machine::builders::CreateStateMachineInputBuilder as Create;
use aws_sdk_sfn::operation::update_state_machine::builders::UpdateStateMachineInputBuilder as Update;
use aws_sdk_sfn::types::LoggingConfiguration;
use provision::kind::{Address, Kind};
use provision::kinds::Role;

use crate::models::Refusal;
use crate::world::World;

const ASSUME: Refusal = Refusal {
    code: "AccessDeniedException",
    message: "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
};
const LOGS: Refusal = Refusal {
    code: "AccessDeniedException",
    message: "The state machine IAM Role is not authorized to access the Log Destination",
};
const TRIGGER: Refusal = Refusal {
    code: "ValidationException",
    message: "Provided role cannot be assumed by principal 'events.amazonaws.com'.",
};
const DELETING: Refusal = Refusal { code: "StateMachineDeleting", message: "State Machine is being deleted" };

/// Writes that AWS may answer with "not found" just after the resource was made.
const UNSEEN: [&str; 8] = [
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UpdateRole",
    "iam:UpdateAssumeRolePolicy",
    "events:PutTargets",
    "events:TagResource",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
];

/// When things came about, and how long each takes to get around.
#[derive(Default)]
pub struct News {
    made: BTreeMap<Address, Duration>,
    granted: BTreeMap<String, Duration>,
}

impl News {
    /// A request took effect.
    pub fn tell(&mut self, about: &Address, api: &str, now: Duration) {
        if matches!(api, "iam:CreateRole" | "logs:CreateLogGroup" | "events:PutRule") {
            self.made.entry(about.clone()).or_insert(now);
        }
        if matches!(api, "iam:DeleteRole" | "logs:DeleteLogGroup" | "events:DeleteRule") {
            self.made.remove(about);
        }
        if api == "iam:PutRolePolicy" || api == "iam:CreateRole" {
            self.granted.insert(about.name.clone(), now);
        }
    }

    fn is_new(&self, what: &Address, now: Duration, takes: Duration) -> bool {
        self.made.get(what).is_some_and(|made| now < *made + takes)
    }

    /// Why AWS refuses for now, or for good. `takes` is how long a role needs to reach other services.
    pub fn refusal(
        &self,
        world: &World,
        about: &Address,
        api: &str,
        request: &dyn Any,
        now: Duration,
        takes: Duration,
    ) -> Option<Refusal> {
        if UNSEEN.contains(&api) && self.is_new(about, now, takes / 8) {
            return Some(match about.kind {
                Role::NAME => Refusal { code: "NoSuchEntity", message: "The role with this name cannot be found." },
                _ => Refusal { code: "ResourceNotFoundException", message: "It does not exist yet." },
            });
        }
        if let Some(create) = request.downcast_ref::<Create>() {
            if world.machines.held.get(&about.name).is_some_and(|machine| machine.status == "DELETING") {
                return Some(DELETING);
            }
            return self.machine(
                world,
                create.get_role_arn().as_ref(),
                create.get_logging_configuration().as_ref(),
                now,
                takes,
            );
        }
        if let Some(update) = request.downcast_ref::<Update>() {
            return self.machine(
                world,
                update.get_role_arn().as_ref(),
                update.get_logging_configuration().as_ref(),
                now,
                takes,
            );
        }
        let targets = request.downcast_ref::<PutTargets>()?.get_targets().clone().unwrap_or_default();
        let roles = targets.iter().filter_map(|target| target.role_arn.as_deref());
        roles
            .into_iter()
            .find_map(|arn| (!self.assumes(world, arn, "events.amazonaws.com", now, takes)).then_some(TRIGGER))
    }

    fn machine(
        &self,
        world: &World,
        role: Option<&String>,
        logging: Option<&LoggingConfiguration>,
        now: Duration,
        takes: Duration,
    ) -> Option<Refusal> {
        let arn = role?;
        if !self.assumes(world, arn, "states.amazonaws.com", now, takes) {
            return Some(ASSUME);
        }
        let logging = logging.filter(|logging| logging.level().is_some_and(|level| level.as_str() != "OFF"))?;
        let group = |to: &aws_sdk_sfn::types::LogDestination| {
            let arn = to.cloud_watch_logs_log_group()?.log_group_arn()?;
            Some(arn.split_once(":log-group:")?.1.trim_end_matches(":*").to_owned())
        };
        let missing =
            logging.destinations().iter().filter_map(group).any(|name| !world.groups.held.contains_key(&name));
        let Some(role) = ours(arn).and_then(|name| world.roles.held.get(name)) else { return missing.then_some(LOGS) };
        let allowed = role.policies.values().any(|policy| policy.text().contains("logs:CreateLogDelivery"));
        let new = self.granted.get(&role.name).is_some_and(|granted| now < *granted + takes);
        (missing || !allowed || new).then_some(LOGS)
    }

    /// Roles that are not of this world are somebody's who knows what he does.
    fn assumes(&self, world: &World, arn: &str, service: &str, now: Duration, takes: Duration) -> bool {
        let Some(name) = ours(arn) else { return true };
        let address = Address { kind: Role::NAME, name: name.to_owned() };
        let role = world.roles.held.get(name).filter(|role| arn.ends_with(&format!(":role{}{name}", role.path)));
        role.is_some_and(|role| role.trust.lets_assume(service)) && !self.is_new(&address, now, takes)
    }
}

/// The name of a role that the program makes.
pub fn ours(arn: &str) -> Option<&str> {
    arn.split_once(":role/provision/")?.1.rsplit('/').next()
}
