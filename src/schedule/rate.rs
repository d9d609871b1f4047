use jiff::SignedDuration;

use super::Dialect;
use super::fault::{Fault, Piece};

/// A fixed interval, counted from when AWS creates or changes the schedule ("Rate expressions", Amazon
/// `EventBridge` User Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At least 1.
    pub value: u32,
    /// Of what.
    pub unit: Unit,
}

/// The unit of a rate ("Rate expressions", Amazon `EventBridge` User Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

impl Rate {
    /// The time between two runs. A day is always 24 hours, also where the clock changes ("Daylight
    /// savings time on `EventBridge` Scheduler", `EventBridge` Scheduler User Guide).
    #[must_use]
    pub fn interval(self) -> SignedDuration {
        let minutes = match self.unit {
            Unit::Minute => 1,
            Unit::Hour => 60,
            Unit::Day => 24 * 60,
        };
        SignedDuration::from_secs(i64::from(self.value) * minutes * 60)
    }

    pub(super) fn parse(arguments: Piece<'_>, dialect: Dialect) -> Result<Self, Fault> {
        let words: Vec<_> = arguments.split(' ').collect();
        let [number, unit] = words[..] else {
            return Err(arguments.fault("a rate is a number, one space and a unit"));
        };
        let value = value(number)?;
        let (kind, plural) = unit_of(unit)?;
        // The two guides differ: `rate(1 days)` is an example in Scheduler's.
        if dialect == Dialect::Rule && plural != (value > 1) {
            let ending = if value > 1 { "s" } else { "" };
            return Err(unit.fault(format!("after {value} the unit must be `{}{ending}`", kind.name())));
        }
        Ok(Self { value, unit: kind })
    }

    pub(super) fn in_words(self) -> String {
        match self.value {
            1 => format!("every {}", self.unit.name()),
            value => format!("every {value} {}s", self.unit.name()),
        }
    }
}

impl Unit {
    const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

fn value(number: Piece<'_>) -> Result<u32, Fault> {
    let text = number.text;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.strip_prefix('-').is_some_and(digits) {
        return Err(number.fault("a rate can't be negative"));
    }
    if text.split_once('.').is_some_and(|(whole, part)| digits(whole) && digits(part)) {
        return Err(number.fault("a rate must be a whole number"));
    }
    if !digits(text) {
        return Err(number.fault(format!("`{text}` is not a number")));
    }
    match text.parse() {
        Ok(0) => Err(number.fault("a rate must be at least 1")),
        Ok(_) if text.starts_with('0') => Err(number.fault("a rate can't begin with a zero")),
        Ok(value) => Ok(value),
        Err(_) => Err(number.fault("the rate is too large")),
    }
}

fn unit_of(word: Piece<'_>) -> Result<(Unit, bool), Fault> {
    let text = word.text;
    let find = |word: &str| {
        let name = word.strip_suffix('s').unwrap_or(word);
        Unit::ALL.into_iter().find(|unit| unit.name() == name)
    };
    if let Some(unit) = find(text) {
        return Ok((unit, text.ends_with('s')));
    }
    if find(&text.to_ascii_lowercase()).is_some() {
        return Err(word.fault("the unit must be in lower case"));
    }
    Err(match text {
        "second" | "seconds" => word.fault("a rate can't be given in seconds; the least is one minute"),
        "month" | "months" => by_calendar(word, "the start of every month is `cron(0 0 1 * ? *)`"),
        "year" | "years" => by_calendar(word, "the start of every year is `cron(0 0 1 1 ? *)`"),
        _ => word.fault(format!("`{text}` is not a unit of a rate; there are minutes, hours and days")),
    })
}

fn by_calendar(word: Piece<'_>, hint: &str) -> Fault {
    Fault { hint: Some(hint.to_owned()), ..word.fault(format!("a rate can't be given in {}", word.text)) }
}
