//! What AWS does and no emulator shows: roles that are seconds old, answers that get lost, entries that fail in a 200.

use std::time::{Duration, Instant};

use crate::apply::ONE_JOB;
use crate::support::{Answer, Ground, Run, Verdict, Which};

const ASSUME: &str = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.";
const LOGS: &str = "The state machine IAM Role is not authorized to access the Log Destination";
const RULE: &str = "'arn:aws:iam::123456789012:role/x' is not authorized to create managed-rule.";

/// Answers `api` with an error the first `times` times.
fn answers(ground: &Ground, api: &'static str, times: usize, status: u16, code: &'static str, message: &'static str) {
    let mut left = times;
    ground.proxy.rule(move |_, seen| {
        if seen.api == api && left > 0 {
            left -= 1;
            return Verdict::Answer(Answer { status, code, message: message.into() });
        }
        Verdict::Pass
    });
}

fn sent(ground: &Ground, api: &str) -> usize {
    ground.proxy.writes().iter().filter(|write| *write == api).count()
}

#[test]
fn a_new_role_is_waited_for_when_a_machine_is_made_and_when_it_is_changed() {
    let ground = Ground::new(Which::Ministack);
    for message in [ASSUME, LOGS, RULE] {
        ground.reset();
        ground.write("config.toml", ONE_JOB);
        answers(&ground, "states:CreateStateMachine", 2, 400, "AccessDeniedException", message);
        let run = ground.ok(&["apply"]);
        assert_eq!(sent(&ground, "states:CreateStateMachine"), 3, "{message}");
        assert!(
            run.stderr.contains("state-machine/billing-invoices: waiting for"),
            "it says what it waits for: {run:#?}"
        );

        ground.write("config.toml", &ONE_JOB.replace("5m", "6m"));
        answers(&ground, "states:UpdateStateMachine", 2, 400, "AccessDeniedException", message);
        ground.ok(&["apply"]);
        assert_eq!(sent(&ground, "states:UpdateStateMachine"), 3, "{message}");
    }
}

#[test]
fn what_passes_is_waited_out() {
    let passing = [
        ("states:CreateStateMachine", 400, "StateMachineDeleting", "State Machine is being deleted"),
        ("states:CreateStateMachine", 400, "ThrottlingException", "Rate exceeded"),
        (
            "events:PutRule",
            400,
            "ValidationException",
            "Provided role 'x' cannot be assumed by principal 'events.amazonaws.com'.",
        ),
        ("events:PutRule", 400, "ConcurrentModificationException", "Rule is being modified"),
        (
            "events:PutTargets",
            400,
            "ResourceNotFoundException",
            "Rule billing-invoices does not exist on EventBus default.",
        ),
        ("iam:CreateRole", 400, "MalformedPolicyDocument", "Invalid principal in policy: SERVICE"),
        ("iam:CreateRole", 400, "Throttling", "Rate exceeded"),
        ("iam:PutRolePolicy", 404, "NoSuchEntity", "The role with name billing-invoices-execution cannot be found."),
        ("logs:PutRetentionPolicy", 400, "ResourceNotFoundException", "The specified log group does not exist."),
        ("logs:CreateLogGroup", 400, "OperationAbortedException", "A conflicting operation is currently in progress."),
        ("logs:CreateLogGroup", 503, "ServiceUnavailableException", ""),
        ("iam:CreateRole", 500, "ServiceFailure", ""),
    ];
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    for (api, status, code, message) in passing {
        ground.reset();
        answers(&ground, api, 1, status, code, message);
        ground.ok(&["apply"]);
        assert_eq!(ground.diff()["summary"]["unchanged"], 5, "{api} {code}");
    }
}

#[test]
fn what_is_final_fails_at_once_and_says_what_to_do() {
    let denied = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: x";
    let last = [
        ("states:CreateStateMachine", "AccessDeniedException", denied, "allow `iam:PassRole`"),
        ("states:CreateStateMachine", "InvalidDefinition", "Invalid State Machine Definition", ""),
        ("states:CreateStateMachine", "InvalidLoggingConfiguration", "no", ""),
        (
            "events:PutRule",
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
            "quota",
        ),
        ("iam:CreateRole", "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", "quota"),
        ("logs:CreateLogGroup", "LimitExceededException", "Resource limit exceeded.", "quota"),
    ];
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    for (api, code, message, hint) in last {
        ground.reset();
        answers(&ground, api, usize::MAX, 400, code, message);
        let run: Run = ground.run(&["apply", "--json"]);
        assert_eq!(run.status, Some(1), "{api} {code}: {run:#?}");
        let times = if api == "iam:CreateRole" { 2 } else { 1 };
        assert_eq!(sent(&ground, api), times, "{api} {code} is not tried again");
        assert!(run.stderr.contains(code) && run.stderr.contains(hint), "{run:#?}");
    }
}

