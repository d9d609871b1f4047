use super::fault::{Fault, Piece};

/// Which of the six fields ("Cron expressions", Amazon `EventBridge` User Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Minute,
    Hour,
    DayOfMonth,
    Month,
    DayOfWeek,
    Year,
}

pub(super) const MONTH_NAMES: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
pub(super) const DAY_NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::DayOfMonth => "day-of-month",
            Self::Month => "month",
            Self::DayOfWeek => "day-of-week",
            Self::Year => "year",
        }
    }

    pub(super) fn bounds(self) -> (i16, i16) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::DayOfWeek => (1, 7),
            Self::Year => (1970, 2199),
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTH_NAMES,
            Self::DayOfWeek => &DAY_NAMES,
            _ => &[],
        }
    }
}

/// The values of one field, in order and without repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field(Vec<i16>);

impl Field {
    pub(super) fn values(&self) -> &[i16] {
        &self.0
    }

    pub(super) fn single(value: i16) -> Self {
        Self(vec![value])
    }

    pub(super) fn is_full(&self, kind: Kind) -> bool {
        let (low, high) = kind.bounds();
        self.0.iter().copied().eq(low..=high)
    }

    pub(super) fn parse(kind: Kind, field: Piece<'_>) -> Result<Self, Fault> {
        let (low, high) = kind.bounds();
        if field.text == "*" {
            return Ok(Self((low..=high).collect()));
        }
        let mut values = Vec::new();
        for item in field.split(',') {
            values.extend(item_values(kind, item, field)?);
        }
        values.sort_unstable();
        values.dedup();
        Ok(Self(values))
    }
}

/// A value, a range, or a step through either.
fn item_values(kind: Kind, item: Piece<'_>, field: Piece<'_>) -> Result<Vec<i16>, Fault> {
    let (low, high) = kind.bounds();
    if item.text.is_empty() {
        return Err(field.fault(format!("the list in {} has an empty place", kind.name())));
    }
    let (base, step) = match item.split_once('/') {
        Some(_) if kind == Kind::DayOfWeek => {
            return Err(item.fault("day-of-week takes no `/`"));
        }
        Some((base, step)) => (base, Some(step)),
        None => (item, None),
    };
    let every = base.text == "*";
    if every && step.is_none() {
        return Err(field.fault(format!("`*` can't be part of a list in {}", kind.name())));
    }
    let (from, to) = match base.split_once('-') {
        _ if every => (low, high),
        Some((from, to)) if !from.text.is_empty() && !to.text.is_empty() => (value(kind, from)?, value(kind, to)?),
        _ if base.text.is_empty() => {
            return Err(item.fault(format!("nothing stands before the `/` in {}", kind.name())));
        }
        _ => {
            let from = value(kind, base)?;
            (from, if step.is_some() { high } else { from })
        }
    };
    if from > to && kind == Kind::Year {
        return Err(base.fault("the range in year runs backwards"));
    }
    let step = step.map_or(Ok(1), |step| steps(kind, step, every))?;
    Ok(walk(from, to, step, (low, high)))
}

/// From one value to another; a range whose end is the smaller goes past the highest value and begins
/// again: AWS's own example is the hours `20-2`.
fn walk(from: i16, to: i16, step: usize, (low, high): (i16, i16)) -> Vec<i16> {
    let length = high - low + 1;
    let end = if to < from { to + length } else { to };
    let wrap = |value| if value > high { value - length } else { value };
    (from..=end).step_by(step).map(wrap).collect()
}

fn steps(kind: Kind, step: Piece<'_>, every: bool) -> Result<usize, Fault> {
    let name = kind.name();
    if step.text.is_empty() || !step.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(step.fault(format!("the step in {name} must be a whole number")));
    }
    match step.text.parse() {
        Ok(0) => Err(step.fault(format!("the step in {name} must be at least 1"))),
        // `*/60` is refused, `0/60` is not.
        Ok(60..) if every && kind == Kind::Minute => {
            Err(step.fault("a step of an hour or more can't follow `*` in minute"))
        }
        Ok(number) => Ok(number),
        Err(_) => Ok(usize::MAX),
    }
}

pub(super) fn value(kind: Kind, piece: Piece<'_>) -> Result<i16, Fault> {
    let (low, high) = kind.bounds();
    let name = kind.name();
    let text = piece.text;
    if let Some(position) = position(kind.names(), text) {
        return Ok(low + position);
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(piece.fault(misplaced(kind, text)));
    }
    match text.parse() {
        Ok(number) if (low..=high).contains(&number) => Ok(number),
        Ok(0) if kind == Kind::DayOfWeek => Err(piece.fault("0 is not a day of the week; AWS counts 1-7 from Sunday")),
        _ => Err(piece.fault(format!("{text} is out of range for {name}, which is {low}-{high}"))),
    }
}

fn position(names: &[&str], text: &str) -> Option<i16> {
    let position = names.iter().position(|name| name.eq_ignore_ascii_case(text))?;
    i16::try_from(position).ok()
}

/// Why a text that is no number can't stand in a field.
fn misplaced(kind: Kind, text: &str) -> String {
    let name = kind.name();
    let days = matches!(kind, Kind::DayOfMonth | Kind::DayOfWeek);
    let letter =
        |letter: char| text.ends_with(letter) && text.trim_end_matches(['L', 'W']).bytes().all(|b| b.is_ascii_digit());
    if text.is_empty() {
        format!("a value is missing in {name}")
    } else if text.contains('?') && days {
        format!("`?` must stand alone in {name}")
    } else if text.contains('?') {
        format!("`?` is only for day-of-month and day-of-week, not for {name}")
    } else if text.contains('#') {
        format!("`#` is only for day-of-week, not for {name}")
    } else if letter('W') && kind != Kind::DayOfMonth {
        format!("`W` is only for day-of-month, not for {name}")
    } else if letter('L') && !days {
        format!("`L` is only for day-of-month and day-of-week, not for {name}")
    } else if letter('L') || letter('W') {
        format!("`{text}` must stand alone in {name}")
    } else if position(&DAY_NAMES, text).is_some() {
        format!("`{text}` is a day of the week and can't stand in {name}")
    } else if position(&MONTH_NAMES, text).is_some() {
        format!("`{text}` is a month and can't stand in {name}")
    } else {
        let (low, high) = kind.bounds();
        match kind.names() {
            [] => format!("`{text}` can't stand in {name}, which is {low}-{high}"),
            [first, .., last] => {
                format!("`{text}` can't stand in {name}, which is {low}-{high} or {first}-{last}")
            }
            [_] => format!("`{text}` can't stand in {name}"),
        }
    }
}
