//! The syntax of `JSONPath`, leniently. Source:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html>.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Any,
    /// A path that can only name one node.
    Reference,
}

/// Why `text` is no path, as a fragment that follows the field's name.
pub(super) fn fault(text: &str, form: Form) -> Option<String> {
    scan(text, form).err().map(|reason| format!("is no path: `{text}` {reason}"))
}

/// As [`fault`], for a path that says where to put a result.
pub(super) fn result_fault(text: &str) -> Option<String> {
    let into_input = text == "$" || text.starts_with("$.") || text.starts_with("$[");
    if text.starts_with('$') && !into_input {
        return Some(format!("must lead into the input, with `$.`: `{text}` does not"));
    }
    fault(text, Form::Reference)
}

fn scan(text: &str, form: Form) -> Result<(), &'static str> {
    let steps = text.strip_prefix('$').ok_or("does not begin with `$`")?;
    let (steps, is_context) = steps.strip_prefix('$').map_or((steps, false), |steps| (steps, true));
    match steps.chars().next() {
        None | Some('.' | '[') => {}
        Some(first) if !is_context && (first.is_alphabetic() || first == '_') => {}
        Some(_) => return Err("has neither `.`, `[` nor a variable's name after `$`"),
    }
    let mut rest = steps;
    while let Some(next) = rest.chars().next() {
        rest = match next {
            '.' => step(rest, form)?,
            '[' => subscript(rest, form)?,
            ']' => return Err("has a `]` without `[`"),
            '*' if form == Form::Reference => return Err("may name several nodes, by `*`"),
            '\\' => rest[1..].chars().next().map_or("", |escaped| &rest[1 + escaped.len_utf8()..]),
            other => &rest[other.len_utf8()..],
        };
    }
    Ok(())
}

fn step(rest: &str, form: Form) -> Result<&str, &'static str> {
    let after = &rest[1..];
    let name = match after.strip_prefix('.') {
        Some(_) if form == Form::Reference => return Err("may name several nodes, by `..`"),
        Some(name) => name,
        None => after,
    };
    if name.is_empty() || name.starts_with('.') { Err("has an empty step") } else { Ok(name) }
}

/// Skips `[…]`, with what is quoted or nested in it.
fn subscript(rest: &str, form: Form) -> Result<&str, &'static str> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (_, '\\') => drop(characters.next()),
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '[') => depth += 1,
            (None, ']') if depth == 1 => {
                return inside(&rest[1..at], form).map(|()| &rest[at + 1..]);
            }
            (None, ']') => depth -= 1,
            _ => {}
        }
    }
    Err(if quote.is_some() { "has a quote that is not closed" } else { "has a `[` that is not closed" })
}

fn inside(subscript: &str, form: Form) -> Result<(), &'static str> {
    let subscript = subscript.trim();
    if subscript.is_empty() {
        return Err("has nothing between `[` and `]`");
    }
    let is_name = subscript.starts_with(['\'', '"']) && !subscript.contains("',") && !subscript.contains("\",");
    let is_index = subscript.strip_prefix('-').unwrap_or(subscript).bytes().all(|byte| byte.is_ascii_digit());
    if form == Form::Reference && !is_name && !is_index {
        return Err("may name several nodes: a reference path has only names and indices");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let valid = [
            "$",
            "$$",
            "$.a",
            "$.a.b[0].c",
            "$['a b']",
            "$..a",
            "$.a[*].b",
            "$.a[?(@.b == 'x]')].c",
            "$.a[1:3]",
            "$.a[-1:]",
            "$$.Execution.Id",
            "$name",
            "$name.a[0]",
            "$.a-b",
            "$.[0]",
            "$.é",
            "$.a[?(@.b[0] > 1)]",
            "$.a.length()",
            "$[0,1]",
        ];
        let invalid =
            ["", "a", "$.", "$..", "$...a", "$.a.", "$[", "$[]", "$.a[0", "$['a]", "$.a]", "$ a", "$1", "$$a"];
        assert_eq!(valid.map(|text| fault(text, Form::Any)), [const { None }; 19]);
        assert!(invalid.iter().all(|text| fault(text, Form::Any).is_some()), "{invalid:?}");
    }

    #[test]
    fn reference_paths_name_one_node() {
        let valid =
            ["$", "$.a", "$.a[0].b", "$['a']['b']", "$.store\\.book", "$$.Map.Item.Value", "$name.a", "$.a\\[b"];
        let invalid = ["$..a", "$.a[*]", "$.*", "$.a[0,1]", "$.a[1:2]", "$.a[?(@.b)]", "$['a','b']"];
        assert!(valid.iter().all(|text| fault(text, Form::Reference).is_none()), "{valid:?}");
        assert!(invalid.iter().all(|text| fault(text, Form::Reference).is_some()), "{invalid:?}");
    }

    #[test]
    fn results_go_into_the_input() {
        assert!(["$", "$.a", "$['a']"].iter().all(|text| result_fault(text).is_none()));
        assert!(["$$", "$$.a", "$name", "a", "$.a[*]"].iter().all(|text| result_fault(text).is_some()));
    }
}
