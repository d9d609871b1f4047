//! A request that failed, in terms that can be matched and shown.

use std::error::Error as StdError;
use std::fmt;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::passing::FAILING;
use super::quota;
use crate::error::Error;

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The service answered with an error.
    Service,
    /// Nobody listens there: nothing was sent.
    Unreachable,
    /// The connection broke or the answer did not come: the request may have taken effect.
    Cut,
    /// No credentials, so nothing was sent.
    Credentials,
    /// An answer that is not AWS's.
    Foreign,
    /// The request could not be made, or the answer not be read.
    Other,
}

/// A request that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Such as `logs:CreateLogGroup`.
    pub api: &'static str,
    /// Why.
    pub cause: Cause,
    /// The service's error code.
    pub code: Option<String>,
    /// What it said.
    pub message: String,
    /// The HTTP status.
    pub status: Option<u16>,
}

impl Failure {
    /// What the SDK's error says of the request `api`.
    pub fn new<E>(api: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let cause = cause(error);
        if status == Some(200) && error.as_service_error().is_some_and(|service| service.code().is_none()) {
            let message = "the answer is not the service's: something between here and it may have answered".to_owned();
            return Self { api, cause: Cause::Cut, code: None, message, status };
        }
        let (code, message) = match error.as_service_error() {
            Some(service) => (service.code().map(str::to_owned), service.message().unwrap_or_default().to_owned()),
            None if cause == Cause::Credentials => (None, format!("no AWS credentials: {}", innermost(error))),
            None => (None, innermost(error)),
        };
        if code.is_none() && error.raw_response().is_some_and(is_web_page) {
            // A gateway that fails and one that throttles are waited for; one that refuses is not.
            let refused = status.is_some_and(|status| status < 500 && status != 429);
            let cause = if refused { Cause::Foreign } else { cause };
            return Self { api, cause, code, message: WEB_PAGE.to_owned(), status };
        }
        Self { api, cause, code, message, status }
    }

    /// An entry of an answer that says 200 and yet failed.
    pub fn entry(api: &'static str, code: Option<&str>, message: Option<&str>) -> Self {
        let message = message.unwrap_or("an entry failed").to_owned();
        Self { api, cause: Cause::Service, code: code.map(str::to_owned), message, status: Some(200) }
    }

    /// The entries of an answer that says 200 and yet failed, each with its code and message. One that does not pass
    /// decides what all of them are.
    pub fn entries(api: &'static str, failed: &[(Option<&str>, Option<&str>)]) -> Self {
        let passes =
            |code: Option<&str>| code.is_some_and(|code| CONCURRENT.contains(&code) || FAILING.contains(&code));
        let decides = failed.iter().find(|(code, _)| !passes(*code)).or(failed.first());
        let (code, message) = decides.copied().unwrap_or_default();
        let others = failed.iter().filter(|entry| Some(*entry) != decides);
        let others = others.map(|(code, message)| format!("{}: {}", code.unwrap_or("?"), message.unwrap_or("?")));
        let said: Vec<String> = message.map(str::to_owned).into_iter().chain(others).collect();
        Self::entry(api, code, (!said.is_empty()).then(|| said.join("; ")).as_deref())
    }

    /// This failure, which outlasted the wait for `reason`.
    #[must_use]
    pub fn after_waiting_for(self, reason: &str) -> Self {
        let waited = format!("(waited for {reason})");
        if self.message.ends_with(&waited) {
            return self;
        }
        let message = if self.message.is_empty() { "no message" } else { &self.message };
        Self { message: format!("{message} {waited}"), ..self }
    }

    /// A list that goes on and on.
    pub fn endless() -> Self {
        let message = "the endpoint answers a list without end".to_owned();
        Self { api: "paging", cause: Cause::Foreign, code: None, message, status: None }
    }

    /// An answer in a form that nobody expects.
    pub fn unreadable(api: &'static str) -> Self {
        let message = "the answer can't be read: something between here and AWS may have changed it".to_owned();
        Self { api, cause: Cause::Foreign, code: None, message, status: None }
    }

