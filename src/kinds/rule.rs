//! `rule`: when a job runs, with the target that it starts. Source: Amazon EventBridge API Reference.

use std::collections::BTreeMap;

use aws_sdk_eventbridge::operation::delete_rule::builders::DeleteRuleInputBuilder as DeleteRule;
use aws_sdk_eventbridge::operation::put_rule::builders::PutRuleInputBuilder as PutRule;
use aws_sdk_eventbridge::operation::put_targets::builders::PutTargetsInputBuilder as PutTargets;
use aws_sdk_eventbridge::operation::remove_targets::builders::RemoveTargetsInputBuilder as RemoveTargets;
use aws_sdk_eventbridge::operation::tag_resource::builders::TagResourceInputBuilder as TagResource;
use aws_sdk_eventbridge::operation::untag_resource::builders::UntagResourceInputBuilder as UntagResource;
use aws_sdk_eventbridge::types::{self, DeadLetterConfig, RetryPolicy, RuleState, Tag};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::arn::Arn;
use crate::aws::{Aws, Failure, Operation, READS_AT_ONCE, operations, pages, sent};
use crate::blueprint::{Blueprint, JobPlan};
use crate::config::{Config, RoleChoice, Schedule};
use crate::kind::{Address, Call, Kind, Look, Wanted, and_all_of, own_tags, present, tag_changes};
use crate::kinds::sight::Sight;
use crate::kinds::{Role, StateMachine};
use crate::scope::{Scope, Tags};

operations!(events, "events", aws_sdk_eventbridge:
    put_rule::PutRuleInputBuilder = "PutRule",
    delete_rule::DeleteRuleInputBuilder = "DeleteRule",
    tag_resource::TagResourceInputBuilder = "TagResource",
    untag_resource::UntagResourceInputBuilder = "UntagResource",
);

/// The id of the one target that we put.
pub const TARGET: &str = "state-machine";

/// A rule on the default bus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `rate(…)` or `cron(…)`.
    pub expression: Option<String>,
    /// An event pattern, which no rule of ours has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_pattern: Option<String>,
    /// `ENABLED` or `DISABLED`.
    pub state: String,
    /// What it is for.
    pub description: String,
    /// By id.
    pub targets: BTreeMap<String, Target>,
    /// Its tags.
    pub tags: Tags,
}

/// What a rule starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// What is started.
    pub arn: String,
    /// The ARN of the role that EventBridge starts it with.
    pub role: Option<String>,
    /// What it is given.
    pub input: TargetInput,
    /// How long EventBridge goes on trying, in seconds; a day where nobody says.
    pub max_age: i32,
    /// How often it tries again; 185 times where nobody says.
    pub attempts: i32,
    /// The ARN of the queue for events that could not be delivered.
    pub dead_letter: Option<String>,
}

/// What a target is given.
#[derive(Clone, Debug)]
pub enum TargetInput {
    /// The event itself.
    Event,
    /// Always the same text, which is JSON.
    Constant(String),
    /// A part of the event, or a text made from it. No rule of ours has this.
    Derived(String),
}

impl TargetInput {
    fn value(&self) -> Value {
        match self {
            Self::Event => Value::Null,
            Self::Constant(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
            Self::Derived(how) => json!({ "derived": how }),
        }
    }
}

impl PartialEq for TargetInput {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self.value() == other.value()
    }
}

impl Serialize for TargetInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// EventBridge's own delivery retry: a day, in seconds.
const DEFAULT_MAX_AGE: i32 = 86_400;
/// EventBridge's own delivery retry: attempts.
const DEFAULT_ATTEMPTS: i32 = 185;

