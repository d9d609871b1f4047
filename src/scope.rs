//! Where an app lives: account, partition, region. Names become ARNs here, so a plan knows all before anything exists.

use std::collections::BTreeMap;

use crate::config::Config;

/// Tags of a resource.
pub type Tags = BTreeMap<String, String>;

/// The tag that says which app a resource belongs to.
pub const APP_TAG: &str = "provision:app";
/// The tag that says which job a resource belongs to.
pub const JOB_TAG: &str = "provision:job";
/// The tag of a resource that may not be deleted.
pub const PROTECT_TAG: &str = "provision:protect";
/// The job tag of a resource that several jobs share.
pub const SHARED: &str = "@shared";

/// An app's place in AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The app's name.
    pub app: String,
    /// The environment, where the app is one of several.
    pub environment: Option<String>,
    /// Twelve digits.
    pub account: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
    /// Such as `us-east-1`.
    pub region: String,
}

impl Scope {
    /// The place of the config's app in an account and region that are known already.
    pub fn of(config: &Config, account: &str, region: &str) -> Self {
        Self {
            app: config.app.clone(),
            environment: config.environment.clone(),
            account: account.to_owned(),
            partition: partition(region).to_owned(),
            region: region.to_owned(),
        }
    }

    /// An ARN in this account and region.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    /// The path of the roles that are made for the app of this name.
    pub fn role_path(app: &str) -> String {
        format!("/provision/{app}/")
    }

    /// A role's ARN.
    pub fn role(&self, path: &str, name: &str) -> String {
        format!("arn:{}:iam::{}:role{path}{name}", self.partition, self.account)
    }

    /// A log group's ARN, without the `:*` that CloudWatch Logs and Step Functions append.
    pub fn log_group(&self, name: &str) -> String {
        self.arn("logs", &format!("log-group:{name}"))
    }

    /// A state machine's ARN.
    pub fn state_machine(&self, name: &str) -> String {
        self.arn("states", &format!("stateMachine:{name}"))
    }

    /// The ARN of a rule on the default bus.
    pub fn rule(&self, name: &str) -> String {
        self.arn("events", &format!("rule/{name}"))
    }

    /// A cluster's ARN, from its name or its ARN.
    pub fn cluster(&self, name: &str) -> String {
        if name.starts_with("arn:") { name.to_owned() } else { self.arn("ecs", &format!("cluster/{name}")) }
    }

    /// The tags of a resource of `job`: the user's and ours.
    pub fn tags(&self, config: &Config, job: &str) -> Tags {
        let mut tags = config.tags.clone();
        tags.insert(APP_TAG.into(), self.app.clone());
        tags.insert(JOB_TAG.into(), job.into());
        if config.protects(job) {
            tags.insert(PROTECT_TAG.into(), "true".into());
        }
        tags
    }
}

/// The partition that a region is in. Source: AWS General Reference, "Amazon Resource Names".
pub fn partition(region: &str) -> &'static str {
    const BY_PREFIX: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    BY_PREFIX.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}
