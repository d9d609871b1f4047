//! The texts to start from: every fixture of the other tests, sound or not.

use std::path::Path;

fn files(folders: &[&str], ending: &str) -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(tests.join(folder)).expect("a folder"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{folders:?}");
    // A few fixtures are empty or no UTF-8 on purpose: there is nothing in them to change.
    paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).filter(|text| !text.is_empty()).collect()
}

pub fn definitions() -> Vec<String> {
    files(&["definitions/valid", "definitions/invalid", "definitions/warned"], ".asl.json")
}

pub fn configs() -> Vec<String> {
    files(&["config/good", "config/bad", "config/warned"], ".toml")
}

pub fn schedules() -> Vec<String> {
    let table = include_str!("../schedule/table.tsv").lines().filter(|line| !line.starts_with("# "));
    table.filter_map(|line| line.split('\t').nth(1)).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}
