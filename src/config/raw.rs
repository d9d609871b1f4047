//! The config as it is written: every key optional, every value with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::section::Section;

/// A job's own keys, and the app's for what it leaves out.
macro_rules! over {
    ($own:expr, $base:expr, $type:ident { $($field:ident),+ $(,)? }) => {
        $type { $($field: $own.$field.clone().or_else(|| $base.$field.clone())),+ }
    };
}

mod notices;
mod schedule;

pub use notices::{RawAlarm, RawNotify};
pub use schedule::{RawDelivery, RawSchedule};

/// A value and where it is written.
pub type At<T> = Option<Spanned<T>>;

/// The whole file.
pub struct Raw {
    pub app: At<String>,
    pub region: At<String>,
    pub account: At<String>,
    pub tags: At<BTreeMap<String, String>>,
    pub ecs: RawEcs,
    pub logs: RawLogs,
    pub roles: RawRoles,
    pub notify: RawNotify,
    pub alarm: RawAlarm,
    pub protect: At<bool>,
    pub jobs: Vec<(Spanned<String>, RawJob)>,
}

/// `[ecs]`
#[derive(Clone, Default)]
pub struct RawEcs {
    pub cluster: At<String>,
    pub task_definition: At<String>,
    pub container: At<String>,
    pub subnets: At<Vec<String>>,
    pub security_groups: At<Vec<String>>,
    pub assign_public_ip: At<bool>,
    pub launch_type: At<String>,
    pub capacity_providers: At<Vec<RawCapacityProvider>>,
    pub platform_version: At<String>,
    pub propagate_tags: At<String>,
    pub enable_execute_command: At<bool>,
    pub cpu: At<i64>,
    pub memory: At<i64>,
    pub task_role: At<String>,
    pub execution_role: At<String>,
}

/// An item of `capacity_providers`.
#[derive(Clone)]
pub struct RawCapacityProvider {
    pub span: Range<usize>,
    pub name: At<String>,
    pub weight: At<i64>,
    pub base: At<i64>,
}

/// The `overlap` that every release has: the next run does not look at the last one.
pub const ALLOW: &str = "allow";

/// The days of logs that are kept for ever.
pub const NEVER: i64 = i64::MAX;

/// `[logs]`
#[derive(Clone, Default)]
pub struct RawLogs {
    pub group: At<String>,
    /// [`NEVER`] stands for `"never"`.
    pub retention_days: At<i64>,
    pub level: At<String>,
    pub include_execution_data: At<bool>,
}

/// `[roles]`
#[derive(Clone, Default)]
pub struct RawRoles {
    pub execution: At<String>,
    pub trigger: At<String>,
    pub permissions_boundary: At<String>,
}

/// `[job.NAME]`
pub struct RawJob {
    pub span: Range<usize>,
    pub description: At<String>,
    pub name: At<String>,
    pub command: At<Vec<String>>,
    pub definition: At<String>,
    pub substitutions: At<BTreeMap<String, String>>,
    pub timeout: At<String>,
    pub deadline: At<String>,
    pub retry: Option<RawRetry>,
    pub environment: At<BTreeMap<String, String>>,
    pub tracing: At<bool>,
    pub enabled: At<bool>,
    pub overlap: At<String>,
    pub protect: At<bool>,
    pub schedules: Vec<RawSchedule>,
    /// Where the job's own `[ecs]` is.
    pub ecs_span: Option<Range<usize>>,
    pub ecs: RawEcs,
    pub logs: RawLogs,
    pub roles: RawRoles,
    pub notify: RawNotify,
    pub alarm: RawAlarm,
}

/// `retry` of a job.
pub struct RawRetry {
    pub span: Range<usize>,
    pub attempts: At<i64>,
    pub interval: At<String>,
    pub backoff: At<f64>,
    pub max_interval: At<String>,
    pub jitter: At<bool>,
}

/// Reads the whole document.
pub fn read(mut top: Section<'_>) -> Raw {
    top.later(&["notify", "alarm"]);
    let raw = Raw {
        app: top.string("app"),
        region: top.string("region"),
        account: top.string("account"),
        tags: top.string_map("tags"),
        ecs: ecs(top.table("ecs")),
        logs: logs(top.table("logs")),
        roles: roles(top.table("roles")),
        notify: notices::notify(top.table_or("notify", "a table of topics")),
        alarm: notices::alarm(top.table("alarm")),
        protect: top.boolean("protect"),
        jobs: top.tables("job").into_iter().map(|(name, section)| (name, job(section))).collect(),
    };
    top.knows("env");
    top.finish();
    raw
}

