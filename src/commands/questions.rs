//! Values from flags, or from the person at the terminal.

use crate::config::listed;
use crate::error::Error;
use crate::report::{asked, choices, is_interactive, note};

/// What is asked for, and what nobody gave.
#[derive(Default)]
pub struct Questions {
    missing: Vec<&'static str>,
}

impl Questions {
    /// The flag's value, a person's answer, or the default. An answer of which `wrong` says why is asked for again.
    pub fn text(
        &mut self,
        flag: &'static str,
        given: Option<String>,
        question: &str,
        default: Option<&str>,
        wrong: impl Fn(&str) -> Option<String>,
    ) -> Result<String, Error> {
        if let Some(given) = given {
            return Ok(given);
        }
        if !is_interactive() {
            if default.is_none() {
                self.missing.push(flag);
            }
            return Ok(default.unwrap_or_default().to_owned());
        }
        loop {
            let answer = asked(question, default).ok_or_else(unanswered)?;
            match if answer.is_empty() { Some("it can't be left out".into()) } else { wrong(&answer) } {
                Some(why) => note(&why),
                None => return Ok(answer),
            }
        }
    }

    /// One of `options`: the flag's, a person's choice, or the only one.
    pub fn choice(flag: &str, given: Option<String>, what: &str, options: &[String]) -> Result<String, Error> {
        let names = || listed(options.iter().map(String::as_str));
        if let Some(given) = given {
            return match options.contains(&given) {
                true => Ok(given),
                false if options.is_empty() => {
                    Err(Error::failed(format!("there is no {what} `{given}`, and no other")))
                }
                false => {
                    Err(Error::failed(format!("there is no {what} `{given}`")).hint(format!("there is {}", names())))
                }
            };
        }
        match options {
            [] => Err(Error::failed(format!("there is no {what} yet")).hint("make one first, or leave out `--aws`")),
            [only] => Ok(only.clone()),
            _ if !is_interactive() => {
                let error = Error::failed(format!("there is more than one {what}, and no `{flag}`"));
                Err(error.hint(format!("add `{flag}` with one of {}", names())))
            }
            _ => {
                choices(&format!("There is more than one {what}"), options);
                loop {
                    let answer = asked("Which, by number or name", None).ok_or_else(unanswered)?;
                    let numbered = answer.parse::<usize>().ok().and_then(|number| options.get(number.checked_sub(1)?));
                    match options.iter().find(|option| **option == answer).or(numbered) {
                        Some(option) => return Ok(option.clone()),
                        None => note(&format!("that is none of them: a number from 1 to {}, or a name", options.len())),
                    }
                }
            }
        }
    }

    /// An error that names every flag that is missing.
    pub fn complete(self) -> Result<(), Error> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let message = format!("a first config also needs {}", listed(self.missing));
        Err(Error::config(message).hint("give them as flags, or run `provision init` on a terminal"))
    }
}

fn unanswered() -> Error {
    Error::refused("nothing was written: there was no answer")
        .hint("run it again, or give the answers as flags: `provision init --help`")
}
