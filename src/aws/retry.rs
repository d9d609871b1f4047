//! When a request is sent again, and for how long.
//!
//! Most errors are final. What may pass is listed here by operation, code and message, for AWS says "access denied"
//! both of a role that is a second old and of a caller who lacks a permission: only the first is worth waiting for.

use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::{Cause, Cloud, Failure, Request};
use crate::stop::Stop;

/// A request that waits before it is sent again.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Such as `states:CreateStateMachine`.
    pub api: &'static str,
    /// What it waits for.
    pub reason: &'static str,
}

/// An answer that may be another one soon.
struct Passing {
    /// The operations, or `service:*`, that give it.
    apis: &'static [&'static str],
    codes: &'static [&'static str],
    /// A part of the message. Empty: any.
    message: &'static str,
    reason: &'static str,
    limit: Duration,
}

const fn passing(
    apis: &'static [&'static str],
    codes: &'static [&'static str],
    message: &'static str,
    reason: &'static str,
    seconds: u64,
) -> Passing {
    Passing { apis, codes, message, reason, limit: Duration::from_secs(seconds) }
}

const MACHINE: &[&str] = &["states:CreateStateMachine", "states:UpdateStateMachine"];
const DENIED: &[&str] = &["AccessDeniedException", "AccessDenied"];
/// How long, in seconds, to wait where the answer does not tell a read that lags from somebody else's change: longer than
/// lags are, and then a fresh look tells.
const UNTOLD: u64 = 5;
const MISSING: &[&str] = &["ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException"];

/// Sources: Step Functions API Reference (errors of `CreateStateMachine`), EventBridge API Reference (`PutRule`,
/// `DeleteRule`), IAM User Guide ("Changes that I make are not always immediately visible").
const PASSING: &[Passing] = &[
    passing(MACHINE, DENIED, "authorized to assume the provided role", "the new role to reach Step Functions", 120),
    passing(
        MACHINE,
        DENIED,
        "authorized to access the Log Destination",
        "the role's permissions to reach Step Functions",
        120,
    ),
    passing(MACHINE, DENIED, "managed-rule", "the role's permissions to reach Step Functions", 120),
    passing(MACHINE, &["StateMachineDeleting"], "", "the old state machine of this name to be gone", 300),
    passing(
        &["states:DeleteStateMachine"],
        &["StateMachineDeleting"],
        "",
        "the state machine's executions to end",
        // They may run for hours: the time that the user gave decides.
        86_400,
    ),
    passing(&["states:*"], &["ConflictException"], "", "another change of the state machine to end", 60),
    passing(
        &["events:PutRule", "events:PutTargets"],
        &["ValidationException"],
        "cannot be assumed by principal",
        "the new role to reach EventBridge",
        120,
    ),
    passing(
        &["events:PutTargets", "events:TagResource", "events:UntagResource"],
        MISSING,
        "",
        "the new rule to be seen",
        UNTOLD,
    ),
    passing(&["events:*"], &["ConcurrentModificationException"], "", "another change of the rule to end", 60),
    passing(
        &["events:DeleteRule"],
        &["ValidationException"],
        "since it has targets",
        "the rule's targets to be gone",
        UNTOLD,
    ),
    passing(
        &["iam:CreateRole", "iam:UpdateAssumeRolePolicy"],
        &["MalformedPolicyDocument", "MalformedPolicyDocumentException"],
        "Invalid principal in policy",
        "the principal to be seen",
        120,
    ),
    passing(
        &[
            "iam:PutRolePolicy",
            "iam:AttachRolePolicy",
            "iam:TagRole",
            "iam:UpdateRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:PutRolePermissionsBoundary",
        ],
        MISSING,
        "role",
        "the new role to be seen",
        UNTOLD,
    ),
    passing(
        &["iam:DeleteRole"],
        &["DeleteConflict", "DeleteConflictException"],
        "",
        "the role's policies to be gone",
        UNTOLD,
    ),
    passing(
        &["iam:*"],
        &["ConcurrentModification", "ConcurrentModificationException"],
        "",
        "another change of the role to end",
        60,
    ),
    passing(&["logs:PutRetentionPolicy", "logs:TagResource"], MISSING, "", "the new log group to be seen", UNTOLD),
    passing(&["logs:*"], &["OperationAbortedException"], "", "another change of the log group to end", 60),
];

/// Codes of a throttle. `LimitExceededException` is not among them: here it is a full quota, and final.
const THROTTLED: &[&str] = &[
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
];

/// How long a throttled request goes on, and any request that meets now this and now that, unless what it meets is given
/// longer.
const THROTTLE_LIMIT: Duration = Duration::from_mins(10);
/// How long a service that fails, or a broken connection, is given.
const BROKEN_LIMIT: Duration = Duration::from_secs(40);
/// Nobody listening is seldom a matter of time.
const UNREACHABLE_LIMIT: Duration = Duration::from_millis(700);

/// Whether, why and for how long to go on after a failure.
fn patience(failure: &Failure) -> Option<(&'static str, Duration)> {
    match failure.cause {
        Cause::Unreachable => return Some(("the endpoint to answer", UNREACHABLE_LIMIT)),
        Cause::Cut => return Some(("the connection to hold", BROKEN_LIMIT)),
        Cause::Credentials | Cause::Other => return None,
        Cause::Service => {}
    }
    if failure.is(THROTTLED) || failure.status == Some(429) || failure.message == "Rate exceeded" {
        return Some(("AWS's request rate to allow it", THROTTLE_LIMIT));
    }
    if let Some(row) = PASSING.iter().find(|row| row.fits(failure)) {
        return Some((row.reason, row.limit));
    }
    failure.status.is_some_and(|status| status >= 500).then_some(("the service to recover", BROKEN_LIMIT))
}

