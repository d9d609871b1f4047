//! Two applies of one app at the same time: what is there in the end is what one of them wants, whole, and the other
//! says that it is not its own.

use std::collections::BTreeMap;
use std::process::Child;
use std::time::Duration;

use serde_json::Value;

use crate::apply::TWO_JOBS;
use crate::support::{Ground, Run, Seen, Verdict, on_both};

type World = BTreeMap<String, Value>;

/// Everything that these configs differ in has another value in each, and each has a job of its own.
fn variant(name: &str) -> String {
    let minutes = name.len() * 7;
    format!(
        "{}\n[job.{name}]\ncommand = [\"only\", \"{name}\"]\nschedule = \"rate(2 hours)\"\n",
        TWO_JOBS
            .replace("region =", &format!("tags = {{ variant = \"{name}\" }}\nregion ="))
            .replace("rate(3 hours)", &format!("rate({minutes} minutes)"))
    )
}

/// What each config makes when it is alone.
fn alone(ground: &Ground, config: &str, name: &str) -> World {
    ground.write(config, &variant(name));
    ground.ok(&["apply", "--yes", config]);
    let world = ground.cloud.everything();
    ground.ok(&["destroy", "--yes", config]);
    ground.reset();
    world
}

/// Every write takes a moment, so that the two meet.
fn slowly(ground: &Ground) {
    ground.proxy.rule(|_, seen: &Seen| match seen.is_write() {
        true => Verdict::Late(Duration::from_millis(40)),
        false => Verdict::Pass,
    });
}

fn both(ground: &Ground, first: &str, second: &str) -> [Run; 2] {
    slowly(ground);
    let started: Vec<Child> = [first, second].iter().map(|config| ground.spawn(&["apply", "--yes", config])).collect();
    let ended = started.into_iter().map(|child| Run::of(&child.wait_with_output().expect("it ends")));
    ended.collect::<Vec<_>>().try_into().expect("two")
}

/// One of the two worlds, whole. Who does not have it says so.
#[track_caller]
fn one_won(ground: &Ground, worlds: &[World; 2], runs: &[Run; 2]) {
    let found = ground.cloud.everything();
    let winner = worlds.iter().position(|world| *world == found);
    let Some(winner) = winner else { panic!("a mixture: {found:#?}\n{runs:#?}") };
    assert_eq!(runs[winner].status, Some(0), "{runs:#?}");
    let loser = &runs[1 - winner];
    assert_eq!(loser.status, Some(1), "{runs:#?}");
    assert!(loser.stderr.contains("somebody else applied something else at the same time"), "{runs:#?}");
}

on_both!(with_different_configs_from_nothing_one_wins_whole, |ground: Ground| {
    let worlds = [alone(&ground, "a.toml", "first"), alone(&ground, "b.toml", "second")];
    let runs = both(&ground, "a.toml", "b.toml");
    one_won(&ground, &worlds, &runs);
});

on_both!(with_different_configs_over_a_third_one_wins_whole, |ground: Ground| {
    let worlds = [alone(&ground, "a.toml", "first"), alone(&ground, "b.toml", "second")];
    ground.write("old.toml", &variant("third-and-oldest"));
    ground.ok(&["apply", "--yes", "old.toml"]);
    let runs = both(&ground, "a.toml", "b.toml");
    one_won(&ground, &worlds, &runs);
});

on_both!(with_the_same_config_both_succeed, |ground: Ground| {
    let world = alone(&ground, "a.toml", "first");
    let runs = both(&ground, "a.toml", "a.toml");
    assert_eq!(ground.cloud.everything(), world, "{runs:#?}");
    for run in &runs {
        assert_eq!(run.status, Some(0), "{runs:#?}");
    }
});
