//! From what is written to what it means: defaults filled in, every fault noted.

mod definition;
mod ecs;
mod job;
mod logs;
mod notices;
mod roles;
mod schedule;
mod size;
mod task;
mod timing;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;

use super::fault::{Faults, Source};
use super::names::is_app;
use super::raw::{At, Raw};
use super::{Config, Job, RoleChoice};
use crate::arn::Arn;
use crate::scope::partition;

/// The most tags that a resource carries, less our own two, or three. Source: AWS Tag Editor, "Tag naming limits".
const MAX_TAGS: usize = 48;

/// The config that `raw` means. None, or with faults noted, when it means none.
pub fn validate(raw: &Raw, source: &Arc<Source>, faults: &RefCell<Faults>) -> Option<Config> {
    let check = Check { source, faults, account: value(&raw.account), region: value(&raw.region) };
    let app = check.app(raw);
    check.region(&raw.region);
    check.account(&raw.account);
    let says_so = |protect: &At<bool>| value(protect) == Some(true);
    let protects = says_so(&raw.protect) || raw.jobs.iter().any(|(_, job)| says_so(&job.protect));
    check.tags(&raw.tags, MAX_TAGS - usize::from(protects));
    if raw.jobs.is_empty() && !check.is_mistyped("job") {
        check.fault(0..0, "there is no job", Some("add one: `[job.NAME]` with a `command` and a `schedule`"));
    }
    let mut warnings = Vec::new();
    let app_name = app.clone().unwrap_or_else(|| "app".to_owned());
    let context = job::Context { app: &app_name, raw, check: &check };
    let jobs: Vec<Job> = raw.jobs.iter().filter_map(|(name, raw)| context.job(name, raw, &mut warnings)).collect();
    check.collisions(&jobs, raw);
    check.schedule_group(&jobs, raw);
    warnings.extend(too_many_rules(&jobs));
    Some(Config {
        path: source.path.clone(),
        environment: None,
        app: app?,
        region: value(&raw.region),
        account: value(&raw.account),
        tags: value(&raw.tags).unwrap_or_default(),
        protect: value(&raw.protect).unwrap_or(false),
        secrets: Vec::new(),
        jobs,
        warnings,
        unsupported: Faults::default(),
    })
}

/// A role's or policy's name with its path. Source: IAM API, `CreateRole` and `CreatePolicy`.
fn is_iam_name(kind: &str, path_and_name: &str) -> bool {
    let (path, name) = path_and_name.rsplit_once('/').unwrap_or(("", path_and_name));
    let longest = if kind == "role" { 64 } else { 128 };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    (1..=longest).contains(&name.len())
        && name.chars().all(allowed)
        && path.len() <= 510
        && path.chars().all(|c| c.is_ascii_graphic())
}

fn value<T: Clone>(at: &At<T>) -> Option<T> {
    at.as_ref().map(|spanned| spanned.get_ref().clone())
}

/// The rules that a bus has where no quota was raised. Source: Amazon EventBridge User Guide, "Quotas".
const RULES: usize = 300;

fn too_many_rules(jobs: &[Job]) -> Option<String> {
    let rules = jobs.iter().flat_map(|job| &job.schedules).filter(|schedule| schedule.scheduler.is_none()).count();
    (rules > RULES).then(|| format!("{rules} rules: an account has {RULES}, as long as AWS does not raise its quota"))
}

/// Where faults go, and the checks that several parts share.
struct Check<'a> {
    source: &'a Arc<Source>,
    faults: &'a RefCell<Faults>,
    account: Option<String>,
    region: Option<String>,
}

