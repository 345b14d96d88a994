//! What the entries of the journal are called, as far as a contract refers to them.
//!
//! A kind is a class and a verb (`incident.restored`). What an entry means and what its body holds is
//! for `vigie-rules` to read, never for the contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A class of things that have a life and therefore a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Something broke.
    Incident,
    /// Something of the catalogue is asked for.
    Request,
    /// The cause of incidents.
    Problem,
    /// A modification of the estate.
    Change,
    /// A committee's sitting.
    Committee,
    /// An action agreed in a committee.
    Action,
    /// A breach of the requirements, confirmed by a committee.
    Finding,
    /// An order to the provider.
    Order,
    /// An element of knowledge to be put in the documents.
    Document,
    /// A deliverable of a transition step.
    Deliverable,
    /// One occurrence of a recurring obligation.
    Occurrence,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Incident,
        Self::Request,
        Self::Problem,
        Self::Change,
        Self::Committee,
        Self::Action,
        Self::Finding,
        Self::Order,
        Self::Document,
        Self::Deliverable,
        Self::Occurrence,
    ];

    /// The class of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// Its name in entry kinds (`incident.restored`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Request => "request",
            Self::Problem => "problem",
            Self::Change => "change",
            Self::Committee => "committee",
            Self::Action => "action",
            Self::Finding => "finding",
            Self::Order => "order",
            Self::Document => "document",
            Self::Deliverable => "deliverable",
            Self::Occurrence => "occurrence",
        }
    }
}

/// Entries of a kind whose body holds these values.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventPattern {
    /// Entry kind, such as `committee.held`.
    pub kind: String,
    /// Values that the body must hold, such as `committee = "copil"`.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
}
