//! `role`: whose permissions a state machine and its trigger have. Source: IAM API Reference.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::operation::add_role_to_instance_profile::builders::AddRoleToInstanceProfileInputBuilder as AddRoleToInstanceProfile;
use aws_sdk_iam::operation::attach_role_policy::builders::AttachRolePolicyInputBuilder as AttachRolePolicy;
use aws_sdk_iam::operation::create_role::builders::CreateRoleInputBuilder as CreateRole;
use aws_sdk_iam::operation::delete_role::builders::DeleteRoleInputBuilder as DeleteRole;
use aws_sdk_iam::operation::delete_role_permissions_boundary::builders::DeleteRolePermissionsBoundaryInputBuilder as DeleteRolePermissionsBoundary;
use aws_sdk_iam::operation::delete_role_policy::builders::DeleteRolePolicyInputBuilder as DeleteRolePolicy;
use aws_sdk_iam::operation::detach_role_policy::builders::DetachRolePolicyInputBuilder as DetachRolePolicy;
use aws_sdk_iam::operation::put_role_permissions_boundary::builders::PutRolePermissionsBoundaryInputBuilder as PutRolePermissionsBoundary;
use aws_sdk_iam::operation::put_role_policy::builders::PutRolePolicyInputBuilder as PutRolePolicy;
use aws_sdk_iam::operation::remove_role_from_instance_profile::builders::RemoveRoleFromInstanceProfileInputBuilder as RemoveRoleFromInstanceProfile;
use aws_sdk_iam::operation::tag_role::builders::TagRoleInputBuilder as TagRole;
use aws_sdk_iam::operation::untag_role::builders::UntagRoleInputBuilder as UntagRole;
use aws_sdk_iam::operation::update_assume_role_policy::builders::UpdateAssumeRolePolicyInputBuilder as UpdateAssumeRolePolicy;
use aws_sdk_iam::operation::update_role::builders::UpdateRoleInputBuilder as UpdateRole;
use aws_sdk_iam::types::{EntityType, RoleDetail, Tag};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::arn::Arn;
use crate::aws::{Failure, READS_AT_ONCE, operations, pages, read, sent};
use crate::blueprint::{Blueprint, JobPlan};
use crate::config::{Config, RoleChoice};
use crate::iam::{Policy, execution_trust, trigger_policy, trigger_trust};
use crate::kind::{Address, Call, Kind, Look, Wanted, own_tags, present, tag_changes};
use crate::scope::{Scope, Tags};

operations!(iam, "iam", aws_sdk_iam:
    add_role_to_instance_profile::AddRoleToInstanceProfileInputBuilder = "AddRoleToInstanceProfile",
    attach_role_policy::AttachRolePolicyInputBuilder = "AttachRolePolicy",
    create_role::CreateRoleInputBuilder = "CreateRole",
    delete_role::DeleteRoleInputBuilder = "DeleteRole",
    delete_role_permissions_boundary::DeleteRolePermissionsBoundaryInputBuilder = "DeleteRolePermissionsBoundary",
    delete_role_policy::DeleteRolePolicyInputBuilder = "DeleteRolePolicy",
    detach_role_policy::DetachRolePolicyInputBuilder = "DetachRolePolicy",
    put_role_permissions_boundary::PutRolePermissionsBoundaryInputBuilder = "PutRolePermissionsBoundary",
    put_role_policy::PutRolePolicyInputBuilder = "PutRolePolicy",
    remove_role_from_instance_profile::RemoveRoleFromInstanceProfileInputBuilder = "RemoveRoleFromInstanceProfile",
    tag_role::TagRoleInputBuilder = "TagRole",
    untag_role::UntagRoleInputBuilder = "UntagRole",
    update_assume_role_policy::UpdateAssumeRolePolicyInputBuilder = "UpdateAssumeRolePolicy",
    update_role::UpdateRoleInputBuilder = "UpdateRole",
);

