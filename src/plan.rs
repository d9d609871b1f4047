//! From what is wanted and what there is to changes, each with its reason, in an order that respects what needs what.

mod compare;
mod order;
mod saved;

use std::any::Any;
use std::collections::BTreeSet;
use std::marker::PhantomData;

use futures_util::future::BoxFuture;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::aws::Failure;
use crate::blueprint::Blueprint;
use crate::config::Config;
use crate::kind::{Address, Call, Kind, Look};
use crate::scope::Scope;

pub use compare::{Draft, Drafts, compare};
pub use order::order;
pub use saved::Saved;

/// What is to happen to one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is not there.
    Create,
    /// It differs.
    Update,
    /// Nobody asks for it any more.
    Delete,
    /// It has our name and is not ours.
    Blocked,
}

/// One resource, its before and after, why, and the calls that get there.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The resource.
    #[serde(serialize_with = "as_text")]
    pub address: Address,
    /// The job that it belongs to, when it is one.
    pub job: Option<String>,
    /// What is to happen.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// Whether the resource is deleted, if only to be made anew.
    #[serde(skip)]
    pub deletes: bool,
    /// What runs on the resource while it is to be deleted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub running: Vec<String>,
    /// As AWS has it.
    pub before: Option<Value>,
    /// As the config wants it.
    pub after: Option<Value>,
    /// What AWS may show on the way.
    #[serde(skip)]
    pub between: Vec<Value>,
    /// The IAM names of the calls, in order.
    #[serde(serialize_with = "as_calls")]
    pub calls: Vec<&'static str>,
}

/// Calls of one change that run one after another.
#[derive(Clone, Debug)]
pub struct Step {
    /// The change, by its place in the plan.
    pub change: usize,
    /// What is sent, in order.
    pub calls: Vec<Call>,
    /// The steps that must be done first, by their place in the plan.
    pub after: Vec<usize>,
}

/// All that is to happen.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In the order in which they may begin.
    pub changes: Vec<Change>,
    /// Each comes later than those it waits for.
    pub steps: Vec<Step>,
    /// Resources that are as they should be.
    pub unchanged: usize,
    /// What is in it and nobody else is to see.
    pub secrets: Vec<String>,
}

/// Why a resource is not deleted.
pub const PROTECTED: &str = "it is protected";

impl Plan {
    /// How many changes are of this action.
    pub fn count(&self, action: Action) -> usize {
        self.changes.iter().filter(|change| change.action == action).count()
    }
}

fn as_text<S: Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}

fn as_calls<S: Serializer>(calls: &[&'static str], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(calls.iter().map(|api| serde_json::json!({ "api": api })))
}

/// What a plan is made for.
#[derive(Debug)]
pub struct Goal<'a> {
    /// What should be.
    pub blueprint: Blueprint<'a>,
    /// Only these jobs; all when none is named.
    pub jobs: BTreeSet<String>,
    /// Whether unowned resources of our names are taken over.
    pub adopt: bool,
    /// Whether nothing is to be left, whatever the config names.
    pub destroy: bool,
    /// Kinds of which nothing is deleted.
    pub keep: Vec<&'static str>,
    /// Whether what runs on a resource is ended before it is deleted.
    pub stop_running: bool,
}

/// Actions by the names that IAM knows, and what they are sent about.
#[derive(Clone, Debug)]
pub struct Access {
    /// To see what there is.
    pub reads: &'static [&'static str],
    /// To see it at an endpoint that is not AWS.
    pub reads_elsewhere: &'static [&'static str],
    /// To make and change what the config asks for.
    pub writes: &'static [&'static str],
    /// To remove what it no longer asks for.
    pub deletes: &'static [&'static str],
    /// What they are sent about.
    pub arns: Vec<String>,
}

/// A kind without its type: what the registry holds.
pub trait AnyKind: Sync {
    /// The kind's name in addresses.
    fn name(&self) -> &'static str;
    /// What whoever runs the program must be allowed, so that the config's resources of this kind can be kept.
    fn access(&self, config: &Config, scope: &Scope) -> Access;
    /// What there is.
    fn observe<'a>(&self, look: &'a Look<'a>, config: &Config) -> BoxFuture<'a, Result<Box<dyn Any + Send>, Failure>>;
    /// What runs on the resource of this name.
    fn running<'a>(&self, look: &'a Look<'a>, name: &'a str) -> BoxFuture<'a, Result<Vec<String>, Failure>>;
    /// What is to change, from what [`AnyKind::observe`] found. Pure.
    fn compare(&self, observed: Box<dyn Any + Send>, goal: &Goal<'_>) -> Drafts;
}

/// A kind, its type forgotten.
#[derive(Debug)]
pub struct Erased<K>(PhantomData<fn() -> K>);

impl<K> Erased<K> {
    /// For the registry.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<K> Default for Erased<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Kind> AnyKind for Erased<K> {
    fn name(&self) -> &'static str {
        K::NAME
    }

    fn access(&self, config: &Config, scope: &Scope) -> Access {
        Access {
            reads: K::READS,
            reads_elsewhere: K::READS_ELSEWHERE,
            writes: if K::names(config).is_empty() { &[] } else { K::WRITES },
            deletes: K::DELETES,
            arns: K::arns(config, scope),
        }
    }

    fn observe<'a>(&self, look: &'a Look<'a>, config: &Config) -> BoxFuture<'a, Result<Box<dyn Any + Send>, Failure>> {
        let names = K::names(config);
        Box::pin(async move {
            let found: Vec<K> = K::observe(look, &names).await?;
            Ok(Box::new(found) as Box<dyn Any + Send>)
        })
    }

    fn running<'a>(&self, look: &'a Look<'a>, name: &'a str) -> BoxFuture<'a, Result<Vec<String>, Failure>> {
        Box::pin(K::running(look, name))
    }

    fn compare(&self, observed: Box<dyn Any + Send>, goal: &Goal<'_>) -> Drafts {
        let observed = observed.downcast::<Vec<K>>().map(|found| *found).unwrap_or_default();
        compare(observed, K::desired(&goal.blueprint), goal)
    }
}
