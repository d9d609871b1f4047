//! The words of `JSONata`. Source: <https://docs.jsonata.org/overview.html>.

use super::jsonata_syntax::Stop;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Operator,
    Name,
    Variable,
    /// A number, `true`, `false` or `null`.
    Constant,
    Text,
    Regex,
    End,
}

pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    at: usize,
}

pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

const BLANKS: &[char] = &[' ', '\t', '\n', '\r', '\u{b}'];
const PAIRS: &[&str] = &["..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"];
const SINGLE: &str = ".[]{}(),@#;:?+-*/%|=<>^&!~";

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token. Where a value may stand a `/` begins a regular expression, elsewhere it divides.
    pub(super) fn next(&mut self, value: bool) -> Result<Token<'a>, Stop> {
        self.skip()?;
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            return Ok(Token { kind: Kind::End, text: "", at: self.at });
        };
        let (kind, length) = match first {
            '/' if value => (Kind::Regex, regex(rest)?),
            '"' | '\'' => (Kind::Text, quoted(rest, first)?),
            '`' => match rest[1..].find('`') {
                Some(end) => (Kind::Name, end + 2),
                None => return Err(Stop::Wrong("a backquote is not closed".to_owned())),
            },
            '!' | '~' if !PAIRS.iter().any(|pair| rest.starts_with(pair)) => {
                return Err(Stop::Wrong(format!("there is no operator `{first}`")));
            }
            _ if PAIRS.iter().any(|pair| rest.starts_with(pair)) => (Kind::Operator, 2),
            _ if SINGLE.contains(first) => (Kind::Operator, 1),
            '0'..='9' => (Kind::Constant, number(rest)),
            _ => {
                let length = rest.find(|c| BLANKS.contains(&c) || SINGLE.contains(c)).unwrap_or(rest.len());
                (word(&rest[..length]), length)
            }
        };
        let token = Token { kind, text: &rest[..length], at: self.at };
        self.at += length;
        Ok(token)
    }

    /// Reads a `/` once more, as the beginning of a regular expression.
    pub(super) fn again(&mut self, slash: &Token) -> Result<Token<'a>, Stop> {
        self.at = slash.at;
        self.next(true)
    }

    fn skip(&mut self) -> Result<(), Stop> {
        loop {
            let rest = self.text[self.at..].trim_start_matches(BLANKS);
            self.at = self.text.len() - rest.len();
            let Some(comment) = rest.strip_prefix("/*") else {
                return Ok(());
            };
            let Some(end) = comment.find("*/") else {
                return Err(Stop::Wrong("a comment is not closed".to_owned()));
            };
            self.at += end + 4;
        }
    }
}

fn word(text: &str) -> Kind {
    match text {
        "and" | "or" | "in" => Kind::Operator,
        "true" | "false" | "null" => Kind::Constant,
        _ if text.starts_with('$') => Kind::Variable,
        _ => Kind::Name,
    }
}

fn quoted(text: &str, quote: char) -> Result<usize, Stop> {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) | None => {}
                Some((_, other)) => return Err(Stop::Wrong(format!("`\\{other}` is no escape"))),
            },
            end if end == quote => return Ok(at + 1),
            _ => {}
        }
    }
    Err(Stop::Wrong(format!("a `{quote}` is not closed")))
}

/// An integer without a leading zero, a fraction, an exponent.
fn number(text: &str) -> usize {
    let digits = |at: usize| text[at..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = if text.starts_with('0') { 1 } else { digits(0) };
    if text[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let exponent = digits(end + 1 + sign);
        end += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    end
}

/// Implementations differ on a `/` between brackets.
fn regex(text: &str) -> Result<usize, Stop> {
    let mut depth = 0_i32;
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '/' if depth != 0 => return Err(Stop::Unsure),
            '/' if at > 1 => {
                let flags = text[at + 1..].bytes().take_while(|flag| matches!(flag, b'i' | b'm')).count();
                return Ok(at + 1 + flags);
            }
            _ => {}
        }
    }
    Err(Stop::Unsure)
}
