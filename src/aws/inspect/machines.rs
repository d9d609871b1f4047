//! State machines: that Step Functions takes their definitions.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sfn::types::{
    ValidateStateMachineDefinitionDiagnostic as Diagnostic, ValidateStateMachineDefinitionSeverity,
};
use futures_util::stream::{self, StreamExt};

use super::{ask_once_elsewhere, unanswered};
use crate::aws::{Aws, Failure, READS_AT_ONCE};
use crate::blueprint::Blueprint;
use crate::config::Config;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::scope::Scope;

const API: &str = "states:ValidateStateMachineDefinition";

/// One finding a job. Equal definitions are asked about once: AWS takes one such question a second.
pub async fn valid(aws: &Aws, scope: &Scope, config: &Config, facts: &Facts) -> Vec<Finding> {
    let mut definitions: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut findings = Vec::new();
    for job in &config.jobs {
        match Blueprint::new(config, scope, facts, &BTreeSet::from([job.name.clone()])) {
            Ok(blueprint) => {
                let texts = blueprint.jobs.iter().map(|planned| planned.definition.text().to_owned());
                texts.for_each(|text| definitions.entry(text).or_default().push(&job.machine));
            }
            Err(_) => {
                findings.push(Finding::skipped(
                    subject(&[&job.machine]),
                    "its task definition is not known or does not fit",
                ));
            }
        }
    }
    let answers = stream::iter(definitions)
        .map(async |(definition, machines)| finding(aws, &subject(&machines), &definition).await)
        .buffered(READS_AT_ONCE)
        .collect::<Vec<_>>();
    findings.extend(answers.await);
    findings
}

fn subject(machines: &[&str]) -> String {
    match machines {
        [one] => format!("definition of `{one}`"),
        [first, rest @ ..] => format!("definition of `{first}` and {} more", rest.len()),
        [] => "definition".into(),
    }
}

/// Source: Step Functions API, `ValidateStateMachineDefinition`.
async fn finding(aws: &Aws, subject: &str, definition: &str) -> Finding {
    let ask = async || {
        let answer = aws.states.validate_state_machine_definition().definition(definition).send().await;
        answer.map_err(|error| Failure::new(API, &error))
    };
    let answer = match ask_once_elsewhere(aws, ask).await {
        Ok(answer) => answer,
        Err(failure) => return unanswered(aws, subject, &failure),
    };
    let is_error = |found: &&Diagnostic| *found.severity() == ValidateStateMachineDefinitionSeverity::Error;
    let said = |found: &Diagnostic| {
        let place = found.location().map(|place| format!("{place}: ")).unwrap_or_default();
        format!("{place}{} ({})", found.message(), found.code())
    };
    let errors: Vec<String> = answer.diagnostics().iter().filter(is_error).map(said).collect();
    match errors.is_empty() {
        true => Finding::ok(subject, "Step Functions takes it"),
        false => Finding::fault(subject, errors.join("; "), "correct the definition that the job names"),
    }
}
