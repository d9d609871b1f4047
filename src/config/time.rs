//! Points in time, such as `2026-06-01T09:00:00Z`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::schedule::instant;

const FORM: &str = "write `2026-06-01T09:00:00Z`, or without an offset in the schedule's own time zone";

/// The point that `text` means, or what is wrong with it and how to mend that. Source: RFC 3339, section 5.6.
pub fn parse(text: &str, zone: &TimeZone) -> Result<Timestamp, (String, Option<String>)> {
    let no_form = || (format!("`{text}` is not a date with a time"), Some(FORM.to_owned()));
    let none = || (format!("there is no date or no time `{text}`"), None);
    let Some((date, rest)) = text.split_once('T') else {
        if digits(text, &DATE) {
            return Err((format!("`{text}` has no time of day"), Some(format!("such as `{text}T00:00:00`"))));
        }
        return Err(no_form());
    };
    let (time, offset) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let whole = digits(date, &DATE)
        && digits(time, &TIME)
        && (1..=9).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (matches!(offset, "" | "Z") || digits(&offset[1..], &OFFSET));
    if !whole {
        return Err(no_form());
    }
    if !offset.is_empty() {
        return text.parse().map_err(|_| none());
    }
    let local: DateTime = text.parse().map_err(|_| none())?;
    instant(local, zone).ok_or_else(|| {
        let name = zone.iana_name().unwrap_or("UTC");
        (
            format!("there is no `{text}` in {name}: the clock goes forward then"),
            Some("choose a time after it".to_owned()),
        )
    })
}

const DATE: [(usize, char); 3] = [(4, '-'), (2, '-'), (2, ' ')];
const TIME: [(usize, char); 3] = [(2, ':'), (2, ':'), (2, ' ')];
const OFFSET: [(usize, char); 2] = [(2, ':'), (2, ' ')];

/// Whether the text is numbers of these widths, each but the last followed by its mark.
fn digits(text: &str, parts: &[(usize, char)]) -> bool {
    let mut rest = text;
    for (at, (width, mark)) in parts.iter().enumerate() {
        let Some((number, tail)) = rest.split_at_checked(*width) else { return false };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        rest = if at + 1 == parts.len() { tail } else { tail.strip_prefix(*mark).unwrap_or("?") };
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::parse;

    #[test]
    fn a_time_has_an_offset_or_is_local() {
        let tokyo = TimeZone::get("Asia/Tokyo").expect("a zone");
        for (text, meant) in [
            ("2026-06-01T09:00:00Z", "2026-06-01T09:00:00Z"),
            ("2026-06-01T09:00:00.500Z", "2026-06-01T09:00:00.5Z"),
            ("2026-06-01T09:00:00+02:00", "2026-06-01T07:00:00Z"),
            ("2026-06-01T09:00:00", "2026-06-01T00:00:00Z"),
        ] {
            assert_eq!(parse(text, &tokyo).map(|time| time.to_string()), Ok(meant.to_owned()), "{text}");
        }
        for text in [
            "",
            "T",
            "soon",
            "2026-06-01",
            "2026-06-01 09:00:00Z",
            "2026-06-01T09:00",
            "2026-06-01T9:00:00Z",
            "2026-02-30T09:00:00Z",
            "2026-06-01T24:30:00Z",
            "2026-06-01T09:00:00z",
            "2026-06-01T09:00:00+9",
            "2026-06-01T09:00:00.Z",
            "2026-06-01T09:00:00[Asia/Tokyo]",
            "２026-06-01T09:00:00Z",
            "1780000000",
        ] {
            assert!(parse(text, &tokyo).is_err(), "{text}");
        }
    }

    #[test]
    fn a_local_time_that_the_clock_leaves_out_is_none() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        assert!(parse("2026-03-29T02:30:00", &berlin).is_err());
        let twice = parse("2026-10-25T02:30:00", &berlin).map(|time| time.to_string());
        assert_eq!(twice, Ok("2026-10-25T00:30:00Z".to_owned()), "the first of the two");
    }
}
