//! `--job`: nothing of any other job is touched.

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Ground, Which, on_both};

on_both!(only_the_named_job_is_made_changed_and_pruned, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply", "--job", "invoices"]);
    let all = ground.cloud.everything();
    assert_eq!(all.len(), 5);
    assert!(all.keys().all(|address| address.contains("invoices")), "{all:#?}");

    ground.ok(&["apply"]);
    let changed = TWO_JOBS.replace("rate(3 hours)", "rate(1 hour)").replace("0 9 ?", "0 8 ?");
    ground.write("config.toml", &changed);
    assert_eq!(ground.writes_of(&["apply", "--job", "report"]), ["events:PutRule"]);
    assert_eq!(ground.cloud.everything()["rule/billing-invoices"]["expression"], "rate(3 hours)");

    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply", "--job", "invoices"]);
    assert_eq!(ground.cloud.everything().len(), 11, "another job's leftovers stay");
});

on_both!(another_jobs_missing_task_definition_is_no_obstacle, |ground: Ground| {
    ground.write("config.toml", &format!("{TWO_JOBS}\n[job.report.ecs]\ntask_definition = \"missing\"\n"));
    ground.ok(&["apply", "--job", "invoices"]);
    let all = ground.run(&["apply"]);
    assert_eq!(all.status, Some(1), "{all:#?}");
});

on_both!(a_log_group_that_jobs_share_is_made_once_and_stays, |ground: Ground| {
    let shared = format!("{TWO_JOBS}\n[logs]\ngroup = \"/batch/{{app}}\"\n");
    ground.write("config.toml", &shared);
    ground.ok(&["apply", "--job", "report"]);
    assert_eq!(ground.cloud.everything()["log-group//batch/billing"]["tags"]["provision:job"], "@shared");
    ground.ok(&["apply"]);
    assert_eq!(ground.writes_of(&["apply", "--job", "invoices"]), Vec::<String>::new());
    let without_invoices = shared.replacen("[job.invoices]", "[job.report2]", 1);
    ground.write("config.toml", &without_invoices);
    ground.ok(&["apply", "--yes"]);
    assert!(ground.cloud.everything().contains_key("log-group//batch/billing"));
});

#[test]
fn an_unknown_job_is_a_fault_with_the_nearest_name() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", TWO_JOBS);
    let run = ground.run(&["apply", "--job", "invoice"]);
    assert_eq!(run.status, Some(3), "{run:#?}");
    assert!(run.stderr.contains("did you mean `invoices`?"), "{run:#?}");
    assert!(ground.proxy.seen().is_empty(), "nothing was asked of AWS");
}

on_both!(a_name_that_another_job_takes_over_stays, |ground: Ground| {
    let job = |name: &str, machine: &str| format!("[job.{name}]\nname = \"{machine}\"\ncommand = [\"true\"]\n");
    let head = &TWO_JOBS[..TWO_JOBS.find("[job").unwrap()];
    ground.write("config.toml", &format!("{head}{}", job("old", "X")));
    ground.ok(&["apply"]);
    ground.write("config.toml", &format!("{head}{}{}", job("new", "X"), job("old", "Y")));
    ground.ok(&["apply", "--job", "old", "--yes"]);
    assert!(ground.cloud.everything().contains_key("state-machine/X"), "the config wants it for another job");
    ground.ok(&["apply"]);
    assert_eq!(ground.cloud.everything()["state-machine/X"]["tags"]["provision:job"], "new");
});