impl Kind for Rule {
    const NAME: &'static str = "rule";
    const READS: &'static [&'static str] =
        &["events:ListRules", "events:ListTargetsByRule", "events:ListTagsForResource", "tag:GetResources"];
    const WRITES: &'static [&'static str] =
        &["events:PutRule", "events:PutTargets", "events:TagResource", "events:UntagResource"];
    const DELETES: &'static [&'static str] = &["events:DeleteRule", "events:RemoveTargets"];

    fn names(config: &Config) -> Vec<String> {
        config.jobs.iter().flat_map(|job| &job.schedules).map(|schedule| schedule.rule.clone()).collect()
    }

    fn arns(config: &Config, scope: &Scope) -> Vec<String> {
        let names = and_all_of(&format!("{}-", scope.app), Self::names(config));
        names.iter().map(|name| scope.rule(name)).collect()
    }

    fn desired(blueprint: &Blueprint<'_>) -> Vec<Wanted<Self>> {
        let of_job = |plan: &'_ JobPlan<'_>| {
            let rules = plan.job.schedules.iter().map(|schedule| desired(blueprint, plan, schedule));
            rules.map(|resource| Wanted { resource, jobs: vec![plan.job.name.clone()] }).collect::<Vec<_>>()
        };
        blueprint.jobs.iter().flat_map(of_job).collect()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn needs(&self) -> Vec<Address> {
        let machine = |target: &Target| {
            let name = Arn::of(&target.arn, "states", "stateMachine:")?;
            Some(Address { kind: StateMachine::NAME, name: name.to_owned() })
        };
        let role = |target: &Target| target.role.as_deref().and_then(Role::address_of);
        self.targets.values().flat_map(|target| [machine(target), role(target)]).flatten().collect()
    }

    async fn observe(look: &Look<'_>, names: &[String]) -> Result<Vec<Self>, Failure> {
        let prefix = format!("{}-", look.scope.app);
        let arn_prefix = look.scope.rule("");
        let (owned, listed) = tokio::try_join!(look.owned(&arn_prefix), list(look, &prefix))?;
        let full = look.aws.answers_in_full();
        let candidate = |rule: &Self| !full || owned.contains(&rule.name) || names.contains(&rule.name);
        let rules = listed.into_iter().filter(candidate);
        let reads = stream::iter(rules).map(|rule| complete(look, rule)).buffer_unordered(READS_AT_ONCE);
        let found: Vec<Option<Self>> = reads.try_collect().await?;
        let app = look.scope.app.as_str();
        let ours = |rule: &Self| names.contains(&rule.name) || rule.owner() == Some(app);
        Ok(found.into_iter().flatten().filter(ours).collect())
    }

    fn calls(from: Option<&Self>, to: Option<&Self>) -> Vec<Call> {
        let mut calls = Vec::new();
        match (from, to) {
            (None, None) => {}
            (Some(from), None) => {
                calls.extend(remove_targets(&from.name, from.targets.keys()));
                calls.push(Call::new(DeleteRule::default().name(&from.name)));
            }
            (None, Some(to)) => {
                calls.push(Call::new(put_rule(to)));
                calls.extend(put_targets(&to.name, to.targets.iter()));
            }
            (Some(from), Some(to)) => {
                calls.extend(remove_targets(&to.name, from.targets.keys().filter(|id| !to.targets.contains_key(*id))));
                calls.extend(put_targets(
                    &to.name,
                    to.targets.iter().filter(|(id, target)| from.targets.get(*id) != Some(*target)),
                ));
                let what = |rule: &Self| {
                    (rule.expression.clone(), rule.event_pattern.clone(), rule.state.clone(), rule.description.clone())
                };
                if what(from) != what(to) {
                    calls.push(Call::new(put_rule(to)));
                }
                let (set, unset) = tag_changes(&from.tags, &to.tags);
                if !set.is_empty() {
                    let tags = set.iter().filter_map(|(key, value)| tag(key, value)).collect();
                    calls.push(Call::new(TagResource::default().resource_arn(&to.arn).set_tags(Some(tags))));
                }
                if !unset.is_empty() {
                    let untag = UntagResource::default().resource_arn(&to.arn);
                    calls.push(Call::new(unset.iter().fold(untag, |untag, key| untag.tag_keys(*key))));
                }
            }
        }
        calls
    }
}

