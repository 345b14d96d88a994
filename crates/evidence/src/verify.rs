//! Verification: from the entries and a signed checkpoint, either all fits or the first thing that does not.
//!
//! Fed by a stored journal row by row, or by an export line by line (see [`crate::export`]). It must
//! never go on after something did not fit, and never call verified what it has not hashed itself.

use std::{fmt, io};

use jiff::Timestamp;

use crate::{
    checkpoint::Checkpoint,
    entry::{EntryError, EntryRef},
    hash::{Hash, leaf_hash},
    kept::{Kept, KeptError},
    note::{self, KeyError, NoteError, VerifierKey},
    tree::Frontier,
};

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Number of entries.
    pub entries: u64,
    /// Root of the tree over them, which is the checkpoint's.
    pub root: Hash,
    /// The checkpoint, whose signature holds.
    pub checkpoint: Checkpoint,
    /// The note in which it is signed.
    pub note: String,
    /// The key that has signed it.
    pub key: VerifierKey,
    /// When the last entry was recorded; none for an empty journal.
    pub last_recorded_at: Option<Timestamp>,
    /// The head kept from earlier that the journal goes on from, when there was one to check.
    pub continues: Option<Checkpoint>,
}

/// The first thing that does not fit, and where.
#[derive(Debug)]
pub struct Misfit {
    /// Which entry, by its place in the journal from 0; none when it is not in an entry.
    pub seq: Option<u64>,
    /// Which line of the export, from 1; none for a stored journal.
    pub line: Option<u64>,
    /// What does not fit.
    pub what: What,
}

/// What does not fit.
#[derive(Debug, thiserror::Error)]
pub enum What {
    /// The bytes are no entry.
    #[error("not an entry: {0}")]
    Entry(#[source] EntryError),
    /// The bytes do not have the hash that is written beside them.
    #[error("its bytes have the hash {computed}, but {written} is written beside them: one of the two was changed")]
    Leaf {
        /// Hash of the bytes.
        computed: Hash,
        /// Hash that is written.
        written: Hash,
    },
    /// The entry stands in another place than its own.
    #[error(
        "it stands at place {expected} but says that it is entry {found}: entries are missing, doubled or out of order"
    )]
    Seq {
        /// The place that it says.
        found: u64,
        /// The place where it stands.
        expected: u64,
    },
    /// Recorded before the entry of the place before.
    #[error("recorded at {found}, before the entry before it ({before}): a journal only goes forward")]
    RecordedBackwards {
        /// When the entry before was recorded.
        before: Timestamp,
        /// When this one was.
        found: Timestamp,
    },
    /// The line has another form than its place in an export asks.
    #[error("{0} is due here; the line was changed or is of another kind")]
    Line(&'static str),
    /// The line is longer than any line of an export.
    #[error("the line is longer than {limit} bytes, which no line of an export is")]
    LineTooLong {
        /// Most bytes of a line.
        limit: u64,
    },
    /// The text ends too early.
    #[error("the export ends here, before it is complete; obtain a whole copy and verify that")]
    Truncated,
    /// The text goes on after its end.
    #[error("something follows the last line of the export; nothing may")]
    Trailing,
    /// The header announces another number of entries than follow.
    #[error("the header announces {announced} entries, but {found}")]
    Count {
        /// Entries that the header announces.
        announced: u64,
        /// What is found instead.
        found: Found,
    },
    /// The export is of a version that this program does not read.
    #[error("the export is of version {found}; this program reads version 1")]
    Version {
        /// The version.
        found: i64,
    },
    /// The header and the checkpoint name two journals.
    #[error("the header says the journal `{header}`, the checkpoint says `{signed}`")]
    Origin {
        /// In the header.
        header: String,
        /// In the checkpoint.
        signed: String,
    },
    /// The checkpoint was signed over another number of entries.
    #[error("the checkpoint was signed over {signed} entries, not over {found}: entries were removed or added")]
    Size {
        /// In the checkpoint.
        signed: u64,
        /// As counted.
        found: u64,
    },
    /// The checkpoint was signed over other entries.
    #[error(
        "the root over the entries is {computed}, but {signed} was signed: an entry was changed together with the hash beside it; \
         compare with another copy of the export to find it"
    )]
    Root {
        /// In the checkpoint.
        signed: Hash,
        /// As computed.
        computed: Hash,
    },
    /// The signed checkpoint is refused.
    #[error("the checkpoint is refused: {0}")]
    Note(#[source] NoteError),
    /// The journal does not go on from the head that was kept.
    #[error("the head that was kept does not fit this journal: {0}")]
    Kept(#[source] KeptError),
    /// The verifier key is refused.
    #[error("the verifier key is refused: {0}")]
    Key(#[source] KeyError),
    /// The key in the export is none of the trusted ones.
    #[error(
        "the export names the key `{found}`, which is none of those given; obtain the journal's verifier key from who keeps it"
    )]
    UntrustedKey {
        /// The key in the export.
        found: String,
    },
    /// Reading failed.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
    /// Writing failed.
    #[error("writing failed: {0}; the export is not complete, make it again")]
    Write(#[source] io::Error),
}

/// What is found where the count of entries says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Fewer: so many.
    Only(u64),
    /// More.
    More,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Only(n) => write!(f, "only {n} follow"),
            Self::More => f.write_str("more follow"),
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.seq, self.line) {
            (Some(seq), Some(line)) => write!(f, "entry {seq} (line {line}): ")?,
            (Some(seq), None) => write!(f, "entry {seq}: ")?,
            (None, Some(line)) => write!(f, "line {line}: ")?,
            (None, None) => {}
        }
        self.what.fmt(f)
    }
}

