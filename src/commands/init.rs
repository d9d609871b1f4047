//! `provision init`: a first config, from flags, and on a terminal from answers.

mod draft;

use std::fs::OpenOptions;
use std::io::Write;

use super::questions::Questions;
use super::reach;
use crate::aws::{self, Aws, Failure};
use crate::cli::Init;
use crate::config::{self, Launch};
use crate::error::{Error, Exit};
use crate::report;
use draft::{Draft, Place};

pub async fn run(args: Init) -> Result<Exit, Error> {
    let path = args.config.clone();
    if path.exists() {
        return Err(exists(&path));
    }
    let text = drafted(args).await?.text();
    config::parse(&path, &text)?;
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
    report::text(&format!("Wrote {0}. Next: `provision check {0}`, then `provision diff {0}`.\n", path.display()));
    Ok(Exit::Done)
}

fn exists(path: &std::path::Path) -> Error {
    Error::refused(format!("{} is there already, and stays as it is", path.display()))
        .hint("name another file: `provision init other.toml`")
}

async fn drafted(mut args: Init) -> Result<Draft, Error> {
    let mut ask = Questions::default();
    let wrong = |draft: Draft| draft.fault();
    let app = ask.text("--app", args.app.take(), "Name of the app", None, |answer| {
        wrong(Draft { app: answer.into(), ..Draft::sample() })
    })?;
    let configured = if args.aws { aws::configured_region().await } else { None };
    let region = ask.text("--region", args.region.take(), "AWS region", configured.as_deref(), |answer| {
        wrong(Draft { region: answer.into(), ..Draft::sample() })
    })?;
    let (name, schedule) = (args.job.take(), args.schedule.take());
    let command = Some(std::mem::take(&mut args.command)).filter(|command| !command.is_empty());
    let place = if args.aws && !region.is_empty() {
        // Before it becomes a part of the endpoint's name.
        config::parse(&args.config, &Draft { region: region.clone(), ..Draft::sample() }.text())?;
        offered(args, &reach(Some(&region)).await?, &mut ask).await?
    } else {
        told(args, &mut ask)?
    };
    let job = ask.text("--job", name, "Name of the first job", None, |answer| {
        wrong(Draft { job: answer.into(), ..Draft::sample() })
    })?;
    let schedule = ask.text("--schedule", schedule, "Its schedule", Some("rate(1 day)"), |answer| {
        wrong(Draft { schedule: answer.into(), ..Draft::sample() })
    })?;
    let command = match command {
        Some(command) => command,
        None => words(&ask.text("-- COMMAND…", None, "Its command", None, |_| None)?),
    };
    ask.complete()?;
    Ok(Draft { app, region, place, job, schedule, command })
}

/// Where the task runs, without a look at AWS.
fn told(args: Init, ask: &mut Questions) -> Result<Place, Error> {
    let wrong = |place: Place| Draft { place, ..Draft::sample() }.fault();
    let cluster = ask.text("--cluster", args.cluster, "ECS cluster", Some("default"), |answer| {
        wrong(Place { cluster: answer.into(), ..Place::sample() })
    })?;
    let task_definition =
        ask.text("--task-definition", args.task_definition, "Task definition (family)", None, |answer| {
            wrong(Place { task_definition: answer.into(), ..Place::sample() })
        })?;
    let subnets = subnets(&args.subnets, ask)?;
    Ok(Place {
        cluster,
        task_definition,
        container: args.container,
        subnets,
        security_groups: args.security_groups,
        assign_public_ip: args.assign_public_ip,
        launch: Launch::Type("FARGATE".into()),
    })
}

fn subnets(given: &[String], ask: &mut Questions) -> Result<Vec<String>, Error> {
    let given = (!given.is_empty()).then(|| given.join(" "));
    let answer = ask.text("--subnet", given, "Subnets (ids, with spaces between)", None, |answer| {
        Draft { place: Place { subnets: words(answer), ..Place::sample() }, ..Draft::sample() }.fault()
    })?;
    Ok(words(&answer))
}

/// Where the task runs, from what the account has.
async fn offered(args: Init, aws: &Aws, ask: &mut Questions) -> Result<Place, Error> {
    let cannot = |failure: Failure| failure.into_error(format!("can't see what there is in {}", aws.region));
    let clusters = aws::active_clusters(aws).await.map_err(cannot)?;
    let cluster = Questions::choice("--cluster", args.cluster, "cluster", &clusters)?;
    let task_definition = if let Some(given) = args.task_definition {
        given
    } else {
        let families = aws::families(aws).await.map_err(cannot)?;
        Questions::choice("--task-definition", None, "active task definition", &families)?
    };
    let containers = aws::containers(aws, &task_definition).await.map_err(cannot)?.ok_or_else(|| {
        Error::failed(format!("there is no active task definition `{task_definition}`"))
            .hint("leave out `--task-definition` to see which there are")
    })?;
    let container = match containers.as_slice() {
        [_] if args.container.is_none() => None,
        several => Some(Questions::choice("--container", args.container, "container", several)?),
    };
    let by_hand = !args.subnets.is_empty();
    let services = if by_hand { Vec::new() } else { aws::services(aws, &cluster).await.map_err(cannot)? };
    let (security_groups, assign_public_ip) = (args.security_groups, args.assign_public_ip);
    if services.is_empty() && args.service.is_none() {
        let subnets = subnets(&args.subnets, ask)?;
        let launch = Launch::Type("FARGATE".into());
        return Ok(Place { cluster, task_definition, container, subnets, security_groups, assign_public_ip, launch });
    }
    let names: Vec<String> = services.iter().map(|service| service.name.clone()).collect();
    let chosen = Questions::choice("--service", args.service, "service whose network the job can have", &names)?;
    let found = services.into_iter().find(|service| service.name == chosen);
    let service = found.ok_or_else(|| Error::failed(format!("there is no service `{chosen}`")))?;
    Ok(Place {
        cluster,
        task_definition,
        container,
        subnets: service.subnets,
        security_groups: if security_groups.is_empty() { service.security_groups } else { security_groups },
        assign_public_ip: assign_public_ip || service.assign_public_ip,
        launch: service.launch,
    })
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
