//! A first config before it is written.

use std::path::Path;

use serde_json::json;

use crate::config::{self, CapacityProvider, Launch};
use crate::error::Error;

/// All that a first config says.
#[derive(Clone)]
pub struct Draft {
    pub app: String,
    pub region: String,
    pub place: Place,
    pub job: String,
    pub schedule: String,
    pub command: Vec<String>,
}

/// Where the task runs.
#[derive(Clone)]
pub struct Place {
    pub cluster: String,
    pub task_definition: String,
    pub container: Option<String>,
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    pub assign_public_ip: bool,
    pub launch: Launch,
}

impl Draft {
    /// One without a fault, in which a single answer can be tried.
    pub fn sample() -> Self {
        Self {
            app: "app".into(),
            region: "us-east-1".into(),
            place: Place::sample(),
            job: "job".into(),
            schedule: "rate(1 day)".into(),
            command: vec!["true".into()],
        }
    }

    /// What is wrong with it, and how to mend it.
    pub fn fault(&self) -> Option<String> {
        match config::parse(Path::new("config.toml"), &self.text()) {
            Ok(_) => None,
            Err(Error::Faults(faults)) => faults.list.into_iter().next().map(|fault| match fault.hint {
                Some(hint) => format!("{}; {hint}", fault.message),
                None => fault.message,
            }),
            Err(error) => Some(error.told().0),
        }
    }

    pub fn text(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let job = match !self.job.is_empty() && self.job.chars().all(plain) {
            true => self.job.clone(),
            false => json!(self.job).to_string(),
        };
        format!(
            "app    = {}\nregion = {}\n\n[ecs]\n{}\n[job.{job}]\ncommand  = {}\nschedule = {}\n\
             timeout  = \"1h\"     # of one attempt: a task that hangs is stopped, and the run fails\n",
            json!(self.app),
            json!(self.region),
            self.place.text(),
            json!(self.command),
            json!(self.schedule)
        )
    }
}

impl Place {
    /// One without a fault.
    pub fn sample() -> Self {
        Self {
            cluster: "default".into(),
            task_definition: "app".into(),
            container: None,
            subnets: vec!["subnet-0a".into()],
            security_groups: Vec::new(),
            assign_public_ip: false,
            launch: Launch::Type("FARGATE".into()),
        }
    }

    fn text(&self) -> String {
        let launch = match &self.launch {
            Launch::Type(launch_type) if launch_type == "FARGATE" => None,
            Launch::Type(launch_type) => Some(("launch_type", json!(launch_type).to_string())),
            Launch::CapacityProviders(all) => {
                let all: Vec<String> = all.iter().map(provider).collect();
                Some(("capacity_providers", format!("[{}]", all.join(", "))))
            }
        };
        let groups = Some(&self.security_groups).filter(|ids| !ids.is_empty());
        let lines = [
            Some(("cluster", json!(self.cluster).to_string())),
            Some(("task_definition", json!(self.task_definition).to_string())),
            self.container.as_ref().map(|container| ("container", json!(container).to_string())),
            Some(("subnets", json!(self.subnets).to_string())),
            groups.map(|ids| ("security_groups", json!(ids).to_string())),
            self.assign_public_ip.then(|| ("assign_public_ip", "true".to_owned())),
            launch,
        ];
        let lines: Vec<(&str, String)> = lines.into_iter().flatten().collect();
        let width = lines.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
        lines.iter().fold(String::new(), |text, (key, value)| format!("{text}{key:width$} = {value}\n"))
    }
}

/// A TOML table on one line.
fn provider(provider: &CapacityProvider) -> String {
    let number = |key: &str, value: Option<i32>| value.map(|value| format!(", {key} = {value}")).unwrap_or_default();
    let (weight, base) = (number("weight", provider.weight), number("base", provider.base));
    format!("{{ name = {}{weight}{base} }}", json!(provider.name))
}
