//! One job.

use toml::Spanned;

use super::task::cut_short;
use super::{Check, value};
use crate::config::names::fit;
use crate::config::raw::{At, Raw, RawJob};
use crate::config::{Job, Work};

/// What jobs are checked against.
pub struct Context<'a> {
    pub app: &'a str,
    pub raw: &'a Raw,
    pub check: &'a Check<'a>,
}

impl Context<'_> {
    /// The job that `raw` means.
    pub fn job(&self, name: &Spanned<String>, raw: &RawJob, warnings: &mut Vec<String>) -> Option<Job> {
        let named = self.job_name(name);
        let machine = self.machine_name(name.get_ref(), &raw.name);
        let work = self.work(raw, warnings);
        let schedules = self.schedules(name.get_ref(), raw, work.as_ref(), warnings);
        let logs = self.logs(name.get_ref(), &machine, &raw.logs.over(&self.raw.logs));
        let roles = self.roles(name.get_ref(), raw);
        let notify = self.check.notify(&raw.notify, &self.raw.notify, warnings);
        let alarm = self.check.alarm(&raw.alarm, &self.raw.alarm, warnings);
        self.description(&raw.description);
        self.permissions(raw, work.as_ref(), &machine, &logs, &roles);
        if let Some(Work::Task(task)) = &work {
            self.overrides(raw, task);
            warnings.extend(cut_short(name.get_ref(), raw, task));
        }
        (named).then_some(())?;
        Some(Job {
            name: name.get_ref().clone(),
            description: value(&raw.description),
            machine,
            work: work?,
            schedules,
            logs,
            roles,
            tracing: value(&raw.tracing).unwrap_or(false),
            protect: [&raw.protect, &self.raw.protect].into_iter().any(|protect| value(protect) == Some(true)),
            overlap: Check::overlap(&raw.overlap),
            notify,
            alarm,
        })
    }

    fn job_name(&self, name: &Spanned<String>) -> bool {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let good = (1..=64).contains(&name.get_ref().len()) && name.get_ref().chars().all(allowed);
        if !good {
            let message = format!("`{}` can't be a job's name", name.get_ref());
            self.check.fault(name.span(), message, Some("1 to 64 of a-z, A-Z, 0-9, hyphens and underscores"));
        }
        good
    }

    fn machine_name(&self, job: &str, name: &At<String>) -> String {
        let Some(name) = name else { return fit(&format!("{}-{job}", self.app), 80) };
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=80).contains(&name.get_ref().len()) || !name.get_ref().chars().all(allowed) {
            let message = format!("`{}` can't be a state machine's name", name.get_ref());
            self.check.fault(name.span(), message, Some("1 to 80 of a-z, A-Z, 0-9, hyphens and underscores"));
        }
        name.get_ref().clone()
    }

    fn description(&self, description: &At<String>) {
        if let Some(text) = description
            && text.get_ref().chars().count() > 512
        {
            self.check.fault(text.span(), "the description is too long", Some("at most 512 characters"));
        }
    }

    fn work(&self, raw: &RawJob, warnings: &mut Vec<String>) -> Option<Work> {
        let Some(definition) = &raw.definition else {
            if let Some(substitutions) = &raw.substitutions {
                let hint = "they go into a `definition` file, and this job has none";
                self.check.fault(substitutions.span(), "`substitutions` without a `definition`", Some(hint));
            }
            return self.task(raw).map(|task| Work::Task(Box::new(task)));
        };
        let generated = [
            ("command", raw.command.as_ref().map(Spanned::span)),
            ("timeout", raw.timeout.as_ref().map(Spanned::span)),
            ("deadline", raw.deadline.as_ref().map(Spanned::span)),
            ("environment", raw.environment.as_ref().map(Spanned::span)),
            ("ecs", raw.ecs_span.clone()),
            ("retry", raw.retry.as_ref().map(|retry| retry.span.clone())),
        ];
        for (key, span) in generated {
            if let Some(span) = span {
                let message = format!("`{key}` has no place beside a `definition`, which is deployed as it is");
                self.check.fault(
                    span,
                    message,
                    Some("say it in the definition's own terms, or leave one of the two out"),
                );
            }
        }
        let text = self.check.definition(definition, &raw.substitutions, warnings)?;
        let values = raw.substitutions.as_ref().map(|values| values.get_ref().values().cloned().collect());
        Some(Work::Definition { text, values: values.unwrap_or_default() })
    }
}
