//! Plays a story with the binary, and insists on what must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::drift::drift;
use super::told::{Fault, Step, Story, Trouble};
use crate::support::{Answer, Ground, REGION, Run, Seen, Verdict};

type Everything = BTreeMap<String, Value>;

/// What was played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub requests: u32,
    pub faults: u32,
    pub crashes: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.requests += more.requests;
        self.faults += more.faults;
        self.crashes += more.crashes;
    }
}

/// From nothing to the second config and on to nothing, whatever happens between. An error says what does not hold.
pub fn play(ground: &Ground, story: &Story) -> Result<Tally, String> {
    let mut tally = Tally::default();
    ground.reset();
    ground.write("first.toml", &story.first.text(REGION));
    ground.write("config.toml", &story.second.text(REGION));
    calmly(ground, &["apply", "--yes"])?;
    let wanted = ours(ground.cloud.everything());
    ground.reset();
    strangers(ground);
    let others = not_ours(ground.cloud.everything());
    for step in &story.steps {
        match step {
            Step::Apply(first, trouble) => {
                let config = if *first { "first.toml" } else { "config.toml" };
                tally += troubled(ground, &["apply", "--yes", config], &["diff", "--json", config], trouble)?;
            }
            Step::Destroy(trouble) => tally += troubled(ground, &["destroy", "--yes"], &[], trouble)?,
            Step::Drift(pick, how) => {
                let all: Vec<String> = ours(ground.cloud.everything()).into_keys().collect();
                if let Some(address) = all.get(usize::from(*pick) % all.len().max(1)) {
                    drift(&ground.cloud, address, *how);
                }
            }
        }
        same(&not_ours(ground.cloud.everything()), &others, "what is not ours changed")?;
    }
    tally += calmly(ground, &["apply", "--yes"])?;
    same(&ours(ground.cloud.everything()), &wanted, "one apply did not reach what the config asks for")?;
    let again = ground.writes_of(&["apply", "--yes"]);
    let destroy: &[&str] = if story.keeps_logs { &["destroy", "--yes", "--keep-logs"] } else { &["destroy", "--yes"] };
    tally += calmly(ground, destroy)?;
    let mut left = ours(ground.cloud.everything());
    left.retain(|address, _| !(story.keeps_logs && address.starts_with("log-group/")));
    same(&left, &Everything::new(), "destroy left something")?;
    same(&not_ours(ground.cloud.everything()), &others, "what is not ours changed")?;
    if again.is_empty() { Ok(tally) } else { Err(format!("the second apply wrote {again:?}")) }
}

/// Resources that are nobody's, and another app's.
fn strangers(ground: &Ground) {
    let cloud = &ground.cloud;
    let other = ("provision:app", "other");
    let group = cloud.aws.logs.create_log_group().log_group_name("/aws/vendedlogs/states/billing-zebra");
    cloud.wait(group.send()).expect("a log group");
    let put = cloud.aws.events.put_rule().name("billing-zebra").schedule_expression("rate(1 day)");
    let tag = aws_sdk_eventbridge::types::Tag::builder().key(other.0).value(other.1).build().expect("a tag");
    cloud.wait(put.tags(tag).send()).expect("a rule");
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = cloud.aws.iam.create_role().role_name("billing-zebra").path("/provision/billing/");
    cloud.wait(role.assume_role_policy_document(trust).send()).expect("a role");
}

fn is_ours(resource: &Value) -> bool {
    resource["tags"]["provision:app"] == "billing"
}

fn ours(mut all: Everything) -> Everything {
    all.retain(|_, resource| is_ours(resource));
    all
}

fn not_ours(mut all: Everything) -> Everything {
    all.retain(|_, resource| !is_ours(resource));
    all
}

fn same(found: &Everything, wanted: &Everything, what: &str) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    let names: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
    let differs = names.into_iter().filter(|name| found.get(*name) != wanted.get(*name));
    let shown: Vec<String> =
        differs.map(|name| format!("{name}: {:?}, not {:?}", found.get(name), wanted.get(name))).collect();
    Err(format!("{what}: {}", shown.join("\n")))
}

/// A command that nothing disturbs goes well.
fn calmly(ground: &Ground, arguments: &[&str]) -> Result<Tally, String> {
    ground.proxy.pass();
    let run = ground.run(arguments);
    let tally = Tally { requests: requests(ground), ..Tally::default() };
    if run.status == Some(0) { Ok(tally) } else { Err(format!("{arguments:?} failed undisturbed: {run:#?}")) }
}

