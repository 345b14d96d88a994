//! Words as the content of an entry: packed before the unit of work, kept inside it.
//!
//! What people wrote, what a server said, what a mail is made of: it stands in the content store, where it can be
//! erased, and an entry only names it.

use vigie_evidence::{ContentRef, Hash};
use vigie_store::{JournalError, Tx, journal};

use crate::features::desk::{
    DeskError,
    open::{Packed, salt},
    sheet::{TEXTS, Texts},
};

/// Words that are ready to be kept.
pub(super) struct Words {
    /// What an entry will name; its hash is known once they are kept.
    pub(super) named: ContentRef,
    pub(super) packed: Packed,
}

impl Words {
    /// These texts, put in order; none when nobody said anything.
    ///
    /// # Errors
    /// [`DeskError::TooLong`]; when the system gives no salt.
    pub(super) fn of(mut texts: Texts) -> Result<Option<Self>, DeskError> {
        texts.tidy()?;
        if texts.is_empty() {
            return Ok(None);
        }
        Self::json(serde_json::to_vec(&texts).map_err(DeskError::Texts)?).map(Some)
    }

    /// JSON that is read where an entry has its words.
    ///
    /// # Errors
    /// When the system gives no salt.
    pub(super) fn json(bytes: Vec<u8>) -> Result<Self, DeskError> {
        let named = ContentRef {
            name: TEXTS.to_owned(),
            media_type: "application/json".to_owned(),
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            hash: Hash([0; 32]),
        };
        Ok(Self { named, packed: (salt()?, bytes) })
    }

    /// Keeps them, and gives what an entry names.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) fn keep(self, tx: &mut Tx<'_>) -> Result<ContentRef, JournalError> {
        let (salt, bytes) = &self.packed;
        let hash = journal::put_content(tx, salt, bytes)?;
        Ok(ContentRef { hash, ..self.named })
    }
}
