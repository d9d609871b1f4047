//! A clock that only moves when nothing else can: hours pass in no time, and the same way each time.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[derive(Default)]
pub struct Clock {
    now: Cell<Duration>,
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    count: Cell<u64>,
    dead: Cell<bool>,
}

impl Clock {
    pub fn now(&self) -> Duration {
        self.now.get()
    }

    /// Nobody is there to wait.
    pub fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    /// Returns when that much time has passed.
    pub async fn sleep(&self, time: Duration) {
        let until = self.now() + time;
        self.count.set(self.count.get() + 1);
        let key = (until, self.count.get());
        poll_fn(|context| {
            if self.now() >= until {
                return Poll::Ready(());
            }
            self.timers.borrow_mut().insert(key, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Ends the process whose future is driven.
    pub fn kill(&self) {
        self.dead.set(true);
    }

    pub fn is_killed(&self) -> bool {
        self.dead.get()
    }

    /// Runs a process to its end. None when it was killed.
    pub fn drive<T>(&self, process: impl Future<Output = T>) -> Option<T> {
        self.dead.set(false);
        self.timers.borrow_mut().clear();
        let mut process = Box::pin(process);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(end) = process.as_mut().poll(&mut context) {
                return Some(end);
            }
            if self.is_killed() {
                return None;
            }
            let ((at, _), waker) = self.timers.borrow_mut().pop_first().expect("a process waits for something");
            self.now.set(self.now().max(at));
            waker.wake();
        }
    }
}
