//! The head of the journal: how many entries it has and the root over them, as C2SP tlog-checkpoint writes it.
//!
//! Three lines (origin, size, root) and optional extension lines. A checkpoint says nothing until it
//! is signed (see [`crate::note`]); this module must never take an unsigned one for true.

use crate::hash::Hash;

/// How large a journal is and the root over its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which journal: a name as unique as a URL without its scheme, such as `vigie.example.fr/callipso`.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Extension lines; each non-empty.
    pub extension: Vec<String>,
}

/// Why a text is not a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the checkpoint is not {expected}")]
pub struct CheckpointError {
    /// Line, from 1.
    pub line: usize,
    /// What it should be.
    pub expected: &'static str,
}

impl Checkpoint {
    /// The text that is signed; ends with a line feed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root);
        for line in &self.extension {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads what [`Checkpoint::to_text`] writes, and nothing else.
    ///
    /// # Errors
    /// With the first line that does not fit.
    pub fn from_text(text: &str) -> Result<Self, CheckpointError> {
        let err = |line, expected| CheckpointError { line, expected };
        let Some(body) = text.strip_suffix('\n') else {
            return Err(err(text.lines().count().max(1), "ended by a line feed"));
        };
        let mut lines = body.split('\n');
        let origin = lines.next().filter(|l| !l.is_empty()).ok_or(err(1, "the name of a journal"))?;
        let size =
            lines.next().and_then(parse_size).ok_or(err(2, "a number of entries in decimal without leading zeros"))?;
        let root = lines.next().and_then(Hash::from_base64).ok_or(err(3, "a SHA-256 root in base64"))?;
        let extension: Vec<String> = lines.map(str::to_owned).collect();
        if let Some(empty) = extension.iter().position(String::is_empty) {
            return Err(err(4 + empty, "an extension line; it is empty"));
        }
        Ok(Self { origin: origin.to_owned(), size, root, extension })
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let shortest = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    if shortest { text.parse().ok() } else { None }
}
