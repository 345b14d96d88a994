//! Who may do what, checked in one place: the contract's roles against the action of a route.
//!
//! What is not allowed is refused. A right is `feature.action`; `feature.*` is all of a feature, `*`
//! everything.

use vigie_contract::{Contract, Party, RoleId};

/// What a route asks of who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing: sign-in, assets, health.
    Public,
    /// To be signed in: one's own account.
    SignedIn,
    /// A right of the contract, such as `judgement.read`.
    Right(&'static str),
    /// The token of a calendar's address, of somebody who may read cases; it stands in the query.
    Calendar,
}

/// Whether a role of the contract has a right.
#[must_use]
pub fn may(contract: &Contract, role: &RoleId, right: &str) -> bool {
    contract.roles.iter().filter(|r| r.id == *role).flat_map(|r| &r.may).any(|granted| covers(granted, right))
}

/// The side of a role; a role that the contract does not know is nobody's, and may nothing.
#[must_use]
pub(crate) fn party_of(contract: &Contract, role: &RoleId) -> Party {
    contract.roles.iter().find(|r| r.id == *role).map_or(Party::ThirdParty, |r| r.party)
}

/// Whether a grant holds a right.
#[must_use]
pub(crate) fn covers(granted: &str, right: &str) -> bool {
    granted == "*"
        || granted == right
        || granted
            .strip_suffix(".*")
            .is_some_and(|feature| right.strip_prefix(feature).is_some_and(|rest| rest.starts_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_covers_its_own_right_and_a_star_covers_one_feature() {
        for (granted, right, expected) in [
            ("judgement.read", "judgement.read", true),
            ("judgement.read", "judgement.seal", false),
            ("judgement.*", "judgement.seal", true),
            ("judge.*", "judgement.seal", false),
            ("judgement", "judgement.read", false),
            ("*", "proof.export", true),
            ("", "proof.export", false),
            (".*", "proof.export", false),
        ] {
            assert_eq!(covers(granted, right), expected, "{granted} covers {right}");
        }
    }
}
