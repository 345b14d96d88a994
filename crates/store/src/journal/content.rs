//! Personal texts and files, beside the journal and never in it.
//!
//! An entry names a content by its salted hash. Erasing drops bytes and salt: the hash stays, every proof
//! holds, and nobody can try likely texts against it. On SQLite the freed pages are overwritten
//! (`secure_delete`); on PostgreSQL they go with the next VACUUM of the table, and with old backups.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;
use vigie_evidence::{Hash, NewEntry, Origin, content_hash};

use super::{Appended, Journal, JournalError};
use crate::{StoreError, Values, tx::Tx};

/// Most bytes of one content: 32 MiB, a large photograph or a scanned file.
pub const MAX_CONTENT_BYTES: usize = 32 * 1024 * 1024;

/// What is kept under a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The bytes.
    Kept(Vec<u8>),
    /// They were erased, at that microsecond since 1970.
    Erased {
        /// When.
        at_us: i64,
    },
}

/// Who erases a content, and why. Goes into the entry `content.erased`: no personal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Id of the entry.
    pub id: Uuid,
    /// Who decides.
    pub actor: String,
    /// By which door.
    pub origin: Origin,
    /// What the content belonged to: `case/VG-2026-000123`.
    pub subject: String,
    /// On what ground, as a short code: `gdpr-request`, `end-of-contract`.
    pub reason: String,
}

/// What is kept under a hash.
///
/// # Errors
/// Whatever the database says.
pub fn content(tx: &mut Tx<'_>, hash: &Hash) -> Result<Option<Content>, StoreError> {
    tx.query_opt("SELECT bytes, erased_at FROM content WHERE hash = $1", &[(&hash.0).into()], |row| {
        Ok(match row.opt_i64(1)? {
            Some(at_us) => Content::Erased { at_us },
            None => Content::Kept(row.blob(0)?.to_vec()),
        })
    })
}

/// What is kept under each of these hashes; one that nobody knows is not there.
///
/// # Errors
/// Whatever the database says.
pub fn contents(tx: &mut Tx<'_>, hashes: &[Hash]) -> Result<HashMap<Hash, Content>, StoreError> {
    let keys: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
    let mut found = HashMap::with_capacity(keys.len());
    tx.query_in("SELECT hash, bytes, erased_at FROM content WHERE hash", Values::Blobs(&keys), |row| {
        let hash = <[u8; 32]>::try_from(row.blob(0)?)
            .map_err(|_| StoreError::unreadable("the hash of a content", "it is not 32 bytes long"))?;
        let content = match row.opt_i64(2)? {
            Some(at_us) => Content::Erased { at_us },
            None => Content::Kept(row.blob(1)?.to_vec()),
        };
        found.insert(Hash(hash), content);
        Ok(())
    })?;
    Ok(found)
}

/// Keeps a content and gives the hash by which an entry commits to it. The same salt and bytes are kept once.
///
/// `salt` MUST be 32 fresh random bytes.
///
/// # Errors
/// [`JournalError::TooLarge`]; whatever the database says.
pub fn put_content(tx: &mut Tx<'_>, salt: &[u8; 32], bytes: &[u8]) -> Result<Hash, JournalError> {
    if bytes.len() > MAX_CONTENT_BYTES {
        return Err(JournalError::TooLarge { size: bytes.len(), limit: MAX_CONTENT_BYTES });
    }
    let hash = content_hash(salt, bytes);
    tx.execute(
        "INSERT INTO content (hash, salt, bytes) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
        &[(&hash.0).into(), salt.into(), bytes.into()],
    )?;
    Ok(hash)
}

/// The same for many at once, each with a salt of its own; gives their hashes in the same order.
///
/// # Errors
/// As [`put_content`]; [`StoreError::Duplicate`] when a salt was used twice for the same bytes.
pub fn put_contents(tx: &mut Tx<'_>, contents: &[([u8; 32], &[u8])]) -> Result<Vec<Hash>, JournalError> {
    if let Some((_, bytes)) = contents.iter().find(|(_, bytes)| bytes.len() > MAX_CONTENT_BYTES) {
        return Err(JournalError::TooLarge { size: bytes.len(), limit: MAX_CONTENT_BYTES });
    }
    let hashes: Vec<Hash> = contents.iter().map(|(salt, bytes)| content_hash(salt, bytes)).collect();
    let rows = hashes.iter().zip(contents);
    let rows = rows.map(|(hash, (salt, bytes))| [(&hash.0).into(), salt.into(), (*bytes).into()]);
    tx.insert_many("content", &["hash", "salt", "bytes"], rows)?;
    Ok(hashes)
}

impl Journal {
    /// Erases a content for good and says so in the journal, in one unit.
    /// Erasing what is erased already appends nothing.
    ///
    /// # Errors
    /// [`JournalError::NoContent`] when nothing is known by that hash; else as [`Journal::append`].
    pub fn erase_content(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        hash: &Hash,
        erasure: Erasure,
    ) -> Result<Option<Appended>, JournalError> {
        match content(tx, hash)? {
            None => return Err(JournalError::NoContent { hash: hash.to_hex() }),
            Some(Content::Erased { .. }) => return Ok(None),
            Some(Content::Kept(_)) => {}
        }
        tx.execute(
            "UPDATE content SET bytes = NULL, salt = NULL, erased_at = $2 WHERE hash = $1",
            &[(&hash.0).into(), now.as_microsecond().into()],
        )?;
        let Erasure { id, actor, origin, subject, reason } = erasure;
        let mut body = Map::new();
        body.insert("hash".to_owned(), Value::String(hash.to_hex()));
        body.insert("reason".to_owned(), Value::String(reason));
        let kind = "content.erased".to_owned();
        let fact = NewEntry { id, occurred_at: now, actor, origin, subject, kind, body, content: Vec::new() };
        self.append(tx, now, vec![fact]).map(Some)
    }
}
