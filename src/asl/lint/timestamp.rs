//! Timestamps as Choice and Wait take them. Source: <https://states-language.net/spec.html#timestamps>.

/// RFC 3339, with an uppercase `T`, and `Z` or an offset.
pub(super) fn is_valid(text: &str) -> bool {
    let (Some(clock), Some(rest)) = (text.get(..19), text.get(19..)) else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => match fraction.trim_start_matches(|c: char| c.is_ascii_digit()) {
            zone if zone.len() < fraction.len() => zone,
            _ => return false,
        },
        None => rest,
    };
    fits(clock, "dddd-dd-ddTdd:dd:dd")
        && within(clock, 5, 1..=12)
        && within(clock, 8, 1..=31)
        && within(clock, 11, 0..=24)
        && within(clock, 14, 0..=59)
        && within(clock, 17, 0..=60)
        && (zone == "Z" || fits(zone, "+dd:dd") || fits(zone, "-dd:dd"))
}

fn fits(text: &str, pattern: &str) -> bool {
    let alike = |(byte, wanted): (u8, u8)| {
        if wanted == b'd' { byte.is_ascii_digit() } else { byte == wanted }
    };
    text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(alike)
}

fn within(clock: &str, at: usize, range: std::ops::RangeInclusive<u8>) -> bool {
    clock.get(at..at + 2).and_then(|digits| digits.parse().ok()).is_some_and(|number| range.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn timestamps() {
        let valid = ["2016-03-14T01:59:00Z", "2016-03-05T21:29:29.243167252Z", "2016-03-14T01:59:00+09:00"];
        let invalid = [
            "",
            "2016-12-05 21:29:29Z",
            "2016-12-05T21:29:29",
            "2016-13-05T21:29:29Z",
            "2016-12-05T25:29:29Z",
            "05-12-2016T21:29:29Z",
            "2016-03-14t01:59:00Z",
            "2016-03-14T01:59:00z",
            "2016-03-14T01:59:00.Z",
            "２016-03-14T01:59:00Z",
        ];
        assert!(valid.into_iter().all(is_valid));
        assert!(!invalid.into_iter().any(is_valid));
    }
}
