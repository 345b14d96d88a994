//! Proofs made from tiles: that an entry is in the journal, and that one journal continues another.
//!
//! Reads a handful of tiles, whatever the size of the tree. It must never trust a tile: a wrong one
//! gives a proof that does not verify, nothing worse.

use std::collections::BTreeMap;

use crate::{
    hash::{Hash, node_hash},
    tile::{TILE_WIDTH, perfect_root, tile_width},
};

/// Where the tiles are kept.
pub trait HashSource {
    /// Why a tile could not be read.
    type Error;

    /// The bytes of a tile: at least `width` hashes of 32 bytes.
    ///
    /// A tile that has grown since still begins with the hashes it had, so the latest one will do.
    ///
    /// # Errors
    /// When it cannot be read.
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Self::Error>;
}

/// Why a proof could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError<E> {
    /// The question itself is out of range.
    #[error("a tree of {size} entries cannot be asked about {asked}")]
    Range {
        /// The index or the older size that was asked about.
        asked: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The tile could not be read.
    #[error("tile {level}/{index} could not be read")]
    Source {
        /// Its level.
        level: u8,
        /// Its place.
        index: u64,
        /// Why.
        source: E,
    },
    /// The tile holds less than the tree has.
    #[error(
        "tile {level}/{index} holds {found} bytes, less than its {width} hashes; rebuild the tiles from the journal"
    )]
    Short {
        /// Its level.
        level: u8,
        /// Its place.
        index: u64,
        /// Hashes that it should hold.
        width: u16,
        /// Bytes that it holds.
        found: usize,
    },
}

/// The hashes that lead from leaf `index` to the root of the tree of `size` leaves (RFC 9162, 2.1.3.1).
///
/// # Errors
/// When the tree has no such leaf or a tile cannot be read.
pub fn inclusion_proof<S: HashSource + ?Sized>(
    size: u64,
    index: u64,
    source: &S,
) -> Result<Vec<Hash>, ReadError<S::Error>> {
    if index >= size {
        return Err(ReadError::Range { asked: index, size });
    }
    let mut tiles = Tiles { size, source, read: BTreeMap::new() };
    let mut proof = Vec::new();
    let (mut low, mut high) = (0, size);
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            proof.push(tiles.root_of(middle, high)?);
            high = middle;
        } else {
            proof.push(tiles.root_of(low, middle)?);
            low = middle;
        }
    }
    proof.reverse(); // found from the root down; a proof goes from the leaf up
    Ok(proof)
}

/// The hashes that show the tree of `old` leaves to be the beginning of that of `new` (RFC 9162, 2.1.4.1).
///
/// # Errors
/// When `old` is more than `new` or a tile cannot be read.
pub fn consistency_proof<S: HashSource + ?Sized>(
    old: u64,
    new: u64,
    source: &S,
) -> Result<Vec<Hash>, ReadError<S::Error>> {
    if old > new {
        return Err(ReadError::Range { asked: old, size: new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let mut tiles = Tiles { size: new, source, read: BTreeMap::new() };
    let mut proof = Vec::new();
    let (mut low, mut high) = (0, new);
    while old < high {
        let middle = low + split(high - low);
        if old <= middle {
            proof.push(tiles.root_of(middle, high)?);
            high = middle;
        } else {
            proof.push(tiles.root_of(low, middle)?);
            low = middle;
        }
    }
    if low > 0 {
        proof.push(tiles.root_of(low, high)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Reads a tile and cuts it to the width it had.
pub(crate) fn read_tile<S: HashSource + ?Sized>(
    source: &S,
    level: u8,
    index: u64,
    width: u16,
) -> Result<Vec<u8>, ReadError<S::Error>> {
    let mut bytes = source.tile(level, index, width).map_err(|source| ReadError::Source { level, index, source })?;
    let due = usize::from(width) * 32;
    if bytes.len() < due {
        return Err(ReadError::Short { level, index, width, found: bytes.len() });
    }
    bytes.truncate(due);
    Ok(bytes)
}

/// The tiles of a tree of one size, each read once.
struct Tiles<'s, S: ?Sized> {
    size: u64,
    source: &'s S,
    read: BTreeMap<(u8, u64), Vec<u8>>,
}

impl<S: HashSource + ?Sized> Tiles<'_, S> {
    /// The root over leaves `low..high`, a range that the tree itself divides into.
    fn root_of(&mut self, low: u64, high: u64) -> Result<Hash, ReadError<S::Error>> {
        let width = high - low;
        if width.is_power_of_two() {
            return self.perfect(low, width.trailing_zeros());
        }
        let middle = low + split(width);
        let left = self.root_of(low, middle)?;
        let right = self.root_of(middle, high)?;
        Ok(node_hash(&left, &right))
    }

    /// The root over the 2^`height` leaves from `low`, which is a multiple of 2^`height`.
    fn perfect(&mut self, low: u64, height: u32) -> Result<Hash, ReadError<S::Error>> {
        let level = u8::try_from(height / 8).unwrap_or(u8::MAX);
        let first = low >> (8 * u32::from(level)); // among the hashes of that level
        let index = first / u64::from(TILE_WIDTH);
        let width = tile_width(self.size, level, index);
        let bytes = match self.read.entry((level, index)) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(read_tile(self.source, level, index, width)?)
            }
        };
        let start = usize::try_from(first % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX).saturating_mul(32);
        let end = start.saturating_add(32 << (height % 8));
        bytes.get(start..end).map(perfect_root).ok_or(ReadError::Short { level, index, width, found: bytes.len() })
    }
}

/// The largest power of two below `n`, which is at least 2: where RFC 9162 divides a tree.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}
