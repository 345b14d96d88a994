//! Who hears of what: the contract's warnings and escalations, and the notices that people read.
//!
//! The rules say when something fires; here it becomes an entry of its case, once, and reaches the people
//! whom the contract names. MUST NOT decide when something is due, and MUST NOT fire without its entry.

pub mod fire;
pub mod people;
pub mod store;
pub mod ways;
pub(crate) mod web;

use jiff::Timestamp;

/// What a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A delay is about to run out.
    Warned,
    /// A delay has run out.
    Escalated,
    /// Somebody mentioned whoever reads it.
    Mentioned,
    /// A case that one follows went on.
    News,
}

/// What one account was told, and whether it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Place of its entry in the journal.
    pub seq: u64,
    /// The number of the case.
    pub number: String,
    /// What the case is about.
    pub title: Option<String>,
    /// Of what kind it is.
    pub kind: Kind,
    /// The rule of the contract; of what people did, its verb.
    pub rule: String,
    /// Who did it, when people did.
    pub actor: Option<String>,
    /// The obligation, when it is about one.
    pub obligation: Option<String>,
    /// When it was told.
    pub at: Timestamp,
    /// When what it is about is or was due.
    pub due: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}
