//! What AWS does and no emulator shows: roles that are seconds old, answers that get lost, entries that fail in a 200.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::apply::ONE_JOB;
use crate::support::{Answer, Ground, Seen, Verdict, Which, on_both};

const ASSUME: &str = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.";

/// Answers `api` with an error the first `times` times.
fn answers(ground: &Ground, api: &'static str, times: usize, status: u16, code: &'static str, message: &'static str) {
    let mut left = times;
    ground.proxy.rule(move |_, seen| {
        if seen.api == api && left > 0 {
            left -= 1;
            return Verdict::Answer(Answer::error(status, code, message));
        }
        Verdict::Pass
    });
}

fn sent(ground: &Ground, api: &str) -> usize {
    ground.proxy.writes().iter().filter(|write| *write == api).count()
}

/// The waits are ¼, ½, 1, then 2 seconds: with the fourth it is more than two in all.
#[test]
fn what_it_waits_for_is_shown_after_two_seconds() {
    let ground = Ground::new(Which::Ministack);
    let said = "state-machine/billing-invoices: waiting for the new role to reach Step Functions";
    for (api, config) in
        [("states:CreateStateMachine", ONE_JOB.to_owned()), ("states:UpdateStateMachine", ONE_JOB.replace("5m", "6m"))]
    {
        ground.write("config.toml", &config);
        answers(&ground, api, 4, 400, "AccessDeniedException", ASSUME);
        let run = ground.ok(&["apply"]);
        assert_eq!(sent(&ground, api), 5);
        assert_eq!(run.stderr.matches(said).count(), 1, "{run:#?}");
    }
    ground.write("config.toml", ONE_JOB);
    answers(&ground, "states:UpdateStateMachine", 2, 400, "AccessDeniedException", ASSUME);
    let run = ground.ok(&["apply"]);
    assert!(!run.stderr.contains("waiting for"), "a short wait needs no word: {run:#?}");
}

#[test]
fn a_write_that_waits_for_ever_ends_with_the_time_that_was_given() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    answers(&ground, "states:CreateStateMachine", usize::MAX, 400, "AccessDeniedException", ASSUME);
    let run = ground.run(&["apply", "--timeout", "1s"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("error: not done within 1 s"), "{run:#?}");
    let why = "(waited for the new role to reach Step Functions)";
    assert!(
        run.stderr.contains("states:CreateStateMachine: AccessDeniedException") && run.stderr.contains(why),
        "{run:#?}"
    );
    ground.proxy.pass();
    ground.ok(&["apply"]);
}

#[test]
fn a_read_that_waits_for_ever_ends_with_the_time_that_was_given() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    for api in ["sts:GetCallerIdentity", "iam:ListRoles"] {
        ground.proxy.rule(move |_, seen| match seen.api == api {
            true => Verdict::Answer(Answer::throttle(api)),
            false => Verdict::Pass,
        });
        let run = ground.run(&["apply", "--timeout", "3s"]);
        assert_eq!(run.status, Some(1), "{run:#?}");
        let why = format!("{api}: Throttling: Rate exceeded (waited for AWS's request rate to allow it)");
        assert!(run.stderr.contains(&why), "{run:#?}");
        assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    }
}

/// A 200 of EventBridge in which these entries failed.
fn entries(codes: &[&str]) -> Verdict {
    let entry = |(number, code): (usize, &&str)| json!({ "TargetId": format!("t{number}"), "ErrorCode": code, "ErrorMessage": "it did not work" });
    let failed: Vec<Value> = codes.iter().enumerate().map(entry).collect();
    Verdict::Answer(Answer::Json(json!({ "FailedEntryCount": codes.len(), "FailedEntries": failed }).to_string()))
}

