//! Commands that ask nothing of AWS.

use std::path::Path;

use tempfile::TempDir;

use crate::apply::TWO_JOBS;
use crate::support::{Run, bare};

fn run(folder: &Path, arguments: &[&str]) -> Run {
    Run::of(&bare(folder, arguments).output().expect("the binary runs"))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn check_says_what_each_schedule_means_and_when_it_runs() {
    let folder = folder();
    std::fs::write(folder.path().join("config.toml"), TWO_JOBS).expect("it is written");
    let told = run(folder.path(), &["check"]);
    assert_eq!(told.status, Some(0), "{told:#?}");
    let dates = |line: &&str| !line.trim_start().starts_with("next: ");
    insta::assert_snapshot!("check", told.stdout.lines().filter(dates).collect::<Vec<_>>().join("\n"));
    let data = run(folder.path(), &["check", "--json"]).json();
    let morning = &data["jobs"][1]["schedules"][1];
    assert_eq!(morning["name"], "morning");
    let next: Vec<&str> = morning["next"].as_array().expect("runs").iter().filter_map(|run| run.as_str()).collect();
    assert_eq!(next.len(), 3);
    assert!(next.iter().all(|run| run.ends_with("T09:00:00Z")), "{next:?}");
}

/// What no release builds yet has a meaning all the same: it is told before it is refused, by `check` alone.
#[test]
fn what_is_not_supported_yet_is_explained_and_refused() {
    let folder = folder();
    let later = r#"
[job.later]
command = ["true"]
overlap = "skip"
[job.later.schedules]
daily = { expression = "cron(0 9 ? * * *)", timezone = "Asia/Tokyo" }
rated = { expression = "rate(12 hours)", start = 2120-02-28T06:00:00, timezone = "America/New_York", end = "2120-02-29T06:00:00-05:00" }
once = { expression = "at(2120-07-01T09:00:00)", timezone = "Europe/Berlin" }
"#;
    std::fs::write(folder.path().join("config.toml"), format!("{TWO_JOBS}{later}")).expect("it is written");
    let told = run(folder.path(), &["check"]);
    assert_eq!(told.status, Some(3), "{told:#?}");
    assert!(told.stdout.starts_with("config.toml: sound, but this release can't do all of it\n"), "{told:#?}");
    let daily = told.stdout.split("    daily: ").nth(1).expect("the daily schedule");
    let next = daily.lines().nth(2).expect("its next runs");
    assert_eq!(next.matches(" 09:00 +09:00").count(), 3, "{next}");
    let never_mind = ["next: Wed 2120-02-28 06:00 -05:00, Wed 2120-02-28 18:00 -05:00, Thu 2120-02-29 06:00 -05:00\n"];
    for runs in never_mind.into_iter().chain(["next: Mon 2120-07-01 09:00 +02:00\n"]) {
        assert!(told.stdout.contains(runs), "{runs}: {}", told.stdout);
    }
    assert_eq!(told.stderr.matches("is not supported yet\n").count(), 7, "{}", told.stderr);
    assert!(told.stderr.contains("error: the config has 7 faults\n"), "{}", told.stderr);

    let data = run(folder.path(), &["check", "--json"]);
    assert_eq!(data.status, Some(3), "{data:#?}");
    let data = data.json();
    assert_eq!(data["faults"].as_array().map(Vec::len), Some(7));
    let rated = &data["jobs"][1]["schedules"][2];
    assert_eq!(rated["timezone"], "America/New_York");
    assert_eq!(rated["next"][2], "2120-02-29T06:00:00-05:00");
    assert_eq!((&rated["start"], &rated["end"]), (&"2120-02-28T11:00:00Z".into(), &"2120-02-29T11:00:00Z".into()));

    for command in ["diff", "apply", "destroy"] {
        let refused = run(folder.path(), &[command]);
        assert_eq!(refused.status, Some(3), "{refused:#?}");
        assert!(refused.stdout.is_empty() && refused.stderr.contains("the config has 7 faults"), "{refused:#?}");
    }
    let quiet = run(folder.path(), &["check", "--quiet"]);
    assert_eq!((quiet.status, quiet.stdout.as_str()), (Some(3), ""));
    let asking = run(folder.path(), &["check", "--aws"]);
    assert_eq!((asking.status, asking.stdout), (Some(3), told.stdout), "nothing is asked of AWS");
}

/// A key that is wrong says so itself, in whichever environment, and not also that it is not supported yet.
#[test]
fn what_is_wrong_in_an_environment_is_not_also_too_early() {
    let folder = folder();
    let wrong = format!(
        "{TWO_JOBS}\n[env.prod]\njob.invoices.overlap = \"skipp\"\n[env.test]\njob.invoices.overlap = \"skip\"\n"
    );
    std::fs::write(folder.path().join("config.toml"), wrong).expect("it is written");
    let told = run(folder.path(), &["check"]);
    assert_eq!((told.status, told.stdout.as_str()), (Some(3), ""), "{told:#?}");
    assert!(told.stderr.contains("`job.invoices.overlap` can't be `skipp`"), "{told:#?}");
    assert!(told.stderr.contains("error: the config has 2 faults"), "{told:#?}");
}

#[test]
fn check_looks_into_every_environment() {
    let folder = folder();
    let bad = format!("{TWO_JOBS}\n[env.prod]\njob.invoices.timeout = \"soon\"\n[env.test]\nregion = \"nowhere\"\n");
    std::fs::write(folder.path().join("config.toml"), bad).expect("it is written");
    let told = run(folder.path(), &["check", "--json"]);
    assert_eq!(told.status, Some(3), "{told:#?}");
    let faults = told.json()["faults"].clone();
    let messages: Vec<&str> =
        faults.as_array().expect("faults").iter().filter_map(|fault| fault["message"].as_str()).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].contains("`soon`") && messages[1].contains("`nowhere`"), "{messages:?}");
}

