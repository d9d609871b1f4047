//! `[env.NAME]`: one environment's values laid over all that stands above them, key by key.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys of which one stands for the other: who says one no longer means the other.
const ALTERNATIVES: [(&str, &str); 3] =
    [("launch_type", "capacity_providers"), ("command", "input"), ("command", "definition")];

/// The names under `[env]`.
pub fn environments(table: &DeTable<'_>) -> Vec<String> {
    let tables = table.get("env").and_then(|env| env.get_ref().as_table());
    tables.into_iter().flat_map(DeTable::keys).map(|name| name.get_ref().to_string()).collect()
}

/// Takes `[env]` out of the document and lays `[env.NAME]` over the rest. Without an `app` of its own the environment
/// is an app of its own name. False when there is no such environment.
pub fn lay(table: &mut DeTable<'_>, name: Option<&str>) -> bool {
    let environments = table.remove("env").map(Spanned::into_inner);
    let Some(name) = name else { return true };
    let Some(DeValue::Table(mut environments)) = environments else { return false };
    let Some(DeValue::Table(over)) = environments.remove(name).map(Spanned::into_inner) else { return false };
    let named = over.contains_key("app");
    merge(table, over);
    if !named && let Some(DeValue::String(app)) = table.get_mut("app").map(Spanned::get_mut) {
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