/// The name of the one inline policy that we put.
pub const POLICY: &str = "provision";
/// IAM's own longest session, in seconds.
const DEFAULT_SESSION: i32 = 3_600;

/// A role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Such as `/provision/billing/`. It can't be changed.
    pub path: String,
    /// What it is for.
    pub description: String,
    /// Who may assume it.
    pub trust: Policy,
    /// Its inline policies, by name.
    pub policies: BTreeMap<String, Policy>,
    /// ARNs of managed policies. We attach none.
    pub attached: BTreeSet<String>,
    /// Names of the instance profiles that it is in. We put it in none.
    pub instance_profiles: BTreeSet<String>,
    /// The ARN of the policy that bounds it.
    pub permissions_boundary: Option<String>,
    /// The longest session, in seconds.
    pub max_session_duration: i32,
    /// Its tags.
    pub tags: Tags,
}

impl Role {
    /// The address of the role that an ARN names.
    pub fn address_of(arn: &str) -> Option<Address> {
        let path_and_name = Arn::of(arn, "iam", "role/")?;
        let name = path_and_name.rsplit('/').next().unwrap_or(path_and_name);
        Some(Address { kind: Self::NAME, name: name.to_owned() })
    }
}

/// The names of the roles that the config has us make.
fn made(config: &Config) -> impl Iterator<Item = String> {
    config.jobs.iter().flat_map(|job| {
        let trigger = (!job.schedules.is_empty()).then_some(&job.roles.trigger);
        [Some(&job.roles.execution), trigger].into_iter().flatten().filter_map(|choice| match choice {
            RoleChoice::Made(name) => Some(name.clone()),
            RoleChoice::Given(_) => None,
        })
    })
}

impl Kind for Role {
    const NAME: &'static str = "role";
    const READS: &'static [&'static str] = &["iam:GetAccountAuthorizationDetails", "iam:ListRoles"];
    const READS_ELSEWHERE: &'static [&'static str] = &["iam:GetRole"];
    /// No config asks for attached policies and instance profiles, so nothing is attached and added.
    const WRITES: &'static [&'static str] = &[
        "iam:CreateRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
    ];
    const DELETES: &'static [&'static str] =
        &["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:RemoveRoleFromInstanceProfile"];

    fn names(config: &Config) -> Vec<String> {
        made(config).collect()
    }

    fn arns(config: &Config, scope: &Scope) -> Vec<String> {
        made(config).next().map(|_| scope.role(&config.role_path(), "*")).into_iter().collect()
    }

    fn desired(blueprint: &Blueprint<'_>) -> Vec<Wanted<Self>> {
        let of_job = |plan: &'_ JobPlan<'_>| {
            let execution = execution(blueprint, plan);
            let trigger = trigger(blueprint, plan);
            let wanted = |resource| Wanted { resource, jobs: vec![plan.job.name.clone()] };
            [execution, trigger].into_iter().flatten().map(wanted).collect::<Vec<_>>()
        };
        blueprint.jobs.iter().flat_map(of_job).collect()
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
        let (details, described) = tokio::try_join!(details(look), described(look))?;
        let app = look.scope.app.as_str();
        let path = own_path(look);
        let seen = |role: &RoleDetail| {
            let own = role.path.as_deref() == Some(path.as_str());
            !own || role.role_name.as_ref().is_some_and(|name| described.contains_key(name))
        };
        let roles = details.into_iter().filter(seen).filter_map(|detail| observed(detail, &described));
        let ours = roles.filter(|role| names.contains(&role.name) || role.owner() == Some(app));
        if look.aws.answers_in_full() {
            return Ok(ours.collect());
        }
        let reads = stream::iter(ours).map(|role| with_boundary(look, role)).buffer_unordered(READS_AT_ONCE);
        Ok(reads.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
    }

    fn calls(from: Option<&Self>, to: Option<&Self>) -> Vec<Call> {
        match (from, to) {
            (None, None) => Vec::new(),
            (Some(from), None) => delete(from),
            (None, Some(to)) => create(to),
            (Some(from), Some(to)) if from.path != to.path => delete(from).into_iter().chain(create(to)).collect(),
            (Some(from), Some(to)) => update(from, to),
        }
    }

    /// IAM has no regions. Whom the role trusts tells the one that it serves; where that is lost, its description does,
    /// unless it is somebody's own.
    fn home(&self) -> Option<&str> {
        let described = || self.description.strip_prefix("Lets ").or(self.description.strip_prefix("What "));
        self.trust.source_region().or_else(|| Some(described()?.rsplit_once(", in ")?.1))
    }

    /// All that it holds goes before it does.
    fn leaving(&self) -> Option<Self> {
        Some(Self {
            policies: BTreeMap::new(),
            attached: BTreeSet::new(),
            instance_profiles: BTreeSet::new(),
            ..self.clone()
        })
    }

    /// A role never lacks what the state machine of the moment needs, whichever of the two it is.
    fn between(from: &Self, to: &Self) -> Option<Self> {
        if from.path != to.path {
            return None;
        }
        let mut policies = from.policies.clone();
        for (name, policy) in &to.policies {
            policies
                .entry(name.clone())
                .and_modify(|both| *both = both.union(policy))
                .or_insert_with(|| policy.clone());
        }
        let attached = from.attached.union(&to.attached).cloned().collect();
        Some(Self { trust: from.trust.union(&to.trust), policies, attached, ..to.clone() })
    }
}

