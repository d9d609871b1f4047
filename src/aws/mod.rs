//! AWS as the rest of the program sees it: clients, reads that try again, and errors that say what happened.

mod cloud;
mod connect;
mod endpoint;
mod explicit;
mod facts;
mod failure;
mod inspect;
mod offers;
mod operation;
mod passing;
mod query;
mod quota;
mod retry;
mod tagged;
mod whole;

use std::collections::BTreeSet;
use std::future::Future;

pub use cloud::Cloud;
pub use connect::{configured_region, connect};
pub use facts::{identify, inquire};
pub use failure::{Cause, Failure};
pub use inspect::inspect;
pub use offers::{Service as EcsService, active_clusters, containers, families, services};
pub(crate) use operation::operations;
pub use operation::{Operation, Request};
pub use passing::MORE_RUN;
pub use query::{Query, Service};
pub use retry::{Waiting, limit_reads, on_waiting_reads, send};
pub use tagged::Tagged;

/// Where an app lives, and the clients that reach it.
#[derive(Clone, Debug)]
pub struct Aws {
    /// Amazon CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// Amazon ECS.
    pub ecs: aws_sdk_ecs::Client,
    /// Amazon EventBridge.
    pub events: aws_sdk_eventbridge::Client,
    /// IAM.
    pub iam: aws_sdk_iam::Client,
    /// AWS Step Functions.
    pub states: aws_sdk_sfn::Client,
    /// AWS STS.
    pub sts: aws_sdk_sts::Client,
    /// Resource Groups Tagging API.
    pub tagging: aws_sdk_resourcegroupstagging::Client,
    /// Amazon EC2, SNS and SQS, to look.
    pub query: Query,
    /// The region all of them talk to.
    pub region: String,
    /// Set when the user points the program at something that is not AWS: where, for a person.
    pub endpoint: Option<String>,
}

impl Aws {
    /// Whether bulk reads leave nothing out, a moment's lag aside. Those of AWS do not. Those of emulators leave out
    /// whole kinds and fields, so there each resource is asked for itself.
    pub fn answers_in_full(&self) -> bool {
        self.endpoint.is_none()
    }
}

/// What an answer always holds, be it an empty list. An answer without it tells nothing.
///
/// # Errors
/// When it is not there.
pub fn sent<T>(api: &'static str, member: Option<T>) -> Result<T, Failure> {
    member.ok_or_else(|| Failure::unreadable(api))
}

/// Reads at once, at the most, of one kind. More only meet AWS's throttle.
pub const READS_AT_ONCE: usize = 16;

/// A read, sent again while that can help.
///
/// # Errors
/// When AWS refuses, or stays out of reach.
pub async fn read<T, F>(request: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    retry::read(request).await
}

/// More than any list has: a million executions that run, by the thousand, are the longest. Source: Step Functions
/// Developer Guide, "Step Functions service quotas", open executions.
const MOST_PAGES: usize = 2_000;

/// All pages of a read. `page` takes the token of the last one and gives items and the next token.
///
/// # Errors
/// When AWS refuses one of them, or stays out of reach.
pub async fn pages<T, F>(page: impl Fn(Option<String>) -> F) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut items = Vec::new();
    let mut token = None;
    let mut seen = BTreeSet::new();
    loop {
        let (more, next) = read(|| page(token.clone())).await?;
        items.extend(more);
        token = next.filter(|next| !next.is_empty());
        match &token {
            None => return Ok(items),
            Some(next) if seen.len() < MOST_PAGES && seen.insert(next.clone()) => {}
            Some(_) => return Err(Failure::endless()),
        }
    }
}
