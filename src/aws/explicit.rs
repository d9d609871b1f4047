//! Says `false` out loud. The SDK leaves a `false` out of a request, and what a service makes of an empty
//! `tracingConfiguration` is nowhere documented: an update must not depend on it.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::{Value, json};

/// Fills in the booleans that Step Functions' configurations have.
#[derive(Debug)]
pub struct ExplicitFalse;

#[dyn_dispatch_hint]
impl Intercept for ExplicitFalse {
    fn name(&self) -> &'static str {
        "ExplicitFalse"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let Some(mut body) = request.body().bytes().and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok())
        else {
            return Ok(());
        };
        let mut filled = false;
        for (configuration, field) in
            [("tracingConfiguration", "enabled"), ("loggingConfiguration", "includeExecutionData")]
        {
            if let Some(fields) = body.get_mut(configuration).and_then(Value::as_object_mut) {
                fields.entry(field).or_insert(json!(false));
                filled = true;
            }
        }
        if filled {
            let text = body.to_string();
            request.headers_mut().insert("content-length", text.len().to_string());
            *request.body_mut() = SdkBody::from(text);
        }
        Ok(())
    }
}
