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
