//! An API request as a value: decided, comparable, not yet sent.

use std::any::Any;
use std::fmt::Debug;

use futures_util::future::BoxFuture;

use super::{Aws, Failure};

/// One API operation: an SDK input builder, and how to send it.
pub trait Operation: Clone + Debug + PartialEq + Send + Sync + 'static {
    /// The IAM name of the operation, such as `logs:CreateLogGroup`.
    const API: &'static str;

    /// Sends the request once and, where AWS answers before the work is done, waits for it.
    fn send(self, aws: &Aws) -> BoxFuture<'_, Result<(), Failure>>;
}

/// Any operation, without its type.
pub trait Request: Debug + Send + Sync {
    /// The IAM name of the operation.
    fn api(&self) -> &'static str;
    /// Sends the request once.
    fn send<'a>(&self, aws: &'a Aws) -> BoxFuture<'a, Result<(), Failure>>;
    /// The SDK's own input builder.
    fn input(&self) -> &dyn Any;
    /// Whether both are the same request.
    fn same(&self, other: &dyn Request) -> bool;
}

impl<T: Operation> Request for T {
    fn api(&self) -> &'static str {
        T::API
    }

    fn send<'a>(&self, aws: &'a Aws) -> BoxFuture<'a, Result<(), Failure>> {
        Operation::send(self.clone(), aws)
    }

    fn input(&self) -> &dyn Any {
        self
    }

    fn same(&self, other: &dyn Request) -> bool {
        other.input().downcast_ref::<T>() == Some(self)
    }
}

/// Makes SDK input builders operations: `operations!(logs, aws_sdk_cloudwatchlogs: create_log_group::CreateLogGroup…)`.
macro_rules! operations {
    ($client:ident, $service:literal, $sdk:ident: $($module:ident :: $builder:ident = $name:literal),+ $(,)?) => {
        $(impl $crate::aws::Operation for $sdk::operation::$module::builders::$builder {
            const API: &'static str = concat!($service, ":", $name);

            fn send(
                self,
                aws: &$crate::aws::Aws,
            ) -> futures_util::future::BoxFuture<'_, Result<(), $crate::aws::Failure>> {
                Box::pin(async move {
                    let answer = self.send_with(&aws.$client).await;
                    answer.map(drop).map_err(|error| $crate::aws::Failure::new(Self::API, &error))
                })
            }
        })+
    };
}
pub(crate) use operations;
