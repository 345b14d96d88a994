//! What can be proved: the journal exported, verified, and made into read tables again.

pub mod view;
pub mod web;

use std::io::Write;

use vigie_evidence::{ExportWriter, Hash, Kept, Misfit, Verified, Verifier, VerifierKey};
use vigie_store::{StoreError, Tx, journal};

/// Why a journal could not be exported or does not verify.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something does not fit: which entry, and what.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// There is nothing yet.
    #[error("the journal is empty: nothing has been recorded yet")]
    Empty,
}

/// Entries read at a time.
const CHUNK: u64 = 10_000;

fn for_each(
    tx: &mut Tx<'_>,
    size: u64,
    mut each: impl FnMut(u64, &[u8], &[u8]) -> Result<(), Misfit>,
) -> Result<(), ProofError> {
    let mut from = 0;
    let mut misfit = None;
    while from < size && misfit.is_none() {
        let to = from.saturating_add(CHUNK).min(size);
        journal::for_each_entry(tx, from..to, |seq, leaf, bytes| {
            if misfit.is_none() {
                misfit = each(seq, leaf, bytes).err();
            }
            Ok(())
        })?;
        from = to;
    }
    misfit.map_or(Ok(()), |m| Err(m.into()))
}

/// Writes the whole journal as an export; gives the number of entries.
///
/// # Errors
/// When the journal is empty or does not verify, or writing fails.
pub fn export(tx: &mut Tx<'_>, key: &VerifierKey, out: impl Write) -> Result<u64, ProofError> {
    let head = journal::head(tx)?;
    if head.size == 0 {
        return Err(ProofError::Empty);
    }
    let mut writer = ExportWriter::begin(out, &head.note, key)?;
    for_each(tx, head.size, |_, _, bytes| writer.entry(bytes))?;
    writer.finish()?;
    Ok(head.size)
}

/// Verifies the journal of a store: every entry against its leaf hash, the tree against the signed head, and
/// its beginning against a head that was kept earlier, if there is one.
///
/// # Errors
/// With the first thing that does not fit, or when the journal is empty.
pub fn verify(tx: &mut Tx<'_>, keys: &[VerifierKey], kept: Option<Kept>) -> Result<Verified, ProofError> {
    let head = journal::head(tx)?;
    if head.size == 0 {
        return Err(ProofError::Empty);
    }
    let mut verifier = Verifier::since(kept);
    for_each(tx, head.size, |seq, leaf, bytes| {
        let leaf = <[u8; 32]>::try_from(leaf).ok().map(Hash);
        verifier.push(seq, bytes, leaf).map(|_| ())
    })?;
    Ok(verifier.finish(&head.note, keys)?)
}
