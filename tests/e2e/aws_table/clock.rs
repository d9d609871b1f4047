//! The rows on a clock that stands still but for the program's pauses: what is waited for, for how long, and when it is
//! said.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, LocalBoxFuture};
use provision::aws::{Aws, Cause, Cloud, Failure, Request, send};
use provision::stop::Stop;

use super::{End, ROWS, Row};

#[derive(Debug)]
struct Write(&'static str);

impl Request for Write {
    fn api(&self) -> &'static str {
        self.0
    }

    fn send<'a>(&self, _: &'a Aws) -> BoxFuture<'a, Result<(), Failure>> {
        panic!("this cloud answers itself")
    }

    fn input(&self) -> &dyn Any {
        self
    }

    fn same(&self, _: &dyn Request) -> bool {
        false
    }
}

/// A cloud that gives a row's error `times` times.
struct Grumbling<'a> {
    row: &'a Row,
    times: u32,
    sent: Cell<u32>,
    start: Instant,
    passed: Cell<Duration>,
}

impl Cloud for Grumbling<'_> {
    fn send<'a>(&'a self, request: &'a dyn Request) -> LocalBoxFuture<'a, Result<(), Failure>> {
        self.sent.set(self.sent.get() + 1);
        let (Row { code, message, status, .. }, api) = (self.row, request.api());
        let failure = Failure {
            api,
            cause: Cause::Service,
            code: (!code.is_empty()).then(|| (*code).to_owned()),
            message: (*message).to_owned(),
            status: Some(*status),
        };
        let answer = if self.sent.get() > self.times { Ok(()) } else { Err(failure) };
        Box::pin(async { answer })
    }

    fn now(&self) -> Instant {
        self.start + self.passed.get()
    }

    fn pause(&self, time: Duration) -> LocalBoxFuture<'_, ()> {
        self.passed.set(self.passed.get() + time);
        Box::pin(async {})
    }

    fn luck(&self) -> u64 {
        1
    }
}

/// How it ended, what was said and when, how often it was sent, and how long it took.
struct Ended {
    answer: Result<(), Failure>,
    said: Vec<(Duration, &'static str)>,
    sent: u32,
    took: Duration,
}

fn sent(row: &Row, api: &'static str, times: u32) -> Ended {
    let start = Instant::now();
    let cloud = Grumbling { row, times, sent: Cell::new(0), start, passed: Cell::new(Duration::ZERO) };
    let said = RefCell::new(Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let never = Stop::never();
    let write = Write(api);
    let answer = runtime.block_on(send(&write, &cloud, &never, |waiting| {
        said.borrow_mut().push((cloud.passed.get(), waiting.reason));
    }));
    Ended { answer, said: said.into_inner(), sent: cloud.sent.get(), took: cloud.passed.get() }
}

fn rows() -> impl Iterator<Item = (&'static Row, &'static str)> {
    ROWS.iter().flat_map(|row| row.apis.iter().map(move |api| (row, *api)))
}

#[test]
fn what_passes_is_waited_for_and_said_after_two_seconds() {
    for (row, api) in rows() {
        let End::Waits(reason, limit) = row.end else { continue };
        let short = sent(row, api, 2);
        assert!(short.answer.is_ok() && short.sent == 3, "{api} {}", row.message);
        assert!(short.said.is_empty(), "{api}: a wait of {:?} needs no word", short.took);

        let long = sent(row, api, u32::MAX);
        let (_, said) = long.said.first().expect("it says what it waits for");
        assert_eq!(*said, reason, "{api} {}", row.message);
        assert!(long.said[0].0 <= Duration::from_secs(2), "{api}: said {:?} after the beginning", long.said[0].0);
        let limit = Duration::from_secs(limit);
        assert!(
            long.took >= limit && long.took < limit + Duration::from_secs(17),
            "{api}: gave up after {:?}",
            long.took
        );
        let failure = long.answer.expect_err("it gives up");
        assert!(failure.message.ends_with(&format!("(waited for {reason})")), "{failure}");
    }
}

#[test]
fn roles_are_asked_for_again_after_a_quarter_a_half_one_and_then_two_seconds() {
    let (row, api) = rows().next().expect("a row");
    let waits: Vec<u128> = (1..=6).map(|times| sent(row, api, times).took.as_millis()).collect();
    assert_eq!(waits, [250, 750, 1_750, 3_750, 5_750, 7_750]);
}

#[test]
fn what_is_final_is_sent_once() {
    for (row, api) in rows() {
        let End::Fails(said) = row.end else { continue };
        let ended = sent(row, api, u32::MAX);
        assert_eq!((ended.sent, ended.took), (1, Duration::ZERO), "{api} {}", row.code);
        let failure = ended.answer.expect_err("it fails");
        let told = format!("{failure}\n{}", failure.hint().unwrap_or_default());
        assert!(told.contains(said), "{said:?} is not in {told}");
    }
}
