//! What a config asks for, read by the program's own loader.

use std::collections::BTreeSet;

use provision::blueprint::Blueprint;
use provision::config::{Config, load};
use provision::facts::{Facts, TaskDefinition};
use provision::kind::{Kind, Wanted};
use provision::scope::Scope;

use crate::sketch::{ACCOUNT, APP, Sketch};
use crate::world::{Shelf, World};

/// The region that the models of AWS know.
pub const REGION: &str = "us-east-1";

/// A config, and what it asks for.
pub struct Plot {
    pub config: Config,
    pub facts: Facts,
    pub scope: Scope,
    /// Exactly what is to be there of the app.
    pub wish: World,
}

impl Plot {
    pub fn new(sketch: &Sketch, folder: &std::path::Path) -> Self {
        let text = sketch.text(REGION);
        let path = folder.join("config.toml");
        std::fs::write(&path, &text).expect("the config is written");
        let config = load(&path, None).unwrap_or_else(|error| panic!("a config is wrong: {error:?}\n{text}"));
        let task_role = sketch.task_role.then(|| format!("arn:aws:iam::{ACCOUNT}:role/app-task"));
        let definition = TaskDefinition { task_role, containers: vec!["app".into()], ..TaskDefinition::default() };
        let facts = Facts { task_definitions: [("app".to_owned(), definition)].into(), ..Facts::default() };
        let scope = Scope {
            app: APP.into(),
            environment: None,
            account: ACCOUNT.into(),
            partition: "aws".into(),
            region: REGION.into(),
        };
        let mut plot = Self { config, facts, scope, wish: World::default() };
        let blueprint = plot.blueprint(&BTreeSet::new());
        let wish = World {
            groups: wished(&blueprint),
            roles: wished(&blueprint),
            machines: wished(&blueprint),
            rules: wished(&blueprint),
            ..World::default()
        };
        plot.wish = wish;
        plot
    }

    pub fn blueprint(&self, jobs: &BTreeSet<String>) -> Blueprint<'_> {
        Blueprint::new(&self.config, &self.scope, &self.facts, jobs).expect("the config fits the task definition")
    }
}

fn wished<K: Kind>(blueprint: &Blueprint<'_>) -> Shelf<K> {
    let mut shelf = Shelf::default();
    for Wanted { resource, .. } in K::desired(blueprint) {
        shelf.put(resource);
    }
    shelf
}
