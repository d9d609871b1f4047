//! From nothing to what the config says, and again.

use serde_json::{Value, json};

use crate::support::{Ground, on_both};

pub const ONE_JOB: &str = r#"
app = "billing"
region = "ap-northeast-1"
tags = { team = "payments" }

[ecs]
cluster = "batch"
task_definition = "app"
subnets = ["subnet-0a"]
security_groups = ["sg-0b"]
assign_public_ip = true

[job.invoices]
command = ["php", "artisan", "invoices:send"]
schedule = "rate(3 hours)"
timeout = "5m"
"#;

pub const TWO_JOBS: &str = r#"
app = "billing"
region = "ap-northeast-1"

[ecs]
cluster = "batch"
task_definition = "app"
subnets = ["subnet-0a"]

[job.invoices]
command = ["php", "artisan", "invoices:send"]
schedule = "rate(3 hours)"

[job.report.schedules.morning]
expression = "cron(0 9 ? * MON-FRI *)"
command = ["php", "artisan", "report:daily"]

[job.report.schedules.month_end]
expression = "cron(0 1 L * ? *)"
command = ["php", "artisan", "report:monthly"]
"#;

on_both!(from_nothing_then_nothing, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    let plan = ground.diff();
    assert_eq!(plan["summary"], json!({ "create": 5, "update": 0, "delete": 0, "blocked": 0, "unchanged": 0 }));
    assert_eq!(ground.proxy.writes(), Vec::<String>::new(), "a diff writes nothing");

    let applied = ground.ok(&["apply", "--json"]).json();
    let calls = |plan: &Value| {
        plan["changes"].as_array().unwrap().iter().map(|change| change["calls"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(calls(&applied), calls(&plan), "apply does what the diff said");
    assert!(applied["changes"].as_array().unwrap().iter().all(|change| change["outcome"] == "done"));

    assert_eq!(ground.writes_of(&["apply"]), Vec::<String>::new(), "the second apply writes nothing");
    assert_eq!(ground.diff()["summary"]["unchanged"], 5);
    assert_eq!(ground.run(&["diff", "--exit-code"]).status, Some(0));
});

on_both!(every_call_sent_was_in_the_plan, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    let plan = ground.diff();
    let mut planned: Vec<String> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|change| change["calls"].as_array().unwrap().clone())
        .map(|call| call["api"].as_str().unwrap().to_owned())
        .collect();
    let mut sent = ground.writes_of(&["apply"]);
    planned.sort();
    sent.sort();
    assert_eq!(sent, planned);
});

on_both!(what_is_made_is_what_was_asked_for, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let cloud = &ground.cloud;
    let all = cloud.everything();
    let tags = json!({ "team": "payments", "provision:app": "billing", "provision:job": "invoices" });
    assert_eq!(
        all.keys().collect::<Vec<_>>(),
        [
            "log-group//aws/vendedlogs/states/billing-invoices",
            "role/billing-invoices-execution",
            "role/billing-invoices-trigger",
            "rule/billing-invoices",
            "state-machine/billing-invoices",
        ]
    );
    assert!(all.values().all(|resource| resource["tags"] == tags), "everything is tagged: {all:#?}");
    assert_eq!(all["log-group//aws/vendedlogs/states/billing-invoices"]["retention"], 30);

    let machine = &all["state-machine/billing-invoices"];
    assert_eq!(machine["role"], cloud.role_arn("provision/billing/billing-invoices-execution"));
    let group = cloud.arn("logs", "log-group:/aws/vendedlogs/states/billing-invoices:*");
    assert_eq!(machine["logging"], json!({ "level": "ALL", "data": true, "groups": [group] }));

    let rule = &all["rule/billing-invoices"];
    assert_eq!((&rule["expression"], &rule["state"]), (&json!("rate(3 hours)"), &json!("ENABLED")));
    let target = &rule["targets"][0];
    assert_eq!(target["arn"], cloud.arn("states", "stateMachine:billing-invoices"));
    assert_eq!(target["role"], cloud.role_arn("provision/billing/billing-invoices-trigger"));
    assert_eq!(target["input"], json!({ "commands": ["php", "artisan", "invoices:send"] }));
});

