//! Facts go in here: journal entries and the read tables, in one transaction.
//!
//! The read tables hold nothing that the journal and its contents do not: [`rebuild`] empties them and
//! makes the same rows again. Whoever records a fact about a case or a duty goes through this module; an
//! entry of another kind (a sign-in, an import) only goes into the journal.

mod changes;
mod history;

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use vigie_evidence::{EntryRef, Hash, NewEntry};
use vigie_rules::{
    book::Rulebook,
    fact::{Fact, FactError},
    timeline::TimelineError,
};
use vigie_store::{Appended, Content, Erasure, Journal, JournalError, StoreError, Tx, journal, search};

use crate::features::desk::sheet::Texts;
use changes::{Changes, News};
pub(crate) use history::Standing;
pub use history::main_clock;

/// An instant as the store keeps it: microseconds since 1970, UTC.
pub(crate) fn instant(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|e| StoreError::unreadable("an instant", e))
}

/// Why facts were not recorded. Nothing was kept then.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The body of an entry does not fit its kind.
    #[error("the entry about {subject} was refused")]
    Fact {
        /// About what.
        subject: String,
        /// Why.
        #[source]
        source: FactError,
    },
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The read table holds something else.
    #[error(transparent)]
    Timeline(#[from] TimelineError),
    /// A timeline could not be packed.
    #[error("the timeline of {subject} could not be packed")]
    Pack {
        /// Whose.
        subject: String,
        /// Why.
        #[source]
        source: postcard::Error,
    },
}

/// Records facts; see the module.
#[derive(Clone, Debug)]
pub struct Recorder {
    journal: Journal,
    rulebook: Arc<Rulebook>,
}

/// A fact with what people said in it.
#[derive(Clone, Debug)]
pub struct Told {
    /// The entry.
    pub entry: NewEntry,
    /// The words to which the entry commits by hash, and which it does not hold.
    pub texts: Texts,
}

impl From<NewEntry> for Told {
    fn from(entry: NewEntry) -> Self {
        Self { entry, texts: Texts::default() }
    }
}

/// What became of the facts handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Place of the first one that was appended.
    pub first_seq: u64,
    /// Appended to the journal.
    pub added: u64,
    /// Already there by their id.
    pub known: u64,
}

impl Recorder {
    /// Records into that journal, summarising by that rulebook.
    #[must_use]
    pub const fn new(journal: Journal, rulebook: Arc<Rulebook>) -> Self {
        Self { journal, rulebook }
    }

    /// The contract, every version of it.
    #[must_use]
    pub fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// The journal.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Records facts in their order; those whose id is already in the journal are left out, so that
    /// recording twice adds nothing.
    ///
    /// # Errors
    /// When a fact does not fit its kind, or the store refuses; nothing is kept then.
    pub fn record(&self, tx: &mut Tx<'_>, now: Timestamp, facts: Vec<NewEntry>) -> Result<Recorded, RecordError> {
        self.record_with(tx, now, facts.into_iter().map(Told::from).collect())
    }

    /// The same with what people said, which the entries only commit to.
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub fn record_with(&self, tx: &mut Tx<'_>, now: Timestamp, facts: Vec<Told>) -> Result<Recorded, RecordError> {
        let offered = facts.len();
        let ids: Vec<_> = facts.iter().map(|f| f.entry.id).collect();
        let mut known = journal::known_ids(tx, &ids)?;
        // Adding to the known ones also drops a second fact of the same id.
        let fresh: Vec<Told> = facts.into_iter().filter(|f| known.insert(f.entry.id)).collect();
        let mut news = Vec::with_capacity(fresh.len());
        let mut entries = Vec::with_capacity(fresh.len());
        for (index, Told { entry, texts }) in fresh.into_iter().enumerate() {
            let fact = Fact::read(&entry.kind, &entry.body)
                .map_err(|source| RecordError::Fact { subject: entry.subject.clone(), source })?;
            news.extend(News::of(&entry, fact, &texts).map(|news| (index, news)));
            entries.push(entry);
        }
        let count = entries.len();
        let first_seq = self.journal.append(tx, now, entries)?.first_seq;
        let mut changes = Changes::default();
        for (index, news) in news {
            changes.add(first_seq.saturating_add(u64::try_from(index).unwrap_or(u64::MAX)), news);
        }
        changes.apply(tx, &self.rulebook)?;
        let count64 = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Ok(Recorded { first_seq, added: count64(count), known: count64(offered - count) })
    }
}

impl Recorder {
    /// Erases what was said or sent, says so in the journal, and forgets it in the read tables: all in one
    /// unit. Erasing what is erased already does nothing.
    ///
    /// # Errors
    /// As [`Journal::erase_content`], or when the subject's entries cannot be read.
    pub fn erase(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        hash: &Hash,
        erasure: Erasure,
    ) -> Result<Option<Appended>, RecordError> {
        let subject = erasure.subject.clone();
        let done = self.journal.erase_content(tx, now, hash, erasure)?;
        if done.is_some() {
            refresh(tx, &self.rulebook, &subject)?;
        }
        Ok(done)
    }
}

