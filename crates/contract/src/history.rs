//! The versions of a contract: the base, and one from each day on which something changes.
//!
//! A version is a whole [`Contract`]: whoever judges a period asks once which version holds and
//! never looks at effective dates again.

use jiff::civil::Date;

use crate::{amend::AmendmentInfo, model::Contract, problem::Finding};

/// The contract as in force from a day to the next version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractVersion {
    /// Its name: `base`, or the day from which it holds.
    pub id: String,
    /// First day; none for the base.
    pub effective: Option<Date>,
    /// The rules.
    pub contract: Contract,
    /// SHA-256, in hexadecimal, of its day and of the files that make it.
    pub digest: String,
    /// The amendments in force, oldest first.
    pub amendments: Vec<AmendmentInfo>,
}

/// A contract with all its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractHistory {
    first: ContractVersion,
    later: Vec<ContractVersion>,
    /// What is odd without being wrong.
    pub warnings: Vec<Finding>,
}

impl ContractHistory {
    pub(crate) const fn new(first: ContractVersion, later: Vec<ContractVersion>, warnings: Vec<Finding>) -> Self {
        Self { first, later, warnings }
    }

    /// The contract before any change.
    #[must_use]
    pub const fn base(&self) -> &ContractVersion {
        &self.first
    }

    /// The contract as in force on `day`.
    #[must_use]
    pub fn at(&self, day: Date) -> &ContractVersion {
        self.later.iter().rev().find(|v| v.effective.is_some_and(|d| d <= day)).unwrap_or(&self.first)
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &ContractVersion> {
        std::iter::once(&self.first).chain(&self.later)
    }
}
