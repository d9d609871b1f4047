//! Reading as on AWS itself, where bulk reads leave nothing out: tags come from the tagging API, and only what it does
//! not show is asked for alone. The emulators' tagging APIs show some kinds each, so both ways are taken.

use std::collections::BTreeSet;

use provision::aws::{Aws, identify};
use provision::plan::{Action, Plan};
use provision::session::{Aim, Session};

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Ground, Which, on_both};

/// The plan of the config, made in this process by clients that take the emulator for AWS.
fn plan(ground: &Ground, destroy: bool) -> Plan {
    let config = provision::config::load(&ground.path("config.toml"), None).expect("a sound config");
    let aws = Aws { endpoint: None, ..ground.cloud.aws.clone() };
    ground.cloud.wait(async {
        let scope = identify(&aws, &config).await.expect("an account");
        let session = Session { config, aws, scope };
        session.plan(&Aim { destroy, ..Aim::default() }, BTreeSet::new()).await.expect("a plan")
    })
}

fn addresses(plan: &Plan, action: Action) -> Vec<String> {
    let of = plan.changes.iter().filter(|change| change.action == action);
    of.map(|change| change.address.to_string()).collect()
}

on_both!(what_was_applied_reads_back_unchanged, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    assert_eq!(addresses(&plan(&ground, false), Action::Create).len(), 11);
    ground.ok(&["apply"]);
    let read = plan(&ground, false);
    assert_eq!((read.changes.len(), read.unchanged), (0, 11), "{:#?}", read.changes);
    assert_eq!(addresses(&plan(&ground, true), Action::Delete).len(), 11);
});

on_both!(drift_is_seen, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let cloud = &ground.cloud;
    let group = "/aws/vendedlogs/states/billing-invoices";
    let retention = cloud.aws.logs.put_retention_policy().log_group_name(group).retention_in_days(90);
    cloud.wait(retention.send()).expect("done");
    let arn = cloud.arn("logs", &format!("log-group:{group}"));
    cloud.wait(cloud.aws.logs.tag_resource().resource_arn(arn).tags("team", "others").send()).expect("done");
    let read = plan(&ground, false);
    assert_eq!(read.changes.len(), 1, "{:#?}", read.changes);
    assert_eq!(read.changes[0].reason, "retention_days and tags differ");
});

/// What no name of the config leads to is found by its tag, as far as each emulator's tagging API goes.
#[test]
fn what_the_config_no_longer_names_is_found_by_its_tag() {
    let own = "name = \"nightly\"\n[job.invoices.logs]\ngroup = \"/elsewhere/nightly\"\n";
    for (which, kinds) in [(Which::Moto, ["log-group", "state-machine"]), (Which::Ministack, ["rule", "role"])] {
        let ground = Ground::new(which);
        ground.write("config.toml", &format!("{ONE_JOB}{own}"));
        ground.ok(&["apply"]);
        ground.write("config.toml", &ONE_JOB.replace("job.invoices", "job.other"));
        let gone = addresses(&plan(&ground, false), Action::Delete);
        for kind in kinds {
            assert!(gone.iter().any(|address| address.starts_with(&format!("{kind}/"))), "{which:?} {kind}: {gone:?}");
        }
    }
}
