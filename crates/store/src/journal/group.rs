//! What the units of one group have appended, and the sealing of the group before its commit.
//!
//! A lone signature and one write of the rightmost tiles serve all units of the group. The root is
//! computed twice, from the frontier and from the tiles; MUST NOT sign when the two differ.

use std::sync::Arc;

use jiff::Timestamp;
use vigie_evidence::{Checkpoint, Frontier, Hash, SigningKey, TileWriter};

use super::read::{Tiles, column_of, head_row};
use crate::{Param, StoreError, tx::Tx};

/// The appends of a transaction that are not sealed yet.
#[derive(Default)]
pub(crate) struct Group {
    pending: Option<Pending>,
    /// The rightmost tiles as the last seal left them; spares reading them back for each group.
    tiles: Option<TileWriter>,
}

pub(crate) struct Pending {
    key: Arc<SigningKey>,
    /// Of the journal before the group.
    frontier: Frontier,
    /// Microseconds since 1970, of the last entry so far.
    recorded_at: i64,
    leaves: Vec<Hash>,
}

/// Where a unit began, to go back to when it is rolled back.
pub(crate) struct Mark {
    leaves: usize,
    recorded_at: Option<i64>,
}

impl Group {
    /// A group that knows the tiles of the one before.
    pub(crate) fn after(tiles: Option<TileWriter>) -> Group {
        Group { pending: None, tiles }
    }

    /// The tiles after the seal, for the next group.
    pub(crate) fn into_tiles(self) -> Option<TileWriter> {
        self.tiles
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            leaves: self.pending.as_ref().map_or(0, |p| p.leaves.len()),
            recorded_at: self.pending.as_ref().map(|p| p.recorded_at),
        }
    }

    pub(crate) fn back_to(&mut self, mark: &Mark) {
        match (&mut self.pending, mark.recorded_at) {
            (Some(pending), Some(recorded_at)) => {
                pending.leaves.truncate(mark.leaves);
                pending.recorded_at = recorded_at;
            }
            (pending, _) => *pending = None,
        }
    }
}

impl Pending {
    /// Entries of the journal with those of the group.
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size().saturating_add(u64::try_from(self.leaves.len()).unwrap_or(u64::MAX))
    }

    /// When an entry is recorded now: in whole microseconds, as the table keeps it, and never before the last one.
    pub(crate) fn recorded_at(&self, now: Timestamp) -> Timestamp {
        let us = now.as_microsecond().max(self.recorded_at);
        Timestamp::from_microsecond(us).unwrap_or(now)
    }

    pub(crate) fn add(&mut self, recorded_at: i64, leaves: impl Iterator<Item = Hash>) {
        let before = self.leaves.len();
        self.leaves.extend(leaves);
        if self.leaves.len() > before {
            self.recorded_at = recorded_at;
        }
    }
}

/// The state of the group; the first append of a group reads where the journal stands.
pub(crate) fn take_up<'t>(tx: &'t mut Tx<'_>, key: &Arc<SigningKey>) -> Result<&'t mut Pending, StoreError> {
    if tx.group.pending.is_none() {
        let (frontier, recorded_at) = head_row(tx)?;
        tx.group.pending = Some(Pending { key: Arc::clone(key), frontier, recorded_at, leaves: Vec::new() });
    }
    tx.group.pending.as_mut().ok_or(StoreError::Doomed)
}

/// Writes tiles, head and signed checkpoint of all that the group has appended.
pub(crate) fn seal(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let Some(pending) = tx.group.pending.take().filter(|p| !p.leaves.is_empty()) else { return Ok(()) };
    let Pending { key, mut frontier, recorded_at, leaves } = pending;
    let known = tx.group.tiles.take().filter(|tiles| tiles.size() == frontier.size());
    let mut tiles = match known {
        Some(tiles) => tiles,
        None => TileWriter::resume(frontier.size(), &Tiles::new(tx))
            .map_err(|e| StoreError::Inconsistent { reason: e.to_string() })?,
    };
    let changed = tiles.append(&leaves);
    for leaf in leaves {
        frontier.push(leaf);
    }
    let root = frontier.root();
    if tiles.root() != root {
        return Err(StoreError::Inconsistent {
            reason: format!("tiles give the root {}, the head gives {root}", tiles.root()),
        });
    }
    let places: Vec<[i64; 3]> = changed
        .iter()
        .map(|tile| Ok([i64::from(tile.level), column_of(tile.index)?, i64::from(tile.width())]))
        .collect::<Result<_, StoreError>>()?;
    let rows = changed
        .iter()
        .zip(places)
        .map(|(tile, [level, index, width])| [level.into(), index.into(), width.into(), Param::Blob(&tile.hashes)]);
    tx.upsert_many("tile", &["level", "idx"], &["level", "idx", "width", "hashes"], rows)?;

    let checkpoint = Checkpoint { origin: key.name().to_owned(), size: frontier.size(), root, extension: Vec::new() };
    tx.execute(
        "UPDATE head SET size = $1, frontier = $2, note = $3, recorded_at = $4 WHERE id = 1",
        &[
            column_of(frontier.size())?.into(),
            (&frontier.to_bytes()).into(),
            (&key.sign(&checkpoint)).into(),
            recorded_at.into(),
        ],
    )?;
    tx.group.tiles = Some(tiles);
    Ok(())
}
