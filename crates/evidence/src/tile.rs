//! The tree cut into tiles, as C2SP tlog-tiles lays it out, so that tools nobody here wrote can read it.
//!
//! A tile of level L holds up to 256 hashes of subtrees of 256^L leaves each; only the rightmost tile
//! of a level may hold fewer. This module says which tiles change when leaves are appended, and how
//! tiles and bundles are named; it must never decide where they are kept.

use crate::{
    hash::{Hash, empty_root, node_hash},
    proof::{HashSource, ReadError, read_tile},
};

/// Hashes of a full tile.
pub const TILE_WIDTH: u16 = 256;
/// Levels that a tree of 2^64 leaves would have.
pub const MAX_LEVELS: u8 = 8;

/// Hashes of a full tile, where lengths are counted.
const FULL: usize = 256;

/// A tile that has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Level, from 0 for the leaves.
    pub level: u8,
    /// Place within the level, from 0.
    pub index: u64,
    /// 1 to 256 hashes of 32 bytes, in order.
    pub hashes: Vec<u8>,
}

impl Tile {
    /// Number of hashes, 1 to 256.
    #[must_use]
    pub fn width(&self) -> u16 {
        u16::try_from(self.hashes.len() / 32).unwrap_or(TILE_WIDTH)
    }

    /// Its path: `tile/<L>/<N>`, with `.p/<W>` when it is not full.
    #[must_use]
    pub fn path(&self) -> String {
        tile_path(self.level, self.index, self.width())
    }
}

/// The path of a tile: `tile/<L>/<N>`, with `.p/<W>` when `width` is less than 256.
#[must_use]
pub fn tile_path(level: u8, index: u64, width: u16) -> String {
    format!("tile/{level}/{}{}", encode_index(index), partial(width))
}

/// The path of a bundle of entries: `tile/entries/<N>`, with `.p/<W>` when `width` is less than 256.
#[must_use]
pub fn entries_path(index: u64, width: u16) -> String {
    format!("tile/entries/{}{}", encode_index(index), partial(width))
}

/// Appends an entry to a bundle: its length in two bytes, most significant first, then its bytes.
///
/// Gives false, and leaves the bundle as it was, for an entry of more than 65,535 bytes.
#[must_use]
pub fn bundle_push(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// The entries of a bundle, or none when its lengths do not add up.
#[must_use]
pub fn bundle_entries(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
    }
    rest.is_empty().then_some(entries)
}

/// How many hashes the tile has in a tree of `size` leaves; 0 when the tree has no such tile.
#[must_use]
pub fn tile_width(size: u64, level: u8, index: u64) -> u16 {
    let at_level = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    let before = index.saturating_mul(u64::from(TILE_WIDTH));
    u16::try_from(at_level.saturating_sub(before)).unwrap_or(TILE_WIDTH).min(TILE_WIDTH)
}

/// The right edge of the tiles: appends leaves and says which tiles change.
///
/// Cheap to copy (a few kilobytes), so that a commit that fails can be forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileWriter {
    size: u64,
    /// The tile in course of each level, as bytes; never full.
    partial: Vec<Vec<u8>>,
}

impl TileWriter {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a tree of `size` leaves from its tiles.
    ///
    /// # Errors
    /// When a tile cannot be read or is too short.
    pub fn resume<S: HashSource + ?Sized>(size: u64, source: &S) -> Result<Self, ReadError<S::Error>> {
        let mut partial = Vec::new();
        for level in 0..MAX_LEVELS {
            let at_level = size >> (8 * u32::from(level));
            if at_level == 0 {
                break;
            }
            let index = at_level / u64::from(TILE_WIDTH);
            let width = tile_width(size, level, index);
            partial.push(if width == 0 { Vec::new() } else { read_tile(source, level, index, width)? });
        }
        Ok(Self { size, partial })
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends leaves; gives every tile that is new or has grown, full ones before partial ones of a level.
    pub fn append(&mut self, leaves: &[Hash]) -> Vec<Tile> {
        let mut changed = Vec::new();
        let mut incoming: Vec<Hash> = leaves.to_vec();
        let mut level = 0_u8;
        while !incoming.is_empty() {
            let mut at_level = self.size >> (8 * u32::from(level));
            if self.partial.len() <= usize::from(level) {
                self.partial.push(Vec::new());
            }
            let Some(tile) = self.partial.get_mut(usize::from(level)) else { break };
            let mut completed = Vec::new();
            for hash in &incoming {
                tile.extend_from_slice(&hash.0);
                if tile.len() == FULL * 32 {
                    completed.push(perfect_root(tile));
                    let index = at_level / u64::from(TILE_WIDTH);
                    changed.push(Tile { level, index, hashes: std::mem::take(tile) });
                }
                at_level += 1;
            }
            if !tile.is_empty() {
                changed.push(Tile { level, index: at_level / u64::from(TILE_WIDTH), hashes: tile.clone() });
            }
            incoming = completed;
            level += 1;
        }
        self.size += u64::try_from(leaves.len()).unwrap_or(0);
        changed
    }

    /// The root of the tree; at most 255 hashes a level.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut root: Option<Hash> = None;
        for tile in &self.partial {
            let mut rest = tile.as_slice();
            while !rest.is_empty() {
                // The rightmost perfect subtree: as many hashes as the lowest one of their number.
                let width = rest.len() / 32;
                let (left, subtree) = rest.split_at((width & (width - 1)) * 32);
                let subtree = perfect_root(subtree);
                root = Some(root.map_or(subtree, |right| node_hash(&subtree, &right)));
                rest = left;
            }
        }
        root.unwrap_or_else(empty_root)
    }
}

/// The root over hashes whose number is a power of two.
pub(crate) fn perfect_root(hashes: &[u8]) -> Hash {
    let mut nodes: Vec<Hash> = hashes.as_chunks::<32>().0.iter().map(|h| Hash(*h)).collect();
    while nodes.len() > 1 {
        nodes = nodes.as_chunks::<2>().0.iter().map(|[l, r]| node_hash(l, r)).collect();
    }
    nodes.first().copied().unwrap_or_else(empty_root)
}

/// Three digits at a time, all but the last group marked: 1234067 is `x001/x234/067`.
fn encode_index(index: u64) -> String {
    let mut text = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    text
}

fn partial(width: u16) -> String {
    if width < TILE_WIDTH { format!(".p/{width}") } else { String::new() }
}
