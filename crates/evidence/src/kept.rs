//! A signed head that somebody kept, and whether a journal goes on from it.
//!
//! A journal whose heads are kept elsewhere cannot be written anew, not even by who holds its key: what
//! stands first in it today must be what the head was signed over. This module must never call a head
//! kept before its signature was verified.

use crate::{
    checkpoint::Checkpoint,
    hash::Hash,
    note::{self, NoteError, VerifierKey},
    tree::Frontier,
};

/// A signed head from earlier, and the root that a journal had at that size.
#[derive(Clone, Debug)]
pub struct Kept {
    note: String,
    /// What the note says; true only once [`Kept::check`] has verified its signature.
    claimed: Checkpoint,
    /// The root over as many entries as it claims, once they were seen.
    root: Option<Hash>,
}

/// Why a journal does not go on from a head that was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// It is no head of this key.
    #[error("it is refused: {0}")]
    Note(#[from] NoteError),
    /// It is of another journal.
    #[error("it is of the journal `{kept}`, and this is the journal `{found}`")]
    Journal {
        /// Origin in the head.
        kept: String,
        /// Origin of the journal.
        found: String,
    },
    /// It covers entries that the journal does not have.
    #[error("it covers {kept} entries, and the journal has {found}: entries were removed, or this is an older copy")]
    Larger {
        /// Entries that the head covers.
        kept: u64,
        /// Entries of the journal.
        found: u64,
    },
    /// The entries that it covers are others today.
    #[error(
        "it was signed over the root {kept} of the first {size} entries, which have the root {found} today: \
         the journal was written anew; keep the head, and compare with an export of its time to find the entry"
    )]
    Rewritten {
        /// Entries that the head covers.
        size: u64,
        /// Their root in the head.
        kept: Hash,
        /// Their root today.
        found: Hash,
    },
}

impl Kept {
    /// Reads a signed note: the very file, or its lines as they are copied out of a report, where line
    /// ends and the empty line may have suffered and a signature may be broken.
    ///
    /// # Errors
    /// When the text is no signed checkpoint. Its signature is verified later, with the journal's key.
    pub fn read(text: &str) -> Result<Self, NoteError> {
        let note = straightened(text);
        let claimed = note::claimed(&note)?;
        let mut kept = Self { note, claimed, root: None };
        kept.see(&Frontier::new());
        Ok(kept)
    }

    /// Takes note of the root when the tree has the size of the head.
    pub(crate) fn see(&mut self, tree: &Frontier) {
        if tree.size() == self.claimed.size {
            self.root = Some(tree.root());
        }
    }

    /// Checks that the journal of that verified head goes on from this one, and gives this one.
    pub(crate) fn check(&self, head: &Checkpoint, keys: &[VerifierKey]) -> Result<Checkpoint, KeptError> {
        if self.claimed.origin != head.origin {
            return Err(KeptError::Journal { kept: self.claimed.origin.clone(), found: head.origin.clone() });
        }
        let kept = note::verify(&self.note, keys)?;
        match self.root {
            None => Err(KeptError::Larger { kept: kept.size, found: head.size }),
            Some(found) if found != kept.root => Err(KeptError::Rewritten { size: kept.size, kept: kept.root, found }),
            Some(_) => Ok(kept),
        }
    }
}

/// The note with the line ends of its format, its empty line before the first signature, and each signature
/// on one line.
fn straightened(text: &str) -> String {
    let mut note = String::with_capacity(text.len());
    let mut signed = false;
    for line in text.trim().lines().map(str::trim) {
        if line.starts_with("— ") {
            if !signed && !note.ends_with("\n\n") {
                note.push('\n');
            }
            signed = true;
        } else if signed {
            // What a narrow page has broken: after the name, or within the signature.
            note.pop();
            if note.rsplit('\n').next().is_some_and(|last| last.matches(' ').count() == 1) {
                note.push(' ');
            }
        }
        note.push_str(line);
        note.push('\n');
    }
    note
}
