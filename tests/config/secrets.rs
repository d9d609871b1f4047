//! A value from the environment may be a secret: no fault and no warning shows it.

use std::process::{Command, Stdio};

use crate::corpus::text;

/// A config whose every string comes from the environment, each sound or wrong in its own way.
const CONFIG: &str = r#"
app = "${env:SECRET}"
region = "eu-${env:SECRET}-1"
account = "${env:SECRET}"
tags = { team = "${env:SECRET}!" }

[ecs]
cluster = "${env:SECRET} x"
task_definition = "${env:SECRET} x"
container = "${env:SECRET} x"
subnets = ["${env:SECRET}"]
security_groups = ["${env:SECRET}"]
platform_version = "${env:SECRET}"
propagate_tags = "${env:SECRET}"
task_role = "${env:SECRET}"
capacity_providers = [{ name = "${env:SECRET} x" }]

[logs]
group = "${env:SECRET} x"
level = "${env:SECRET}"
retention_days = "${env:SECRET}"

[roles]
execution = "${env:SECRET}"
permissions_boundary = "arn:aws:iam::123456789012:policy/${env:SECRET} x"

[job.a]
name = "${env:SECRET} x"
command = "${env:SECRET}"
timeout = "${env:SECRET}"
tracing = "${env:SECRET}"
retry = { interval = "${env:SECRET}" }
overlap = "${env:SECRET}"
notify = { failure = "${env:SECRET}" }
alarm = { no_success_in = "${env:SECRET}", actions = ["${env:SECRET}"] }

[job.a.schedules]
words.expression = "${env:SECRET}"
rate.expression = "rate(3 ${env:SECRET})"
cron.expression = "cron(0 9 ? * ${env:SECRET} *)"
list = { expression = "cron(0,${env:SECRET},5 9 ? * * *)", timezone = "Asia/${env:SECRET}", start = "${env:SECRET}" }
at = { expression = "at(${env:SECRET})", flexible_window = "${env:SECRET}", dead_letter = "${env:SECRET}" }

[job.b]
name = "${env:SAME}"
definition = "definition.asl.json"
substitutions = { QUOTED = "${env:SECRET}\"", NAME = "${env:SECRET}" }

[job.c]
definition = "${env:SECRET}.json"

[job.d]
definition = "next.asl.json"
substitutions = { NEXT = "${env:SECRET}" }
"#;

#[test]
fn no_fault_shows_a_value_from_the_environment() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    file("config.toml", CONFIG);
    file("definition.asl.json", "{ \"Comment\": \"${QUOTED}\", \"StartAt\": \"${NAME}\" }");
    file("next.asl.json", r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "${NEXT}" } } }"#);
    for secret in ["hunter2Secret", "42secret", "x9", "p w", "12345678901234"] {
        for arguments in [&["check"][..], &["check", "--json"]] {
            let run = Command::new(env!("CARGO_BIN_EXE_provision"))
                .args(arguments)
                .current_dir(folder.path())
                .env_clear()
                .env("SECRET", secret)
                .env("SAME", "a-machine")
                .stdin(Stdio::null())
                .output()
                .expect("the binary runs");
            assert_eq!(run.status.code(), Some(3));
            let told = text(&run.stderr) + &text(&run.stdout);
            let shown = told.lines().find(|line| line.contains(secret));
            assert_eq!(shown, None, "of {}", told.matches("error: ").count());
            assert!(told.contains("${env:SECRET}"), "{told}");
        }
    }
}
