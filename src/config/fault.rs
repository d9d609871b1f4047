//! Faults of a config: where each is, what is wrong and how to mend it.

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A text that faults point into.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's path, as the user gave it.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
}

/// One fault.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The file that it is in.
    pub source: Arc<Source>,
    /// Where in the file, in bytes.
    pub span: Range<usize>,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// Of what is right, but can't be built yet, all places that it is written in.
    pub later: Option<Vec<Range<usize>>>,
}

/// All faults of one config.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// In the order they were found.
    pub list: Vec<Fault>,
    /// Keys whose value is of the wrong type or is none of those allowed, and keys that others were meant to be.
    mistyped: HashSet<String>,
}

impl Fault {
    /// Whether `other` is in what this says can't be built yet.
    fn speaks_of(&self, other: &Self) -> bool {
        let within = |place: &Range<usize>| place.start <= other.span.start && other.span.end <= place.end;
        self.source.path == other.source.path && self.later.iter().flatten().any(within)
    }
}

impl Faults {
    /// Notes a fault.
    pub fn push(&mut self, source: &Arc<Source>, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        let message = message.into();
        self.mistyped.extend(mistyped(&message, hint.as_deref()).map(str::to_owned));
        self.list.push(Fault { source: Arc::clone(source), span, message, hint, later: None });
    }

    /// Whether a key of this name is there, but its value is wrong or its name misspelt.
    pub(super) fn has_mistyped(&self, key: &str) -> bool {
        self.mistyped.contains(key)
    }

    /// Notes that what is written in `places` has a meaning, and that this release can't build it yet.
    pub(super) fn push_later(
        &mut self,
        source: &Arc<Source>,
        span: Range<usize>,
        what: &str,
        places: Vec<Range<usize>>,
        hint: Option<String>,
    ) {
        let message = format!("{what} not supported yet");
        let hint = hint.or_else(|| Some("leave it out for now".to_owned()));
        self.list.push(Fault { source: Arc::clone(source), span, message, hint, later: Some(places) });
    }

    /// Whether anything is wrong, and not only too early.
    pub fn are_wrong(&self) -> bool {
        self.list.iter().any(|fault| fault.later.is_none())
    }

    /// Leaves one of each, in order: what stands at the top is wrong for every job. What is wrong says so itself, and
    /// not also that it can't be built yet.
    pub fn settle(&mut self) {
        let mut known = HashSet::new();
        self.list.retain(|fault| known.insert((fault.source.path.clone(), fault.span.start, fault.message.clone())));
        let wrong: Vec<Fault> = self.list.iter().filter(|fault| fault.later.is_none()).cloned().collect();
        self.list.retain(|fault| !wrong.iter().any(|other| fault.speaks_of(other)));
        self.sort();
    }

    /// The faults in the order of their places: the files as first named, then top to bottom.
    fn sort(&mut self) {
        let mut files: Vec<PathBuf> = Vec::new();
        for fault in &self.list {
            if !files.contains(&fault.source.path) {
                files.push(fault.source.path.clone());
            }
        }
        let rank = |path: &PathBuf| files.iter().position(|file| file == path);
        self.list.sort_by_key(|fault| (rank(&fault.source.path), fault.span.start, fault.span.end));
    }
}

/// The keys that a fault says are mistyped.
fn mistyped<'m>(message: &'m str, hint: Option<&'m str>) -> impl Iterator<Item = &'m str> {
    let wrong = message.split_once("` must be ").or_else(|| message.split_once("` can't be `"));
    let key = wrong.and_then(|(name, _)| name.rsplit(['`', '.']).next());
    let meant = hint.and_then(|hint| hint.strip_prefix("did you mean `")?.strip_suffix("`?"));
    key.into_iter().chain(meant)
}

/// The candidate nearest to `word`, when one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Far too long or too short a word is not compared at all.
    let letters = word.chars().count();
    let alike =
        |candidate: &&str| candidate.chars().count().abs_diff(letters) <= candidate.len().max(word.len()) / 3 + 1;
    candidates
        .into_iter()
        .filter(alike)
        .map(|candidate| (strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= candidate.len().max(word.len()) / 3 + 1 && *distance < candidate.len()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `a`, `b` and `c`, each in backquotes.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
