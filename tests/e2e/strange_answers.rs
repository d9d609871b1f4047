//! Answers that AWS would not give, from something between here and AWS: none is taken for "there is nothing".

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Ground, Verdict, on_both};

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
