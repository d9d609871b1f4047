//! `--env`: one config, several apps.

use crate::apply::ONE_JOB;
use crate::support::{Ground, Run, Which, on_both};

const PROD: &str = r#"
[env.prod]
ecs.cluster = "batch"
job.invoices.enabled = false
job.invoices.timeout = "9m"
[env.own]
app = "ledger"
"#;

on_both!(each_environment_is_an_app_of_its_own, |ground: Ground| {
    ground.write("config.toml", &format!("{ONE_JOB}{PROD}"));
    ground.ok(&["apply"]);
    ground.ok(&["apply", "--env", "prod"]);
    ground.ok(&["apply", "--env", "own"]);
    let all = ground.cloud.everything();
    assert_eq!(all.len(), 15);
    assert_eq!(all["rule/billing-invoices"]["state"], "ENABLED");
    assert_eq!(all["rule/billing-prod-invoices"]["state"], "DISABLED");
    assert_eq!(all["rule/billing-prod-invoices"]["tags"]["provision:app"], "billing-prod");
    let task = &all["state-machine/billing-prod-invoices"]["definition"]["States"]["Run task"];
    assert_eq!(task["TimeoutSeconds"], 540);
    assert!(all.contains_key("rule/ledger-invoices"), "an environment may name its app itself");

    let plan = ground.ok(&["diff", "--env", "prod", "--json"]).json();
    assert_eq!((&plan["app"], &plan["environment"]), (&"billing-prod".into(), &"prod".into()));
    assert_eq!(plan["summary"]["unchanged"], 5);
    ground.ok(&["destroy", "--env", "prod", "--yes"]);
    assert_eq!(ground.cloud.everything().len(), 10, "the others stay");
});

#[test]
fn an_unknown_environment_is_refused_with_the_nearest_name() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", &format!("{ONE_JOB}{PROD}"));
    let run = ground.run(&["apply", "--env", "prd"]);
    assert_eq!(run.status, Some(3), "{run:#?}");
    assert!(run.stderr.contains("did you mean `prod`?"), "{run:#?}");
    assert!(ground.proxy.seen().is_empty());
}

#[test]
fn a_string_takes_from_the_environment() {
    let ground = Ground::new(Which::Moto);
    ground.write(
        "config.toml",
        &ONE_JOB.replace("\"payments\"", "\"${env:TEAM:-nobody}\"").replace("\"batch\"", "\"${env:CLUSTER}\""),
    );
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(3), "{run:#?}");
    assert!(run.stderr.contains("the environment variable `CLUSTER` is not set"), "{run:#?}");
    let output = ground.command(&["apply"]).env("CLUSTER", "batch").output().expect("the binary runs");
    assert_eq!(Run::of(&output).status, Some(0));
    assert_eq!(ground.cloud.everything()["rule/billing-invoices"]["tags"]["team"], "nobody");
}
