//! A proxy between the program and an emulator. It knows the operation of each request, keeps a log, and may answer
//! itself, cut the connection, or do something the moment a request has taken effect. Every request is held against
//! AWS's own service models: one that AWS would refuse fails the test, whatever else it looks at.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::aws_model::refusals;

/// A request that went by.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Such as `iam:CreateRole`.
    pub api: String,
    pub body: String,
    /// When it came, and when its answer was sent.
    pub came: Instant,
    pub answered: Option<Instant>,
}

impl Seen {
    pub fn is_write(&self) -> bool {
        let verb = self.api.split(':').nth(1).unwrap_or_default();
        !["Get", "List", "Describe", "Validate"].iter().any(|read| verb.starts_with(read))
    }
}

/// What becomes of a request.
pub enum Verdict {
    /// It goes on to the emulator, and the answer comes back.
    Pass,
    /// It goes on, and the answer is held back this long.
    Late(Duration),
    /// The proxy answers.
    Answer(Answer),
    /// The same request's last answer, from before; it passes when there is none.
    Stale,
    /// It goes on, and the proxy answers.
    Done(Answer),
    /// It goes on, and of the body of its answer come back so many of a hundred bytes, as if that were all.
    Short(usize),
    /// It never arrives.
    CutBefore,
    /// It arrives; then this happens; the answer is lost.
    CutAfter(Box<dyn FnOnce() + Send>),
}

type Rule = Box<dyn FnMut(usize, &Seen) -> Verdict + Send>;

/// A running proxy. Its thread ends with the test process.
pub struct Proxy {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    seen: Vec<Seen>,
    rule: Rule,
    /// What AWS would have refused.
    refused: Vec<String>,
    /// Connections that are being served.
    open: usize,
    /// By request, the emulator's last answer to each read.
    answers: BTreeMap<(String, String), Vec<u8>>,
}

impl Proxy {
    pub fn start(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State {
            seen: Vec::new(),
            rule: Box::new(|_, _| Verdict::Pass),
            refused: Vec::new(),
            open: 0,
            answers: BTreeMap::new(),
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                state.lock().expect("the proxy's state").open += 1;
                std::thread::spawn(move || {
                    serve(stream, upstream, &state);
                    state.lock().expect("the proxy's state").open -= 1;
                });
            }
        });
        Self { port, state }
    }

    /// From now on `rule` decides; it gets the number of the request since then, from 0.
    pub fn rule(&self, rule: impl FnMut(usize, &Seen) -> Verdict + Send + 'static) {
        let mut state = self.state.lock().expect("the proxy's state");
        state.rule = Box::new(rule);
        state.seen.clear();
    }

    /// From now on everything passes, and the log is empty.
    pub fn pass(&self) {
        self.rule(|_, _| Verdict::Pass);
    }

    /// No read has been answered yet.
    pub fn forget(&self) {
        self.state.lock().expect("the proxy's state").answers.clear();
    }

    /// What went by since the last rule.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.lock().expect("the proxy's state").seen.clone()
    }

    /// Waits for what a killed program had under way.
    pub fn rest(&self) {
        while !self.is_idle() {
            std::thread::yield_now();
        }
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.state.lock().expect("the proxy's state").open == 0
    }

    /// What AWS would have refused since the last time. Whoever asks answers for it.
    pub fn refused(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().expect("the proxy's state").refused)
    }

    /// The writes among it, by name.
    pub fn writes(&self) -> Vec<String> {
        self.seen().into_iter().filter(Seen::is_write).map(|seen| seen.api).collect()
    }
}

/// No test can forget to look.
impl Drop for Proxy {
    fn drop(&mut self) {
        let refused = self.state.lock().map(|state| state.refused.clone()).unwrap_or_default();
        assert!(std::thread::panicking() || refused.is_empty(), "AWS would refuse what was sent: {refused:#?}");
    }
}

