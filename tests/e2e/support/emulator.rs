//! ministack and moto, each in a process of its own on a free loopback port.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Which emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Ministack,
    Moto,
}

/// A running emulator. Dropping it ends it, unless another test may have it.
pub struct Emulator {
    pub which: Which,
    pub port: u16,
    process: Option<Process>,
    iam: bool,
    kept: bool,
}

struct Process {
    child: Child,
    _folder: TempDir,
}

/// Emulators that nobody uses. To start one, and to have it load its services, takes longer than most tests do.
static IDLE: Mutex<Vec<Emulator>> = Mutex::new(Vec::new());

impl Emulator {
    /// An empty one.
    pub fn start(which: Which) -> Self {
        let mut idle = IDLE.lock().expect("no test panics here");
        let at = idle.iter().position(|emulator| emulator.which == which);
        let emulator = at.map(|at| idle.swap_remove(at));
        drop(idle);
        match emulator {
            Some(emulator) => {
                emulator.reset();
                emulator
            }
            None => Self::launch(which, false),
        }
    }

    /// One that asks IAM before it does something: ministack from now on, moto while it is told to.
    pub fn with_iam(which: Which) -> Self {
        Self::launch(which, true)
    }

    /// Another test may have it.
    pub fn keep(&mut self) {
        self.kept = !self.iam;
    }

    fn launch(which: Which, iam: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let port = free_port();
            let mut command = command(which, port, folder.path());
            if iam && which == Which::Ministack {
                command.env("AUTH", "true");
            }
            let mut child = command.spawn().expect("the emulator starts; run `make test`");
            while child.try_wait().expect("the emulator's state").is_none() {
                if answers(port, ready_path(which)) {
                    let process = Some(Process { child, _folder: folder });
                    return Self { which, port, process, iam, kept: false };
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
        assert!(done(request(self.port, "POST", path, "")), "the emulator resets");
    }

    /// Whether moto asks IAM from now on; of ministack's, this decides nothing.
    pub fn ask_iam(&self, ask: bool) {
        if self.which == Which::Moto {
            let first_requests_allowed = if ask { "0" } else { "inf" };
            assert!(done(request(self.port, "POST", "/moto-api/reset-auth", first_requests_allowed)), "moto obeys");
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if self.kept {
            let emulator = Self { process: self.process.take(), kept: false, ..*self };
            IDLE.lock().expect("no test panics here").push(emulator);
        }
    }
}

/// The emulator ends when nothing holds its shell's input any more, be it that this process was killed.
impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

const UNTIL_INPUT_ENDS: &str = r#"exec 3<&0; "$@" 3<&- & it=$!; { cat <&3; kill -9 $it; } & wait $it"#;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

/// Where the emulators are, and the Python that runs them.
pub fn venv() -> PathBuf {
    let named = std::env::var_os("EMULATORS_VENV").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/emulators/venv"))
}

fn command(which: Which, port: u16, folder: &Path) -> Command {
    let venv = venv();
    let program = match which {
        Which::Ministack => "bin/ministack",
        Which::Moto => "bin/moto_server",
    };
    let mut command = Command::new("sh");
    command
        .args(["-c", UNTIL_INPUT_ENDS, "sh"])
        .arg(venv.join(program))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::piped())
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
    done(request(port, "GET", path, ""))
}

fn done(answer: Option<String>) -> bool {
    answer.is_some_and(|answer| answer.contains(" 200 "))
}

fn request(port: u16, method: &str, path: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain");
    write!(stream, "{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.lines().next().map(str::to_owned)
}
