//! Answers that AWS would not give, from something between here and AWS: none is taken for "there is nothing".

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Answer, Ground, Verdict, Which, on_both};

on_both!(xml_that_is_cut_short_is_no_shorter_list, |ground: Ground| {
    ground.write("config.toml", TWO_JOBS);
    ground.ok(&["apply"]);
    for (api, percent) in [
        ("iam:GetAccountAuthorizationDetails", 30),
        ("iam:GetAccountAuthorizationDetails", 50),
        ("iam:GetAccountAuthorizationDetails", 70),
        ("iam:GetAccountAuthorizationDetails", 90),
        ("iam:ListRoles", 50),
        ("sts:GetCallerIdentity", 30),
    ] {
        let mut times = 0;
        ground.proxy.rule(move |_, seen| {
            times += usize::from(seen.api == api);
            if seen.api == api && times == 1 { Verdict::Short(percent) } else { Verdict::Pass }
        });
        let run = ground.ok(&["diff", "--json"]).json();
        assert_eq!(run["summary"]["unchanged"], 11, "{api} cut after {percent}%: {run:#}");
    }
});

on_both!(a_write_whose_answer_is_cut_short_is_sent_again, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    let mut times = 0;
    ground.proxy.rule(move |_, seen| {
        times += usize::from(seen.api == "iam:CreateRole");
        if seen.api == "iam:CreateRole" && times <= 2 { Verdict::Short(50) } else { Verdict::Pass }
    });
    ground.ok(&["apply"]);
    assert_eq!(ground.proxy.writes().iter().filter(|api| *api == "iam:CreateRole").count(), 4);
    assert_eq!(ground.diff()["summary"]["unchanged"], 5);
});

/// A rule of ours by its name, and of somebody else by its tags.
fn foreign_rule(ground: &Ground) {
    let events = &ground.cloud.aws.events;
    let tag = aws_sdk_eventbridge::types::Tag::builder().key("owner").value("them").build().expect("a tag");
    let rule = events.put_rule().name("billing-invoices").schedule_expression("rate(7 days)").tags(tag);
    let queue = ground.cloud.arn("sqs", "theirs");
    let target = aws_sdk_eventbridge::types::Target::builder().id("queue").arn(queue).build().expect("a target");
    ground.cloud.wait(async {
        rule.send().await.expect("a rule");
        events.put_targets().rule("billing-invoices").targets(target).send().await.expect("its target");
    });
}

fn not_found() -> Verdict {
    Verdict::Answer(Answer::error(400, "ResourceNotFoundException", "Rule billing-invoices does not exist."))
}

on_both!(a_rule_that_one_read_shows_and_another_does_not_is_asked_again, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    foreign_rule(&ground);
    let theirs = ground.cloud.everything()["rule/billing-invoices"].clone();
    for api in ["events:ListTagsForResource", "events:ListTargetsByRule"] {
        let mut times = 0;
        ground.proxy.rule(move |_, seen| {
            times += usize::from(seen.api == api);
            if seen.api == api && times <= 2 { not_found() } else { Verdict::Pass }
        });
        let run = ground.run(&["apply"]);
        assert_eq!(run.status, Some(4), "{api}: {run:#?}");
        assert_eq!(ground.proxy.writes(), Vec::<String>::new(), "{api}");
    }
    ground.proxy.rule(|_, seen| if seen.api == "events:ListTargetsByRule" { not_found() } else { Verdict::Pass });
    let run = ground.run(&["apply"]);
    assert_eq!(run.status, Some(1), "{run:#?}");
    assert!(run.stderr.contains("events:ListRules: it shows rule/billing-invoices"), "{run:#?}");
    assert_eq!(ground.proxy.writes(), Vec::<String>::new());
    assert_eq!(ground.cloud.everything()["rule/billing-invoices"], theirs);
});

/// On ministack, where each is asked for its tags: moto's bulk read knows them all.
#[test]
fn what_a_list_shows_is_not_absent_because_its_tags_are_once_not_found() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    for api in ["logs:ListTagsForResource", "states:ListTagsForResource"] {
        let mut times = 0;
        ground.proxy.rule(move |_, seen| {
            times += usize::from(seen.api == api);
            if seen.api == api && times <= 2 { not_found() } else { Verdict::Pass }
        });
        assert_eq!(ground.diff()["summary"]["unchanged"], 5, "{api}");
        assert_eq!(ground.proxy.seen().iter().filter(|seen| seen.api == api).count(), 3, "{api}");
    }
}

