//! The parameters of `ecs:runTask`. Step Functions writes `Cluster` where ECS itself writes `cluster`. Sources:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::json;
use super::report::Report;
use super::resource;
use super::shape::{Language, Site};

struct Parameter {
    name: &'static str,
    inner: &'static [Parameter],
}

const fn leaf(name: &'static str) -> Parameter {
    Parameter { name, inner: &[] }
}

const fn node(name: &'static str, inner: &'static [Parameter]) -> Parameter {
    Parameter { name, inner }
}

const TAG: &[Parameter] = &[leaf("Key"), leaf("Value")];

const RUN_TASK: &[Parameter] = &[
    node("CapacityProviderStrategy", &[leaf("Base"), leaf("CapacityProvider"), leaf("Weight")]),
    leaf("ClientToken"),
    leaf("Cluster"),
    leaf("Count"),
    leaf("EnableECSManagedTags"),
    leaf("EnableExecuteCommand"),
    leaf("Group"),
    leaf("LaunchType"),
    node(
        "NetworkConfiguration",
        &[node("AwsvpcConfiguration", &[leaf("AssignPublicIp"), leaf("SecurityGroups"), leaf("Subnets")])],
    ),
    node(
        "Overrides",
        &[
            node(
                "ContainerOverrides",
                &[
                    leaf("Command"),
                    leaf("Cpu"),
                    node("Environment", &[leaf("Name"), leaf("Value")]),
                    node("EnvironmentFiles", &[leaf("Type"), leaf("Value")]),
                    leaf("Memory"),
                    leaf("MemoryReservation"),
                    leaf("Name"),
                    node("ResourceRequirements", &[leaf("Type"), leaf("Value")]),
                ],
            ),
            leaf("Cpu"),
            node("EphemeralStorage", &[leaf("SizeInGiB")]),
            leaf("ExecutionRoleArn"),
            node("InferenceAcceleratorOverrides", &[leaf("DeviceName"), leaf("DeviceType")]),
            leaf("Memory"),
            leaf("TaskRoleArn"),
        ],
    ),
    node("PlacementConstraints", &[leaf("Expression"), leaf("Type")]),
    node("PlacementStrategy", &[leaf("Field"), leaf("Type")]),
    leaf("PlatformVersion"),
    leaf("PropagateTags"),
    leaf("ReferenceId"),
    leaf("StartedBy"),
    node("Tags", TAG),
    leaf("TaskDefinition"),
    node(
        "VolumeConfigurations",
        &[
            node(
                "ManagedEBSVolume",
                &[
                    leaf("Encrypted"),
                    leaf("FilesystemType"),
                    leaf("Iops"),
                    leaf("KmsKeyId"),
                    leaf("RoleArn"),
                    leaf("SizeInGiB"),
                    leaf("SnapshotId"),
                    node("TagSpecifications", &[leaf("PropagateTags"), leaf("ResourceType"), node("Tags", TAG)]),
                    node("TerminationPolicy", &[leaf("DeleteOnTermination")]),
                    leaf("Throughput"),
                    leaf("VolumeInitializationRate"),
                    leaf("VolumeType"),
                ],
            ),
            leaf("Name"),
        ],
    ),
];

/// Checks a Task that runs a container; `machine_ends` tells whether the whole machine has a timeout.
pub(super) fn check(task: &Object, machine_ends: bool, site: Site, report: &mut Report) {
    let Some(call) = json::text_at(task, "Resource").and_then(resource::integration) else {
        return;
    };
    let pattern = call.strip_prefix("ecs:runTask");
    if pattern.is_none() && call.strip_prefix("aws-sdk:ecs:runTask").is_none() {
        return;
    }
    if !machine_ends && pattern.is_some_and(|pattern| !pattern.is_empty()) {
        timeout(task, site, report);
    }
    let field = if site.language == Language::JsonPath { "Parameters" } else { "Arguments" };
    let Some(parameters) = json::get(task, field) else {
        return;
    };
    names(&parameters.value, RUN_TASK, site, report);
    if let Some(object) = parameters.value.as_object()
        && !object.properties.iter().any(|property| bare(property).eq_ignore_ascii_case("TaskDefinition"))
    {
        report.error(site, parameters.name.range(), &format!("`{field}` has no `TaskDefinition`"), None);
    }
}

fn timeout(task: &Object, site: Site, report: &mut Report) {
    let limits = ["TimeoutSeconds", "TimeoutSecondsPath"];
    let resource = json::get(task, "Resource");
    if let (Some(resource), false) = (resource, limits.iter().any(|name| json::get(task, name).is_some())) {
        let hint = "set `TimeoutSeconds` on the state, or on the state machine".to_owned();
        let what = "no timeout: a task that hangs runs up a bill";
        report.warning(site, resource.value.range(), what, Some(hint));
    }
}

fn names(value: &Value, known: &[Parameter], site: Site, report: &mut Report) {
    match value {
        Value::Object(object) => {
            object.properties.iter().for_each(|property| name(property, known, site, report));
        }
        Value::Array(array) => array.elements.iter().for_each(|element| names(element, known, site, report)),
        _ => {}
    }
}

fn name(property: &ObjectProp, known: &[Parameter], site: Site, report: &mut Report) {
    let (written, bare) = (json::key(property), bare(property));
    let meant = known.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(bare));
    let near = || report.nearest(bare, known.iter().map(|parameter| parameter.name));
    let right = meant.map(|parameter| parameter.name).or_else(near);
    let is_path = written != bare;
    let foreign = is_path && site.language == Language::Jsonata;
    if let Some(right) = right.filter(|right| foreign || *right != bare) {
        let hint = match (foreign, is_path) {
            (true, _) => format!("in JSONata it is `{right}`, with the expression between `{{%` and `%}}`"),
            (false, true) => format!("Step Functions calls it `{right}.$`"),
            (false, false) => format!("Step Functions calls it `{right}`"),
        };
        report.error(site, property.name.range(), &format!("ecs:runTask has no parameter `{written}`"), Some(hint));
    }
    if let Some(parameter) = meant.filter(|parameter| !parameter.inner.is_empty()) {
        names(&property.value, parameter.inner, site, report);
    }
}

/// Without the ending that marks a path.
fn bare<'a>(property: &'a ObjectProp<'a>) -> &'a str {
    let written = json::key(property);
    written.strip_suffix(".$").unwrap_or(written)
}