/// Makes the rows of one subject again.
fn refresh(tx: &mut Tx<'_>, rulebook: &Rulebook, subject: &str) -> Result<(), RecordError> {
    for table in ["history", "desk_case", "desk_task"] {
        tx.execute(&format!("DELETE FROM {table} WHERE subject = $1"), &[subject.into()])?;
    }
    search::forget(tx, subject)?;
    let mut read = Vec::new();
    let mut refused = None;
    tx.query("SELECT seq, bytes FROM entry WHERE subject = $1 ORDER BY seq", &[subject.into()], |row| {
        if refused.is_none() {
            match read_entry(row.u64(0)?, row.blob(1)?) {
                Ok(news) => read.extend(news),
                Err(error) => refused = Some(error),
            }
        }
        Ok(())
    })?;
    refused.map_or(Ok(()), Err)?;
    take_in(tx, rulebook, read)
}

/// Adds entries of the journal to the read tables, with what was said in them.
fn take_in(tx: &mut Tx<'_>, rulebook: &Rulebook, read: Vec<(u64, News)>) -> Result<(), RecordError> {
    let mut changes = Changes::default();
    let said = said(tx, &read)?;
    for (seq, mut news) in read {
        if let Some(texts) = news.texts.and_then(|hash| said.get(&hash)) {
            news.hear(texts);
        }
        changes.add(seq, news);
    }
    changes.apply(tx, rulebook)
}

/// Entries read at a time while rebuilding.
const REBUILD_CHUNK: u64 = 50_000;
/// Raised whenever the read tables of the same journal would hold something else.
const READ_TABLES: i64 = 14;
/// Where the level of the read tables stands among the counters.
const READ_TABLES_NAME: &str = "read_tables";

/// Makes the read tables again from the journal, in one transaction; gives the number of entries read.
///
/// # Errors
/// When an entry cannot be read or the store refuses; the tables are then as they were.
pub fn rebuild(tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<u64, RecordError> {
    tx.execute("DELETE FROM history", &[])?;
    tx.execute("DELETE FROM desk_case", &[])?;
    tx.execute("DELETE FROM desk_task", &[])?;
    search::clear(tx)?;
    let size = journal::head(tx)?.size;
    let mut from = 0;
    while from < size {
        let to = from.saturating_add(REBUILD_CHUNK).min(size);
        let mut read = Vec::new();
        let mut refused = None;
        journal::for_each_entry(tx, from..to, |seq, _leaf, bytes| {
            if refused.is_none() {
                match read_entry(seq, bytes) {
                    Ok(news) => read.extend(news),
                    Err(error) => refused = Some(error),
                }
            }
            Ok(())
        })?;
        if let Some(error) = refused {
            return Err(error);
        }
        take_in(tx, rulebook, read)?;
        from = to;
    }
    set_level(tx, READ_TABLES)?;
    Ok(size)
}

/// Brings the read tables of an older program forward; gives the number of entries read, none when they
/// were made by this one.
///
/// # Errors
/// As [`rebuild`].
pub fn catch_up(tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<Option<u64>, RecordError> {
    let sql = "SELECT value FROM counter WHERE name = $1";
    let level = tx.query_opt(sql, &[READ_TABLES_NAME.into()], |row| row.i64(0))?;
    if level == Some(READ_TABLES) {
        return Ok(None);
    }
    rebuild(tx, rulebook).map(Some)
}

fn set_level(tx: &mut Tx<'_>, level: i64) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[READ_TABLES_NAME.into(), level.into()]).map(|_| ())
}

fn read_entry(seq: u64, bytes: &[u8]) -> Result<Option<(u64, News)>, RecordError> {
    let entry = EntryRef::from_canonical(bytes).map_err(|e| StoreError::unreadable(format!("entry {seq}"), e))?;
    let fact = Fact::from_entry(&entry.kind, entry.body)
        .map_err(|source| RecordError::Fact { subject: entry.subject.to_string(), source })?;
    Ok(News::read(&entry, fact).map(|news| (seq, news)))
}

/// What people said in these entries, as far as it was not erased.
fn said(tx: &mut Tx<'_>, read: &[(u64, News)]) -> Result<HashMap<Hash, Texts>, StoreError> {
    let hashes: Vec<Hash> = read.iter().filter_map(|(_, news)| news.texts).collect();
    let contents = journal::contents(tx, &hashes)?;
    let texts = contents.into_iter().filter_map(|(hash, content)| match content {
        Content::Kept(bytes) => {
            Some(Texts::from_bytes(&bytes).map(|t| (hash, t)).map_err(|e| StoreError::unreadable("a text", e)))
        }
        Content::Erased { .. } => None,
    });
    texts.collect()
}
