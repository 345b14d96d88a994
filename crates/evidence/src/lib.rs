//! What happened, so that anyone can check it without trusting who kept it.
//!
//! An [`Entry`] has one canonical form; its bytes are a leaf of a Merkle tree (RFC 9162); the root of
//! the tree is signed in a [`Checkpoint`] (C2SP tlog-checkpoint and signed-note). Tiles, proofs and
//! exports follow from these. Everything here is a function of its arguments: this crate must never
//! read a clock, draw random bytes, open a file or wait.

// Text is never cut at a byte that may lie inside a letter; tests cut what they wrote themselves.
#![cfg_attr(not(test), deny(clippy::string_slice))]

pub mod canonical;
pub mod checkpoint;
mod codec;
pub mod entry;
pub mod export;
pub mod hash;
mod instant;
pub mod kept;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod verify;

pub use checkpoint::Checkpoint;
pub use entry::{
    CONTENT_ERASED, ContentRef, Entry, EntryError, EntryRef, MAX_ENTRY_BYTES, MAX_NAME_BYTES, NewEntry, Origin,
    import_id,
};
pub use export::{ExportReader, ExportWriter, Trust, verify_export};
pub use hash::{Hash, content_hash, empty_root, leaf_hash, node_hash};
pub use kept::{Kept, KeptError};
pub use note::{KeyError, NoteError, SigningKey, VerifierKey, verify as verify_note};
pub use proof::{HashSource, ReadError, consistency_proof, inclusion_proof};
pub use tile::{TILE_WIDTH, Tile, TileWriter, bundle_entries, bundle_push, entries_path, tile_path, tile_width};
pub use tree::{Frontier, ProofError, verify_consistency, verify_inclusion};
pub use verify::{Misfit, Verified, Verifier, What};
