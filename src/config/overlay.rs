//! `[env.NAME]`: one environment's values laid over all that stands above them, key by key.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::names::is_app;

/// Keys of which one stands for the other: who says one no longer means the other.
const ALTERNATIVES: [(&str, &str); 3] =
    [("launch_type", "capacity_providers"), ("command", "input"), ("command", "definition")];

/// The names under `[env]`.
pub fn environments(table: &DeTable<'_>) -> Vec<String> {
    let tables = table.get("env").and_then(|env| env.get_ref().as_table());
    let named = tables.into_iter().flatten().filter(|(_, over)| over.get_ref().is_table());
    named.map(|(name, _)| name.get_ref().to_string()).collect()
}

/// What stands under `env` and is no environment, each with its place.
pub fn misshapen(table: &DeTable<'_>) -> Vec<(Range<usize>, String)> {
    let Some(env) = table.get("env") else { return Vec::new() };
    let Some(environments) = env.get_ref().as_table() else {
        return vec![(env.span(), "`env` must be a table of environments".into())];
    };
    let mut found = Vec::new();
    for (name, over) in environments {
        let name = name.get_ref();
        let Some(table) = over.get_ref().as_table() else {
            found.push((over.span(), format!("`env.{name}` must be a table")));
            continue;
        };
        if let Some((key, _)) = table.get_key_value("env") {
            found.push((key.span(), format!("`env.{name}` can't hold environments of its own")));
        }
    }
    found
}

/// Takes `[env]` out of the document and lays `[env.NAME]` over the rest. Without an `app` of its own the environment
/// is an app of its own name. False when there is no such environment.
pub fn lay(table: &mut DeTable<'_>, name: Option<&str>) -> bool {
    let environments = table.remove("env").map(Spanned::into_inner);
    let Some(name) = name else { return true };
    let Some(DeValue::Table(mut environments)) = environments else { return false };
    let Some(DeValue::Table(over)) = environments.remove(name).map(Spanned::into_inner) else { return false };
    let named = over.contains_key("app");
    merge(table, over.into_iter().filter(|(key, _)| key.get_ref() != "env").collect());
    if !named
        && let Some(DeValue::String(app)) = table.get_mut("app").map(Spanned::get_mut)
        && is_app(app)
    {
        *app = Cow::Owned(format!("{app}-{name}"));
    }
    true
}

fn merge<'i>(base: &mut DeTable<'i>, over: DeTable<'i>) {
    for (one, other) in ALTERNATIVES {
        for (said, meant) in [(one, other), (other, one)] {
            if over.contains_key(said) && !over.contains_key(meant) {
                base.remove(meant);
            }
        }
    }
    for (key, value) in over {
        let below = base.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut);
        match (below, value) {
            (Some(DeValue::Table(below)), value) if value.get_ref().is_table() => {
                if let DeValue::Table(value) = value.into_inner() {
                    merge(below, value);
                }
            }
            (_, value) => {
                base.remove(key.get_ref().as_ref());
                base.insert(key, value);
            }
        }
    }
}
