//! `log-group`: where a state machine logs. Source: Amazon CloudWatch Logs API Reference.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::operation::create_log_group::builders::CreateLogGroupInputBuilder as CreateLogGroup;
use aws_sdk_cloudwatchlogs::operation::delete_log_group::builders::DeleteLogGroupInputBuilder as DeleteLogGroup;
use aws_sdk_cloudwatchlogs::operation::delete_retention_policy::builders::DeleteRetentionPolicyInputBuilder as DeleteRetentionPolicy;
use aws_sdk_cloudwatchlogs::operation::put_retention_policy::builders::PutRetentionPolicyInputBuilder as PutRetentionPolicy;
use aws_sdk_cloudwatchlogs::operation::tag_resource::builders::TagResourceInputBuilder as TagResource;
use aws_sdk_cloudwatchlogs::operation::untag_resource::builders::UntagResourceInputBuilder as UntagResource;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::aws::{Failure, READS_AT_ONCE, operations, pages, sent};
use crate::blueprint::Blueprint;
use crate::config::Config;
use crate::kind::{Address, Call, Kind, Look, Wanted, and_all_of, own_tags, tag_changes};
use crate::kinds::sight::Sight;
use crate::scope::{SHARED, Scope, Tags};

operations!(logs, "logs", aws_sdk_cloudwatchlogs:
    create_log_group::CreateLogGroupInputBuilder = "CreateLogGroup",
    delete_log_group::DeleteLogGroupInputBuilder = "DeleteLogGroup",
    put_retention_policy::PutRetentionPolicyInputBuilder = "PutRetentionPolicy",
    delete_retention_policy::DeleteRetentionPolicyInputBuilder = "DeleteRetentionPolicy",
    tag_resource::TagResourceInputBuilder = "TagResource",
    untag_resource::UntagResourceInputBuilder = "UntagResource",
);

/// A log group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Its ARN, without `:*`.
    pub arn: String,
    /// None: events stay for ever.
    pub retention_days: Option<i32>,
    /// Its tags.
    pub tags: Tags,
}

