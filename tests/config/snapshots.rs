//! What `provision check` writes, whole. `UPDATE_SNAPSHOTS=1 cargo test --test config` rewrites it.

use std::path::Path;

use crate::corpus::{check, each, files, folder, names, text};

/// Compares with the file beside the config, or rewrites it.
pub fn snapshot(path: &Path, found: &str) -> Option<String> {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, found).expect("the snapshot is written");
        return None;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    (expected != found).then(|| format!("{}: expected\n{expected}\nfound\n{found}", path.display()))
}

#[test]
fn a_sound_config_stays_silent() {
    let folder = folder("good");
    each(&names(&folder), |name| {
        let run = check(&folder, &[&format!("{name}.toml")]);
        let silent = run.status.code() == Some(0) && run.stderr.is_empty();
        (!silent).then(|| format!("{name}: {:?}\n{}", run.status.code(), text(&run.stderr)))
    });
}

#[test]
fn a_fault_is_told_where_it_is() {
    let folder = folder("bad");
    each(&names(&folder), |name| {
        let run = check(&folder, &[&format!("{name}.toml")]);
        if run.status.code() != Some(3) || !run.stdout.is_empty() {
            return Some(format!("{name}: {:?}, stdout: {}", run.status.code(), text(&run.stdout)));
        }
        snapshot(&folder.join(format!("{name}.txt")), &text(&run.stderr))
    });
}

/// What a config means is told whole, also where this release can't build all of it. Only then is that refused.
#[test]
fn what_is_sound_and_not_supported_yet_is_told_and_refused() {
    let folder = folder("later");
    each(&names(&folder), |name| {
        let run = check(&folder, &[&format!("{name}.toml")]);
        if run.status.code() != Some(3) {
            return Some(format!("{name}: {:?}", run.status.code()));
        }
        let stdout = text(&run.stdout);
        let dated = |line: &&str| !line.trim_start().starts_with("next: ");
        let meaning = stdout.split_inclusive('\n').filter(dated).collect::<String>();
        let told = text(&run.stderr);
        let later = |line: &str| line.ends_with("is not supported yet") || line.starts_with("error: the config has ");
        if let Some(other) = told.lines().filter(|line| line.starts_with("error: ")).find(|line| !later(line)) {
            return Some(format!("{name}: {other}"));
        }
        snapshot(&folder.join(format!("{name}.txt")), &format!("{meaning}\n{told}"))
    });
}

#[test]
fn what_is_allowed_but_better_said_is_a_warning() {
    let folder = folder("warned");
    each(&names(&folder), |name| {
        let run = check(&folder, &[&format!("{name}.toml")]);
        if run.status.code() != Some(0) {
            return Some(format!("{name}: {:?}", run.status.code()));
        }
        snapshot(&folder.join(format!("{name}.txt")), &text(&run.stderr))
    });
}

#[test]
fn every_snapshot_has_its_config() {
    for folder in ["bad", "later", "warned"].map(folder) {
        let configs = names(&folder);
        for snapshot in files(&folder, "txt") {
            assert!(configs.contains(&snapshot), "{}: no {snapshot}.toml", folder.display());
        }
    }
}

#[test]
fn all_faults_are_told_at_once_and_in_the_order_of_the_text() {
    let run = check(&folder("bad"), &["several_faults_at_once.toml"]);
    let config = std::fs::read_to_string(folder("bad/several_faults_at_once.toml")).expect("the config");
    let wrong = (1..).zip(config.lines()).filter(|(_, line)| line.ends_with("# <-")).map(|(number, _)| number);
    let told = text(&run.stderr);
    let places = told.lines().filter_map(|line| line.trim_start().strip_prefix("--> several_faults_at_once.toml:"));
    let told: Vec<usize> = places.map(|place| place.split(':').next().unwrap().parse().unwrap()).collect();
    assert_eq!(told, wrong.collect::<Vec<_>>());
}

#[test]
fn a_config_that_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("folder.toml")).expect("a folder");
    std::fs::write(folder.path().join("latin1.toml"), b"app = \"b\xfclling\"\n").expect("a file");
    for (name, reason) in [
        ("missing.toml", "Hint: name the config"),
        ("folder.toml", "Hint: check the path"),
        ("latin1.toml", "Hint: a config is UTF-8 text"),
    ] {
        let run = check(folder.path(), &[name]);
        let told = text(&run.stderr);
        assert_eq!(run.status.code(), Some(3), "{told}");
        assert!(told.starts_with(&format!("error: can't read the config {name}\n")), "{told}");
        assert!(told.contains(reason), "{told}");
    }
}
