//! Where each service is asked, as the SDK works it out, and whether that is AWS.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::error::Error;

/// The services that every run asks, by the names that the SDK has for them.
pub const ALWAYS: &[&str] =
    &["CloudWatch Logs", "ECS", "EventBridge", "IAM", "Resource Groups Tagging API", "SFN", "STS"];
/// The services that `check --aws` asks too.
pub const IN_CHECKS: &[&str] = &["EC2", "SNS", "SQS"];

/// The endpoint that the user sets for a service. Source: AWS SDKs and Tools Reference Guide, "Service-specific
/// endpoints": a variable or the profile's `services` section, else the endpoint of all services.
pub fn endpoint(shared: &SdkConfig, service: &str) -> Option<String> {
    let of_all = shared.endpoint_url().map(str::to_owned);
    let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let own = key.ok().and_then(|key| shared.service_config()?.load_config(key));
    own.or(of_all)
}

/// Refuses what is no URL, before it looks like a broken network.
///
/// # Errors
/// When an endpoint is malformed.
pub fn check(shared: &SdkConfig) -> Result<(), Error> {
    let set = ALWAYS.iter().chain(IN_CHECKS).filter_map(|service| Some((service, endpoint(shared, service)?)));
    let Some((service, url)) = set.into_iter().find(|(_, url)| !is_url(url)) else { return Ok(()) };
    let error = Error::config(format!("the endpoint `{}` of {service} is not a URL", shown(&url)));
    Err(error.hint(
        "AWS_ENDPOINT_URL, also of one service, or the profile's endpoint_url, is such as `http://127.0.0.1:4566`",
    ))
}

/// The endpoints of `services` that are not AWS's, each once, for a person. None: all are AWS's.
pub fn elsewhere(shared: &SdkConfig, services: &[&str]) -> Option<String> {
    let mut places: Vec<(String, Vec<&str>)> = Vec::new();
    for service in services {
        let Some(url) = endpoint(shared, service).filter(|url| !is_amazon(url)) else { continue };
        let url = shown(&url);
        match places.iter_mut().find(|(place, _)| *place == url) {
            Some((_, services)) => services.push(service),
            None => places.push((url, vec![service])),
        }
    }
    let told = |(url, some): &(String, Vec<&str>)| match some.len() == services.len() {
        true => url.clone(),
        false => format!("{url} (for {})", some.join(", ")),
    };
    (!places.is_empty()).then(|| places.iter().map(told).collect::<Vec<_>>().join(" and "))
}

/// Host and port, with what may stand before an `@`, and where they begin and end.
fn authority(url: &str) -> (usize, usize) {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#', '\\']).map_or(url.len(), |at| start + at);
    (start, end)
}

/// Without user and password.
fn shown(url: &str) -> String {
    let (start, end) = authority(url);
    match url[start..end].rfind('@') {
        Some(at) => format!("{}{}", &url[..start], &url[start + at + 1..]),
        None => url.to_owned(),
    }
}

fn is_url(url: &str) -> bool {
    let (start, end) = authority(url);
    let host = shown(&url[start..end]);
    let http = ["http://", "https://"].contains(&&url[..start]);
    http && !host.is_empty() && !host.starts_with(':') && HttpRequest::new(SdkBody::empty()).set_uri(url).is_ok()
}

fn is_amazon(url: &str) -> bool {
    let url = shown(url);
    let (start, end) = authority(&url);
    let host = url[start..end].split(':').next().unwrap_or("");
    [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws"].iter().any(|suffix| host.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_from_what_is_none() {
        for url in ["http://127.0.0.1:4566", "https://user:pw@host/path", "https://sts.us-east-1.amazonaws.com"] {
            assert!(is_url(url), "{url}");
        }
        for none in ["http://a b", "http://", "http://:80", "ftp://host", "127.0.0.1:4566", "http://user@", ""] {
            assert!(!is_url(none), "{none}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(shown("http://user:hunter2@host:80/a@b"), "http://host:80/a@b");
        assert_eq!(shown("http://user:hunter2@a b"), "http://a b");
        assert_eq!(shown("http://host"), "http://host");
    }

    #[test]
    fn only_amazon_is_amazon() {
        assert!(is_amazon("https://vpce-1.sts.us-east-1.vpce.amazonaws.com:443/"));
        for other in [
            "http://localhost:4566",
            "http://x.amazonaws.com:pw@other",
            "http://other?x.amazonaws.com",
            "http://other#x.amazonaws.com",
            "http://amazonaws.com.other",
        ] {
            assert!(!is_amazon(other), "{other}");
        }
    }
}
