//! Roles. Source: IAM API Reference.

use std::any::Any;

use aws_sdk_iam::operation::add_role_to_instance_profile::builders::AddRoleToInstanceProfileInputBuilder as AddToProfile;
use aws_sdk_iam::operation::attach_role_policy::builders::AttachRolePolicyInputBuilder as Attach;
use aws_sdk_iam::operation::create_role::builders::CreateRoleInputBuilder as Create;
use aws_sdk_iam::operation::delete_role::builders::DeleteRoleInputBuilder as Delete;
use aws_sdk_iam::operation::delete_role_permissions_boundary::builders::DeleteRolePermissionsBoundaryInputBuilder as DeleteBoundary;
use aws_sdk_iam::operation::delete_role_policy::builders::DeleteRolePolicyInputBuilder as DeletePolicy;
use aws_sdk_iam::operation::detach_role_policy::builders::DetachRolePolicyInputBuilder as Detach;
use aws_sdk_iam::operation::put_role_permissions_boundary::builders::PutRolePermissionsBoundaryInputBuilder as PutBoundary;
use aws_sdk_iam::operation::put_role_policy::builders::PutRolePolicyInputBuilder as PutPolicy;
use aws_sdk_iam::operation::remove_role_from_instance_profile::builders::RemoveRoleFromInstanceProfileInputBuilder as RemoveFromProfile;
use aws_sdk_iam::operation::tag_role::builders::TagRoleInputBuilder as Tag;
use aws_sdk_iam::operation::untag_role::builders::UntagRoleInputBuilder as Untag;
use aws_sdk_iam::operation::update_assume_role_policy::builders::UpdateAssumeRolePolicyInputBuilder as UpdateTrust;
use aws_sdk_iam::operation::update_role::builders::UpdateRoleInputBuilder as Update;
use proptest::prelude::*;
use provision::iam::Policy;
use provision::kinds::Role;
use serde_json::json;

use super::{Model, Refusal, refuse, tags};

/// Of what hangs on a role.
const MISSING: Refusal = Refusal { code: "NoSuchEntity", message: "It cannot be found." };

fn document(text: Option<&String>) -> Result<Policy, Refusal> {
    Ok(Policy::from_encoded(text.ok_or("no document")?))
}

impl Model for Role {
    fn serve(held: Option<Self>, request: &dyn Any) -> Result<Option<Self>, Refusal> {
        if let Some(create) = request.downcast_ref::<Create>() {
            if held.is_some() {
                return refuse("EntityAlreadyExists", "Role with this name already exists.");
            }
            let tags = create.get_tags().clone().unwrap_or_default();
            return Ok(Some(Self {
                name: create.get_role_name().clone().ok_or("no name")?,
                path: create.get_path().clone().unwrap_or_else(|| "/".into()),
                description: create.get_description().clone().unwrap_or_default(),
                trust: document(create.get_assume_role_policy_document().as_ref())?,
                policies: [].into(),
                attached: [].into(),
                instance_profiles: [].into(),
                permissions_boundary: create.get_permissions_boundary().clone(),
                max_session_duration: create.get_max_session_duration().unwrap_or(3_600),
                tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
            }));
        }
        let Some(mut role) = held else {
            return refuse("NoSuchEntity", "The role with this name cannot be found.");
        };
        if request.is::<Delete>() {
            let free = role.policies.is_empty() && role.attached.is_empty() && role.instance_profiles.is_empty();
            return match free {
                true => Ok(None),
                false => refuse("DeleteConflict", "Cannot delete entity, must delete policies first."),
            };
        }
        change(&mut role, request)?;
        Ok(Some(role))
    }

    fn subject(request: &dyn Any) -> Option<String> {
        macro_rules! named {
            ($($input:ty),+) => {
                $(if let Some(it) = request.downcast_ref::<$input>() {
                    return it.get_role_name().clone();
                })+
            };
        }
        named!(Create, Delete, UpdateTrust, Update, PutPolicy, DeletePolicy, Attach, Detach);
        named!(AddToProfile, RemoveFromProfile, PutBoundary, DeleteBoundary, Tag, Untag);
        None
    }

