//! The life of an app in chapters, each from a state to another. Together they send every write that the program knows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Cloud, Ground, Run, Seen};

type World = BTreeMap<String, Value>;

const BEFORE: &str = r#"
app = "billing"
region = "ap-northeast-1"
tags = { team = "payments", since = "2019" }

[ecs]
cluster = "batch"
task_definition = "app"
subnets = ["subnet-0a"]

[job.invoices]
command = ["php", "artisan", "invoices:send"]
schedule = "rate(3 hours)"
timeout = "5m"

[job.report]
roles.permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
logs.retention_days = 14

[job.report.schedules.morning]
expression = "cron(0 9 ? * MON-FRI *)"
command = ["php", "artisan", "report:daily"]

[job.report.schedules.month_end]
expression = "cron(0 1 L * ? *)"
command = ["php", "artisan", "report:monthly"]
"#;

/// Something else of every kind: other permissions, another definition, other schedules, another retention, other tags.
const AFTER: &str = r#"
app = "billing"
region = "ap-northeast-1"
tags = { team = "accounting" }

[ecs]
cluster = "batch"
task_definition = "other"
subnets = ["subnet-0a"]

[job.invoices]
command = ["php", "artisan", "invoices:resend"]
schedule = "rate(1 hour)"
timeout = "6m"
logs.retention_days = 60
roles.permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"

[job.report]
logs.retention_days = "never"

[job.report.schedules.morning]
expression = "cron(0 9 ? * MON-FRI *)"
command = ["php", "artisan", "report:daily"]

[job.report.schedules.evening]
expression = "cron(0 21 ? * MON-FRI *)"
command = ["php", "artisan", "report:evening"]
"#;

/// One chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// From nothing.
    Create,
    /// To another config, with what somebody changed by hand besides.
    Update,
    /// A job is taken out of the config.
    Prune,
    /// All is there, changed by hand, and nothing carries our tag.
    Adopt,
    /// Nothing is to be left.
    Destroy,
}

impl Chapter {
    pub const ALL: [Self; 5] = [Self::Create, Self::Update, Self::Prune, Self::Adopt, Self::Destroy];

    /// What it is, for a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Prune => "prune",
            Self::Adopt => "adopt",
            Self::Destroy => "destroy",
        }
    }

    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Create => &["apply"],
            Self::Update | Self::Prune => &["apply", "--yes"],
            Self::Adopt => &["apply", "--adopt"],
            Self::Destroy => &["destroy", "--yes"],
        }
    }

    /// An emulator in the state that the chapter begins with, and the config that it is about.
    pub fn begin(self, ground: &Ground) {
        ground.reset();
        let cloud = &ground.cloud;
        cloud.task_definition("other", &["app"], None);
        bystanders(cloud);
        ground.write("config.toml", BEFORE);
        if self != Self::Create {
            ground.ok(&["apply"]);
        }
        match self {
            Self::Create => {}
            Self::Update => {
                changed_by_hand(cloud);
                ground.write("config.toml", AFTER);
            }
            Self::Prune => {
                let report = BEFORE.find("[job.report]").expect("the job");
                ground.write("config.toml", &BEFORE[..report]);
            }
            Self::Adopt => {
                changed_by_hand(cloud);
                untagged(cloud);
            }
            Self::Destroy => changed_by_hand(cloud),
        }
    }

    /// What the chapter is when nothing goes wrong.
    pub fn plain(self, ground: &Ground) -> Plain {
        self.begin(ground);
        ground.proxy.pass();
        ground.ok(self.arguments());
        Plain { chapter: self, seen: ground.proxy.seen(), goal: ground.cloud.everything() }
    }
}

/// A chapter in which nothing went wrong.
#[derive(Clone, Debug)]
pub struct Plain {
    pub chapter: Chapter,
    /// What was sent.
    pub seen: Vec<Seen>,
    /// What there is at its end, others' things too.
    goal: World,
}

