//! What a kind of AWS resource is to the rest of the program.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::Serialize;

use crate::aws::{Aws, Failure, Request, Tagged, read};
use crate::blueprint::Blueprint;
use crate::config::Config;
use crate::scope::{APP_TAG, Scope, Tags};

/// How a person names one resource: `kind/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Such as `log-group`.
    pub kind: &'static str,
    /// The resource's own name.
    pub name: String,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// One API request, decided but not yet sent.
#[derive(Clone, Debug)]
pub struct Call(Arc<dyn Request>);

impl Call {
    /// The request that `input`, an SDK input builder, describes.
    pub fn new(input: impl Request + 'static) -> Self {
        Self(Arc::new(input))
    }

    /// The IAM name of the operation, such as `logs:CreateLogGroup`.
    pub fn api(&self) -> &'static str {
        self.0.api()
    }

    /// The request.
    pub fn request(&self) -> &dyn Request {
        self.0.as_ref()
    }
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(other.request())
    }
}

/// A resource that the config asks for, and the jobs that it is for.
#[derive(Clone, Debug)]
pub struct Wanted<K> {
    /// The resource.
    pub resource: K,
    /// The jobs' names.
    pub jobs: Vec<String>,
}

/// What observing needs.
#[derive(Debug)]
pub struct Look<'a> {
    /// The clients.
    pub aws: &'a Aws,
    /// The app's place.
    pub scope: &'a Scope,
    /// Bulk tags.
    pub tagged: Tagged<'a>,
    /// What was tagged a moment ago: bulk reads may still answer the old tags.
    pub doubted: BTreeSet<Address>,
}

impl Look<'_> {
    /// The tags of a resource: in bulk where that tells, otherwise asked for. None when the resource has gone.
    ///
    /// # Errors
    /// When AWS refuses, or stays out of reach.
    pub async fn tags<F>(
        &self,
        kind: &'static str,
        name: &str,
        arn: &str,
        ask: impl Fn() -> F,
    ) -> Result<Option<Tags>, Failure>
    where
        F: Future<Output = Result<Tags, Failure>>,
    {
        let address = Address { kind, name: name.to_owned() };
        if !self.doubted.contains(&address)
            && let Some(tags) = self.tagged.all().await?.get(arn)
        {
            return Ok(Some(own_tags(tags.clone())));
        }
        Ok(present(read(ask).await)?.map(own_tags))
    }

    /// The names of what the app owns in bulk reads, by the beginning of their ARN.
    ///
    /// # Errors
    /// When AWS refuses, or stays out of reach.
    pub async fn owned(&self, arn_prefix: &str) -> Result<BTreeSet<String>, Failure> {
        let tagged = self.tagged.all().await?;
        Ok(tagged.keys().filter_map(|arn| arn.strip_prefix(arn_prefix)).map(str::to_owned).collect())
    }
}

/// Absent when AWS says "not found"; any other error is an error.
///
/// # Errors
/// Those that are not "not found".
pub fn present<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// One kind of AWS resource. Desired and observed are this same type, so a difference is a difference.
pub trait Kind: Clone + fmt::Debug + PartialEq + Serialize + Send + Sync + 'static {
    /// The kind's name in addresses.
    const NAME: &'static str;

    /// The reads that [`Kind::observe`] sends.
    const READS: &'static [&'static str];

    /// What [`Kind::observe`] also asks of an endpoint that is not AWS.
    const READS_ELSEWHERE: &'static [&'static str] = &[];

    /// The writes by which [`Kind::calls`] makes and changes what a config asks for.
    const WRITES: &'static [&'static str];

    /// The writes by which [`Kind::calls`] removes a resource and what hangs on it.
    const DELETES: &'static [&'static str];

    /// The names that the config gives to resources of this kind.
    fn names(config: &Config) -> Vec<String>;

    /// The ARNs that a policy must name for [`Kind::WRITES`] and [`Kind::DELETES`]: what the config names, and what the
    /// app may have left behind under names derived from its own. None: the config does without this kind.
    fn arns(config: &Config, scope: &Scope) -> Vec<String>;

    /// The resources that the config asks for. Pure.
    fn desired(blueprint: &Blueprint<'_>) -> Vec<Wanted<Self>>;

    /// The resource's own name.
    fn name(&self) -> &str;

    /// Its tags.
    fn tags(&self) -> &Tags;

    /// The resources that must be there before this one, and gone after it.
    fn needs(&self) -> Vec<Address>;

    /// What there is of `names`, and whatever else carries the app's tag. Only "not found" means absent.
    fn observe(look: &Look<'_>, names: &[String]) -> impl Future<Output = Result<Vec<Self>, Failure>> + Send;

    /// The calls that turn `from` into `to`. Pure: every decision about a resource is here.
    fn calls(from: Option<&Self>, to: Option<&Self>) -> Vec<Call>;

    /// Where `from` must pass through a state that serves those who need `from` and those who need `to`, that state.
    fn between(_from: &Self, _to: &Self) -> Option<Self> {
        None
    }

    /// What it looks like while its deletion is under way, where that takes a while.
    fn leaving(&self) -> Option<Self> {
        None
    }

    /// What runs on the resource of this name and would be lost or waited for when it is deleted, for a person.
    fn running(_look: &Look<'_>, _name: &str) -> impl Future<Output = Result<Vec<String>, Failure>> + Send {
        async { Ok(Vec::new()) }
    }

    /// The calls that end what runs on it.
    fn halt(&self) -> Vec<Call> {
        Vec::new()
    }

    /// What was observed; of what nobody told, it is as wanted.
    #[must_use]
    fn told(self, _wanted: &Self) -> Self {
        self
    }

    /// The region that the resource serves, where its kind is of no region itself.
    fn home(&self) -> Option<&str> {
        None
    }

    /// The resource's address.
    fn address(&self) -> Address {
        Address { kind: Self::NAME, name: self.name().to_owned() }
    }

    /// The app that the resource's tags name.
    fn owner(&self) -> Option<&str> {
        self.tags().get(APP_TAG).map(String::as_str)
    }
}

/// All that begins with `prefix`, and those of `names` that don't.
pub fn and_all_of(prefix: &str, names: Vec<String>) -> Vec<String> {
    let others = names.into_iter().filter(|name| !name.starts_with(prefix));
    std::iter::once(format!("{prefix}*")).chain(others).collect()
}

/// Tags to set and keys to remove, to turn `from` into `to`.
pub fn tag_changes<'a>(from: &'a Tags, to: &'a Tags) -> (Vec<(&'a str, &'a str)>, Vec<&'a str>) {
    let set = to.iter().filter(|(key, value)| from.get(*key) != Some(*value));
    let unset = from.keys().filter(|key| !to.contains_key(*key));
    (set.map(|(key, value)| (key.as_str(), value.as_str())).collect(), unset.map(String::as_str).collect())
}

/// Tags as a user manages them: AWS's own are not among them.
pub fn own_tags(tags: impl IntoIterator<Item = (String, String)>) -> Tags {
    tags.into_iter().filter(|(key, _)| !key.starts_with("aws:")).collect()
}
