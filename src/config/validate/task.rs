//! What a generated state machine runs, and for how long.

use std::collections::BTreeMap;

use serde_json::json;
use toml::Spanned;

use super::job::Context;
use super::{Check, value};
use crate::asl::overrides_length;
use crate::config::duration;
use crate::config::raw::{At, RawJob, RawRetry, RawSchedule};
use crate::config::{Retry, Task};

/// The attempt of a task that names no timeout: an hour, in seconds.
const DEFAULT_TIMEOUT: u32 = 3_600;
/// The longest time of a state or an execution that Step Functions takes, in seconds.
/// Source: Amazon States Language, "Task workflow state".
const LONGEST: u32 = 99_999_999;
/// Source: Amazon ECS API, `RunTask` (`overrides`).
const LONGEST_OVERRIDES: usize = 8_192;

impl Context<'_> {
    pub(super) fn task(&self, raw: &RawJob) -> Option<Task> {
        if self.check.is_mistyped("definition") {
            return None;
        }
        self.says_what(raw);
        if let Some(environment) = &raw.environment {
            self.check.variables(environment);
        }
        let ecs = self.check.ecs(&raw.ecs.over(&self.raw.ecs), &raw.span);
        Some(Task {
            command: value(&raw.command),
            timeout: self.seconds(&raw.timeout).unwrap_or(DEFAULT_TIMEOUT),
            deadline: self.seconds(&raw.deadline),
            retry: raw.retry.as_ref().map(|retry| self.retry(retry)),
            environment: value(&raw.environment).unwrap_or_default(),
            ecs: ecs?,
        })
    }

    /// A generated state machine fails when neither its input nor the job says what to run.
    fn says_what(&self, raw: &RawJob) {
        let unread = ["command", "input"].iter().any(|key| self.check.is_mistyped(key));
        if raw.command.is_some() || unread {
            return;
        }
        let commands = |input: &Spanned<serde_json::Value>| input.get_ref().get("commands").is_some();
        let runs =
            |schedule: &&RawSchedule| schedule.command.is_some() || schedule.input.as_ref().is_some_and(commands);
        if !raw.schedules.iter().any(|schedule| runs(&schedule)) {
            let hint = "add `command = [\"…\"]` (`[]` runs the image's own command), or a `definition`";
            self.check.fault(raw.span.start..raw.span.start, "nothing says what this job runs", Some(hint));
            return;
        }
        for silent in raw.schedules.iter().filter(|schedule| !runs(schedule)) {
            let hint = "add a `command` here, or to the job one for all its schedules";
            self.check.fault(silent.span.start..silent.span.start, "nothing says what this schedule runs", Some(hint));
        }
    }

    fn seconds(&self, text: &At<String>) -> Option<u32> {
        let text = text.as_ref()?;
        let seconds = duration::parse(text.get_ref());
        let fault = match seconds {
            Ok(seconds) if seconds <= LONGEST => return Some(seconds),
            Ok(_) => format!("`{}` is too long: Step Functions takes {LONGEST} seconds at the most", text.get_ref()),
            Err(message) => message,
        };
        self.check.fault(text.span(), fault, None);
        None
    }

    fn retry(&self, raw: &RawRetry) -> Retry {
        let attempts = raw.attempts.as_ref().map_or(1, |attempts| {
            u32::try_from(*attempts.get_ref()).ok().filter(|count| *count <= LONGEST).unwrap_or_else(|| {
                let hint = format!("from 0 to {LONGEST}");
                self.check.fault(attempts.span(), "`attempts` is out of range", Some(&hint));
                0
            })
        });
        let backoff = raw.backoff.as_ref().map_or(2.0, |backoff| {
            if *backoff.get_ref() < 1.0 {
                self.check.fault(
                    backoff.span(),
                    "`backoff` is below 1",
                    Some("1.0 keeps the interval, 2.0 doubles it"),
                );
            }
            *backoff.get_ref()
        });
        let interval = self.seconds(&raw.interval).unwrap_or(1);
        let max_interval = self.seconds(&raw.max_interval);
        if let (Some(most), Some(at)) = (max_interval, &raw.max_interval)
            && (most <= interval || most >= 31_622_400)
        {
            let hint = format!("longer than the `interval` of {interval} seconds, and below 366 days");
            self.check.fault(at.span(), format!("`max_interval` can't be `{}`", at.get_ref()), Some(&hint));
        }
        Retry { attempts, interval, backoff, max_interval, jitter: value(&raw.jitter).unwrap_or(false) }
    }

    /// What each run says differently from the task definition. Source: Amazon ECS API, `RunTask` (`overrides`).
    pub(super) fn overrides(&self, raw: &RawJob, task: &Task) {
        let of_schedule = |schedule: &RawSchedule| {
            let input = schedule.input.as_ref().and_then(|input| input.get_ref().get("commands").cloned());
            schedule.command.as_ref().map(|command| json!(command.get_ref())).or(input)
        };
        let commands = raw.schedules.iter().filter_map(of_schedule).chain(task.command.as_ref().map(|own| json!(own)));
        let longest = commands.max_by_key(|command| command.to_string().len()).unwrap_or_default();
        let length = overrides_length(task, task.ecs.container.as_deref().unwrap_or("a"), &longest);
        if length > LONGEST_OVERRIDES {
            let at = raw.environment.as_ref().map_or(raw.span.start..raw.span.start, Spanned::span);
            let message = format!("command, environment and other overrides have {length} characters as JSON");
            let hint =
                format!("ECS takes {LONGEST_OVERRIDES}: move some of it into the task definition or into the image");
            self.check.fault(at, message, Some(&hint));
        }
    }
}

impl Check<'_> {
    /// The variables of a container's environment.
    fn variables(&self, environment: &Spanned<BTreeMap<String, String>>) {
        for name in environment.get_ref().keys() {
            if name.is_empty() {
                self.fault(environment.span(), "a variable has no name", None);
            } else if name.contains(['=', '\0']) {
                let hint = "what stands before the first `=` is the name";
                self.fault(environment.span(), format!("`{name}` can't be the name of a variable"), Some(hint));
            }
        }
        for (name, _) in environment.get_ref().iter().filter(|(_, value)| value.contains('\0')) {
            self.fault(environment.span(), format!("the variable `{name}` holds a character zero"), None);
        }
    }
}

/// The run ends at its deadline, whatever its attempts may take.
pub fn cut_short(job: &str, raw: &RawJob, task: &Task) -> Option<String> {
    let (timeout, deadline) = (raw.timeout.as_ref()?, raw.deadline.as_ref()?);
    (task.deadline? < task.timeout).then(|| {
        let (timeout, deadline) = (timeout.get_ref(), deadline.get_ref());
        format!("job `{job}`: the `deadline` of {deadline} ends a run before its `timeout` of {timeout} can")
    })
}
