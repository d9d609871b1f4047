//! Where a walk sends its requests, and whose time it waits in.

use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;

use super::{Aws, Failure, Request};

/// AWS; or, in tests, a model of it that has its own clock.
pub trait Cloud {
    /// Sends the request once.
    fn send<'a>(&'a self, request: &'a dyn Request) -> LocalBoxFuture<'a, Result<(), Failure>>;

    /// The moment it is there.
    fn now(&self) -> Instant;

    /// Returns once that much time has passed there.
    fn pause(&self, time: Duration) -> LocalBoxFuture<'_, ()>;

    /// Differs between those who may send at the same time, so that they wait differently long.
    fn luck(&self) -> u64;
}

impl Cloud for Aws {
    fn send<'a>(&'a self, request: &'a dyn Request) -> LocalBoxFuture<'a, Result<(), Failure>> {
        request.send(self)
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn pause(&self, time: Duration) -> LocalBoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn luck(&self) -> u64 {
        std::process::id().into()
    }
}