/// How long a request has gone on, and for how long it has met the same failure. What it met before does not count
/// against the time that a failure is given.
struct Endurance {
    started: Instant,
    meets: Option<(&'static str, Instant)>,
}

impl Endurance {
    fn new(started: Instant) -> Self {
        Self { started, meets: None }
    }

    /// What is waited for, when it is worth it to go on.
    fn goes_on(&mut self, failure: &Failure, now: Instant) -> Option<&'static str> {
        let (reason, limit) = patience(failure)?;
        let since = match self.meets {
            Some((met, since)) if met == reason => since,
            _ => now,
        };
        self.meets = Some((reason, since));
        (now.duration_since(since) < limit && now.duration_since(self.started) < limit.max(THROTTLE_LIMIT))
            .then_some(reason)
    }
}

impl Passing {
    fn fits(&self, failure: &Failure) -> bool {
        let service = |api: &str| api.strip_suffix('*').is_some_and(|service| failure.api.starts_with(service));
        self.apis.iter().any(|api| *api == failure.api || service(api))
            && failure.is(self.codes)
            && failure.message.contains(self.message)
    }
}

/// The wait before attempt `attempt` + 2: a quarter, a half, one and then two seconds, for roles clear within
/// seconds; under a throttle twice as long each time, so that many of us do not keep it up.
fn pause(attempt: u32, failure: &Failure) -> Duration {
    let millis = 250 * 2_u64.pow(attempt.min(6));
    if failure.is(THROTTLED) {
        let spread = u64::from(std::process::id()).wrapping_mul(u64::from(attempt) + 7) % 250;
        return Duration::from_millis(millis + spread);
    }
    Duration::from_millis(millis.min(2_000))
}

/// A wait that is over sooner needs no word.
const QUIET: Duration = Duration::from_secs(2);

/// A read, sent until it succeeds or nothing is left to hope for.
pub(super) async fn read<T, F>(request: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let started = Instant::now();
    let mut endurance = Endurance::new(started);
    for attempt in 0.. {
        match request().await {
            Ok(answer) => return Ok(answer),
            Err(failure) => match endurance.goes_on(&failure, Instant::now()) {
                Some(reason) => {
                    let wait = pause(attempt, &failure);
                    if started.elapsed() <= QUIET && QUIET < started.elapsed() + wait {
                        tell(&Waiting { api: failure.api, reason });
                    }
                    tokio::time::sleep(wait).await;
                }
                None => return Err(failure),
            },
        }
    }
    unreachable!("the attempts have no end")
}

/// Who hears of reads that wait.
static LISTENER: OnceLock<fn(&Waiting)> = OnceLock::new();

/// Has `listener` hear of every read that waits longer than two seconds. The first listener stays.
pub fn on_waiting_reads(listener: fn(&Waiting)) {
    let _ = LISTENER.set(listener);
}

fn tell(waiting: &Waiting) {
    if let Some(listener) = LISTENER.get() {
        listener(waiting);
    }
}

/// A write, sent until it has taken effect or nothing is left to hope for. `waiting` hears of what lasts longer than two
/// seconds, and `stop` ends a pause; a request under way is always waited for.
///
/// # Errors
/// When AWS refuses for good, or stays out of reach.
pub async fn send(
    request: &dyn Request,
    cloud: &dyn Cloud,
    stop: &Stop,
    waiting: impl Fn(Waiting),
) -> Result<(), Failure> {
    let started = cloud.now();
    let mut endurance = Endurance::new(started);
    let mut unsure = false;
    for attempt in 0.. {
        let failure = match cloud.send(request).await {
            Ok(()) => return Ok(()),
            Err(failure) if settled(&failure, unsure) => return Ok(()),
            Err(failure) => failure,
        };
        tracing::debug!(%failure, attempt, "a request failed");
        unsure |= failure.cause == Cause::Cut || failure.status.is_some_and(|status| status >= 500);
        match endurance.goes_on(&failure, cloud.now()) {
            Some(reason) => {
                let (passed, wait) = (cloud.now().duration_since(started), pause(attempt, &failure));
                if QUIET < passed + wait {
                    waiting(Waiting { api: failure.api, reason });
                }
                tokio::select! {
                    () = cloud.pause(wait) => {}
                    () = stop.requested() => return Err(failure),
                }
            }
            None => return Err(failure),
        }
    }
    unreachable!("the attempts have no end")
}

/// Whether the error says that the work is done: what is to be deleted is gone, or what is to be created is there after
/// an attempt whose answer got lost. The fresh look after an apply sees whether it is what was asked for.
fn settled(failure: &Failure, unsure: bool) -> bool {
    let verb = failure.api.split(':').nth(1).unwrap_or_default();
    let removes = ["Delete", "Remove", "Detach"].iter().any(|prefix| verb.starts_with(prefix));
    (removes && failure.is_not_found()) || (unsure && verb.starts_with("Create") && failure.exists())
}
