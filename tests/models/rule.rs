//! Rules. Source: Amazon EventBridge API Reference.

use std::any::Any;
use std::collections::BTreeMap;

use aws_sdk_eventbridge::operation::delete_rule::builders::DeleteRuleInputBuilder as Delete;
use aws_sdk_eventbridge::operation::put_rule::builders::PutRuleInputBuilder as Put;
use aws_sdk_eventbridge::operation::put_targets::builders::PutTargetsInputBuilder as PutTargets;
use aws_sdk_eventbridge::operation::remove_targets::builders::RemoveTargetsInputBuilder as RemoveTargets;
use aws_sdk_eventbridge::operation::tag_resource::builders::TagResourceInputBuilder as Tag;
use aws_sdk_eventbridge::operation::untag_resource::builders::UntagResourceInputBuilder as Untag;
use proptest::prelude::*;
use provision::kinds::{Rule, Target, TargetInput};

use super::{Model, Refusal, account, last, refuse, tags};

fn arn(name: &str) -> String {
    account("events", &format!("rule/{name}"))
}

fn target(sent: aws_sdk_eventbridge::types::Target) -> (String, Target) {
    let input = match (sent.input, sent.input_path) {
        (Some(text), None) => TargetInput::Constant(text),
        (None, Some(path)) => TargetInput::Derived(path),
        (None, None) => TargetInput::Event,
        (Some(_), Some(_)) => panic!("EventBridge takes one of input and input path"),
    };
    let retry = sent.retry_policy;
    let target = Target {
        arn: sent.arn,
        role: sent.role_arn,
        input,
        max_age: retry.as_ref().and_then(|retry| retry.maximum_event_age_in_seconds).unwrap_or(86_400),
        attempts: retry.as_ref().and_then(|retry| retry.maximum_retry_attempts).unwrap_or(185),
        dead_letter: sent.dead_letter_config.and_then(|queue| queue.arn),
    };
    (sent.id, target)
}

impl Model for Rule {
    fn serve(held: Option<Self>, request: &dyn Any) -> Result<Option<Self>, Refusal> {
        if let Some(put) = request.downcast_ref::<Put>() {
            let tags = put.get_tags().clone().unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect();
            let (targets, tags) = match held {
                Some(held) => (held.targets, held.tags),
                None => (BTreeMap::new(), tags),
            };
            let name = put.get_name().clone().ok_or("no name")?;
            let rule = Self {
                arn: arn(&name),
                name,
                expression: put.get_schedule_expression().clone(),
                event_pattern: put.get_event_pattern().clone(),
                state: put.get_state().as_ref().map_or("ENABLED", |state| state.as_str()).to_owned(),
                description: put.get_description().clone().unwrap_or_default(),
                targets,
                tags,
            };
            let fires = rule.expression.is_some() || rule.event_pattern.is_some();
            return if fires { Ok(Some(rule)) } else { Err("neither schedule nor pattern".into()) };
        }
        let Some(mut rule) = held else {
            return refuse("ResourceNotFoundException", "Rule does not exist on EventBus default.");
        };
        if request.is::<Delete>() {
            return match rule.targets.is_empty() {
                true => Ok(None),
                false => refuse("ValidationException", "Rule can't be deleted since it has targets."),
            };
        } else if let Some(put) = request.downcast_ref::<PutTargets>() {
            rule.targets.extend(put.get_targets().clone().ok_or("no targets")?.into_iter().map(target));
        } else if let Some(remove) = request.downcast_ref::<RemoveTargets>() {
            let ids = remove.get_ids().clone().ok_or("no ids")?;
            rule.targets.retain(|id, _| !ids.contains(id));
        } else if let Some(tag) = request.downcast_ref::<Tag>() {
            rule.tags.extend(tag.get_tags().clone().ok_or("no tags")?.into_iter().map(|tag| (tag.key, tag.value)));
        } else if let Some(untag) = request.downcast_ref::<Untag>() {
            let keys = untag.get_tag_keys().clone().ok_or("no keys")?;
            rule.tags.retain(|key, _| !keys.contains(key));
        } else {
            return Err("an operation that the model does not know".into());
        }
        if rule.targets.len() > 5 {
            return refuse("LimitExceededException", "a rule has at most 5 targets");
        }
        Ok(Some(rule))
    }

    fn subject(request: &dyn Any) -> Option<String> {
        let by_arn = |arn: &Option<String>| Some(last(arn.as_ref()?, ":rule/"));
        (request.downcast_ref().and_then(|it: &Put| it.get_name().clone()))
            .or_else(|| request.downcast_ref().and_then(|it: &Delete| it.get_name().clone()))
            .or_else(|| request.downcast_ref().and_then(|it: &PutTargets| it.get_rule().clone()))
            .or_else(|| request.downcast_ref().and_then(|it: &RemoveTargets| it.get_rule().clone()))
            .or_else(|| request.downcast_ref().and_then(|it: &Tag| by_arn(it.get_resource_arn())))
            .or_else(|| request.downcast_ref().and_then(|it: &Untag| by_arn(it.get_resource_arn())))
    }
}

fn a_target() -> impl Strategy<Value = Target> {
    let input = prop_oneof![
        Just(TargetInput::Event),
        "[0-9]".prop_map(TargetInput::Constant),
        "\\$\\.[a-b]".prop_map(TargetInput::Derived),
    ];
    let retry = (prop::sample::select(vec![60, 86_400]), prop::sample::select(vec![0, 185]));
    ("[m-n]", prop::option::of("[r-s]"), input, retry, prop::option::of("[q]")).prop_map(
        |(arn, role, input, (max_age, attempts), dead_letter)| Target {
            arn,
            role,
            input,
            max_age,
            attempts,
            dead_letter,
        },
    )
}

pub fn rule() -> impl Strategy<Value = Rule> {
    let fires = prop_oneof![
        "rate\\([2-4] days\\)".prop_map(|expression| (Some(expression), None)),
        "\\{\\}".prop_map(|pattern| (None, Some(pattern))),
        Just((Some("rate(1 day)".to_owned()), Some("{}".to_owned()))),
    ];
    let state = prop::sample::select(vec!["ENABLED", "DISABLED"]);
    let targets = prop::collection::btree_map("[t-z]", a_target(), 0..=5);
    (fires, state, "[d-e]?", targets, tags()).prop_map(
        |((expression, event_pattern), state, description, targets, tags)| Rule {
            name: "r".into(),
            arn: arn("r"),
            expression,
            event_pattern,
            state: state.into(),
            description,
            targets,
            tags,
        },
    )
}
