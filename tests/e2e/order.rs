//! What comes before what, and what a failure stops.

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Answer, Ground, Seen, Verdict, on_both};

fn denial(action: &str) -> Verdict {
    let message =
        format!("User: arn:aws:iam::123456789012:user/ci is not authorized to perform: {action} on resource: *");
    Verdict::Answer(Answer::error(400, "AccessDeniedException", message))
}

on_both!(a_role_is_widened_before_the_machine_and_shrunk_after_it, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.cloud.task_definition("other", &["app"], None);
    ground.write("config.toml", &ONE_JOB.replace("task_definition = \"app\"", "task_definition = \"other\""));
    ground.proxy.pass();
    ground.ok(&["apply"]);
    let writes: Vec<Seen> = ground.proxy.seen().into_iter().filter(Seen::is_write).collect();
    let names: Vec<&str> = writes.iter().map(|seen| seen.api.as_str()).collect();
    assert_eq!(names, ["iam:PutRolePolicy", "states:UpdateStateMachine", "iam:PutRolePolicy"]);
    let allows = |at: usize, family: &str| writes[at].body.contains(&format!("task-definition%2F{family}%22"));
    assert!(allows(0, "app") && allows(0, "other"), "first both");
    assert!(!allows(2, "app") && allows(2, "other"), "then only the new one");
});

on_both!(a_failure_stops_only_what_needs_it, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.proxy.rule(|_, seen| {
        let hit = seen.api == "states:CreateStateMachine" && seen.body.contains("billing-invoices");
        if hit { denial("states:CreateStateMachine") } else { Verdict::Pass }
    });
    let run = ground.run(&["apply", "--json"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    let outcomes: Vec<(String, String)> = run.json()["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["address"].as_str().unwrap().to_owned(), change["outcome"].as_str().unwrap().to_owned()))
        .filter(|(_, outcome)| outcome != "done")
        .collect();
    let expected = [("state-machine/billing-invoices", "failed"), ("rule/billing-invoices", "skipped")];
    assert_eq!(outcomes, expected.map(|(address, outcome)| (address.to_owned(), outcome.to_owned())));
    assert_eq!(run.stderr.matches("Caused by").count(), 1, "the root cause, once: {run:#?}");
    assert!(ground.cloud.everything().contains_key("state-machine/billing-report"), "the other job is whole");

    ground.proxy.pass();
    ground.ok(&["apply"]);
    assert_eq!(ground.diff()["summary"]["unchanged"], 11);
});

on_both!(a_denied_read_is_an_error_and_not_an_absence, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    for api in [
        "states:DescribeStateMachine",
        "events:ListRules",
        "logs:DescribeLogGroups",
        "iam:GetAccountAuthorizationDetails",
        "tag:GetResources",
    ] {
        ground.proxy.rule(move |_, seen| if seen.api == api { denial(api) } else { Verdict::Pass });
        let run = ground.run(&["apply"]);
        assert_eq!(run.status, Some(1), "{api}: {run:#?}");
        assert!(run.stderr.contains(&format!("Hint: allow `{api}`")), "{api}: {run:#?}");
        assert_eq!(ground.proxy.writes(), Vec::<String>::new(), "{api}");
    }
});

on_both!(a_rename_that_fails_leaves_the_old_one_running, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    for (from, to, api) in [
        ("[job.invoices]", "[job.bills]", "states:CreateStateMachine"),
        ("[job.invoices]", "[job.bills]", "events:PutTargets"),
        ("schedules.morning", "schedules.early", "events:PutRule"),
    ] {
        ground.write("config.toml", &TWO_JOBS.replace(from, to));
        ground.proxy.rule(move |_, seen| if seen.api == api { denial(api) } else { Verdict::Pass });
        for run in ["first", "second"] {
            assert_eq!(ground.run(&["apply", "--yes"]).status, Some(1), "{api}, the {run} time");
            let all = ground.cloud.everything();
            for kept in ["rule/billing-invoices", "state-machine/billing-invoices", "rule/billing-report-morning"] {
                assert!(all.contains_key(kept), "{kept} is still there after {api} failed the {run} time");
            }
        }
        ground.proxy.pass();
        ground.ok(&["apply", "--yes"]);
        ground.write("config.toml", TWO_JOBS);
        ground.ok(&["apply", "--yes"]);
        assert_eq!(ground.diff()["summary"]["unchanged"], 11);
    }
});

on_both!(a_made_role_that_is_given_now_stays, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let role = |use_: &str| ground.cloud.role_arn(&format!("provision/billing/billing-invoices-{use_}"));
    let given = format!("roles = {{ execution = \"{}\", trigger = \"{}\" }}\n", role("execution"), role("trigger"));
    let changed = ONE_JOB.replace("timeout = \"5m\"", "timeout = \"6m\"").replace("rate(3 hours)", "rate(4 hours)");
    ground.write("config.toml", &format!("{changed}{given}"));
    ground.ok(&["apply", "--yes"]);
    let all = ground.cloud.everything();
    for kept in ["role/billing-invoices-execution", "role/billing-invoices-trigger"] {
        assert!(all.contains_key(kept), "{kept} is used: {all:#?}");
    }
    assert_eq!(ground.diff()["summary"]["delete"], 0);
    ground.ok(&["destroy", "--yes"]);
    assert!(ground.cloud.everything().is_empty());
});

on_both!(a_replacement_is_a_deletion_that_somebody_confirms, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let arn = ground.cloud.arn("states", "stateMachine:billing-invoices");
    let states = &ground.cloud.aws.states;
    ground.cloud.wait(states.delete_state_machine().state_machine_arn(&arn).send()).expect("it is deleted");
    let tag = |key: &str, value: &str| aws_sdk_sfn::types::Tag::builder().key(key).value(value).build();
    let express = states
        .create_state_machine()
        .name("billing-invoices")
        .r#type(aws_sdk_sfn::types::StateMachineType::Express)
        .definition(r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#)
        .role_arn(ground.cloud.role_arn("x"))
        .tags(tag("provision:app", "billing"));
    ground.cloud.wait(express.send()).expect("it is made");
    let refused = ground.run(&["apply"]);
    assert_eq!(refused.status, Some(4), "{refused:#?}");
    assert!(refused.stdout.contains("it is replaced"), "{refused:#?}");
    ground.ok(&["apply", "--yes"]);
    assert_eq!(ground.cloud.everything()["state-machine/billing-invoices"]["type"], "STANDARD");
});
