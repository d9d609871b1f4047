//! An emulator, a proxy before it, a folder with a config, and the binary.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{Cloud, Emulator, Proxy, Which};

/// A test's own world.
pub struct Ground {
    pub emulator: Emulator,
    pub proxy: Proxy,
    pub cloud: Cloud,
    folder: TempDir,
}

/// What a run of the binary left.
#[derive(Debug)]
pub struct Run {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Drop for Ground {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.proxy.is_idle() {
            self.emulator.keep();
        }
    }
}

impl Ground {
    /// With a cluster `batch` and a task definition `app`.
    pub fn new(which: Which) -> Self {
        let ground = Self::on(Emulator::start(which));
        ground.cloud.seed();
        ground
    }

    /// With nothing in it.
    pub fn on(emulator: Emulator) -> Self {
        let proxy = Proxy::start(emulator.port);
        let cloud = Cloud::new(emulator.port, emulator.account());
        Self { emulator, proxy, cloud, folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// An empty emulator, seeded again.
    pub fn reset(&self) {
        self.emulator.reset();
        self.cloud.seed();
        self.proxy.forget();
        self.proxy.pass();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file beside the config.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    /// The binary with these arguments, in the folder, knowing of nothing but the proxy.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(self.folder.path(), arguments);
        command
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.proxy.port));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&self.command(arguments).output().expect("the binary runs"))
    }

    pub fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    }

    /// Runs and insists that it went well.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.status, Some(0), "{arguments:?}: {run:#?}");
        run
    }

    /// The plan that `diff` makes.
    #[track_caller]
    pub fn diff(&self) -> Value {
        self.ok(&["diff", "--json"]).json()
    }

    /// The writes of one run that goes well.
    #[track_caller]
    pub fn writes_of(&self, arguments: &[&str]) -> Vec<String> {
        self.proxy.pass();
        self.ok(arguments);
        self.proxy.writes()
    }
}

/// The binary in a cleared environment.
pub fn bare(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provision"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    command
}

impl Run {
    pub fn of(output: &Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("stdout is JSON: {error}\n{self:#?}"))
    }
}