impl Plain {
    /// Whether a run in which something went wrong sent nothing but what was planned and ended in the same place, and
    /// whether nothing is left to do.
    pub fn is_reached(&self, ground: &Ground, run: &Run) -> Result<(), String> {
        if run.status != Some(0) {
            return Err(format!("{run:#?}"));
        }
        let planned: BTreeSet<&str> = self.writes().map(|seen| seen.api.as_str()).collect();
        let sent = ground.proxy.writes();
        if let Some(other) = sent.iter().find(|api| !planned.contains(api.as_str())) {
            return Err(format!("{other} is in no plan: {sent:#?}"));
        }
        let found = ground.cloud.everything();
        if found != self.goal {
            return Err(format!("{found:#?}\nis not\n{:#?}", self.goal));
        }
        ground.proxy.pass();
        let again = ground.run(self.chapter.arguments());
        let writes = ground.proxy.writes();
        if again.status != Some(0) || !writes.is_empty() {
            return Err(format!("something was left to do, {writes:?}: {again:#?}"));
        }
        Ok(())
    }

    /// The writes among what was sent.
    pub fn writes(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| seen.is_write())
    }
}

/// One of each kind that is not ours: of no app, and of another one whose name begins alike.
fn bystanders(cloud: &Cloud) {
    const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let (app, other) = ("provision:app", "billing-eu");
    cloud.wait(async {
        let group = cloud.aws.logs.create_log_group().log_group_name("/aws/vendedlogs/states/billing-invoices-2");
        group.send().await.expect("a log group");
        let tag = aws_sdk_iam::types::Tag::builder().key(app).value(other).build().expect("a tag");
        let role = cloud.aws.iam.create_role().role_name("billing-eu-invoices").path("/provision/billing-eu/");
        role.assume_role_policy_document(TRUST).tags(tag).send().await.expect("a role");
        let tag = aws_sdk_sfn::types::Tag::builder().key(app).value(other).build();
        let machine = cloud.aws.states.create_state_machine().name("billing-eu-invoices").tags(tag);
        let machine = machine.definition(r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#);
        machine.role_arn(cloud.role_arn("x")).send().await.expect("a state machine");
        let rule = cloud.aws.events.put_rule().name("billing-by-hand").schedule_expression("rate(1 day)");
        rule.send().await.expect("a rule");
    });
}

/// What no config asks for, on each role, machine, rule and log group of a job.
fn changed_by_hand(cloud: &Cloud) {
    const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    const ROLE: &str = "billing-invoices-execution";
    let iam = &cloud.aws.iam;
    cloud.wait(async {
        iam.put_role_policy().role_name(ROLE).policy_name("more").policy_document(ALL).send().await.expect("done");
        let policy = iam.create_policy().policy_name("more").policy_document(ALL).send().await.expect("done");
        let arn = policy.policy.and_then(|policy| policy.arn).expect("an ARN");
        iam.attach_role_policy().role_name(ROLE).policy_arn(arn).send().await.expect("done");
        iam.create_instance_profile().instance_profile_name("host").send().await.expect("done");
        let add = iam.add_role_to_instance_profile().instance_profile_name("host").role_name(ROLE);
        add.send().await.expect("done");
        iam.update_role().role_name(ROLE).description("mine").max_session_duration(7_200).send().await.expect("done");
        let arn = cloud.arn("states", "stateMachine:billing-report");
        let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#;
        let update = cloud.aws.states.update_state_machine().state_machine_arn(arn).definition(definition);
        update.send().await.expect("done");
        cloud.aws.events.disable_rule().name("billing-report-morning").send().await.expect("done");
        let group = "/aws/vendedlogs/states/billing-invoices";
        cloud.aws.logs.delete_retention_policy().log_group_name(group).send().await.expect("done");
    });
}

/// Takes our tag off everything.
fn untagged(cloud: &Cloud) {
    let app = "provision:app";
    cloud.wait(async {
        for job in ["billing-invoices", "billing-report"] {
            let arn = cloud.arn("logs", &format!("log-group:/aws/vendedlogs/states/{job}"));
            cloud.aws.logs.untag_resource().resource_arn(arn).tag_keys(app).send().await.expect("done");
            let arn = cloud.arn("states", &format!("stateMachine:{job}"));
            cloud.aws.states.untag_resource().resource_arn(arn).tag_keys(app).send().await.expect("done");
            for role in ["execution", "trigger"] {
                let untag = cloud.aws.iam.untag_role().role_name(format!("{job}-{role}")).tag_keys(app);
                untag.send().await.expect("done");
            }
        }
        for rule in ["billing-invoices", "billing-report-morning", "billing-report-month_end"] {
            let arn = cloud.arn("events", &format!("rule/{rule}"));
            cloud.aws.events.untag_resource().resource_arn(arn).tag_keys(app).send().await.expect("done");
        }
    });
}
