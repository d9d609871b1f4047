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

    /// The resource without `prefix`, when the ARN is of this service and begins so.
    pub fn of(text: &'a str, service: &str, prefix: &str) -> Option<&'a str> {
        let arn = Self::parse(text).filter(|arn| arn.service == service)?;
        arn.resource.strip_prefix(prefix).filter(|rest| !rest.is_empty())
    }
}
