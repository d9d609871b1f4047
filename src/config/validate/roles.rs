//! Whose permissions a job has, and whether they can be worked out.

use serde_json::Value;

use super::job::Context;
use super::{partition, value};
use crate::config::names::fit;
use crate::config::raw::{At, RawJob};
use crate::config::{Logs, RoleChoice, Roles, Work};
use crate::facts::{Facts, TaskDefinitionRef};
use crate::iam::{Need, RunTask, execution_policy, needs};
use crate::scope::Scope;

/// The longest ARN of a role. Source: AWS Step Functions API, `CreateStateMachine`.
const LONGEST_ARN: usize = 256;
/// Source: IAM User Guide, "IAM and AWS STS quotas".
const LONGEST_POLICY: usize = 10_240;

impl Context<'_> {
    pub(super) fn roles(&self, job: &str, raw: &RawJob) -> Roles {
        let both = raw.roles.over(&self.raw.roles);
        let choice = |given: &At<String>, use_for: &str| match given {
            Some(arn) => {
                if arn.get_ref().len() > LONGEST_ARN {
                    let message = format!("an ARN of {} characters is too long", arn.get_ref().len());
                    self.check.fault(
                        arn.span(),
                        message,
                        Some("Step Functions takes 256: give the role a shorter path"),
                    );
                }
                RoleChoice::Given(self.check.iam_arn(arn, "role"))
            }
            None => RoleChoice::Made(fit(&format!("{}-{job}-{use_for}", self.app), 64)),
        };
        Roles {
            execution: choice(&both.execution, "execution"),
            trigger: choice(&both.trigger, "trigger"),
            permissions_boundary: both.permissions_boundary.as_ref().map(|arn| self.check.iam_arn(arn, "policy")),
        }
    }

    /// A role that we make must be worked out from the definition alone.
    pub(super) fn permissions(&self, raw: &RawJob, work: Option<&Work>, machine: &str, logs: &Logs, roles: &Roles) {
        let (Some(at), Some(Work::Definition { text, .. }), RoleChoice::Made(_)) =
            (&raw.definition, work, &roles.execution)
        else {
            return;
        };
        let definition: Value = serde_json::from_str(text).unwrap_or_default();
        let wrong = |run: &RunTask<'_>| {
            (!TaskDefinitionRef::parse(run.task_definition).is_valid()).then(|| {
                format!(
                    "it runs `{}`, which is not a family, family:revision or ARN of a task definition",
                    run.task_definition
                )
            })
        };
        let unknown = match needs(&definition) {
            Err(unknown) => unknown,
            Ok(needs) => {
                let tracing = value(&raw.tracing).unwrap_or(false);
                let length = self.policy_length(&needs, machine, (logs.level != "OFF", tracing));
                let too_long = (length > LONGEST_POLICY)
                    .then(|| format!("it would have {length} characters, and IAM takes {LONGEST_POLICY}"));
                let wrong = needs.iter().filter_map(|need| match need {
                    Need::RunTask(run) => wrong(run),
                    _ => None,
                });
                wrong.chain(too_long).collect()
            }
        };
        let hint = "mend the definition, or bring a role of your own: `roles.execution = \"arn:…\"`";
        for why in unknown {
            self.check.fault(at.span(), format!("no role can be made for this definition: {why}"), Some(hint));
        }
    }

    /// At the least: with the shortest region where none is named, and without the roles of task definitions.
    fn policy_length(&self, needs: &[Need<'_>], machine: &str, logs_and_tracing: (bool, bool)) -> usize {
        let region = self.check.region.as_deref().unwrap_or("us-east-1");
        let scope = Scope {
            app: self.app.to_owned(),
            environment: None,
            account: "123456789012".to_owned(),
            partition: partition(region).to_owned(),
            region: region.to_owned(),
        };
        execution_policy(needs, machine, logs_and_tracing, &scope, &Facts::default()).text().len()
    }
}