fn execution(blueprint: &Blueprint<'_>, plan: &JobPlan<'_>) -> Option<Role> {
    let RoleChoice::Made(name) = &plan.job.roles.execution else { return None };
    let policy = plan.policy.clone()?;
    let description = format!("What the state machine {} may do, in {}", plan.job.machine, blueprint.scope.region);
    Some(desired(blueprint, plan, name, description, execution_trust(blueprint.scope), policy))
}

fn trigger(blueprint: &Blueprint<'_>, plan: &JobPlan<'_>) -> Option<Role> {
    let RoleChoice::Made(name) = &plan.job.roles.trigger else { return None };
    if plan.job.schedules.is_empty() {
        return None;
    }
    let rules: Vec<&str> = plan.job.schedules.iter().map(|schedule| schedule.rule.as_str()).collect();
    let trust = trigger_trust(&rules, blueprint.scope);
    let description =
        format!("Lets EventBridge start the state machine {}, in {}", plan.job.machine, blueprint.scope.region);
    Some(desired(blueprint, plan, name, description, trust, trigger_policy(&plan.job.machine, blueprint.scope)))
}

fn desired(
    blueprint: &Blueprint<'_>,
    plan: &JobPlan<'_>,
    name: &str,
    description: String,
    trust: Policy,
    policy: Policy,
) -> Role {
    Role {
        name: name.to_owned(),
        path: blueprint.config.role_path(),
        description,
        trust,
        policies: Some(policy)
            .filter(|policy| !policy.is_empty())
            .map(|policy| (POLICY.to_owned(), policy))
            .into_iter()
            .collect(),
        attached: BTreeSet::new(),
        instance_profiles: BTreeSet::new(),
        permissions_boundary: plan.job.roles.permissions_boundary.clone(),
        max_session_duration: DEFAULT_SESSION,
        tags: blueprint.scope.tags(blueprint.config, &plan.job.name),
    }
}

