//! State machines. Source: AWS Step Functions API Reference.

use std::any::Any;
use std::collections::BTreeSet;

use aws_sdk_sfn::operation::create_state_machine::builders::CreateStateMachineInputBuilder as Create;
use aws_sdk_sfn::operation::delete_state_machine::builders::DeleteStateMachineInputBuilder as Delete;
use aws_sdk_sfn::operation::tag_resource::builders::TagResourceInputBuilder as Tag;
use aws_sdk_sfn::operation::untag_resource::builders::UntagResourceInputBuilder as Untag;
use aws_sdk_sfn::operation::update_state_machine::builders::UpdateStateMachineInputBuilder as Update;
use aws_sdk_sfn::types::{LoggingConfiguration, TracingConfiguration};
use proptest::prelude::*;
use provision::asl::Definition;
use provision::kinds::{Logging, StateMachine, StopExecutions as Stop};

use super::{Model, Refusal, account, last, refuse, tags};

fn arn(name: &str) -> String {
    account("states", &format!("stateMachine:{name}"))
}

fn logging(sent: Option<&LoggingConfiguration>) -> Logging {
    let Some(sent) = sent else {
        return Logging { level: "OFF".into(), include_execution_data: false, destinations: BTreeSet::new() };
    };
    let group = |to: &aws_sdk_sfn::types::LogDestination| {
        let arn = to.cloud_watch_logs_log_group()?.log_group_arn()?;
        Some(arn.strip_suffix(":*").expect("Step Functions wants `:*`").to_owned())
    };
    Logging {
        level: sent.level().map_or("OFF", |level| level.as_str()).to_owned(),
        include_execution_data: sent.include_execution_data(),
        destinations: sent.destinations().iter().filter_map(group).collect(),
    }
}

fn tracing(sent: Option<&TracingConfiguration>) -> bool {
    sent.is_some_and(TracingConfiguration::enabled)
}

impl Model for StateMachine {
    fn serve(held: Option<Self>, request: &dyn Any) -> Result<Option<Self>, Refusal> {
        let held = held.filter(|held| held.status == "ACTIVE");
        if let Some(create) = request.downcast_ref::<Create>() {
            let tags = create.get_tags().clone().unwrap_or_default();
            let name = create.get_name().clone().ok_or("no name")?;
            let made = Self {
                arn: arn(&name),
                name,
                machine_type: create.get_type().as_ref().map_or("STANDARD", |kind| kind.as_str()).to_owned(),
                status: "ACTIVE".into(),
                definition: Definition::new(create.get_definition().clone().ok_or("no definition")?),
                role: create.get_role_arn().clone().ok_or("no role")?,
                logging: logging(create.get_logging_configuration().as_ref()),
                tracing: Some(tracing(create.get_tracing_configuration().as_ref())),
                tags: tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value?))).collect(),
            };
            return match held {
                None => Ok(Some(made)),
                // What it then says of role and tags is ignored. Source: `CreateStateMachine`.
                Some(held) if same_but_for_role_and_tags(&made, &held) => Ok(Some(held)),
                Some(_) => refuse("StateMachineAlreadyExists", "State Machine Already Exists"),
            };
        }
        if request.is::<Delete>() {
            return Ok(None);
        }
        if request.is::<Stop>() {
            return Ok(held);
        }
        let Some(mut machine) = held else {
            let tags = request.is::<Tag>() || request.is::<Untag>();
            let code = if tags { "ResourceNotFound" } else { "StateMachineDoesNotExist" };
            return refuse(code, "State Machine Does Not Exist");
        };
        if let Some(update) = request.downcast_ref::<Update>() {
            if let Some(definition) = update.get_definition() {
                machine.definition = Definition::new(definition.as_str());
            }
            if let Some(role) = update.get_role_arn() {
                machine.role.clone_from(role);
            }
            if let Some(sent) = update.get_logging_configuration() {
                machine.logging = logging(Some(sent));
            }
            if let Some(sent) = update.get_tracing_configuration() {
                machine.tracing = Some(tracing(Some(sent)));
            }
        } else if let Some(tag) = request.downcast_ref::<Tag>() {
            let tags = tag.get_tags().clone().ok_or("no tags")?;
            machine.tags.extend(tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value?))));
        } else if let Some(untag) = request.downcast_ref::<Untag>() {
            let keys = untag.get_tag_keys().clone().ok_or("no keys")?;
            machine.tags.retain(|key, _| !keys.contains(key));
        } else {
            return Err("an operation that the model does not know".into());
        }
        Ok(Some(machine))
    }

    fn subject(request: &dyn Any) -> Option<String> {
        let by_arn = |arn: &Option<String>| Some(last(arn.as_ref()?, ":stateMachine:"));
        (request.downcast_ref().and_then(|it: &Create| it.get_name().clone()))
            .or_else(|| request.downcast_ref().and_then(|it: &Update| by_arn(it.get_state_machine_arn())))
            .or_else(|| request.downcast_ref().and_then(|it: &Delete| by_arn(it.get_state_machine_arn())))
            .or_else(|| request.downcast_ref().map(|it: &Stop| last(&it.machine, ":stateMachine:")))
            .or_else(|| request.downcast_ref().and_then(|it: &Tag| by_arn(it.get_resource_arn())))
            .or_else(|| request.downcast_ref().and_then(|it: &Untag| by_arn(it.get_resource_arn())))
    }
}

fn same_but_for_role_and_tags(one: &StateMachine, other: &StateMachine) -> bool {
    *one == StateMachine { role: one.role.clone(), tags: one.tags.clone(), ..other.clone() }
}

pub fn machine(status: &'static str) -> impl Strategy<Value = StateMachine> {
    let logging =
        (prop::sample::select(vec!["ALL", "ERROR", "OFF"]), any::<bool>(), prop::collection::btree_set("[g-h]", 0..2));
    let logging = logging.prop_map(|(level, include_execution_data, destinations)| Logging {
        level: level.into(),
        include_execution_data,
        destinations,
    });
    let tracing = prop::bool::ANY.prop_map(Some);
    let own = (prop::sample::select(vec!["STANDARD", "EXPRESS"]), 0..3, "[r-t]");
    (own, logging, tracing, tags()).prop_map(move |((machine_type, seconds, role), logging, tracing, tags)| {
        StateMachine {
            name: "m".into(),
            arn: arn("m"),
            machine_type: machine_type.into(),
            status: status.into(),
            definition: Definition::new(format!("{{\"TimeoutSeconds\": {seconds}}}")),
            role,
            logging,
            tracing,
            tags,
        }
    })
}
