//! Which quota of AWS is full, and what to do about it.

use super::Failure;

/// Codes of a full quota. EventBridge's name is that of a throttle elsewhere; here it never is one.
const FULL: &[&str] = &[
    "LimitExceeded",
    "LimitExceededException",
    "ServiceQuotaExceededException",
    "StateMachineLimitExceeded",
    "TooManyTags",
    "TooManyTagsException",
];

/// Operation, a part of the message, and the quota. Sources: "Quotas" of the user guides of EventBridge, IAM,
/// CloudWatch Logs and Step Functions.
const QUOTAS: &[(&str, &str, &str)] = &[
    ("events:PutRule", "", "300 rules an event bus, unless AWS has raised it"),
    ("events:PutTargets", "", "5 targets a rule"),
    ("iam:CreateRole", "RolesPerAccount", "1,000 roles an account, unless AWS has raised it"),
    ("iam:CreateRole", "ACLSizePerRole", "2,048 characters of trust a role, unless AWS has raised it"),
    ("iam:UpdateAssumeRolePolicy", "", "2,048 characters of trust a role, unless AWS has raised it"),
    ("iam:PutRolePolicy", "", "10,240 characters of inline policies a role"),
    ("logs:CreateLogGroup", "", "1,000,000 log groups an account and region, unless AWS has raised it"),
    ("states:CreateStateMachine", "", "10,000 state machines an account and region, unless AWS has raised it"),
];

/// What to say of a failure that comes of a full quota.
pub(super) fn hint(failure: &Failure) -> Option<String> {
    if !failure.is(FULL) {
        return None;
    }
    if failure.api.contains("Tag") || failure.is(&["TooManyTags", "TooManyTagsException"]) {
        return Some("a quota is full: 50 tags a resource; name fewer in `tags`".into());
    }
    let row = QUOTAS.iter().find(|(api, message, _)| *api == failure.api && failure.message.contains(message));
    let which = row.map_or_else(|| format!("of the account, for `{}`", failure.api), |(_, _, quota)| (*quota).into());
    Some(format!("a quota is full: {which}; remove what is unused, or ask for more in Service Quotas"))
}
