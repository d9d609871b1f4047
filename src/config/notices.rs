//! What happens beside a job's runs: overlaps, notices, alarms.

/// What happens when a job is due and its last run still goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// Both run.
    #[default]
    Allow,
    /// The new run ends at once.
    Skip,
    /// The last run is stopped.
    Replace,
}

/// Who hears how a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notify {
    /// The ARN of the topic for runs that fail.
    pub failure: Option<String>,
    /// The ARN of the topic for runs that succeed.
    pub success: Option<String>,
}

/// What alarms watch, and whom they tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Whether a run that fails raises one.
    pub failures: bool,
    /// How many seconds may pass without a run that succeeds.
    pub no_success_in: Option<u32>,
    /// The ARNs of topics.
    pub actions: Vec<String>,
}
