//! Subnets and security groups: that they exist, and share a VPC.

use std::collections::{BTreeMap, BTreeSet};

use super::{ask_once_elsewhere, unanswered};
use crate::aws::query::child;
use crate::aws::{Aws, Failure, Service};
use crate::config::listed;
use crate::finding::{Finding, needed_by};
use crate::references::{Network, References, Run, jobs_of};

/// Ids by the VPC that they are in.
type Vpcs = BTreeMap<String, String>;

/// The values that one filter takes. Source: Amazon EC2 API, `Filter`.
const VALUES: usize = 200;

/// One finding a network.
pub async fn exist(aws: &Aws, references: &References) -> Vec<Finding> {
    let networks = references.networks();
    let all = |ids: fn(&Network) -> &[String]| -> BTreeSet<&str> {
        networks.keys().flat_map(|network| ids(network)).map(String::as_str).collect()
    };
    let (subnets, groups) = (all(|network| &network.subnets), all(|network| &network.security_groups));
    let (subnets, groups) = tokio::join!(
        vpcs(aws, "ec2:DescribeSubnets", ("subnet-id", &subnets), ("subnetSet", "subnetId")),
        vpcs(aws, "ec2:DescribeSecurityGroups", ("group-id", &groups), ("securityGroupInfo", "groupId"))
    );
    networks.iter().map(|(network, runs)| finding(aws, network, runs, &subnets, &groups)).collect()
}

fn finding(
    aws: &Aws,
    network: &Network,
    runs: &[&Run],
    subnets: &Result<Vpcs, Failure>,
    groups: &Result<Vpcs, Failure>,
) -> Finding {
    let need = needed_by(&jobs_of(runs));
    let subject = match runs {
        [one] => format!("network of job `{}`", one.job),
        several => format!("network of {} jobs", jobs_of(several).len()),
    };
    let mut parts = vec![there(aws, "subnets", "subnet", &network.subnets, subnets, &need)];
    if !network.security_groups.is_empty() {
        parts.push(there(aws, "security groups", "security group", &network.security_groups, groups, &need));
    }
    let Ok(subnets) = subnets else { return Finding::skipped(subject, "its subnets are not known").with(parts) };
    if parts.iter().any(|part| part.wrong().is_some()) {
        return Finding::skipped(subject, "not all of it is there").with(parts);
    }
    let groups = groups.as_ref().ok();
    // In the config's order: a VPC's own id says nothing to a reader.
    let vpcs: Vec<(&str, Vec<&str>)> = network
        .subnets
        .iter()
        .filter_map(|id| Some((id, subnets.get(id)?)))
        .chain(network.security_groups.iter().filter_map(|id| Some((id, groups?.get(id)?))))
        .fold(Vec::new(), |mut vpcs: Vec<(&str, Vec<&str>)>, (id, vpc)| {
            match vpcs.iter_mut().find(|(other, _)| other == vpc) {
                Some((_, ids)) => ids.push(id),
                None => vpcs.push((vpc, vec![id])),
            }
            vpcs
        });
    let shown = |(vpc, ids): &(&str, Vec<&str>)| format!("{vpc} has {}", listed(ids.iter().copied()));
    match vpcs.len() {
        0 | 1 => Finding::ok(subject, vpcs.first().map_or("", |(vpc, _)| vpc)).with(parts),
        _ => {
            let message = format!("it is in several VPCs: {}", vpcs.iter().map(shown).collect::<Vec<_>>().join("; "));
            Finding::fault(subject, message, "take `subnets` and `security_groups` of one VPC").with(parts)
        }
    }
}

fn there(aws: &Aws, subject: &str, one: &str, ids: &[String], found: &Result<Vpcs, Failure>, need: &str) -> Finding {
    let found = match found {
        Ok(found) => found,
        Err(failure) => return unanswered(aws, subject, failure),
    };
    let missing: Vec<&str> = ids.iter().filter(|id| !found.contains_key(*id)).map(String::as_str).collect();
    if missing.is_empty() {
        return Finding::ok(subject, listed(ids.iter().map(String::as_str)));
    }
    let message = format!("there is no {one} {} in {}, which {need}", listed(missing), aws.region);
    Finding::fault(subject, message, format!("correct `{}` under [ecs]", subject.replace(' ', "_")))
}

/// By id its VPC, of those that are there. Sources: Amazon EC2 API, `DescribeSubnets` and `DescribeSecurityGroups`,
/// which take a filter of what may be missing, and refuse a list of it.
async fn vpcs(
    aws: &Aws,
    api: &'static str,
    (filter, wanted): (&str, &BTreeSet<&str>),
    (set, id): (&str, &str),
) -> Result<Vpcs, Failure> {
    let wanted: Vec<&str> = wanted.iter().copied().collect();
    let mut found = Vpcs::new();
    for some in wanted.chunks(VALUES) {
        let mut parameters = vec![("Filter.1.Name".to_owned(), filter)];
        parameters.extend(some.iter().enumerate().map(|(at, id)| (format!("Filter.1.Value.{}", at + 1), *id)));
        let ask = async || aws.query.ask(Service::Ec2, api, &aws.region, &parameters).await;
        let xml = ask_once_elsewhere(aws, ask).await?;
        let document = roxmltree::Document::parse(&xml).map_err(|_| Failure::unreadable(api))?;
        let items = document.descendants().filter(|node| node.tag_name().name() == set).flat_map(|set| set.children());
        found.extend(items.filter_map(|item| Some((child(item, id)?.to_owned(), child(item, "vpcId")?.to_owned()))));
    }
    Ok(found)
}
