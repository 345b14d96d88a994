//! What the evidence promises, checked from outside: by vectors, by properties, and by code from elsewhere.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops at the first surprise")]

mod entry;
mod export;
mod kept;
mod note;
mod tree;

use std::{cell::RefCell, collections::BTreeMap, convert::Infallible};

use serde_json::json;
use vigie_evidence::{
    ContentRef, Entry, Hash, HashSource, NewEntry, Origin, SigningKey, Tile, TileWriter, content_hash, import_id,
    leaf_hash,
};

/// Tiles in memory, the latest of each kept, as a store would.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) tiles: BTreeMap<(u8, u64), Vec<u8>>,
    pub(crate) reads: RefCell<usize>,
}

impl Memory {
    pub(crate) fn keep(&mut self, tiles: Vec<Tile>) {
        for tile in tiles {
            self.tiles.insert((tile.level, tile.index), tile.hashes);
        }
    }
}

impl HashSource for Memory {
    type Error = Infallible;

    fn tile(&self, level: u8, index: u64, _width: u16) -> Result<Vec<u8>, Infallible> {
        *self.reads.borrow_mut() += 1;
        Ok(self.tiles.get(&(level, index)).cloned().unwrap_or_default())
    }
}

/// The leaf that stands in for entry `n`.
pub(crate) fn leaf(n: u64) -> Hash {
    leaf_hash(&n.to_be_bytes())
}

/// A tree of `size` such leaves, appended in one go.
pub(crate) fn tree(size: u64) -> (TileWriter, Memory) {
    let mut writer = TileWriter::new();
    let mut memory = Memory::default();
    let leaves: Vec<Hash> = (0..size).map(leaf).collect();
    memory.keep(writer.append(&leaves));
    (writer, memory)
}

pub(crate) fn signing_key() -> SigningKey {
    SigningKey::from_seed([7; 32], "vigie.test/callipso").unwrap()
}

/// An entry such as the journal has many, about 400 bytes.
pub(crate) fn entry(seq: u64) -> Entry {
    let occurred_at =
        jiff::Timestamp::from_millisecond(1_767_258_000_000 + i64::try_from(seq).unwrap() * 61_007).unwrap();
    let body = json!({"state": "in_progress", "classification": {"impact": "site", "urgency": "high", "site": "Hôtel du Département"}, "n": seq});
    NewEntry {
        id: import_id(occurred_at, leaf(seq).0),
        occurred_at,
        actor: "guichet:a.martin".to_owned(),
        origin: Origin::Import,
        subject: format!("case/VG-2026-{seq:06}"),
        kind: "incident.observed".to_owned(),
        body: body.as_object().unwrap().clone(),
        content: (seq % 3 == 1)
            .then(|| ContentRef {
                name: "description".to_owned(),
                media_type: "text/plain".to_owned(),
                size_bytes: 5,
                hash: content_hash(&[9; 32], b"texte"),
            })
            .into_iter()
            .collect(),
    }
    .record(seq, occurred_at)
}
