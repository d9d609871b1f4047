//! The folders of configs, and the binary that reads them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

/// A folder with nothing in it.
static HOME: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

/// A folder beside this file.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(name)
}

/// The names of the configs in a folder, without their ending, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names = files(folder, "toml");
    names.sort();
    assert!(!names.is_empty(), "{} holds configs", folder.display());
    names
}

/// The names of the files in a folder that end so.
pub fn files(folder: &Path, ending: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let right = paths.filter(|path| path.extension().is_some_and(|found| found == ending));
    right.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

/// What the binary says of a config in `folder`, in an environment where nothing is set.
pub fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_provision"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", HOME.path())
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Goes through `items` on all processors, and fails with every complaint.
#[track_caller]
pub fn each(items: &[String], check: impl Fn(&str) -> Option<String> + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let complaints: Vec<String> = std::thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(threads).max(1));
        let workers: Vec<_> =
            parts.map(|part| scope.spawn(|| part.iter().filter_map(|item| check(item)).collect::<Vec<_>>())).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    assert!(complaints.is_empty(), "{} of {}:\n\n{}", complaints.len(), items.len(), complaints.join("\n\n"));
}
