//! ministack and moto, each in a process of its own on a free loopback port.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Which emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Ministack,
    Moto,
}

/// A running emulator. Dropping it ends it.
pub struct Emulator {
    pub which: Which,
    pub port: u16,
    child: Child,
    _folder: TempDir,
}

impl Emulator {
    pub fn start(which: Which) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let port = free_port();
            let mut child = command(which, port, folder.path()).spawn().expect("the emulator starts; run `make test`");
            while child.try_wait().expect("the emulator's state").is_none() {
                if answers(port, ready_path(which)) {
                    return Self { which, port, child, _folder: folder };
                }
                assert!(Instant::now() < deadline, "{which:?} does not answer");
                std::thread::yield_now();
            }
        }
    }

    pub fn account(&self) -> &'static str {
        match self.which {
            Which::Ministack => "000000000000",
            Which::Moto => "123456789012",
        }
    }

    /// Forgets everything.
    pub fn reset(&self) {
        let path = match self.which {
            Which::Ministack => "/_ministack/reset",
            Which::Moto => "/moto-api/reset",
        };
        assert!(request(self.port, "POST", path).is_some_and(|answer| answer.contains(" 200 ")), "the emulator resets");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

/// Where the emulators and their Python are.
pub(super) fn venv() -> PathBuf {
    let target = std::env::var_os("EMULATORS_VENV").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/emulators/venv"))
}

fn command(which: Which, port: u16, folder: &Path) -> Command {
    let venv = venv();
    let mut command = match which {
        Which::Ministack => Command::new(venv.join("bin/ministack")),
        Which::Moto => Command::new(venv.join("bin/moto_server")),
    };
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match which {
        Which::Moto => command.args(["-H", "127.0.0.1", "-p", &port.to_string()]),
        Which::Ministack => command
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("TMPDIR", folder)
            .env("STATE_DIR", folder.join("state"))
            .env("S3_DATA_DIR", folder.join("s3"))
            .env("PERSIST_STATE", "0")
            .env("S3_PERSIST", "0")
            .env("DOCKER_HOST", "unix:///nonexistent")
            .env("IOT_MTLS_ENABLED", "0")
            .env("MINISTACK_REGION", super::cloud::REGION)
            .env("LOG_LEVEL", "WARNING"),
    };
    command
}

fn ready_path(which: Which) -> &'static str {
    match which {
        Which::Ministack => "/_ministack/ready",
        Which::Moto => "/moto-api/",
    }
}

fn answers(port: u16, path: &str) -> bool {
    request(port, "GET", path).is_some_and(|answer| answer.contains(" 200 "))
}

fn request(port: u16, method: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.lines().next().map(str::to_owned)
}
