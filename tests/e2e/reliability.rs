//! `make reliability`: all that can go wrong with each request, and the table that says so in docs/reliability.md.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is run by hand, for what it prints")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use crate::chapters::{Chapter, Plain};
use crate::faults::{Trouble, kills, make, single_faults};
use crate::support::{Fault, Faults, Ground, Which};

const BEGIN: &str = "<!-- what `make reliability` prints begins here -->";
const END: &str = "<!-- and ends here -->";
/// Together these send every operation.
const SINGLY: [Chapter; 3] = [Chapter::Create, Chapter::Update, Chapter::Destroy];
/// Random plans of faults for each chapter on each emulator, with the seeds from 1.
const SEEDS: u64 = 10;
/// Of a hundred requests of such a plan, how many go wrong.
const PERCENT: u64 = 10;

/// A trouble that was made.
struct Made {
    which: Which,
    chapter: Chapter,
    trouble: Trouble,
    /// Nothing came of it, or what is wrong. False: it never came.
    end: Result<bool, String>,
}

#[test]
#[ignore = "takes some twenty minutes: `make reliability`"]
fn everything_that_can_go_wrong() {
    let made: Vec<Made> = std::thread::scope(|scope| {
        let threads: Vec<_> = [Which::Ministack, Which::Moto].map(|which| scope.spawn(move || all(which))).into();
        threads.into_iter().flat_map(|thread| thread.join().expect("it ends")).collect()
    });
    let wrong: Vec<String> =
        made.iter().filter_map(|one| one.end.as_ref().err().map(|why| format!("{:?}, {why}", one.which))).collect();
    let table = table(&made);
    println!("{table}");
    assert!(wrong.is_empty(), "{} of {} went wrong: {wrong:#?}", wrong.len(), made.len());
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reliability.md");
    let text = std::fs::read_to_string(&page).expect("the page");
    let (before, rest) = text.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where it ends");
    std::fs::write(page, format!("{before}{BEGIN}\n\n{table}\n{END}{after}")).expect("the page is written");
}

/// Every trouble of every chapter on one emulator, three at a time.
fn all(which: Which) -> Vec<Made> {
    let (plains, mut work): (Vec<Plain>, Vec<(usize, Trouble)>) = (plains(which), Vec::new());
    for (number, plain) in plains.iter().enumerate() {
        let many = (1..=SEEDS).map(|seed| Trouble::Many(Faults { seed, percent: PERCENT }));
        let singles = if SINGLY.contains(&plain.chapter) { single_faults(plain) } else { Vec::new() };
        work.extend(singles.into_iter().chain(many).chain(kills(plain)).map(|trouble| (number, trouble)));
    }
    let total = work.len();
    let (left, made) = (Mutex::new(work), Mutex::new(Vec::new()));
    let worker = || {
        let ground = Ground::new(which);
        loop {
            let Some((number, trouble)) = left.lock().expect("the work").pop() else { break };
            let end = make(&ground, &plains[number], &trouble);
            let one = Made { which, chapter: plains[number].chapter, trouble, end };
            if let Err(why) = &one.end {
                eprintln!("{which:?}, {why}");
            }
            let mut made = made.lock().expect("what was made");
            made.push(one);
            if made.len() % 50 == 0 {
                eprintln!("{which:?}: {} of {total}", made.len());
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(worker);
        }
    });
    made.into_inner().expect("what was made")
}

fn plains(which: Which) -> Vec<Plain> {
    let ground = Ground::new(which);
    Chapter::ALL.iter().map(|chapter| chapter.plain(&ground)).collect()
}

fn table(made: &[Made]) -> String {
    let count = |is: &dyn Fn(&Made) -> bool| made.iter().filter(|one| is(one)).count();
    let came = |one: &Made| one.end != Ok(false);
    let failed = count(&|one| one.end.is_err());
    let mut text = String::from(
        "Runs in which this befell the first such request, on both emulators, when an app is created, updated or destroyed. \
         A run has one fault of a write and one of a read.\n\n",
    );
    let _ = writeln!(text, "| operation | {} |", Fault::ALL.map(Fault::name).join(" | "));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(Fault::ALL.len()));
    let mut runs: BTreeMap<&str, BTreeMap<Fault, usize>> = BTreeMap::new();
    for one in made {
        let Trouble::Few(faults) = &one.trouble else { continue };
        for (api, fault) in faults {
            *runs.entry(api).or_default().entry(*fault).or_default() += 1;
        }
    }
    for (api, by_fault) in &runs {
        let cells = Fault::ALL.map(|fault| by_fault.get(&fault).map_or("–".to_owned(), ToString::to_string));
        let _ = writeln!(text, "| `{api}` | {} |", cells.join(" | "));
    }
    text.push_str("\nMany faults, and kills.\n\n| chapter | random plans of faults | killed after a write, on ministack | on moto |\n|---|--:|--:|--:|\n");
    for chapter in Chapter::ALL {
        let plans = count(&|one| one.chapter == chapter && matches!(one.trouble, Trouble::Many(_)));
        let kills = |which: Which| {
            count(&|one| {
                one.chapter == chapter && one.which == which && matches!(one.trouble, Trouble::Kill(_)) && came(one)
            })
        };
        let _ =
            writeln!(text, "| {} | {plans} | {} | {} |", chapter.name(), kills(Which::Ministack), kills(Which::Moto));
    }
    let singles = count(&|one| matches!(one.trouble, Trouble::Few(_)));
    let plans = count(&|one| matches!(one.trouble, Trouble::Many(_)));
    let kills = count(&|one| matches!(one.trouble, Trouble::Kill(_)) && came(one));
    let _ = writeln!(
        text,
        "\n{} operations; {singles} runs with one or two faults, {plans} with a random plan (seeds 1 to {SEEDS}, {PERCENT} of 100 requests), \
         {kills} kills. Runs that lost something, left something to do, touched what is not ours, or sent what no plan \
         showed or AWS would refuse: {failed}.",
        runs.len()
    );
    text
}
