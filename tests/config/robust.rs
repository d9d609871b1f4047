//! No text makes the reader panic, hang, or point outside of the file.

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use provision::config::load;
use provision::error::Error;
use tempfile::TempDir;

use crate::corpus::{check, folder, names, text};
use crate::odd_keys;

/// Far more than any config takes, even on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

/// Pieces that mean something to one reader or another.
const PIECES: &str = "\" ' \"\"\" = . , [ ] [[ ]] { } ${env: ${ } :- # \\ ü \u{0} \u{feff} 0 - \n [env.prod]";

/// A folder for configs, with the definitions that the sound ones name.
fn ground() -> TempDir {
    let ground = tempfile::tempdir().expect("a temporary folder");
    let from = folder("good/statemachine");
    let to = ground.path().join("statemachine");
    std::fs::create_dir(&to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the definitions") {
        let path = entry.expect("an entry").path();
        std::fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
    }
    ground
}

/// Reads the text as a config, with and without an environment; every fault must have a place in its file.
fn read(ground: &Path, config: &str) {
    let path = ground.join("config.toml");
    std::fs::write(&path, config).expect("the config is written");
    let started = Instant::now();
    for environment in [None, Some("prod")] {
        let Err(Error::Faults(faults)) = load(&path, environment) else { continue };
        assert!(!faults.list.is_empty());
        for fault in faults.list {
            assert!(fault.source.text.get(fault.span.clone()).is_some(), "{}: {:?}", fault.message, fault.span);
            assert!(!fault.message.is_empty());
        }
    }
    assert!(started.elapsed() < LONGEST, "it took {:?}", started.elapsed());
}

fn sound() -> Vec<String> {
    let folder = folder("good");
    let texts = names(&folder).into_iter().map(|name| std::fs::read_to_string(folder.join(format!("{name}.toml"))));
    texts.map(|text| text.expect("a config")).collect()
}

/// One change of a text.
#[derive(Clone, Debug)]
enum Change {
    /// A word, which is a key, a number or a part of a string, becomes another.
    Word(Index, String),
    /// A line goes to another place, or stands there too.
    Line(Index, Index, bool),
    /// Some characters become a piece.
    Piece(Index, usize, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let word = prop_oneof!["[a-z0-9_-]{0,3}", "[ -~ü]{1,3}", "[a-zA-Z0-9]{60,70}", Just("true".to_owned())];
    prop_oneof![
        4 => (any::<Index>(), word).prop_map(|(at, word)| Change::Word(at, word)),
        2 => (any::<Index>(), any::<Index>(), any::<bool>()).prop_map(|(from, to, both)| Change::Line(from, to, both)),
        1 => (any::<Index>(), 0..4usize, select(PIECES.split(' ').collect::<Vec<_>>())).prop_map(|(at, length, to)| Change::Piece(at, length, to)),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    changes.iter().fold(text.to_owned(), |text, change| change.of(text))
}

impl Change {
    fn of(&self, mut text: String) -> String {
        match self {
            Self::Word(at, to) => {
                let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let starts = text.char_indices().filter(|(at, c)| word(*c) && !text[..*at].ends_with(word));
                let starts: Vec<usize> = starts.map(|(at, _)| at).collect();
                if !starts.is_empty() {
                    let start = starts[at.index(starts.len())];
                    let length = text[start..].find(|c| !word(c)).unwrap_or(text.len() - start);
                    text.replace_range(start..start + length, to);
                }
                text
            }
            Self::Line(from, to, both) => {
                let mut lines: Vec<&str> = text.split('\n').collect();
                let (from, to) = (from.index(lines.len()), to.index(lines.len()));
                let line = if *both { lines[from] } else { lines.remove(from) };
                lines.insert(to.min(lines.len()), line);
                lines.join("\n")
            }
            Self::Piece(at, length, piece) => {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                let from = at.index(places.len());
                let to = (from + length).min(places.len() - 1);
                text.replace_range(places[from]..places[to], piece);
                text
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text(config in any::<String>()) {
        read(ground().path(), &config);
    }

    #[test]
    fn known_keys_with_odd_values(config in odd_keys::config()) {
        read(ground().path(), &config);
    }

    #[test]
    fn a_sound_config_with_a_few_changes(config in select(sound()), changes in vec(change(), 1..4)) {
        read(ground().path(), &changed(&config, &changes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn the_program_ends_with_a_status_of_its_own(
        config in prop_oneof![
            odd_keys::config(),
            (select(sound()), vec(change(), 1..4)).prop_map(|(config, changes)| changed(&config, &changes)),
        ],
    ) {
        let ground = ground();
        std::fs::write(ground.path().join("config.toml"), &config).expect("the config is written");
        let run = check(ground.path(), &[]);
        let told = text(&run.stderr);
        match run.status.code() {
            Some(0) => {}
            Some(3) => {
                let later = |line: &str| line.ends_with("is not supported yet") || line.starts_with("error: the config has ");
                let errors: Vec<&str> = told.lines().filter(|line| line.starts_with("error: ")).collect();
                assert!(!errors.is_empty(), "{told}");
                let wrong = !errors.iter().all(|line| later(line));
                assert_eq!(run.stdout.is_empty(), wrong, "{config}\n{told}");
            }
            other => panic!("{other:?}: {told}"),
        }
    }
}
