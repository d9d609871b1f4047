//! What `provision permissions` prints, on emulators that ask IAM: it is enough, and nothing of it can be left out.

use std::collections::BTreeSet;

use crate::apply::{ONE_JOB, TWO_JOBS};
use crate::support::{Caller, Grant, Which};
use crate::{destroy, drift};

/// Runs a test once on each emulator that asks IAM.
macro_rules! asking_iam {
    ($name:ident, $body:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn on_ministack() {
                let body: fn(Caller) = $body;
                body(Caller::new(Which::Ministack));
            }

            #[test]
            fn on_moto() {
                let body: fn(Caller) = $body;
                body(Caller::new(Which::Moto));
            }
        }
    };
}

asking_iam!(it_is_enough, |caller: Caller| {
    let cloud = &caller.ground.cloud;
    let before = cloud.everything();
    caller.write(TWO_JOBS);
    let (diff, apply) = (caller.policy("diff"), caller.policy("apply"));
    caller.may(&diff, &["diff"]);
    caller.may_not(&diff, &caller.asked(&["logs:CreateLogGroup", "iam:CreateRole"]), &["apply"]);
    caller.may(&apply, &["apply"]);

    cloud.task_definition("app", &["app"], Some("another-task"));
    caller.write(&ONE_JOB.replace("rate(3 hours)", "rate(1 day)"));
    caller.may(&caller.policy("diff"), &["diff"]);
    caller.may(&caller.policy("apply"), &["apply", "--yes"]);
    caller.may(&caller.policy("diff"), &["diff", "--exit-code"]);
    assert!(cloud.everything().keys().all(|address| !address.contains("report")));

    caller.may_not(&caller.policy("diff"), &["events:RemoveTargets"], &["destroy", "--yes"]);
    caller.may(&caller.policy("destroy"), &["destroy", "--yes"]);
    assert_eq!(cloud.everything(), before);
});

/// What this emulator is not asked for. Its bulk answers make some reads needless, as AWS's do while they don't lag; and
/// moto denies in XML what is asked of ECS, which looks like a broken answer, so it is sent again for forty seconds;
/// nor does it run tasks that could be stopped.
fn not_asked(which: Which) -> &'static [&'static str] {
    match which {
        Which::Ministack => &["events:ListTagsForResource"],
        Which::Moto => &[
            "states:StopExecution",
            "logs:ListTagsForResource",
            "states:ListTagsForResource",
            "ecs:DescribeClusters",
            "ecs:DescribeTaskDefinition",
        ],
    }
}

/// Each without which something is denied.
#[derive(Default)]
struct Needed(BTreeSet<String>);

impl Needed {
    fn without(&mut self, caller: &Caller, grants: &[Grant], actions: &[&str], arguments: &[&str]) {
        if !actions.is_empty() {
            caller.may_not(grants, actions, arguments);
            self.0.extend(actions.iter().map(|action| (*action).to_owned()));
        }
    }

    /// All that is granted, but for what this emulator is not asked for, and `others`.
    fn is(&self, caller: &Caller, grants: &[Grant], others: &[&str]) {
        let others = [not_asked(caller.ground.emulator.which), others].concat();
        let granted: BTreeSet<&str> =
            grants.iter().map(|grant| grant.action.as_str()).filter(|action| !others.contains(action)).collect();
        assert_eq!(self.0.iter().map(String::as_str).collect::<BTreeSet<_>>(), granted);
    }
}

/// How an app is removed, from the first call to the last.
const DOWN: [&[&str]; 6] = [
    &["events:RemoveTargets"],
    &["events:DeleteRule"],
    &["states:StopExecution"],
    &["states:DeleteStateMachine"],
    &["iam:DeleteRolePolicy", "logs:DeleteLogGroup"],
    &["iam:DeleteRole"],
];

/// Something to stop, where tasks run.
fn start(caller: &Caller, name: &str) {
    if caller.ground.emulator.which == Which::Ministack {
        destroy::start(&caller.ground, name);
    }
}

fn is_read(action: &str) -> bool {
    ["Describe", "Get", "List"].iter().any(|verb| action.contains(&format!(":{verb}")))
}