impl std::error::Error for Misfit {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.what)
    }
}

impl From<What> for Misfit {
    fn from(what: What) -> Self {
        Self { seq: None, line: None, what }
    }
}

/// Verifies a journal, entry by entry from the first.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    frontier: Frontier,
    last_recorded_at: Option<Timestamp>,
    kept: Option<Kept>,
}

impl Verifier {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, of a journal that has to go on from a head kept earlier.
    #[must_use]
    pub fn since(kept: Option<Kept>) -> Self {
        Self { kept, ..Self::default() }
    }

    /// Number of entries seen.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.frontier.size()
    }

    /// Root over the entries seen.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Takes the next entry: the place under which it was kept, its bytes, and the leaf hash that was
    /// kept apart from them if there is one. With such hashes a changed byte is found in its entry;
    /// without them it is only found at the end, in the root.
    ///
    /// # Errors
    /// With the first thing that does not fit; the verifier is then of no further use.
    pub fn push<'a>(&mut self, seq: u64, bytes: &'a [u8], expected_leaf: Option<Hash>) -> Result<EntryRef<'a>, Misfit> {
        self.take(seq, bytes, expected_leaf).map(|(entry, _)| entry)
    }

    /// As [`Verifier::push`]; gives the leaf hash too, for those who write it down.
    pub(crate) fn take<'a>(
        &mut self,
        seq: u64,
        bytes: &'a [u8],
        expected_leaf: Option<Hash>,
    ) -> Result<(EntryRef<'a>, Hash), Misfit> {
        let place = self.frontier.size();
        let misfit = |what| Misfit { seq: Some(place), line: None, what };
        let leaf = leaf_hash(bytes);
        if let Some(written) = expected_leaf.filter(|l| *l != leaf) {
            return Err(misfit(What::Leaf { computed: leaf, written }));
        }
        let entry = EntryRef::from_canonical(bytes).map_err(|e| misfit(What::Entry(e)))?;
        if let Some(found) = [seq, entry.seq].into_iter().find(|s| *s != place) {
            return Err(misfit(What::Seq { found, expected: place }));
        }
        if let Some(before) = self.last_recorded_at.filter(|before| entry.recorded_at < *before) {
            return Err(misfit(What::RecordedBackwards { before, found: entry.recorded_at }));
        }
        self.last_recorded_at = Some(entry.recorded_at);
        self.frontier.push(leaf);
        if let Some(kept) = &mut self.kept {
            kept.see(&self.frontier);
        }
        Ok((entry, leaf))
    }

    /// Checks that the entries seen so far are those over which the checkpoint was signed.
    ///
    /// A journal that went on after its last checkpoint is checked when as many entries were seen as
    /// the checkpoint says, and read on.
    ///
    /// # Errors
    /// When the note is refused or was signed over other entries, or the journal does not go on from the
    /// head that was kept.
    pub fn finish(&self, note: &str, keys: &[VerifierKey]) -> Result<Verified, Misfit> {
        self.finish_signed(note, keys, keys)
    }

    /// As [`Verifier::finish`]; the head that was kept may be signed by others of the trusted keys.
    pub(crate) fn finish_signed(
        &self,
        note: &str,
        keys: &[VerifierKey],
        trusted: &[VerifierKey],
    ) -> Result<Verified, Misfit> {
        let (checkpoint, key) = note::verify_signer(note, keys).map_err(What::Note)?;
        let (entries, root) = (self.frontier.size(), self.frontier.root());
        if checkpoint.size != entries {
            return Err(What::Size { signed: checkpoint.size, found: entries }.into());
        }
        if checkpoint.root != root {
            return Err(What::Root { signed: checkpoint.root, computed: root }.into());
        }
        let continues = self.kept.as_ref().map(|kept| kept.check(&checkpoint, trusted)).transpose();
        Ok(Verified {
            entries,
            root,
            continues: continues.map_err(What::Kept)?,
            checkpoint,
            note: note.to_owned(),
            key: key.clone(),
            last_recorded_at: self.last_recorded_at,
        })
    }
}
