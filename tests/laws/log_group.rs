use proptest::prelude::*;

use crate::models::log_group;
use crate::{holds, maybe};

proptest! {
    #[test]
    fn the_laws_hold(from in maybe(log_group()), to in maybe(log_group())) {
        holds(&from, &to)?;
    }
}
