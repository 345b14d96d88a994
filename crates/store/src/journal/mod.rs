//! The journal in the database: entries go in once, in order, and never change.
//!
//! Appending only collects leaves; the writer seals the group before it commits (see [`group`]): tiles,
//! head and signed checkpoint are written once for all units of the group. MUST NOT update or delete an
//! entry, MUST NOT let `recorded_at` go backwards, and MUST NOT let the signing key near the database.

mod content;
pub(crate) mod group;
mod key;
mod read;

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;
use vigie_evidence::{
    Entry, EntryError, KeyError, NewEntry, NoteError, SigningKey, VerifierKey, leaf_hash, verify_note,
};

pub use content::{Content, Erasure, MAX_CONTENT_BYTES};
pub use read::{Head, Tiles};

use crate::{Param, Store, StoreError, tx::Tx};

/// Appends to the journal and signs its heads. Reading needs none of it: see the functions of this module.
#[derive(Clone, Debug)]
pub struct Journal {
    key: Arc<SigningKey>,
}

/// What an append has added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Place of the first new entry; where the next one would go when `count` is 0.
    pub first_seq: u64,
    /// How many were added; they follow one another.
    pub count: u64,
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fact cannot be an entry.
    #[error("fact {index} of {subject} cannot be an entry: {source}")]
    Entry {
        /// Its place among the facts given, from 0.
        index: usize,
        /// What it is about.
        subject: String,
        /// Why not.
        source: EntryError,
    },
    /// Somebody else wrote about the same subject in between.
    #[error(
        "{subject} has changed since it was read: entry {seq} ({kind}) came in between. Nothing was written; read it again"
    )]
    Stale {
        /// What it is about.
        subject: String,
        /// The version that the caller had read.
        expected: u64,
        /// The version now.
        found: u64,
        /// The first entry that the caller has not seen.
        seq: u64,
        /// Its kind.
        kind: String,
    },
    /// The caller has read a version that never was.
    #[error("{subject} was never at version {expected}; it is at {found}. Nothing was written; read it again")]
    Unknown {
        /// What it is about.
        subject: String,
        /// The version that the caller claims.
        expected: u64,
        /// The version now.
        found: u64,
    },
    /// The content is larger than one may be.
    #[error("a content of {size} bytes is more than {limit}. Nothing was written; split it or leave it out")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The most.
        limit: usize,
    },
    /// No such content.
    #[error("no content {hash} is kept here")]
    NoContent {
        /// Its hash in hexadecimal.
        hash: String,
    },
    /// The key file is not a key.
    #[error("{place} holds no signing key: {source}. Restore the file from its backup")]
    Key {
        /// The key file.
        place: String,
        /// Why not.
        source: KeyError,
    },
    /// Others may read the key.
    #[error("{place} can be read by others (mode {mode:o}). Run: chmod 600 {place}")]
    KeyMode {
        /// The key file.
        place: String,
        /// Its permission bits.
        mode: u32,
    },
    /// The journal was signed before and the key file is gone.
    #[error(
        "the journal has {size} signed entries and {place} is absent. Restore the key file; a new key would break the chain of heads"
    )]
    KeyMissing {
        /// Where the key file should be.
        place: String,
        /// Entries of the journal.
        size: u64,
    },
    /// The key is not the one that signed the journal.
    #[error("{place} is not the key of this journal: {source}")]
    WrongKey {
        /// The key file.
        place: String,
        /// What does not fit.
        source: NoteError,
    },
}

impl Journal {
    /// The journal signed by that key; for whoever has made sure that it is the right one.
    #[must_use]
    pub fn new(key: SigningKey) -> Journal {
        Journal { key: Arc::new(key) }
    }

    /// The journal of a store with the key of a file; the first start makes the file.
    ///
    /// `name` is the journal's origin (a name as unique as a URL without its scheme) and `seed` 32 random
    /// bytes; both count only when the file is made.
    ///
    /// # Errors
    /// When the file is no key, can be read by others, is gone although heads were signed, or is another
    /// journal's.
    pub fn open(store: &Store, key_file: &Path, name: &str, seed: [u8; 32]) -> Result<Journal, JournalError> {
        let head = store.read(head)?;
        let place = || key_file.display().to_string();
        let key = match key::read(key_file)? {
            Some(key) => key,
            None if head.size > 0 => return Err(JournalError::KeyMissing { place: place(), size: head.size }),
            None => key::create(key_file, name, seed)?,
        };
        if head.size > 0 {
            verify_note(&head.note, &[key.verifier()])
                .map_err(|source| JournalError::WrongKey { place: place(), source })?;
        }
        Ok(Journal::new(key))
    }