fn create(to: &Role) -> Vec<Call> {
    let tags: Vec<Tag> = to.tags.iter().filter_map(|(key, value)| tag(key, value)).collect();
    let create = CreateRole::default()
        .role_name(&to.name)
        .path(&to.path)
        .description(&to.description)
        .assume_role_policy_document(to.trust.text())
        .max_session_duration(to.max_session_duration)
        .set_permissions_boundary(to.permissions_boundary.clone())
        .set_tags(Some(tags).filter(|tags| !tags.is_empty()));
    let mut calls = vec![Call::new(create)];
    calls.extend(to.policies.iter().map(|(name, policy)| put_policy(to, name, policy)));
    calls.extend(
        to.attached.iter().map(|arn| Call::new(AttachRolePolicy::default().role_name(&to.name).policy_arn(arn))),
    );
    calls.extend(to.instance_profiles.iter().map(|profile| add_to(to, profile)));
    calls
}

fn update(from: &Role, to: &Role) -> Vec<Call> {
    let mut calls = Vec::new();
    let name = &to.name;
    // First: whoever runs us may be allowed to write policies only of roles that are bounded.
    match &to.permissions_boundary {
        boundary if *boundary == from.permissions_boundary => {}
        Some(arn) => {
            calls.push(Call::new(PutRolePermissionsBoundary::default().role_name(name).permissions_boundary(arn)));
        }
        None => calls.push(Call::new(DeleteRolePermissionsBoundary::default().role_name(name))),
    }
    if from.trust != to.trust {
        let update = UpdateAssumeRolePolicy::default().role_name(name).policy_document(to.trust.text());
        calls.push(Call::new(update));
    }
    let put = to.policies.iter().filter(|(name, policy)| from.policies.get(*name) != Some(*policy));
    calls.extend(put.map(|(name, policy)| put_policy(to, name, policy)));
    let gone = from.policies.keys().filter(|name| !to.policies.contains_key(*name));
    calls.extend(gone.map(|policy| delete_policy(to, policy)));
    let attach = to.attached.difference(&from.attached);
    calls.extend(attach.map(|arn| Call::new(AttachRolePolicy::default().role_name(name).policy_arn(arn))));
    calls.extend(from.attached.difference(&to.attached).map(|arn| detach(to, arn)));
    calls.extend(to.instance_profiles.difference(&from.instance_profiles).map(|profile| add_to(to, profile)));
    calls.extend(from.instance_profiles.difference(&to.instance_profiles).map(|profile| remove_from(to, profile)));
    if (&from.description, from.max_session_duration) != (&to.description, to.max_session_duration) {
        let update = UpdateRole::default().role_name(name).description(&to.description);
        calls.push(Call::new(update.max_session_duration(to.max_session_duration)));
    }
    let (set, unset) = tag_changes(&from.tags, &to.tags);
    if !set.is_empty() {
        let tags = set.iter().filter_map(|(key, value)| tag(key, value)).collect();
        calls.push(Call::new(TagRole::default().role_name(name).set_tags(Some(tags))));
    }
    if !unset.is_empty() {
        let untag = UntagRole::default().role_name(name);
        calls.push(Call::new(unset.iter().fold(untag, |untag, key| untag.tag_keys(*key))));
    }
    calls
}

/// IAM deletes a role only when nothing hangs on it. Source: IAM API Reference, `DeleteRole`.
fn delete(from: &Role) -> Vec<Call> {
    let policies = from.policies.keys().map(|policy| delete_policy(from, policy));
    let attached = from.attached.iter().map(|arn| detach(from, arn));
    let profiles = from.instance_profiles.iter().map(|profile| remove_from(from, profile));
    let role = Call::new(DeleteRole::default().role_name(&from.name));
    policies.chain(attached).chain(profiles).chain([role]).collect()
}

fn put_policy(role: &Role, name: &str, policy: &Policy) -> Call {
    Call::new(PutRolePolicy::default().role_name(&role.name).policy_name(name).policy_document(policy.text()))
}

fn delete_policy(role: &Role, name: &str) -> Call {
    Call::new(DeleteRolePolicy::default().role_name(&role.name).policy_name(name))
}

fn detach(role: &Role, arn: &str) -> Call {
    Call::new(DetachRolePolicy::default().role_name(&role.name).policy_arn(arn))
}

