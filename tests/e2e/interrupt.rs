//! Ctrl-C and SIGTERM: what is under way is finished, nothing new begins, and what is left is said.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::propagation::retention_is_put_back;
use crate::support::{Ground, Run, Verdict, Which, talk};

fn interrupted_by(signal: &'static str) {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", TWO_JOBS);
    let pid: Arc<Mutex<Option<u32>>> = Arc::default();
    let known = Arc::clone(&pid);
    let mut once = true;
    ground.proxy.rule(move |_, seen| {
        if seen.api == "states:CreateStateMachine" && std::mem::take(&mut once) {
            let pid = known.lock().expect("the pid").expect("it was started");
            let sent = Command::new("kill").args([signal, &pid.to_string()]).status().expect("kill runs");
            assert!(sent.success());
        }
        Verdict::Pass
    });
    let mut guard = pid.lock().expect("the pid");
    let child = ground.spawn(&["apply"]);
    *guard = Some(child.id());
    drop(guard);
    let run = Run::of(&child.wait_with_output().expect("it ends"));
    assert_eq!(run.status, Some(130), "{run:#?}");
    assert!(run.stdout.contains("left undone"), "{run:#?}");
    assert!(run.stderr.contains("error: interrupted"), "{run:#?}");

    ground.proxy.pass();
    ground.ok(&["apply"]);
    assert_eq!(ground.diff()["summary"]["unchanged"], 11);
}

#[test]
fn sigint_drains() {
    interrupted_by("-INT");
}

#[test]
fn sigterm_drains() {
    interrupted_by("-TERM");
}

/// Nothing is written yet, so nothing has to be finished.
#[test]
fn a_signal_while_aws_is_read_ends_the_program_as_any_other() {
    for command in [&["diff"][..], &["apply"], &["apply", "--json"], &["destroy", "--yes"]] {
        let ground = Ground::new(Which::Ministack);
        ground.write("config.toml", TWO_JOBS);
        let pid: Arc<Mutex<Option<u32>>> = Arc::default();
        let known = Arc::clone(&pid);
        ground.proxy.rule(move |_, seen| {
            if seen.api == "events:ListRules" {
                let pid = known.lock().expect("the pid").expect("it was started");
                let sent = Command::new("kill").args(["-TERM", &pid.to_string()]).status().expect("kill runs");
                assert!(sent.success());
                return Verdict::Late(Duration::from_secs(5));
            }
            Verdict::Pass
        });
        let mut guard = pid.lock().expect("the pid");
        let child = ground.spawn(command);
        *guard = Some(child.id());
        drop(guard);
        let run = Run::of(&child.wait_with_output().expect("it ends"));
        assert_eq!(run.status, Some(130), "{run:#?}");
        assert!(run.stderr.contains("error: interrupted: nothing was changed on AWS"), "{run:#?}");
        if command.contains(&"--json") {
            assert_eq!(run.json()["error"]["message"], "interrupted: nothing was changed on AWS");
        }
    }
}

/// The second question comes when somebody else has changed the same resources meanwhile.
#[test]
fn a_signal_ends_the_program_at_each_of_its_questions() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    retention_is_put_back(&ground);
    let question = "Make these changes? [y/N] ";
    let screen = talk(&ground.command(&["apply"]), &[(question, "y\n"), (question, "\u{3}")]);
    assert_eq!(screen.status, 130, "{screen:#?}");
    assert!(screen.text.contains("error: interrupted\nHint: run the same command again"), "{screen:#?}");
}