impl Check<'_> {
    fn fault(&self, span: Range<usize>, message: impl Into<String>, hint: Option<&str>) {
        self.faults.borrow_mut().push(self.source, span, message, hint.map(str::to_owned));
    }

    /// Whether this key is there, but its value is wrong or its name misspelt, which is said already.
    fn is_mistyped(&self, key: &str) -> bool {
        self.faults.borrow().has_mistyped(key)
    }

    /// The folder that relative paths start from.
    fn folder(&self) -> &Path {
        self.source.path.parent().unwrap_or(Path::new(""))
    }

    fn app(&self, raw: &Raw) -> Option<String> {
        let Some(app) = &raw.app else {
            if self.is_mistyped("app") {
                return None;
            }
            self.fault(0..0, "`app` is missing", Some("name the app: `app = \"billing\"`"));
            return None;
        };
        if !is_app(app.get_ref()) {
            let message = format!("`{}` can't be the app's name", app.get_ref());
            self.fault(app.span(), message, Some("1 to 32 lowercase letters, digits and hyphens"));
            return None;
        }
        Some(app.get_ref().clone())
    }

    fn region(&self, region: &At<String>) {
        let Some(region) = region else { return };
        let parts: Vec<&str> = region.get_ref().split('-').collect();
        let good = parts.len() >= 3
            && (2..=4).contains(&parts[0].len())
            && parts[1..parts.len() - 1].iter().all(|part| !part.is_empty())
            && parts.iter().flat_map(|part| part.chars()).all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            && parts[parts.len() - 1].parse::<u8>().is_ok();
        if !good {
            let message = format!("`{}` is not a region", region.get_ref());
            self.fault(region.span(), message, Some("such as `us-east-1` or `ap-northeast-1`"));
        }
    }

    fn account(&self, account: &At<String>) {
        let Some(account) = account else { return };
        if account.get_ref().len() != 12 || !account.get_ref().chars().all(|c| c.is_ascii_digit()) {
            let message = format!("`{}` is not an account", account.get_ref());
            self.fault(account.span(), message, Some("twelve digits, in quotes"));
        }
    }

    fn tags(&self, tags: &At<BTreeMap<String, String>>, most: usize) {
        let Some(tags) = tags else { return };
        let span = tags.span();
        if tags.get_ref().len() > most {
            let message = format!("{} tags are too many", tags.get_ref().len());
            let hint =
                format!("AWS allows 50 on a resource, and {} are ours", if most == MAX_TAGS { "two" } else { "three" });
            self.fault(span.clone(), message, Some(&hint));
        }
        let allowed = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " +-=._:/@".contains(c));
        let mut seen = HashMap::new();
        for (key, value) in tags.get_ref() {
            if let Some(other) = seen.insert(key.to_lowercase(), key) {
                let hint = "IAM takes them for one key";
                self.fault(span.clone(), format!("the tags `{other}` and `{key}` differ only in case"), Some(hint));
            }
            let lower = key.to_lowercase();
            if lower.starts_with("aws:") || lower.starts_with("provision:") {
                self.fault(span.clone(), format!("the tag `{key}` is reserved"), Some("choose another prefix"));
            }
            let (key_length, value_length) = (key.chars().count(), value.chars().count());
            if !(1..=128).contains(&key_length) {
                let message = format!("a tag's key can't have {key_length} characters");
                self.fault(span.clone(), message, Some("1 to 128"));
            }
            if value_length > 256 {
                let message = format!("the tag `{key}` can't have a value of {value_length} characters");
                self.fault(span.clone(), message, Some("at most 256"));
            }
            if !allowed(key) || !allowed(value) {
                let hint = "letters, digits, spaces and + - = . _ : / @";
                self.fault(span.clone(), format!("the tag `{key}` has a character that AWS refuses"), Some(hint));
            }
        }
    }

    /// The group of Scheduler's schedules has the app's name and tags. It takes no tag without a value, and each account
    /// has one called `default`. Source: EventBridge Scheduler API, `CreateScheduleGroup`.
    fn schedule_group(&self, jobs: &[Job], raw: &Raw) {
        if jobs.iter().flat_map(|job| &job.schedules).all(|schedule| schedule.scheduler.is_none()) {
            return;
        }
        if let Some(app) = raw.app.as_ref().filter(|app| app.get_ref() == "default") {
            let hint = "a schedule of this config is one of EventBridge Scheduler, which has a group of that name";
            self.fault(app.span(), "an app with such schedules can't be called `default`", Some(hint));
        }
        if let Some(tags) = &raw.tags {
            for (key, _) in tags.get_ref().iter().filter(|(_, value)| value.is_empty()) {
                let hint = "a schedule of this config is one of EventBridge Scheduler, which refuses it: write a value";
                self.fault(tags.span(), format!("the tag `{key}` has no value"), Some(hint));
            }
        }
    }

    /// The ARN of a role or policy, checked: `kind` is `role` or `policy`.
    fn iam_arn(&self, arn: &Spanned<String>, kind: &str) -> String {
        let text = arn.get_ref();
        let prefix = format!("{kind}/");
        let of_aws = |arn: &Arn<'_>| kind == "policy" && arn.account == "aws";
        let whole = Arn::parse(text).filter(|_| Arn::of(text, "iam", &prefix).is_some());
        let whole = whole.filter(|arn| arn.region.is_empty() && (arn.has_account() || of_aws(arn)));
        let example = format!("such as `arn:aws:iam::123456789012:{kind}/name`");
        let name = whole.and_then(|arn| arn.resource.strip_prefix(&prefix)).unwrap_or_default();
        match whole {
            None => self.fault(arn.span(), format!("`{text}` is not the ARN of a {kind}"), Some(&example)),
            Some(_) if !is_iam_name(kind, name) => {
                let longest = if kind == "role" { 64 } else { 128 };
                let hint = format!("1 to {longest} letters, digits and + = , . @ _ -, behind a path or none");
                self.fault(arn.span(), format!("`{name}` can't be the name of a {kind}"), Some(&hint));
            }
            Some(whole) => self.same_account(&arn.span(), &whole, kind),
        }
        text.clone()
    }

    fn same_account(&self, at: &Range<usize>, whole: &Arn<'_>, kind: &str) {
        if let Some(account) = &self.account
            && whole.account != account
            && whole.account != "aws"
        {
            let message = format!("this {kind} is of account {}, and the config of {account}", whole.account);
            self.fault(at.clone(), message, None);
        }
        self.same_partition(at, whole, kind);
    }

    /// An ARN of China names nothing elsewhere.
    fn same_partition(&self, at: &Range<usize>, whole: &Arn<'_>, kind: &str) {
        if let Some(region) = &self.region
            && whole.partition != partition(region)
        {
            let message = format!("this {kind} is in the partition `{}`, and {region} is not", whole.partition);
            self.fault(at.clone(), message, Some(&format!("there an ARN begins with `arn:{}:`", partition(region))));
        }
    }

    /// What AWS looks for in the config's own region only.
    fn same_region(&self, at: &Range<usize>, whole: &Arn<'_>, kind: &str) {
        if let Some(region) = &self.region
            && whole.region != region
        {
            let message = format!("this {kind} is in {}, and the config is for {region}", whole.region);
            self.fault(at.clone(), message, None);
        } else {
            self.same_partition(at, whole, kind);
        }
    }

    /// Two jobs must not ask for one name, nor for one log group with two settings.
    fn collisions(&self, jobs: &[Job], raw: &Raw) {
        let mut owners: HashMap<String, &str> = HashMap::new();
        let mut groups: HashMap<&str, &Job> = HashMap::new();
        for job in jobs {
            let span =
                || raw.jobs.iter().find(|(name, _)| *name.get_ref() == job.name).map_or(0..0, |(name, _)| name.span());
            let machine = format!("state machine `{}`", job.machine);
            let rules = job.schedules.iter().map(|schedule| format!("rule `{}`", schedule.rule));
            let roles = [&job.roles.execution, &job.roles.trigger].into_iter().filter_map(|role| match role {
                RoleChoice::Made(name) => Some(format!("role `{}`", name.to_lowercase())),
                RoleChoice::Given(_) => None,
            });
            for name in rules.chain(roles).chain([machine]) {
                if let Some(other) = owners.insert(name.clone(), &job.name) {
                    let message = match other == job.name {
                        true => format!("two schedules of job `{other}` ask for the {name}"),
                        false => format!("jobs `{other}` and `{}` both ask for the {name}", job.name),
                    };
                    self.fault(span(), message, Some("rename one of them"));
                }
            }
            if let Some(other) = groups.insert(&job.logs.group, job)
                && other.logs.retention_days != job.logs.retention_days
            {
                let message = format!(
                    "jobs `{}` and `{}` share the log group `{}` and keep it for different times",
                    other.name, job.name, job.logs.group
                );
                self.fault(span(), message, Some("give them one `retention_days`, or two log groups"));
            }
        }
    }
}
