//! Where a state machine logs.

use super::job::Context;
use super::{partition, value};
use crate::config::Logs;
use crate::config::names::fit;
use crate::config::raw::{NEVER, RawLogs};

/// Source: Amazon CloudWatch Logs API, `PutRetentionPolicy`.
const RETENTION_DAYS: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
/// The longest ARN of a log group. Source: AWS Step Functions API, `CreateStateMachine`.
const LONGEST_ARN: usize = 256;

impl Context<'_> {
    pub(super) fn logs(&self, job: &str, machine: &str, raw: &RawLogs) -> Logs {
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
        let rest = self.log_group_arn("").len();
        if let Some(at) = &raw.group
            && rest + group.len() > LONGEST_ARN
        {
            let message = format!("the log group's name has {} characters, too many for Step Functions", group.len());
            let left = LONGEST_ARN.saturating_sub(rest);
            let hint = format!("its whole ARN may have {LONGEST_ARN}, which leaves {left} for the name");
            self.check.fault(at.span(), message, Some(&hint));
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

    /// As short as it can be: a region that is not known has nine letters.
    fn log_group_arn(&self, name: &str) -> String {
        let region = self.check.region.as_deref().unwrap_or("us-east-1");
        format!("arn:{}:logs:{region}:123456789012:log-group:{name}:*", partition(region))
    }
}
