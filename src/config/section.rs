//! Reads one TOML table key by key, noting faults and going on, so that all are reported at once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, Source, listed, nearest};

/// A table being read. Every getter takes its key away; what is left at [`Section::finish`] is unknown.
pub struct Section<'t> {
    /// The table's name as the user would write it, such as `job.invoices.ecs`. Empty at the top.
    pub path: String,
    /// Where the table is, in bytes.
    pub span: Range<usize>,
    rest: BTreeMap<&'t str, (Range<usize>, &'t Spanned<DeValue<'t>>)>,
    known: Vec<&'static str>,
    source: &'t Arc<Source>,
    faults: &'t RefCell<Faults>,
}

impl<'t> Section<'t> {
    /// The whole document.
    pub fn top(table: &'t Spanned<DeTable<'t>>, source: &'t Arc<Source>, faults: &'t RefCell<Faults>) -> Self {
        Self::of(String::new(), table.span(), table.get_ref(), source, faults)
    }

    fn of(
        path: String,
        span: Range<usize>,
        table: &'t DeTable<'t>,
        source: &'t Arc<Source>,
        faults: &'t RefCell<Faults>,
    ) -> Self {
        let rest = table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key.span(), value))).collect();
        Self { path, span, rest, known: Vec::new(), source, faults }
    }

    /// Notes a fault at `span`.
    pub fn fault(&self, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.faults.borrow_mut().push(self.source, span, message, hint);
    }

    /// The full name of a key of this table.
    pub fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.rest.remove(key).map(|(_, value)| value)
    }

    fn typed<T>(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str, read: Option<T>) -> Option<Spanned<T>> {
        let span = value.span();
        if read.is_none() {
            let found = described(value.get_ref());
            let hint = mend(wanted, value.get_ref());
            self.fault(span.clone(), format!("`{}` must be {wanted}, not {found}", self.name(key)), hint);
        }
        read.map(|read| Spanned::new(span, read))
    }

    /// A string.
    pub fn string(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let value = self.take(key)?;
        self.typed(key, value, "a string", value.get_ref().as_str().map(str::to_owned))
    }

    /// A string that is a duration.
    pub fn duration(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let value = self.take(key)?;
        self.typed(key, value, "a duration", value.get_ref().as_str().map(str::to_owned))
    }

    /// A date with its time, as TOML or as a string has it.
    pub fn time(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let value = self.take(key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(time) => Some(time.to_string()),
            other => other.as_str().map(str::to_owned),
        };
        self.typed(key, value, "a time", text)
    }

    /// A string that is a duration of minutes, hours or days.
    pub fn minutes(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let value = self.take(key)?;
        self.typed(key, value, "a duration of minutes or more", value.get_ref().as_str().map(str::to_owned))
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &'static str) -> Option<Spanned<bool>> {
        let value = self.take(key)?;
        self.typed(key, value, "`true` or `false`", value.get_ref().as_bool())
    }

    /// A whole number.
    pub fn integer(&mut self, key: &'static str) -> Option<Spanned<i64>> {
        let value = self.take(key)?;
        self.typed(key, value, "a whole number", whole(value.get_ref()))
    }

    /// A number, whole or not.
    pub fn number(&mut self, key: &'static str) -> Option<Spanned<f64>> {
        let value = self.take(key)?;
        self.typed(key, value, "a number", json(value.get_ref()).as_ref().and_then(serde_json::Value::as_f64))
    }

    /// A whole number, or one of the `words`, which stand for numbers.
    pub fn integer_or(&mut self, key: &'static str, words: &[(&str, i64)]) -> Option<Spanned<i64>> {
        let value = self.take(key)?;
        let named = value.get_ref().as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        let wanted = format!("a whole number or {}", listed(words.iter().map(|(word, _)| *word)));
        self.typed(key, value, &wanted, named.map(|(_, number)| *number).or_else(|| whole(value.get_ref())))
    }

    /// A list of strings.
    pub fn strings(&mut self, key: &'static str) -> Option<Spanned<Vec<String>>> {
        let value = self.take(key)?;
        let items = self.typed(key, value, "a list of strings", value.get_ref().as_array())?.into_inner();
        let text = |item: &Spanned<DeValue<'_>>| {
            self.typed(key, item, "a list of strings", item.get_ref().as_str().map(str::to_owned))
        };
        let texts: Vec<_> = items.iter().map(|item| text(item).map(Spanned::into_inner)).collect();
        Some(Spanned::new(value.span(), texts.into_iter().collect::<Option<_>>()?))
    }

    /// A table of strings.
    pub fn string_map(&mut self, key: &'static str) -> Option<Spanned<BTreeMap<String, String>>> {
        let value = self.take(key)?;
        let table = self.typed(key, value, "a table of strings", value.get_ref().as_table())?.into_inner();
        let mut pairs = Vec::new();
        for (name, value) in table {
            let text = value.get_ref().as_str();
            if text.is_none() {
                let (name, found) = (name.get_ref(), described(value.get_ref()));
                let message = format!("`{}` must be a table of strings: `{name}` is {found}", self.name(key));
                self.fault(value.span(), message, mend("a string", value.get_ref()));
            }
            pairs.push(text.map(|text| (name.get_ref().to_string(), text.to_owned())));
        }
        Some(Spanned::new(value.span(), pairs.into_iter().collect::<Option<_>>()?))
    }

    /// Any value, as JSON.
    pub fn json(&mut self, key: &'static str) -> Option<Spanned<serde_json::Value>> {
        let value = self.take(key)?;
        self.typed(key, value, "a value that JSON can hold (no date, no infinite number)", json(value.get_ref()))
    }

    /// One of `words`.
    pub fn one_of(&mut self, key: &'static str, words: &[&'static str]) -> Option<Spanned<String>> {
        let found = self.string(key)?;
        if words.contains(&found.get_ref().as_str()) {
            return Some(found);
        }
        let hint = match nearest(found.get_ref(), words.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("one of {}", listed(words.iter().copied())),
        };
        self.fault(found.span(), format!("`{}` can't be `{}`", self.name(key), found.get_ref()), Some(hint));
        None
    }

    /// A table.
    pub fn table(&mut self, key: &'static str) -> Option<Section<'t>> {
        self.table_or(key, "a table")
    }

    /// A table where something else might stand too: `wanted` says both.
    pub fn table_or(&mut self, key: &'static str, wanted: &str) -> Option<Section<'t>> {
        let value = self.take(key)?;
        self.section(key, value, wanted)
    }

    /// A list of tables.
    pub fn table_list(&mut self, key: &'static str) -> Option<(Range<usize>, Vec<Section<'t>>)> {
        let value = self.take(key)?;
        let items = self.typed(key, value, "a list of tables", value.get_ref().as_array())?;
        let sections = items.get_ref().iter().filter_map(|item| self.section(key, item, "a list of tables")).collect();
        Some((value.span(), sections))
    }

    /// A table whose keys the user chooses, each a table itself.
    pub fn tables(&mut self, key: &'static str) -> Vec<(Spanned<String>, Section<'t>)> {
        let Some(mut section) = self.table(key) else { return Vec::new() };
        let entries = std::mem::take(&mut section.rest);
        let named = |(name, (span, value)): (&str, (Range<usize>, &'t Spanned<DeValue<'t>>))| {
            Some((Spanned::new(span, name.to_owned()), section.section(name, value, "a table")?))
        };
        entries.into_iter().filter_map(named).collect()
    }

    /// Whether the value of `key` is this string, without taking it.
    pub fn says(&self, key: &str, text: &str) -> bool {
        self.rest.get(key).is_some_and(|(_, value)| value.get_ref().as_str() == Some(text))
    }

    /// Whether the value of `key` is a string, without taking it.
    pub fn is_string(&self, key: &str) -> bool {
        self.rest.get(key).is_some_and(|(_, value)| value.get_ref().is_str())
    }

    fn section(&self, key: &str, value: &'t Spanned<DeValue<'t>>, wanted: &str) -> Option<Section<'t>> {
        let table = self.typed(key, value, wanted, value.get_ref().as_table())?;
        Some(Self::of(self.name(key), value.span(), table.into_inner(), self.source, self.faults))
    }

    /// Names a key that is read elsewhere.
    pub fn knows(&mut self, key: &'static str) {
        self.known.push(key);
    }

    /// Notes keys that the language has and this release can't build. They are read all the same. True when any is there.
    pub fn later(&self, keys: &[&str]) -> bool {
        let mut any = false;
        for key in keys {
            if let Some((span, value)) = self.rest.get(key) {
                any = true;
                let mut places = vec![span.clone()];
                places_of(value, &mut places);
                let what = format!("`{}` is", self.name(key));
                self.faults.borrow_mut().push_later(self.source, span.clone(), &what, places, None);
            }
        }
        any
    }

    /// Every key that nobody asked for is a fault.
    pub fn finish(self) {
        for (key, (span, _)) in &self.rest {
            let place = if self.path.is_empty() { "here".into() } else { format!("in [{}]", self.path) };
            let hint = match nearest(key, self.known.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("the keys {place} are {}", listed(self.known.iter().copied())),
            };
            self.fault(span.clone(), format!("there is no key `{key}` {place}"), Some(hint));
        }
    }
}

