//! One run against AWS: who we are, what is wanted, what there is, and the plan between them.

use std::collections::BTreeSet;

use futures_util::future::{LocalBoxFuture, try_join_all};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::aws::{Aws, Cloud, Failure, READS_AT_ONCE, Tagged, identify, inquire};
use crate::blueprint::Blueprint;
use crate::config::Config;
use crate::error::Error;
use crate::facts::Facts;
use crate::kind::{Address, Look};
use crate::kinds::REGISTRY;
use crate::plan::{Goal, Plan, order};
use crate::reconcile::Site;
use crate::references::References;
use crate::scope::Scope;

/// A config, the account it is for, and what was found out.
#[derive(Debug)]
pub struct Session {
    /// The config.
    pub config: Config,
    /// The clients.
    pub aws: Aws,
    /// The app's place.
    pub scope: Scope,
}

/// What a plan is to reach.
#[derive(Clone, Debug, Default)]
pub struct Aim {
    /// Only these jobs; all when none is named.
    pub jobs: BTreeSet<String>,
    /// Whether unowned resources of our names are taken over.
    pub adopt: bool,
    /// Whether nothing is to be left.
    pub destroy: bool,
    /// Kinds of which nothing is deleted.
    pub keep: Vec<&'static str>,
    /// Whether what runs on a resource is ended before it is deleted.
    pub stop_running: bool,
}

impl Aim {
    /// What a plan is made for, once it is known what should be.
    pub fn goal<'a>(&self, blueprint: Blueprint<'a>) -> Goal<'a> {
        Goal {
            blueprint,
            jobs: self.jobs.clone(),
            adopt: self.adopt,
            destroy: self.destroy,
            keep: self.keep.clone(),
            stop_running: self.stop_running,
        }
    }
}

impl Session {
    /// Finds out who we are and whether that is whom the config is for.
    ///
    /// # Errors
    /// When there are no credentials, no answer, or the wrong account.
    pub async fn open(config: Config, aws: Aws) -> Result<Self, Error> {
        let scope = identify(&aws, &config).await?;
        Ok(Self { config, aws, scope })
    }

    /// The plan that reaches `aim`. Reads all at once; writes nothing. `doubted` was tagged a moment ago.
    ///
    /// # Errors
    /// When AWS refuses a read, or the config refers to what is not there.
    pub async fn plan(&self, aim: &Aim, doubted: BTreeSet<Address>) -> Result<Plan, Error> {
        let look =
            Look { aws: &self.aws, scope: &self.scope, tagged: Tagged::new(&self.aws, &self.scope.app), doubted };
        let facts = async {
            if aim.destroy {
                return Ok(Facts::default());
            }
            let wanted = |name: &str| aim.jobs.is_empty() || aim.jobs.contains(name);
            inquire(&self.aws, &References::that_decide(&self.config, wanted)).await
        };
        let observed = async {
            let reads = REGISTRY.iter().map(|kind| kind.observe(&look, &self.config));
            let cannot =
                |failure: Failure| failure.into_error(format!("can't see what there is in {}", self.scope.region));
            try_join_all(reads).await.map_err(cannot)
        };
        let (facts, observed) = tokio::try_join!(facts, observed)?;
        let blueprint = match aim.destroy {
            true => Blueprint::empty(&self.config, &self.scope),
            false => Blueprint::new(&self.config, &self.scope, &facts, &aim.jobs)?,
        };
        let goal = aim.goal(blueprint);
        let mut plan = order(REGISTRY.iter().zip(observed).map(|(kind, observed)| kind.compare(observed, &goal)));
        plan.secrets.clone_from(&self.config.secrets);
        running(&mut plan, &look).await.map_err(|failure| failure.into_error("can't see what is running"))?;
        Ok(plan)
    }
}

impl Site for Session {
    fn cloud(&self) -> &dyn Cloud {
        &self.aws
    }

    fn plan<'a>(&'a self, aim: &'a Aim, doubted: BTreeSet<Address>) -> LocalBoxFuture<'a, Result<Plan, Error>> {
        Box::pin(self.plan(aim, doubted))
    }
}

/// Finds out what runs on the resources that the plan deletes.
async fn running(plan: &mut Plan, look: &Look<'_>) -> Result<(), Failure> {
    let deletions: Vec<usize> = (0..plan.changes.len()).filter(|at| plan.changes[*at].deletes).collect();
    let found: Vec<(usize, Vec<String>)> = stream::iter(deletions)
        .map(async |at| {
            let Address { kind, name } = &plan.changes[at].address;
            match REGISTRY.iter().find(|known| known.name() == *kind) {
                Some(known) => Ok((at, known.running(look, name).await?)),
                None => Ok((at, Vec::new())),
            }
        })
        .buffer_unordered(READS_AT_ONCE)
        .try_collect()
        .await?;
    for (at, running) in found {
        plan.changes[at].running = running;
    }
    Ok(())
}