/// A command in trouble. It sends what its plan shows and nothing else, and ends well unless it was killed or met what
/// is final.
fn troubled(ground: &Ground, arguments: &[&str], diff: &[&str], trouble: &Trouble) -> Result<Tally, String> {
    ground.proxy.pass();
    let shown: Option<Vec<String>> = (!diff.is_empty()).then(|| calls(&ground.ok(diff).json()));
    let (victim, injected) = (Victim::default(), Arc::new(AtomicU32::new(0)));
    let (child, count, plan) = (Arc::clone(&victim), Arc::clone(&injected), trouble.clone());
    ground.proxy.rule(move |number, seen| verdict(number, seen, &plan, &child, &count));
    let run = run_to_its_end(ground, arguments, &victim);
    let writes: BTreeSet<String> = ground.proxy.writes().into_iter().collect();
    let requests = requests(ground);
    let killed = run.status.is_none();
    let denied = trouble.faults.iter().any(|(_, fault)| *fault == Fault::Denied);
    if let Some(call) = shown.and_then(|shown| writes.into_iter().find(|write| !shown.contains(write))) {
        return Err(format!("{call} was sent, and the plan did not show it"));
    }
    match run.status {
        None | Some(0) => {}
        Some(1) if denied => {}
        _ => return Err(format!("{arguments:?} failed, and every fault passes: {run:#?}")),
    }
    Ok(Tally { requests, faults: injected.load(Ordering::SeqCst), crashes: u32::from(killed) })
}

/// What went by since the last rule.
fn requests(ground: &Ground) -> u32 {
    u32::try_from(ground.proxy.seen().len()).unwrap_or(u32::MAX)
}

/// The calls that a plan shows.
fn calls(plan: &Value) -> Vec<String> {
    let changes = plan["changes"].as_array().into_iter().flatten();
    let calls = changes.flat_map(|change| change["calls"].as_array().into_iter().flatten());
    calls.filter_map(|call| Some(call["api"].as_str()?.to_owned())).collect()
}

fn verdict(number: usize, seen: &Seen, trouble: &Trouble, victim: &Victim, injected: &AtomicU32) -> Verdict {
    if let Some((_, takes_effect)) = trouble.kill.filter(|(at, _)| *at == number) {
        let victim = Arc::clone(victim);
        if takes_effect {
            return Verdict::CutAfter(Box::new(move || kill(&victim)));
        }
        kill(&victim);
        return Verdict::CutBefore;
    }
    let Some((_, fault)) = trouble.faults.iter().find(|(at, _)| *at == number) else { return Verdict::Pass };
    injected.fetch_add(1, Ordering::SeqCst);
    let query = ["iam:", "sts:"].iter().any(|service| seen.api.starts_with(service));
    let answer = |status, code, message: &str| Verdict::Answer(Answer::error(status, code, message));
    match fault {
        Fault::Throttled => Verdict::Answer(Answer::throttle(&seen.api)),
        Fault::Failed => answer(503, "ServiceUnavailable", ""),
        Fault::CutBefore => Verdict::CutBefore,
        Fault::CutAfter => Verdict::CutAfter(Box::new(|| {})),
        Fault::Denied => {
            let code = if query { "AccessDenied" } else { "AccessDeniedException" };
            answer(403, code, &format!("User: ci is not authorized to perform: {}", seen.api))
        }
    }
}

/// The running program, which whoever holds the lock may kill.
type Victim = Arc<Mutex<Option<Child>>>;

fn run_to_its_end(ground: &Ground, arguments: &[&str], victim: &Victim) -> Run {
    victim.lock().expect("the child").replace(ground.spawn(arguments));
    loop {
        let mut child = victim.lock().expect("the child");
        let ended = child.as_mut().is_some_and(|child| child.try_wait().expect("a status").is_some());
        if let Some(child) = child.take_if(|_| ended) {
            return Run::of(&child.wait_with_output().expect("it ends"));
        }
        drop(child);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

/// SIGKILL, unless it has ended already.
fn kill(victim: &Victim) {
    if let Some(child) = victim.lock().expect("the child").as_mut() {
        child.kill().expect("SIGKILL");
    }
}
