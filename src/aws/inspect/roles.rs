//! Roles that the user brings: that they exist and trust the service that is to assume them. And the policies that
//! bound the roles that we make.

use futures_util::stream::{self, StreamExt};

use super::unanswered;
use crate::arn::Arn;
use crate::aws::{Aws, Failure, READS_AT_ONCE, read};
use crate::finding::{Finding, needed_by};
use crate::iam::Policy;
use crate::references::{Jobs, References};
use crate::scope::Scope;

/// One finding a role and service, and one a boundary.
pub async fn exist(aws: &Aws, scope: &Scope, references: &References) -> Vec<Finding> {
    let roles = stream::iter(&references.roles)
        .map(async |((arn, service), jobs)| role(aws, scope, arn, service, jobs).await)
        .buffered(READS_AT_ONCE)
        .collect::<Vec<_>>();
    let boundaries = stream::iter(&references.boundaries)
        .map(async |(arn, jobs)| boundary(aws, arn, jobs).await)
        .buffered(READS_AT_ONCE)
        .collect::<Vec<_>>();
    let (mut roles, boundaries) = tokio::join!(roles, boundaries);
    roles.extend(boundaries);
    roles
}

/// Source: IAM API, `GetRole`.
async fn role(aws: &Aws, scope: &Scope, arn: &str, service: &str, jobs: &Jobs) -> Finding {
    let subject = format!("role `{arn}`");
    let Some(named) = Arn::parse(arn) else { return Finding::skipped(subject, "it is no ARN") };
    if named.account != scope.account {
        let message =
            format!("it is of account {}, and a role can be passed to {service} only in its own", named.account);
        return Finding::fault(subject, message, format!("name a role of account {}", scope.account));
    }
    let name = named.resource.rsplit('/').next().unwrap_or_default();
    let ask = async || {
        let answer = aws.iam.get_role().role_name(name).send().await;
        answer.map_err(|error| Failure::new("iam:GetRole", &error))
    };
    let missing = || {
        let message = format!("there is no role `{arn}`, which {}", needed_by(jobs));
        Finding::fault(subject.clone(), message, "make it first, or leave it out under [roles]: then it is made")
    };
    let found = match read(ask).await {
        Err(failure) if failure.is_not_found() => return missing(),
        Err(failure) => return unanswered(aws, &subject, &failure),
        Ok(answer) => answer.role,
    };
    let Some(found) = found.filter(|found| found.arn() == arn) else { return missing() };
    let trust = Policy::from_encoded(found.assume_role_policy_document().unwrap_or_default());
    let part = if trust.lets_assume(service) {
        Finding::ok("trust", service)
    } else {
        let message = format!("{service} may not assume the role `{name}`");
        let hint = format!("allow `sts:AssumeRole` to the service {service} in the role's trust policy");
        Finding::fault("trust", message, hint)
    };
    Finding::ok(subject, "").with(vec![part])
}

/// Source: IAM API, `GetPolicy`.
async fn boundary(aws: &Aws, arn: &str, jobs: &Jobs) -> Finding {
    let subject = format!("permissions boundary `{arn}`");
    let ask = async || {
        let answer = aws.iam.get_policy().policy_arn(arn).send().await;
        answer.map_err(|error| Failure::new("iam:GetPolicy", &error))
    };
    match read(ask).await {
        Ok(_) => Finding::ok(subject, ""),
        Err(failure) if failure.is_not_found() => {
            let message = format!("there is no policy `{arn}`, which {}", needed_by(jobs));
            Finding::fault(subject, message, "make it first, or correct `permissions_boundary` under [roles]")
        }
        Err(failure) => unanswered(aws, &subject, &failure),
    }
}
