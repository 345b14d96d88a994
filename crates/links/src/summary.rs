//! What a reading found: every row counted once, and what the file says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Combinations of impact, urgency and priority that are counted; a matrix has a few dozen cells.
const PAIRS_MAX: usize = 256;
/// Bytes of a value that can be a level; anything longer is in the wrong column.
const LEVEL_MAX: usize = 200;

/// What a reading found. `rows = accepted + partial + rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows after the header, without blank lines.
    pub rows: u64,
    /// Rows of which everything was taken.
    pub accepted: u64,
    /// Rows of which something was taken and something listed as a reject.
    pub partial: u64,
    /// Rows of which nothing was taken.
    pub rejected: u64,
    /// Events given to the sink.
    pub events: u64,
    /// Events that an earlier row had said already, left out.
    pub repeated: u64,
    /// Rejects by the code of their reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Values of personal columns that were left out.
    pub personal_left_out: u64,
    /// The earliest event.
    pub first: Option<Timestamp>,
    /// The latest event.
    pub last: Option<Timestamp>,
    /// SHA-256 of the raw bytes of the file.
    pub sha256: [u8; 32],
    /// Raw bytes of the file.
    pub bytes: u64,
    /// The encoding found, by its name in the Encoding Standard.
    pub encoding: &'static str,
    /// The separator found.
    pub separator: char,
    /// Columns of the mapping that the file lacks, by their logical names.
    pub missing_columns: Vec<String>,
    /// Headers that the mapping does not know; their columns are left out.
    pub unknown_headers: Vec<String>,
    /// What the file itself says of impact, urgency and priority.
    pub pairs: Pairs,
}

/// The priorities that a file gives to each (impact, urgency), in the file's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    seen: Vec<([String; 3], u64)>,
    /// Rows left out: 256 combinations were seen before, or a value has more than 200 bytes.
    pub not_counted: u64,
}

impl Pairs {
    pub(crate) fn add(&mut self, values: [&str; 3]) {
        if let Some((_, rows)) = self.seen.iter_mut().find(|(seen, _)| seen.iter().zip(values).all(|(a, b)| a == b)) {
            *rows += 1;
        } else if self.seen.len() < PAIRS_MAX && values.iter().all(|v| v.len() <= LEVEL_MAX) {
            self.seen.push((values.map(str::to_owned), 1));
        } else {
            self.not_counted += 1;
        }
    }

    /// For each (impact, urgency), each priority with its number of rows. A file that has a matrix
    /// gives one priority to each.
    #[must_use]
    pub fn matrix(&self) -> BTreeMap<(&str, &str), BTreeMap<&str, u64>> {
        let mut matrix: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for ([impact, urgency, priority], rows) in &self.seen {
            matrix.entry((impact.as_str(), urgency.as_str())).or_default().insert(priority.as_str(), *rows);
        }
        matrix
    }
}
