//! Which fields an object of the language has. The tables are in `tables`.

use jsonc_parser::ast::{Object, ObjectProp};
use jsonc_parser::common::{Range, Ranged};

use super::json;
use super::kind::Kind;
use super::report::{Report, did_you_mean};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    JsonPath,
    Jsonata,
}

impl Language {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }
}

/// Where a check happens: how a message begins, what to underline when something is missing, what is spoken there, and
/// whether it runs in an EXPRESS execution.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub place: &'a str,
    pub span: Range,
    pub language: Language,
    pub express: bool,
}

impl Site<'_> {
    pub(super) const fn with_span(self, span: Range) -> Self {
        Self { span, ..self }
    }
}

pub(super) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub only: Option<Language>,
}

pub(super) const fn both(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: None }
}

pub(super) const fn jsonpath(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: Some(Language::JsonPath) }
}

pub(super) const fn jsonata(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: Some(Language::Jsonata) }
}

/// How many of some fields may stand together.
pub(super) struct Together {
    least: usize,
    most: usize,
    names: &'static [&'static str],
}

pub(super) const fn exactly_one(names: &'static [&'static str]) -> Together {
    Together { least: 1, most: 1, names }
}

pub(super) const fn at_most_one(names: &'static [&'static str]) -> Together {
    Together { least: 0, most: 1, names }
}

pub(super) const fn at_least_one(names: &'static [&'static str]) -> Together {
    Together { least: 1, most: names.len(), names }
}

pub(super) struct Shape {
    pub what: &'static str,
    pub fields: &'static [&'static [Field]],
    pub required: &'static [&'static str],
    pub together: &'static [Together],
}

impl Shape {
    fn all(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().copied().flatten()
    }

    fn field(&self, name: &str) -> Option<&'static Field> {
        self.all().find(|field| field.name == name)
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.field(name).is_some()
    }

    fn names(&self, language: Language) -> impl Iterator<Item = &'static str> {
        self.all().filter(move |field| field.only.is_none_or(|only| only == language)).map(|field| field.name)
    }

    pub(super) fn check(&self, object: &Object, site: Site, report: &mut Report) {
        for property in &object.properties {
            match self.field(json::key(property)) {
                Some(Field { only: Some(only), .. }) if *only != site.language => {
                    self.other_language(property, *only, site, report);
                }
                Some(field) => field.kind.check(property, site, report),
                None => self.unknown(property, site, report),
            }
        }
        for name in self.required.iter().filter(|name| json::get(object, name).is_none()) {
            report.error(site, site.span, &format!("`{name}` is missing"), None);
        }
        for together in self.together {
            self.together(together, object, site, report);
        }
    }

    fn unknown(&self, property: &ObjectProp, site: Site, report: &mut Report) {
        let name = json::key(property);
        let hint = report.nearest(name, self.names(site.language)).map(did_you_mean);
        let hint = hint.or_else(|| (name == "Next").then(|| self.no_next()).flatten());
        let what = format!("{} has no field `{name}`", self.what);
        report.error(site, property.name.range(), &what, hint);
    }

    fn no_next(&self) -> Option<String> {
        let chooses = self.field("Default").is_some();
        let ends = self.field("End").is_none() && self.field("Type").is_some();
        match (chooses, ends) {
            (true, _) => Some("a Choice goes on by the `Next` of its rules and by `Default`".to_owned()),
            (false, true) => Some("the execution ends here".to_owned()),
            (false, false) => None,
        }
    }

    fn other_language(&self, property: &ObjectProp, only: Language, site: Site, report: &mut Report) {
        let name = json::key(property);
        let (theirs, ours) = (only.name(), site.language.name());
        let what = format!("`{name}` is a {theirs} field, and this state is in {ours}");
        let hint = counterpart(name)
            .filter(|other| self.names(site.language).any(|known| known == *other))
            .map(|other| format!("{ours} has `{other}` for it"));
        report.error(site, property.name.range(), &what, hint);
    }

    fn together(&self, together: &Together, object: &Object, site: Site, report: &mut Report) {
        let present: Vec<_> = together.names.iter().filter_map(|name| json::get(object, name)).collect();
        if present.len() < together.least {
            let known: Vec<_> = self.names(site.language).filter(|name| together.names.contains(name)).collect();
            report.error(site, site.span, &format!("one of {} is missing", quoted(&known)), None);
        }
        if let Some(extra) = present.get(together.most) {
            let found: Vec<_> = present.iter().map(|property| json::key(property)).collect();
            let what = format!("{} exclude each other", quoted(&found));
            report.error(site, extra.name.range(), &what, None);
        }
    }
}

/// What a field is called in the other query language.
const COUNTERPARTS: &[(&str, &str)] = &[
    ("Parameters", "Arguments"),
    ("Result", "Output"),
    ("ResultSelector", "Output"),
    ("ResultPath", "Output"),
    ("OutputPath", "Output"),
    ("ItemsPath", "Items"),
    ("Variable", "Condition"),
];

fn counterpart(name: &str) -> Option<&str> {
    let pair = COUNTERPARTS.iter().find(|(path, ata)| *path == name || *ata == name);
    pair.map(|(path, ata)| if *path == name { *ata } else { *path }).or_else(|| name.strip_suffix("Path"))
}

pub(super) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
