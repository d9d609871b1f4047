use jiff::civil::Date;

use super::days::Days;
use super::fault::{Fault, Piece};
use super::field::{Field, Kind};

/// Six fields: minute, hour, day-of-month, month, day-of-week and year ("Cron expressions", Amazon
/// `EventBridge` User Guide).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    pub(super) minutes: Field,
    pub(super) hours: Field,
    pub(super) days: Days,
    pub(super) months: Field,
    pub(super) years: Field,
}

impl Cron {
    pub(super) fn parse(arguments: Piece<'_>) -> Result<Self, Fault> {
        let words = arguments.words();
        let [minute, hour, day_of_month, month, day_of_week, year] = words[..] else {
            return Err(arguments.fault(wrong_count(&words)));
        };
        let minutes = Field::parse(Kind::Minute, minute)?;
        let hours = Field::parse(Kind::Hour, hour)?;
        let of_month = Days::of_month(day_of_month)?;
        let months = Field::parse(Kind::Month, month)?;
        let of_week = Days::of_week(day_of_week)?;
        let years = Field::parse(Kind::Year, year)?;
        let days = match (of_month, of_week) {
            (Some(days), None) | (None, Some(days)) => days,
            (of_month, _) => {
                let stars = day_of_month.text == "*" && day_of_week.text == "*";
                return Err(Fault {
                    span: day_of_month.to(day_of_week),
                    ..arguments.fault(both_days(of_month.is_some(), stars))
                });
            }
        };
        let cron = Self { minutes, hours, days, months, years };
        if cron.dates_from(Date::MIN).next().is_none() {
            return Err(Fault {
                span: day_of_month.to(year),
                ..arguments.fault("never fires: there is no such day in any of its months and years")
            });
        }
        Ok(cron)
    }
}

fn wrong_count(words: &[Piece<'_>]) -> String {
    let fields = "minute hour day-of-month month day-of-week year";
    match words.len() {
        0 => format!("cron has no fields; it takes six: {fields}"),
        5 if words.iter().all(|word| word.text != "?") => {
            format!("five fields are Unix cron; AWS takes six: {fields}")
        }
        7 => format!("cron takes six fields, not 7, and none for seconds: {fields}"),
        1 if words[0].text.contains([',', ';']) => format!("blanks stand between the six fields of cron: {fields}"),
        count => format!("cron takes six fields, not {count}: {fields}"),
    }
}

fn both_days(given: bool, stars: bool) -> &'static str {
    match (given, stars) {
        (_, true) => "day-of-month and day-of-week can't both be `*`; one must be `?`",
        (false, _) => "day-of-month and day-of-week can't both be `?`",
        (true, _) => "day-of-month and day-of-week can't both be given; one must be `?`",
    }
}
