//! Changes of a text that keep most of its form: values are deleted, repeated, swapped, nested, and taken from elsewhere.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What seldom stands in a real file.
const ODD: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "99999999999999999999",
    "\"\"",
    "''",
    "\"$\"",
    "\"$.\"",
    "\"$[\"",
    "\"States.\"",
    "\"States.Array(\"",
    "\"{% ( %}\"",
    "\"{%\"",
    "\"${\"",
    "\"${env:A:-\"",
    "\"\\ud83d\\ude00\"",
    "\"\\u0000\"",
    "{}",
    "[]",
    "[[]]",
    "}",
    "]",
    ",",
    ":",
    "=",
    ".",
    "\"",
    "(",
    ")",
    "*",
    "?",
    "/0",
    "-",
    "L",
    "W",
    "#",
    "é",
    "\u{feff}",
    "\n",
    "[job.x]",
    "[env.prod]",
    "\t",
    " ",
    "60",
    "2199",
    "31",
];

#[derive(Clone, Debug)]
pub enum Change {
    Delete(Index),
    Repeat(Index, usize),
    Swap(Index, Index),
    /// The value becomes one of another text.
    Splice(Index, Index, Index),
    Odd(Index, &'static str, bool),
    Nest(Index, usize),
    /// A character is replaced, or removed.
    Letter(Index, Option<char>),
    /// The same, in what stands between two quotes.
    Inside(Index, Box<Change>),
}

pub fn change() -> impl Strategy<Value = Change> {
    let inside = (any::<Index>(), plain()).prop_map(|(at, change)| Change::Inside(at, Box::new(change)));
    prop_oneof![3 => plain(), 1 => inside]
}

fn plain() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        3 => at().prop_map(Change::Delete),
        2 => (at(), 1..40usize).prop_map(|(at, times)| Change::Repeat(at, times)),
        3 => (at(), at()).prop_map(|(one, other)| Change::Swap(one, other)),
        4 => (at(), at(), at()).prop_map(|(at, text, from)| Change::Splice(at, text, from)),
        4 => (at(), select(ODD), any::<bool>()).prop_map(|(at, odd, replace)| Change::Odd(at, odd, replace)),
        1 => (at(), 1..300usize).prop_map(|(at, depth)| Change::Nest(at, depth)),
        2 => (at(), prop::option::of(any::<char>())).prop_map(|(at, to)| Change::Letter(at, to)),
    ]
}

pub fn changed(text: &str, changes: &[Change], corpus: &[String]) -> String {
    changes.iter().fold(text.to_owned(), |text, change| change.of(&text, corpus))
}

impl Change {
    fn of(&self, text: &str, corpus: &[String]) -> String {
        let tokens = tokens(text);
        if tokens.is_empty() {
            return ODD[0].to_owned();
        }
        let value = |at: &Index| value(&tokens, at.index(tokens.len()));
        match self {
            Self::Delete(at) => replaced(text, value(at), ""),
            Self::Repeat(at, times) => {
                let value = value(at);
                let more = format!(",{}", &text[value.clone()]).repeat((*times).min(20_000 / value.len()));
                replaced(text, value.end..value.end, &more)
            }
            Self::Swap(one, other) => {
                let (mut first, mut second) = (value(one), value(other));
                if first.start > second.start {
                    std::mem::swap(&mut first, &mut second);
                }
                if first.end > second.start {
                    return replaced(text, first, "");
                }
                let swapped = replaced(text, second.clone(), &text[first.clone()]);
                replaced(&swapped, first, &text[second])
            }
            Self::Splice(at, other, from) => {
                let other = other.get(corpus);
                let theirs = self::tokens(other);
                let theirs = self::value(&theirs, from.index(theirs.len()));
                replaced(text, value(at), &other[theirs])
            }
            Self::Odd(at, odd, true) => replaced(text, value(at), odd),
            Self::Odd(at, odd, false) => {
                let start = value(at).start;
                replaced(text, start..start, odd)
            }
            Self::Nest(at, depth) => {
                let value = value(at);
                let (open, close) = if text.starts_with('{') { ("[", "]") } else { ("(", ")") };
                let nested = format!("{}{}{}", open.repeat(*depth), &text[value.clone()], close.repeat(*depth));
                replaced(text, value, &nested)
            }
            Self::Inside(at, change) => {
                let quoted: Vec<_> =
                    tokens.iter().filter(|(_, token)| token.len() > 2 && token.starts_with('"')).collect();
                if quoted.is_empty() {
                    return change.of(text, corpus);
                }
                let span = &quoted[at.index(quoted.len())].0;
                let inside = span.start + 1..span.end - 1;
                replaced(text, inside.clone(), &change.of(&text[inside], corpus))
            }
            Self::Letter(at, to) => {
                let (start, letter) = text.char_indices().nth(at.index(text.chars().count())).expect("a character");
                replaced(text, start..start + letter.len_utf8(), &to.map(String::from).unwrap_or_default())
            }
        }
    }
}

fn replaced(text: &str, part: Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..part.start], &text[part.end..])
}

/// Quoted texts, words, runs of blanks, and all else by the character.
fn tokens(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let rest = &text[start..];
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let run = |of: &dyn Fn(char) -> bool| rest.find(|c| !of(c)).unwrap_or(rest.len());
        let length = match first {
            '"' => quoted(rest).unwrap_or(1),
            c if word(c) => run(&word),
            c if c.is_whitespace() => run(&char::is_whitespace),
            c => c.len_utf8(),
        };
        tokens.push((start..start + length, &rest[..length]));
        start += length;
    }
    tokens
}

fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return None,
            '"' if !escaped => return Some(at + 1),
            c => escaped = c == '\\' && !escaped,
        }
    }
    None
}

/// The bytes of a token, and of all up to its partner if it opens a bracket.
fn value(tokens: &[(Range<usize>, &str)], at: usize) -> Range<usize> {
    let start = tokens[at].0.start;
    let mut depth = 0_usize;
    for (span, token) in &tokens[at..] {
        match *token {
            "{" | "[" | "(" => depth += 1,
            "}" | "]" | ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return start..span.end;
        }
    }
    tokens[at].0.clone()
}
