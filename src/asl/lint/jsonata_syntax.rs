//! The grammar of `JSONata`, as far as it tells that a text is none. What few people write, regular expressions and
//! signatures of functions, is passed over. Source: <https://docs.jsonata.org/overview.html>, in the order of
//! precedence of its reference implementation.

use super::jsonata_tokens::{Kind, Token, Tokens};

/// An expression nested deeper than this is not looked at.
const DEEPEST: usize = 100;

/// Why reading ends early.
pub(super) enum Stop {
    Wrong(String),
    /// It may be right, but is not understood here.
    Unsure,
}

/// What an expression is, as far as others depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    Variable,
    /// The word that begins a function's definition.
    Function,
    /// A number, `true`, `false` or `null`.
    Constant,
    Other,
}

type Read<T> = Result<T, Stop>;

/// Why `text` is no expression, as a fragment.
pub(super) fn fault(text: &str) -> Option<String> {
    match parse(text) {
        Err(Stop::Wrong(reason)) => Some(reason),
        Ok(()) | Err(Stop::Unsure) => None,
    }
}

fn parse(text: &str) -> Read<()> {
    let mut tokens = Tokens::new(text);
    let token = tokens.next(true)?;
    let mut parser = Parser { tokens, token, depth: 0 };
    parser.expression(0)?;
    match parser.token {
        Token { kind: Kind::End, .. } => Ok(()),
        Token { text: close @ (")" | "]" | "}"), .. } => wrong(format!("`{close}` has no partner")),
        Token { text, .. } => wrong(format!("`{text}` is not expected there")),
    }
}

fn wrong<T>(reason: impl Into<String>) -> Read<T> {
    Err(Stop::Wrong(reason.into()))
}

/// How strongly an operator binds to what stands before it.
fn binding(token: &Token) -> usize {
    match (token.kind, token.text) {
        (Kind::Operator, "(" | "[" | "@" | "#") => 80,
        (Kind::Operator, ".") => 75,
        (Kind::Operator, "{") => 70,
        (Kind::Operator, "*" | "/" | "%") => 60,
        (Kind::Operator, "+" | "-" | "&") => 50,
        (Kind::Operator, "=" | "!=" | "<" | "<=" | ">" | ">=" | "^" | "~>" | "?:" | "??" | "in") => 40,
        (Kind::Operator, "and") => 30,
        (Kind::Operator, "or") => 25,
        (Kind::Operator, "?") => 20,
        (Kind::Operator, ":=") => 10,
        _ => 0,
    }
}

