//! What is in an emulator, asked and changed behind the program's back.

use std::collections::BTreeMap;
use std::future::Future;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use provision::aws::Aws;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub const REGION: &str = "ap-northeast-1";

/// The test's own clients.
pub struct Cloud {
    pub aws: Aws,
    pub account: &'static str,
    runtime: Runtime,
}

impl Cloud {
    pub fn new(port: u16, account: &'static str) -> Self {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(format!("http://127.0.0.1:{port}"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
            .http_client(http)
            .build();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { aws: Aws::new(&shared, REGION.into()), account, runtime }
    }

    /// Waits for an answer.
    pub fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.block_on(answer)
    }

    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{REGION}:{}:{resource}", self.account)
    }

    pub fn role_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:role/{name}", self.account)
    }

    /// The cluster `batch`, and the task definition `app` with the one container `app`.
    pub fn seed(&self) {
        self.wait(async {
            self.aws.ecs.create_cluster().cluster_name("batch").send().await.expect("a cluster");
        });
        self.task_definition("app", &["app"], Some("app-task"));
    }

    /// Registers a revision of a task definition.
    pub fn task_definition(&self, family: &str, containers: &[&str], task_role: Option<&str>) {
        use aws_sdk_ecs::types::{Compatibility, ContainerDefinition, NetworkMode};
        let container = |name: &&str| ContainerDefinition::builder().name(*name).image("app:1").memory(128).build();
        self.wait(async {
            self.aws
                .ecs
                .register_task_definition()
                .family(family)
                .network_mode(NetworkMode::Awsvpc)
                .requires_compatibilities(Compatibility::Fargate)
                .cpu("256")
                .memory("512")
                .set_container_definitions(Some(containers.iter().map(container).collect()))
                .set_task_role_arn(task_role.map(|role| self.role_arn(role)))
                .execution_role_arn(self.role_arn("app-execution"))
                .send()
                .await
                .expect("a task definition");
        });
    }

    /// Everything of the kinds that the program manages, whoever owns it, by address.
    pub fn everything(&self) -> BTreeMap<String, Value> {
        self.wait(async {
            let mut all = BTreeMap::new();
            self.log_groups(&mut all).await;
            self.roles(&mut all).await;
            self.state_machines(&mut all).await;
            self.rules(&mut all).await;
            all
        })
    }

    async fn log_groups(&self, all: &mut BTreeMap<String, Value>) {
        let groups = self.aws.logs.describe_log_groups().send().await.expect("log groups");
        for group in groups.log_groups() {
            let name = group.log_group_name().expect("a name");
            let arn = self.arn("logs", &format!("log-group:{name}"));
            let tags = self.aws.logs.list_tags_for_resource().resource_arn(arn).send().await.expect("tags");
            let tags: BTreeMap<_, _> = tags.tags.unwrap_or_default().into_iter().collect();
            all.insert(format!("log-group/{name}"), json!({ "retention": group.retention_in_days(), "tags": tags }));
        }
    }

    async fn roles(&self, all: &mut BTreeMap<String, Value>) {
        let iam = &self.aws.iam;
        for role in iam.list_roles().send().await.expect("roles").roles {
            let name = role.role_name;
            let role = iam.get_role().role_name(&name).send().await.expect("a role").role.expect("a role");
            let mut policies = BTreeMap::new();
            for policy in iam.list_role_policies().role_name(&name).send().await.expect("policies").policy_names {
                let document =
                    iam.get_role_policy().role_name(&name).policy_name(&policy).send().await.expect("a policy");
                policies.insert(policy, decoded(&document.policy_document));
            }
            let attached = iam.list_attached_role_policies().role_name(&name).send().await.expect("policies");
            let attached: Vec<_> =
                attached.attached_policies().iter().map(|policy| policy.policy_arn().map(str::to_owned)).collect();
            let tags: BTreeMap<_, _> =
                role.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
            let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
            let description = role.description().unwrap_or_default();
            all.insert(
                format!("role/{name}"),
                json!({
                    "path": role.path(), "description": description, "session": role.max_session_duration(),
                    "trust": decoded(role.assume_role_policy_document().unwrap_or_default()),
                    "policies": policies, "attached": attached, "tags": tags, "boundary": boundary,
                }),
            );
        }
    }

    async fn state_machines(&self, all: &mut BTreeMap<String, Value>) {
        let states = &self.aws.states;
        for machine in states.list_state_machines().send().await.expect("state machines").state_machines {
            let arn = &machine.state_machine_arn;
            let found = states.describe_state_machine().state_machine_arn(arn).send().await.expect("a state machine");
            let tags = states.list_tags_for_resource().resource_arn(arn).send().await.expect("tags");
            let tags: BTreeMap<_, _> = tags
                .tags()
                .iter()
                .map(|tag| (tag.key().map(str::to_owned), tag.value().map(str::to_owned)))
                .map(|(key, value)| (key.unwrap_or_default(), value))
                .collect();
            let logging = found.logging_configuration().map(|logging| {
                let groups: Vec<_> = logging
                    .destinations()
                    .iter()
                    .map(|to| to.cloud_watch_logs_log_group().and_then(|group| group.log_group_arn()))
                    .collect();
                json!({
                    "level": logging.level().map(aws_sdk_sfn::types::LogLevel::as_str),
                    "data": logging.include_execution_data(),
                    "groups": groups,
                })
            });
            all.insert(
                format!("state-machine/{}", machine.name),
                json!({
                    "definition": serde_json::from_str::<Value>(found.definition()).expect("JSON"),
                    "role": found.role_arn(), "type": found.r#type().as_str(), "logging": logging,
                    "tracing": found.tracing_configuration().map(aws_sdk_sfn::types::TracingConfiguration::enabled), "tags": tags,
                }),
            );
        }
    }

    async fn rules(&self, all: &mut BTreeMap<String, Value>) {
        let events = &self.aws.events;
        for rule in events.list_rules().send().await.expect("rules").rules() {
            let name = rule.name().expect("a name");
            let tags =
                events.list_tags_for_resource().resource_arn(rule.arn().expect("an ARN")).send().await.expect("tags");
            let tags: BTreeMap<_, _> =
                tags.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
            let targets = events.list_targets_by_rule().rule(name).send().await.expect("targets");
            let target = |target: &aws_sdk_eventbridge::types::Target| {
                json!({
                    "id": target.id(), "arn": target.arn(), "role": target.role_arn(),
                    "input": target.input().map(|input| serde_json::from_str::<Value>(input).expect("JSON")),
                    "path": target.input_path(),
                    "retry": target.retry_policy().map(|retry| (retry.maximum_event_age_in_seconds(), retry.maximum_retry_attempts())),
                    "dead_letter": target.dead_letter_config().and_then(|queue| queue.arn()),
                })
            };
            let targets: Vec<Value> = targets.targets().iter().map(target).collect();
            all.insert(
                format!("rule/{name}"),
                json!({
                    "expression": rule.schedule_expression(), "state": rule.state().map(aws_sdk_eventbridge::types::RuleState::as_str),
                    "description": rule.description().unwrap_or_default(), "targets": targets, "tags": tags,
                }),
            );
        }
    }
}

