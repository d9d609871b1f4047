//! When a job runs, and with what input.

use serde_json::json;

use super::job::Context;
use super::{Check, value};
use crate::arn::Arn;
use crate::config::duration;
use crate::config::names::fit;
use crate::config::raw::{RawDelivery, RawJob, RawSchedule};
use crate::config::{DeliveryRetry, Schedule, Work};
use crate::schedule::Dialect;

/// The most characters of a rule target's input. Source: Amazon EventBridge API, `Target`.
const LONGEST_INPUT: usize = 8_192;
/// The most characters of an execution's input. Source: AWS Step Functions API, `StartExecution`.
const LONGEST_EXECUTION_INPUT: usize = 262_144;

impl Context<'_> {
    /// The schedules of one job.
    pub(super) fn schedules(
        &self,
        job: &str,
        raw: &RawJob,
        work: Option<&Work>,
        warnings: &mut Vec<String>,
    ) -> Vec<Schedule> {
        let enabled = value(&raw.enabled).unwrap_or(true);
        raw.schedules.iter().filter_map(|schedule| self.schedule(job, enabled, schedule, work, warnings)).collect()
    }

    fn schedule(
        &self,
        job: &str,
        job_enabled: bool,
        raw: &RawSchedule,
        work: Option<&Work>,
        warnings: &mut Vec<String>,
    ) -> Option<Schedule> {
        let name = value(&raw.name);
        if let Some(at) = &raw.name
            && (at.get_ref().is_empty()
                || !at.get_ref().chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
        {
            let hint = "one or more of a-z, A-Z, 0-9, hyphens, underscores and dots";
            self.check.fault(at.span(), format!("`{}` can't be a schedule's name", at.get_ref()), Some(hint));
        }
        if raw.expression.is_none() && !self.check.is_mistyped("expression") {
            let hint = "add `expression = \"rate(3 hours)\"`";
            self.check.fault(raw.span.start..raw.span.start, "this schedule has no `expression`", Some(hint));
        }
        let rule = match &name {
            Some(name) => format!("{}-{job}-{name}", self.app),
            None => format!("{}-{job}", self.app),
        };
        let (dialect, scheduler) = self.check.scheduler(raw);
        Some(Schedule {
            rule: fit(&rule, 64),
            name,
            input: self.input(raw, work, dialect),
            expression: self.check.expression(raw.expression.as_ref()?, scheduler.as_ref(), warnings),
            scheduler,
            enabled: job_enabled && value(&raw.enabled).unwrap_or(true),
            retry: raw.retry.as_ref().and_then(|retry| self.check.delivery(retry)),
            dead_letter: self.check.queue(raw),
        })
    }

    fn input(&self, raw: &RawSchedule, work: Option<&Work>, dialect: Dialect) -> Option<serde_json::Value> {
        if let (Some(_), Some(input)) = (&raw.command, &raw.input) {
            self.check.fault(
                input.span(),
                "`input` beside `command`",
                Some("`command` is the short way to write an input: keep one"),
            );
        }
        if let Some(command) = &raw.command
            && command.get_ref().is_empty()
        {
            let hint = "for the image's own command, write `command = []` on the job and none here";
            self.check.fault(command.span(), "a schedule's `command` can't be empty", Some(hint));
        }
        if let (Some(Work::Task(_)), Some(input)) = (work, &raw.input)
            && let Some(commands) = input.get_ref().get("commands")
            && !commands
                .as_array()
                .is_some_and(|words| !words.is_empty() && words.iter().all(serde_json::Value::is_string))
        {
            let hint = "such as `commands = [\"php\", \"artisan\"]`";
            self.check.fault(
                input.span(),
                "`commands` of an input must be a list of strings, with one at least",
                Some(hint),
            );
        }
        let own = match work {
            Some(Work::Task(task)) => task.command.clone().filter(|command| !command.is_empty()),
            _ => None,
        };
        let command = value(&raw.command).or(own);
        let default = matches!(work, Some(Work::Task(_))).then(|| json!({}));
        let input = value(&raw.input).or_else(|| command.map(|command| json!({ "commands": command }))).or(default);
        let length = input.as_ref().map_or(0, |input| input.to_string().chars().count());
        let most = if dialect == Dialect::Rule { LONGEST_INPUT } else { LONGEST_EXECUTION_INPUT };
        if length > most {
            let message = format!("the input has {length} characters: EventBridge takes {most}");
            self.check.fault(raw.span.clone(), message, None);
        }
        input
    }
}

impl Check<'_> {
    fn delivery(&self, raw: &RawDelivery) -> Option<DeliveryRetry> {
        let age = raw.max_age.as_ref().map(|age| (duration::parse(age.get_ref()), age.span()));
        let max_age = match age {
            None => Some(86_400),
            Some((Ok(seconds @ 60..=86_400), _)) => i32::try_from(seconds).ok(),
            Some((Ok(_), span)) => {
                self.fault(span, "`max_age` is out of range", Some("from `1m` to `1d`"));
                None
            }
            Some((Err(message), span)) => {
                self.fault(span, message, None);
                None
            }
        };
        let attempts = match &raw.attempts {
            None => Some(185),
            Some(attempts) => {
                let count = i32::try_from(*attempts.get_ref()).ok().filter(|count| (0..=185).contains(count));
                if count.is_none() {
                    self.fault(attempts.span(), "`attempts` is out of range", Some("from 0 to 185"));
                }
                count
            }
        };
        Some(DeliveryRetry { max_age: max_age?, attempts: attempts? })
    }

    fn queue(&self, raw: &RawSchedule) -> Option<String> {
        let arn = raw.dead_letter.as_ref()?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let named = |queue: &Arn<'_>| queue.resource.len() <= 80 && queue.resource.chars().all(allowed);
        let right = |queue: &Arn<'_>| queue.service == "sqs" && queue.is_regional() && named(queue);
        let Some(queue) = Arn::parse(arn.get_ref()).filter(right) else {
            let hint = "such as `arn:aws:sqs:us-east-1:123456789012:name`";
            self.fault(arn.span(), format!("`{}` is not the ARN of a queue", arn.get_ref()), Some(hint));
            return None;
        };
        if queue.resource.strip_suffix(".fifo").is_some() {
            self.fault(arn.span(), "EventBridge takes no FIFO queue for dead letters", Some("name a standard queue"));
        }
        self.same_region(&arn.span(), &queue, "queue");
        Some(arn.get_ref().clone())
    }
}