/// Where a value is written: a table may be written in many places.
fn places_of(value: &Spanned<DeValue<'_>>, places: &mut Vec<Range<usize>>) {
    places.push(value.span());
    for (key, value) in value.get_ref().as_table().into_iter().flatten() {
        places.push(key.span());
        places_of(value, places);
    }
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn described(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the string `{text}`"),
        DeValue::Integer(number) => match whole(value) {
            Some(number) => format!("the number {number}"),
            None => format!("{}, which is too large", number.as_str()),
        },
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Boolean(boolean) => format!("`{boolean}`"),
        DeValue::Datetime(_) => "a date".into(),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}

/// How a value of the wrong type is plainly meant.
fn mend(wanted: &str, value: &DeValue<'_>) -> Option<String> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match (wanted, value) {
        ("a duration", DeValue::Integer(number)) => Some(format!("with its unit: `\"{}s\"`", number.as_str())),
        ("a duration of minutes or more", DeValue::Integer(number)) => {
            Some(format!("with its unit: `\"{0}m\"` or `\"{0}h\"`", number.as_str()))
        }
        ("a table of topics", DeValue::String(text)) => Some(format!("write `{{ failure = {} }}`", quoted(text))),
        ("a string" | "a list of strings", DeValue::Integer(number)) => {
            Some(format!("in quotes: `{}`", quoted(number.as_str())))
        }
        ("a string", DeValue::Float(number)) => Some(format!("in quotes: `{}`", quoted(number.as_str()))),
        ("a list of strings", DeValue::String(text)) => {
            let words: Vec<String> = text.split_whitespace().map(quoted).collect();
            Some(format!("write `[{}]`", words.join(", ")))
        }
        ("a list of tables", DeValue::String(text)) => Some(format!("write `{{ name = {} }}`", quoted(text))),
        ("a whole number" | "a number", DeValue::String(text)) if text.parse::<f64>().is_ok() => {
            Some(format!("without quotes: `{text}`"))
        }
        ("`true` or `false`", DeValue::String(text)) if matches!(text.as_ref(), "true" | "false") => {
            Some(format!("without quotes: `{text}`"))
        }
        _ => None,
    }
}

fn json(value: &DeValue<'_>) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(_) => whole(value)?.into(),
        DeValue::Float(float) => serde_json::Number::from_f64(float.as_str().parse().ok()?)?.into(),
        DeValue::Boolean(boolean) => (*boolean).into(),
        DeValue::Datetime(_) => return None,
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect::<Option<Vec<_>>>()?.into(),
        DeValue::Table(table) => {
            let pairs = table.iter().map(|(key, value)| Some((key.get_ref().to_string(), json(value.get_ref())?)));
            serde_json::Value::Object(pairs.collect::<Option<_>>()?)
        }
    })
}