fn decoded(document: &str) -> Value {
    let text = match document.starts_with('{') {
        true => document.into(),
        false => percent_encoding::percent_decode_str(document).decode_utf8_lossy(),
    };
    serde_json::from_str(&text).expect("a policy document")
}

/// Running a job: ministack starts the execution and its task, and the task runs until it is stopped.
impl Cloud {
    fn running_task(&self) -> String {
        self.until(async || {
            let tasks = self.aws.ecs.list_tasks().cluster("batch").send().await.expect("tasks");
            tasks.task_arns().first().cloned()
        })
    }

    /// The command that the one container was started with.
    pub fn command_of_the_running_task(&self) -> String {
        let task = self.running_task();
        let tasks = self.wait(self.aws.ecs.describe_tasks().cluster("batch").tasks(task).send()).expect("the task");
        let overrides = tasks.tasks()[0].overrides().expect("overrides").container_overrides();
        overrides[0].command().join(" ")
    }

    pub fn stop_the_running_task(&self) {
        let task = self.running_task();
        self.wait(self.aws.ecs.stop_task().cluster("batch").task(task).send()).expect("it stops");
    }

    /// How an execution ended.
    pub fn outcome(&self, execution: &str) -> String {
        self.until(async || {
            let found =
                self.aws.states.describe_execution().execution_arn(execution).send().await.expect("an execution");
            let status = found.status().as_str().to_owned();
            (status != "RUNNING").then_some(status)
        })
    }

    /// Asks until there is an answer.
    fn until<T>(&self, ask: impl AsyncFn() -> Option<T>) -> T {
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
        self.wait(async {
            loop {
                if let Some(answer) = ask().await {
                    return answer;
                }
                assert!(std::time::Instant::now() < deadline, "it does not happen");
                tokio::task::yield_now().await;
            }
        })
    }
}
