//! A story in lines.

use std::fmt::{Display, Formatter, Result};

use super::story::{Command, Drift, Step, Story, Stranger};
use super::trouble::{Blow, End, Trouble};

impl Display for Story {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (name, first) in [("first", true), ("second", false)] {
            writeln!(f, "{name} config:")?;
            self.text(first).lines().try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            write!(f, "{number:2}. ")?;
            match step {
                Step::Apply(command) => writeln!(f, "apply {}", self.told(command))?,
                Step::Destroy(command, true) => writeln!(f, "destroy --keep-logs {}", self.told(command))?,
                Step::Destroy(command, false) => writeln!(f, "destroy {}", self.told(command))?,
                Step::Planned(command, None) => writeln!(f, "save a plan and apply it: {}", self.told(command))?,
                Step::Planned(command, Some(Drift { pick, how })) => {
                    let command = self.told(command);
                    writeln!(f, "save a plan, somebody changes resource {pick} ({how}), apply it: {command}")?;
                }
                Step::Drift(Drift { pick, how }) => writeln!(f, "somebody changes resource {pick} ({how})")?,
                Step::Stranger(Stranger { first, pick, whose, our_name }) => {
                    let (of, name) = (config(*first), if *our_name { "its" } else { "another" });
                    writeln!(f, "somebody makes a resource like {pick} of {of} under {name} name: {whose:?}")?;
                }
            }
        }
        write!(f, "    then apply the second, and destroy{}", if self.keeps_logs { " --keep-logs" } else { "" })
    }
}

fn config(first: bool) -> &'static str {
    if first { "the first" } else { "the second" }
}

impl Story {
    fn told(&self, command: &Command) -> String {
        let jobs = self.jobs(command).into_iter().map(|job| format!(" --job {job}"));
        let adopt = if command.adopts { " --adopt" } else { "" };
        format!("{}{}{adopt}{}", config(command.first), jobs.collect::<String>(), command.trouble)
    }
}

impl Display for Trouble {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for Blow { of, share, fault, times } in &self.blows {
            write!(f, "; {fault:?} {times} x for each {of:?} of share {share}")?;
        }
        self.end.iter().try_for_each(|End { how, of_write, number }| {
            write!(f, "; {how:?} at {} {number}", if *of_write { "write" } else { "request" })
        })
    }
}
