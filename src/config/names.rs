//! Names that are derived and must fit AWS's limits.

use sha2::{Digest, Sha256};

/// Whether an app can have this name. With references in it, that shows later.
pub fn is_app(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.contains("${env:") || ((1..=32).contains(&name.len()) && name.chars().all(allowed))
}

/// `name`, or when it is longer than `limit` characters its beginning and a hash of the whole.
pub fn fit(name: &str, limit: usize) -> String {
    const HASH: usize = 8;
    if name.chars().count() <= limit {
        return name.to_owned();
    }
    let digest = Sha256::digest(name.as_bytes());
    let hash = digest.iter().take(4).fold(0, |hash: u32, byte| hash << 8 | u32::from(*byte));
    let start: String = name.chars().take(limit - HASH - 1).collect();
    format!("{start}-{hash:0HASH$x}")
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn a_name_that_fits_is_kept() {
        assert_eq!(fit("billing-invoices", 64), "billing-invoices");
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = "x".repeat(70);
        let (one, other) = (fit(&format!("{long}a"), 64), fit(&format!("{long}b"), 64));
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
        assert_eq!(one, fit(&format!("{long}a"), 64));
    }
}
