//! What somebody else makes, by the emulator's own API.

use std::collections::HashMap;

use super::holds::Everything;
use super::story::{Stranger, Whose};
use crate::support::Cloud;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Of the same kind as one that `wish` asks for. What is there already stays.
pub fn moves_in(cloud: &Cloud, wish: &Everything, stranger: Stranger) {
    let Some(like) = wish.keys().nth(usize::from(stranger.pick) % wish.len().max(1)) else { return };
    let address = if stranger.our_name { like.clone() } else { format!("{like}-old") };
    if cloud.everything().contains_key(&address) {
        return;
    }
    match stranger.whose {
        Whose::Nobodys => make(cloud, &address, &[], "/"),
        Whose::AnotherApps => make(cloud, &address, &[("provision:app", "other")], "/"),
        Whose::Ours => {
            let tags = [("provision:app", "billing"), ("provision:job", "old")];
            make(cloud, &address, &tags, "/provision/billing/");
        }
    }
}

/// Resources that are nobody's, and another app's, and stay so.
pub fn neighbours(cloud: &Cloud) {
    make(cloud, "log-group//aws/vendedlogs/states/billing-zebra", &[], "");
    make(cloud, "rule/billing-zebra", &[("provision:app", "other")], "");
    make(cloud, "role/billing-zebra", &[], "/provision/billing/");
}

fn make(cloud: &Cloud, address: &str, tags: &[(&str, &str)], path: &str) {
    let (kind, name) = address.split_once('/').expect("an address");
    let pairs = || tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    match kind {
        "log-group" => {
            let tags = Some(pairs().collect::<HashMap<_, _>>()).filter(|tags| !tags.is_empty());
            let make = cloud.aws.logs.create_log_group().log_group_name(name).set_tags(tags);
            drop(cloud.wait(make.send()).expect("a log group"));
        }
        "role" => {
            let tag = |(key, value)| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().expect("a tag");
            let make = cloud.aws.iam.create_role().role_name(name).path(path).assume_role_policy_document(TRUST);
            drop(cloud.wait(make.set_tags(Some(pairs().map(tag).collect())).send()).expect("a role"));
        }
        "state-machine" => {
            let tag = |(key, value)| aws_sdk_sfn::types::Tag::builder().key(key).value(value).build();
            let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
            let make = cloud.aws.states.create_state_machine().name(name).definition(definition);
            let make = make.role_arn(cloud.role_arn("admin")).set_tags(Some(pairs().map(tag).collect()));
            drop(cloud.wait(make.send()).expect("a state machine"));
        }
        _ => {
            let tag =
                |(key, value)| aws_sdk_eventbridge::types::Tag::builder().key(key).value(value).build().expect("a tag");
            let make = cloud.aws.events.put_rule().name(name).schedule_expression("rate(1 day)");
            drop(cloud.wait(make.set_tags(Some(pairs().map(tag).collect())).send()).expect("a rule"));
        }
    }
}

/// Another app removes what it has under one of our names.
pub fn moves_out(cloud: &Cloud, address: &str) {
    let (kind, name) = address.split_once('/').expect("an address");
    match kind {
        "log-group" => drop(cloud.wait(cloud.aws.logs.delete_log_group().log_group_name(name).send()).expect("done")),
        "role" => drop(cloud.wait(cloud.aws.iam.delete_role().role_name(name).send()).expect("done")),
        "state-machine" => {
            let arn = cloud.arn("states", &format!("stateMachine:{name}"));
            drop(cloud.wait(cloud.aws.states.delete_state_machine().state_machine_arn(arn).send()).expect("done"));
        }
        _ => drop(cloud.wait(cloud.aws.events.delete_rule().name(name).send()).expect("done")),
    }
}
