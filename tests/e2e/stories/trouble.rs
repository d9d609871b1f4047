//! What goes wrong while a command runs.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::json;

use crate::support::{Answer, Fault as Passing, Seen, Verdict, hash};

#[derive(Clone, Debug, Default)]
pub struct Trouble {
    pub blows: Vec<Blow>,
    pub end: Option<End>,
}

/// What befalls requests. Which, follows from what is in them: the order of those that run at once is no one's choice.
#[derive(Clone, Copy, Debug)]
pub struct Blow {
    pub of: Of,
    /// Of so many parts of these requests, this one.
    pub share: u8,
    pub fault: Fault,
    /// So often, for each request.
    pub times: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Write,
    /// Before anything is written.
    FirstRead,
    LaterRead,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Passes(Passing),
    /// Somebody else changes the same resource; of targets, in an entry of a 200.
    Concurrent,
    /// The caller may not. Final.
    Denied,
    /// A quota is full. Final.
    Full,
}

/// The end of the process, at this write or at this request of any kind.
#[derive(Clone, Copy, Debug)]
pub struct End {
    pub how: How,
    pub of_write: bool,
    pub number: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Ctrl-C.
    Interrupted,
    /// SIGKILL before the request takes effect.
    KilledBefore,
    KilledAfter,
}

fn blow() -> impl Strategy<Value = Blow> {
    let passing = |lag: bool| {
        let faults = Passing::ALL.into_iter().filter(move |fault| lag || *fault != Passing::Lag);
        prop::sample::select(faults.map(Fault::Passes).collect::<Vec<_>>())
    };
    let of_write = prop_oneof![
        6 => passing(false),
        2 => Just(Fault::Concurrent),
        1 => prop::sample::select(vec![Fault::Denied, Fault::Full]),
    ];
    let of_read = |lag| prop_oneof![15 => passing(lag), 1 => Just(Fault::Denied)];
    let which = prop_oneof![
        3 => (Just(Of::Write), 0..8_u8, of_write),
        1 => (Just(Of::FirstRead), 0..24_u8, of_read(false)),
        1 => (Just(Of::LaterRead), 0..24_u8, of_read(true)),
    ];
    let times = prop_oneof![3 => Just(1_u8), 1 => 2..5_u8];
    (which, times).prop_map(|((of, share, fault), times)| Blow { of, share, fault, times })
}

pub fn trouble() -> impl Strategy<Value = Trouble> {
    let how = prop::sample::select(vec![How::Interrupted, How::KilledBefore, How::KilledAfter]);
    let end = (how, prop::bool::weighted(0.8), 0..12_u8);
    let end = end.prop_map(|(how, of_write, number)| {
        // The first look takes many requests.
        End { how, of_write, number: if of_write { number } else { number * 8 } }
    });
    (prop::collection::vec(blow(), 0..6), prop::option::weighted(0.35, end))
        .prop_map(|(blows, end)| Trouble { blows, end })
}

impl Blow {
    fn befalls(self, seen: &Seen, written: bool) -> bool {
        let (of, parts) = match (seen.is_write(), written) {
            (true, _) => (Of::Write, 8),
            (false, false) => (Of::FirstRead, 24),
            (false, true) => (Of::LaterRead, 24),
        };
        self.of == of && hash(&(&seen.api, &seen.body)) % parts == u64::from(self.share)
    }
}

impl Fault {
    fn is_final(self) -> bool {
        matches!(self, Self::Denied | Self::Full)
    }

    fn verdict(self, api: &str) -> Verdict {
        let service = api.split(':').next().unwrap_or_default();
        let query = ["iam", "sts"].contains(&service);
        let error = |status, code, said: &str| Verdict::Answer(Answer::error(status, code, said));
        match self {
            Self::Passes(fault) => fault.verdict(api),
            Self::Concurrent => match (api, service) {
                ("events:PutTargets" | "events:RemoveTargets", _) => {
                    let entry = json!({ "TargetId": "state-machine", "ErrorCode": "ConcurrentModificationException", "ErrorMessage": "try again" });
                    let answer = json!({ "FailedEntryCount": 1, "FailedEntries": [entry] });
                    Verdict::Answer(Answer::Json(answer.to_string()))
                }
                (_, "iam") => error(409, "ConcurrentModification", "another change is under way"),
                (_, "logs") => error(400, "OperationAbortedException", "another change is under way"),
                (_, "states") => error(400, "ConflictException", "another change is under way"),
                _ => error(400, "ConcurrentModificationException", "another change is under way"),
            },
            Self::Denied => {
                let code = if query { "AccessDenied" } else { "AccessDeniedException" };
                error(403, code, &format!("User: ci is not authorized to perform: {api}"))
            }
            Self::Full if query => error(409, "LimitExceeded", "a quota is full"),
            Self::Full => error(400, "LimitExceededException", "a quota is full"),
        }
    }
}

/// The process of the running program.
pub type Victim = Arc<Mutex<Option<u32>>>;

/// What has happened to a command.
#[derive(Debug, Default)]
pub struct Met {
    pub faults: AtomicU32,
    /// One of them was final.
    pub is_final: AtomicBool,
    pub ended: AtomicBool,
}

impl Trouble {
    /// What becomes of each request, one after another.
    pub fn rule(self, victim: Victim, met: Arc<Met>) -> impl FnMut(usize, &Seen) -> Verdict + Send + 'static {
        let (mut writes, mut sent) = (0, BTreeMap::<(usize, String, String), u8>::new());
        move |number, seen| {
            let now = if seen.is_write() { Some(writes) } else { None };
            let is_now = |end: &&End| if end.of_write { now } else { Some(number) } == Some(usize::from(end.number));
            let written = writes > 0;
            writes += usize::from(seen.is_write());
            if let Some(end) = self.end.as_ref().filter(is_now) {
                met.ended.store(true, Ordering::SeqCst);
                let victim = Arc::clone(&victim);
                match end.how {
                    How::Interrupted => signal(&victim, "-INT"),
                    How::KilledAfter => return Verdict::CutAfter(Box::new(move || signal(&victim, "-KILL"))),
                    How::KilledBefore => {
                        signal(&victim, "-KILL");
                        return Verdict::CutBefore;
                    }
                }
            }
            for (at, blow) in self.blows.iter().enumerate().filter(|(_, blow)| blow.befalls(seen, written)) {
                let times = sent.entry((at, seen.api.clone(), seen.body.clone())).or_default();
                *times += 1;
                if *times <= blow.times {
                    met.faults.fetch_add(1, Ordering::SeqCst);
                    met.is_final.fetch_or(blow.fault.is_final(), Ordering::SeqCst);
                    return blow.fault.verdict(&seen.api);
                }
            }
            Verdict::Pass
        }
    }
}

fn signal(victim: &Victim, which: &str) {
    if let Some(pid) = *victim.lock().expect("the pid") {
        Command::new("kill").args([which, &pid.to_string()]).output().expect("kill runs");
    }
}
