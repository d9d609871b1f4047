//! What somebody does to a resource of ours, by the emulator's own API.

use aws_sdk_eventbridge::types::RuleState;

use crate::support::Cloud;

const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// One change, or a removal, of the resource at this address.
pub fn drift(cloud: &Cloud, address: &str, how: u8) {
    let (kind, name) = address.split_once('/').expect("an address");
    match kind {
        "log-group" => log_group(cloud, name, how),
        "role" => role(cloud, name, how),
        "state-machine" => state_machine(cloud, name, how),
        _ => rule(cloud, name, how),
    }
}

fn log_group(cloud: &Cloud, name: &str, how: u8) {
    let logs = &cloud.aws.logs;
    let arn = cloud.arn("logs", &format!("log-group:{name}"));
    match how % 3 {
        0 => drop(
            cloud.wait(logs.put_retention_policy().log_group_name(name).retention_in_days(90).send()).expect("done"),
        ),
        1 => drop(cloud.wait(logs.tag_resource().resource_arn(arn).tags("foreign", "tag").send()).expect("done")),
        _ => drop(cloud.wait(logs.delete_log_group().log_group_name(name).send()).expect("done")),
    }
}

fn role(cloud: &Cloud, name: &str, how: u8) {
    let iam = &cloud.aws.iam;
    let put = |policy: &str| iam.put_role_policy().role_name(name).policy_name(policy).policy_document(ALL);
    match how % 4 {
        0 => drop(cloud.wait(put("provision").send()).expect("done")),
        1 => drop(cloud.wait(put("more").send()).expect("done")),
        2 => drop(
            cloud
                .wait(iam.update_role().role_name(name).description("mine").max_session_duration(7_200).send())
                .expect("done"),
        ),
        _ => drop(cloud.wait(iam.untag_role().role_name(name).tag_keys("provision:job").send()).expect("done")),
    }
}

fn state_machine(cloud: &Cloud, name: &str, how: u8) {
    let states = &cloud.aws.states;
    let arn = cloud.arn("states", &format!("stateMachine:{name}"));
    let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
    match how % 3 {
        0 => drop(
            cloud
                .wait(states.update_state_machine().state_machine_arn(arn).definition(definition).send())
                .expect("done"),
        ),
        1 => drop(
            cloud
                .wait(states.update_state_machine().state_machine_arn(arn).role_arn(cloud.role_arn("admin")).send())
                .expect("done"),
        ),
        _ => drop(cloud.wait(states.delete_state_machine().state_machine_arn(arn).send()).expect("done")),
    }
}

fn rule(cloud: &Cloud, name: &str, how: u8) {
    let events = &cloud.aws.events;
    match how % 4 {
        0 => drop(cloud.wait(events.disable_rule().name(name).send()).expect("done")),
        1 => {
            let put = events.put_rule().name(name).schedule_expression("rate(1 day)").state(RuleState::Enabled);
            drop(cloud.wait(put.description("mine").send()).expect("done"));
        }
        2 => drop(cloud.wait(events.remove_targets().rule(name).ids("state-machine").send()).expect("done")),
        _ => {
            let arn = cloud.arn("events", &format!("rule/{name}"));
            drop(cloud.wait(events.untag_resource().resource_arn(arn).tag_keys("provision:job").send()).expect("done"));
        }
    }
}