#[test]
fn an_entry_that_fails_in_a_200_is_a_failure() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.write("config.toml", &ONE_JOB.replace("invoices:send", "invoices:resend"));
    let entry = |code: &str| {
        let entry =
            serde_json::json!({ "TargetId": "state-machine", "ErrorCode": code, "ErrorMessage": "it did not work" });
        serde_json::json!({ "FailedEntryCount": 1, "FailedEntries": [entry] }).to_string()
    };
    ground.proxy.rule(move |_, seen| match seen.api.as_str() {
        "events:PutTargets" => Verdict::Body(entry("AccessDeniedException")),
        _ => Verdict::Pass,
    });
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("events:PutTargets: AccessDeniedException: it did not work"), "{run:#?}");

    let mut first = true;
    ground.proxy.rule(move |_, seen| match seen.api.as_str() {
        "events:PutTargets" if std::mem::take(&mut first) => Verdict::Body(entry("ConcurrentModificationException")),
        _ => Verdict::Pass,
    });
    ground.ok(&["apply"]);
    assert_eq!(sent(&ground, "events:PutTargets"), 2);
}

/// Every write of an apply and of a destroy, its connection cut before and after it took effect.
#[test]
fn every_write_is_safe_to_send_again() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    let creates = ground.writes_of(&["apply"]);
    let deletes = ground.writes_of(&["destroy", "--yes"]);
    for (arguments, apis, left) in [(&["apply"][..], creates, 5), (&["destroy", "--yes"][..], deletes, 0)] {
        for api in apis {
            for after in [false, true] {
                ground.reset();
                if left == 0 {
                    ground.ok(&["apply"]);
                }
                let (mut first, cut) = (true, api.clone());
                ground.proxy.rule(move |_, seen| match seen.api == cut && std::mem::take(&mut first) {
                    false => Verdict::Pass,
                    true if after => Verdict::CutAfter(Box::new(|| {})),
                    true => Verdict::CutBefore,
                });
                ground.ok(arguments);
                assert_eq!(ground.cloud.everything().len(), left, "{api}, cut after: {after}");
            }
        }
    }
}

/// An answer may be lost, but a thing that was there before is not ours because of it.
#[test]
fn a_name_taken_by_somebody_else_meanwhile_is_an_error() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    answers(
        &ground,
        "logs:CreateLogGroup",
        usize::MAX,
        400,
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    );
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert_eq!(
        sent(&ground, "logs:CreateLogGroup"),
        3,
        "somebody else may have made and removed it: it is looked for again"
    );
}

#[test]
fn reads_that_lag_behind_a_write_are_read_again() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    let mut stale = 2;
    let mut written = false;
    ground.proxy.rule(move |_, seen| {
        written |= seen.api == "states:CreateStateMachine";
        if written && stale > 0 && seen.api == "states:DescribeStateMachine" {
            stale -= 1;
            return Verdict::Answer(Answer {
                status: 400,
                code: "StateMachineDoesNotExist",
                message: "not yet".into(),
            });
        }
        Verdict::Pass
    });
    ground.ok(&["apply"]);
}

#[test]
fn a_machine_whose_executions_still_run_is_waited_for() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let (mut deleted, mut stays) = (false, 2);
    ground.proxy.rule(move |_, seen| {
        deleted |= seen.api == "states:DeleteStateMachine";
        if deleted && stays > 0 && seen.api == "states:DescribeStateMachine" {
            stays -= 1;
            let body = serde_json::json!({
                "stateMachineArn": "arn:aws:states:ap-northeast-1:000000000000:stateMachine:billing-invoices",
                "name": "billing-invoices", "status": "DELETING", "type": "STANDARD", "creationDate": 0,
                "definition": "{}", "roleArn": "arn:aws:iam::000000000000:role/x",
            });
            return Verdict::Body(body.to_string());
        }
        Verdict::Pass
    });
    let run = ground.ok(&["destroy", "--yes"]);
    assert!(run.stderr.contains("waiting for the state machine's executions to end"), "{run:#?}");
    assert!(ground.cloud.everything().is_empty());
}

#[test]
fn an_endpoint_that_fails_for_good_ends_the_run() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    let started = Instant::now();
    answers(
        &ground,
        "sts:GetCallerIdentity",
        usize::MAX,
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    );
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("AWS does not know these credentials"), "{run:#?}");
    assert!(started.elapsed() < Duration::from_secs(20));
}
