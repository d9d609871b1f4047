//! Where a task runs.

use std::ops::Range;

use toml::Spanned;

use super::{Check, value};
use crate::arn::Arn;
use crate::config::fault::nearest;
use crate::config::raw::{At, RawCapacityProvider, RawEcs};
use crate::config::{CapacityProvider, Ecs, Launch};
use crate::facts::TaskDefinitionRef;

/// The capacity providers that every cluster may have.
const FARGATE_PROVIDERS: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

impl Check<'_> {
    /// The parameters of `RunTask` that `raw` means. Source: Amazon ECS API, `RunTask`.
    pub(super) fn ecs(&self, raw: &RawEcs, job: &Range<usize>) -> Option<Ecs> {
        let top = job.start..job.start;
        if let Some(named) = &raw.task_definition
            && !TaskDefinitionRef::parse(named.get_ref()).is_valid()
        {
            let message = format!("`{}` names no task definition", named.get_ref());
            self.fault(named.span(), message, Some("a family (its latest revision), `family:revision`, or an ARN"));
        }
        let unread = self.is_mistyped("ecs");
        if raw.task_definition.is_none() && !unread && !self.is_mistyped("task_definition") {
            let hint = "add `task_definition` under [ecs], or under the job's own [job.NAME.ecs]";
            self.fault(top.clone(), "this job has no task definition", Some(hint));
        }
        let launch = self.launch(raw);
        let subnets = value(&raw.subnets).unwrap_or_default();
        let unread = unread || ["subnets", "launch_type", "capacity_providers"].iter().any(|key| self.is_mistyped(key));
        if subnets.is_empty() && launch.on_fargate() && !unread {
            let at = raw.subnets.as_ref().map_or(top, Spanned::span);
            self.fault(at, "a task on Fargate needs a subnet", Some("add `subnets = [\"subnet-…\"]` under [ecs]"));
        }
        self.network(raw, &subnets);
        self.fargate_only(raw, &launch);
        self.arn(&raw.cluster, "ecs", "cluster/");
        for (key, name) in [("cluster", &raw.cluster), ("container", &raw.container)] {
            self.ecs_name(key, name);
        }
        for (kind, named) in [("cluster", &raw.cluster), ("task definition", &raw.task_definition)] {
            if let Some((arn, whole)) = named.as_ref().and_then(|arn| Some((arn, Arn::parse(arn.get_ref())?))) {
                self.same_account(&arn.span(), &whole, kind);
                self.same_region(&arn.span(), &whole, kind);
                if kind == "task definition" && !whole.is_regional() {
                    let hint = "such as `arn:aws:ecs:us-east-1:123456789012:task-definition/name`";
                    self.fault(arn.span(), format!("`{}` is not a whole ARN", arn.get_ref()), Some(hint));
                }
            }
        }
        for role in [&raw.task_role, &raw.execution_role].into_iter().flatten() {
            self.iam_arn(role, "role");
        }
        let (cpu, memory) = self.size(raw, &launch);
        Some(Ecs {
            cluster: value(&raw.cluster).unwrap_or_else(|| "default".into()),
            task_definition: value(&raw.task_definition)?,
            container: value(&raw.container),
            subnets,
            security_groups: value(&raw.security_groups).unwrap_or_default(),
            assign_public_ip: value(&raw.assign_public_ip).unwrap_or(false),
            launch,
            platform_version: value(&raw.platform_version),
            propagate_tags: value(&raw.propagate_tags).filter(|from| from != "NONE"),
            enable_execute_command: value(&raw.enable_execute_command).unwrap_or(false),
            cpu,
            memory,
            task_role: value(&raw.task_role),
            execution_role: value(&raw.execution_role),
        })
    }

    /// Source: Amazon ECS API, `AwsVpcConfiguration` (`assignPublicIp`) and `RunTask` (`platformVersion`); ECS Developer
    /// Guide, "Amazon ECS clusters for external instances".
    fn fargate_only(&self, raw: &RawEcs, launch: &Launch) {
        if let Some(version) = &raw.platform_version {
            let numbers: Vec<&str> = version.get_ref().split('.').collect();
            let number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if version.get_ref() != "LATEST" && (numbers.len() != 3 || !numbers.iter().all(number)) {
                let message = format!("`{}` is not a version of Fargate's platform", version.get_ref());
                self.fault(version.span(), message, Some("`LATEST`, or such as `1.4.0`"));
            }
        }
        let unread = ["launch_type", "capacity_providers", "name"].iter().any(|key| self.is_mistyped(key));
        if launch.on_fargate() || unread {
            return;
        }
        let elsewhere = match launch {
            Launch::Type(kind) => kind.as_str(),
            Launch::CapacityProviders(_) => "capacity providers of your own",
        };
        let public = raw.assign_public_ip.as_ref().filter(|public| *public.get_ref()).map(Spanned::span);
        let version = raw.platform_version.as_ref().map(Spanned::span);
        for (key, at) in [("assign_public_ip", public), ("platform_version", version)] {
            if let Some(at) = at {
                self.fault(at, format!("`{key}` is for Fargate, and this runs on {elsewhere}"), None);
            }
        }
        if let (Launch::Type(kind), Some(subnets)) = (launch, &raw.subnets)
            && kind == "EXTERNAL"
            && !subnets.get_ref().is_empty()
        {
            let hint = "write `subnets = []` and `security_groups = []` under the job's own [job.NAME.ecs]";
            self.fault(subnets.span(), "a task outside of AWS is in no subnet", Some(hint));
        }
    }

    fn launch(&self, raw: &RawEcs) -> Launch {
        let Some(providers) = &raw.capacity_providers else {
            return Launch::Type(value(&raw.launch_type).unwrap_or_else(|| "FARGATE".into()));
        };
        if let Some(launch_type) = &raw.launch_type {
            let hint = "ECS takes one of the two";
            self.fault(launch_type.span(), "`launch_type` beside `capacity_providers`", Some(hint));
        }
        let unread = self.is_mistyped("capacity_providers");
        if (providers.get_ref().is_empty() && !unread) || providers.get_ref().len() > 20 {
            self.fault(providers.span(), "`capacity_providers` has 1 to 20 items", None);
        }
        let weighs =
            |provider: &RawCapacityProvider| provider.weight.as_ref().is_some_and(|weight| *weight.get_ref() > 0);
        if providers.get_ref().len() > 1 && !providers.get_ref().iter().any(weighs) {
            let hint = "give one of them a `weight`: without one it is 0";
            self.fault(providers.span(), "no capacity provider has a weight above 0, so none gets a task", Some(hint));
        }
        if providers.get_ref().iter().filter(|provider| provider.base.is_some()).count() > 1 {
            self.fault(providers.span(), "only one capacity provider may have a `base`", None);
        }
        let on_fargate = |raw: &&RawCapacityProvider| value(&raw.name).unwrap_or_default().starts_with("FARGATE");
        let fargate = providers.get_ref().iter().filter(on_fargate).count();
        if fargate > 0 && fargate < providers.get_ref().len() {
            let hint = "ECS takes either Fargate's or your own";
            self.fault(providers.span(), "capacity providers of Fargate beside others", Some(hint));
        }
        Launch::CapacityProviders(providers.get_ref().iter().map(|raw| self.capacity_provider(raw)).collect())
    }

    fn capacity_provider(&self, raw: &RawCapacityProvider) -> CapacityProvider {
        if raw.name.is_none() && !self.is_mistyped("name") {
            self.fault(raw.span.clone(), "this capacity provider has no `name`", Some("such as `FARGATE_SPOT`"));
        }
        if let Some(name) = &raw.name {
            self.provider_name(name);
        }
        let within = |key: &str, number: &At<i64>, most: i32| {
            let number = number.as_ref()?;
            let read = i32::try_from(*number.get_ref()).ok().filter(|read| (0..=most).contains(read));
            if read.is_none() {
                self.fault(number.span(), format!("`{key}` is a number from 0 to {most}"), None);
            }
            read
        };
        CapacityProvider {
            name: value(&raw.name).unwrap_or_default(),
            weight: within("weight", &raw.weight, 1_000),
            base: within("base", &raw.base, 100_000),
        }
    }

    /// Source: Amazon ECS API, `CreateCapacityProvider` (`name`).
    fn provider_name(&self, name: &Spanned<String>) {
        let text = name.get_ref();
        let lower = text.to_lowercase();
        let of_aws = ["aws", "ecs", "fargate"].iter().any(|prefix| lower.starts_with(prefix));
        if FARGATE_PROVIDERS.contains(&text.as_str()) || (is_ecs_name(text) && !of_aws) {
            return;
        }
        let hint = match nearest(text, FARGATE_PROVIDERS).filter(|_| of_aws) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "1 to 255 of a-z, A-Z, 0-9, hyphens and underscores; of AWS there are `FARGATE` and `FARGATE_SPOT`"
                .into(),
        };
        self.fault(name.span(), format!("`{text}` can't be the name of a capacity provider"), Some(&hint));
    }

    fn network(&self, raw: &RawEcs, subnets: &[String]) {
        let ids = [(&raw.subnets, "subnet-", 16), (&raw.security_groups, "sg-", 5)];
        for (ids, prefix, most) in ids {
            let Some(ids) = ids else { continue };
            if ids.get_ref().len() > most {
                let message = format!("{} are too many: ECS takes at most {most}", ids.get_ref().len());
                self.fault(ids.span(), message, None);
            }
            let is_id = |id: &str| {
                let rest = id.strip_prefix(prefix).unwrap_or_default();
                !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            };
            for id in ids.get_ref().iter().filter(|id| !is_id(id)) {
                self.fault(ids.span(), format!("`{id}` is not an id"), Some(&format!("such as `{prefix}0a1b2c3d`")));
            }
        }
        if let Some(groups) = raw.security_groups.as_ref().filter(|groups| !groups.get_ref().is_empty())
            && subnets.is_empty()
            && !self.is_mistyped("subnets")
        {
            self.fault(groups.span(), "`security_groups` have no meaning without `subnets`", None);
        }
    }

    /// Source: Amazon ECS API, `CreateCluster` and `ContainerDefinition`.
    fn ecs_name(&self, key: &str, name: &At<String>) {
        let Some(name) = name.as_ref().filter(|name| !name.get_ref().starts_with("arn:")) else { return };
        if !is_ecs_name(name.get_ref()) {
            let message = format!("`{}` can't be the name of a {key}", name.get_ref());
            self.fault(name.span(), message, Some("1 to 255 of a-z, A-Z, 0-9, hyphens and underscores"));
        }
    }

    /// Where an ARN may stand instead of a name, it must be the right one.
    fn arn(&self, text: &At<String>, service: &str, prefix: &str) {
        let Some(text) = text else { return };
        let named = |arn: &Arn<'_>| arn.resource.strip_prefix(prefix).is_some_and(is_ecs_name);
        let right = |arn: &Arn<'_>| arn.service == service && arn.is_regional() && named(arn);
        if text.get_ref().starts_with("arn:") && !Arn::parse(text.get_ref()).as_ref().is_some_and(right) {
            let hint = format!("such as `arn:aws:{service}:us-east-1:123456789012:{prefix}name`");
            self.fault(text.span(), format!("`{}` is not the ARN that belongs here", text.get_ref()), Some(&hint));
        }
    }
}

/// Source: Amazon ECS API, `CreateCluster`, `CreateCapacityProvider` and `ContainerDefinition`.
fn is_ecs_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=255).contains(&name.len()) && name.chars().all(allowed)
}

impl Launch {
    /// Whether tasks may land on Fargate.
    pub fn on_fargate(&self) -> bool {
        match self {
            Self::Type(launch_type) => launch_type == "FARGATE",
            Self::CapacityProviders(providers) => providers.iter().any(|provider| provider.name.starts_with("FARGATE")),
        }
    }
}
