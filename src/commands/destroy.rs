//! `provision destroy`: removes all that the app owns.

use super::carry_out::{Consent, carry_out};
use super::{open, reporter};
use crate::aws::limit_reads;
use crate::cli::Destroy;
use crate::error::{Error, Exit};
use crate::kind::Kind;
use crate::kinds::LogGroup;
use crate::session::Aim;

pub async fn run(args: Destroy) -> Result<Exit, Error> {
    limit_reads(args.patience.timeout);
    let session = open(&args.common).await?;
    let keep = if args.keep_logs { vec![LogGroup::NAME] } else { Vec::new() };
    let aim = Aim { destroy: true, keep, stop_running: args.stop_running, ..Aim::default() };
    let consent = Consent { yes: args.yes, may_ask: !args.common.json, question: "Remove all of it?", saved: None };
    carry_out(&session, &aim, &consent, args.patience.timeout, reporter(&args.common, true, !args.yes).as_mut()).await
}