#[test]
fn an_entry_that_fails_in_a_200_is_a_failure() {
    let ground = Ground::new(Which::Ministack);
    let other = ONE_JOB.replace("invoices:send", "invoices:resend");
    for (api, arguments, config) in [
        ("events:PutTargets", &["apply"][..], ONE_JOB),
        ("events:PutTargets", &["apply"], &other),
        ("events:RemoveTargets", &["destroy", "--yes"], &other),
    ] {
        ground.write("config.toml", config);
        ground.proxy.rule(move |_, seen| match seen.api == api {
            true => entries(&["ConcurrentModificationException", "AccessDeniedException"]),
            false => Verdict::Pass,
        });
        let run = ground.run(arguments);
        assert_eq!(run.status, Some(1), "{run:#?}");
        let said =
            format!("{api}: AccessDeniedException: it did not work; ConcurrentModificationException: it did not work");
        assert!(run.stderr.contains(&said), "each entry, the one that is final first: {run:#?}");
        assert_eq!(sent(&ground, api), 1);

        let mut first = true;
        ground.proxy.rule(move |_, seen| match seen.api == api && std::mem::take(&mut first) {
            true => entries(&["ConcurrentModificationException"]),
            false => Verdict::Pass,
        });
        ground.ok(arguments);
        assert_eq!(sent(&ground, api), 2);
    }
    assert!(ground.cloud.everything().is_empty());
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

/// What was just made is not found for a moment, whichever read looks for it. It is not made again.
#[test]
fn what_was_just_made_is_looked_for_again() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    for (write, read, code) in [
        ("states:CreateStateMachine", "states:DescribeStateMachine", "StateMachineDoesNotExist"),
        ("iam:CreateRole", "iam:GetRole", "NoSuchEntity"),
        ("events:PutTargets", "events:ListTargetsByRule", "ResourceNotFoundException"),
        ("logs:CreateLogGroup", "logs:ListTagsForResource", "ResourceNotFoundException"),
    ] {
        ground.reset();
        let (mut written, mut left) = (false, 2);
        ground.proxy.rule(move |_, seen| {
            written |= seen.api == write;
            if !written || left == 0 || seen.api != read {
                return Verdict::Pass;
            }
            left -= 1;
            Verdict::Answer(Answer::error(400, code, "not yet"))
        });
        ground.ok(&["apply"]);
        let times = if write == "iam:CreateRole" { 2 } else { 1 };
        assert_eq!(sent(&ground, write), times, "{read}");
        assert_eq!(ground.diff()["summary"]["unchanged"], 5);
    }
}

/// `UpdateStateMachine` is answered before `DescribeStateMachine` shows it, and so for the others.
#[test]
fn old_values_are_read_again_and_not_written_again() {
    let ground = Ground::new(Which::Ministack);
    for (config, write, read) in [
        (ONE_JOB.replace("5m", "6m"), "states:UpdateStateMachine", "states:DescribeStateMachine"),
        (ONE_JOB.replace("rate(3 hours)", "rate(1 hour)"), "events:PutRule", "events:ListRules"),
        (format!("{ONE_JOB}logs.retention_days = 60\n"), "logs:PutRetentionPolicy", "logs:DescribeLogGroups"),
        (ONE_JOB.replace("payments", "accounting"), "iam:TagRole", "iam:GetAccountAuthorizationDetails"),
    ] {
        ground.write("config.toml", ONE_JOB);
        ground.ok(&["apply"]);
        ground.write("config.toml", &config);
        let (mut written, mut left) = (false, 3);
        ground.proxy.rule(move |_, seen| {
            written |= seen.is_write();
            if !written || left == 0 || seen.api != read {
                return Verdict::Pass;
            }
            left -= 1;
            Verdict::Stale
        });
        let run = ground.ok(&["apply"]);
        let times = if write == "iam:TagRole" { 2 } else { 1 };
        assert_eq!(sent(&ground, write), times, "{run:#?}");
        assert_eq!(ground.diff()["summary"]["unchanged"], 5);
    }
}

