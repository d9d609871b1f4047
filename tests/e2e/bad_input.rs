//! What is wrong is said clearly, with the right status, before anything is half done.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::apply::ONE_JOB;
use crate::support::{Ground, Run, Which, bare};

#[track_caller]
fn refused(ground: &Ground, arguments: &[&str], status: i32) -> Run {
    let started = Instant::now();
    ground.proxy.pass();
    let run = ground.run(arguments);
    assert_eq!(run.status, Some(status), "{run:#?}");
    assert!(started.elapsed() < Duration::from_secs(10), "it took {:?}", started.elapsed());
    assert!(run.stderr.contains("error"), "{run:#?}");
    assert!(ground.cloud.everything().is_empty(), "nothing is half done");
    run
}

/// The same text wherever the test runs.
fn told(ground: &Ground, run: &Run) -> String {
    let folder = ground.path("").display().to_string();
    let port = ground.proxy.port.to_string();
    run.stderr.replace(&folder, "").replace(&port, "PORT")
}

#[test]
fn the_config_is_wrong_and_nothing_is_asked_of_aws() {
    let ground = Ground::new(Which::Moto);
    ground.write("toml.toml", "app = \n");
    ground.write("unknown.toml", &ONE_JOB.replace("timeout", "timeuot"));
    ground.write("many.toml", "app = \"Billing\"\nregion = 5\n[ecs]\nclutser = \"batch\"\n[job.a]\ncommand = \"php\"\ntimeout = \"5 minutes\"\n");
    ground.write("later.toml", &format!("{ONE_JOB}overlap = \"skip\"\n"));
    for name in ["missing", "toml", "unknown", "many", "later"] {
        let run = refused(&ground, &["apply", &format!("{name}.toml")], 3);
        assert!(ground.proxy.seen().is_empty(), "{name}: nothing was asked of AWS");
        insta::assert_snapshot!(format!("config_{name}"), told(&ground, &run));
    }
}

#[test]
fn the_command_line_is_wrong() {
    let ground = Ground::new(Which::Moto);
    for arguments in [&["aply"][..], &["apply", "--wat"], &["diff", "a.toml", "b.toml"]] {
        refused(&ground, arguments, 3);
    }
    assert_eq!(ground.run(&["--help"]).status, Some(0));
    assert_eq!(ground.run(&["--version"]).status, Some(0));
}

#[test]
fn what_the_config_refers_to_is_not_there() {
    let ground = Ground::new(Which::Moto);
    ground.cloud.task_definition("two", &["web", "worker"], None);
    let cases = [
        ("cluster", ONE_JOB.replace("\"batch\"", "\"btch\"")),
        ("task_definition", ONE_JOB.replace("task_definition = \"app\"", "task_definition = \"ap\"")),
        ("several_containers", ONE_JOB.replace("task_definition = \"app\"", "task_definition = \"two\"")),
        (
            "container",
            ONE_JOB.replace("task_definition = \"app\"", "task_definition = \"two\"\ncontainer = \"wroker\""),
        ),
    ];
    for (name, config) in cases {
        ground.write("config.toml", &config);
        let run = refused(&ground, &["apply"], 1);
        assert_eq!(ground.proxy.writes(), Vec::<String>::new(), "{name}");
        insta::assert_snapshot!(format!("refers_to_{name}"), told(&ground, &run));
    }
}

#[test]
fn the_wrong_account_is_refused() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", &format!("account = \"999999999999\"\n{ONE_JOB}"));
    let run = refused(&ground, &["apply"], 4);
    insta::assert_snapshot!("wrong_account", told(&ground, &run));
    assert_eq!(ground.proxy.seen().len(), 1, "only whose account it is was asked");
}

#[test]
fn there_are_no_credentials() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    let started = Instant::now();
    let run = Run::of(&bare(&ground.path(""), &["apply"]).output().expect("the binary runs"));
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("no AWS credentials"), "{run:#?}");
    assert!(run.stderr.contains("Hint: log in"), "{run:#?}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn there_is_no_region() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", &ONE_JOB.replace("region = \"ap-northeast-1\"\n", ""));
    let run = refused(&ground, &["apply"], 3);
    insta::assert_snapshot!("no_region", told(&ground, &run));
    let with_region = ground.command(&["diff"]).env("AWS_REGION", "ap-northeast-1").output().expect("the binary runs");
    assert_eq!(Run::of(&with_region).status, Some(0));
}

#[test]
fn the_endpoint_is_unreachable() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    let started = Instant::now();
    let run = ground
        .command(&["apply"])
        .env("AWS_ENDPOINT_URL", format!("http://{nobody}"))
        .output()
        .expect("the binary runs");
    let run = Run::of(&run);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("can't find out whose account this is"), "{run:#?}");
    assert!(run.stderr.contains("Hint: check the network"), "{run:#?}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_has_no_end_is_not_read_on_and_on() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", &ONE_JOB.replace("command =", "definition = \"/dev/zero\" #"));
    ground.write("sound.toml", ONE_JOB);
    let plan = &["apply", "sound.toml", "--plan", "/dev/zero"];
    for arguments in [&["apply"][..], &["apply", "/dev/zero"], plan] {
        let run = refused(&ground, arguments, 3);
        assert!(run.stderr.contains("it is longer than 16 MiB"), "{run:#?}");
    }
}
