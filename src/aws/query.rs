//! Reads of Amazon EC2, SNS and SQS, in AWS's Query protocol.
//!
//! `check --aws` asks them four things. The EC2 crate alone would double the time that a build takes. So these four
//! go through the SDK's own orchestrator, which signs them and times them out, and only the form is written here.

use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_types::region::{Region, SigningRegion};
use aws_types::{SdkConfig, SigningName};

use super::Failure;

/// A service that speaks the Query protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Amazon Elastic Compute Cloud.
    Ec2,
    /// Amazon Simple Notification Service.
    Sns,
    /// Amazon Simple Queue Service.
    Sqs,
}

impl Service {
    /// Its name in host names, signatures and IAM actions.
    const fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
        }
    }

    /// Source: the API references of EC2, SNS and SQS, "Making API requests".
    const fn version(self) -> &'static str {
        match self {
            Self::Ec2 => "2016-11-15",
            Self::Sns => "2010-03-31",
            Self::Sqs => "2012-11-05",
        }
    }
}

/// What signs and carries these requests.
#[derive(Clone, Debug)]
pub struct Query {
    shared: SdkConfig,
}

impl Query {
    /// With the credentials, endpoint and time limits of the other clients.
    pub fn new(shared: &SdkConfig) -> Self {
        Self { shared: shared.clone() }
    }

    /// Where it asks, for a person, when that is not AWS.
    pub fn elsewhere(&self) -> Option<String> {
        super::endpoint::elsewhere(&self.shared, super::endpoint::IN_CHECKS)
    }

    /// Sends `api`, such as `sns:GetTopicAttributes`, to the service in `region`, and returns the XML of its answer.
    ///
    /// # Errors
    /// When the service refuses, or stays out of reach.
    pub async fn ask(
        &self,
        service: Service,
        api: &'static str,
        region: &str,
        parameters: &[(String, &str)],
    ) -> Result<String, Failure> {
        let action = api.split_once(':').map_or(api, |(_, action)| action);
        let head = [("Action".to_owned(), action), ("Version".to_owned(), service.version())];
        let form = form(head.iter().chain(parameters));
        let operation = self.operation(service, api, region);
        operation.invoke(form).await.map_err(|error| Failure::new(api, &error))
    }

    fn operation(&self, service: Service, api: &'static str, region: &str) -> Operation<String, String, ErrorMetadata> {
        let mut layer = Layer::new("query");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigningName::from_static(service.name()));
        layer.store_put(SigningRegion::from(Region::new(region.to_owned())));
        layer.store_put(SigV4OperationSigningConfig::default());
        let mut components = RuntimeComponentsBuilder::new("query");
        components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )));
        components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
        components.set_identity_cache(self.shared.identity_cache().or_else(|| Some(IdentityCache::no_cache())));
        if let Some(credentials) = self.shared.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }
        components.set_http_client(self.shared.http_client());
        components.set_sleep_impl(self.shared.sleep_impl());
        components.set_time_source(self.shared.time_source());
        let plugin = StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components);
        let mut operation = Operation::builder()
            .service_name(service.name())
            .operation_name(api)
            .no_retry()
            .endpoint_url(&self.endpoint(service, region))
            .runtime_plugin(plugin)
            .serializer(|form: String| {
                let mut request = HttpRequest::new(SdkBody::from(form));
                request.set_method("POST")?;
                request.set_uri("/")?;
                request.headers_mut().insert("content-type", "application/x-www-form-urlencoded");
                Ok(request)
            })
            .deserializer(read);
        if let Some(timeouts) = self.shared.timeout_config() {
            operation = operation.timeout_config(timeouts.clone());
        }
        operation.build()
    }

    /// The user's endpoint where one is set, as for every other service.
    fn endpoint(&self, service: Service, region: &str) -> String {
        super::endpoint::endpoint(&self.shared, &service.name().to_uppercase()).unwrap_or_else(|| {
            let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
            format!("https://{}.{region}.{suffix}", service.name())
        })
    }
}

fn form<'a>(parameters: impl Iterator<Item = &'a (String, &'a str)>) -> String {
    let encoded = |text: &str| percent_encoding::utf8_percent_encode(text, FORM).to_string();
    parameters.map(|(key, value)| format!("{key}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// All but what RFC 3986 leaves alone.
const FORM: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn read(response: &HttpResponse) -> Result<String, OrchestratorError<ErrorMetadata>> {
    let body = String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned();
    if response.status().is_success() {
        return Ok(body);
    }
    let mut error = ErrorMetadata::builder();
    if let Ok(document) = roxmltree::Document::parse(&body) {
        if let Some(code) = text(document.root(), "Code") {
            error = error.code(code);
        }
        error = error.message(text(document.root(), "Message").unwrap_or_default());
    }
    Err(OrchestratorError::operation(error.build()))
}

/// The text of the first element of this name.
fn text<'a>(node: roxmltree::Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.descendants().find(|node| node.tag_name().name() == name).and_then(|node| node.text())
}

/// The text of a node's own child of this name.
pub fn child<'a>(node: roxmltree::Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|node| node.tag_name().name() == name).and_then(|node| node.text())
}
