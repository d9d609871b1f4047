//! What others wrote on AWS is shown to a person, and their terminal and log obey none of it.

use aws_sdk_eventbridge::types::Tag;
use serde_json::{Value, json};

use crate::apply::ONE_JOB;
use crate::support::{Answer, Ground, Verdict, on_both, talk};

/// Clears the screen, sets the title, forges a line, and turns the direction of the text.
const CODES: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\r\nPlan: nothing\u{9b}31m\u{7f}\u{202e}\u{2028}";

/// Whether only lines and colours of our own are in it.
#[track_caller]
fn obeys_nothing(text: &str) {
    let odd = |c: &char| c.is_control() && *c != '\n' || "\u{202e}\u{2028}".contains(*c);
    assert_eq!(text.chars().find(odd), None, "{text:?}");
    assert!(!text.lines().any(|line| line.starts_with("Plan: nothing")), "{text:?}");
}

on_both!(what_somebody_wrote_on_aws_moves_no_cursor, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let cloud = &ground.cloud;
    let events = &cloud.aws.events;
    let mut targets = cloud.wait(events.list_targets_by_rule().rule("billing-invoices").send()).expect("a rule");
    let mut target = targets.targets.take().expect("targets").remove(0);
    target.input = Some(json!({ "commands": [CODES], CODES: CODES }).to_string());
    cloud.wait(events.put_targets().rule("billing-invoices").targets(target).send()).expect("an input");
    let arn = cloud.arn("states", "stateMachine:billing-invoices");
    let machine = cloud.wait(cloud.aws.states.describe_state_machine().state_machine_arn(&arn).send()).expect("it is");
    let mut definition: Value = serde_json::from_str(&machine.definition).expect("JSON");
    definition["Comment"] = CODES.into();
    definition["States"]["Run task"]["Parameters"]["Overrides"][CODES] = CODES.into();
    let update = cloud.aws.states.update_state_machine().state_machine_arn(&arn).definition(definition.to_string());
    cloud.wait(update.send()).expect("another definition");

    let diff = ground.ok(&["diff"]);
    assert!(
        diff.stdout.contains("Overrides.\\u001b[2J\\u001b]0;title\\u0007\\r\\nPlan: nothing\\u009b31m"),
        "{diff:#?}"
    );
    obeys_nothing(&diff.stdout);
    let data = ground.ok(&["diff", "--json"]);
    obeys_nothing(&data.stdout);
    assert!(data.json()["changes"].to_string().contains('\u{202e}'), "JSON says the same");
    let screen = talk(&ground.command(&["diff"]), &[]).text;
    assert!(!screen.contains("\u{1b}[2J") && !screen.contains('\u{9b}') && !screen.contains('\u{202e}'), "{screen:?}");
});

on_both!(an_owner_s_name_and_a_message_of_aws_move_no_cursor, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    let tag = Tag::builder().key("provision:app").value(CODES).build().expect("a tag");
    let put = ground.cloud.aws.events.put_rule().name("billing-invoices").schedule_expression("rate(1 day)").tags(tag);
    ground.cloud.wait(put.send()).expect("a rule");
    for arguments in [&["diff"][..], &["apply", "--yes"], &["apply", "--json"]] {
        let run = ground.run(arguments);
        assert!(format!("{}{}", run.stdout, run.stderr).contains("belongs to the app \\u001b[2J"), "{run:#?}");
        obeys_nothing(&run.stdout);
        obeys_nothing(&run.stderr);
    }
    ground.proxy.rule(|_, seen| match seen.api == "logs:CreateLogGroup" || seen.api == "events:ListRules" {
        true => Verdict::Answer(Answer::error(400, "ValidationException", CODES)),
        false => Verdict::Pass,
    });
    for arguments in [&["diff"][..], &["diff", "--json", "-vvv"]] {
        let run = ground.run(arguments);
        assert!(run.stderr.contains("ValidationException: \\u001b[2J"), "{run:#?}");
        obeys_nothing(&run.stdout);
        obeys_nothing(&run.stderr);
    }
});
