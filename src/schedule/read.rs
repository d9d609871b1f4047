//! The outer form: a function's name and its arguments between parentheses.

use super::fault::{Fault, Piece};
use super::{Cron, Dialect, Expression, Rate, at};

const FUNCTIONS: [&str; 3] = ["cron", "rate", "at"];

/// What a shell or another format puts around an expression.
pub(super) const QUOTES: [char; 3] = ['\'', '"', '`'];

pub(super) fn expression(text: &str, dialect: Dialect) -> Result<Expression, Fault> {
    let whole = Piece::whole(text);
    if text.trim().is_empty() {
        return Err(whole.fault("there is no schedule expression"));
    }
    if text.trim() != text {
        return Err(whole.fault("a schedule expression can't begin or end with a space"));
    }
    if text.starts_with(QUOTES) {
        return Err(whole.fault("the quotes are no part of a schedule expression"));
    }
    let Some((name, rest)) = whole.split_once('(') else {
        return Err(without_parenthesis(whole, dialect));
    };
    if !FUNCTIONS.contains(&name.text) {
        return Err(wrong_function(name, dialect));
    }
    let Some((arguments, after)) = rest.split_once(')') else {
        return Err(whole.fault("the closing `)` is missing"));
    };
    if !after.text.is_empty() {
        return Err(after.fault("nothing may follow the closing `)`"));
    }
    if arguments.text.trim() != arguments.text {
        return Err(arguments.fault("no space is allowed just inside the parentheses"));
    }
    match name.text {
        "cron" => Cron::parse(arguments).map(Expression::Cron),
        "rate" => Rate::parse(arguments, dialect).map(Expression::Rate),
        _ => at::parse(arguments, whole, dialect).map(Expression::At),
    }
}

fn wrong_function(name: Piece<'_>, dialect: Dialect) -> Fault {
    let meant = name.text.trim().to_ascii_lowercase();
    if meant.is_empty() {
        return name.fault(format!("nothing stands before the `(`; {}", forms(dialect)));
    }
    if !FUNCTIONS.contains(&meant.as_str()) {
        let found = name.text.trim();
        return name.fault(format!("there is no `{found}( )`; {}", forms(dialect)));
    }
    if name.text.trim() == meant {
        return name.fault(format!("no space is allowed between `{meant}` and its `(`"));
    }
    name.fault(format!("`{meant}` must be in lower case"))
}

fn without_parenthesis(whole: Piece<'_>, dialect: Dialect) -> Fault {
    let words = whole.words();
    let first = words.first().map_or("", |word| word.text);
    let meant = first.to_ascii_lowercase();
    let fields = first.starts_with(|c: char| c.is_ascii_digit() || c == '*');
    let number = first.bytes().all(|byte| byte.is_ascii_digit());
    if FUNCTIONS.contains(&meant.as_str()) {
        return whole.fault(format!("the `(` after `{meant}` is missing"));
    }
    match (words.len(), fields) {
        (5, true) => whole.fault("this is a Unix cron line; AWS wants six fields between `cron(` and `)`"),
        (6 | 7, true) => whole.fault("the fields must stand between `cron(` and `)`"),
        (2, true) if number => whole.fault("the rate must stand between `rate(` and `)`"),
        _ if first.starts_with('@') => whole.fault(format!("AWS does not know `{first}`")),
        _ => whole.fault(format!("this is not a schedule expression; {}", forms(dialect))),
    }
}

fn forms(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Rule => "there are `cron( )` and `rate( )`",
        Dialect::Scheduler => "there are `cron( )`, `rate( )` and `at( )`",
    }
}
