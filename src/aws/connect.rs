//! Credentials, region, endpoint and TLS.

use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use super::explicit::ExplicitFalse;
use super::whole::WholeXml;
use super::{Aws, Query, endpoint};
use crate::error::Error;

/// Clients for `region`, or for the region of the environment or the profile.
///
/// The SDK's own retry is off: whether a request may be sent again depends on what it did, which `retry` knows.
///
/// # Errors
/// When no region is named anywhere.
pub async fn connect(region: Option<&str>) -> Result<Aws, Error> {
    let region = match region {
        Some(region) => region.to_owned(),
        None => configured_region().await.ok_or_else(|| {
            Error::config("no region is named").hint("add `region = \"us-east-1\"` to the config, or set AWS_REGION")
        })?,
    };
    if rustls_native_certs::load_native_certs().certs.is_empty() {
        let hint = "install the package `ca-certificates`, or name a file of certificates in SSL_CERT_FILE";
        return Err(Error::failed("this machine has no CA certificates, so no server can be trusted").hint(hint));
    }
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let provider =
        ProviderConfig::without_region().with_region(Some(Region::new(region.clone()))).with_http_client(http.clone());
    let imds = aws_config::imds::Client::builder()
        .configure(&provider)
        .max_attempts(1)
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(1))
        .build();
    let credentials = DefaultCredentialsChain::builder()
        .configure(provider)
        .region(Region::new(region.clone()))
        .imds_client(imds)
        .build()
        .await;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(15))
        .build();
    let shared = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.clone()))
        .credentials_provider(credentials)
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .load()
        .await;
    endpoint::check(&shared)?;
    Ok(Aws::new(&shared, region))
}

impl Aws {
    /// Clients that share one configuration.
    pub fn new(shared: &SdkConfig, region: String) -> Self {
        let states = aws_sdk_sfn::config::Builder::from(shared).interceptor(ExplicitFalse).build();
        let iam = aws_sdk_iam::config::Builder::from(shared).interceptor(WholeXml).build();
        let sts = aws_sdk_sts::config::Builder::from(shared).interceptor(WholeXml).build();
        Self {
            logs: aws_sdk_cloudwatchlogs::Client::new(shared),
            ecs: aws_sdk_ecs::Client::new(shared),
            events: aws_sdk_eventbridge::Client::new(shared),
            iam: aws_sdk_iam::Client::from_conf(iam),
            states: aws_sdk_sfn::Client::from_conf(states),
            sts: aws_sdk_sts::Client::from_conf(sts),
            query: Query::new(shared),
            tagging: aws_sdk_resourcegroupstagging::Client::new(shared),
            region,
            endpoint: endpoint::elsewhere(shared, endpoint::ALWAYS),
        }
    }
}

/// The region that the environment or the profile names.
pub async fn configured_region() -> Option<String> {
    use aws_config::environment::EnvironmentVariableRegionProvider;
    use aws_config::meta::region::{ProvideRegion, RegionProviderChain};
    use aws_config::profile::ProfileFileRegionProvider;
    let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(ProfileFileRegionProvider::new());
    ProvideRegion::region(&chain).await.map(|region| region.to_string())
}