impl Kind for LogGroup {
    const NAME: &'static str = "log-group";
    const READS: &'static [&'static str] = &["logs:DescribeLogGroups", "logs:ListTagsForResource", "tag:GetResources"];
    const WRITES: &'static [&'static str] = &[
        "logs:CreateLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
    ];
    const DELETES: &'static [&'static str] = &["logs:DeleteLogGroup"];

    fn names(config: &Config) -> Vec<String> {
        config.jobs.iter().map(|job| job.logs.group.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// CloudWatch Logs names a group with `:*` behind it, and for tags without. Source: Amazon CloudWatch Logs User Guide,
    /// "CloudWatch Logs resources and operations".
    fn arns(config: &Config, scope: &Scope) -> Vec<String> {
        let derived = format!("/aws/vendedlogs/states/{}-", scope.app);
        let names = and_all_of(&derived, Self::names(config)).into_iter();
        names
            .flat_map(|name| {
                let arn = scope.log_group(&name);
                let with_star = (!name.ends_with('*')).then(|| format!("{arn}:*"));
                std::iter::once(arn).chain(with_star)
            })
            .collect()
    }

    fn desired(blueprint: &Blueprint<'_>) -> Vec<Wanted<Self>> {
        let mut groups: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for plan in &blueprint.jobs {
            let sharing = blueprint.config.jobs.iter().filter(|job| job.logs.group == plan.job.logs.group);
            groups.entry(&plan.job.logs.group).or_insert_with(|| sharing.collect());
        }
        let group = |(name, jobs): (&str, Vec<&crate::config::Job>)| {
            let tag = if jobs.len() == 1 { &jobs[0].name } else { SHARED };
            let resource = Self {
                name: name.to_owned(),
                arn: blueprint.scope.log_group(name),
                retention_days: jobs[0].logs.retention_days,
                tags: blueprint.scope.tags(blueprint.config, tag),
            };
            Wanted { resource, jobs: jobs.iter().map(|job| job.name.clone()).collect() }
        };
        groups.into_iter().map(group).collect()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn needs(&self) -> Vec<Address> {
        Vec::new()
    }

    async fn observe(look: &Look<'_>, names: &[String]) -> Result<Vec<Self>, Failure> {
        let names: BTreeSet<String> = names.iter().cloned().collect();
        let candidates = if look.aws.answers_in_full() {
            let named = list_all(look, &names);
            let others = async {
                let owned = look.owned(&look.scope.log_group("")).await?;
                list_all(look, &owned.difference(&names).cloned().collect()).await
            };
            let (named, others) = tokio::try_join!(named, others)?;
            named.into_iter().chain(others).collect()
        } else {
            list(look, None).await?
        };
        let found = stream::iter(candidates).map(|group| complete(look, group)).buffer_unordered(READS_AT_ONCE);
        let found: Vec<Option<Self>> = found.try_collect().await?;
        let app = look.scope.app.as_str();
        Ok(found
            .into_iter()
            .flatten()
            .filter(|group| names.contains(&group.name) || group.owner() == Some(app))
            .collect())
    }

    fn calls(from: Option<&Self>, to: Option<&Self>) -> Vec<Call> {
        let mut calls = Vec::new();
        match (from, to) {
            (None, None) => {}
            (Some(from), None) => calls.push(Call::new(DeleteLogGroup::default().log_group_name(&from.name))),
            (None, Some(to)) => {
                let tags = Some(to.tags.clone().into_iter().collect())
                    .filter(|tags: &std::collections::HashMap<_, _>| !tags.is_empty());
                calls.push(Call::new(CreateLogGroup::default().log_group_name(&to.name).set_tags(tags)));
                calls.extend(retention(None, to));
            }
            (Some(from), Some(to)) => {
                calls.extend(retention(from.retention_days, to));
                let (set, unset) = tag_changes(&from.tags, &to.tags);
                if !set.is_empty() {
                    let tag = TagResource::default().resource_arn(&to.arn);
                    calls.push(Call::new(set.iter().fold(tag, |tag, (key, value)| tag.tags(*key, *value))));
                }
                if !unset.is_empty() {
                    let untag = UntagResource::default().resource_arn(&to.arn);
                    calls.push(Call::new(unset.iter().fold(untag, |untag, key| untag.tag_keys(*key))));
                }
            }
        }
        calls
    }
}

fn retention(from: Option<i32>, to: &LogGroup) -> Option<Call> {
    if from == to.retention_days {
        return None;
    }
    Some(match to.retention_days {
        Some(days) => Call::new(PutRetentionPolicy::default().log_group_name(&to.name).retention_in_days(days)),
        None => Call::new(DeleteRetentionPolicy::default().log_group_name(&to.name)),
    })
}

/// One prefix for the names of each folder, so that five hundred groups are a few pages and not five hundred requests.
fn prefixes(names: &BTreeSet<String>) -> Vec<String> {
    let mut folders: BTreeMap<&str, String> = BTreeMap::new();
    for name in names {
        let folder = &name[..name.rfind('/').map_or(0, |slash| slash + 1)];
        let prefix = folders.entry(folder).or_insert_with(|| name.clone());
        let common: usize =
            prefix.chars().zip(name.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        prefix.truncate(common);
    }
    folders.into_values().collect()
}

/// The groups of these names, of which there are.
async fn list_all(look: &Look<'_>, names: &BTreeSet<String>) -> Result<Vec<LogGroup>, Failure> {
    let lists = stream::iter(prefixes(names)).map(|prefix| list(look, Some(prefix))).buffer_unordered(READS_AT_ONCE);
    let listed: Vec<Vec<LogGroup>> = lists.try_collect().await?;
    Ok(listed.into_iter().flatten().filter(|group| names.contains(&group.name)).collect())
}

async fn list(look: &Look<'_>, prefix: Option<String>) -> Result<Vec<LogGroup>, Failure> {
    let page = async |token: Option<String>| {
        let request = look.aws.logs.describe_log_groups().set_next_token(token);
        let request = request.set_log_group_name_prefix(prefix.clone().filter(|prefix| !prefix.is_empty()));
        let answer = request.send().await.map_err(|error| Failure::new("logs:DescribeLogGroups", &error))?;
        let next = answer.next_token().map(str::to_owned);
        Ok((sent("logs:DescribeLogGroups", answer.log_groups)?, next))
    };
    let group = |group: aws_sdk_cloudwatchlogs::types::LogGroup| {
        let name = group.log_group_name?;
        Some(LogGroup {
            arn: look.scope.log_group(&name),
            name,
            retention_days: group.retention_in_days,
            tags: Tags::new(),
        })
    };
    Ok(pages(page).await?.into_iter().filter_map(group).collect())
}

/// A listed log group with its tags. Where they are "not found", it is gone only when the list says so too.
async fn complete(look: &Look<'_>, group: LogGroup) -> Result<Option<LogGroup>, Failure> {
    let again = async || {
        let listed = list(look, Some(group.name.clone())).await?;
        match listed.into_iter().find(|listed| listed.name == group.name) {
            Some(group) => Ok(Sight::of(with_tags(look, group).await?)),
            None => Ok(Sight::Gone),
        }
    };
    let first = Sight::of(with_tags(look, group.clone()).await?);
    first.or_again("logs:DescribeLogGroups", group.address().to_string(), again).await
}

async fn with_tags(look: &Look<'_>, group: LogGroup) -> Result<Option<LogGroup>, Failure> {
    let ask = async || {
        let answer = look.aws.logs.list_tags_for_resource().resource_arn(&group.arn).send().await;
        let answer = answer.map_err(|error| Failure::new("logs:ListTagsForResource", &error))?;
        Ok(own_tags(sent("logs:ListTagsForResource", answer.tags)?))
    };
    let tags = look.tags(LogGroup::NAME, &group.name, &group.arn, ask).await?;
    Ok(tags.map(|tags| LogGroup { tags, ..group.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_one_folder_are_listed_together() {
        let names = ["/aws/vendedlogs/states/billing-a", "/aws/vendedlogs/states/billing-b", "/other/x", "plain"];
        let names = names.iter().map(ToString::to_string).collect();
        assert_eq!(prefixes(&names), ["plain", "/aws/vendedlogs/states/billing-", "/other/x"]);
    }
}
