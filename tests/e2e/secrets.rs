//! What a config takes from the environment is in no output, no log and no error, and neither is what it replaces.

use crate::apply::ONE_JOB;
use crate::support::{Answer, Ground, Run, Verdict, on_both};

const OLD: &str = "xyzzy-old";
const NEW: &str = "xyzzy-new";

fn config() -> String {
    let own = "environment = { TOKEN = \"${env:SECRET}\", MODE = \"fast\" }\n";
    let config = ONE_JOB.replace("invoices:send", "--key=${env:SECRET}");
    let input = "{ expression = \"rate(3 hours)\", input = { commands = [\"php\"], key = \"${env:SECRET}\" } }";
    format!("{}{own}", config.replace("\"rate(3 hours)\"", input))
}

#[track_caller]
fn run(ground: &Ground, secret: &str, arguments: &[&str]) -> Run {
    let output = ground.command(arguments).env("SECRET", secret).output().expect("the binary runs");
    let run = Run::of(&output);
    for told in [&run.stdout, &run.stderr] {
        assert!(!told.contains("xyzzy"), "{arguments:?}: {run:#?}");
    }
    run
}

/// Every command that shows a plan, at every loudness.
#[track_caller]
fn shows_nothing(ground: &Ground, secret: &str) {
    for arguments in [&["check"][..], &["diff"], &["diff", "--json", "-vvv"], &["diff", "--out", "plan.json"]] {
        assert_eq!(run(ground, secret, arguments).status, Some(0));
    }
    let saved = std::fs::read_to_string(ground.path("plan.json")).expect("the plan");
    assert!(!saved.contains("xyzzy"), "{saved}");
}

on_both!(a_value_from_the_environment_is_never_shown, |ground: Ground| {
    ground.write("config.toml", &config());
    shows_nothing(&ground, OLD);
    assert_eq!(run(&ground, OLD, &["apply", "--json", "-vvv"]).status, Some(0));
    let machine = ground.cloud.everything()["state-machine/billing-invoices"].to_string();
    assert!(machine.contains(OLD), "the machine has it: {machine}");

    shows_nothing(&ground, NEW);
    let diff = run(&ground, NEW, &["diff"]).stdout;
    assert!(diff.contains("\"(hidden)\" → \"(hidden, another one)\""), "that it changes is shown: {diff}");
    ground.proxy.rule(|_, seen| match seen.api == "states:UpdateStateMachine" {
        true => Verdict::Answer(Answer::error(400, "InvalidDefinition", format!("'--key={NEW}' is not to its liking"))),
        false => Verdict::Pass,
    });
    for arguments in [&["apply", "-vvv"][..], &["apply", "--json", "-vvv"]] {
        let failed = run(&ground, NEW, arguments);
        assert_eq!(failed.status, Some(1));
        assert!(failed.stderr.contains("'--key=(hidden)' is not to its liking"), "{failed:#?}");
    }
    ground.proxy.pass();
    assert_eq!(run(&ground, NEW, &["apply"]).status, Some(0));
    assert_eq!(run(&ground, NEW, &["destroy", "--json", "--yes", "-vvv"]).status, Some(0));
});

on_both!(what_somebody_put_into_a_container_s_environment_is_not_shown, |ground: Ground| {
    ground.write("config.toml", &format!("{ONE_JOB}environment = {{ TOKEN = \"xyzzy\" }}\n"));
    ground.ok(&["apply"]);
    ground.write("config.toml", ONE_JOB);
    for arguments in [&["diff"][..], &["diff", "--json"]] {
        let diff = ground.ok(arguments);
        assert!(diff.stdout.contains("(hidden)") && !diff.stdout.contains("xyzzy"), "{diff:#?}");
    }
});

