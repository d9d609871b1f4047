//! `provision diff`: what apply would do.

use std::collections::BTreeSet;

use super::{connect, reporter, selected};
use crate::cli::Diff;
use crate::config;
use crate::error::{Error, Exit};
use crate::session::Aim;

pub async fn run(args: Diff) -> Result<Exit, Error> {
    let config = config::load(&args.common.config, args.common.env.as_deref())?;
    let aim = Aim { jobs: selected(&args.selection, &config)?, adopt: args.selection.adopt, ..Aim::default() };
    let session = connect(config, &args.common).await?;
    let plan = session.plan(&aim, BTreeSet::new()).await?;
    reporter(&args.common, false, false).plan(&plan, &session.scope);
    let differs = args.exit_code && !plan.changes.is_empty();
    Ok(if differs { Exit::Differences } else { Exit::Done })
}
