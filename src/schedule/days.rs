use jiff::civil::{Date, Weekday};

use super::fault::{Fault, Piece};
use super::field::{Field, Kind, value};

/// What the day-of-month or the day-of-week field asks for, whichever is not `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Days {
    OfMonth(Field),
    /// `L` and `L-3`.
    Last {
        before: i8,
    },
    /// `LW`.
    LastWeekday,
    /// `15W`.
    NearestWeekday(i8),
    OfWeek(Field),
    /// `3#2`.
    Nth(Weekday, i8),
    /// `6L`.
    LastOfWeek(Weekday),
}

impl Days {
    /// `None` for `?`.
    pub(super) fn of_month(field: Piece<'_>) -> Result<Option<Self>, Fault> {
        let days = match field.text {
            "?" => return Ok(None),
            "L" => Self::Last { before: 0 },
            "LW" => Self::LastWeekday,
            "W" => return Err(field.fault("`W` needs a day before it, such as `15W`")),
            list if list.contains(',') && list.contains(['L', 'W']) => {
                return Err(each(field.fault("`L` and `W` must stand alone in day-of-month")));
            }
            "l" | "lw" | "Lw" | "lW" => {
                return Err(field.fault("`L` and `W` must be in upper case"));
            }
            _ => match (field.strip_prefix("L-"), field.strip_suffix("W")) {
                (Some(before), _) => Self::Last { before: small(before, 1..=30, "`L-` takes 1 to 30 days")? },
                (None, Some(day)) if is_number(day) => {
                    Self::NearestWeekday(small(day, 1..=31, "`W` takes a day from 1 to 31")?)
                }
                _ if field.strip_suffix("L").is_some_and(is_number) => {
                    return Err(field.fault("`L` in day-of-month takes no day before it"));
                }
                _ => Self::OfMonth(Field::parse(Kind::DayOfMonth, field)?),
            },
        };
        Ok(Some(days))
    }

    /// `None` for `?`.
    pub(super) fn of_week(field: Piece<'_>) -> Result<Option<Self>, Fault> {
        match field.text {
            "?" => return Ok(None),
            // The last day of the week.
            "L" => return Ok(Some(Self::OfWeek(Field::single(7)))),
            "l" => return Err(field.fault("`L` must be in upper case")),
            list if list.contains(',') && list.contains('L') => {
                return Err(each(field.fault("`L` must stand alone in day-of-week")));
            }
            _ => {}
        }
        if let Some((day, nth)) = field.split_once('#') {
            return nth_of_month(field, day, nth).map(Some);
        }
        match field.strip_suffix("L") {
            Some(day) if !day.text.contains([',', '-', '/']) => Ok(Some(Self::LastOfWeek(weekday(day)?))),
            _ => Ok(Some(Self::OfWeek(Field::parse(Kind::DayOfWeek, field)?))),
        }
    }

    /// Whether every day is meant.
    pub(super) fn is_every_day(&self) -> bool {
        match self {
            Self::OfMonth(field) => field.is_full(Kind::DayOfMonth),
            Self::OfWeek(field) => field.is_full(Kind::DayOfWeek),
            _ => false,
        }
    }

    /// The dates in the month that begins on `first`, in order.
    pub(super) fn dates(&self, first: Date) -> Vec<Date> {
        let last = first.last_of_month();
        let day = |day: i8| Date::new(first.year(), first.month(), day).ok();
        let one = |date: Option<Date>| date.into_iter().collect();
        match self {
            Self::OfMonth(field) => {
                let days = field.values().iter();
                days.filter_map(|value| day(i8::try_from(*value).ok()?)).collect()
            }
            Self::Last { before } => one(day(last.day() - before)),
            Self::LastWeekday => one(nearest_weekday(last)),
            Self::NearestWeekday(value) => one(day(*value).and_then(nearest_weekday)),
            Self::OfWeek(field) => {
                let meant = |date: &Date| field.values().contains(&date.weekday().to_sunday_one_offset().into());
                (1..=last.day()).filter_map(day).filter(meant).collect()
            }
            Self::Nth(weekday, nth) => one(first.nth_weekday_of_month(*nth, *weekday).ok()),
            Self::LastOfWeek(weekday) => one(first.nth_weekday_of_month(-1, *weekday).ok()),
        }
    }
}

/// The nearest day from Monday to Friday in the same month.
fn nearest_weekday(date: Date) -> Option<Date> {
    let away = match date.weekday() {
        Weekday::Saturday if date.day() == 1 => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if date.day() == date.days_in_month() => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    Date::new(date.year(), date.month(), date.day() + away).ok()
}

fn each(fault: Fault) -> Fault {
    let hint = Some("make a schedule for each of them".to_owned());
    Fault { hint, ..fault }
}

fn nth_of_month(field: Piece<'_>, day: Piece<'_>, nth: Piece<'_>) -> Result<Days, Fault> {
    if nth.text.contains('#') {
        return Err(each(field.fault("day-of-week takes only one `#`")));
    }
    if field.text.contains([',', '-', '/']) {
        return Err(each(field.fault("a `#` in day-of-week must stand alone")));
    }
    let weekday = weekday(day)?;
    Ok(Days::Nth(weekday, small(nth, 1..=5, "`#` takes 1 to 5")?))
}

fn weekday(day: Piece<'_>) -> Result<Weekday, Fault> {
    let number = value(Kind::DayOfWeek, day)?;
    let weekday = i8::try_from(number).ok().and_then(|n| Weekday::from_sunday_one_offset(n).ok());
    weekday.ok_or_else(|| day.fault(format!("`{}` is not a day of the week", day.text)))
}

fn is_number(piece: Piece<'_>) -> bool {
    !piece.text.is_empty() && piece.text.bytes().all(|byte| byte.is_ascii_digit())
}

fn small(piece: Piece<'_>, range: std::ops::RangeInclusive<i8>, message: &str) -> Result<i8, Fault> {
    let number = piece.text.parse().ok().filter(|number| is_number(piece) && range.contains(number));
    number.ok_or_else(|| piece.fault(message))
}