fn serve(mut client: TcpStream, upstream: u16, state: &Mutex<State>) {
    let Some((head, body)) = read_request(&mut client) else { return };
    let api = operation(&head, &body);
    let seen = Seen { api, body: String::from_utf8_lossy(&body).into_owned(), came: Instant::now(), answered: None };
    let refused = refusals(&seen.api, &seen.body);
    let (number, verdict) = {
        let mut state = state.lock().expect("the proxy's state");
        state.refused.extend(refused);
        let number = state.seen.len();
        let verdict = (state.rule)(number, &seen);
        state.seen.push(seen.clone());
        (number, verdict)
    };
    let known = (seen.api.clone(), seen.body.clone());
    let pass = || {
        let answer = forward(upstream, &head, &body).map(|answer| as_on_aws(&seen.api, answer));
        if let Some(answer) = answer.as_ref().filter(|_| !seen.is_write()) {
            state.lock().expect("the proxy's state").answers.insert(known.clone(), answer.clone());
        }
        answer
    };
    let answer = match verdict {
        Verdict::Pass => pass(),
        Verdict::Late(pause) => {
            let answer = pass();
            std::thread::sleep(pause);
            answer
        }
        Verdict::Answer(answer) => Some(answer.bytes(&seen.api)),
        Verdict::Done(answer) => pass().map(|_| answer.bytes(&seen.api)),
        Verdict::Short(percent) => pass().and_then(|answer| shortened(&answer, percent)),
        Verdict::Stale => {
            let last = state.lock().expect("the proxy's state").answers.get(&known).cloned();
            last.or_else(pass)
        }
        Verdict::CutBefore => None,
        Verdict::CutAfter(then) => {
            forward(upstream, &head, &body);
            then();
            None
        }
    };
    let Some(answer) = answer else {
        let _ = client.shutdown(Shutdown::Both);
        return;
    };
    if let Some(seen) = state.lock().expect("the proxy's state").seen.get_mut(number) {
        seen.answered = Some(Instant::now());
    }
    let _ = client.write_all(&answer);
    let _ = client.shutdown(Shutdown::Both);
}

/// moto fails where AWS says that the role is not in the profile. Source: IAM API Reference,
/// `RemoveRoleFromInstanceProfile`.
fn as_on_aws(api: &str, answer: Vec<u8>) -> Vec<u8> {
    let failed = api == "iam:RemoveRoleFromInstanceProfile" && answer.starts_with(b"HTTP/1.1 500");
    if failed { Answer::error(404, "NoSuchEntity", "The role is not in the profile.").bytes(api) } else { answer }
}

/// The beginning of an answer, with a length that says that it is whole.
fn shortened(answer: &[u8], percent: usize) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, body) = (String::from_utf8_lossy(&answer[..end]), &answer[end + 4..]);
    let body = &body[..body.len() * percent / 100];
    let framing = |line: &&str| {
        let line = line.to_ascii_lowercase();
        !line.starts_with("content-length:") && !line.starts_with("transfer-encoding:")
    };
    let head = head.lines().filter(framing).collect::<Vec<_>>().join("\r\n");
    Some([format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat())
}

fn read_request(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8_192];
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            let mut body = bytes.split_off(end + 4);
            while body.len() < length {
                let read = client.read(&mut chunk).ok().filter(|read| *read > 0)?;
                body.extend_from_slice(&chunk[..read]);
            }
            return Some((head, body));
        }
        let read = client.read(&mut chunk).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Sends the request on and returns the whole answer, after which the connection closes.
fn forward(upstream: u16, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(("127.0.0.1", upstream)).ok()?;
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = kept.collect::<Vec<_>>().join("\r\n");
    server.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
    server.write_all(body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, rest) = answer.split_at(end);
    let head = String::from_utf8_lossy(head).into_owned();
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = kept.chain(["Connection: close"]).collect::<Vec<_>>().join("\r\n");
    Some([head.as_bytes(), rest].concat())
}

/// The IAM name of a request's operation.
fn operation(head: &str, body: &[u8]) -> String {
    if let Some((target, operation)) = header(head, "x-amz-target").and_then(|target| target.rsplit_once('.')) {
        let service = match target {
            "Logs_20140328" => "logs",
            "AWSEvents" => "events",
            "AWSStepFunctions" => "states",
            "AmazonEC2ContainerServiceV20141113" => "ecs",
            "ResourceGroupsTaggingAPI_20170126" => "tag",
            other => other,
        };
        return format!("{service}:{operation}");
    }
    let body = String::from_utf8_lossy(body);
    let action = body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or("Unknown").to_owned();
    let scope = header(head, "authorization").and_then(|header| header.split('/').nth(3)).unwrap_or("unknown");
    format!("{scope}:{action}")
}
