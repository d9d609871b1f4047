//! A clock that only moves when nothing else can: hours pass in no time, and the same way each time.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;

#[derive(Default)]
pub struct Clock {
    now: Cell<Duration>,
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    count: Cell<u64>,
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

    /// Runs processes at the same time, each to its end. None for one that was killed on the way.
    pub fn drive<T>(&self, processes: Vec<(LocalBoxFuture<'_, T>, &Cell<bool>)>) -> Vec<Option<T>> {
        self.timers.borrow_mut().clear();
        let mut ends: Vec<Option<T>> = processes.iter().map(|_| None).collect();
        let mut alive: Vec<_> = processes.into_iter().map(Some).collect();
        let mut context = Context::from_waker(Waker::noop());
        loop {
            for (process, end) in alive.iter_mut().zip(&mut ends) {
                let Some((future, killed)) = process else { continue };
                if let Poll::Ready(ended) = future.as_mut().poll(&mut context) {
                    *end = Some(ended);
                    *process = None;
                } else if killed.get() {
                    *process = None;
                }
            }
            if alive.iter().all(Option::is_none) {
                return ends;
            }
            let ((at, _), waker) = self.timers.borrow_mut().pop_first().expect("a process waits for something");
            self.now.set(self.now().max(at));
            waker.wake();
        }
    }
}