fn add_to(role: &Role, profile: &str) -> Call {
    Call::new(AddRoleToInstanceProfile::default().role_name(&role.name).instance_profile_name(profile))
}

fn remove_from(role: &Role, profile: &str) -> Call {
    Call::new(RemoveRoleFromInstanceProfile::default().role_name(&role.name).instance_profile_name(profile))
}

fn tag(key: &str, value: &str) -> Option<Tag> {
    Tag::builder().key(key).value(value).build().ok()
}

/// Where the app's roles are. A role there that only one of the two bulk reads shows is on its way in or out: it is not
/// there yet, for nothing tells which region it serves.
fn own_path(look: &Look<'_>) -> String {
    Scope::role_path(&look.scope.app)
}

/// What bulk reads leave out: description and longest session, by role name.
type Described = BTreeMap<String, (String, i32)>;

async fn details(look: &Look<'_>) -> Result<Vec<RoleDetail>, Failure> {
    let page = async |token: Option<String>| {
        let request = look.aws.iam.get_account_authorization_details().filter(EntityType::Role).set_marker(token);
        let answer =
            request.send().await.map_err(|error| Failure::new("iam:GetAccountAuthorizationDetails", &error))?;
        let next = answer.marker.filter(|_| answer.is_truncated);
        Ok((sent("iam:GetAccountAuthorizationDetails", answer.role_detail_list)?, next))
    };
    pages(page).await
}

async fn described(look: &Look<'_>) -> Result<Described, Failure> {
    let path = own_path(look);
    let page = async |token: Option<String>| {
        let answer = look.aws.iam.list_roles().path_prefix(&path).set_marker(token).send().await;
        let answer = answer.map_err(|error| Failure::new("iam:ListRoles", &error))?;
        let next = answer.marker.filter(|_| answer.is_truncated);
        Ok((answer.roles, next))
    };
    let describe = |role: aws_sdk_iam::types::Role| {
        let session = role.max_session_duration.unwrap_or(DEFAULT_SESSION);
        (role.role_name, (role.description.unwrap_or_default(), session))
    };
    Ok(pages(page).await?.into_iter().map(describe).collect())
}

fn observed(detail: RoleDetail, described: &Described) -> Option<Role> {
    let name = detail.role_name?;
    let (description, max_session_duration) = described.get(&name).cloned().unwrap_or((String::new(), DEFAULT_SESSION));
    let policies = detail.role_policy_list.unwrap_or_default().into_iter();
    let policies =
        policies.filter_map(|policy| Some((policy.policy_name?, Policy::from_encoded(&policy.policy_document?))));
    let attached = detail.attached_managed_policies.unwrap_or_default().into_iter();
    let profiles = detail.instance_profile_list.unwrap_or_default().into_iter();
    Some(Role {
        name,
        path: detail.path.unwrap_or_else(|| "/".into()),
        description,
        trust: Policy::from_encoded(&detail.assume_role_policy_document.unwrap_or_default()),
        policies: policies.collect(),
        attached: attached.filter_map(|policy| policy.policy_arn).collect(),
        instance_profiles: profiles.map(|profile| profile.instance_profile_name).collect(),
        permissions_boundary: detail.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn),
        max_session_duration,
        tags: own_tags(detail.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value))),
    })
}

async fn with_boundary(look: &Look<'_>, role: Role) -> Result<Option<Role>, Failure> {
    let ask = async || {
        let answer = look.aws.iam.get_role().role_name(&role.name).send().await;
        answer.map_err(|error| Failure::new("iam:GetRole", &error))
    };
    let found = present(read(ask).await)?.and_then(|answer| answer.role);
    let boundary = |found: aws_sdk_iam::types::Role| found.permissions_boundary?.permissions_boundary_arn;
    Ok(found.map(|found| Role { permissions_boundary: boundary(found), ..role.clone() }))
}
