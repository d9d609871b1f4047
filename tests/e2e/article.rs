//! The job of the article on `Step Functions` and ECS that this program replaces a SAM template for: what is deployed is
//! what `sam deploy` makes of that template.

use serde_json::{Value, json};

use crate::support::{Ground, Which, on_both};

const NAME: &str = "sfn-sam-app-statemachine-for-test";
/// The article's own definition, with its placeholders for ARNs and ids.
const DEFINITION: &str = include_str!("article.asl.json");

const CONFIG: &str = r#"
app = "article"
region = "ap-northeast-1"

[logs]
group = "/aws/states/{name}-Logs"
retention_days = "never"

[job.artisan]
name = "sfn-sam-app-statemachine-for-test"
definition = "statemachine/sfn.asl.json"
schedule = { expression = "rate(3 hours)", input = { commands = ["php", "artisan", "command:artisan-command"] } }
"#;

on_both!(what_is_deployed_is_what_sam_deploys, |ground: Ground| {
    let cloud = &ground.cloud;
    let role = cloud.role_arn("ROLE_ARN");
    ground.write("config.toml", &format!("{CONFIG}roles.execution = \"{role}\"\n"));
    ground.write("statemachine/sfn.asl.json", DEFINITION);
    ground.ok(&["apply"]);
    let all = cloud.everything();

    let machine = &all[&format!("state-machine/{NAME}")];
    assert_eq!(machine["definition"], serde_json::from_str::<Value>(DEFINITION).unwrap());
    assert_eq!((&machine["type"], &machine["role"]), (&json!("STANDARD"), &json!(role)));
    let group = cloud.arn("logs", &format!("log-group:/aws/states/{NAME}-Logs:*"));
    assert_eq!(machine["logging"], json!({ "level": "ALL", "data": true, "groups": [group] }));
    assert_eq!(all[&format!("log-group//aws/states/{NAME}-Logs")]["retention"], Value::Null, "the template sets none");

    let rule = &all["rule/article-artisan"];
    assert_eq!((&rule["expression"], &rule["state"]), (&json!("rate(3 hours)"), &json!("ENABLED")));
    let trigger = cloud.role_arn("provision/article/article-artisan-trigger");
    assert_eq!(
        rule["targets"],
        json!([{
            "id": "state-machine",
            "arn": cloud.arn("states", &format!("stateMachine:{NAME}")),
            "role": trigger,
            "input": { "commands": ["php", "artisan", "command:artisan-command"] },
            "path": null, "retry": null, "dead_letter": null,
        }])
    );
    let policies = &all["role/article-artisan-trigger"]["policies"];
    assert_eq!(
        policies,
        &json!({ "provision": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": "states:StartExecution",
                "Resource": cloud.arn("states", &format!("stateMachine:{NAME}")),
            }],
        }})
    );
    assert_eq!(all.len(), 4, "and nothing else");
});

#[test]
fn no_role_can_be_made_for_placeholders() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", CONFIG);
    ground.write("statemachine/sfn.asl.json", DEFINITION);
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(3), "{run:#?}");
    assert!(run.stderr.contains("it runs `TASK DEFINITION ARN`"), "{run:#?}");
    assert!(ground.proxy.seen().is_empty());
}

/// The generated machine, run for real: it takes the input's command or its own, and fails when the task fails.
#[test]
fn a_command_runs_to_its_end() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", crate::apply::ONE_JOB);
    ground.ok(&["apply"]);
    let started = |input: &str| {
        let arn = ground.cloud.arn("states", "stateMachine:billing-invoices");
        let start = ground.cloud.aws.states.start_execution().state_machine_arn(arn).input(input);
        ground.cloud.wait(start.send()).expect("it starts").execution_arn
    };
    for (input, command) in [(r#"{"commands":["echo","hello"]}"#, "echo hello"), ("{}", "php artisan invoices:send")] {
        let execution = started(input);
        assert_eq!(ground.cloud.command_of_the_running_task(), command);
        ground.cloud.stop_the_running_task();
        assert_eq!(ground.cloud.outcome(&execution), "SUCCEEDED");
    }
    ground.write("config.toml", &crate::apply::ONE_JOB.replace("5m", "1s"));
    ground.ok(&["apply"]);
    let execution = started("{}");
    assert_eq!(ground.cloud.outcome(&execution), "FAILED", "a task that hangs is ended by its timeout");
}
