//! Entries: the facts of the journal, each in one canonical form that is hashed, stored and exported.
//!
//! An entry is never changed: a correction is another entry. The bytes of [`Entry::to_canonical`] are
//! the leaf of the tree, the row of the journal and the line of the export; nothing may store or send
//! another form of them. Personal text and files MUST NOT stand in an entry: it holds their salted
//! hash ([`ContentRef`]), so that erasing them leaves every proof as it was.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{canonical::JsonError, hash::Hash};

/// Most bytes of one entry: what the 16-bit length of an entry bundle can say (C2SP tlog-tiles).
pub const MAX_ENTRY_BYTES: usize = 65_535;
/// Most bytes of an actor, subject, kind, content name or media type.
pub const MAX_NAME_BYTES: usize = 1_024;
/// Most content that one entry may name.
pub const MAX_CONTENT: usize = 256;
/// Kind of the entry that says that content was erased from the content store.
///
/// Its subject is that of the entry that held the content; its body names the content and the ground:
/// `{"hash":"<64 hexadecimal digits>","reason":"..."}`. The entry that committed to the content stays as
/// it was, and so does every proof.
pub const CONTENT_ERASED: &str = "content.erased";

/// By which door a fact came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// A page.
    Web,
    /// The API.
    Api,
    /// A mail.
    Mail,
    /// A telephone call written down by an agent.
    Phone,
    /// The platform's own checks and alarms.
    Supervision,
    /// A file from another system.
    Import,
    /// A job of the platform.
    Job,
    /// The demonstration.
    Demo,
    /// A command typed on the server.
    Cli,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Web,
        Self::Api,
        Self::Mail,
        Self::Phone,
        Self::Supervision,
        Self::Import,
        Self::Job,
        Self::Demo,
        Self::Cli,
    ];

    /// The word in the entry.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Supervision => "supervision",
            Self::Import => "import",
            Self::Job => "job",
            Self::Demo => "demo",
            Self::Cli => "cli",
        }
    }

    /// The origin of that word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.name() == name)
    }
}

/// Personal text or a file that an entry commits to without holding it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentRef {
    /// What it is for the entry: `description`, `caller`, a file's name.
    pub name: String,
    /// Media type, such as `text/plain; charset=utf-8`.
    pub media_type: String,
    /// Length of the content, without the salt.
    pub size_bytes: u64,
    /// [`content_hash`](crate::content_hash) of it; its key in the content store.
    pub hash: Hash,
}

/// A fact about to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// UUID version 7; an import takes [`import_id`], so that a second run makes the same ids.
    pub id: Uuid,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who did it: an account, a system, a file.
    pub actor: String,
    /// By which door it came in.
    pub origin: Origin,
    /// What it is about: `case/VG-2026-000123`.
    pub subject: String,
    /// What happened: `incident.restored`.
    pub kind: String,
    /// The particulars; integers and text only, no fraction.
    pub body: Map<String, Value>,
    /// The personal text and files that belong to it.
    pub content: Vec<ContentRef>,
}

/// A fact of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Place in the journal, from 0; the index of its leaf.
    pub seq: u64,
    /// When the platform recorded it; never before the entry of the place before.
    pub recorded_at: Timestamp,
    /// UUID version 7.
    pub id: Uuid,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// By which door it came in.
    pub origin: Origin,
    /// What it is about.
    pub subject: String,
    /// What happened.
    pub kind: String,
    /// The particulars.
    pub body: Map<String, Value>,
    /// The personal text and files that belong to it.
    pub content: Vec<ContentRef>,
}

/// An entry read in place, for those who read millions.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryRef<'a> {
    /// Place in the journal, from 0.
    pub seq: u64,
    /// When the platform recorded it.
    pub recorded_at: Timestamp,
    /// UUID version 7.
    pub id: Uuid,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who did it.
    pub actor: Cow<'a, str>,
    /// By which door it came in.
    pub origin: Origin,
    /// What it is about.
    pub subject: Cow<'a, str>,
    /// What happened.
    pub kind: Cow<'a, str>,
    /// The particulars, as the canonical JSON text of an object.
    pub body: &'a str,
    /// The personal text and files that belong to it.
    pub content: Vec<ContentRef>,
}

/// Why a value cannot be an entry, or bytes are not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The bytes are not canonical, or the body has no canonical form.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A field is longer than it may be.
    #[error(
        "`{field}` takes {length}, more than {limit}; put long text in the content store and its hash in the entry"
    )]
    TooLong {
        /// Which field, or `entry` for the whole.
        field: &'static str,
        /// Its length in bytes (of `content`: in items).
        length: usize,
        /// The most it may have.
        limit: usize,
    },
    /// A field that identifies is empty.
    #[error("`{field}` is empty; every entry says who, what and about what")]
    Empty {
        /// Which field.
        field: &'static str,
    },
    /// A field does not hold what its type asks.
    #[error("`{field}` is not {expected}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

impl NewEntry {
    /// Gives the fact its place in the journal.
    #[must_use]
    pub fn record(self, seq: u64, recorded_at: Timestamp) -> Entry {
        let Self { id, occurred_at, actor, origin, subject, kind, body, content } = self;
        Entry { seq, recorded_at, id, occurred_at, actor, origin, subject, kind, body, content }
    }
}

/// The id of an entry that an import makes: shaped as UUID version 7, its random bits from `digest`.
///
/// `digest` MUST be a hash of what identifies the fact in its source, so that importing the same file
/// twice gives the same ids. Instants before 1970, which version 7 cannot tell, count as 1970.
#[must_use]
pub fn import_id(occurred_at: Timestamp, digest: [u8; 32]) -> Uuid {
    let unix_ms = u64::try_from(occurred_at.as_millisecond()).unwrap_or(0);
    let random = digest.first_chunk::<10>().copied().unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid()
}
