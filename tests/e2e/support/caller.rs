//! Somebody who may do what a policy says, and an emulator that asks IAM whether he may.

use serde_json::{Value, json};

use super::{Emulator, Ground, Run, Which, bare};

/// A user, and the world.
pub struct Caller {
    pub ground: Ground,
    key: (String, String),
}

/// One action and what it is allowed on.
#[derive(Clone, Debug)]
pub struct Grant {
    pub action: String,
    resources: Vec<String>,
}

const USER: &str = "ci";

/// Of these requests ministack does not know the resource, so it asks whether all may be touched.
const UNNAMED: [&str; 6] = [
    "events:PutTargets",
    "events:RemoveTargets",
    "events:TagResource",
    "events:UntagResource",
    "states:TagResource",
    "states:UntagResource",
];

impl Caller {
    pub fn new(which: Which) -> Self {
        let ground = Ground::on(Emulator::with_iam(which));
        let iam = &ground.cloud.aws.iam;
        let key = ground.cloud.wait(async {
            for name in ["app-task", "app-execution", "another-task", "execution", "trigger"] {
                let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
                iam.create_role().role_name(name).assume_role_policy_document(trust).send().await.expect("a role");
            }
            iam.create_user().user_name(USER).send().await.expect("a user");
            let made = iam.create_access_key().user_name(USER).send().await.expect("a key");
            made.access_key.expect("a key")
        });
        ground.cloud.seed();
        Self { ground, key: (key.access_key_id, key.secret_access_key) }
    }

    /// Writes the config; on moto it brings its own roles, for moto finds no signature right that is of a form with a
    /// space in it, and the description of a role that is made has some.
    pub fn write(&self, config: &str) {
        let role = |name: &str| format!("{name} = \"{}\"\n", self.ground.cloud.role_arn(name));
        let given = format!("[roles]\n{}{}", role("execution"), role("trigger"));
        match self.ground.emulator.which {
            Which::Ministack => self.ground.write("config.toml", config),
            Which::Moto if config.contains("[roles]\n") => {
                self.ground.write("config.toml", &config.replace("[roles]\n", &given));
            }
            Which::Moto => self.ground.write("config.toml", &format!("{config}\n{given}")),
        }
    }

    /// The same calls, without those that moto is not asked for.
    pub fn asked<'a>(&self, calls: &[&'a str]) -> Vec<&'a str> {
        let moto = self.ground.emulator.which == Which::Moto;
        let others = |call: &str| call.starts_with("iam:") || call == "states:StopExecution";
        calls.iter().copied().filter(|call| !moto || !others(call)).collect()
    }

    /// What `provision permissions` prints for this emulator.
    pub fn policy(&self, purpose: &str) -> Vec<Grant> {
        let arguments = ["permissions", "--for", purpose, "--account", self.ground.cloud.account];
        self.grants(&self.ground.ok(&arguments).json())
    }

    /// The policy in the emulator's own words. Where those differ from AWS's, `permissions_on_aws` holds the policy
    /// against what was sent. Neither emulator asks for `iam:PassRole`, nor knows the condition key
    /// `iam:PermissionsBoundary`.
    fn grants(&self, policy: &Value) -> Vec<Grant> {
        let mut grants = Vec::new();
        for statement in policy["Statement"].as_array().expect("statements") {
            for action in texts(&statement["Action"]).into_iter().filter(|action| action != "iam:PassRole") {
                let resources = texts(&statement["Resource"]);
                let resources = match self.ground.emulator.which {
                    // It takes every action for one on all resources.
                    Which::Moto => vec!["*".to_owned()],
                    Which::Ministack if UNNAMED.contains(&action.as_str()) => vec!["*".to_owned()],
                    Which::Ministack => resources.iter().map(|arn| on_ministack(arn)).collect(),
                };
                grants.push(Grant { action, resources });
            }
        }
        grants
    }

    /// Runs as somebody who may do this and nothing else.
    pub fn run(&self, grants: &[Grant], arguments: &[&str]) -> Run {
        let statement = |grant: &Grant| {
            // It takes the name that requests are signed with for the one that policies use.
            let moto = self.ground.emulator.which == Which::Moto;
            let action = if moto { grant.action.replace("tag:", "tagging:") } else { grant.action.clone() };
            json!({ "Effect": "Allow", "Action": action, "Resource": grant.resources })
        };
        let statements: Vec<Value> = grants.iter().map(statement).collect();
        let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let put =
            self.ground.cloud.aws.iam.put_user_policy().user_name(USER).policy_name("all").policy_document(document);
        self.ground.cloud.wait(put.send()).expect("the policy is put");
        self.ground.emulator.ask_iam(true);
        let mut command = self.ground.command(arguments);
        command.env("AWS_ACCESS_KEY_ID", &self.key.0).env("AWS_SECRET_ACCESS_KEY", &self.key.1);
        let run = Run::of(&command.output().expect("the binary runs"));
        self.ground.emulator.ask_iam(false);
        run
    }

    /// Runs, and insists that it went well.
    #[track_caller]
    pub fn may(&self, grants: &[Grant], arguments: &[&str]) {
        let run = self.run(grants, arguments);
        assert_eq!(run.status, Some(0), "{arguments:?}: {run:#?}");
    }

    /// Runs without these actions, and insists that each of them is what it fails for.
    #[track_caller]
    pub fn may_not(&self, grants: &[Grant], without: &[&str], arguments: &[&str]) {
        let rest: Vec<Grant> =
            grants.iter().filter(|grant| !without.contains(&grant.action.as_str())).cloned().collect();
        let run = self.run(&rest, arguments);
        assert_eq!(run.status, Some(1), "{arguments:?} without {without:?}: {run:#?}");
        for action in without {
            // Moto denies in a form that the clients of JSON services can't read.
            let denied = [format!("{action}: AccessDenied"), format!("{action}: HTTP 403: ")];
            assert!(denied.iter().any(|denied| run.stderr.contains(denied)), "{action} is not named: {run:#?}");
        }
    }
}

/// What is printed where no endpoint is set.
pub fn policy_on_aws(ground: &Ground, purpose: &str) -> Value {
    let config = ground.path("config.toml");
    let folder = config.parent().expect("a folder");
    let arguments = ["permissions", "--for", purpose, "--account", ground.cloud.account];
    Run::of(&bare(folder, &arguments).output().expect("the binary runs")).json()
}

/// A list of texts, of which one may stand alone.
pub fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    list.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

/// It leaves the path out of a role's ARN, names the role instead of the instance profile, and the bus of a rule.
fn on_ministack(arn: &str) -> String {
    let arn = arn.replace(":role/provision/billing/", ":role/billing-").replace(":instance-profile/", ":role/billing-");
    arn.replace(":rule/", ":rule/default/")
}
