//! A wish to stop, from Ctrl-C or SIGTERM: heard between requests, never in the middle of one.

use tokio::sync::watch;

use crate::error::Exit;

/// Whether the user wants the program to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A stop that is never asked for.
    pub fn never() -> Self {
        Self(watch::channel(false).1)
    }

    /// Asked for once `heard` is true.
    pub fn when(heard: watch::Receiver<bool>) -> Self {
        Self(heard)
    }

    /// Asked for by the first SIGINT or SIGTERM. The second ends the program at once.
    ///
    /// # Errors
    /// When the system lets no signal be heard.
    pub fn on_signal() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
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
        Ok(Self(heard))
    }

    /// Whether it has been asked for.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it has been asked for.
    pub async fn requested(&self) {
        let mut heard = self.0.clone();
        if heard.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
