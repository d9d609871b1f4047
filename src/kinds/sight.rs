//! Two reads of one resource, and what they make of it.

use std::time::Duration;

use crate::aws::Failure;

/// What two reads say of one resource.
pub enum Sight<T> {
    /// Both show it.
    Whole(T),
    /// One shows it, and for the other it is "not found".
    Half,
    /// It is not there.
    Gone,
}

impl<T> Sight<T> {
    /// What both show, or half of it.
    pub fn of(found: Option<T>) -> Self {
        found.map_or(Self::Half, Self::Whole)
    }

    /// Looks again, for a few seconds, at what only one of two reads showed: who takes it for absent may overwrite it,
    /// whosever it is, or leave it behind. `api` is the read that shows the resource at `address`.
    ///
    /// # Errors
    /// When the reads go on to contradict each other, and whatever fails `again`.
    pub async fn or_again<F>(
        self,
        api: &'static str,
        address: String,
        again: impl Fn() -> F,
    ) -> Result<Option<T>, Failure>
    where
        F: Future<Output = Result<Self, Failure>>,
    {
        let mut sight = self;
        for millis in [250, 500, 1_000, 2_000, 2_000] {
            match sight {
                Self::Whole(found) => return Ok(Some(found)),
                Self::Gone => return Ok(None),
                Self::Half => tokio::time::sleep(Duration::from_millis(millis)).await,
            }
            sight = again().await?;
        }
        match sight {
            Self::Whole(found) => Ok(Some(found)),
            Self::Gone => Ok(None),
            Self::Half => Err(Failure::contradiction(
                api,
                format!("it shows {address}, and for seconds what belongs to it is \"not found\""),
            )),
        }
    }
}
