//! `provision init`: a first config, from flags, and on a terminal from answers.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::json;

use crate::cli::Init;
use crate::config;
use crate::error::{Error, Exit};
use crate::report::{self, asked, is_interactive};

pub fn run(args: Init) -> Result<Exit, Error> {
    let path = args.config.clone();
    if path.exists() {
        return Err(exists(&path));
    }
    let text = text(args)?;
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(exists(&path)),
        Err(error) => return Err(Error::failed(format!("can't write {}", path.display())).caused_by(error)),
    }
    if let Err(faults) = config::load(&path, None) {
        let _ = std::fs::remove_file(&path);
        return Err(faults);
    }
    report::text(&format!("Wrote {0}. Next: `provision check {0}`, then `provision diff {0}`.\n", path.display()));
    Ok(Exit::Done)
}

fn exists(path: &std::path::Path) -> Error {
    Error::refused(format!("{} is there already, and stays as it is", path.display()))
        .hint("name another file: `provision init other.toml`")
}

/// A value from its flag, or from the person at the terminal.
struct Answers {
    missing: Vec<&'static str>,
}

impl Answers {
    fn take(&mut self, flag: &'static str, given: Option<String>, question: &str, default: Option<&str>) -> String {
        if let Some(given) = given {
            return given;
        }
        let answer = if is_interactive() { asked(question, default) } else { default.unwrap_or_default().to_owned() };
        if answer.is_empty() {
            self.missing.push(flag);
        }
        answer
    }
}

fn text(args: Init) -> Result<String, Error> {
    let mut answers = Answers { missing: Vec::new() };
    let app = answers.take("--app", args.app, "Name of the app", None);
    let region = answers.take("--region", args.region, "AWS region", None);
    let cluster = answers.take("--cluster", args.cluster, "ECS cluster", Some("default"));
    let family = answers.take("--task-definition", args.task_definition, "Task definition (family)", None);
    let one = |list: Vec<String>| (!list.is_empty()).then(|| list.join(" "));
    let subnets = answers.take("--subnet", one(args.subnets), "Subnets (ids, with spaces between)", None);
    let job = answers.take("--job", args.job, "Name of the first job", None);
    let schedule = answers.take("--schedule", args.schedule, "Its schedule", Some("rate(1 day)"));
    let command = match args.command {
        command if !command.is_empty() => command,
        _ => words(&answers.take("-- COMMAND…", None, "Its command", None)),
    };
    if !answers.missing.is_empty() {
        let message = format!("a first config also needs {}", config::listed(answers.missing.iter().copied()));
        return Err(Error::config(message).hint("give them as flags, or run `provision init` on a terminal"));
    }
    let given = |key: &str, value: Option<serde_json::Value>| value.map(|value| format!("{key:15} = {value}\n"));
    let ecs: Vec<String> = [
        given("cluster", Some(json!(cluster))),
        given("task_definition", Some(json!(family))),
        given("container", args.container.map(|container| json!(container))),
        given("subnets", Some(json!(words(&subnets)))),
        given("security_groups", Some(args.security_groups).filter(|ids| !ids.is_empty()).map(|ids| json!(ids))),
        given("assign_public_ip", args.assign_public_ip.then_some(json!(true))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let ecs = ecs.concat();
    let (app, region) = (json!(app), json!(region));
    let job =
        if job.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) { job } else { json!(job).to_string() };
    Ok(format!(
        "app    = {app}\nregion = {region}\n\n[ecs]\n{ecs}\n[job.{job}]\ncommand  = {}\nschedule = {}\n\
         timeout  = \"1h\"     # of one attempt: a task that hangs is stopped, and the run fails\n",
        json!(command),
        json!(schedule)
    ))
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
