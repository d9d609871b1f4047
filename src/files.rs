//! Text files that the user names.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// In bytes. A definition has a million characters at the most, and what is longer may have no end.
const LIMIT: u64 = 16 << 20;

/// The text of a file, or of a pipe.
///
/// # Errors
/// When it can't be read, is not UTF-8, or is longer than 16 MiB.
pub fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(Error::new(ErrorKind::FileTooLarge, "it is longer than 16 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
}
