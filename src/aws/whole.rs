//! Holds answers in XML to be whole. The SDK's reader takes the end of a text that was cut short for the end of every
//! element in it: a shorter list, or a shorter name.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Makes an answer of IAM or STS that is not a whole response a broken connection.
#[derive(Debug)]
pub struct WholeXml;

#[dyn_dispatch_hint]
impl Intercept for WholeXml {
    fn name(&self) -> &'static str {
        "WholeXml"
    }

    /// Before this the body is not there yet.
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let body = response.body().bytes().unwrap_or_default();
        if response.status().is_success() && !is_whole(body) {
            return Err("the answer is cut short, or not the service's".into());
        }
        Ok(())
    }
}

/// Source: IAM and STS API References: the answer to `GetRole` is a `GetRoleResponse`.
fn is_whole(body: &[u8]) -> bool {
    let document = std::str::from_utf8(body).ok().and_then(|text| roxmltree::Document::parse(text).ok());
    document.is_some_and(|document| document.root_element().tag_name().name().ends_with("Response"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_response_is_whole() {
        let whole = "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Arn>é&amp;</Arn></GetRoleResponse>\n";
        assert!(is_whole(whole.as_bytes()));
        for end in 0..whole.len() - 1 {
            assert!(!is_whole(&whole.as_bytes()[..end]), "cut after {end} bytes");
        }
        assert!(!is_whole(b"<html><body>Log in</body></html>"));
        assert!(!is_whole(b"{}"));
    }
}
