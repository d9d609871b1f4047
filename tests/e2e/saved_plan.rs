//! A plan that was saved and looked at: that one is carried out, or none.

use serde_json::Value;

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Ground, Run, on_both};

/// `apply --plan` with nothing written, and why.
#[track_caller]
fn refused(ground: &Ground, status: i32) -> Run {
    ground.proxy.pass();
    let run = ground.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(run.status, Some(status), "{run:#?}");
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    run
}

on_both!(a_saved_plan_is_carried_out_as_it_was_shown, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    ground.write("config.toml", &ONE_JOB.replace("tags = { team = \"payments\" }", ""));
    ground.proxy.pass();
    let shown = ground.ok(&["diff", "--out", "plan.json"]);
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    let sent = ground.writes_of(&["apply", "--plan", "plan.json"]);
    assert!(shown.stdout.contains("to delete") && sent.iter().any(|api| api == "iam:DeleteRole"), "it is confirmed");
    assert_eq!(ground.writes_of(&["apply"]), Vec::<String>::new());
    let again = refused(&ground, 4);
    assert!(again.stderr.contains("was planned, and nothing is left to do"), "{again:#?}");
});

on_both!(what_changed_since_is_refused_by_name, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.write("config.toml", &ONE_JOB.replace("rate(3 hours)", "rate(4 hours)"));
    ground.ok(&["diff", "--out", "plan.json"]);

    ground.write("config.toml", &ONE_JOB.replace("rate(3 hours)", "rate(5 hours)"));
    let run = refused(&ground, 4);
    assert!(run.stderr.contains("Caused by: rule/billing-invoices: it is another update"), "{run:#?}");

    ground.write("config.toml", &ONE_JOB.replace("rate(3 hours)", "rate(4 hours)"));
    let group = "/aws/vendedlogs/states/billing-invoices";
    let put = ground.cloud.aws.logs.put_retention_policy().log_group_name(group).retention_in_days(1);
    ground.cloud.wait(put.send()).expect("another retention");
    let run = refused(&ground, 4);
    let said = format!("log-group/{group}: update was not planned: retention_days differ");
    assert!(run.stderr.contains(&said), "{run:#?}");
});

on_both!(a_plan_keeps_what_it_was_made_for, |ground: Ground| {
    ground.write("config.toml", &format!("{TWO_JOBS}\n[env.prod]\njob.report.tracing = true\n"));
    ground.ok(&["diff", "--env", "prod", "--job", "report", "--out", "plan.json"]);
    assert!(refused(&ground, 4).stderr.contains("it was made with `--env prod --job report`"));
    ground.ok(&["apply", "--env", "prod", "--plan", "plan.json"]);
    let all = ground.cloud.everything();
    assert!(all.contains_key("state-machine/billing-prod-report"), "{all:#?}");
    assert!(!all.contains_key("state-machine/billing-prod-invoices"), "{all:#?}");
});

on_both!(a_plan_gives_no_consent_that_the_command_line_does_not, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    for option in ["--adopt", "--stop-running"] {
        ground.ok(&["diff", option, "--out", "plan.json"]);
        let run = refused(&ground, 4);
        assert!(run.stderr.contains(&format!("it was made with `{option}`")), "{run:#?}");
        assert!(ground.proxy.seen().is_empty(), "nothing was asked");
    }
    ground.ok(&["apply", "--stop-running", "--plan", "plan.json"]);
});

on_both!(a_plan_that_was_tampered_with_is_refused, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["diff", "--out", "plan.json"]);
    let text = std::fs::read_to_string(ground.path("plan.json")).expect("the plan");
    let plan: Value = serde_json::from_str(&text).expect("JSON");
    let mut less = plan.clone();
    less["changes"].as_array_mut().unwrap().pop();
    let mut adopting = plan.clone();
    adopting["adopt"] = true.into();
    let mut newer = plan.clone();
    newer["format"] = 2.into();
    for other in [less, adopting, newer] {
        ground.write("plan.json", &other.to_string());
        let run = refused(&ground, 4);
        assert!(run.stderr.contains("is not as it was saved"), "{run:#?}");
        assert!(ground.proxy.seen().is_empty(), "nothing was asked");
    }
    for nonsense in ["", "{}", "[1]", "{\"format\":1}"] {
        ground.write("plan.json", nonsense);
        assert!(refused(&ground, 3).stderr.contains("is not a saved plan"));
    }
    std::fs::remove_file(ground.path("plan.json")).expect("it was there");
    assert!(refused(&ground, 3).stderr.contains("can't read the plan"));
});

on_both!(a_plan_carries_nothing_that_is_in_a_resource, |ground: Ground| {
    let environment = "environment = { TOKEN = \"xyzzy-1\" }\n";
    ground.write("config.toml", &format!("{}{environment}", ONE_JOB.replace("invoices:send", "xyzzy-2")));
    ground.ok(&["diff", "--out", "plan.json"]);
    let text = std::fs::read_to_string(ground.path("plan.json")).expect("the plan");
    assert!(text.contains("state-machine/billing-invoices") && !text.contains("xyzzy"), "{text}");
    ground.ok(&["apply", "--plan", "plan.json"]);
});
