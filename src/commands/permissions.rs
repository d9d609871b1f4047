//! `provision permissions`: what whoever runs the program must be allowed. Asks AWS nothing.

use crate::aws;
use crate::cli::Permissions;
use crate::config::{self, Config};
use crate::error::{Error, Exit};
use crate::iam::{caller_policy, github_trust};
use crate::report;
use crate::scope::Scope;

/// In characters other than white space. Source: IAM User Guide, "IAM and AWS STS quotas".
const MANAGED: usize = 6144;
const INLINE: usize = 10_240;

pub async fn run(args: Permissions) -> Result<Exit, Error> {
    let common = &args.common;
    let config = config::load(&common.config, common.env.as_deref())?;
    let account = account(&config, args.account.as_deref())?;
    let aws = aws::connect(config.region.as_deref()).await?;
    let scope = Scope::of(&config, account, &aws.region);
    let policy = if let Some(repository) = &args.github {
        github_trust(&scope, repository, args.purpose, args.branch.as_deref())
    } else {
        if let Some(endpoint) = &aws.endpoint {
            report::note(&format!("an endpoint is set: this policy is for {endpoint}, not for AWS"));
        }
        caller_policy(&config, &scope, args.purpose, !aws.answers_in_full())
    };
    let length = policy.text().len();
    if args.github.is_none() && length > MANAGED {
        report::note(&format!(
            "this policy has {length} characters: IAM takes {MANAGED} of a managed policy, and {INLINE} of all inline \
             policies of a role; its statements can be split among several managed policies"
        ));
    }
    if common.json || !common.quiet {
        report::document(&policy);
    }
    Ok(Exit::Done)
}

fn account<'a>(config: &'a Config, named: Option<&'a str>) -> Result<&'a str, Error> {
    match (config.account.as_deref(), named) {
        (Some(account), Some(named)) if account != named => {
            let message = format!("--account is {named}, and the config is for {account}");
            Err(Error::config(message).hint("leave out `--account`, or correct `account`"))
        }
        (Some(account), _) | (None, Some(account)) => Ok(account),
        (None, None) => {
            let hint = "add `account` to the config, or `--account`: `aws sts get-caller-identity` tells it";
            Err(Error::config("a policy names the account, and none is named").hint(hint))
        }
    }
}
