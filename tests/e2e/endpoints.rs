//! Where the program talks to, and that it says so.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::apply::ONE_JOB;
use crate::support::{Ground, Run, Which};

fn run(command: &mut Command) -> Run {
    Run::of(&command.output().expect("the binary runs"))
}

#[test]
fn an_endpoint_of_one_service_in_the_profile_is_named() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    let (elsewhere, proxy) = (ground.emulator.port, ground.proxy.port);
    let profile = format!(
        "[default]\nendpoint_url = http://127.0.0.1:{proxy}\nservices = local\n\
         [services local]\nsts =\n  endpoint_url = http://user:hunter2@127.0.0.1:{elsewhere}\n"
    );
    ground.write(".aws/config", &profile);
    let run = run(ground.command(&["diff", "--quiet"]).env_remove("AWS_ENDPOINT_URL"));
    assert_eq!(run.status, Some(0), "{run:#?}");
    assert!(run.stderr.contains(&format!("http://127.0.0.1:{elsewhere} (for STS)")), "{run:#?}");
    assert!(run.stderr.contains(&format!("http://127.0.0.1:{proxy} (for CloudWatch Logs, ECS, ")), "{run:#?}");
    assert!(!run.stderr.contains("hunter2"), "{run:#?}");
    assert!(ground.proxy.seen().iter().all(|seen| seen.api != "sts:GetCallerIdentity"));
}

#[test]
fn an_endpoint_of_a_service_that_is_not_asked_does_not_count() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    let run = run(ground.command(&["diff"]).env("AWS_ENDPOINT_URL_S3", "http://minio:9000"));
    assert_eq!(run.status, Some(0), "{run:#?}");
    assert!(!run.stderr.contains("minio"), "{run:#?}");
    let of_aws = super::support::bare(ground.path("").as_path(), &["permissions", "--account", "123456789012"])
        .env("AWS_ENDPOINT_URL_S3", "http://minio:9000")
        .output();
    let of_aws = Run::of(&of_aws.expect("the binary runs"));
    assert_eq!(of_aws.status, Some(0), "{of_aws:#?}");
    assert!(!of_aws.stderr.contains("minio") && !of_aws.stdout.contains("iam:GetRole\""), "{of_aws:#?}");
}

#[test]
fn an_endpoint_that_is_no_url_is_refused_at_once() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM"] {
        let started = Instant::now();
        let run = run(ground.command(&["diff"]).env(variable, "http://user:hunter2@a b"));
        assert_eq!(run.status, Some(3), "{variable}: {run:#?}");
        assert!(run.stderr.contains("error: the endpoint `http://a b` of"), "{variable}: {run:#?}");
        assert!(run.stderr.contains("Hint: AWS_ENDPOINT_URL"), "{variable}: {run:#?}");
        assert!(!run.stderr.contains("hunter2"), "{variable}: {run:#?}");
        assert!(started.elapsed() < Duration::from_secs(5), "{variable}");
    }
}

#[test]
fn an_endpoint_of_a_service_that_only_checks_ask_is_named_there() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    let direct = format!("http://user:hunter2@127.0.0.1:{}", ground.emulator.port);
    let told = |arguments: &[&str]| run(ground.command(arguments).env("AWS_ENDPOINT_URL_EC2", &direct)).stderr;
    let named = format!("http://127.0.0.1:{} (for EC2)", ground.emulator.port);
    assert!(told(&["check", "--aws", "--quiet"]).contains(&named));
    assert!(!told(&["diff"]).contains(&named));
    assert!(!ground.run(&["check", "--aws"]).stderr.contains("of their own"), "it is that of all");
}
