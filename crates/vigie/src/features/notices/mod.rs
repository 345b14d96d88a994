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

/// What one account was told, and whether it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Place of its entry in the journal.
    pub seq: u64,
    /// The number of the case.
    pub number: String,
    /// What the case is about.
    pub title: Option<String>,
    /// Whether a delay has run out, or is about to.
    pub escalated: bool,
    /// The rule of the contract.
    pub rule: String,
    /// The obligation, when it is about one.
    pub obligation: Option<String>,
    /// When it was told.
    pub at: Timestamp,
    /// When what it is about is or was due.
    pub due: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}