/// `GetAccountAuthorizationDetails` shows a new role, and `ListRoles`, which tells what it is for, does not yet.
#[test]
fn a_role_that_one_of_two_reads_shows_is_not_there_yet() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    ground.diff();
    let (mut written, mut left) = (false, 2);
    ground.proxy.rule(move |_, seen| {
        written |= seen.is_write();
        if !written || left == 0 || seen.api != "iam:ListRoles" {
            return Verdict::Pass;
        }
        left -= 1;
        Verdict::Stale
    });
    ground.ok(&["apply"]);
    assert_eq!(sent(&ground, "iam:UpdateRole"), 0);
    assert_eq!(ground.diff()["summary"]["unchanged"], 5);
}

/// Such a role may serve another region, where somebody makes it at this moment.
#[test]
fn a_role_that_one_of_two_reads_shows_is_not_deleted() {
    let ground = Ground::new(Which::Moto);
    ground.write("elsewhere.toml", &ONE_JOB.replace("ap-northeast-1", "eu-west-1"));
    assert_eq!(ground.writes_of(&["destroy", "--yes", "elsewhere.toml"]), Vec::<String>::new());
    ground.write("config.toml", ONE_JOB);
    let past_the_proxy = format!("http://127.0.0.1:{}", ground.emulator.port);
    let apply = ground.command(&["apply"]).env("AWS_ENDPOINT_URL", past_the_proxy).output().expect("the binary runs");
    assert!(apply.status.success(), "{apply:?}");
    let here = ground.cloud.everything();
    let stale = |seen: &Seen| if seen.api == "iam:ListRoles" { Verdict::Stale } else { Verdict::Pass };
    ground.proxy.rule(move |_, seen| stale(seen));
    ground.ok(&["destroy", "--yes", "elsewhere.toml"]);
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    assert_eq!(ground.cloud.everything(), here);
}

/// `CreateStateMachine` succeeds when an identical one is there, and compares neither role nor tags. Here somebody else
/// made it in the moment between our look and our request.
#[test]
fn a_machine_that_was_there_after_all_is_not_taken_for_ours() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    let cloud = &ground.cloud;
    let states = &cloud.aws.states;
    for tagged in [false, true] {
        ground.reset();
        let machine = states.create_state_machine().name("billing-invoices").role_arn(cloud.role_arn("theirs"));
        let machine = machine.definition(r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#);
        let tag = aws_sdk_sfn::types::Tag::builder().key("provision:app").value("billing").build();
        cloud.wait(machine.set_tags(tagged.then(|| vec![tag])).send()).expect("it is made");
        let theirs = cloud.everything();
        let mut made = false;
        ground.proxy.rule(move |_, seen| match seen.api.as_str() {
            "states:CreateStateMachine" => {
                made = true;
                Verdict::Answer(Answer::Json(json!({ "stateMachineArn": "arn:aws:states:ap-northeast-1:000000000000:stateMachine:billing-invoices", "creationDate": 0 }).to_string()))
            }
            "states:DescribeStateMachine" if !made => Verdict::Answer(Answer::error(400, "StateMachineDoesNotExist", "no")),
            _ => Verdict::Pass,
        });
        let run = ground.run(&["apply"]);
        let found = &cloud.everything()["state-machine/billing-invoices"];
        if tagged {
            assert_eq!(run.status, Some(0), "it carries our tag, so it is made what it should be: {run:#?}");
            assert_eq!(found["role"], cloud.role_arn("provision/billing/billing-invoices-execution"));
        } else {
            assert_eq!(run.status, Some(1), "its roles were made, so it is not as if nothing had been: {run:#?}");
            assert_eq!(*found, theirs["state-machine/billing-invoices"], "it is not ours, so it stays as it is");
        }
    }
}

