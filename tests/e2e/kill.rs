//! Killed in the middle, at every request in turn: the next run finishes the work and ends in the same place.

use std::process::Child;
use std::sync::{Arc, Mutex};

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::chapters::Chapter;
use crate::faults::{Trouble, kills, make};
use crate::support::{Ground, Verdict, Which, on_both};

/// Runs the binary and kills it the moment request `at` has taken effect. False when it ended before.
pub fn killed_after(ground: &Ground, arguments: &[&str], at: usize) -> bool {
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    let victim = Arc::clone(&child);
    ground.proxy.rule(move |number, _| {
        if number != at {
            return Verdict::Pass;
        }
        let victim = Arc::clone(&victim);
        Verdict::CutAfter(Box::new(move || {
            if let Some(child) = victim.lock().expect("the child").as_mut() {
                child.kill().expect("SIGKILL");
            }
        }))
    });
    let mut guard = child.lock().expect("the child");
    *guard = Some(ground.spawn(arguments));
    drop(guard);
    loop {
        if let Some(status) =
            child.lock().expect("the child").as_mut().expect("it was started").try_wait().expect("a status")
        {
            return status.code().is_none();
        }
        std::thread::yield_now();
    }
}

/// Kills `arguments` after each request in turn, from `start`; each time the same command then ends at `goal`.
fn survives(ground: &Ground, arguments: &[&str], start: impl Fn(&Ground), goal: impl Fn(&Ground)) -> usize {
    for at in 0.. {
        ground.reset();
        start(ground);
        if !killed_after(ground, arguments, at) {
            return at;
        }
        ground.proxy.pass();
        ground.ok(arguments);
        goal(ground);
        assert_eq!(ground.writes_of(arguments), Vec::<String>::new(), "after a kill at request {at} all is done");
    }
    unreachable!("every run ends")
}

on_both!(apply_survives_a_kill_at_every_request, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let wanted = ground.cloud.everything();
    let kills = survives(&ground, &["apply"], |_| {}, |ground| assert_eq!(ground.cloud.everything(), wanted));
    assert!(kills > 15, "{kills} requests are too few to be an apply");
});

on_both!(destroy_survives_a_kill_at_every_request, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    let start = |ground: &Ground| drop(ground.ok(&["apply"]));
    let kills = survives(&ground, &["destroy", "--yes"], start, |ground| assert!(ground.cloud.everything().is_empty()));
    assert!(kills > 15, "{kills} requests are too few to be a destroy");
});

on_both!(pruning_survives_a_kill_at_every_request, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let wanted: Vec<String> = ground.cloud.everything().into_keys().collect();
    let start = |ground: &Ground| {
        ground.write("config.toml", TWO_JOBS);
        ground.ok(&["apply"]);
        ground.write("config.toml", ONE_JOB);
    };
    let kills = survives(&ground, &["apply", "--yes"], start, |ground| {
        assert_eq!(ground.cloud.everything().into_keys().collect::<Vec<_>>(), wanted);
    });
    assert!(kills > 15, "{kills} requests are too few to prune a job");
});

/// A kill after each write of the chapter: the same command, run again, ends where the chapter ends.
fn survives_each_write(chapter: Chapter) {
    let ground = Ground::new(Which::Ministack);
    let plain = chapter.plain(&ground);
    let came = |trouble: &Trouble| make(&ground, &plain, trouble).unwrap_or_else(|why| panic!("{why}"));
    let kills = kills(&plain);
    assert_eq!(kills.iter().filter(|kill| came(kill)).count(), kills.len());
    assert!(kills.len() > 15, "{} writes are too few", kills.len());
}

#[test]
fn an_update_of_every_kind_survives_a_kill_after_every_write() {
    survives_each_write(Chapter::Update);
}

#[test]
fn an_adoption_survives_a_kill_after_every_write() {
    survives_each_write(Chapter::Adopt);
}
