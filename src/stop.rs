//! A wish to stop, from Ctrl-C, SIGTERM or the end of the time that was given: heard between requests, never in the
//! middle of one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::error::Exit;

/// Whether signals are heard by a [`Stop`].
static HEARD: AtomicBool = AtomicBool::new(false);

/// Whether a person is being asked.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Has SIGINT and SIGTERM do `end`, which ends the program, until a [`Stop`] hears them, and again while a person is
/// asked. It learns whether something may have been written. It has a thread of its own, for a question holds up the
/// others.
pub fn on_signal_while_idle(end: fn(bool)) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        let heard = async || -> std::io::Result<()> {
            let (mut interrupt, mut terminate) = signals()?;
            loop {
                tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
                let begun = HEARD.load(Ordering::SeqCst);
                if !begun || ASKING.load(Ordering::SeqCst) {
                    end(begun);
                }
            }
        };
        let _ = runtime.and_then(|runtime| runtime.block_on(heard()));
    });
}

/// Asks a person; a signal meanwhile ends the program.
pub fn while_asking<T>(ask: impl FnOnce() -> T) -> T {
    ASKING.store(true, Ordering::SeqCst);
    let answer = ask();
    ASKING.store(false, Ordering::SeqCst);
    answer
}

fn signals() -> std::io::Result<(Signal, Signal)> {
    Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
}

/// Whether the program is to stop.
#[derive(Clone, Debug)]
pub struct Stop {
    interrupted: watch::Receiver<bool>,
    late: watch::Receiver<bool>,
}

impl Stop {
    /// A stop that is never asked for.
    pub fn never() -> Self {
        let never = watch::channel(false).1;
        Self { interrupted: never.clone(), late: never }
    }

    /// Asked for once one of the two is true: somebody interrupts, or the time is over.
    pub fn when(interrupted: watch::Receiver<bool>, late: watch::Receiver<bool>) -> Self {
        Self { interrupted, late }
    }

    /// Asked for when `limit` has passed, and by the first SIGINT or SIGTERM. The second ends the program at once.
    ///
    /// # Errors
    /// When the system lets no signal be heard.
    pub fn on_signal_or_after(limit: Duration) -> std::io::Result<Self> {
        let (mut interrupt, mut terminate) = signals()?;
        HEARD.store(true, Ordering::SeqCst);
        let (asked, heard) = watch::channel(false);
        tokio::spawn(async move {
            for round in 0..2 {
                tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
                asked.send_replace(true);
                if round == 1 {
                    std::process::exit(Exit::Interrupted as i32);
                }
            }
        });
        let (passed, late) = watch::channel(false);
        tokio::spawn(async move {
            tokio::time::sleep(limit).await;
            passed.send_replace(true);
        });
        Ok(Self::when(heard, late))
    }

    /// Whether it has been asked for.
    pub fn is_requested(&self) -> bool {
        self.is_interrupted() || self.is_late()
    }

    /// Whether it was a signal.
    pub fn is_interrupted(&self) -> bool {
        *self.interrupted.borrow()
    }

    /// Whether the time is over.
    pub fn is_late(&self) -> bool {
        *self.late.borrow()
    }

    /// Returns once the time is over.
    pub async fn late(&self) {
        asked(&self.late).await;
    }

    /// Returns once it has been asked for.
    pub async fn requested(&self) {
        tokio::select! { biased; () = asked(&self.interrupted) => {}, () = asked(&self.late) => {} }
    }
}

async fn asked(wish: &watch::Receiver<bool>) {
    if wish.clone().wait_for(|asked| *asked).await.is_err() {
        std::future::pending::<()>().await;
    }
}
