//! The trust policy of a role that a GitHub workflow assumes.

use serde_json::json;

use super::caller::Purpose;
use super::policy::Policy;
use crate::scope::Scope;

/// GitHub's OIDC provider, without `https://`.
const PROVIDER: &str = "token.actions.githubusercontent.com";

/// Lets a workflow of `repository` assume the role: on a push to `branch`; of a diff, where none is named, on a pull
/// request. Source: GitHub Docs, "OpenID Connect reference"; IAM User Guide, "Create a role for OpenID Connect
/// federation".
pub fn github_trust(scope: &Scope, repository: &str, purpose: Purpose, branch: Option<&str>) -> Policy {
    let subject = match (purpose, branch) {
        (Purpose::Diff, None) => format!("repo:{repository}:pull_request"),
        (_, branch) => format!("repo:{repository}:ref:refs/heads/{}", branch.unwrap_or("main")),
    };
    let provider = format!("arn:{}:iam::{}:oidc-provider/{PROVIDER}", scope.partition, scope.account);
    let audience = (format!("{PROVIDER}:aud"), "sts.amazonaws.com");
    let subject = (format!("{PROVIDER}:sub"), subject);
    Policy::new([json!({
        "Effect": "Allow",
        "Principal": { "Federated": provider },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { audience.0: audience.1, subject.0: subject.1 } },
    })])
}
