//! The least policy of whoever runs the program. Which resources and conditions an action takes is from the Service
//! Authorization Reference.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use serde_json::json;

use super::policy::Policy;
use crate::config::{Config, Job, RoleChoice};
use crate::kinds::REGISTRY;
use crate::references::References;
use crate::scope::Scope;

/// What somebody is to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    /// To see what apply would do: reading only
    Diff,
    /// To make AWS what the config says
    Apply,
    /// To remove all that the app owns
    Destroy,
}

/// Reads that IAM allows on no narrower resource than all of them.
const ON_ALL: [&str; 7] = [
    "ecs:DescribeTaskDefinition",
    "events:ListRules",
    "iam:GetAccountAuthorizationDetails",
    "iam:ListRoles",
    "logs:DescribeLogGroups",
    "states:ListStateMachines",
    "tag:GetResources",
];

/// Actions of which a boundary can be demanded, so that nobody gives a role more than it allows.
const BOUNDED: [&str; 3] = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"];

/// The least that `purpose` takes. With `elsewhere` at an endpoint that is not AWS, where every resource is looked at.
///
/// `sts:GetCallerIdentity` is not in it: IAM denies it to nobody. Source: AWS STS API Reference, `GetCallerIdentity`.
pub fn caller_policy(config: &Config, scope: &Scope, purpose: Purpose, elsewhere: bool) -> Policy {
    let boundary = Boundary::of(config);
    let mut grants = Grants { elsewhere, ..Grants::default() };
    for access in REGISTRY.iter().map(|kind| kind.access(config, scope)) {
        let also = access.reads_elsewhere.iter().filter(|_| elsewhere && !access.arns.is_empty());
        for action in access.reads.iter().chain(also) {
            grants.read(action, &access.arns);
        }
        let makes = access.writes.iter().filter(|_| purpose == Purpose::Apply);
        let removes = access.deletes.iter().filter(|_| purpose != Purpose::Diff);
        for action in makes.chain(removes).filter(|action| boundary.has_use_for(action)) {
            grants.add(action, &touched(action, &access.arns), boundary.condition(action));
        }
    }
    if purpose != Purpose::Destroy {
        facts(config, scope, &mut grants);
    }
    if purpose == Purpose::Apply {
        passed_roles(config, scope, &mut grants);
    }
    grants.policy()
}

/// The resources by which IAM judges an action that is sent about those of `arns`: as a rule, themselves.
fn touched(action: &str, arns: &[String]) -> Vec<String> {
    let other = |arn: &String| match action {
        "iam:RemoveRoleFromInstanceProfile" => {
            let account = arn.split(":role/").next().unwrap_or_default();
            format!("{account}:instance-profile/*")
        }
        "states:StopExecution" => format!("{}:*", arn.replace(":stateMachine:", ":execution:")),
        _ => arn.clone(),
    };
    arns.iter().map(other).collect()
}

/// What the desired resources depend on is looked at too.
fn facts(config: &Config, scope: &Scope, grants: &mut Grants) {
    let references = References::that_decide(config, |_| true);
    let clusters: Vec<String> = references.clusters().keys().map(|name| scope.cluster(name)).collect();
    if !clusters.is_empty() {
        grants.read("ecs:DescribeClusters", &clusters);
        grants.read("ecs:DescribeTaskDefinition", &clusters);
    }
}

/// A state machine's role is passed to Step Functions, and a rule's to EventBridge. Of the roles that are made, all may
/// be: whoever may write their policies gains nothing by passing another of them.
fn passed_roles(config: &Config, scope: &Scope, grants: &mut Grants) {
    let execution = config.jobs.iter().map(|job| &job.roles.execution);
    let trigger = config.jobs.iter().filter(|job| !job.schedules.is_empty()).map(|job| &job.roles.trigger);
    let arn = |role: &RoleChoice| match role {
        RoleChoice::Made(_) => scope.role(&config.role_path(), "*"),
        RoleChoice::Given(arn) => arn.clone(),
    };
    let passed: [(&str, BTreeSet<String>); 2] =
        [("states.amazonaws.com", execution.map(arn).collect()), ("events.amazonaws.com", trigger.map(arn).collect())];
    for (service, roles) in passed {
        let roles: Vec<String> = roles.into_iter().collect();
        grants.add("iam:PassRole", &roles, Some(("iam:PassedToService", vec![service.to_owned()])));
    }
}

/// The boundaries of the roles that are made.
struct Boundary<'a> {
    named: BTreeSet<&'a str>,
    /// Whether some role has none.
    missing: bool,
}

impl<'a> Boundary<'a> {
    fn of(config: &'a Config) -> Self {
        let made = |role: &RoleChoice| matches!(role, RoleChoice::Made(_));
        let makes = |job: &&Job| made(&job.roles.execution) || (!job.schedules.is_empty() && made(&job.roles.trigger));
        let boundaries = || config.jobs.iter().filter(makes).map(|job| job.roles.permissions_boundary.as_deref());
        Self { named: boundaries().flatten().collect(), missing: boundaries().any(|one| one.is_none()) }
    }

    /// A boundary is put where the config names one, and taken off where it does not.
    fn has_use_for(&self, action: &str) -> bool {
        match action {
            "iam:PutRolePermissionsBoundary" => !self.named.is_empty(),
            "iam:DeleteRolePermissionsBoundary" => self.missing,
            _ => true,
        }
    }

    fn condition(&self, action: &str) -> Option<Condition> {
        let bounds = !self.missing && !self.named.is_empty() && BOUNDED.contains(&action);
        let named = self.named.iter().map(|arn| (*arn).to_owned());
        bounds.then(|| ("iam:PermissionsBoundary", named.collect()))
    }
}

/// A condition key, and the values of which it has one.
type Condition = (&'static str, Vec<String>);

/// Actions by what they are allowed on, and under which condition.
#[derive(Default)]
struct Grants {
    elsewhere: bool,
    by_resources: BTreeMap<(Vec<String>, Option<Condition>), BTreeSet<String>>,
}

impl Grants {
    fn read(&mut self, action: &str, resources: &[String]) {
        let all = self.elsewhere || ON_ALL.contains(&action);
        let everything = ["*".to_owned()];
        self.add(action, if all { &everything } else { resources }, None);
    }

    /// Nothing is allowed where there are no resources.
    fn add(&mut self, action: &str, resources: &[String], condition: Option<Condition>) {
        if !resources.is_empty() {
            let actions = self.by_resources.entry((resources.to_vec(), condition)).or_default();
            actions.insert(action.to_owned());
        }
    }

    fn policy(self) -> Policy {
        Policy::new(self.by_resources.into_iter().map(|((resources, condition), actions)| {
            let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
            if let Some((key, values)) = condition {
                statement["Condition"] = json!({ "StringEquals": { key: values } });
            }
            statement
        }))
    }
}