#[test]
fn credentials_are_in_no_log() {
    let ground = Ground::new(crate::support::Which::Moto);
    ground.write("config.toml", ONE_JOB);
    let command = |arguments: &[&str]| {
        let output = ground
            .command(arguments)
            .env("AWS_ACCESS_KEY_ID", "AKIAXYZZY")
            .env("AWS_SECRET_ACCESS_KEY", "xyzzy-key")
            .env("AWS_SESSION_TOKEN", "xyzzy-token")
            .output();
        Run::of(&output.expect("the binary runs"))
    };
    ground.proxy.rule(|number, _| match number {
        0..3 => Verdict::Answer(Answer::error(500, "InternalFailure", "no")),
        _ => Verdict::Pass,
    });
    for arguments in [&["diff", "-vvv"][..], &["apply", "-vvv"], &["destroy", "--yes", "-vvv"]] {
        let run = command(arguments);
        assert_eq!(run.status, Some(0), "{run:#?}");
        assert!(!format!("{}{}", run.stdout, run.stderr).to_lowercase().contains("xyzzy"), "{run:#?}");
    }
}

/// One job with this command and this input of its schedule.
fn given(command: &str, input: &str) -> String {
    let config = ONE_JOB.replace("[\"php\", \"artisan\", \"invoices:send\"]", command);
    config.replace("\"rate(3 hours)\"", &format!("{{ expression = \"rate(3 hours)\", input = {input} }}"))
}

on_both!(an_older_secret_is_shown_nowhere, |ground: Ground| {
    let before = given("[\"run\", \"--key=${env:SECRET}\"]", "{ old = \"${env:SECRET}\", list = [\"${env:SECRET}\"] }");
    let after = given("[\"run\", \"-v\", \"--key=${env:SECRET}\"]", "{ list = [\"a\", \"${env:SECRET}\"] }");
    ground.write("config.toml", &before);
    assert_eq!(run(&ground, OLD, &["apply"]).status, Some(0));

    ground.write("config.toml", &after);
    shows_nothing(&ground, NEW);
    let diff = run(&ground, NEW, &["diff"]).stdout;
    assert!(diff.contains("commands: + \"-v\"") && diff.contains("commands: - \"(hidden)\""), "{diff}");

    // Neither where the job is gone, and with it the config's word that it was a secret.
    let other = ONE_JOB.replace("job.invoices", "job.other");
    for (config, arguments) in [
        (&after, &["destroy", "--json"][..]),
        (&other, &["diff", "--json"]),
        (&other, &["diff"]),
        (&other, &["destroy", "--json", "--yes"]),
    ] {
        ground.write("config.toml", config);
        run(&ground, NEW, arguments);
    }
    assert!(ground.cloud.everything().is_empty());
});

on_both!(a_secret_that_an_error_writes_otherwise_is_not_shown, |ground: Ground| {
    let secret = "pa\"ss\\xyz zy\n1";
    ground.write("config.toml", &config());
    ground.proxy.rule(|_, seen| match seen.api == "states:CreateStateMachine" {
        true => {
            let definition: serde_json::Value = serde_json::from_str(&seen.body).expect("JSON");
            let sent = definition["definition"].as_str().expect("a definition");
            let said = format!("not '{sent}', nor {}, nor pa%22ss%5Cxyz%20zy%0A1", seen.body);
            Verdict::Answer(Answer::error(400, "InvalidDefinition", said))
        }
        false => Verdict::Pass,
    });
    for arguments in [&["apply"][..], &["apply", "--json", "-vvv"]] {
        let failed = run(&ground, secret, arguments);
        assert_eq!(failed.status, Some(1));
        assert!(failed.stderr.contains("InvalidDefinition: not '"), "{failed:#?}");
        for told in [&failed.stdout, &failed.stderr] {
            assert!(!told.contains("xyz"), "{arguments:?}: {failed:#?}");
        }
    }
});