fn desired(blueprint: &Blueprint<'_>, plan: &JobPlan<'_>, schedule: &Schedule) -> Rule {
    let (job, scope) = (plan.job, blueprint.scope);
    let role = match &job.roles.trigger {
        RoleChoice::Made(name) => scope.role(&blueprint.config.role_path(), name),
        RoleChoice::Given(arn) => arn.clone(),
    };
    let target = Target {
        arn: scope.state_machine(&job.machine),
        role: Some(role),
        input: schedule.input.as_ref().map_or(TargetInput::Event, |input| TargetInput::Constant(input.to_string())),
        max_age: schedule.retry.map_or(DEFAULT_MAX_AGE, |retry| retry.max_age),
        attempts: schedule.retry.map_or(DEFAULT_ATTEMPTS, |retry| retry.attempts),
        dead_letter: schedule.dead_letter.clone(),
    };
    let own = format!("Starts job {} of {}", job.name, blueprint.config.app);
    Rule {
        name: schedule.rule.clone(),
        arn: scope.rule(&schedule.rule),
        expression: Some(schedule.expression.clone()),
        event_pattern: None,
        state: if schedule.enabled { "ENABLED".into() } else { "DISABLED".into() },
        description: job.description.clone().filter(|text| !text.is_empty()).unwrap_or(own),
        targets: [(TARGET.to_owned(), target)].into(),
        tags: scope.tags(blueprint.config, &job.name),
    }
}

/// The whole rule: `PutRule` resets what is left out. It ignores the tags of a rule that is there; but when somebody
/// removed that meanwhile, it makes a new one, which is ours from its first moment. Source: EventBridge API Reference,
/// `PutRule`.
fn put_rule(to: &Rule) -> PutRule {
    let tags: Vec<Tag> = to.tags.iter().filter_map(|(key, value)| tag(key, value)).collect();
    PutRule::default()
        .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
        .name(&to.name)
        .set_schedule_expression(to.expression.clone())
        .set_event_pattern(to.event_pattern.clone())
        .state(RuleState::from(to.state.as_str()))
        .description(&to.description)
}

fn tag(key: &str, value: &str) -> Option<Tag> {
    Tag::builder().key(key).value(value).build().ok()
}

fn put_targets<'a>(rule: &str, targets: impl Iterator<Item = (&'a String, &'a Target)>) -> Option<Call> {
    let targets: Vec<types::Target> = targets.filter_map(|(id, target)| sdk_target(id, target)).collect();
    (!targets.is_empty()).then(|| Call::new(PutTargets::default().rule(rule).set_targets(Some(targets))))
}

fn remove_targets<'a>(rule: &str, ids: impl Iterator<Item = &'a String>) -> Option<Call> {
    let ids: Vec<String> = ids.cloned().collect();
    (!ids.is_empty()).then(|| Call::new(RemoveTargets::default().rule(rule).set_ids(Some(ids))))
}

fn sdk_target(id: &str, target: &Target) -> Option<types::Target> {
    let (input, path) = match &target.input {
        TargetInput::Event => (None, None),
        TargetInput::Constant(text) => (Some(text.clone()), None),
        TargetInput::Derived(path) => (None, Some(path.clone())),
    };
    let retry = (target.max_age, target.attempts) != (DEFAULT_MAX_AGE, DEFAULT_ATTEMPTS);
    let retry = retry.then(|| {
        RetryPolicy::builder()
            .maximum_event_age_in_seconds(target.max_age)
            .maximum_retry_attempts(target.attempts)
            .build()
    });
    types::Target::builder()
        .id(id)
        .arn(&target.arn)
        .set_role_arn(target.role.clone())
        .set_input(input)
        .set_input_path(path)
        .set_retry_policy(retry)
        .set_dead_letter_config(target.dead_letter.as_ref().map(|arn| DeadLetterConfig::builder().arn(arn).build()))
        .build()
        .ok()
}

async fn list(look: &Look<'_>, prefix: &str) -> Result<Vec<Rule>, Failure> {
    let page = async |token: Option<String>| {
        let answer = look.aws.events.list_rules().name_prefix(prefix).set_next_token(token).send().await;
        let answer = answer.map_err(|error| Failure::new("events:ListRules", &error))?;
        Ok((sent("events:ListRules", answer.rules)?, answer.next_token))
    };
    let rule = |rule: types::Rule| {
        let name = rule.name?;
        Some(Rule {
            arn: look.scope.rule(&name),
            name,
            expression: rule.schedule_expression.filter(|text| !text.is_empty()),
            event_pattern: rule.event_pattern.filter(|text| !text.is_empty()),
            state: rule.state.map_or_else(|| "ENABLED".into(), |state| state.as_str().to_owned()),
            description: rule.description.unwrap_or_default(),
            targets: BTreeMap::new(),
            tags: Tags::new(),
        })
    };
    Ok(pages(page).await?.into_iter().filter_map(rule).collect())
}

