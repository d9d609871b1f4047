use proptest::prelude::*;

use crate::models::{policy, role};
use crate::{holds, maybe};

proptest! {
    #[test]
    fn the_laws_hold(from in maybe(role()), to in maybe(role())) {
        holds(&from, &to)?;
    }

    /// What either allows, both allow: so nobody loses a permission while the plan is under way.
    #[test]
    fn a_union_allows_what_each_allows(one in policy(), other in policy()) {
        let both = one.union(&other);
        prop_assert_eq!(both.union(&one), both.clone());
        prop_assert_eq!(both.union(&other), both.clone());
        prop_assert_eq!(one.union(&one).union(&other), both);
    }
}
