use proptest::prelude::*;
use provision::asl::Definition;

use crate::models::machine;
use crate::{holds, maybe};

proptest! {
    #[test]
    fn the_laws_hold(from in maybe(machine("ACTIVE")), to in maybe(machine("ACTIVE"))) {
        holds(&from, &to)?;
    }

    #[test]
    fn the_laws_hold_of_one_that_is_being_deleted(from in maybe(machine("DELETING")), to in maybe(machine("ACTIVE"))) {
        holds(&from, &to)?;
    }

    /// Space and the order of keys are no difference.
    #[test]
    fn a_definition_is_what_it_means(a in 0..9, b in 0..9) {
        let one = Definition::new(format!("{{\"a\":{a},\"b\":{b}}}"));
        let other = Definition::new(format!("{{ \"b\": {b},\n\"a\": {a} }}"));
        prop_assert_eq!(one, other);
    }
}