struct Parser<'a> {
    tokens: Tokens<'a>,
    token: Token<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn advance(&mut self, value_next: bool) -> Read<Token<'a>> {
        let next = self.tokens.next(value_next)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn is(&self, operator: &str) -> bool {
        self.token.kind == Kind::Operator && self.token.text == operator
    }

    fn eat(&mut self, operator: &str, value_next: bool) -> Read<()> {
        if self.is(operator) {
            return self.advance(value_next).map(drop);
        }
        match self.token.kind {
            Kind::End => wrong(format!("a `{operator}` is missing")),
            _ => wrong(format!("`{operator}` is expected before `{}`", self.token.text)),
        }
    }

    fn expression(&mut self, binds: usize) -> Read<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop::Unsure);
        }
        if self.is("/") {
            self.token = self.tokens.again(&self.token)?;
        }
        let first = self.advance(false)?;
        let mut left = self.begins(&first)?;
        while binds < binding(&self.token) {
            let operator = self.advance(true)?;
            left = self.goes_on(left, &operator)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn begins(&mut self, first: &Token) -> Read<Node> {
        match (first.kind, first.text) {
            (Kind::Variable, _) => return Ok(Node::Variable),
            (Kind::Constant, _) => return Ok(Node::Constant),
            (Kind::Name, "function" | "λ") => return Ok(Node::Function),
            (Kind::Name | Kind::Text | Kind::Regex, _) | (Kind::Operator, "and" | "or" | "in" | "*" | "**" | "%") => {}
            (Kind::Operator, "-") => drop(self.expression(70)?),
            (Kind::Operator, "(") => self.block()?,
            (Kind::Operator, "[") => self.list("]", Self::element)?,
            (Kind::Operator, "{") => self.list("}", Self::member)?,
            (Kind::Operator, "|") => self.transform()?,
            (Kind::Operator, text) => return wrong(format!("a value is expected before `{text}`")),
            (Kind::End, _) => return wrong("it ends where a value is expected"),
        }
        Ok(Node::Other)
    }

    fn goes_on(&mut self, left: Node, operator: &Token) -> Read<Node> {
        match operator.text {
            "(" => return self.call(left),
            "[" if self.is("]") => {
                self.eat("]", false)?;
                return Ok(left);
            }
            "[" => {
                self.expression(0)?;
                self.eat("]", false)?;
            }
            "{" => self.list("}", Self::member)?,
            "^" => {
                self.eat("(", true)?;
                self.list(")", Self::order)?;
            }
            "?" => {
                self.expression(0)?;
                if self.is(":") {
                    self.eat(":", true)?;
                    self.expression(0)?;
                }
            }
            "?:" | "??" => drop(self.expression(0)?),
            ":=" if left != Node::Variable => return wrong("only a variable can stand before `:=`"),
            ":=" => drop(self.expression(9)?),
            "." => {
                if self.expression(75)? == Node::Constant || left == Node::Constant {
                    return wrong("a number, `true`, `false` or `null` is no step of a path");
                }
            }
            "@" | "#" => {
                if self.expression(80)? != Node::Variable {
                    return wrong(format!("a variable is expected after `{}`", operator.text));
                }
            }
            _ => drop(self.expression(binding(operator))?),
        }
        Ok(Node::Other)
    }

    fn block(&mut self) -> Read<()> {
        while !self.is(")") {
            self.expression(0)?;
            if !self.is(";") {
                break;
            }
            self.eat(";", true)?;
        }
        self.eat(")", false)
    }

    /// Items between commas, up to `close`.
    fn list(&mut self, close: &str, item: fn(&mut Self) -> Read<Node>) -> Read<()> {
        if close == ")" || !self.is(close) {
            item(self)?;
            while self.is(",") {
                self.eat(",", true)?;
                item(self)?;
            }
        }
        self.eat(close, false)
    }

    fn element(&mut self) -> Read<Node> {
        self.expression(0)?;
        if self.is("..") {
            self.eat("..", true)?;
            self.expression(0)?;
        }
        Ok(Node::Other)
    }

    fn member(&mut self) -> Read<Node> {
        self.expression(0)?;
        self.eat(":", true)?;
        self.expression(0)
    }

    fn order(&mut self) -> Read<Node> {
        if self.is("<") || self.is(">") {
            self.advance(true)?;
        }
        self.expression(0)
    }

    /// `?` leaves an argument open.
    fn call(&mut self, called: Node) -> Read<Node> {
        let mut variables = true;
        if self.is(")") {
            self.eat(")", false)?;
        } else {
            loop {
                if self.is("?") {
                    self.eat("?", true)?;
                    variables = false;
                } else {
                    variables &= self.expression(0)? == Node::Variable;
                }
                if !self.is(",") {
                    break;
                }
                self.eat(",", true)?;
            }
            self.eat(")", false)?;
        }
        match called {
            Node::Function if self.is("<") => Err(Stop::Unsure),
            Node::Function if !variables => wrong("the parameters of a function are variables, with a `$`"),
            Node::Function => {
                self.eat("{", true)?;
                self.expression(0)?;
                self.eat("}", true)?;
                Ok(Node::Other)
            }
            _ => Ok(Node::Other),
        }
    }

    fn transform(&mut self) -> Read<()> {
        self.expression(0)?;
        self.eat("|", true)?;
        self.expression(0)?;
        if self.is(",") {
            self.eat(",", true)?;
            self.expression(0)?;
        }
        self.eat("|", false)
    }
}
