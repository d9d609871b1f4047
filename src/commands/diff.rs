//! `provision diff`: what apply would do.

use std::collections::BTreeSet;

use super::{aim, connect, reporter};
use crate::cli::Diff;
use crate::config;
use crate::error::{Error, Exit};
use crate::plan::Saved;

pub async fn run(args: Diff) -> Result<Exit, Error> {
    let config = config::load(&args.common.config, args.common.env.as_deref())?;
    let aim = aim(&args.selection, &config)?;
    let session = connect(config, &args.common).await?;
    let plan = session.plan(&aim, BTreeSet::new()).await?;
    reporter(&args.common, false, false).plan(&plan, &session.scope);
    if let Some(path) = &args.out {
        Saved::new(&plan, &session.scope, &aim).write(path)?;
    }
    let differs = args.exit_code && !plan.changes.is_empty();
    Ok(if differs { Exit::Differences } else { Exit::Done })
}
