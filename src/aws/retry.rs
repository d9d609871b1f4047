//! Sends requests again, as long as what is wrong with them may pass.

use std::future::Future;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::passing::{THROTTLE_LIMIT, patience, pause};
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

/// A wait that is over sooner needs no word.
const QUIET: Duration = Duration::from_secs(2);

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

    /// What is waited for, where the failure may pass, and whether it is worth it to go on.
    fn meets(&mut self, failure: &Failure, now: Instant) -> Option<(&'static str, bool)> {
        let (reason, limit) = patience(failure)?;
        let since = match self.meets {
            Some((met, since)) if met == reason => since,
            _ => now,
        };
        self.meets = Some((reason, since));
        let in_all = now.duration_since(self.started);
        Some((reason, now.duration_since(since) < limit && in_all < limit.max(THROTTLE_LIMIT)))
    }
}

/// A read, sent until it succeeds or nothing is left to hope for.
pub(super) async fn read<T, F>(request: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let started = Instant::now();
    let longest = LONGEST.get().copied().unwrap_or(Duration::MAX);
    let mut endurance = Endurance::new(started);
    for attempt in 0.. {
        match request().await {
            Ok(answer) => return Ok(answer),
            Err(failure) => {
                let passed = started.elapsed();
                let met = endurance.meets(&failure, Instant::now());
                let Some((reason, goes_on)) = met else { return Err(failure) };
                if !goes_on || longest <= passed {
                    return Err(given_up(failure, reason, passed));
                }
                let wait = pause(attempt, &failure, std::process::id().into()).min(longest.saturating_sub(passed));
                if passed <= QUIET && QUIET < passed + wait {
                    tell(&Waiting { api: failure.api, reason });
                }
                tokio::time::sleep(wait).await;
            }
        }
    }
    unreachable!("the attempts have no end")
}

/// The longest that a read goes on.
static LONGEST: OnceLock<Duration> = OnceLock::new();

/// Has no read go on for longer than `limit`. The first limit stays.
pub fn limit_reads(limit: Duration) {
    let _ = LONGEST.set(limit);
}

fn given_up(failure: Failure, reason: &str, passed: Duration) -> Failure {
    if passed < QUIET { failure } else { failure.after_waiting_for(reason) }
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
        unsure |= failure.cause == Cause::Cut || failure.is_failing();
        let now = cloud.now();
        let Some((reason, goes_on)) = endurance.meets(&failure, now) else { return Err(failure) };
        let (passed, wait) = (now.duration_since(started), pause(attempt, &failure, cloud.luck()));
        if !goes_on {
            return Err(given_up(failure, reason, passed));
        }
        if QUIET < passed + wait {
            waiting(Waiting { api: failure.api, reason });
        }
        tokio::select! {
            biased;
            () = stop.requested() => return Err(failure.after_waiting_for(reason)),
            () = cloud.pause(wait) => {}
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