on_both!(policies_are_compared_by_what_they_mean, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let name = "billing-invoices-trigger";
    let all = ground.cloud.everything();
    let statement = &all[&format!("role/{name}")]["policies"]["provision"]["Statement"][0];
    let (resource, action) = (&statement["Resource"], &statement["Action"]);
    let turned = format!(
        r#"{{ "Statement" : {{ "Resource": [{resource}], "Action": [{action}], "Effect": "Allow" }}, "Version": "2012-10-17" }}"#
    );
    let put = ground.cloud.aws.iam.put_role_policy().role_name(name).policy_name("provision").policy_document(turned);
    ground.cloud.wait(put.send()).expect("done");
    assert_eq!(ground.diff()["summary"]["unchanged"], 5);
});

on_both!(a_log_group_whose_name_begins_alike_is_another_one, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    let other = "/aws/vendedlogs/states/billing-invoices-2";
    ground.cloud.wait(ground.cloud.aws.logs.create_log_group().log_group_name(other).send()).expect("a log group");
    let all = ground.cloud.everything();
    assert_eq!(ground.diff()["summary"]["create"], 5);
    ground.ok(&["apply"]);
    ground.ok(&["destroy", "--yes"]);
    assert_eq!(ground.cloud.everything(), all);
});

#[test]
fn a_machine_whose_executions_still_run_is_waited_for() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let (mut deleted, mut stays) = (false, 4);
    ground.proxy.rule(move |_, seen| {
        deleted |= seen.api == "states:DeleteStateMachine";
        if deleted && stays > 0 && seen.api == "states:DescribeStateMachine" {
            stays -= 1;
            let body = json!({
                "stateMachineArn": "arn:aws:states:ap-northeast-1:000000000000:stateMachine:billing-invoices",
                "name": "billing-invoices", "status": "DELETING", "type": "STANDARD", "creationDate": 0,
                "definition": "{}", "roleArn": "arn:aws:iam::000000000000:role/x",
            });
            return Verdict::Answer(Answer::Json(body.to_string()));
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

/// What is missing is no role of ours that somebody took away, but a policy that the config names.
#[test]
fn a_write_that_names_what_does_not_exist_fails_at_once_and_says_so() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    let message = "Scope ARN: arn:aws:iam::123456789012:policy/nope does not exist or is not attachable.";
    answers(&ground, "iam:CreateRole", usize::MAX, 404, "NoSuchEntity", message);
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("NoSuchEntity") && run.stderr.contains(message), "{run:#?}");
    assert!(!run.stderr.contains("somebody else"), "{run:#?}");
    let roles = run.stderr.matches(message).count();
    assert!(sent(&ground, "iam:CreateRole") <= roles, "each once: {run:#?}");
}

#[test]
fn a_conflict_without_end_is_named_when_the_time_is_over() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let message = "Rule can't be deleted since it has targets.";
    answers(&ground, "events:DeleteRule", usize::MAX, 400, "ValidationException", message);
    let run = ground.run(&["destroy", "--yes", "--timeout", "8s"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("rule/billing-invoices: events:DeleteRule: ValidationException"), "{run:#?}");
}

/// From the first write on, AWS shows a retention that is neither ours nor the old one: somebody is faster than we are.
pub fn retention_is_put_back(ground: &Ground) {
    let groups = r#"{"logGroups":[{"logGroupName":"/aws/vendedlogs/states/billing-invoices","retentionInDays":7}]}"#;
    let mut writes = false;
    ground.proxy.rule(move |_, seen| {
        writes |= seen.is_write();
        match writes && seen.api == "logs:DescribeLogGroups" {
            true => Verdict::Answer(Answer::Json(groups.into())),
            false => Verdict::Pass,
        }
    });
}

#[test]
fn what_is_put_back_for_ever_is_written_a_few_times_and_then_said() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    retention_is_put_back(&ground);
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("yet AWS does not show what was asked for"), "{run:#?}");
    let puts = ground.proxy.writes().into_iter().filter(|api| api == "logs:PutRetentionPolicy").count();
    assert_eq!(puts, 11, "{run:#?}");
}