#[test]
fn init_writes_a_config_that_passes_and_never_overwrites() {
    let folder = folder();
    let missing = run(folder.path(), &["init", "--app", "billing"]);
    assert_eq!(missing.status, Some(3), "{missing:#?}");
    assert!(missing.stderr.contains("`--task-definition`"), "{missing:#?}");
    assert!(!folder.path().join("config.toml").exists());

    let arguments = [
        "init",
        "--app",
        "billing",
        "--region",
        "us-east-1",
        "--cluster",
        "batch",
        "--task-definition",
        "app",
        "--subnet",
        "subnet-0a",
        "--job",
        "invoices",
        "--schedule",
        "rate(3 hours)",
        "--",
        "php",
        "artisan",
        "say \"hi\"",
    ];
    assert_eq!(run(folder.path(), &arguments).status, Some(0));
    assert_eq!(run(folder.path(), &["check"]).status, Some(0));
    let before = std::fs::read_to_string(folder.path().join("config.toml")).expect("a config");
    assert!(before.contains(r#"command  = ["php","artisan","say \"hi\""]"#), "{before}");
    assert_eq!(run(folder.path(), &arguments).status, Some(4), "what is there stays");
    assert_eq!(std::fs::read_to_string(folder.path().join("config.toml")).expect("a config"), before);
}

#[test]
fn a_thousand_jobs_are_checked() {
    let folder = folder();
    let jobs: Vec<String> = (0..1_000)
        .map(|number| format!("[job.j{number}]\ncommand = [\"true\"]\nschedule = \"cron(0 9 ? * MON#1 *)\"\n"))
        .collect();
    let head = TWO_JOBS.find("[job").expect("a job");
    std::fs::write(folder.path().join("config.toml"), format!("{}{}", &TWO_JOBS[..head], jobs.concat()))
        .expect("it is written");
    let told = run(folder.path(), &["check", "--json"]).json();
    assert_eq!(told["jobs"].as_array().expect("jobs").len(), 1_000);
    let quota = "1000 rules: an account has 300, as long as AWS does not raise its quota";
    assert_eq!(told["warnings"], serde_json::json!([quota]));
}

/// `docs/cli.md` shows what `--help` says.
#[test]
fn the_cli_page_is_what_help_prints() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md")).expect("docs/cli.md");
    let folder = folder();
    let mut blocks = 0;
    for block in page.split("```console\n$ provision ").skip(1) {
        let (command, rest) = block.split_once('\n').expect("a command and its output");
        if let Some(shown) = rest.split("\n```").next().filter(|_| command.ends_with("--help")) {
            let arguments: Vec<&str> = command.split_whitespace().collect();
            assert_eq!(run(folder.path(), &arguments).stdout.trim_end(), shown.trim_end(), "provision {command}");
            blocks += 1;
        }
    }
    assert!(blocks >= 7, "every command has its block");
}

const ACCOUNT: &str = "account = \"123456789012\"";

/// The policies on `docs/ci.md` are what the program prints.
#[test]
fn the_ci_page_shows_what_permissions_prints() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ci.md")).expect("docs/ci.md");
    let folder = folder();
    let config = TWO_JOBS.replace("region = \"ap-northeast-1\"", &format!("region = \"us-east-1\"\n{ACCOUNT}"));
    std::fs::write(folder.path().join("config.toml"), config).expect("it is written");
    let blocks: Vec<&str> = page.split("```console\n$ provision ").skip(1).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let (command, rest) = block.split_once('\n').expect("a command and its output");
        let shown = rest.split("\n```").next().expect("an end");
        let arguments: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(run(folder.path(), &arguments).stdout.trim_end(), shown, "provision {command}");
    }
}

