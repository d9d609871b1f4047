//! Asks AWS for what we don't manage: who we are, task definitions, clusters.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt};

use super::{Aws, Failure, READS_AT_ONCE, read, sent};
use crate::config::Config;
use crate::error::Error;
use crate::facts::{Cluster, Facts, TaskDefinition, judge_cluster, judge_task_definition};
use crate::finding::Finding;
use crate::references::References;
use crate::scope::Scope;

/// Who we are and where the app therefore lives. Refuses an account that is not the config's.
///
/// # Errors
/// When AWS does not say, or when it is the wrong account.
pub async fn identify(aws: &Aws, config: &Config) -> Result<Scope, Error> {
    let ask = async || {
        let answer = aws.sts.get_caller_identity().send().await;
        let answer = answer.map_err(|error| Failure::new("sts:GetCallerIdentity", &error))?;
        Ok((sent("sts:GetCallerIdentity", answer.account)?, sent("sts:GetCallerIdentity", answer.arn)?))
    };
    let (account, arn) = read(ask).await.map_err(|failure| {
        let place = aws.endpoint.as_deref().unwrap_or(&aws.region);
        failure.into_error(format!("can't find out whose account this is, asking {place}"))
    })?;
    if let Some(wanted) = config.account.as_ref().filter(|wanted| **wanted != account) {
        let message = format!("these credentials are of account {account}, and the config is for {wanted}");
        return Err(Error::refused(message).hint("use the right profile (AWS_PROFILE), or correct `account`"));
    }
    let partition = arn.split(':').nth(1).filter(|partition| !partition.is_empty()).unwrap_or("aws").to_owned();
    Ok(Scope {
        app: config.app.clone(),
        environment: config.environment.clone(),
        account,
        partition,
        region: aws.region.clone(),
    })
}

/// The answers, or an error that names everything that is not there.
///
/// # Errors
/// When a cluster or task definition is missing or does not fit, or AWS refuses.
pub async fn inquire(aws: &Aws, references: &References) -> Result<Facts, Error> {
    let clusters = references.clusters();
    let definitions = references.task_definitions();
    let (found, answers) = tokio::join!(
        describe_clusters(aws, clusters.keys().copied()),
        describe_task_definitions(aws, definitions.keys().copied())
    );
    let mut facts = Facts {
        clusters: found.map_err(|failure| failure.into_error("can't look for the clusters"))?,
        ..Facts::default()
    };
    for (name, answer) in answers {
        let answer =
            answer.map_err(|failure| failure.into_error(format!("can't read the task definition `{name}`")))?;
        facts.task_definitions.extend(answer.map(|definition| (name, definition)));
    }
    let findings: Vec<Finding> = clusters
        .iter()
        .map(|(name, runs)| judge_cluster(name, runs, &facts))
        .chain(definitions.iter().map(|(name, runs)| judge_task_definition(name, runs, &facts)))
        .collect();
    let whole = findings.iter().filter_map(|finding| finding.wrong()).map(|(message, hint)| (message.to_owned(), hint));
    let parts = findings.iter().flat_map(|finding| &finding.parts).filter_map(|part| {
        let (message, hint) = part.wrong()?;
        Some((format!("{}: {message}", part.subject), hint))
    });
    let wrong: Vec<(String, &str)> = whole.chain(parts).collect();
    let Some((_, hint)) = wrong.first() else { return Ok(facts) };
    let error = Error::failed(format!("the config refers to what is not there in {}, or does not fit", aws.region));
    Err(wrong.iter().fold(error, |error, (message, _)| error.caused_by(message)).hint(*hint))
}

/// By name, those that are there. Source: Amazon ECS API, `DescribeClusters`, at most 100 at once.
///
/// # Errors
/// When AWS refuses, or stays out of reach.
pub async fn describe_clusters<'a>(
    aws: &Aws,
    names: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, Cluster>, Failure> {
    let names: Vec<String> = names.map(str::to_owned).collect();
    let mut clusters = BTreeMap::new();
    for some in names.chunks(100) {
        let ask = async || {
            let answer = aws.ecs.describe_clusters().set_clusters(Some(some.to_vec())).send().await;
            answer.map_err(|error| Failure::new("ecs:DescribeClusters", &error))
        };
        let found = sent("ecs:DescribeClusters", read(ask).await?.clusters)?;
        for name in some {
            let is = |cluster: &&aws_sdk_ecs::types::Cluster| {
                cluster.cluster_arn() == Some(name) || cluster.cluster_name() == Some(name)
            };
            if let Some(found) = found.iter().find(is) {
                let providers = found.capacity_providers();
                let told = aws.answers_in_full() || !providers.is_empty();
                let cluster = Cluster {
                    status: found.status().unwrap_or("ACTIVE").to_owned(),
                    capacity_providers: told.then(|| providers.to_vec()),
                };
                clusters.insert(name.clone(), cluster);
            }
        }
    }
    Ok(clusters)
}

/// For each name its task definition. None when there is none that can run.
pub async fn describe_task_definitions<'a>(
    aws: &Aws,
    names: impl Iterator<Item = &'a str>,
) -> Vec<(String, Result<Option<TaskDefinition>, Failure>)> {
    stream::iter(names)
        .map(async |name| (name.to_owned(), task_definition(aws, name).await))
        .buffered(READS_AT_ONCE)
        .collect()
        .await
}

/// Source: Amazon ECS API, `DescribeTaskDefinition`, which answers a `ClientException` for one that it does not know.
async fn task_definition(aws: &Aws, name: &str) -> Result<Option<TaskDefinition>, Failure> {
    let ask = async || {
        let answer = aws.ecs.describe_task_definition().task_definition(name).send().await;
        answer.map_err(|error| Failure::new("ecs:DescribeTaskDefinition", &error))
    };
    let found = match read(ask).await {
        Err(failure) if failure.is(&["ClientException"]) && failure.message.contains("Unable to describe") => None,
        Err(failure) => return Err(failure),
        Ok(answer) => answer.task_definition,
    };
    let Some(found) = found.filter(|found| found.status().is_none_or(|status| status.as_str() == "ACTIVE")) else {
        return Ok(None);
    };
    let compatibilities: Vec<String> = found.compatibilities().iter().map(|one| one.as_str().to_owned()).collect();
    // AWS works them out; elsewhere they are at best what the one who registered it asked for.
    let told = aws.answers_in_full() || !found.requires_compatibilities().is_empty();
    Ok(Some(TaskDefinition {
        compatibilities: (told && !compatibilities.is_empty()).then_some(compatibilities),
        network_mode: found.network_mode().filter(|_| told).map(|mode| mode.as_str().to_owned()),
        task_role: found.task_role_arn.filter(|arn| !arn.is_empty()),
        execution_role: found.execution_role_arn.filter(|arn| !arn.is_empty()),
        containers: found.container_definitions.unwrap_or_default().into_iter().filter_map(|one| one.name).collect(),
    }))
}
