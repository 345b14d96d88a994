//! Reading the journal: entries, heads, tiles and proofs, inside whatever transaction the caller has.

use std::{cell::RefCell, collections::HashSet, ops::Range};

use uuid::Uuid;
use vigie_evidence::{Entry, Frontier, Hash, HashSource, ReadError, consistency_proof, inclusion_proof};

use crate::{Param, Row, StoreError, Values, tx::Tx};

/// Where the journal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// The signed checkpoint (C2SP signed-note); empty before the first entry.
    pub note: String,
    /// When the last entry was recorded, in microseconds since 1970; 0 before the first.
    pub recorded_at_us: i64,
}

/// Where the journal stands.
///
/// # Errors
/// Whatever the database says.
pub fn head(tx: &mut Tx<'_>) -> Result<Head, StoreError> {
    tx.query_one("SELECT size, note, recorded_at FROM head WHERE id = 1", &[], |row| {
        Ok(Head { size: row.u64(0)?, note: row.text(1)?.to_owned(), recorded_at_us: row.i64(2)? })
    })
}

/// The last signed checkpoint, when there is an entry.
///
/// # Errors
/// Whatever the database says.
pub fn latest_checkpoint(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    Ok(Some(head(tx)?.note).filter(|note| !note.is_empty()))
}

/// Entries by place; what is beyond the end is not there.
///
/// # Errors
/// [`StoreError::Unreadable`] with the number of an entry whose bytes are not canonical.
pub fn entries(tx: &mut Tx<'_>, range: Range<u64>) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT seq, bytes FROM entry WHERE seq >= $1 AND seq < $2 ORDER BY seq";
    tx.query_all(sql, &[bound(range.start), bound(range.end)], read_entry)
}

/// One entry by place.
///
/// # Errors
/// As [`entries`].
pub fn entry(tx: &mut Tx<'_>, seq: u64) -> Result<Option<Entry>, StoreError> {
    tx.query_opt("SELECT seq, bytes FROM entry WHERE seq = $1", &[bound(seq)], read_entry)
}

