//! `provision apply`: makes AWS what the config says.

use super::carry_out::{Consent, carry_out};
use super::{aim, connect, reporter};
use crate::aws::limit_reads;
use crate::cli::Apply;
use crate::config;
use crate::error::{Error, Exit};
use crate::plan::Saved;

pub async fn run(args: Apply) -> Result<Exit, Error> {
    let saved = args.plan.as_deref().map(Saved::read).transpose()?;
    let config = config::load(&args.common.config, args.common.env.as_deref())?;
    let aim = aim(&args.selection, &config)?;
    let aim = match &saved {
        Some(saved) => saved.agreed(args.common.env.as_deref(), &aim)?,
        None => aim,
    };
    limit_reads(args.patience.timeout);
    let session = connect(config, &args.common).await?;
    let asks = !args.yes && saved.is_none();
    let consent = Consent { yes: args.yes, may_ask: !args.common.json, question: "Make these changes?", saved };
    carry_out(&session, &aim, &consent, args.patience.timeout, reporter(&args.common, true, asks).as_mut()).await
}
