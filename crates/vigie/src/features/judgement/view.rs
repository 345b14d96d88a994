//! What the pages of a month ask for and show.

use jiff::Timestamp;

use super::whatif::RowChange;

/// A file of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The monthly journal.
    Pdf,
    /// One sheet per indicator.
    Xlsx,
    /// Exact values for machines.
    Json,
    /// The table as shown.
    Csv,
}

impl Format {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Xlsx, Self::Csv, Self::Json];

    /// The ending of its file name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Xlsx => "XLSX",
            Self::Json => "JSON",
            Self::Csv => "CSV",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// Reads an ending.
    #[must_use]
    pub fn parse(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.ending() == ending)
    }
}

/// Other values under which a month is judged again, without storing anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// Of one row of the table.
    pub row: Option<RowChange>,
    /// Number of one case, and when it would have been restored.
    pub case: Option<(String, Timestamp)>,
}
