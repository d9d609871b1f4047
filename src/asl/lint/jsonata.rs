//! The delimiters of `JSONata`. Source:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>.

use super::jsonata_syntax;

const OPEN: &str = "{%";
const CLOSE: &str = "%}";

/// Whether a string looks as if it should be an expression. With blanks around both delimiters it is a plain value.
pub(super) fn is_meant(text: &str) -> bool {
    text.starts_with(OPEN) || text.ends_with(CLOSE)
}

/// Why a string is no expression, as a fragment; a string without delimiters is a plain value.
pub(super) fn fault(text: &str) -> Option<String> {
    if !is_meant(text) {
        return None;
    }
    let Some(inside) = text.strip_prefix(OPEN) else {
        return Some("ends with `%}` but does not begin with `{%`".to_owned());
    };
    let Some(expression) = inside.strip_suffix(CLOSE) else {
        return Some("begins with `{%` but does not end with `%}`".to_owned());
    };
    if expression.trim().is_empty() {
        return Some("has nothing between `{%` and `%}`".to_owned());
    }
    jsonata_syntax::fault(expression).map(|reason| format!("is no JSONata: {reason}"))
}

/// Whether an expression reads a variable, other than in a quoted text.
pub(super) fn reads(text: &str, name: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let (mut quotes, mut counted) = (0, 0);
    let mut found = text.match_indices(name).map(|(at, _)| {
        quotes += text[counted..at].matches(['\'', '"']).count();
        counted = at;
        quotes % 2 == 0 && !goes_on(&text[at + name.len()..])
    });
    is_meant(text) && found.any(|is_read| is_read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        let name = "$states.result";
        assert!(["{% $states.result %}", "{% 'a' & $states.result.b %}"].iter().all(|text| reads(text, name)));
        assert!(
            !["$states.result", "{% $states.results %}", "{% '$states.result' %}"].iter().any(|text| reads(text, name))
        );
    }

    #[test]
    fn expressions() {
        let valid = [
            "plain",
            "100%",
            "{% $a %}",
            "{%$a%}",
            " {% $a %} ",
            "{% {'a': [1, (2)]} %}",
            "{% $match($a, /[(]/) %}",
            "{% a ?: b ?? c %}", // of JSONata 2.1: what AWS has is not said for certain
            "{% ')' & \"\\\"\" %}",
        ];
        let invalid =
            ["{% $a", "$a %}", " {% $a %}", "{% $a %} b", "{%%}", "{% %}", "{% ($a %}", "{% $a) %}", "{% 'a %}", "{%}"];
        assert!(valid.iter().all(|text| fault(text).is_none()));
        for text in invalid {
            assert!(fault(text).is_some(), "{text}");
        }
    }
}