fn ecs(section: Option<Section<'_>>) -> RawEcs {
    let Some(mut section) = section else { return RawEcs::default() };
    let raw = RawEcs {
        cluster: section.string("cluster"),
        task_definition: section.string("task_definition"),
        container: section.string("container"),
        subnets: section.strings("subnets"),
        security_groups: section.strings("security_groups"),
        assign_public_ip: section.boolean("assign_public_ip"),
        launch_type: section.one_of("launch_type", &["FARGATE", "EC2", "EXTERNAL"]),
        capacity_providers: section
            .table_list("capacity_providers")
            .map(|(span, items)| Spanned::new(span, items.into_iter().map(capacity_provider).collect())),
        platform_version: section.string("platform_version"),
        propagate_tags: section.one_of("propagate_tags", &["TASK_DEFINITION", "NONE"]),
        enable_execute_command: section.boolean("enable_execute_command"),
        cpu: section.integer("cpu"),
        memory: section.integer("memory"),
        task_role: section.string("task_role"),
        execution_role: section.string("execution_role"),
    };
    section.finish();
    raw
}

fn capacity_provider(mut section: Section<'_>) -> RawCapacityProvider {
    let raw = RawCapacityProvider {
        span: section.span.clone(),
        name: section.string("name"),
        weight: section.integer("weight"),
        base: section.integer("base"),
    };
    section.finish();
    raw
}

fn logs(section: Option<Section<'_>>) -> RawLogs {
    let Some(mut section) = section else { return RawLogs::default() };
    let raw = RawLogs {
        group: section.string("group"),
        retention_days: section.integer_or("retention_days", &[("never", NEVER)]),
        level: section.one_of("level", &["ALL", "ERROR", "FATAL", "OFF"]),
        include_execution_data: section.boolean("include_execution_data"),
    };
    section.finish();
    raw
}

fn roles(section: Option<Section<'_>>) -> RawRoles {
    let Some(mut section) = section else { return RawRoles::default() };
    let raw = RawRoles {
        execution: section.string("execution"),
        trigger: section.string("trigger"),
        permissions_boundary: section.string("permissions_boundary"),
    };
    section.finish();
    raw
}

fn job(mut section: Section<'_>) -> RawJob {
    section.later(&["notify", "alarm"]);
    if !section.says("overlap", ALLOW) {
        section.later(&["overlap"]);
    }
    let own_ecs = section.table("ecs");
    let raw = RawJob {
        ecs_span: own_ecs.as_ref().map(|ecs| ecs.span.clone()),
        span: section.span.clone(),
        description: section.string("description"),
        name: section.string("name"),
        command: section.strings("command"),
        definition: section.string("definition"),
        substitutions: section.string_map("substitutions"),
        timeout: section.duration("timeout"),
        deadline: section.duration("deadline"),
        retry: section.table("retry").map(retry),
        environment: section.string_map("environment"),
        tracing: section.boolean("tracing"),
        enabled: section.boolean("enabled"),
        overlap: section.one_of("overlap", &[ALLOW, "skip", "replace"]),
        protect: section.boolean("protect"),
        schedules: schedule::schedules(&mut section),
        ecs: ecs(own_ecs),
        logs: logs(section.table("logs")),
        roles: roles(section.table("roles")),
        notify: notices::notify(section.table_or("notify", "a table of topics")),
        alarm: notices::alarm(section.table("alarm")),
    };
    section.finish();
    raw
}

fn retry(mut section: Section<'_>) -> RawRetry {
    let raw = RawRetry {
        span: section.span.clone(),
        attempts: section.integer("attempts"),
        interval: section.duration("interval"),
        backoff: section.number("backoff"),
        max_interval: section.duration("max_interval"),
        jitter: section.boolean("jitter"),
    };
    section.finish();
    raw
}

impl RawEcs {
    /// These keys laid over `base`. A job that names what it runs on says so whole.
    pub fn over(&self, base: &Self) -> Self {
        let mut both = over!(
            self,
            base,
            RawEcs {
                cluster,
                task_definition,
                container,
                subnets,
                security_groups,
                assign_public_ip,
                launch_type,
                capacity_providers,
                platform_version,
                propagate_tags,
                enable_execute_command,
                cpu,
                memory,
                task_role,
                execution_role,
            }
        );
        if self.launch_type.is_some() || self.capacity_providers.is_some() {
            both.launch_type.clone_from(&self.launch_type);
            both.capacity_providers.clone_from(&self.capacity_providers);
        }
        both
    }
}

impl RawLogs {
    /// These keys laid over `base`.
    pub fn over(&self, base: &Self) -> Self {
        over!(self, base, RawLogs { group, retention_days, level, include_execution_data })
    }
}

impl RawRoles {
    /// These keys laid over `base`.
    pub fn over(&self, base: &Self) -> Self {
        over!(self, base, RawRoles { execution, trigger, permissions_boundary })
    }
}
