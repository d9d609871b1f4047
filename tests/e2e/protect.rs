//! What is protected is not deleted, until the protection is taken off first.

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Ground, Run, on_both};

/// Nothing is written, and these are named.
#[track_caller]
fn refused(ground: &Ground, arguments: &[&str], named: &[&str]) -> Run {
    let before = ground.cloud.everything();
    ground.proxy.pass();
    let run = ground.run(arguments);
    assert_eq!(run.status, Some(4), "{run:#?}");
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    assert_eq!(ground.cloud.everything(), before);
    for address in named {
        assert!(run.stderr.contains(&format!("Caused by: {address}: it is protected")), "{address}: {run:#?}");
    }
    run
}

on_both!(a_protected_app_is_not_destroyed, |ground: Ground| {
    ground.write("config.toml", &format!("protect = true\n{ONE_JOB}"));
    ground.ok(&["apply"]);
    let run = refused(&ground, &["destroy", "--yes"], &["rule/billing-invoices", "state-machine/billing-invoices"]);
    assert!(run.stderr.contains("set `protect = false`, run `provision apply`, and then this again"), "{run:#?}");

    ground.write("config.toml", ONE_JOB);
    refused(&ground, &["destroy", "--yes"], &["role/billing-invoices-trigger"]);
    ground.ok(&["apply"]);
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty());
});

on_both!(a_protected_job_is_not_pruned_when_the_config_no_longer_knows_it, |ground: Ground| {
    ground.write(
        "config.toml",
        &format!("{TWO_JOBS}\n[job.other]\ncommand = [\"x\"]\n")
            .replace("[job.invoices]", "[job.invoices]\nprotect = true"),
    );
    ground.ok(&["apply"]);
    ground.write("config.toml", &ONE_JOB.replace("job.invoices", "job.new"));
    refused(&ground, &["apply", "--yes"], &["log-group//aws/vendedlogs/states/billing-invoices"]);

    let plan = ground.run(&["diff"]);
    assert!(plan.stdout.contains("! state-machine/billing-invoices  because it is protected"), "{plan:#?}");
    assert!(plan.stdout.contains("- state-machine/billing-other"), "{plan:#?}");
});

on_both!(a_config_protects_before_its_tag_is_there, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.write("config.toml", &ONE_JOB.replace("[job.invoices]", "[job.invoices]\nprotect = true"));
    refused(&ground, &["destroy", "--yes"], &["state-machine/billing-invoices"]);
});

on_both!(what_can_only_be_replaced_stays_while_the_config_protects_it, |ground: Ground| {
    ground.write("config.toml", &format!("protect = true\n{ONE_JOB}"));
    ground.ok(&["apply"]);
    let (iam, name) = (&ground.cloud.aws.iam, "billing-invoices-trigger");
    let tag = |(key, value): &(&str, &str)| {
        aws_sdk_iam::types::Tag::builder().key(*key).value(*value).build().expect("a tag")
    };
    let tags = [("provision:app", "billing"), ("provision:job", "invoices"), ("provision:protect", "true")];
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    ground.cloud.wait(async {
        iam.delete_role_policy().role_name(name).policy_name("provision").send().await.expect("its policy");
        iam.delete_role().role_name(name).send().await.expect("the role");
        let elsewhere = iam.create_role().role_name(name).path("/").assume_role_policy_document(trust);
        elsewhere.set_tags(Some(tags.iter().map(tag).collect())).send().await.expect("a role elsewhere");
    });
    let run = refused(&ground, &["apply", "--yes"], &["role/billing-invoices-trigger"]);
    assert!(run.stderr.contains("it is protected, and would have to be replaced: "), "{run:#?}");

    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply", "--yes"]);
    assert_eq!(ground.diff()["summary"]["unchanged"], 5);
});
