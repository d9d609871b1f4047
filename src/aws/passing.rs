//! What may pass: errors that are another answer soon, by operation, code and message.
//!
//! Most errors are final. AWS says "access denied" both of a role that is a second old and of a caller who lacks a
//! permission: only the first is worth waiting for.

use std::time::Duration;

use super::{Cause, Failure};

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
/// Our own word: there are more executions than are ended in one go.
pub const MORE_RUN: &str = "MoreExecutionsRun";
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
    passing(&["states:StopExecution"], &[MORE_RUN], "", "the state machine's executions to be stopped", 86_400),
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
    passing(&["logs:PutRetentionPolicy"], DENIED, "", "the new log group to be seen", UNTOLD),
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

/// Codes of a service that fails, whatever the status says: entries of an answer have none of their own, and a timeout
/// is a 400. Source: "Common Errors" of each API reference.
pub(super) const FAILING: &[&str] = &[
    "InternalError",
    "InternalException",
    "InternalFailure",
    "InternalServiceError",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
];

/// How long a throttled request goes on, and any request that meets now this and now that, unless what it meets is given
/// longer.
pub(super) const THROTTLE_LIMIT: Duration = Duration::from_mins(10);
/// How long a service that fails, or a broken connection, is given.
const BROKEN_LIMIT: Duration = Duration::from_secs(40);
/// Nobody listening is seldom a matter of time.
const UNREACHABLE_LIMIT: Duration = Duration::from_millis(700);

/// Whether, why and for how long to go on after a failure. A denial that names the action is the caller's, and final.
pub(super) fn patience(failure: &Failure) -> Option<(&'static str, Duration)> {
    match failure.cause {
        Cause::Unreachable => return Some(("the endpoint to answer", UNREACHABLE_LIMIT)),
        Cause::Cut => return Some(("the connection to hold", BROKEN_LIMIT)),
        Cause::Credentials | Cause::Foreign | Cause::Other => return None,
        Cause::Service => {}
    }
    if failure.denied_action().is_some() {
        return None;
    }
    if is_throttle(failure) {
        return Some(("AWS's request rate to allow it", THROTTLE_LIMIT));
    }
    if let Some(row) = PASSING.iter().find(|row| row.fits(failure)) {
        return Some((row.reason, row.limit));
    }
    failure.is_failing().then_some(("the service to recover", BROKEN_LIMIT))
}

fn is_throttle(failure: &Failure) -> bool {
    failure.is(THROTTLED) || failure.status == Some(429) || failure.message == "Rate exceeded"
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
/// seconds; under a throttle twice as long each time, and longer by our `luck`, so that many of us do not keep it up.
pub(super) fn pause(attempt: u32, failure: &Failure, luck: u64) -> Duration {
    let millis = 250 * 2_u64.pow(attempt.min(6));
    if is_throttle(failure) {
        let spread = luck.wrapping_mul(u64::from(attempt) + 7) % 250;
        return Duration::from_millis(millis + spread);
    }
    Duration::from_millis(millis.min(2_000))
}
