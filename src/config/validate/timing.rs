//! Expressions, and what only EventBridge Scheduler knows: time zones, windows, start and end.
//! Source: EventBridge Scheduler API, `CreateSchedule`.

use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::{TimeZone, db};
use toml::Spanned;

use super::{Check, value};
use crate::config::fault::nearest;
use crate::config::raw::{At, RawSchedule};
use crate::config::{Scheduler, duration, time};
use crate::schedule::{Dialect, Expression, Span};

/// The most characters of an expression. Source: Amazon EventBridge API, `PutRule`, and `CreateSchedule`.
const LONGEST_EXPRESSION: usize = 256;
/// The most minutes of a flexible window.
const LONGEST_WINDOW: u32 = 1_440;

impl Check<'_> {
    /// Whose schedule it is. With any key of EventBridge Scheduler's, or once only, it is not a rule's.
    pub(super) fn scheduler(&self, raw: &RawSchedule) -> (Dialect, Option<Scheduler>) {
        let is_once = |text: &str| text.trim_start().to_ascii_lowercase().starts_with("at(");
        let once = raw.expression.as_ref().filter(|expression| is_once(expression.get_ref()));
        if let Some(expression) = once {
            let (span, what) = (expression.span(), "a one-time schedule is");
            let as_rule = Expression::parse(expression.get_ref(), Dialect::Rule).err().and_then(|fault| fault.hint);
            let hint = as_rule.filter(|_| !raw.scheduler);
            self.faults.borrow_mut().push_later(self.source, span.clone(), what, vec![span], hint);
        }
        if !raw.scheduler && once.is_none() {
            return (Dialect::Rule, None);
        }
        let timezone = self.timezone(&raw.timezone).unwrap_or(TimeZone::UTC);
        let (start, end) = (self.time(&raw.start, &timezone), self.time(&raw.end, &timezone));
        if let (Some(from), Some(to), Some(at)) = (start, end, &raw.end)
            && to <= from
        {
            self.fault(at.span(), "the `end` is not after the `start`", None);
        }
        if once.is_some() {
            for (key, time) in [("start", &raw.start), ("end", &raw.end)] {
                if let Some(time) = time {
                    let message = format!("`{key}` has no meaning for a one-time schedule");
                    self.fault(time.span(), message, Some("EventBridge Scheduler ignores it: leave it out"));
                }
            }
        }
        let flexible_window = self.window(&raw.flexible_window);
        (Dialect::Scheduler, Some(Scheduler { timezone, start, end, flexible_window }))
    }

    /// The expression, which its service must take.
    pub(super) fn expression(
        &self,
        expression: &Spanned<String>,
        scheduler: Option<&Scheduler>,
        warnings: &mut Vec<String>,
    ) -> String {
        let text = expression.get_ref();
        if text.chars().count() > LONGEST_EXPRESSION {
            let message = format!("the expression is too long: EventBridge takes {LONGEST_EXPRESSION} characters");
            self.fault(expression.span(), message, Some("make two schedules of it"));
            return text.clone();
        }
        let dialect = if scheduler.is_some() { Dialect::Scheduler } else { Dialect::Rule };
        let zone = scheduler.map_or(TimeZone::UTC, |scheduler| scheduler.timezone.clone());
        let (start, end) = scheduler.map_or((None, None), |scheduler| (scheduler.start, scheduler.end));
        match Expression::parse(text, dialect) {
            Ok(parsed) => {
                if let Some(spent) = parsed.spent(text, Timestamp::now(), &Span { zone, start, end }) {
                    warnings.push(format!("`{text}` {}", spent.message));
                }
            }
            Err(fault) => self.fault(self.within(expression, fault.span), fault.message, fault.hint.as_deref()),
        }
        text.clone()
    }

    /// A place in a string's text as a place in the file; the whole string where it is written with escapes.
    fn within(&self, string: &Spanned<String>, part: Range<usize>) -> Range<usize> {
        let (span, text) = (string.span(), string.get_ref());
        let plain = self.source.text.get(span.start + 1..span.start + 1 + text.len()) == Some(text);
        if plain { span.start + 1 + part.start..span.start + 1 + part.end } else { span }
    }

    fn timezone(&self, name: &At<String>) -> Option<TimeZone> {
        let name = name.as_ref()?;
        let text = name.get_ref();
        // The database itself does not mind capitals; AWS does.
        let known = db().get(text).ok().filter(|zone| zone.iana_name() == Some(text));
        if known.is_none() {
            let hint = match nearest_zone(text) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a name of the IANA database, such as `Asia/Tokyo`; it knows when clocks change".to_owned(),
            };
            self.fault(name.span(), format!("there is no time zone `{text}`"), Some(&hint));
        }
        known
    }

    fn time(&self, time: &At<String>, zone: &TimeZone) -> Option<Timestamp> {
        let time = time.as_ref()?;
        match time::parse(time.get_ref(), zone) {
            Ok(read) => Some(read),
            Err((message, hint)) => {
                self.fault(time.span(), message, hint.as_deref());
                None
            }
        }
    }

    /// In minutes.
    fn window(&self, window: &At<String>) -> Option<u32> {
        let window_span = window.as_ref()?.span();
        let seconds = match duration::parse(&value(window)?) {
            Ok(seconds) => seconds,
            Err(message) => {
                self.fault(window_span, message, None);
                return None;
            }
        };
        let minutes = seconds / 60;
        if !seconds.is_multiple_of(60) || !(1..=LONGEST_WINDOW).contains(&minutes) {
            self.fault(window_span, "`flexible_window` is out of range", Some("whole minutes, from `1m` to `1d`"));
            return None;
        }
        Some(minutes)
    }
}

/// The zone that is meant: of that city, or of a name that is nearly the same.
fn nearest_zone(text: &str) -> Option<String> {
    let names: Vec<String> = db().available().map(|name| name.to_string()).collect();
    let wanted = text.trim().replace(' ', "_");
    let same = |name: &str| name.eq_ignore_ascii_case(&wanted);
    let city = |name: &str| name.rsplit('/').next().is_some_and(same);
    let known = names.iter().find(|name| same(name)).or_else(|| names.iter().find(|name| city(name)));
    // Of `JST` the nearest is `EST`, of `UTC+9` it is `UTC`: far away.
    let is_name = wanted.len() > 4 && wanted.chars().all(|c| c.is_alphabetic() || "/_-".contains(c));
    let near = || nearest(&wanted, names.iter().map(String::as_str)).filter(|_| is_name);
    known.map(String::as_str).or_else(near).map(str::to_owned)
}
