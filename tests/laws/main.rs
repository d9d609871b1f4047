//! The laws of `calls(from, to)`, for arbitrary resources of every kind: nothing to do sends nothing, and what is sent
//! turns what there is into what is wanted. The model that the calls are replayed on knows AWS's API pages, not our code.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so")]
#![allow(missing_docs, reason = "tests are read, not linked to")]

mod log_group;
#[path = "../models/mod.rs"]
mod models;
mod order;
mod role;
mod rule;
mod state_machine;

use proptest::prelude::*;
use provision::kind::Call;

use models::Model;

fn replay<K: Model>(from: Option<K>, calls: &[Call]) -> Result<Option<K>, String> {
    let subject = from.as_ref().map(|from| from.name().to_owned());
    calls.iter().try_fold(from, |held, call| {
        let about = K::subject(call.request().input());
        if about.is_none() || (subject.is_some() && about != subject) {
            return Err(format!("{} is about {about:?}, not about {subject:?}", call.api()));
        }
        K::serve(held, call.request().input()).map_err(|why| format!("{}: {}: {}", call.api(), why.code, why.message))
    })
}

/// What is sent for a config is in the policy for whoever runs the program, and deletions in that for destroy.
fn named<K: Model>(from: Option<&K>, to: Option<&K>) -> Result<(), TestCaseError> {
    let apis = |calls: Vec<Call>| calls.iter().map(Call::api).collect::<Vec<_>>();
    let halted = from.map(K::halt).unwrap_or_default();
    for api in apis(K::calls(from, None)).into_iter().chain(apis(halted)) {
        prop_assert!(K::DELETES.contains(&api), "{}::DELETES lacks {}", K::NAME, api);
    }
    for api in to.filter(|to| to.of_a_config()).map(|to| apis(K::calls(from, Some(to)))).unwrap_or_default() {
        prop_assert!(K::WRITES.contains(&api) || K::DELETES.contains(&api), "{}::WRITES lacks {}", K::NAME, api);
    }
    Ok(())
}

/// The laws, for one pair.
fn holds<K: Model>(from: &Option<K>, to: &Option<K>) -> Result<(), TestCaseError> {
    named(from.as_ref(), to.as_ref())?;
    let calls = K::calls(from.as_ref(), to.as_ref());
    prop_assert_eq!(&replay(from.clone(), &calls).map_err(TestCaseError::fail)?, to, "replaying {:#?}", calls);
    prop_assert!(K::calls(from.as_ref(), from.as_ref()).is_empty(), "nothing to do sends nothing");
    prop_assert_eq!(calls.is_empty(), from == to, "a difference is a call, and a call a difference");
    if let (Some(from), Some(to)) = (from, to)
        && let Some(between) = K::between(from, to)
    {
        let first = K::calls(Some(from), Some(&between));
        let second = K::calls(Some(&between), Some(to));
        let there = replay(Some(from.clone()), &first).and_then(|held| replay(held, &second));
        prop_assert_eq!(&there.map_err(TestCaseError::fail)?, &Some(to.clone()), "by way of {:#?}", between);
    }
    Ok(())
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.8, strategy)
}