#[test]
fn permissions_need_an_account_and_ask_nobody() {
    let folder = folder();
    std::fs::write(folder.path().join("config.toml"), TWO_JOBS).expect("it is written");
    let told = run(folder.path(), &["permissions"]);
    assert_eq!(told.status, Some(3), "{told:#?}");
    assert!(told.stderr.contains("none is named\nHint: add `account` to the config, or `--account`"), "{told:#?}");
    assert_eq!(run(folder.path(), &["permissions", "--account", "123"]).status, Some(3));
    std::fs::write(folder.path().join("config.toml"), format!("{ACCOUNT}{TWO_JOBS}")).expect("it is written");
    let other = run(folder.path(), &["permissions", "--account", "999999999999"]);
    assert_eq!(other.status, Some(3), "{other:#?}");
    let told = run(folder.path(), &["permissions", "--for", "diff", "--json"]);
    assert_eq!((told.status, told.stderr.as_str()), (Some(0), ""), "{told:#?}");
    assert!(!told.stdout.contains("Create") && !told.stdout.contains("PassRole"), "{told:#?}");
}

#[test]
fn the_partition_is_that_of_the_region() {
    let folder = folder();
    for (region, partition) in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")] {
        let config = TWO_JOBS.replace("ap-northeast-1", region);
        std::fs::write(folder.path().join("config.toml"), format!("{ACCOUNT}{config}")).expect("it is written");
        for arguments in [&["permissions"][..], &["permissions", "--github", "your-org/your-repo"]] {
            let told = run(folder.path(), arguments).stdout;
            assert!(told.contains(&format!("\"arn:{partition}:")), "{told}");
            assert_eq!(told.matches("arn:").count(), told.matches(&format!("arn:{partition}:")).count(), "{told}");
        }
    }
}

/// Source: GitHub Docs, "OpenID Connect reference", on the claim `sub`.
#[test]
fn a_workflow_is_trusted_for_one_branch_or_for_pull_requests() {
    let folder = folder();
    std::fs::write(folder.path().join("config.toml"), format!("{ACCOUNT}{TWO_JOBS}")).expect("it is written");
    for (arguments, subject) in [
        (&["--for", "diff"][..], "repo:o/r:pull_request"),
        (&["--for", "diff", "--branch", "main"], "repo:o/r:ref:refs/heads/main"),
        (&["--for", "apply"], "repo:o/r:ref:refs/heads/main"),
        (&["--for", "destroy", "--branch", "release/1"], "repo:o/r:ref:refs/heads/release/1"),
    ] {
        let told = run(folder.path(), &[&["permissions", "--github", "o/r"], arguments].concat()).json();
        let equals = &told["Statement"][0]["Condition"]["StringEquals"];
        assert_eq!(equals["token.actions.githubusercontent.com:sub"], subject);
        assert_eq!(equals["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com");
    }
    for wrong in
        [&["--github", "o"][..], &["--github", "o/*"], &["--github", "o/r", "--branch", "*"], &["--branch", "main"]]
    {
        assert_eq!(run(folder.path(), &[&["permissions"], wrong].concat()).status, Some(3), "{wrong:?}");
    }
}

#[test]
fn a_policy_that_iam_does_not_take_whole_is_said_to_be_long() {
    let folder = folder();
    let jobs = |count: usize| {
        let job = |at| format!("[job.job{at:03}]\ncommand = [\"true\"]\nlogs.group = \"/jobs/{at:030}\"\n");
        let head = TWO_JOBS.split("[job").next().expect("a head").to_owned();
        std::fs::write(folder.path().join("config.toml"), head + &(0..count).map(job).collect::<String>())
            .expect("it is written");
        run(folder.path(), &["permissions", "--account", "123456789012"])
    };
    let (few, many) = (jobs(5), jobs(100));
    assert_eq!((few.status, few.stderr.as_str()), (Some(0), ""));
    assert_eq!(many.status, Some(0), "{many:#?}");
    let length = many.json().to_string().len();
    assert!(many.stderr.contains(&format!("this policy has {length} characters: IAM takes 6144")), "{}", many.stderr);
}
