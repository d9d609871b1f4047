use std::error::Error;
use std::fmt;
use std::ops::Range;

/// What is wrong with a schedule expression, and where ("Cron expressions", Amazon `EventBridge` User Guide).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A lowercase fragment that reads after "error: ".
    pub message: String,
    /// The bytes of the given text that are at fault.
    pub span: Range<usize>,
    /// How to mend it. An expression between backquotes is one that AWS accepts.
    pub hint: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Fault {}

/// A part of an expression that knows where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    start: usize,
}

impl<'t> Piece<'t> {
    pub(super) fn whole(text: &'t str) -> Self {
        Self { text, start: 0 }
    }

    pub(super) fn span(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(super) fn fault(self, message: impl Into<String>) -> Fault {
        Fault { message: message.into(), span: self.span(), hint: None }
    }

    pub(super) fn split(self, separator: char) -> impl Iterator<Item = Self> {
        let mut start = self.start;
        self.text.split(separator).map(move |text| {
            let piece = Self { text, start };
            start += text.len() + separator.len_utf8();
            piece
        })
    }

    pub(super) fn split_once(self, separator: char) -> Option<(Self, Self)> {
        let (before, after) = self.text.split_once(separator)?;
        let start = self.start + before.len() + separator.len_utf8();
        let before = Self { text: before, ..self };
        Some((before, Self { text: after, start }))
    }

    /// The parts between blanks.
    pub(super) fn words(self) -> Vec<Self> {
        let mut at = 0;
        let blank = |c: char| c == ' ' || c == '\t';
        self.text
            .split(blank)
            .map(|text| {
                let start = self.start + at;
                at += text.len() + 1;
                Self { text, start }
            })
            .filter(|word| !word.text.is_empty())
            .collect()
    }

    pub(super) fn strip_prefix(self, prefix: &str) -> Option<Self> {
        let text = self.text.strip_prefix(prefix)?;
        let start = self.start + prefix.len();
        Some(Self { text, start })
    }

    pub(super) fn strip_suffix(self, suffix: &str) -> Option<Self> {
        let text = self.text.strip_suffix(suffix)?;
        Some(Self { text, ..self })
    }

    /// From the start of this part to the end of a later one.
    pub(super) fn to(self, last: Self) -> Range<usize> {
        self.start..last.span().end
    }
}
