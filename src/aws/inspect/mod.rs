//! Looks at all that a config refers to, reading only. Plans look at the first two of these with the same code.

mod machines;
mod messages;
mod network;
mod roles;

use super::facts::{describe_clusters, describe_task_definitions};
use super::{Aws, Failure};
use crate::config::Config;
use crate::facts::{Facts, judge_cluster, judge_task_definition};
use crate::finding::Finding;
use crate::references::References;
use crate::scope::Scope;

/// What was found of each thing that the config's jobs refer to.
pub async fn inspect(aws: &Aws, scope: &Scope, config: &Config) -> Vec<Finding> {
    let references = References::of(&config.jobs);
    let ecs = async {
        let (mut findings, facts) = ecs(aws, &references).await;
        findings.extend(machines::valid(aws, scope, config, &facts).await);
        findings
    };
    let (ecs, networks, roles, messages) = tokio::join!(
        ecs,
        network::exist(aws, &references),
        roles::exist(aws, scope, &references),
        messages::exist(aws, &references)
    );
    [ecs, networks, roles, messages].concat()
}

async fn ecs(aws: &Aws, references: &References) -> (Vec<Finding>, Facts) {
    let (clusters, definitions) = (references.clusters(), references.task_definitions());
    let (found, answers) = tokio::join!(
        describe_clusters(aws, clusters.keys().copied()),
        describe_task_definitions(aws, definitions.keys().copied())
    );
    let mut facts = Facts::default();
    let mut findings = Vec::new();
    match found {
        Ok(found) => {
            facts.clusters = found;
            findings.extend(clusters.iter().map(|(name, runs)| judge_cluster(name, runs, &facts)));
        }
        Err(failure) => {
            findings.extend(clusters.keys().map(|name| Finding::unanswered(format!("cluster `{name}`"), &failure)));
        }
    }
    for (name, answer) in answers {
        match answer {
            Ok(answer) => {
                facts.task_definitions.extend(answer.map(|definition| (name.clone(), definition)));
                let runs = definitions.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
                findings.push(judge_task_definition(&name, runs, &facts));
            }
            Err(failure) => findings.push(Finding::unanswered(format!("task definition `{name}`"), &failure)),
        }
    }
    (findings, facts)
}

/// Whether what is not AWS says that it has no such operation.
fn lacks(aws: &Aws, failure: &Failure) -> bool {
    let unknown = ["InvalidAction", "UnknownOperationException", "NotImplemented", "InternalFailure"];
    !aws.answers_in_full() && (failure.is(&unknown) || failure.status.is_some_and(|status| status >= 500))
}

/// A read that is sent again where that may help: of what is not AWS, a failure may only say that it knows no such
/// operation.
async fn ask_once_elsewhere<T, F>(aws: &Aws, request: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    match aws.answers_in_full() {
        true => super::read(request).await,
        false => request().await,
    }
}

/// What a look that got no answer tells.
fn unanswered(aws: &Aws, subject: &str, failure: &Failure) -> Finding {
    if lacks(aws, failure) {
        return Finding::skipped(subject, format!("this endpoint can't tell ({})", failure.api));
    }
    Finding::unanswered(subject, failure)
}