on_both!(a_rule_that_goes_while_it_is_read_is_gone, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    let mut lists = 0;
    ground.proxy.rule(move |_, seen| match seen.api.as_str() {
        "events:ListTargetsByRule" => not_found(),
        "events:ListRules" => {
            lists += 1;
            if lists < 3 { Verdict::Pass } else { Verdict::Answer(Answer::Json(r#"{"Rules":[]}"#.into())) }
        }
        _ => Verdict::Pass,
    });
    assert_eq!(ground.diff()["summary"]["create"], 1);
});

/// On ministack, which does not look at the token.
#[test]
fn targets_come_in_pages() {
    let ground = Ground::new(Which::Ministack);
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    ground.proxy.rule(|_, seen| {
        let first = seen.api == "events:ListTargetsByRule" && !seen.body.contains("NextToken");
        if first { Verdict::Answer(Answer::Json(r#"{"Targets":[],"NextToken":"2"}"#.into())) } else { Verdict::Pass }
    });
    assert_eq!(ground.diff()["summary"]["unchanged"], 5);
}

#[test]
fn a_list_without_end_is_an_error() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    for different in [2, usize::MAX] {
        let mut pages = 0;
        ground.proxy.rule(move |_, seen| {
            if seen.api != "events:ListRules" {
                return Verdict::Pass;
            }
            pages += 1;
            Verdict::Answer(Answer::Json(format!(r#"{{"Rules":[],"NextToken":"{}"}}"#, pages % different)))
        });
        let run = ground.run(&["diff"]);
        assert_eq!(run.status, Some(1), "{run:#?}");
        assert!(
            run.stderr.contains("a list without end") && run.stderr.contains("Hint: something between here and AWS"),
            "{run:#?}"
        );
    }
}

on_both!(an_answer_without_its_list_is_no_empty_list, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    ground.ok(&["apply"]);
    for api in [
        "tag:GetResources",
        "events:ListRules",
        "events:ListTargetsByRule",
        "events:ListTagsForResource",
        "states:ListTagsForResource",
        "logs:DescribeLogGroups",
        "logs:ListTagsForResource",
    ] {
        for body in ["", "{}"] {
            ground.proxy.rule(
                move |_, seen| {
                    if seen.api == api { Verdict::Answer(Answer::Json(body.into())) } else { Verdict::Pass }
                },
            );
            let run = ground.run(&["destroy", "--yes"]);
            // Not every emulator's tags are asked for one by one.
            if ground.proxy.seen().iter().any(|seen| seen.api == api) {
                assert_eq!(run.status, Some(1), "{api} {body:?}: {run:#?}");
                assert!(run.stderr.contains(&format!("{api}: the answer can't be read")), "{api}: {run:#?}");
                assert!(run.stderr.contains("Hint: something between here and AWS answered"), "{api}: {run:#?}");
                assert_eq!(ground.proxy.writes(), Vec::<String>::new(), "{api}");
            } else {
                ground.proxy.pass();
                ground.ok(&["apply"]);
            }
        }
    }
});

#[test]
fn hints_say_whose_fault_it_is() {
    let ground = Ground::new(Which::Moto);
    ground.write("config.toml", ONE_JOB);
    let clock = "Hint: the clock of this machine is wrong";
    let unknown = "Hint: AWS does not know these credentials";
    let foreign = "Hint: something between here and AWS answered";
    let expired = "Signature expired: 20260101T000000Z is now earlier than 20260102T000000Z";
    for (api, answer, hint) in [
        ("sts:GetCallerIdentity", Answer::error(403, "RequestTimeTooSkewed", ""), clock),
        ("sts:GetCallerIdentity", Answer::error(403, "SignatureDoesNotMatch", expired), clock),
        ("sts:GetCallerIdentity", Answer::error(403, "SignatureDoesNotMatch", "It does not match."), unknown),
        ("events:ListRules", Answer::error(400, "InvalidSignatureException", expired), clock),
        ("events:ListRules", Answer::error(400, "InvalidSignatureException", "It does not match."), unknown),
        ("events:ListRules", Answer::error(400, "MissingAuthenticationTokenException", ""), unknown),
        ("events:ListRules", Answer::error(400, "OptInRequired", ""), "Hint: the account is not signed up"),
        ("events:ListRules", Answer::Page(403), foreign),
        ("iam:ListRoles", Answer::Page(404), foreign),
    ] {
        let given = answer.clone();
        ground.proxy.rule(move |_, seen| if seen.api == api { Verdict::Answer(given.clone()) } else { Verdict::Pass });
        let run = ground.run(&["diff"]);
        assert_eq!(run.status, Some(1), "{answer:?}: {run:#?}");
        assert!(run.stderr.contains(hint), "{answer:?}: {run:#?}");
    }
}

on_both!(a_service_that_fails_is_waited_for_whatever_the_status_says, |ground: Ground| {
    ground.write("config.toml", ONE_JOB);
    let entry = r#"{"FailedEntryCount":1,"FailedEntries":[{"TargetId":"state-machine","ErrorCode":"InternalException","ErrorMessage":"Unexpected error"}]}"#;
    let mut met = std::collections::BTreeSet::new();
    ground.proxy.rule(move |_, seen| {
        let answer = match seen.api.as_str() {
            "events:PutTargets" => Answer::Json(entry.into()),
            "events:ListRules" => Answer::error(400, "RequestTimeoutException", ""),
            "iam:CreateRole" => Answer::error(400, "RequestTimeout", ""),
            _ => return Verdict::Pass,
        };
        if met.insert(seen.api.clone()) { Verdict::Answer(answer) } else { Verdict::Pass }
    });
    ground.ok(&["apply"]);
    assert_eq!(ground.proxy.writes().iter().filter(|api| *api == "events:PutTargets").count(), 2);
});
