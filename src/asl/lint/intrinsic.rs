//! Intrinsic functions. Source:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>.

use strsim::osa_distance;

use super::path::{self, Form};

/// A function nests at most ten others.
const DEEPEST: usize = 11;

/// Each function with the least and the most arguments it takes.
const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("States.Array", 0, usize::MAX),
    ("States.ArrayContains", 2, 2),
    ("States.ArrayGetItem", 2, 2),
    ("States.ArrayLength", 1, 1),
    ("States.ArrayPartition", 2, 2),
    ("States.ArrayRange", 3, 3),
    ("States.ArrayUnique", 1, 1),
    ("States.Base64Decode", 1, 1),
    ("States.Base64Encode", 1, 1),
    ("States.Format", 1, usize::MAX),
    ("States.Hash", 2, 2),
    ("States.JsonMerge", 3, 3),
    ("States.JsonToString", 1, 1),
    ("States.MathAdd", 2, 2),
    ("States.MathRandom", 2, 3),
    ("States.StringSplit", 2, 2),
    ("States.StringToJson", 1, 1),
    ("States.UUID", 0, 0),
];

/// Why `text` is no call of an intrinsic function, as a fragment that follows the field's name.
pub(super) fn fault(text: &str) -> Option<String> {
    if !text.contains('(') && !text.starts_with("States.") {
        return Some("is neither a path nor an intrinsic function".to_owned());
    }
    let outcome = call(text.trim(), 1).and_then(|rest| match rest.trim_start() {
        "" => Ok(()),
        more => Err(format!("has `{more}` after its end")),
    });
    outcome.err().map(|reason| format!("is no intrinsic function: {reason}"))
}

type Rest<'a> = Result<&'a str, String>;

/// Reads one call and gives what follows it.
fn call(text: &str, depth: usize) -> Rest<'_> {
    if depth > DEEPEST {
        return Err("functions nest at most ten deep".to_owned());
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some((_, least, most)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
        return Err(unknown(name));
    };
    let rest = rest.trim_start().strip_prefix('(').ok_or_else(|| format!("`{name}` has no `(`"))?;
    let (count, rest) = arguments(rest, depth)?;
    if (*least..=*most).contains(&count) { Ok(rest) } else { Err(wrong_count(name, count, *least, *most)) }
}

fn unknown(name: &str) -> String {
    let nearest = FUNCTIONS
        .iter()
        .map(|(known, ..)| (osa_distance(&known.to_lowercase(), &name.to_lowercase()), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 3);
    match nearest {
        Some((_, known)) => format!("there is no `{name}`, but `{known}`"),
        None => format!("there is no `{name}`"),
    }
}

fn wrong_count(name: &str, count: usize, least: usize, most: usize) -> String {
    let takes = match (least, most) {
        (least, usize::MAX) => format!("at least {least}"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    format!("`{name}` takes {takes} arguments, not {count}")
}

fn arguments(text: &str, depth: usize) -> Result<(usize, &str), String> {
    let mut rest = text.trim_start();
    if let Some(rest) = rest.strip_prefix(')') {
        return Ok((0, rest));
    }
    for count in 1.. {
        rest = argument(rest, depth)?.trim_start();
        if let Some(rest) = rest.strip_prefix(')') {
            return Ok((count, rest));
        }
        rest = rest.strip_prefix(',').ok_or("expected `,` or `)` after an argument")?.trim_start();
    }
    Err("too many arguments".to_owned())
}

fn argument(text: &str, depth: usize) -> Rest<'_> {
    match text.chars().next() {
        None => Err("its `(` is not closed".to_owned()),
        Some('\'') => quoted(text),
        Some('$') => {
            let (path, rest) = text.split_at(path_end(text));
            path::fault(path.trim_end(), Form::Any).map_or(Ok(rest), |reason| Err(format!("an argument {reason}")))
        }
        Some(_) => {
            let end = text.find([',', ')', '(']).unwrap_or(text.len());
            let word = text[..end].trim_end();
            if matches!(word, "null" | "true" | "false") || word.parse::<f64>().is_ok() {
                Ok(&text[end..])
            } else if text[end..].starts_with('(') || word.starts_with("States.") {
                call(text, depth + 1)
            } else {
                Err(format!("the argument `{word}` is no string in `'`, number, path or function"))
            }
        }
    }
}

/// Skips `'…'`, where `\` escapes only `'`, `{`, `}` and itself.
fn quoted(text: &str) -> Rest<'_> {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' => return Ok(&text[at + 1..]),
            '\\' => match characters.next() {
                Some((_, '\'' | '\\' | '{' | '}')) => {}
                Some((_, other)) => return Err(format!("`\\{other}` is no escape")),
                None => break,
            },
            _ => {}
        }
    }
    Err("a string's `'` is not closed".to_owned())
}

/// Where a path that is an argument ends: at a `,` or `)` outside of brackets and quotes.
fn path_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') if depth > 0 => quote = Some(character),
            (None, '[' | '(') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, ')') if depth > 0 => depth -= 1,
            (None, ',' | ')') if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls() {
        let valid = [
            "States.UUID()",
            "States.Format('a {} b', $.c)",
            "States.Format('it\\'s \\{\\} \\\\')",
            "States.Array(1, -2.5, null, true, $$.Execution.Id, $v.a[0], States.UUID())",
            "States.StringToJson(States.Format('\\{\"a\":{}\\}', $.b))",
            "States.ArrayLength($.a[?(@.b == 'x,y')])",
            "States.MathRandom( 1 , 9 )",
            "States.JsonMerge($.a, $['b'], false)",
        ];
        let invalid = [
            "",
            "abc",
            "Format('a')",
            "States.Format",
            "States.Format(",
            "States.Format()",
            "States.Format('a'",
            "States.Format('a",
            "States.Format('a',)",
            "States.Format('a' 'b')",
            "States.Format('\\n')",
            "States.UUID(1)",
            "States.Uuid()",
            "States.Array(abc)",
            "States.Array(\"a\")",
            "States.UUID() x",
            "States.ArrayLength($.a.)",
        ];
        for text in valid {
            assert_eq!(fault(text), None);
        }
        for text in invalid {
            assert!(fault(text).is_some(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels| format!("{}{}", "States.Array(".repeat(levels), ")".repeat(levels));
        assert_eq!(fault(&nested(DEEPEST)), None);
        assert!(fault(&nested(100_000)).is_some());
    }
}