on_both!(roles_allow_what_the_machine_calls_and_nothing_else, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let cloud = &ground.cloud;
    let all = cloud.everything();
    let cluster = json!({ "ArnEquals": { "ecs:cluster": cloud.arn("ecs", "cluster/batch") } });
    let actions = |role: &str| {
        let statements = all[role]["policies"]["provision"]["Statement"].as_array().unwrap().clone();
        statements
            .into_iter()
            .map(|statement| (statement["Action"].to_string(), statement))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let execution = actions("role/billing-invoices-execution");
    assert_eq!(execution.len(), 5, "{execution:#?}");
    let run = &execution[r#""ecs:RunTask""#];
    assert_eq!(
        run["Resource"],
        json!([cloud.arn("ecs", "task-definition/app"), cloud.arn("ecs", "task-definition/app:*")])
    );
    assert_eq!(run["Condition"], cluster);
    assert_eq!(execution[r#"["ecs:DescribeTasks","ecs:StopTask"]"#]["Condition"], cluster);
    let pass = &execution[r#""iam:PassRole""#];
    assert_eq!(pass["Resource"], json!([cloud.role_arn("app-execution"), cloud.role_arn("app-task")]));
    assert_eq!(pass["Condition"], json!({ "StringEquals": { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }));
    let rule = &execution[r#"["events:DescribeRule","events:PutRule","events:PutTargets"]"#];
    assert_eq!(rule["Resource"], cloud.arn("events", "rule/StepFunctionsGetEventsForECSTaskRule"));

    let trigger = actions("role/billing-invoices-trigger");
    assert_eq!(trigger.len(), 1);
    assert_eq!(trigger[r#""states:StartExecution""#]["Resource"], cloud.arn("states", "stateMachine:billing-invoices"));

    let trust = |role: &str| all[role]["trust"]["Statement"][0].clone();
    assert_eq!(
        trust("role/billing-invoices-execution")["Condition"],
        json!({
            "StringEquals": { "aws:SourceAccount": cloud.account },
            "ArnLike": { "aws:SourceArn": cloud.arn("states", "stateMachine:*") },
        })
    );
    assert_eq!(
        trust("role/billing-invoices-trigger")["Condition"],
        json!({
            "StringEquals": { "aws:SourceAccount": cloud.account },
            "ArnEquals": { "aws:SourceArn": cloud.arn("events", "rule/billing-invoices") },
        })
    );
});

on_both!(a_new_revision_with_another_role_is_a_difference, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.cloud.task_definition("app", &["app"], Some("another-task"));
    let plan = ground.diff();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1);
    assert_eq!(plan["changes"][0]["address"], "role/billing-invoices-execution");
    assert_eq!(plan["changes"][0]["reason"], "policies differ");
    assert_eq!(ground.writes_of(&["apply"]), ["iam:PutRolePolicy"]);
});

on_both!(a_job_taken_out_of_the_config_is_pruned, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    ground.write("config.toml", ONE_JOB);
    let refused = ground.run(&["apply"]);
    assert_eq!(refused.status, Some(4), "a plan that deletes needs --yes: {refused:#?}");
    assert_eq!(ground.cloud.everything().len(), 11, "and nothing was done");
    ground.ok(&["apply", "--yes"]);
    let left = ground.cloud.everything();
    assert_eq!(left.len(), 5, "{left:#?}");
    assert!(left.keys().all(|address| !address.contains("report")), "{left:#?}");
    assert_eq!(ground.diff()["summary"]["unchanged"], 5);
});

on_both!(one_schedule_taken_out_is_pruned, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    let cut = TWO_JOBS.find("[job.report.schedules.month_end]").unwrap();
    ground.write("config.toml", &TWO_JOBS[..cut]);
    let sent = ground.writes_of(&["apply", "--yes"]);
    assert_eq!(
        sent,
        ["events:RemoveTargets", "events:DeleteRule", "iam:UpdateAssumeRolePolicy"],
        "the trust shrinks last"
    );
    assert_eq!(ground.cloud.everything().len(), 10);
});

on_both!(roles_that_are_given_are_used_and_never_touched, |ground: Ground| {
    let (execution, trigger) = (ground.cloud.role_arn("mine"), ground.cloud.role_arn("start"));
    let roles = format!("{ONE_JOB}\n[roles]\nexecution = \"{execution}\"\ntrigger = \"{trigger}\"\n");
    ground.write("config.toml", &roles);
    let sent = ground.writes_of(&["apply"]);
    assert!(sent.iter().all(|api| !api.starts_with("iam:")), "{sent:?}");
    let all = ground.cloud.everything();
    assert_eq!(all["state-machine/billing-invoices"]["role"], execution.as_str());
    assert_eq!(all["rule/billing-invoices"]["targets"][0]["role"], trigger.as_str());
});

on_both!(a_disabled_job_keeps_everything_but_does_not_fire, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.write("config.toml", &format!("{ONE_JOB}enabled = false\n"));
    assert_eq!(ground.writes_of(&["apply"]), ["events:PutRule"]);
    assert_eq!(ground.cloud.everything()["rule/billing-invoices"]["state"], "DISABLED");
});

#[test]
fn what_a_user_sees_of_a_first_apply() {
    let ground = Ground::new(crate::support::Which::Moto);
    ground.write("config.toml", ONE_JOB);
    insta::assert_snapshot!("first_diff", ground.ok(&["diff"]).stdout);
    ground.ok(&["apply"]);
    insta::assert_snapshot!("nothing_to_do", ground.ok(&["diff"]).stdout);
    ground.write("config.toml", &ONE_JOB.replace("rate(3 hours)", "rate(1 hour)").replace("5m", "10m"));
    insta::assert_snapshot!("update_diff", ground.ok(&["diff"]).stdout);
}

/// IAM takes 2,048 characters of trust, and a change may need twice as many as a moment of rest.
#[test]
fn many_schedules_do_not_outgrow_the_triggers_trust() {
    let ground = Ground::new(crate::support::Which::Ministack);
    let schedules: Vec<String> = (0..50)
        .map(|number| format!("[job.report.schedules.daily_at_a_quarter_past_{number}]\nexpression = \"rate(1 day)\"\ncommand = [\"true\"]\n"))
        .collect();
    let head = TWO_JOBS.find("[job").unwrap();
    ground.write("config.toml", &format!("{}{}", &TWO_JOBS[..head], schedules.concat()));
    ground.ok(&["apply"]);
    let trust = ground.cloud.everything()["role/billing-report-trigger"]["trust"].clone();
    assert!(trust.to_string().len() < 1_024, "{trust:#}");
    let rules = ground.cloud.arn("events", "rule/billing-report-daily_at_a_quarter_past_*");
    assert_eq!(trust["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"], rules);
}
