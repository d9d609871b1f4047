//! The JSON Schema against the configs that the program itself takes and refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::corpus::{folder, names};

/// Faults that only the program can see, by the name of their config.
const BEYOND: &str = include_str!("beyond_the_schema.txt");

/// Where Python with `jsonschema` is; `make test` installs it.
fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let venv = std::env::var_os("EMULATORS_VENV").map_or_else(|| root.join("target/emulators/venv"), PathBuf::from);
    venv.join("bin/python")
}

/// The configs that the schema refuses, each with the reason.
fn refused(configs: &[PathBuf]) -> BTreeMap<String, String> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/schema.json");
    let mut command = Command::new(python());
    command.arg(folder("schema.py")).arg(schema).args(configs);
    let run = command.output().expect("python runs; run `make test`");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let told = String::from_utf8(run.stdout).expect("UTF-8");
    let pairs = told.lines().filter_map(|line| line.split_once('\t'));
    pairs.map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}

fn configs(folder: &Path) -> Vec<PathBuf> {
    names(folder).iter().map(|name| folder.join(format!("{name}.toml"))).collect()
}

#[test]
fn the_schema_takes_every_sound_config() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let mut sound = configs(&folder("good"));
    sound.extend(configs(&folder("later")));
    sound.extend(configs(&folder("warned")));
    sound.extend(configs(&examples));
    assert_eq!(refused(&sound), BTreeMap::new());
}

#[test]
fn the_schema_refuses_every_fault_but_those_that_only_the_program_can_see() {
    let bad = folder("bad");
    let refused = refused(&configs(&bad));
    let taken: BTreeSet<String> = names(&bad).into_iter().filter(|name| !refused.contains_key(name)).collect();
    let expected: BTreeSet<String> = BEYOND.lines().map(str::to_owned).collect();
    let missed: Vec<_> = taken.difference(&expected).collect();
    assert!(missed.is_empty(), "the schema should refuse {missed:#?}, or beyond_the_schema.txt name them");
    let known: Vec<_> = expected.difference(&taken).map(|name| (name, refused.get(name))).collect();
    assert!(known.is_empty(), "beyond_the_schema.txt need not name {known:#?}");
}

#[test]
fn the_program_prints_the_schema() {
    let run = Command::new(env!("CARGO_BIN_EXE_provision")).arg("schema").output().expect("the binary runs");
    assert!(run.status.success());
    let printed: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(printed, crate::keys::schema());
}
