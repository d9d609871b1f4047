//! The binary on a pseudo-terminal, with a person who answers.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::emulator::venv;

/// What a person saw, and how it ended.
#[derive(Debug)]
pub struct Screen {
    pub text: String,
    pub status: i64,
}

/// Runs `command` and types each answer after its question.
pub fn talk(command: &Command, dialogue: &[(&str, &str)]) -> Screen {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<&str> = words.map(|word| word.to_str().expect("text")).collect();
    let order = json!({ "command": words, "dialogue": dialogue }).to_string();
    let mut driver = Command::new(venv().join("bin/python"));
    driver
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/support/terminal.py"))
        .current_dir(command.get_current_dir().expect("a folder"))
        .env_clear()
        .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut driver = driver.spawn().expect("python starts");
    driver.stdin.take().expect("a pipe").write_all(order.as_bytes()).expect("it listens");
    let output = driver.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    Screen {
        text: told["screen"].as_str().expect("text").to_owned(),
        status: told["status"].as_i64().expect("a status"),
    }
}
