//! Random small configs, in the config language.

use std::fmt::Write;

use proptest::prelude::*;

/// The one app of all stories.
pub const APP: &str = "billing";
pub const ACCOUNT: &str = "123456789012";

/// A config before it is written out.
#[derive(Clone, Debug)]
pub struct Sketch {
    pub tags: u8,
    pub boundary: bool,
    /// Whether the task definition has a role.
    pub task_role: bool,
    pub jobs: Vec<JobSketch>,
}

/// What one job of it has.
#[allow(clippy::struct_excessive_bools, reason = "each is a key of the config, there or not")]
#[derive(Clone, Debug)]
pub struct JobSketch {
    pub own_name: bool,
    pub command: u8,
    pub schedules: u8,
    pub delivery: bool,
    pub minutes: u8,
    pub shared_logs: bool,
    pub level: u8,
    pub retention: u8,
    pub given: u8,
    pub enabled: bool,
    pub tracing: bool,
    pub tagged: bool,
    pub protect: bool,
}

const JOBS: [&str; 4] = ["apples", "bread", "cheese", "dates"];

prop_compose! {
    fn job()(
        (own_name, shared_logs, tracing, tagged, delivery) in (rarely(), rarely(), rarely(), rarely(), rarely()),
        (command, schedules, minutes, level, retention) in (0..3_u8, 0..4_u8, 0..2_u8, 0..3_u8, 0..3_u8),
        given in prop_oneof![4 => Just(0_u8), 1 => 1..4_u8],
        disabled in rarely(),
        protect in prop::bool::weighted(0.08),
    ) -> JobSketch {
        JobSketch { own_name, command, schedules, delivery, minutes, shared_logs, level, retention, given, enabled: !disabled, tracing, tagged, protect }
    }
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.25)
}

prop_compose! {
    pub fn sketch()(
        tags in 0..3_u8,
        boundary in rarely(),
        task_role in any::<bool>(),
        jobs in prop::collection::vec(job(), 1..=3),
    ) -> Sketch {
        Sketch { tags, boundary, task_role, jobs }
    }
}

impl Sketch {
    /// The same, and nothing is protected.
    pub fn unprotected(&self) -> Self {
        let jobs = self.jobs.iter().map(|job| JobSketch { protect: false, ..job.clone() });
        Self { jobs: jobs.collect(), ..self.clone() }
    }

    pub fn job_names(&self) -> impl Iterator<Item = &'static str> {
        JOBS.into_iter().take(self.jobs.len())
    }

    pub fn text(&self, region: &str) -> String {
        let mut text = format!("app = \"{APP}\"\nregion = \"{region}\"\n");
        match self.tags {
            0 => {}
            1 => text += "tags = { team = \"payments\" }\n",
            _ => text += "tags = { team = \"sales\", more = \"\" }\n",
        }
        text += "\n[ecs]\ncluster = \"batch\"\ntask_definition = \"app\"\nsubnets = [\"subnet-0a\"]\n";
        if self.boundary {
            text += "\n[roles]\npermissions_boundary = \"arn:aws:iam::aws:policy/PowerUserAccess\"\n";
        }
        for (name, job) in self.job_names().zip(&self.jobs) {
            job.write(name, region, &mut text).expect("a string takes it");
        }
        text
    }
}

impl JobSketch {
    fn write(&self, name: &str, region: &str, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "\n[job.{name}]\ncommand = [\"run\", \"{}\"]\ntimeout = \"{}m\"",
            self.command,
            self.minutes + 5
        )?;
        if self.own_name {
            writeln!(text, "name = \"{name}-by-hand\"")?;
        }
        if !self.enabled {
            writeln!(text, "enabled = false")?;
        }
        if self.protect {
            writeln!(text, "protect = true")?;
        }
        if self.tracing {
            writeln!(text, "tracing = true")?;
        }
        if self.tagged {
            writeln!(text, "ecs.propagate_tags = \"TASK_DEFINITION\"")?;
        }
        writeln!(text, "logs.level = \"{}\"", ["ALL", "ERROR", "OFF"][usize::from(self.level)])?;
        if self.shared_logs {
            writeln!(text, "logs.group = \"/shared\"")?;
        } else if self.retention > 0 {
            writeln!(text, "logs.retention_days = {}", ["", "7", "\"never\""][usize::from(self.retention)])?;
        }
        for (bit, role) in [(1, "execution"), (2, "trigger")] {
            if self.given & bit != 0 {
                writeln!(text, "roles.{role} = \"arn:aws:iam::{ACCOUNT}:role/{role}\"")?;
            }
        }
        let delivery = match self.delivery {
            true => format!(", retry = {{ attempts = 3 }}, dead_letter = \"arn:aws:sqs:{region}:{ACCOUNT}:lost\""),
            false => String::new(),
        };
        match self.schedules {
            0 => {}
            1 => writeln!(text, "schedule = {{ expression = \"rate({} hours)\"{delivery} }}", self.minutes + 2)?,
            several => {
                for at in 1..several {
                    let expression = format!("cron({} {at} * * ? *)", self.minutes);
                    writeln!(text, "schedules.s{at} = {{ expression = \"{expression}\"{delivery} }}")?;
                }
            }
        }
        Ok(())
    }
}
