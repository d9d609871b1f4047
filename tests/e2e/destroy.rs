//! Nothing is left.

use std::collections::BTreeSet;

use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Answer, Ground, Verdict, Which, on_both};

on_both!(destroy_leaves_nothing_and_a_second_is_a_quiet_success, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    let all = ground.cloud.everything();
    let refused = ground.run(&["destroy"]);
    assert_eq!(refused.status, Some(4), "{refused:#?}");
    assert_eq!(ground.cloud.everything(), all, "nobody confirmed, so nothing was done");

    let sent = ground.writes_of(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty());
    let at = |api: &str| sent.iter().position(|sent| sent == api).expect(api);
    let last = |api: &str| sent.iter().rposition(|sent| sent == api).expect(api);
    assert!(at("events:DeleteRule") < at("states:DeleteStateMachine"), "a schedule goes before its machine: {sent:?}");
    assert!(last("states:DeleteStateMachine") < last("iam:DeleteRole"), "{sent:?}");

    assert_eq!(ground.writes_of(&["destroy", "--yes"]), Vec::<String>::new());
    assert_eq!(ground.run(&["destroy"]).status, Some(0), "there is nothing to confirm");
});

on_both!(destroy_takes_what_the_config_left_behind, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty(), "{:#?}", ground.cloud.everything());
});

on_both!(destroy_finds_names_of_the_users_own_choice, |ground: Ground| {
    let own = "name = \"nightly\"\n[job.invoices.logs]\ngroup = \"/elsewhere/nightly\"\n";
    ground.write("config.toml", &format!("{ONE_JOB}{own}"));
    ground.ok(&["apply"]);
    ground.write("config.toml", &ONE_JOB.replace("job.invoices", "job.other"));
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty(), "{:#?}", ground.cloud.everything());
});

on_both!(destroy_works_when_the_task_definition_is_gone, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.write("config.toml", &ONE_JOB.replace("task_definition = \"app\"", "task_definition = \"gone\""));
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty());
});

on_both!(logs_can_be_kept, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.ok(&["destroy", "--yes", "--keep-logs"]);
    assert_eq!(ground.cloud.everything().len(), 1);
    ground.ok(&["apply"]);
    assert_eq!(ground.cloud.everything().len(), 5, "and are ours again");
});

/// A run that still goes on, by its name.
fn started(ground: &Ground, name: &str) -> String {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    start(ground, name)
}

/// Starts a run of the job `invoices`, whose task then runs until it is stopped.
pub fn start(ground: &Ground, name: &str) -> String {
    let machine = ground.cloud.arn("states", "stateMachine:billing-invoices");
    let start = ground.cloud.aws.states.start_execution().state_machine_arn(machine).name(name).input("{}");
    let execution = ground.cloud.wait(start.send()).expect("it starts").execution_arn;
    ground.cloud.command_of_the_running_task();
    execution
}

#[test]
fn what_still_runs_is_named_before_anything_is_removed() {
    let ground = Ground::new(Which::Ministack);
    started(&ground, "nightly");
    let refused = ground.run(&["destroy"]);
    assert_eq!(refused.status, Some(4), "{refused:#?}");
    let waited = refused.stdout.lines().find(|line| line.contains("running: nightly, since 20")).unwrap_or_default();
    assert!(waited.ends_with("; it is waited for"), "{refused:#?}");

    let plan = ground.run(&["destroy", "--json"]).json();
    let machine = |change: &&Value| change["address"] == "state-machine/billing-invoices";
    let machine = plan["changes"].as_array().unwrap().iter().find(machine).expect("the machine").clone();
    assert!(machine["running"][0].as_str().unwrap().starts_with("nightly, since 20"), "{machine:#}");
    assert_eq!(machine["calls"], json!([{ "api": "states:DeleteStateMachine" }]));
}

#[test]
fn what_still_runs_is_stopped_when_asked_to() {
    let ground = Ground::new(Which::Ministack);
    let execution = started(&ground, "nightly");
    ground.proxy.pass();
    let run = ground.ok(&["destroy", "--yes", "--stop-running"]);
    assert!(run.stdout.contains("; it is stopped\n"), "{run:#?}");
    let sent = ground.proxy.writes();
    let at = |api: &str| sent.iter().position(|sent| sent == api).expect(api);
    assert!(at("events:DeleteRule") < at("states:StopExecution"), "nothing starts after it: {sent:?}");
    assert!(at("states:StopExecution") < at("states:DeleteStateMachine"), "{sent:?}");
    assert!(
        ground.proxy.seen().iter().any(|seen| seen.api == "states:StopExecution" && seen.body.contains(&execution))
    );
    assert!(ground.cloud.everything().is_empty());
}

#[test]
fn however_many_run_all_are_stopped() {
    let ground = Ground::new(Which::Ministack);
    let machine = ground.cloud.arn("states", "stateMachine:billing-invoices");
    started(&ground, "run-0");
    let states = &ground.cloud.aws.states;
    for at in 1..250 {
        let start = states.start_execution().state_machine_arn(&machine).name(format!("run-{at}")).input("{}");
        ground.cloud.wait(start.send()).expect("it starts");
    }
    let stays = |api: &str| Answer::error(400, "AccessDeniedException", format!("no {api}"));
    ground.proxy.rule(move |_, seen| match seen.api == "states:DeleteStateMachine" {
        true => Verdict::Answer(stays(&seen.api)),
        false => Verdict::Pass,
    });
    assert_eq!(ground.run(&["destroy", "--yes", "--stop-running"]).status, Some(1));
    let stopped = |seen: &&crate::support::Seen| seen.api == "states:StopExecution";
    let stopped: BTreeSet<String> = ground.proxy.seen().iter().filter(stopped).map(|seen| seen.body.clone()).collect();
    assert!(stopped.len() > 200, "more than are stopped in one go, twice: {}", stopped.len());
    let running = states.list_executions().state_machine_arn(&machine).status_filter(ExecutionStatus::Running);
    let running = ground.cloud.wait(running.send()).expect("a list").executions;
    assert!(running.is_empty(), "{running:?}");
    ground.proxy.pass();
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty());
}

#[test]
fn a_removed_job_that_still_runs_is_stopped_when_asked_to() {
    let ground = Ground::new(Which::Ministack);
    let execution = started(&ground, "nightly");
    ground.write("config.toml", &ONE_JOB.replace("job.invoices", "job.other"));
    let diff = ground.ok(&["diff"]);
    assert!(diff.stdout.contains("running: nightly, since 20"), "{diff:#?}");
    ground.proxy.pass();
    ground.ok(&["apply", "--yes", "--stop-running"]);
    let stops = |seen: &crate::support::Seen| seen.api == "states:StopExecution" && seen.body.contains(&execution);
    assert!(ground.proxy.seen().iter().any(stops));
}
