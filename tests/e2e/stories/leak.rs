//! moto keeps the tags of a log group or state machine that was deleted, and gives them to the next of that name.

use std::collections::BTreeSet;

use crate::support::{Ground, Which};

/// Takes them from those of these addresses where nothing is.
pub fn forget_tags(ground: &Ground, addresses: &BTreeSet<String>) {
    if ground.emulator.which != Which::Moto {
        return;
    }
    let cloud = &ground.cloud;
    for (kind, name) in addresses.iter().filter_map(|address| address.split_once('/')) {
        match kind {
            "log-group" => {
                let (logs, arn) = (&cloud.aws.logs, cloud.arn("logs", &format!("log-group:{name}")));
                let found = cloud.wait(logs.describe_log_groups().log_group_name_prefix(name).send()).expect("groups");
                let is_there = found.log_groups().iter().any(|group| group.log_group_name() == Some(name));
                let tags = cloud.wait(logs.list_tags_for_resource().resource_arn(&arn).send()).expect("tags").tags;
                let keys: Vec<String> = tags.unwrap_or_default().into_keys().collect();
                if !is_there && !keys.is_empty() {
                    let untag = logs.untag_resource().resource_arn(arn).set_tag_keys(Some(keys));
                    cloud.wait(untag.send()).expect("they go");
                }
            }
            "state-machine" => {
                let (states, arn) = (&cloud.aws.states, cloud.arn("states", &format!("stateMachine:{name}")));
                let found = cloud.wait(states.describe_state_machine().state_machine_arn(&arn).send());
                let tags = cloud.wait(states.list_tags_for_resource().resource_arn(&arn).send()).expect("tags");
                let keys: Vec<String> = tags.tags().iter().filter_map(|tag| tag.key().map(str::to_owned)).collect();
                if found.is_err() && !keys.is_empty() {
                    let untag = states.untag_resource().resource_arn(arn).set_tag_keys(Some(keys));
                    cloud.wait(untag.send()).expect("they go");
                }
            }
            _ => {}
        }
    }
}
