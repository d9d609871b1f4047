//! Nothing unowned is touched.

use crate::apply::ONE_JOB;
use crate::support::{Ground, on_both};

fn foreign_rule(ground: &Ground, tag: Option<&str>) {
    let put = ground.cloud.aws.events.put_rule().name("billing-invoices").schedule_expression("rate(1 day)");
    let tag = tag
        .map(|app| aws_sdk_eventbridge::types::Tag::builder().key("provision:app").value(app).build().expect("a tag"));
    ground.cloud.wait(put.set_tags(tag.map(|tag| vec![tag])).send()).expect("a rule");
}

on_both!(an_unowned_resource_blocks_until_it_is_adopted, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    foreign_rule(&ground, None);
    let before = ground.cloud.everything();

    let plan = ground.diff();
    assert_eq!(plan["summary"]["blocked"], 1, "{plan:#}");
    let blocked = ground.run(&["apply", "--yes"]);
    assert_eq!(blocked.status, Some(4), "{blocked:#?}");
    assert!(
        blocked.stderr.contains("rule/billing-invoices: it exists and has no tag provision:app=billing"),
        "{blocked:#?}"
    );
    assert!(blocked.stderr.contains("--adopt"), "{blocked:#?}");
    assert_eq!(ground.cloud.everything(), before, "nothing is half done");

    ground.ok(&["apply", "--adopt"]);
    assert_eq!(ground.cloud.everything()["rule/billing-invoices"]["expression"], "rate(3 hours)");
    assert_eq!(ground.writes_of(&["apply"]), Vec::<String>::new());
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty(), "what was adopted is ours");
});

on_both!(what_belongs_to_another_app_is_never_adopted, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    foreign_rule(&ground, Some("shipping"));
    let before = ground.cloud.everything();
    let blocked = ground.run(&["apply", "--adopt", "--yes"]);
    assert_eq!(blocked.status, Some(4), "{blocked:#?}");
    assert!(blocked.stderr.contains("belongs to the app shipping"), "{blocked:#?}");
    assert_eq!(ground.cloud.everything(), before);
});

on_both!(destroy_leaves_what_is_not_ours, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    foreign_rule(&ground, None);
    let before = ground.cloud.everything();
    assert_eq!(ground.writes_of(&["destroy", "--yes"]), Vec::<String>::new());
    assert_eq!(ground.cloud.everything(), before);
});

on_both!(an_app_whose_name_begins_alike_is_left_alone, |ground: Ground| {
    ground.write("config.toml", &ONE_JOB.replace("app = \"billing\"", "app = \"billing-eu\""));
    ground.ok(&["apply"]);
    let other = ground.cloud.everything();
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    assert_eq!(ground.cloud.everything().len(), 10);
    ground.ok(&["destroy", "--yes"]);
    assert_eq!(ground.cloud.everything(), other);
});

on_both!(another_region_keeps_its_roles, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let here = ground.cloud.everything();
    ground.write("config.toml", &ONE_JOB.replace("ap-northeast-1", "eu-west-1"));
    let refused = ground.run(&["apply", "--yes", "--adopt"]);
    assert_ne!(refused.status, Some(0), "{refused:#?}");
    assert_eq!(ground.writes_of(&["destroy", "--yes"]), Vec::<String>::new());
    assert_eq!(ground.cloud.everything(), here);
});
