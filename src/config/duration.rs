//! Durations such as `90s`, `5m` and `1h30m`.

/// Seconds in `text`, or what is wrong with it.
pub fn parse(text: &str) -> Result<u32, String> {
    let wrong = || format!("`{text}` is not a duration: write `90s`, `5m`, `2h`, `1d`, or joined, `1h30m`");
    let mut seconds: u64 = 0;
    let mut smallest = u64::MAX;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let mut tail = tail.chars();
        let unit = match tail.next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            _ => return Err(wrong()),
        };
        if unit >= smallest {
            return Err(wrong());
        }
        smallest = unit;
        let count: u64 = number.parse().map_err(|_| wrong())?;
        seconds = count.checked_mul(unit).and_then(|more| seconds.checked_add(more)).ok_or_else(wrong)?;
        rest = tail.as_str();
    }
    match u32::try_from(seconds) {
        Ok(0) => Err(format!("`{text}` is no time at all")),
        Ok(seconds) => Ok(seconds),
        Err(_) => Err(format!("`{text}` is too long")),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn durations_are_sums_of_ever_smaller_units() {
        for (text, seconds) in
            [("90s", 90), ("5m", 300), ("2h", 7_200), ("1d", 86_400), ("1h30m", 5_400), ("1d1s", 86_401)]
        {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
        for text in ["", "5", "m", "5 m", "-5m", "1m1h", "1m1m", "1.5h", "0s", "99999999999d", "5µ", "٣m"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
