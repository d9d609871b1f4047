//! Log groups. Source: Amazon CloudWatch Logs API Reference.

use std::any::Any;

use aws_sdk_cloudwatchlogs::operation::create_log_group::builders::CreateLogGroupInputBuilder as Create;
use aws_sdk_cloudwatchlogs::operation::delete_log_group::builders::DeleteLogGroupInputBuilder as Delete;
use aws_sdk_cloudwatchlogs::operation::delete_retention_policy::builders::DeleteRetentionPolicyInputBuilder as DeleteRetention;
use aws_sdk_cloudwatchlogs::operation::put_retention_policy::builders::PutRetentionPolicyInputBuilder as PutRetention;
use aws_sdk_cloudwatchlogs::operation::tag_resource::builders::TagResourceInputBuilder as Tag;
use aws_sdk_cloudwatchlogs::operation::untag_resource::builders::UntagResourceInputBuilder as Untag;
use proptest::prelude::*;
use provision::kinds::LogGroup;

use super::{Model, Refusal, account, last, refuse, tags};

fn arn(name: &str) -> String {
    account("logs", &format!("log-group:{name}"))
}

impl Model for LogGroup {
    fn serve(held: Option<Self>, request: &dyn Any) -> Result<Option<Self>, Refusal> {
        if let Some(create) = request.downcast_ref::<Create>() {
            if held.is_some() {
                return refuse("ResourceAlreadyExistsException", "The specified log group already exists");
            }
            let tags = create.get_tags().clone().unwrap_or_default().into_iter().collect();
            let name = create.get_log_group_name().clone().ok_or("no name")?;
            return Ok(Some(Self { arn: arn(&name), name, retention_days: None, tags }));
        }
        let Some(mut group) = held else {
            return refuse("ResourceNotFoundException", "The specified log group does not exist.");
        };
        if request.is::<Delete>() {
            return Ok(None);
        } else if let Some(put) = request.downcast_ref::<PutRetention>() {
            group.retention_days = Some(put.get_retention_in_days().ok_or("no days")?);
        } else if request.is::<DeleteRetention>() {
            group.retention_days = None;
        } else if let Some(tag) = request.downcast_ref::<Tag>() {
            group.tags.extend(tag.get_tags().clone().ok_or("no tags")?);
        } else if let Some(untag) = request.downcast_ref::<Untag>() {
            let keys = untag.get_tag_keys().clone().ok_or("no keys")?;
            group.tags.retain(|key, _| !keys.contains(key));
        } else {
            return Err("an operation that the model does not know".into());
        }
        Ok(Some(group))
    }

    fn subject(request: &dyn Any) -> Option<String> {
        let by_name = |name: &Option<String>| name.clone();
        let by_arn = |arn: &Option<String>| Some(last(arn.as_ref()?, ":log-group:"));
        (request.downcast_ref().and_then(|it: &Create| by_name(it.get_log_group_name())))
            .or_else(|| request.downcast_ref().and_then(|it: &Delete| by_name(it.get_log_group_name())))
            .or_else(|| request.downcast_ref().and_then(|it: &PutRetention| by_name(it.get_log_group_name())))
            .or_else(|| request.downcast_ref().and_then(|it: &DeleteRetention| by_name(it.get_log_group_name())))
            .or_else(|| request.downcast_ref().and_then(|it: &Tag| by_arn(it.get_resource_arn())))
            .or_else(|| request.downcast_ref().and_then(|it: &Untag| by_arn(it.get_resource_arn())))
    }
}

pub fn log_group() -> impl Strategy<Value = LogGroup> {
    let retention = prop::option::of(prop::sample::select(vec![1, 30, 3653]));
    (retention, tags()).prop_map(|(retention_days, tags)| LogGroup {
        name: "/a".into(),
        arn: arn("/a"),
        retention_days,
        tags,
    })
}
