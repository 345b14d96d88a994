//! Heads, proofs and tiles as the pages show them.

use anyhow::Result;
use jiff::Timestamp;
use vigie_evidence::{leaf_hash, tile_width};
use vigie_store::{StoreError, journal};

use crate::{
    app::Vigie,
    features::{
        judgement::read_head,
        proof::view::{Continuity, Head, Inclusion},
    },
};

/// The latest signed head; none while the journal is empty.
pub(super) fn head(vigie: &Vigie) -> Result<Option<Head>> {
    let head = vigie.store.read(journal::head)?;
    if head.size == 0 {
        return Ok(None);
    }
    let checkpoint = read_head(&head.note)?;
    Ok(Some(Head {
        verifier_key: vigie.recorder.journal().verifier().to_string(),
        size: checkpoint.size,
        root: checkpoint.root.to_base64(),
        recorded_at: Timestamp::from_microsecond(head.recorded_at_us).ok(),
        note: head.note,
    }))
}

/// The proof of an entry, each hashing written out.
pub(super) fn inclusion(vigie: &Vigie, seq: u64) -> Result<Option<Inclusion>> {
    let found = vigie.store.read(|tx| -> Result<_, StoreError> {
        let head = journal::head(tx)?;
        if seq >= head.size {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        journal::for_each_entry(tx, seq..seq.saturating_add(1), |_, _, b| {
            bytes = b.to_vec();
            Ok(())
        })?;
        Ok(Some((journal::inclusion(tx, seq, head.size)?, bytes, head)))
    })?;
    let Some((proof, bytes, head)) = found else { return Ok(None) };
    let checkpoint = read_head(&head.note)?;
    let entry = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Some(Inclusion::walk(seq, checkpoint.size, entry, leaf_hash(&bytes), &proof, checkpoint.root)))
}

/// The proof that the journal goes on from its first `old` entries; none when it never had that size.
pub(super) fn continuity(vigie: &Vigie, old: u64) -> Result<Option<Continuity>> {
    let found = vigie.store.read(|tx| -> Result<_, StoreError> {
        let head = journal::head(tx)?;
        if old == 0 || old > head.size {
            return Ok(None);
        }
        Ok(Some((journal::consistency(tx, old, head.size)?, head)))
    })?;
    Ok(found.map(|(proof, head)| Continuity::new(old, head.size, &proof, &head.note)))
}

/// A tile by its C2SP path, without the leading `tile/`: `<level>/<index>[.p/<width>]`, or `entries/...`.
pub(super) fn tile(vigie: &Vigie, path: &str) -> Result<Option<Vec<u8>>> {
    let (level, rest) = path.split_once('/').unwrap_or((path, ""));
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, width.parse::<u16>().ok()),
        None => (rest, Some(256)),
    };
    let (Some(index), Some(width)) = (tile_index(index), width.filter(|w| (1..=256).contains(w))) else {
        return Ok(None);
    };
    let size = vigie.store.read(journal::head)?.size;
    if level == "entries" {
        return entries(vigie, index, width, size);
    }
    let Ok(level) = level.parse::<u8>() else { return Ok(None) };
    if width > tile_width(size, level, index) {
        return Ok(None);
    }
    let wanted = usize::from(width) * 32;
    let hashes = vigie.store.read(|tx| {
        use vigie_evidence::HashSource as _;
        journal::Tiles::new(tx).tile(level, index, width)
    })?;
    Ok(hashes.get(..wanted).map(<[u8]>::to_vec))
}

fn entries(vigie: &Vigie, index: u64, width: u16, size: u64) -> Result<Option<Vec<u8>>> {
    let first = index.saturating_mul(256);
    let last = first.saturating_add(u64::from(width));
    if last > size {
        return Ok(None);
    }
    let mut bundle = Vec::new();
    vigie.store.read(|tx| {
        journal::for_each_entry(tx, first..last, |_, _, bytes| {
            _ = vigie_evidence::bundle_push(&mut bundle, bytes);
            Ok(())
        })
    })?;
    Ok(Some(bundle))
}

/// `x001/x234/067` is 1234067 (C2SP tlog-tiles).
fn tile_index(text: &str) -> Option<u64> {
    let mut index = 0_u64;
    let parts: Vec<&str> = text.split('/').collect();
    let (last, before) = parts.split_last()?;
    for part in before.iter().map(|p| p.strip_prefix('x')).chain([Some(*last)]) {
        let part = part.filter(|p| p.len() == 3 && p.bytes().all(|b| b.is_ascii_digit()))?;
        index = index.checked_mul(1000)?.checked_add(part.parse().ok()?)?;
    }
    Some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_paths_are_read_as_tlog_tiles_writes_them() {
        assert_eq!(tile_index("x001/x234/067"), Some(1_234_067));
        assert_eq!(tile_index("000"), Some(0));
        assert_eq!(tile_index("67"), None);
        assert_eq!(tile_index("x001/x234"), None);
    }
}
