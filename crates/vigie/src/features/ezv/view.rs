//! What the pages of the link are given.

use jiff::Timestamp;

use super::{compare::Difference, store::Known};

/// The twin of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// The ticket as it was last read.
    pub known: Known,
    /// The address of its page in EZV.
    pub page: Option<String>,
    /// Other tickets of the same case: there should be none.
    pub others: Vec<String>,
    /// Where both differ.
    pub differences: Vec<Difference>,
}

/// Where both sides differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Whether the link was ever at work.
    pub linked: bool,
    /// Tickets that were looked at.
    pub tickets: usize,
    /// When EZV was last read.
    pub read_at: Option<Timestamp>,
    /// There are more tickets than one page looks at.
    pub cut: bool,
    /// The differences.
    pub lines: Vec<Difference>,
}
