//! What somebody changes behind the program's back: `diff` names the field, `apply` restores it with the fewest calls.

use aws_sdk_eventbridge::types::{DeadLetterConfig, RetryPolicy, RuleState, Target};
use aws_sdk_sfn::types::{LogLevel, LoggingConfiguration, TracingConfiguration};

use crate::support::{Cloud, Ground, Which, on_both};

const GROUP: &str = "/aws/vendedlogs/states/billing-invoices";
const MACHINE: &str = "billing-invoices";
const ROLE: &str = "billing-invoices-execution";
const RULE: &str = "billing-invoices";

pub const CONFIG: &str = r#"
app = "billing"
region = "ap-northeast-1"
tags = { team = "payments" }

[ecs]
cluster = "batch"
task_definition = "app"
subnets = ["subnet-0a"]

[roles]
permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"

[job.invoices]
command = ["php", "artisan", "invoices:send"]
schedule = { expression = "rate(3 hours)", retry = { max_age = "1h", attempts = 3 }, dead_letter = "arn:aws:sqs:ap-northeast-1:123456789012:lost" }
"#;

/// A kind, and how somebody removes its resource.
type Removal = (&'static str, fn(&Cloud));

/// One field of one resource.
pub struct Drift {
    address: String,
    /// How the field begins in `before` and `after`.
    field: &'static str,
    pub change: fn(&Cloud),
    /// The writes that mend it.
    pub calls: &'static [&'static str],
    /// Emulators that do not show this field, whatever is done.
    blind: &'static [Which],
}