    fn of_a_config(&self) -> bool {
        self.attached.is_empty() && self.instance_profiles.is_empty()
    }
}

fn change(role: &mut Role, request: &dyn Any) -> Result<(), Refusal> {
    if let Some(update) = request.downcast_ref::<UpdateTrust>() {
        role.trust = document(update.get_policy_document().as_ref())?;
    } else if let Some(put) = request.downcast_ref::<PutPolicy>() {
        let name = put.get_policy_name().clone().ok_or("no policy name")?;
        role.policies.insert(name, document(put.get_policy_document().as_ref())?);
    } else if let Some(delete) = request.downcast_ref::<DeletePolicy>() {
        role.policies.remove(delete.get_policy_name().as_ref().ok_or("no policy name")?).ok_or(MISSING)?;
    } else if let Some(attach) = request.downcast_ref::<Attach>() {
        role.attached.insert(attach.get_policy_arn().clone().ok_or("no ARN")?);
    } else if let Some(detach) = request.downcast_ref::<Detach>() {
        role.attached.take(detach.get_policy_arn().as_ref().ok_or("no ARN")?).ok_or(MISSING)?;
    } else if let Some(add) = request.downcast_ref::<AddToProfile>() {
        role.instance_profiles.insert(add.get_instance_profile_name().clone().ok_or("no profile")?);
    } else if let Some(remove) = request.downcast_ref::<RemoveFromProfile>() {
        let profile = remove.get_instance_profile_name().as_ref().ok_or("no profile")?;
        role.instance_profiles.take(profile).ok_or(MISSING)?;
    } else if let Some(update) = request.downcast_ref::<Update>() {
        role.description = update.get_description().clone().unwrap_or_default();
        role.max_session_duration = update.get_max_session_duration().unwrap_or(3_600);
    } else if let Some(put) = request.downcast_ref::<PutBoundary>() {
        role.permissions_boundary.clone_from(put.get_permissions_boundary());
    } else if request.is::<DeleteBoundary>() {
        role.permissions_boundary = None;
    } else if let Some(tag) = request.downcast_ref::<Tag>() {
        role.tags.extend(tag.get_tags().clone().ok_or("no tags")?.into_iter().map(|tag| (tag.key, tag.value)));
    } else if let Some(untag) = request.downcast_ref::<Untag>() {
        let keys = untag.get_tag_keys().clone().ok_or("no keys")?;
        role.tags.retain(|key, _| !keys.contains(key));
    } else {
        return Err("an operation that the model does not know".into());
    }
    Ok(())
}

pub fn policy() -> impl Strategy<Value = Policy> {
    let statement = (prop::collection::vec("[a-c]:[A-C]", 1..3), prop::collection::vec("[r-t]", 1..3), any::<bool>());
    prop::collection::vec(statement, 1..3).prop_map(|statements| {
        Policy::new(statements.into_iter().map(|(actions, resources, conditional)| {
            let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
            if conditional {
                statement["Condition"] = json!({ "ArnLike": { "aws:SourceArn": resources } });
            }
            statement
        }))
    })
}

pub fn role() -> impl Strategy<Value = Role> {
    let names = || prop::collection::btree_set("[a-c]", 0..3);
    let policies = prop::collection::btree_map("[p-r]", policy(), 0..3);
    let own = ("/(a/)?", "[d-f]?", prop::option::of("[b-c]"), prop::sample::select(vec![3_600, 7_200]));
    (own, policy(), policies, names(), names(), tags()).prop_map(
        |(
            (path, description, permissions_boundary, max_session_duration),
            trust,
            policies,
            attached,
            instance_profiles,
            tags,
        )| Role {
            name: "r".into(),
            path,
            description,
            trust,
            policies,
            attached,
            instance_profiles,
            permissions_boundary,
            max_session_duration,
            tags,
        },
    )
}
