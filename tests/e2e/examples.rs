//! Every example config, and every command that the documentation has CI run.

use std::path::{Path, PathBuf};

use crate::support::{Ground, on_both};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn examples() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join("config")).expect("the examples");
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

on_both!(every_example_is_applied_and_destroyed, |ground: Ground| {
    assert!(examples().len() >= 2);
    for file in examples() {
        let file = file.to_str().expect("UTF-8");
        ground.ok(&["diff", file]);
        ground.ok(&["apply", file]);
        assert_eq!(ground.writes_of(&["apply", file]), Vec::<String>::new(), "{file}");
        ground.ok(&["destroy", "--yes", file]);
        assert!(ground.cloud.everything().is_empty(), "{file}");
    }
});

on_both!(the_commands_of_the_ci_page_work, |ground: Ground| {
    ground.write("config.toml", crate::apply::ONE_JOB);
    let page = std::fs::read_to_string(root().join("docs/ci.md")).expect("docs/ci.md");
    let commands: Vec<Vec<&str>> = page
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("run: provision "))
        .map(|line| line.split(" >").next().unwrap_or(line).split_whitespace().collect())
        .collect();
    assert!(
        commands.iter().any(|command| command[0] == "diff") && commands.iter().any(|command| command[0] == "apply")
    );
    ground.ok(&["apply"]);
    for command in commands {
        ground.ok(&command);
    }
});
