//! What an account has that a first config can name. Source: Amazon ECS API.

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::facts::{describe_clusters, describe_task_definitions};
use super::{Aws, Failure, READS_AT_ONCE, pages, read};
use crate::config::{CapacityProvider, Launch};

/// A service, as far as a job can take its network from it.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Their ids.
    pub subnets: Vec<String>,
    /// Their ids.
    pub security_groups: Vec<String>,
    /// Whether its tasks get a public address.
    pub assign_public_ip: bool,
    /// What it runs on.
    pub launch: Launch,
}

/// The names of the clusters that can run something.
///
/// # Errors
/// When AWS refuses, or stays out of reach.
pub async fn active_clusters(aws: &Aws) -> Result<Vec<String>, Failure> {
    let page = async |token: Option<String>| {
        let answer = aws.ecs.list_clusters().set_next_token(token).send().await;
        let answer = answer.map_err(|error| Failure::new("ecs:ListClusters", &error))?;
        Ok((answer.cluster_arns.unwrap_or_default(), answer.next_token))
    };
    let arns = pages(page).await?;
    let found = describe_clusters(aws, arns.iter().map(|arn| last(arn))).await?;
    Ok(found.into_iter().filter(|(_, cluster)| cluster.status == "ACTIVE").map(|(name, _)| name).collect())
}

/// The families that have an active task definition.
///
/// # Errors
/// When AWS refuses, or stays out of reach.
pub async fn families(aws: &Aws) -> Result<Vec<String>, Failure> {
    let active = aws_sdk_ecs::types::TaskDefinitionFamilyStatus::Active;
    let page = async |token: Option<String>| {
        let request = aws.ecs.list_task_definition_families().status(active.clone()).set_next_token(token);
        let answer = request.send().await;
        let answer = answer.map_err(|error| Failure::new("ecs:ListTaskDefinitionFamilies", &error))?;
        Ok((answer.families.unwrap_or_default(), answer.next_token))
    };
    let mut families = pages(page).await?;
    families.sort();
    Ok(families)
}

/// The containers of an active task definition. None when there is no such.
///
/// # Errors
/// When AWS refuses, or stays out of reach.
pub async fn containers(aws: &Aws, task_definition: &str) -> Result<Option<Vec<String>>, Failure> {
    let answers = describe_task_definitions(aws, std::iter::once(task_definition)).await;
    let found = answers.into_iter().next().map(|(_, answer)| answer).transpose()?.flatten();
    Ok(found.map(|found| found.containers))
}

/// The services of a cluster whose tasks have a network of their own, by name.
///
/// # Errors
/// When AWS refuses, or stays out of reach.
pub async fn services(aws: &Aws, cluster: &str) -> Result<Vec<Service>, Failure> {
    let page = async |token: Option<String>| {
        let request = aws.ecs.list_services().cluster(cluster).max_results(100).set_next_token(token);
        let answer = request.send().await.map_err(|error| Failure::new("ecs:ListServices", &error))?;
        Ok((answer.service_arns.unwrap_or_default(), answer.next_token))
    };
    let arns = pages(page).await?;
    // `DescribeServices` takes ten.
    let some: Vec<Vec<String>> = arns.chunks(10).map(<[String]>::to_vec).collect();
    let described = stream::iter(some).map(async |some| {
        let ask = async || {
            let answer = aws.ecs.describe_services().cluster(cluster).set_services(Some(some.clone())).send().await;
            answer.map_err(|error| Failure::new("ecs:DescribeServices", &error))
        };
        Ok(read(ask).await?.services.unwrap_or_default())
    });
    let described: Vec<Vec<_>> = described.buffered(READS_AT_ONCE).try_collect().await?;
    let mut services: Vec<Service> = described.into_iter().flatten().filter_map(service).collect();
    services.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(services)
}

fn service(found: aws_sdk_ecs::types::Service) -> Option<Service> {
    let network = found.network_configuration?.awsvpc_configuration?;
    let providers = found.capacity_provider_strategy.unwrap_or_default().into_iter();
    let providers: Vec<CapacityProvider> = providers
        .map(|one| CapacityProvider {
            name: one.capacity_provider,
            weight: Some(one.weight),
            base: Some(one.base).filter(|base| *base > 0),
        })
        .collect();
    Some(Service {
        name: found.service_name?,
        subnets: network.subnets,
        security_groups: network.security_groups.unwrap_or_default(),
        assign_public_ip: network.assign_public_ip.is_some_and(|assign| assign.as_str() == "ENABLED"),
        launch: match found.launch_type {
            _ if !providers.is_empty() => Launch::CapacityProviders(providers),
            launch_type => Launch::Type(launch_type.map_or_else(|| "FARGATE".into(), |one| one.as_str().to_owned())),
        },
    })
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