/// A listed rule in full. Where its targets or tags are "not found", it is gone only when the list says so too.
async fn complete(look: &Look<'_>, rule: Rule) -> Result<Option<Rule>, Failure> {
    let again = async || {
        let listed = list(look, &rule.name).await?;
        match listed.into_iter().find(|listed| listed.name == rule.name) {
            Some(rule) => Ok(Sight::of(in_full(look, &rule).await?)),
            None => Ok(Sight::Gone),
        }
    };
    let first = Sight::of(in_full(look, &rule).await?);
    first.or_again("events:ListRules", rule.address().to_string(), again).await
}

async fn in_full(look: &Look<'_>, rule: &Rule) -> Result<Option<Rule>, Failure> {
    let page = async |token: Option<String>| {
        let answer = look.aws.events.list_targets_by_rule().rule(&rule.name).set_next_token(token).send().await;
        let answer = answer.map_err(|error| Failure::new("events:ListTargetsByRule", &error))?;
        Ok((sent("events:ListTargetsByRule", answer.targets)?, answer.next_token))
    };
    let ask_tags = async || {
        let answer = look.aws.events.list_tags_for_resource().resource_arn(&rule.arn).send().await;
        let answer = answer.map_err(|error| Failure::new("events:ListTagsForResource", &error))?;
        let tags = sent("events:ListTagsForResource", answer.tags)?;
        Ok(own_tags(tags.into_iter().map(|tag| (tag.key, tag.value))))
    };
    let targets = async { present(pages(page).await) };
    let tags = look.tags(Rule::NAME, &rule.name, &rule.arn, ask_tags);
    let (Some(targets), Some(tags)) = tokio::try_join!(targets, tags)? else { return Ok(None) };
    let targets = targets.into_iter().map(observed_target).collect();
    Ok(Some(Rule { targets, tags, ..rule.clone() }))
}

fn observed_target(target: types::Target) -> (String, Target) {
    let transformed = target.input_transformer.map(|transformer| transformer.input_template);
    let input = match (target.input, target.input_path.or(transformed)) {
        (Some(text), _) => TargetInput::Constant(text),
        (None, Some(how)) => TargetInput::Derived(how),
        (None, None) => TargetInput::Event,
    };
    let retry = target.retry_policy;
    let observed = Target {
        arn: target.arn,
        role: target.role_arn,
        input,
        max_age: retry.as_ref().and_then(|retry| retry.maximum_event_age_in_seconds).unwrap_or(DEFAULT_MAX_AGE),
        attempts: retry.as_ref().and_then(|retry| retry.maximum_retry_attempts).unwrap_or(DEFAULT_ATTEMPTS),
        dead_letter: target.dead_letter_config.and_then(|queue| queue.arn),
    };
    (target.id, observed)
}

/// Makes the two SDK input builders operations whose answer says 200 and, in the body, what failed.
macro_rules! operations_on_entries {
    ($($builder:ident = $api:literal),+) => {
        $(impl Operation for $builder {
            const API: &'static str = $api;

            fn send(self, aws: &Aws) -> BoxFuture<'_, Result<(), Failure>> {
                Box::pin(async move {
                    let answer = self.send_with(&aws.events).await.map_err(|error| Failure::new(Self::API, &error))?;
                    let failed = answer.failed_entries.unwrap_or_default();
                    let failed: Vec<_> =
                        failed.iter().map(|entry| (entry.error_code(), entry.error_message())).collect();
                    if failed.is_empty() && answer.failed_entry_count == 0 {
                        return Ok(());
                    }
                    Err(Failure::entries(Self::API, &failed))
                })
            }
        })+
    };
}

operations_on_entries!(PutTargets = "events:PutTargets", RemoveTargets = "events:RemoveTargets");
