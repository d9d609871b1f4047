use std::any::Any;

use aws_sdk_cloudwatchlogs::operation::create_log_group::builders::CreateLogGroupInputBuilder as Create;
use aws_sdk_cloudwatchlogs::operation::delete_log_group::builders::DeleteLogGroupInputBuilder as Delete;
use aws_sdk_cloudwatchlogs::operation::delete_retention_policy::builders::DeleteRetentionPolicyInputBuilder as DeleteRetention;
use aws_sdk_cloudwatchlogs::operation::put_retention_policy::builders::PutRetentionPolicyInputBuilder as PutRetention;
use aws_sdk_cloudwatchlogs::operation::tag_resource::builders::TagResourceInputBuilder as Tag;
use aws_sdk_cloudwatchlogs::operation::untag_resource::builders::UntagResourceInputBuilder as Untag;
use proptest::prelude::*;
use provision::kinds::LogGroup;

use crate::{Model, holds, maybe, tags};

const ARN: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/a";

impl Model for LogGroup {
    fn serve(held: Option<Self>, request: &dyn Any) -> Result<Option<Self>, String> {
        if let Some(create) = request.downcast_ref::<Create>() {
            if held.is_some() {
                return Err("it exists".into());
            }
            let tags = create.get_tags().clone().unwrap_or_default().into_iter().collect();
            let name = create.get_log_group_name().clone().ok_or("no name")?;
            return Ok(Some(Self { name, arn: ARN.into(), retention_days: None, tags }));
        }
        let mut group = held.ok_or("it does not exist")?;
        if request.is::<Delete>() {
            return Ok(None);
        } else if let Some(put) = request.downcast_ref::<PutRetention>() {
            group.retention_days = Some(put.get_retention_in_days().ok_or("no days")?);
        } else if request.is::<DeleteRetention>() {
            group.retention_days = None;
        } else if let Some(tag) = request.downcast_ref::<Tag>() {
            assert_eq!(tag.get_resource_arn().as_deref(), Some(ARN));
            group.tags.extend(tag.get_tags().clone().ok_or("no tags")?);
        } else if let Some(untag) = request.downcast_ref::<Untag>() {
            let keys = untag.get_tag_keys().clone().ok_or("no keys")?;
            group.tags.retain(|key, _| !keys.contains(key));
        } else {
            return Err("an operation that the model does not know".into());
        }
        Ok(Some(group))
    }
}

fn any() -> impl Strategy<Value = LogGroup> {
    let retention = prop::option::of(prop::sample::select(vec![1, 30, 3653]));
    (retention, tags()).prop_map(|(retention_days, tags)| LogGroup {
        name: "/a".into(),
        arn: ARN.into(),
        retention_days,
        tags,
    })
}

proptest! {
    #[test]
    fn the_laws_hold(from in maybe(any()), to in maybe(any())) {
        holds(&from, &to)?;
    }
}
