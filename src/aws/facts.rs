//! Asks AWS for what we don't manage: who we are, task definitions, clusters.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt};

use super::{Aws, Failure, READS_AT_ONCE, read};
use crate::config::Config;
use crate::error::Error;
use crate::facts::{Facts, Questions, TaskDefinition};
use crate::scope::Scope;

/// Who we are and where the app therefore lives. Refuses an account that is not the config's.
///
/// # Errors
/// When AWS does not say, or when it is the wrong account.
pub async fn identify(aws: &Aws, config: &Config) -> Result<Scope, Error> {
    let ask = async || {
        let answer = aws.sts.get_caller_identity().send().await;
        answer.map_err(|error| Failure::new("sts:GetCallerIdentity", &error))
    };
    let identity = read(ask).await.map_err(|failure| {
        let place = aws.endpoint.as_deref().unwrap_or(&aws.region);
        failure.into_error(format!("can't find out whose account this is, asking {place}"))
    })?;
    let account = identity.account.unwrap_or_default();
    if let Some(wanted) = config.account.as_ref().filter(|wanted| **wanted != account) {
        let message = format!("these credentials are of account {account}, and the config is for {wanted}");
        return Err(Error::refused(message).hint("use the right profile (AWS_PROFILE), or correct `account`"));
    }
    let arn = identity.arn.unwrap_or_default();
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
/// When a cluster or task definition is missing, or AWS refuses.
pub async fn inquire(aws: &Aws, questions: &Questions) -> Result<Facts, Error> {
    let clusters = clusters(aws, questions);
    let definitions = stream::iter(&questions.task_definitions)
        .map(async |(name, jobs)| (name, jobs, task_definition(aws, name).await))
        .buffered(READS_AT_ONCE)
        .collect::<Vec<_>>();
    let (missing_clusters, definitions) = tokio::join!(clusters, definitions);
    let mut missing = missing_clusters?;
    let mut facts = Facts::default();
    for (name, jobs, answer) in definitions {
        match answer {
            Ok(Some(definition)) => {
                facts.task_definitions.insert(name.clone(), definition);
            }
            Ok(None) => missing.push(format!("there is no active task definition `{name}`, which {} needs", of(jobs))),
            Err(failure) => return Err(failure.into_error(format!("can't read the task definition `{name}`"))),
        }
    }
    if missing.is_empty() {
        return Ok(facts);
    }
    let place = format!("the config refers to what is not there in {}", aws.region);
    let hint = "register the task definition or make the cluster first, or correct the config: `aws ecs list-clusters`, \
                `aws ecs list-task-definition-families`";
    Err(missing.into_iter().fold(Error::failed(place), Error::caused_by).hint(hint))
}

fn of(jobs: &BTreeSet<String>) -> String {
    let names = crate::config::listed(jobs.iter().map(String::as_str));
    if jobs.len() == 1 { format!("job {names}") } else { format!("jobs {names}") }
}

/// A sentence for each cluster that is not active. Source: Amazon ECS API, `DescribeClusters`, at most 100 at once.
async fn clusters(aws: &Aws, questions: &Questions) -> Result<Vec<String>, Error> {
    let mut missing = Vec::new();
    let all: Vec<_> = questions.clusters.iter().collect();
    for some in all.chunks(100) {
        let names: Vec<String> = some.iter().map(|(name, _)| (*name).clone()).collect();
        let ask = async || {
            let answer = aws.ecs.describe_clusters().set_clusters(Some(names.clone())).send().await;
            answer.map_err(|error| Failure::new("ecs:DescribeClusters", &error))
        };
        let answer = read(ask).await.map_err(|failure| failure.into_error("can't look for the clusters"))?;
        let found = answer.clusters.unwrap_or_default();
        for (name, jobs) in some {
            let is = |cluster: &&aws_sdk_ecs::types::Cluster| {
                cluster.cluster_arn() == Some(name) || cluster.cluster_name() == Some(name)
            };
            match found.iter().find(is).map(|cluster| cluster.status().unwrap_or("ACTIVE")) {
                Some("ACTIVE") => {}
                Some(status) => missing.push(format!("the cluster `{name}`, which {} needs, is {status}", of(jobs))),
                None => missing.push(format!("there is no cluster `{name}`, which {} needs", of(jobs))),
            }
        }
    }
    Ok(missing)
}

/// None when there is none that can run. Source: Amazon ECS API, `DescribeTaskDefinition`, which answers a
/// `ClientException` for one that it does not know.
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
    let containers = found.container_definitions.unwrap_or_default().into_iter();
    Ok(Some(TaskDefinition {
        task_role: found.task_role_arn.filter(|arn| !arn.is_empty()),
        execution_role: found.execution_role_arn.filter(|arn| !arn.is_empty()),
        containers: containers.filter_map(|container| container.name).collect(),
    }))
}
