//! The Merkle tree of the journal (RFC 9162, section 2.1) as seen from its right edge, and what a
//! doubter computes: whether a proof holds.
//!
//! Pure arithmetic over hashes. It must never need the entries themselves.

use crate::hash::{Hash, empty_root, node_hash};

/// The roots of the perfect subtrees of a tree, largest first: enough to append and to know the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The question itself is out of range.
    #[error("a tree of {size} entries cannot be asked about {asked}")]
    Range {
        /// The index or the older size that was asked about.
        asked: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The proof has more or fewer hashes than such a proof has.
    #[error("the proof has {found} hashes, which is not what its tree asks")]
    Length {
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads to another root than the one given.
    #[error("the proof leads to the root {computed}, not to {expected}")]
    Root {
        /// What the proof leads to.
        computed: Hash,
        /// What was to be proved.
        expected: Hash,
    },
}

impl Frontier {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Every trailing one of the size is a perfect subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.nodes.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }

    /// The size in 8 bytes, most significant first, then each node's 32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.size.to_be_bytes().to_vec();
        for node in &self.nodes {
            out.extend_from_slice(&node.0);
        }
        out
    }

    /// Reads what [`Frontier::to_bytes`] writes, and nothing else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, nodes) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        let (nodes, []) = nodes.as_chunks::<32>() else { return None };
        let expected = usize::try_from(size.count_ones()).ok()?;
        (nodes.len() == expected).then(|| Self { size, nodes: nodes.iter().map(|n| Hash(*n)).collect() })
    }
}

/// Checks that `leaf` is the leaf number `index` of the tree of `size` leaves and that `root`.
///
/// RFC 9162, section 2.1.3.2.
///
/// # Errors
/// When it is not proved.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: Hash) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range { asked: index, size });
    }
    let length = ProofError::Length { found: proof.len() };
    let (mut node_index, mut last) = (index, size - 1);
    let mut computed = leaf;
    for sibling in proof {
        if last == 0 {
            return Err(length);
        }
        if node_index & 1 == 1 || node_index == last {
            computed = node_hash(sibling, &computed);
            while node_index & 1 == 0 && node_index != 0 {
                node_index >>= 1;
                last >>= 1;
            }
        } else {
            computed = node_hash(&computed, sibling);
        }
        node_index >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    same_root(computed, root)
}

/// Checks that the tree of `new_size` leaves holds that of `old_size` leaves as its beginning.
///
/// RFC 9162, section 2.1.4.2. Every tree holds the empty one; a tree holds itself; neither takes hashes.
///
/// # Errors
/// When it is not proved.
pub fn verify_consistency(
    old_size: u64,
    old_root: Hash,
    new_size: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::Range { asked: old_size, size: new_size });
    }
    let length = ProofError::Length { found: proof.len() };
    if old_size == 0 || old_size == new_size {
        let expected = if old_size == 0 { empty_root() } else { new_root };
        return if proof.is_empty() { same_root(expected, old_root) } else { Err(length) };
    }
    // A perfect old tree is itself the first node of the proof, so the proof leaves it out.
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(length)?;
        (*first, rest)
    };
    let shift = (old_size - 1).trailing_ones();
    let (mut node_index, mut last) = ((old_size - 1) >> shift, (new_size - 1) >> shift);
    let (mut old, mut new) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(length);
        }
        if node_index & 1 == 1 || node_index == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            while node_index & 1 == 0 && node_index != 0 {
                node_index >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, sibling);
        }
        node_index >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    same_root(old, old_root)?;
    same_root(new, new_root)
}

fn same_root(computed: Hash, expected: Hash) -> Result<(), ProofError> {
    if computed == expected { Ok(()) } else { Err(ProofError::Root { computed, expected }) }
}
