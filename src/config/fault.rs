//! Faults of a config: where each is, what is wrong and how to mend it.

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
}

/// All faults of one config.
#[derive(Debug, Default)]
pub struct Faults {
    /// In the order they were found.
    pub list: Vec<Fault>,
}

impl Faults {
    /// Notes a fault.
    pub fn push(&mut self, source: &Arc<Source>, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.list.push(Fault { source: Arc::clone(source), span, message: message.into(), hint });
    }

    /// The faults in the order of their places: the files as first named, then top to bottom.
    pub fn sort(&mut self) {
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

/// The candidate nearest to `word`, when one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
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
