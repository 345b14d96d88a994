//! `committees.toml` and `roles.toml`: who meets, who acts for which party, and who may do what.
//!
//! Roles only: no person is ever named in a contract.

use serde::{Deserialize, Serialize};

use super::{
    name::{CommitteeId, RoleId},
    rule::rule,
};

rule! {
/// A committee and its rhythm.
pub struct Committee {
    /// Its name in facts.
    pub id: CommitteeId,
    /// Other names of the text (AMB-48, AMB-49).
    #[serde(default)]
    pub aliases: Vec<String>,
    /// RFC 5545 recurrence; absent when held on demand.
    #[serde(default)]
    pub rhythm: Option<String>,
    /// Must be held in person.
    #[serde(default)]
    pub in_person: bool,
    /// Roles that attend.
    #[serde(default)]
    pub attendees: Vec<RoleId>,
}
}

rule! {
/// A role, its side, and what it may do.
pub struct Role {
    /// Its name.
    pub id: RoleId,
    /// Its side.
    pub party: Party,
    /// What it may do, as `feature.action`; `*` means all of a feature (`judgement.*`).
    pub may: Vec<String>,
}
}

/// Which party owes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The provider.
    Provider,
    /// The customer.
    Customer,
    /// A third party, such as an operator or a manufacturer.
    ThirdParty,
}

impl Party {
    /// Its name in data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Customer => "customer",
            Self::ThirdParty => "third_party",
        }
    }
}