    /// What verifies the heads of this journal; may be shown to anybody.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        self.key.verifier()
    }

    /// Appends facts in their order.
    ///
    /// # Errors
    /// When a fact cannot be an entry, an id is there already, or the database refuses.
    pub fn append(&self, tx: &mut Tx<'_>, now: Timestamp, facts: Vec<NewEntry>) -> Result<Appended, JournalError> {
        let pending = group::take_up(tx, &self.key)?;
        let (first_seq, recorded_at) = (pending.size(), pending.recorded_at(now));
        let mut rows = Vec::with_capacity(facts.len());
        for (seq, (index, fact)) in (first_seq..).zip(facts.into_iter().enumerate()) {
            rows.push(NewRow::of(fact.record(seq, recorded_at), index)?);
        }
        let recorded_at = recorded_at.as_microsecond();
        let count = tx.insert_many(
            "entry",
            &["seq", "id", "recorded_at", "occurred_at", "subject", "kind", "leaf", "bytes"],
            rows.iter().map(|row| {
                [
                    row.seq.into(),
                    row.id.as_bytes().into(),
                    recorded_at.into(),
                    row.occurred_at.into(),
                    Param::Text(&row.subject),
                    Param::Text(&row.kind),
                    (&row.leaf.0).into(),
                    Param::Blob(&row.bytes),
                ]
            }),
        )?;
        group::take_up(tx, &self.key)?.add(recorded_at, rows.iter().map(|row| row.leaf));
        Ok(Appended { first_seq, count })
    }

    /// Appends the facts whose id is not there yet, so that a second import adds nothing.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn append_new(&self, tx: &mut Tx<'_>, now: Timestamp, facts: Vec<NewEntry>) -> Result<Appended, JournalError> {
        let ids: Vec<Uuid> = facts.iter().map(|fact| fact.id).collect();
        let mut known = known_ids(tx, &ids)?;
        // Adding to the known ones drops a second fact of the same id too.
        let fresh = facts.into_iter().filter(|fact| known.insert(fact.id)).collect();
        self.append(tx, now, fresh)
    }

    /// Appends facts of one subject if nobody has written about it since `version` was read.
    ///
    /// # Errors
    /// [`JournalError::Stale`] with the entry that came in between; else as [`Journal::append`].
    pub fn append_expecting(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        subject: &str,
        version: u64,
        facts: Vec<NewEntry>,
    ) -> Result<Appended, JournalError> {
        expect_version(tx, subject, version)?;
        self.append(tx, now, facts)
    }
}

/// Refuses when somebody has written about a subject since `version` was read.
///
/// # Errors
/// [`JournalError::Stale`] with the entry that came in between; [`JournalError::Unknown`] when that version
/// never was.
pub fn expect_version(tx: &mut Tx<'_>, subject: &str, version: u64) -> Result<(), JournalError> {
    let found = version_of(tx, subject)?;
    if found == version {
        return Ok(());
    }
    let (subject, expected) = (subject.to_owned(), version);
    Err(match read::first_since(tx, &subject, version)? {
        Some((seq, kind)) => JournalError::Stale { subject, expected, found, seq, kind },
        None => JournalError::Unknown { subject, expected, found },
    })
}

pub use content::{content, contents, put_content, put_contents};
pub use read::{
    consistency, entries, entries_of, entry, entry_by_id, for_each_entry, head, inclusion, known_ids,
    latest_checkpoint, version_of,
};

/// An entry as the table keeps it.
struct NewRow {
    seq: i64,
    id: Uuid,
    occurred_at: i64,
    subject: String,
    kind: String,
    leaf: vigie_evidence::Hash,
    bytes: Vec<u8>,
}

impl NewRow {
    fn of(entry: Entry, index: usize) -> Result<NewRow, JournalError> {
        let bytes = match entry.to_canonical() {
            Ok(bytes) => bytes,
            Err(source) => return Err(JournalError::Entry { index, subject: entry.subject, source }),
        };
        Ok(NewRow {
            seq: read::column_of(entry.seq)?,
            id: entry.id,
            occurred_at: entry.occurred_at.as_microsecond(),
            subject: entry.subject,
            kind: entry.kind,
            leaf: leaf_hash(&bytes),
            bytes,
        })
    }
}
