//! What the pages of proofs show, and the walk from an entry's leaf up to the signed root.

use jiff::Timestamp;
use vigie_evidence::{Hash, node_hash};

/// The latest signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The signed note, as other tools read it.
    pub note: String,
    /// The key that verifies it, as `vkey`.
    pub verifier_key: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree, in base64.
    pub root: String,
    /// When the last entry that it covers was recorded.
    pub recorded_at: Option<Timestamp>,
}

/// The proof that one entry is under the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Number of the entry.
    pub seq: u64,
    /// How many entries the head covers.
    pub size: u64,
    /// The entry itself as canonical JSON, the very bytes of the leaf.
    pub entry: String,
    /// Hash of the leaf, computed from those bytes, in base64.
    pub leaf_hash: String,
    /// From the leaf to the root.
    pub steps: Vec<Step>,
    /// The root that the steps give, in base64.
    pub computed_root: String,
    /// The root that was signed, in base64.
    pub signed_root: String,
}

/// The proof that today's journal goes on from an earlier size of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuity {
    /// How many entries there were.
    pub old: u64,
    /// How many entries the head covers.
    pub size: u64,
    /// The proof with the signed head, as a witness takes them (C2SP tlog-witness, `add-checkpoint`).
    pub text: String,
}

impl Continuity {
    /// Writes a proof (RFC 9162, 2.1.4) and the note of the head that it leads to.
    #[must_use]
    pub fn new(old: u64, size: u64, proof: &[Hash], note: &str) -> Self {
        let hashes: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
        Self { old, size, text: format!("old {old}\n{hashes}\n{note}") }
    }
}

/// One hashing of two nodes into their parent, all in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The neighbour, from the proof.
    pub sibling: String,
    /// Whether the neighbour stands on the left.
    pub sibling_is_left: bool,
    /// The parent that they give.
    pub parent: String,
}

impl Inclusion {
    /// Walks the proof of leaf number `seq` of a tree of `size` leaves (RFC 9162, 2.1.3.2), keeping
    /// every step for people to see.
    #[must_use]
    pub fn walk(seq: u64, size: u64, entry: String, leaf: Hash, proof: &[Hash], signed_root: Hash) -> Self {
        let (mut index, mut last) = (seq, size.saturating_sub(1));
        let mut computed = leaf;
        let mut steps = Vec::with_capacity(proof.len());
        for sibling in proof {
            let sibling_is_left = index & 1 == 1 || index == last;
            computed = if sibling_is_left { node_hash(sibling, &computed) } else { node_hash(&computed, sibling) };
            if sibling_is_left {
                while index & 1 == 0 && index != 0 {
                    index >>= 1;
                    last >>= 1;
                }
            }
            index >>= 1;
            last >>= 1;
            steps.push(Step { sibling: sibling.to_base64(), sibling_is_left, parent: computed.to_base64() });
        }
        Self {
            seq,
            size,
            entry,
            leaf_hash: leaf.to_base64(),
            steps,
            computed_root: computed.to_base64(),
            signed_root: signed_root.to_base64(),
        }
    }

    /// Whether the steps end at the signed root.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.computed_root == self.signed_root
    }
}

#[cfg(test)]
mod tests {
    use vigie_evidence::leaf_hash;

    use super::*;

    /// Root of a range of leaves and the proof of one of them, straight from the definition.
    fn tree(leaves: &[Hash], wanted: usize, proof: &mut Vec<Hash>) -> Hash {
        if let [only] = leaves {
            return *only;
        }
        let split = leaves.len().next_power_of_two() / 2;
        let (left, right) = leaves.split_at(split);
        let away = usize::MAX;
        let inside = wanted != away;
        let (l, r) = if inside && wanted < split {
            (tree(left, wanted, proof), tree(right, away, &mut Vec::new()))
        } else if inside {
            let r = tree(right, wanted - split, proof);
            (tree(left, away, &mut Vec::new()), r)
        } else {
            (tree(left, away, &mut Vec::new()), tree(right, away, &mut Vec::new()))
        };
        if inside {
            proof.push(if wanted < split { r } else { l });
        }
        node_hash(&l, &r)
    }

    #[test]
    fn every_entry_of_every_small_tree_walks_to_its_root_and_another_leaf_does_not() {
        for size in 1..=17_u64 {
            let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            for (index, leaf) in leaves.iter().enumerate() {
                let mut proof = Vec::new();
                let root = tree(&leaves, index, &mut proof);
                let seq = u64::try_from(index).unwrap();
                assert!(Inclusion::walk(seq, size, String::new(), *leaf, &proof, root).holds(), "{index} of {size}");
                let other = leaf_hash(b"tampered");
                assert!(!Inclusion::walk(seq, size, String::new(), other, &proof, root).holds());
            }
        }
    }
}