fn drift(address: String, field: &'static str, calls: &'static [&'static str], change: fn(&Cloud)) -> Drift {
    Drift { address, field, change, calls, blind: &[] }
}

fn put_target(
    cloud: &Cloud,
    change: fn(
        aws_sdk_eventbridge::types::builders::TargetBuilder,
    ) -> aws_sdk_eventbridge::types::builders::TargetBuilder,
) {
    let as_it_is = Target::builder()
        .id("state-machine")
        .arn(cloud.arn("states", "stateMachine:billing-invoices"))
        .role_arn(cloud.role_arn("provision/billing/billing-invoices-trigger"))
        .input(r#"{"commands":["php","artisan","invoices:send"]}"#)
        .retry_policy(RetryPolicy::builder().maximum_event_age_in_seconds(3_600).maximum_retry_attempts(3).build())
        .dead_letter_config(DeadLetterConfig::builder().arn("arn:aws:sqs:ap-northeast-1:123456789012:lost").build());
    let target = change(as_it_is).build().expect("a target");
    cloud.wait(cloud.aws.events.put_targets().rule(RULE).targets(target).send()).expect("the target is put");
}

fn put_rule(cloud: &Cloud, expression: &str, state: RuleState, description: &str) {
    let put =
        cloud.aws.events.put_rule().name(RULE).schedule_expression(expression).state(state).description(description);
    cloud.wait(put.send()).expect("the rule is put");
}

fn machine_arn(cloud: &Cloud) -> String {
    cloud.arn("states", "stateMachine:billing-invoices")
}

fn log_groups() -> Vec<Drift> {
    let address = || format!("log-group/{GROUP}");
    vec![
        drift(address(), "retention_days", &["logs:PutRetentionPolicy"], |cloud| {
            let put = cloud.aws.logs.put_retention_policy().log_group_name(GROUP).retention_in_days(90);
            cloud.wait(put.send()).expect("done");
        }),
        drift(address(), "retention_days", &["logs:PutRetentionPolicy"], |cloud| {
            cloud.wait(cloud.aws.logs.delete_retention_policy().log_group_name(GROUP).send()).expect("done");
        }),
        drift(address(), "tags", &["logs:TagResource"], |cloud| {
            let arn = cloud.arn("logs", &format!("log-group:{GROUP}"));
            cloud.wait(cloud.aws.logs.tag_resource().resource_arn(arn).tags("team", "others").send()).expect("done");
        }),
        drift(address(), "tags", &["logs:UntagResource"], |cloud| {
            let arn = cloud.arn("logs", &format!("log-group:{GROUP}"));
            cloud.wait(cloud.aws.logs.tag_resource().resource_arn(arn).tags("foreign", "tag").send()).expect("done");
        }),
    ]
}

fn roles() -> Vec<Drift> {
    let address = || format!("role/{ROLE}");
    vec![
        drift(address(), "trust", &["iam:UpdateAssumeRolePolicy"], |cloud| {
            let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
            cloud
                .wait(cloud.aws.iam.update_assume_role_policy().role_name(ROLE).policy_document(trust).send())
                .expect("done");
        }),
        drift(address(), "policies", &["iam:PutRolePolicy"], |cloud| {
            let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
            let put = cloud.aws.iam.put_role_policy().role_name(ROLE).policy_name("provision").policy_document(all);
            cloud.wait(put.send()).expect("done");
        }),
        drift(address(), "policies", &["iam:PutRolePolicy"], |cloud| {
            cloud
                .wait(cloud.aws.iam.delete_role_policy().role_name(ROLE).policy_name("provision").send())
                .expect("done");
        }),
        drift(address(), "policies", &["iam:DeleteRolePolicy"], |cloud| {
            let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
            let put = cloud.aws.iam.put_role_policy().role_name(ROLE).policy_name("more").policy_document(all);
            cloud.wait(put.send()).expect("done");
        }),
        drift(address(), "attached", &["iam:DetachRolePolicy"], |cloud| {
            let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
            let policy = cloud
                .wait(cloud.aws.iam.create_policy().policy_name("more").policy_document(all).send())
                .expect("done");
            let arn = policy.policy.and_then(|policy| policy.arn).expect("an ARN");
            cloud.wait(cloud.aws.iam.attach_role_policy().role_name(ROLE).policy_arn(arn).send()).expect("done");
        }),
        drift(address(), "instance_profiles", &["iam:RemoveRoleFromInstanceProfile"], |cloud| {
            cloud.wait(cloud.aws.iam.create_instance_profile().instance_profile_name("host").send()).expect("done");
            let add = cloud.aws.iam.add_role_to_instance_profile().instance_profile_name("host").role_name(ROLE);
            cloud.wait(add.send()).expect("done");
        }),
        drift(address(), "description", &["iam:UpdateRole"], |cloud| {
            let update = cloud.aws.iam.update_role().role_name(ROLE).description("mine").max_session_duration(3_600);
            cloud.wait(update.send()).expect("done");
        }),
        drift(address(), "max_session_duration", &["iam:UpdateRole"], |cloud| {
            let update = cloud
                .aws
                .iam
                .update_role()
                .role_name(ROLE)
                .description("What the state machine billing-invoices may do, in ap-northeast-1");
            cloud.wait(update.max_session_duration(7_200).send()).expect("done");
        }),
        drift(address(), "permissions_boundary", &["iam:PutRolePermissionsBoundary"], |cloud| {
            cloud.wait(cloud.aws.iam.delete_role_permissions_boundary().role_name(ROLE).send()).expect("done");
        }),
        drift(address(), "tags", &["iam:TagRole"], |cloud| {
            let tag = aws_sdk_iam::types::Tag::builder().key("team").value("others").build().expect("a tag");
            cloud.wait(cloud.aws.iam.tag_role().role_name(ROLE).tags(tag).send()).expect("done");
        }),
        drift(address(), "tags", &["iam:UntagRole"], |cloud| {
            let tag = aws_sdk_iam::types::Tag::builder().key("foreign").value("tag").build().expect("a tag");
            cloud.wait(cloud.aws.iam.tag_role().role_name(ROLE).tags(tag).send()).expect("done");
        }),
        drift(address(), "tags", &["iam:TagRole"], |cloud| {
            cloud.wait(cloud.aws.iam.untag_role().role_name(ROLE).tag_keys("provision:job").send()).expect("done");
        }),
    ]
}

fn state_machines() -> Vec<Drift> {
    let address = || format!("state-machine/{MACHINE}");
    vec![
        drift(address(), "definition", &["states:UpdateStateMachine"], |cloud| {
            let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
            let update =
                cloud.aws.states.update_state_machine().state_machine_arn(machine_arn(cloud)).definition(definition);
            cloud.wait(update.send()).expect("done");
        }),
        drift(address(), "role", &["states:UpdateStateMachine"], |cloud| {
            let update = cloud.aws.states.update_state_machine().state_machine_arn(machine_arn(cloud));
            cloud.wait(update.role_arn(cloud.role_arn("admin")).send()).expect("done");
        }),
        drift(address(), "logging", &["states:UpdateStateMachine"], |cloud| {
            let off = LoggingConfiguration::builder().level(LogLevel::Off).build();
            let update = cloud.aws.states.update_state_machine().state_machine_arn(machine_arn(cloud));
            cloud.wait(update.logging_configuration(off).send()).expect("done");
        }),
        Drift {
            blind: &[Which::Ministack],
            ..drift(address(), "tracing", &["states:UpdateStateMachine"], |cloud| {
                let on = TracingConfiguration::builder().enabled(true).build();
                let update = cloud.aws.states.update_state_machine().state_machine_arn(machine_arn(cloud));
                cloud.wait(update.tracing_configuration(on).send()).expect("done");
            })
        },
        drift(address(), "tags", &["states:TagResource", "states:UntagResource"], |cloud| {
            let tag = |key: &str| aws_sdk_sfn::types::Tag::builder().key(key).value("others").build();
            let request = cloud.aws.states.tag_resource().resource_arn(machine_arn(cloud));
            cloud.wait(request.tags(tag("team")).tags(tag("foreign")).send()).expect("done");
        }),
    ]
}

fn rules() -> Vec<Drift> {
    const DESCRIPTION: &str = "Starts job invoices of billing";
    let address = || format!("rule/{RULE}");
    vec![
        drift(address(), "expression", &["events:PutRule"], |cloud| {
            put_rule(cloud, "rate(1 minute)", RuleState::Enabled, DESCRIPTION);
        }),
        drift(address(), "state", &["events:PutRule"], |cloud| {
            cloud.wait(cloud.aws.events.disable_rule().name(RULE).send()).expect("done");
        }),
        drift(address(), "description", &["events:PutRule"], |cloud| {
            put_rule(cloud, "rate(3 hours)", RuleState::Enabled, "mine");
        }),
        drift(address(), "event_pattern", &["events:PutRule"], |cloud| {
            let put =
                cloud.aws.events.put_rule().name(RULE).schedule_expression("rate(3 hours)").description(DESCRIPTION);
            cloud.wait(put.event_pattern(r#"{"source":["aws.ec2"]}"#).state(RuleState::Enabled).send()).expect("done");
        }),
        drift(address(), "tags", &["events:TagResource"], |cloud| {
            let arn = cloud.arn("events", &format!("rule/{RULE}"));
            cloud.wait(cloud.aws.events.untag_resource().resource_arn(arn).tag_keys("team").send()).expect("done");
        }),
        drift(address(), "tags", &["events:UntagResource"], |cloud| {
            let arn = cloud.arn("events", &format!("rule/{RULE}"));
            let tag = aws_sdk_eventbridge::types::Tag::builder().key("foreign").value("tag").build().expect("a tag");
            cloud.wait(cloud.aws.events.tag_resource().resource_arn(arn).tags(tag).send()).expect("done");
        }),
        drift(address(), "targets", &["events:PutTargets"], |cloud| {
            put_target(cloud, |target| target.arn("arn:aws:states:ap-northeast-1:123456789012:stateMachine:other"));
        }),
        drift(address(), "targets", &["events:PutTargets"], |cloud| {
            put_target(cloud, |target| target.role_arn("arn:aws:iam::123456789012:role/other"));
        }),
        drift(address(), "targets", &["events:PutTargets"], |cloud| {
            put_target(cloud, |target| target.input(r#"{"commands":["rm","-rf","/"]}"#));
        }),
        drift(address(), "targets", &["events:PutTargets"], |cloud| {
            put_target(cloud, |target| target.set_input(None).input_path("$.detail"));
        }),
        drift(address(), "targets", &["events:PutTargets"], |cloud| {
            put_target(cloud, |target| target.set_retry_policy(None));
        }),
        drift(address(), "targets", &["events:PutTargets"], |cloud| {
            put_target(cloud, |target| target.set_dead_letter_config(None));
        }),
        drift(address(), "targets", &["events:PutTargets"], |cloud| {
            cloud.wait(cloud.aws.events.remove_targets().rule(RULE).ids("state-machine").send()).expect("done");
        }),
        drift(address(), "targets", &["events:RemoveTargets"], |cloud| {
            let other = Target::builder()
                .id("other")
                .arn("arn:aws:sns:ap-northeast-1:123456789012:all")
                .build()
                .expect("a target");
            cloud.wait(cloud.aws.events.put_targets().rule(RULE).targets(other).send()).expect("done");
        }),
    ]
}

/// Of every kind, as far as `which` shows them.
pub fn all(which: Which) -> impl Iterator<Item = Drift> {
    let all = [log_groups(), roles(), state_machines(), rules()].into_iter().flatten();
    all.filter(move |drift| !drift.blind.contains(&which))
}

fn named_and_restored(ground: &Ground, drifts: Vec<Drift>) {
    ground.write("config.toml", CONFIG);
    ground.ok(&["apply"]);
    let before = ground.cloud.everything();
    for Drift { address, field, change, calls, .. } in
        drifts.into_iter().filter(|drift| !drift.blind.contains(&ground.emulator.which))
    {
        let case = format!("{address} {field} {calls:?}");
        change(&ground.cloud);
        let plan = ground.diff();
        let changes = plan["changes"].as_array().expect("changes");
        assert_eq!(changes.len(), 1, "{case}: {plan:#}");
        assert_eq!(changes[0]["address"], address.as_str(), "{case}");
        assert_eq!(changes[0]["action"], "update", "{case}");
        let reason = changes[0]["reason"].as_str().expect("a reason");
        assert!(reason.contains(field), "{case}: {reason}");
        assert_ne!(changes[0]["before"][field], changes[0]["after"][field], "{case}");
        assert_eq!(ground.run(&["diff", "--exit-code"]).status, Some(2), "{case}");
        assert_eq!(ground.writes_of(&["apply"]), calls, "{case}");
        assert_eq!(ground.cloud.everything(), before, "{case}");
    }
}

on_both!(log_group, |ground: Ground| named_and_restored(&ground, log_groups()));
on_both!(role, |ground: Ground| named_and_restored(&ground, roles()));
on_both!(state_machine, |ground: Ground| named_and_restored(&ground, state_machines()));
on_both!(rule, |ground: Ground| named_and_restored(&ground, rules()));

on_both!(what_is_removed_comes_back, |ground: Ground| {
    ground.write("config.toml", CONFIG);
    ground.ok(&["apply"]);
    let before = ground.cloud.everything();
    let removals: [Removal; 4] = [
        ("log-group", |cloud| {
            cloud.wait(cloud.aws.logs.delete_log_group().log_group_name(GROUP).send()).expect("done");
        }),
        ("role", |cloud| {
            cloud
                .wait(cloud.aws.iam.delete_role_policy().role_name(ROLE).policy_name("provision").send())
                .expect("done");
            cloud.wait(cloud.aws.iam.delete_role().role_name(ROLE).send()).expect("done");
        }),
        ("state-machine", |cloud| {
            cloud
                .wait(cloud.aws.states.delete_state_machine().state_machine_arn(machine_arn(cloud)).send())
                .expect("done");
        }),
        ("rule", |cloud| {
            cloud.wait(cloud.aws.events.remove_targets().rule(RULE).ids("state-machine").send()).expect("done");
            cloud.wait(cloud.aws.events.delete_rule().name(RULE).send()).expect("done");
        }),
    ];
    for (kind, remove) in removals {
        remove(&ground.cloud);
        let plan = ground.diff();
        assert_eq!(plan["summary"]["create"], 1, "{kind}: {plan:#}");
        assert!(plan["changes"][0]["address"].as_str().unwrap().starts_with(&format!("{kind}/")), "{plan:#}");
        ground.ok(&["apply"]);
        assert_eq!(ground.cloud.everything(), before, "{kind}");
    }
});

/// IAM has no regions: a role's trust tells which one it serves, and nobody's words do.
#[test]
fn a_description_that_names_another_place_hides_no_role() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", crate::apply::ONE_JOB);
    ground.ok(&["apply"]);
    let iam = &ground.cloud.aws.iam;
    for description in ["Used by billing in e-commerce", "What the state machine may do, in us-west-2"] {
        let update = iam.update_role().role_name("billing-invoices-execution").description(description);
        ground.cloud.wait(update.send()).expect("it is changed");
        ground.ok(&["apply"]);
    }
    let update = iam.update_role().role_name("billing-invoices-execution").description("mine, in us-west-2");
    ground.cloud.wait(update.send()).expect("it is changed");
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty());
}
