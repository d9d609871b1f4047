//! What goes wrong with a request, in the terms of each service.

use provision::aws::{Cause, Failure};

use crate::models::Refusal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Too many requests.
    Throttled,
    /// 503, and nothing happened.
    Failed,
    /// 500, and yet it took effect.
    FailedAfter,
    /// The connection broke before the request arrived.
    CutBefore,
    /// It took effect, and the answer is lost.
    CutAfter,
    /// Somebody else changes the same resource; of targets, in an entry of a 200.
    Concurrent,
    /// The caller may not. Final.
    Denied,
    /// A quota is full. Final.
    Full,
}

impl Fault {
    pub const ALL: [Self; 8] = [
        Self::Throttled,
        Self::Failed,
        Self::FailedAfter,
        Self::CutBefore,
        Self::CutAfter,
        Self::Concurrent,
        Self::Denied,
        Self::Full,
    ];

    /// Whether sending again is of no use.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Denied | Self::Full)
    }

    /// Whether it may be taken for what somebody else does.
    pub fn may_look_like_others(self) -> bool {
        matches!(self, Self::Concurrent) || self.comes_after()
    }

    /// Whether the request takes effect all the same.
    pub fn comes_after(self) -> bool {
        matches!(self, Self::FailedAfter | Self::CutAfter)
    }

    /// What the program is told.
    pub fn failure(self, api: &'static str) -> Failure {
        let service = api.split(':').next().unwrap_or_default();
        let iam = service == "iam";
        match self {
            Self::Throttled => said(api, 400, if iam { "Throttling" } else { "ThrottlingException" }, "Rate exceeded"),
            Self::Failed => said(api, 503, "ServiceUnavailable", ""),
            Self::FailedAfter => said(api, 500, "InternalFailure", ""),
            Self::CutBefore | Self::CutAfter => {
                let message = "connection closed before message completed".into();
                Failure { api, cause: Cause::Cut, code: None, message, status: None }
            }
            Self::Concurrent => {
                let code = match service {
                    "iam" => "ConcurrentModification",
                    "logs" => "OperationAbortedException",
                    "states" => "ConflictException",
                    _ => "ConcurrentModificationException",
                };
                match api {
                    "events:PutTargets" | "events:RemoveTargets" => Failure::entry(api, Some(code), Some("try again")),
                    _ => said(api, 400, code, "another change is under way"),
                }
            }
            Self::Denied => {
                let message = format!("User: arn:aws:iam::123456789012:user/ci is not authorized to perform: {api}");
                said(api, 403, if iam { "AccessDenied" } else { "AccessDeniedException" }, &message)
            }
            Self::Full => {
                said(api, 400, if iam { "LimitExceeded" } else { "LimitExceededException" }, "a quota is full")
            }
        }
    }
}

fn said(api: &'static str, status: u16, code: &str, message: &str) -> Failure {
    Failure { api, cause: Cause::Service, code: Some(code.into()), message: message.into(), status: Some(status) }
}

/// What AWS itself refuses.
pub fn refused(api: &'static str, refusal: &Refusal) -> Failure {
    said(api, 400, refusal.code, refusal.message)
}
