//! Ctrl-C and SIGTERM: what is under way is finished, nothing new begins, and what is left is said.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::apply::TWO_JOBS;
use crate::support::{Ground, Run, Verdict, Which};

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
