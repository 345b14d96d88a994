//! Who answers for what while a major incident lasts.

use serde::{Deserialize, Serialize};

/// A seat in the war room. Who sat there before stays in the time line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// Leads the incident and answers for it.
    Commander,
    /// Informs.
    Communication,
    /// Leads the repair.
    Technical,
    /// Whom the customer has named.
    Customer,
}

impl Seat {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Commander, Self::Communication, Self::Technical, Self::Customer];

    /// Its name in forms and bodies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commander => "commander",
            Self::Communication => "communication",
            Self::Technical => "technical",
            Self::Customer => "customer",
        }
    }

    /// The seat of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|seat| seat.name() == name)
    }
}