// Nobody knows which parts of a definition were substituted, so one that is deleted is not shown at all.
on_both!(a_value_that_is_substituted_in_a_definition_is_shown_nowhere, |ground: Ground| {
    let containers = r#"[{ "Name": "app", "Environment": [{ "Name": "TOKEN", "Value": "${TOKEN}" }] }]"#;
    let definition = r#"{ "StartAt": "Note", "States": {
        "Note": { "Type": "Pass", "Comment": "by ${TOKEN}", "Result": { "key": "${TOKEN}" }, "Next": "Run" },
        "Run": { "Type": "Task", "End": true, "TimeoutSeconds": 300,
            "Resource": "arn:aws:states:::ecs:runTask.sync",
            "Parameters": { "Cluster": "batch", "TaskDefinition": "app", "LaunchType": "FARGATE",
                "NetworkConfiguration": { "AwsvpcConfiguration": { "Subnets": ["subnet-0a"] } },
                "Overrides": { "ContainerOverrides": CONTAINERS } } } } }"#;
    ground.write("token.asl.json", &definition.replace("CONTAINERS", containers));
    let job = "definition = \"token.asl.json\"\nsubstitutions = { TOKEN = \"${env:SECRET}\" }\n";
    ground.write("config.toml", &format!("app = \"billing\"\nregion = \"ap-northeast-1\"\n[job.invoices]\n{job}"));
    shows_nothing(&ground, OLD);
    assert_eq!(run(&ground, OLD, &["apply"]).status, Some(0));
    assert!(ground.cloud.everything()["state-machine/billing-invoices"].to_string().contains(OLD));
    shows_nothing(&ground, NEW);
    assert!(run(&ground, NEW, &["diff"]).stdout.contains("(hidden, another one)"));
    for arguments in [&["destroy", "--json"][..], &["destroy", "--json", "--yes"]] {
        run(&ground, NEW, arguments);
    }
    assert!(ground.cloud.everything().is_empty());
});

// The text is substituted before it is JSON: a value may be a part of it, a number, or have escapes.
on_both!(a_value_is_hidden_whatever_it_comes_to_in_a_definition, |ground: Ground| {
    let definition = |result: &str| {
        let pass = format!(r#""Note": {{ "Type": "Pass", "Result": {result}, "End": true }}"#);
        ground.write("pass.asl.json", &format!(r#"{{ "StartAt": "Note", "States": {{ {pass} }} }}"#));
    };
    let job = "definition = \"pass.asl.json\"\nsubstitutions = { VALUE = \"${env:SECRET}\" }\n";
    ground.write("config.toml", &format!("app = \"billing\"\nregion = \"ap-northeast-1\"\n[job.invoices]\n{job}"));
    let number = |text: &str| text.replace("xyzzy", "4711");
    for (result, again, old, new) in [
        (r#"{ "all": ${VALUE} }"#, r#"{ "every": ${VALUE} }"#, r#"{"a":["xyzzy-old"]}"#, r#"{"a":["xyzzy-new"]}"#),
        (r#"{ "pin": ${VALUE} }"#, r#"{ "code": ${VALUE} }"#, "471147110", "471147119"),
        (r#"{ "key": "${VALUE}" }"#, r#"{ "word": "${VALUE}" }"#, r"xyzzy\nold", r"xyzzy\nnew"),
        (r#"{ "${VALUE}": 1 }"#, r#"{ "a": { "${VALUE}": 1 } }"#, OLD, NEW),
        (r#"["run", "--key=${VALUE}"]"#, r#"["-v", "run", "--key=${VALUE}"]"#, OLD, NEW),
    ] {
        definition(result);
        let shows_nothing = |secret: &str, arguments: &[&str]| {
            let run = run(&ground, secret, arguments);
            assert_eq!(run.status, Some(0), "{run:#?}");
            let told = format!("{}{}", run.stdout, run.stderr);
            assert!(!told.contains(&number("xyzzyxyzzy")), "{result}: {told}");
        };
        for arguments in [&["diff"][..], &["diff", "--json"], &["apply", "--json", "-vvv"]] {
            shows_nothing(old, arguments);
        }
        definition(again);
        for arguments in [&["diff"][..], &["diff", "--json"], &["apply", "--json"], &["destroy", "--json", "--yes"]] {
            shows_nothing(new, arguments);
        }
    }
});