/// One entry by id.
///
/// # Errors
/// As [`entries`].
pub fn entry_by_id(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Entry>, StoreError> {
    tx.query_opt("SELECT seq, bytes FROM entry WHERE id = $1", &[id.as_bytes().into()], read_entry)
}

/// All entries of a subject, in their order.
///
/// # Errors
/// As [`entries`].
pub fn entries_of(tx: &mut Tx<'_>, subject: &str) -> Result<Vec<Entry>, StoreError> {
    tx.query_all("SELECT seq, bytes FROM entry WHERE subject = $1 ORDER BY seq", &[subject.into()], read_entry)
}

/// The version of a subject: the size of the journal just after its last entry, 0 when it has none.
/// It grows with every entry of the subject and with no other.
///
/// # Errors
/// Whatever the database says.
pub fn version_of(tx: &mut Tx<'_>, subject: &str) -> Result<u64, StoreError> {
    let sql = "SELECT seq FROM entry WHERE subject = $1 ORDER BY seq DESC LIMIT 1";
    let last = tx.query_opt(sql, &[subject.into()], |row| row.u64(0))?;
    Ok(last.map_or(0, |seq| seq.saturating_add(1)))
}

/// Hands over place, leaf hash as stored, and canonical bytes of each entry of a range, in order, without
/// keeping them. Nothing is checked here: that is the verifier's work.
///
/// # Errors
/// Whatever the database or `each` says.
pub fn for_each_entry(
    tx: &mut Tx<'_>,
    range: Range<u64>,
    mut each: impl FnMut(u64, &[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = "SELECT seq, leaf, bytes FROM entry WHERE seq >= $1 AND seq < $2 ORDER BY seq";
    tx.query(sql, &[bound(range.start), bound(range.end)], |row| each(row.u64(0)?, row.blob(1)?, row.blob(2)?))
}

/// The proof that entry `seq` is in the journal of `size` entries (RFC 9162), leaf side first.
///
/// # Errors
/// When the journal has no such entry or size, or a tile cannot be read.
pub fn inclusion(tx: &mut Tx<'_>, seq: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
    inclusion_proof(size, seq, &Tiles::new(tx)).map_err(inconsistent)
}

/// The proof that the journal of `old` entries is the beginning of that of `new` (RFC 9162).
///
/// # Errors
/// As [`inclusion`].
pub fn consistency(tx: &mut Tx<'_>, old: u64, new: u64) -> Result<Vec<Hash>, StoreError> {
    consistency_proof(old, new, &Tiles::new(tx)).map_err(inconsistent)
}

/// The tiles of the journal, for proofs.
pub struct Tiles<'t, 'c>(RefCell<&'t mut Tx<'c>>);

impl<'t, 'c> Tiles<'t, 'c> {
    /// Reads inside that transaction.
    #[must_use]
    pub fn new(tx: &'t mut Tx<'c>) -> Tiles<'t, 'c> {
        Tiles(RefCell::new(tx))
    }
}

impl HashSource for Tiles<'_, '_> {
    type Error = StoreError;

    fn tile(&self, level: u8, index: u64, _width: u16) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT hashes FROM tile WHERE level = $1 AND idx = $2";
        let params = [i64::from(level).into(), bound(index)];
        let found = self.0.borrow_mut().query_opt(sql, &params, |row| Ok(row.blob(0)?.to_vec()))?;
        // An absent tile is an empty one: whoever needs its hashes says that it is too short.
        Ok(found.unwrap_or_default())
    }
}

/// The head as the writer takes it up: the frontier, and when the last entry was recorded.
pub(super) fn head_row(tx: &mut Tx<'_>) -> Result<(Frontier, i64), StoreError> {
    let sql = "SELECT size, frontier, recorded_at FROM head WHERE id = 1";
    let (size, bytes, recorded_at) =
        tx.query_one(sql, &[], |row| Ok((row.u64(0)?, row.blob(1)?.to_vec(), row.i64(2)?)))?;
    let frontier = if size == 0 { Some(Frontier::new()) } else { Frontier::from_bytes(&bytes) };
    match frontier.filter(|f| f.size() == size) {
        Some(frontier) => Ok((frontier, recorded_at)),
        None => Err(StoreError::Inconsistent { reason: format!("the head of {size} entries holds another frontier") }),
    }
}

/// The first entry of a subject that a reader of `version` has not seen.
pub(super) fn first_since(tx: &mut Tx<'_>, subject: &str, version: u64) -> Result<Option<(u64, String)>, StoreError> {
    let sql = "SELECT seq, kind FROM entry WHERE subject = $1 AND seq >= $2 ORDER BY seq LIMIT 1";
    tx.query_opt(sql, &[subject.into(), bound(version)], |row| Ok((row.u64(0)?, row.text(1)?.to_owned())))
}

/// Those of `ids` that are in the journal.
///
/// # Errors
/// Whatever the database says.
pub fn known_ids(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, StoreError> {
    let mut known = HashSet::new();
    let ids: Vec<&[u8]> = ids.iter().map(|id| id.as_bytes().as_slice()).collect();
    tx.query_in("SELECT id FROM entry WHERE id", Values::Blobs(&ids), |row| {
        known.insert(Uuid::from_slice(row.blob(0)?).map_err(|e| StoreError::unreadable("the id of an entry", e))?);
        Ok(())
    })?;
    Ok(known)
}

/// A number of the journal as a column keeps it.
pub(super) fn column_of(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Range { what: "a place in the journal", value: i128::from(number) })
}

/// A bound of a question: beyond the largest column there is nothing.
fn bound(number: u64) -> Param<'static> {
    Param::I64(i64::try_from(number).unwrap_or(i64::MAX))
}

fn read_entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let seq = row.u64(0)?;
    let entry = Entry::from_canonical(row.blob(1)?).map_err(|e| StoreError::unreadable(format!("entry {seq}"), e))?;
    if entry.seq == seq {
        Ok(entry)
    } else {
        Err(StoreError::unreadable(format!("entry {seq}"), format!("its bytes say that it is entry {}", entry.seq)))
    }
}

fn inconsistent(error: ReadError<StoreError>) -> StoreError {
    match error {
        ReadError::Source { source, .. } => source,
        other => StoreError::Inconsistent { reason: other.to_string() },
    }
}