    /// Reads of one thing that contradict each other, and go on to.
    pub fn contradiction(api: &'static str, message: String) -> Self {
        Self { api, cause: Cause::Other, code: None, message, status: None }
    }

    /// Whether the service said one of `codes`.
    pub fn is(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// Whether the service said that the thing is not there. Nothing else means absent.
    pub fn is_not_found(&self) -> bool {
        self.is(&[
            "NoSuchEntity",
            "NoSuchEntityException",
            "ResourceNotFound",
            "ResourceNotFoundException",
            "StateMachineDoesNotExist",
        ])
    }

    /// Whether it may come of somebody else's change at the same moment: what is made is there already, what is changed
    /// is gone, or what is deleted has got something new.
    pub fn is_conflict(&self) -> bool {
        let has_targets = self.api == "events:DeleteRule" && self.message.contains("since it has targets");
        self.is_not_found() || self.exists() || self.is(&CONCURRENT) || has_targets
    }

    /// Whether it was waited for, or is somebody else's doing: the same request may succeed later.
    pub fn may_pass(&self) -> bool {
        self.is_conflict() || super::passing::patience(self).is_some()
    }

    /// Whether what was to be made is there already.
    pub fn exists(&self) -> bool {
        self.is(&[
            "EntityAlreadyExists",
            "EntityAlreadyExistsException",
            "ResourceAlreadyExistsException",
            "StateMachineAlreadyExists",
        ])
    }

    /// Whether the service itself fails: the request may have taken effect.
    pub fn is_failing(&self) -> bool {
        self.status.is_some_and(|status| status >= 500) || self.is(FAILING)
    }

    /// Whether whoever asks may not.
    pub fn is_denied(&self) -> bool {
        self.is(&["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"])
    }

    /// The action that IAM denied, when this is a denial that names one.
    pub fn denied_action(&self) -> Option<&str> {
        let (_, rest) = self.message.split_once("is not authorized to perform: ")?;
        rest.split_whitespace().next()
    }

    /// Whether the signature was made at another time than AWS's.
    fn is_of_another_time(&self) -> bool {
        let says = |part: &str| self.message.contains(part);
        let signature = self.is(&["InvalidSignatureException", "SignatureDoesNotMatch"]);
        self.is(&["RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"])
            || (signature && (says("Signature expired") || says("Signature not yet current")))
    }

    /// What a person may do about it.
    pub fn hint(&self) -> Option<String> {
        let code = self.code.as_deref().unwrap_or_default();
        if let Some(action) = self.denied_action() {
            return Some(format!("allow `{action}` for whoever runs provision"));
        }
        if let Some(hint) = quota::hint(self) {
            return Some(hint);
        }
        if let Some(hint) = self.hint_at_role() {
            return Some(hint.to_owned());
        }
        let hint = match (self.cause, code) {
            (Cause::Credentials, _) => {
                "log in (`aws sso login`), set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            }
            (Cause::Unreachable | Cause::Cut, _) => "check the network, the region, and AWS_ENDPOINT_URL if it is set",
            _ if self.cause == Cause::Foreign || self.message.starts_with(WEB_PAGE) => {
                "something between here and AWS answered: look at proxies, the network's login page, and AWS_ENDPOINT_URL"
            }
            (_, "ExpiredToken" | "ExpiredTokenException") => "the credentials have expired: log in again",
            _ if self.is_of_another_time() => {
                "the clock of this machine is wrong: AWS takes requests of the last minutes"
            }
            (
                _,
                "AuthFailure"
                | "IncompleteSignature"
                | "IncompleteSignatureException"
                | "InvalidAccessKeyId"
                | "InvalidClientTokenId"
                | "InvalidSignatureException"
                | "MissingAuthenticationToken"
                | "MissingAuthenticationTokenException"
                | "SignatureDoesNotMatch"
                | "UnrecognizedClientException",
            ) => "AWS does not know these credentials: check AWS_PROFILE and the AWS_… variables",
            (
                _,
                "EntityAlreadyExists"
                | "EntityAlreadyExistsException"
                | "ResourceAlreadyExistsException"
                | "StateMachineAlreadyExists",
            ) => "somebody else makes the same things at this moment: run the command again",
            (_, "OptInRequired" | "SubscriptionRequiredException") => {
                "the account is not signed up for this service, or the region is not enabled for it"
            }
            (_, "StateMachineDeleting") => {
                "run it again when its executions have ended; `--stop-running` ends them, `--timeout` waits for longer"
            }
            _ if code.starts_with("AccessDenied") => {
                return Some(format!("allow `{}` for whoever runs provision", self.api));
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// What a role of the user's own must allow, when it was waited for in vain.
    fn hint_at_role(&self) -> Option<&'static str> {
        const LACKS: [(&str, &str); 4] = [
            ("authorized to assume the provided role", "let states.amazonaws.com assume the role, in its trust policy"),
            ("cannot be assumed by principal", "let events.amazonaws.com assume the role, in its trust policy"),
            (
                "authorized to access the Log Destination",
                "allow the role to deliver logs: logs:CreateLogDelivery, logs:PutResourcePolicy and what goes with them",
            ),
            (
                "managed-rule",
                "allow the role events:PutTargets, events:PutRule and events:DescribeRule on Step Functions' own rules",
            ),
        ];
        LACKS.iter().find(|(said, _)| self.message.contains(said)).map(|(_, hint)| *hint)
    }

    /// The error a person sees when this ends what was under way.
    pub fn into_error(self, doing: impl Into<String>) -> Error {
        let error = Error::failed(doing).caused_by(&self);
        match self.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

const WEB_PAGE: &str = "the answer is a web page, and not the service's";

fn is_web_page(response: &HttpResponse) -> bool {
    response.headers().get("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

/// Codes of a change that met another one.
const CONCURRENT: [&str; 6] = [
    "ConcurrentModification",
    "ConcurrentModificationException",
    "ConflictException",
    "DeleteConflict",
    "DeleteConflictException",
    "OperationAbortedException",
];

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.api)?;
        let said = if self.message.is_empty() { "no message" } else { &self.message };
        match (&self.code, self.status) {
            (Some(code), _) => write!(f, "{code}: {said}"),
            (None, Some(status)) => write!(f, "HTTP {status}: {said}"),
            (None, None) => f.write_str(said),
        }
    }
}

fn cause<E>(error: &SdkError<E, HttpResponse>) -> Cause
where
    E: StdError + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(_) => Cause::Service,
        SdkError::ResponseError(_) | SdkError::TimeoutError(_) => Cause::Cut,
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) if about_credentials(error) => {
            Cause::Credentials
        }
        SdkError::DispatchFailure(dispatch) => {
            let refused = chain(error).any(|inner| {
                let io = inner.downcast_ref::<std::io::Error>();
                io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused)
                    || inner.to_string().contains("(Connect)")
            });
            if refused || dispatch.is_user() || dispatch.is_timeout() { Cause::Unreachable } else { Cause::Cut }
        }
        _ => Cause::Other,
    }
}

fn about_credentials(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|inner| {
        let text = inner.to_string();
        text.contains("credentials") || text.contains("identity")
    })
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}

/// The deepest reason: an SDK error's own text is only its kind.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let texts: Vec<String> = chain(error).map(ToString::to_string).collect();
    texts.last().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_lacks_something_is_not_taken_for_the_caller() {
        let said = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to \
                    assume the provided role.";
        for (api, code, message, hint) in [
            ("states:CreateStateMachine", "AccessDeniedException", said, "let states.amazonaws.com assume the role"),
            (
                "states:CreateStateMachine",
                "AccessDeniedException",
                "no",
                "allow `states:CreateStateMachine` for whoever",
            ),
        ] {
            let failure = Failure::entry(api, Some(code), Some(message));
            assert!(failure.hint().is_some_and(|told| told.starts_with(hint)), "{message}");
        }
    }

    #[test]
    fn what_was_waited_for_is_said_once() {
        let failure = Failure::entry("events:ListRules", Some("ThrottlingException"), Some("Rate exceeded"));
        let waited = failure.after_waiting_for("a").after_waiting_for("a");
        assert_eq!(waited.message, "Rate exceeded (waited for a)");
    }
}
