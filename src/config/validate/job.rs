//! One job.

use toml::Spanned;

use super::{Check, value};
use crate::config::duration;
use crate::config::names::fit;
use crate::config::raw::{At, NEVER, Raw, RawJob, RawLogs, RawRetry, RawSchedule};
use crate::config::{Job, Logs, Retry, RoleChoice, Roles, Task, Work};
use crate::facts::TaskDefinitionRef;
use crate::iam::{Need, RunTask, needs};

/// The attempt of a task that names no timeout: an hour, in seconds.
const DEFAULT_TIMEOUT: u32 = 3_600;
/// The longest time of a state or an execution that Step Functions takes, in seconds.
/// Source: Amazon States Language, "Task workflow state".
const LONGEST: u32 = 99_999_999;
/// Source: Amazon CloudWatch Logs API, `PutRetentionPolicy`.
const RETENTION_DAYS: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

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
        self.description(&raw.description);
        self.permissions(raw, work.as_ref(), &roles);
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
        })
    }

    /// A role that we make must be worked out from the definition alone.
    fn permissions(&self, raw: &RawJob, work: Option<&Work>, roles: &Roles) {
        let (Some(at), Some(Work::Definition(text)), RoleChoice::Made(_)) = (&raw.definition, work, &roles.execution)
        else {
            return;
        };
        let value = serde_json::from_str(text).unwrap_or_default();
        let wrong = |run: &RunTask<'_>| {
            (!TaskDefinitionRef::parse(run.task_definition).is_valid()).then(|| {
                format!(
                    "it runs `{}`, which is not a family, family:revision or ARN of a task definition",
                    run.task_definition
                )
            })
        };
        let unknown = match needs(&value) {
            Err(unknown) => unknown,
            Ok(needs) => needs
                .iter()
                .filter_map(|need| match need {
                    Need::RunTask(run) => wrong(run),
                    _ => None,
                })
                .collect(),
        };
        let hint = "mend the definition, or bring a role of your own: `roles.execution = \"arn:…\"`";
        for why in unknown {
            self.check.fault(at.span(), format!("no role can be made for this definition: {why}"), Some(hint));
        }
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
        self.check.definition(definition, &raw.substitutions, warnings).map(Work::Definition)
    }

    fn task(&self, raw: &RawJob) -> Option<Task> {
        if self.check.is_mistyped("definition") {
            return None;
        }
        self.says_what(raw);
        if let Some(environment) = raw.environment.as_ref().filter(|environment| environment.get_ref().contains_key(""))
        {
            self.check.fault(environment.span(), "a variable has no name", None);
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

    fn logs(&self, job: &str, machine: &str, raw: &RawLogs) -> Logs {
        let pattern = raw.group.as_ref().map_or("/aws/vendedlogs/states/{app}-{job}", |group| group.get_ref());
        let group = fit(&pattern.replace("{app}", self.app).replace("{job}", job).replace("{name}", machine), 512);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_-./#".contains(c);
        if let Some(at) = &raw.group
            && (group.is_empty() || !group.chars().all(allowed) || group.starts_with("aws/"))
        {
            let hint =
                "letters, digits and _ - . / #, with `{app}`, `{job}` and `{name}` (the state machine's) filled in";
            self.check.fault(at.span(), format!("`{group}` can't be a log group's name"), Some(hint));
        }
        if let Some(days) = &raw.retention_days
            && *days.get_ref() != NEVER
            && !RETENTION_DAYS.contains(days.get_ref())
        {
            let near = RETENTION_DAYS.iter().min_by_key(|day| day.abs_diff(*days.get_ref())).copied().unwrap_or(30);
            let hint = format!("the nearest that CloudWatch Logs takes is {near}; `\"never\"` keeps them for ever");
            let message = format!("logs can't be kept for {} days", days.get_ref());
            self.check.fault(days.span(), message, Some(&hint));
        }
        let days = value(&raw.retention_days).unwrap_or(30);
        Logs {
            group,
            retention_days: i32::try_from(days).ok(),
            level: value(&raw.level).unwrap_or_else(|| "ALL".into()),
            include_execution_data: value(&raw.include_execution_data).unwrap_or(true),
        }
    }

    fn roles(&self, job: &str, raw: &RawJob) -> Roles {
        let both = raw.roles.over(&self.raw.roles);
        let choice = |given: &At<String>, use_for: &str| match given {
            Some(arn) => RoleChoice::Given(self.check.iam_arn(arn, "role")),
            None => RoleChoice::Made(fit(&format!("{}-{job}-{use_for}", self.app), 64)),
        };
        Roles {
            execution: choice(&both.execution, "execution"),
            trigger: choice(&both.trigger, "trigger"),
            permissions_boundary: both.permissions_boundary.as_ref().map(|arn| self.check.iam_arn(arn, "policy")),
        }
    }
}
