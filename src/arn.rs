//! Amazon Resource Names, taken apart.

/// `arn:partition:service:region:account:resource`. Source: IAM User Guide, "Identify AWS resources with ARNs".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// `iam`, `states`, …
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    /// Twelve digits, or empty.
    pub account: &'a str,
    /// All that follows, such as `role/path/name`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes `text` apart. None when it is no ARN.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let ("arn", partition, service, region, account, resource) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?)
        else {
            return None;
        };
        let whole = !partition.is_empty() && !service.is_empty() && !resource.is_empty();
        whole.then_some(Self { partition, service, region, account, resource })
    }

    /// Whether it is of one region and one account, as far as its form tells.
    pub fn is_regional(&self) -> bool {
        let region = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !self.region.is_empty() && self.region.chars().all(region) && self.has_account()
    }

    /// Whether its account is twelve digits.
    pub fn has_account(&self) -> bool {
        self.account.len() == 12 && self.account.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// The resource without `prefix`, when the ARN is of this service and begins so.
    pub fn of(text: &'a str, service: &str, prefix: &str) -> Option<&'a str> {
        let arn = Self::parse(text).filter(|arn| arn.service == service)?;
        arn.resource.strip_prefix(prefix).filter(|rest| !rest.is_empty())
    }
}
