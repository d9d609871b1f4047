//! Nothing is left.

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Ground, on_both};

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
