use proptest::prelude::*;

use crate::models::rule;
use crate::{holds, maybe};

proptest! {
    #[test]
    fn the_laws_hold(from in maybe(rule()), to in maybe(rule())) {
        holds(&from, &to)?;
    }
}
