//! `provision apply`: makes AWS what the config says.

use super::carry_out::{Consent, carry_out};
use super::{connect, reporter, selected};
use crate::aws::limit_reads;
use crate::cli::Apply;
use crate::config;
use crate::error::{Error, Exit};
use crate::session::Aim;

pub async fn run(args: Apply) -> Result<Exit, Error> {
    let config = config::load(&args.common.config, args.common.env.as_deref())?;
    let aim = Aim { jobs: selected(&args.selection, &config)?, adopt: args.selection.adopt, ..Aim::default() };
    limit_reads(args.patience.timeout);
    let session = connect(config, &args.common).await?;
    let consent = Consent { yes: args.yes, may_ask: !args.common.json, question: "Make these changes?" };
    carry_out(&session, &aim, &consent, args.patience.timeout, reporter(&args.common, true, !args.yes).as_mut()).await
}