asking_iam!(no_read_can_be_left_out, |caller: Caller| {
    caller.write(TWO_JOBS);
    caller.ground.ok(&["apply"]);
    caller.write(ONE_JOB);
    for (purpose, arguments) in [("diff", &["diff"][..]), ("destroy", &["destroy", "--yes"])] {
        let (grants, mut needed) = (caller.policy(purpose), Needed::default());
        let not_asked = not_asked(caller.ground.emulator.which);
        let actions = grants.iter().map(|grant| grant.action.as_str());
        for action in actions.filter(|action| is_read(action) && !not_asked.contains(action)) {
            needed.without(&caller, &grants, &[action], arguments);
        }
        let writes: Vec<&str> =
            grants.iter().map(|grant| grant.action.as_str()).filter(|action| !is_read(action)).collect();
        needed.is(&caller, &grants, &writes);
    }
});

asking_iam!(no_write_of_destroy_can_be_left_out, |caller: Caller| {
    caller.write(drift::CONFIG);
    caller.ground.ok(&["apply"]);
    let (grants, mut needed) = (caller.policy("destroy"), Needed::default());
    // What hangs on a role by hand goes with it.
    let by_hand = caller.asked(&["iam:DetachRolePolicy", "iam:RemoveRoleFromInstanceProfile"]);
    for drift in drift::all(caller.ground.emulator.which).filter(|drift| by_hand.contains(&drift.calls[0])) {
        (drift.change)(&caller.ground.cloud);
    }
    start(&caller, "nightly");
    let (last, first) = DOWN.split_last().expect("steps");
    let by_hand: Vec<&[&str]> = by_hand.iter().map(std::slice::from_ref).collect();
    for actions in first.iter().copied().chain(by_hand).chain([*last]) {
        needed.without(&caller, &grants, &caller.asked(actions), &["destroy", "--yes", "--stop-running"]);
    }
    let reads: Vec<&str> = grants.iter().map(|grant| grant.action.as_str()).filter(|action| is_read(action)).collect();
    needed.is(&caller, &grants, &reads);
    caller.may(&grants, &["destroy", "--yes"]);
});

asking_iam!(no_write_of_apply_can_be_left_out, |caller: Caller| {
    caller.write(drift::CONFIG);
    let (grants, mut needed) = (caller.policy("apply"), Needed::default());
    let up: [&[&str]; 5] = [
        &["logs:CreateLogGroup", "iam:CreateRole"],
        &["logs:PutRetentionPolicy", "iam:PutRolePolicy"],
        &["states:CreateStateMachine"],
        &["events:PutRule"],
        &["events:PutTargets"],
    ];
    for actions in up {
        needed.without(&caller, &grants, &caller.asked(actions), &["apply"]);
    }
    caller.may(&grants, &["apply"]);

    for drift in drift::all(caller.ground.emulator.which) {
        for call in caller.asked(drift.calls) {
            if !needed.0.contains(call) {
                (drift.change)(&caller.ground.cloud);
                needed.without(&caller, &grants, &[call], &["apply"]);
                caller.may(&grants, &["apply"]);
            }
        }
    }
    caller.write(&format!("{}\n[logs]\nretention_days = \"never\"\n", drift::CONFIG));
    needed.without(&caller, &grants, &["logs:DeleteRetentionPolicy"], &["apply"]);

    start(&caller, "nightly");
    caller.write(&drift::CONFIG.replace("job.invoices", "job.other"));
    for actions in DOWN {
        needed.without(&caller, &grants, &caller.asked(actions), &["apply", "--yes", "--stop-running"]);
    }
    caller.may(&grants, &["apply", "--yes"]);
    let reads: Vec<&str> = grants.iter().map(|grant| grant.action.as_str()).filter(|action| is_read(action)).collect();
    needed.is(&caller, &grants, &reads);
});

/// Where the config names no boundary, one that is there is taken off.
#[test]
fn a_boundary_is_not_taken_off_without_leave() {
    let caller = Caller::new(Which::Ministack);
    caller.write(drift::CONFIG);
    caller.ground.ok(&["apply"]);
    caller.write(&drift::CONFIG.replace("permissions_boundary", "# permissions_boundary"));
    let grants = caller.policy("apply");
    caller.may_not(&grants, &["iam:DeleteRolePermissionsBoundary"], &["apply"]);
    caller.may(&grants, &["apply"]);
}
