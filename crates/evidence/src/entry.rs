//! Entries: the facts of the journal, each in one canonical form that is hashed, stored and exported.
//!
//! An entry is never changed: a correction is another entry. The bytes of [`Entry::to_canonical`] are
//! the leaf of the tree, the row of the journal and the line of the export; nothing may store or send
//! another form of them. Personal text and files MUST NOT stand in an entry: it holds their salted
//! hash ([`ContentRef`]), so that erasing them leaves every proof as it was.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::{Uuid, Variant};

use crate::{
    canonical::{self, JsonError, MAX_INTEGER, Scanner},
    hash::Hash,
    instant,
};

/// Most bytes of one entry: what the 16-bit length of an entry bundle can say (C2SP tlog-tiles).
pub const MAX_ENTRY_BYTES: usize = 65_535;
/// Most bytes of an actor, subject, kind, content name or media type.
pub const MAX_NAME_BYTES: usize = 1_024;
/// Most content that one entry may name.
pub const MAX_CONTENT: usize = 256;

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
    pub const ALL: [Self; 9] = [Self::Web, Self::Api, Self::Mail, Self::Phone, Self::Supervision, Self::Import, Self::Job, Self::Demo, Self::Cli];

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
    #[error("`{field}` takes {length}, more than {limit}; put long text in the content store and its hash in the entry")]
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

impl Entry {
    /// The one form of the entry: a line of RFC 8785 JSON, without its line feed.
    ///
    /// # Errors
    /// When a field is empty, too long or out of range, or the body holds a number that is not exact.
    pub fn to_canonical(&self) -> Result<Vec<u8>, EntryError> {
        let mut out = Vec::with_capacity(512);
        self.canonical_into(&mut out)?;
        Ok(out)
    }

    /// As [`Entry::to_canonical`], at the end of `out`; on an error `out` is as it was.
    ///
    /// # Errors
    /// As [`Entry::to_canonical`].
    pub fn canonical_into(&self, out: &mut Vec<u8>) -> Result<(), EntryError> {
        let start = out.len();
        let result = self.write(out).and_then(|()| limit("entry", out.len() - start, MAX_ENTRY_BYTES));
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// Reads an entry from its canonical form.
    ///
    /// # Errors
    /// When the bytes are not what [`Entry::to_canonical`] writes for some entry.
    pub fn from_canonical(bytes: &[u8]) -> Result<Self, EntryError> {
        EntryRef::from_canonical(bytes)?.to_entry()
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<(), EntryError> {
        check_name("actor", &self.actor)?;
        check_name("subject", &self.subject)?;
        check_name("kind", &self.kind)?;
        check_id(&self.id)?;
        check_integer("seq", self.seq)?;
        limit("content", self.content.len(), MAX_CONTENT)?;

        out.extend_from_slice(b"{\"actor\":");
        canonical::write_string(out, &self.actor);
        out.extend_from_slice(b",\"body\":");
        canonical::write_map(out, &self.body, 0)?;
        if !self.content.is_empty() {
            out.extend_from_slice(b",\"content\":[");
            for (i, content) in self.content.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                content.write(out)?;
            }
            out.push(b']');
        }
        out.extend_from_slice(b",\"id\":\"");
        out.extend_from_slice(self.id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
        out.extend_from_slice(b"\",\"kind\":");
        canonical::write_string(out, &self.kind);
        out.extend_from_slice(b",\"occurred_at\":\"");
        write_instant(out, "occurred_at", self.occurred_at)?;
        out.extend_from_slice(b"\",\"origin\":\"");
        out.extend_from_slice(self.origin.name().as_bytes());
        out.extend_from_slice(b"\",\"recorded_at\":\"");
        write_instant(out, "recorded_at", self.recorded_at)?;
        out.extend_from_slice(b"\",\"seq\":");
        canonical::write_unsigned(out, self.seq);
        out.extend_from_slice(b",\"subject\":");
        canonical::write_string(out, &self.subject);
        out.push(b'}');
        Ok(())
    }
}

impl<'a> EntryRef<'a> {
    /// Reads an entry from its canonical form, in one pass over the bytes.
    ///
    /// # Errors
    /// When the bytes are not what [`Entry::to_canonical`] writes for some entry.
    pub fn from_canonical(bytes: &'a [u8]) -> Result<Self, EntryError> {
        limit("entry", bytes.len(), MAX_ENTRY_BYTES)?;
        let mut scan = Scanner::new(bytes)?;
        scan.literal("{\"actor\":")?;
        let actor = read_name(&mut scan, "actor")?;
        scan.literal(",\"body\":")?;
        let body_at = scan.at();
        scan.object(0)?;
        let body = scan.since(body_at);
        let content = if scan.try_literal(",\"content\":") { read_content(&mut scan)? } else { Vec::new() };
        scan.literal(",\"id\":")?;
        let id = read_id(&scan.string()?.decode())?;
        scan.literal(",\"kind\":")?;
        let kind = read_name(&mut scan, "kind")?;
        scan.literal(",\"occurred_at\":")?;
        let occurred_at = read_instant(&mut scan, "occurred_at")?;
        scan.literal(",\"origin\":")?;
        let origin = Origin::from_name(&scan.string()?.decode())
            .ok_or(EntryError::Field { field: "origin", expected: "one of web, api, mail, phone, supervision, import, job, demo, cli" })?;
        scan.literal(",\"recorded_at\":")?;
        let recorded_at = read_instant(&mut scan, "recorded_at")?;
        scan.literal(",\"seq\":")?;
        let seq = read_unsigned(&mut scan, "seq")?;
        scan.literal(",\"subject\":")?;
        let subject = read_name(&mut scan, "subject")?;
        scan.literal("}")?;
        scan.end()?;
        Ok(Self { seq, recorded_at, id, occurred_at, actor, origin, subject, kind, body, content })
    }

    /// The entry with its own memory and its body as values.
    ///
    /// # Errors
    /// Never for an entry that was read with [`EntryRef::from_canonical`].
    pub fn to_entry(self) -> Result<Entry, EntryError> {
        let body = serde_json::from_str(self.body).map_err(|_| EntryError::Field { field: "body", expected: "a JSON object" })?;
        Ok(Entry {
            seq: self.seq,
            recorded_at: self.recorded_at,
            id: self.id,
            occurred_at: self.occurred_at,
            actor: self.actor.into_owned(),
            origin: self.origin,
            subject: self.subject.into_owned(),
            kind: self.kind.into_owned(),
            body,
            content: self.content,
        })
    }
}

impl ContentRef {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), EntryError> {
        check_name("content.name", &self.name)?;
        check_name("content.media_type", &self.media_type)?;
        check_integer("content.size_bytes", self.size_bytes)?;
        out.extend_from_slice(b"{\"hash\":\"");
        out.extend_from_slice(self.hash.to_hex().as_bytes());
        out.extend_from_slice(b"\",\"media_type\":");
        canonical::write_string(out, &self.media_type);
        out.extend_from_slice(b",\"name\":");
        canonical::write_string(out, &self.name);
        out.extend_from_slice(b",\"size_bytes\":");
        canonical::write_unsigned(out, self.size_bytes);
        out.push(b'}');
        Ok(())
    }

    fn read(scan: &mut Scanner<'_>) -> Result<Self, EntryError> {
        scan.literal("{\"hash\":")?;
        let hash = Hash::from_hex(&scan.string()?.decode())
            .ok_or(EntryError::Field { field: "content.hash", expected: "64 lower-case hexadecimal digits" })?;
        scan.literal(",\"media_type\":")?;
        let media_type = read_name(scan, "content.media_type")?.into_owned();
        scan.literal(",\"name\":")?;
        let name = read_name(scan, "content.name")?.into_owned();
        scan.literal(",\"size_bytes\":")?;
        let size_bytes = read_unsigned(scan, "content.size_bytes")?;
        scan.literal("}")?;
        Ok(Self { name, media_type, size_bytes, hash })
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

fn read_content(scan: &mut Scanner<'_>) -> Result<Vec<ContentRef>, EntryError> {
    scan.literal("[")?;
    let mut content = Vec::new();
    loop {
        limit("content", content.len() + 1, MAX_CONTENT)?;
        content.push(ContentRef::read(scan)?);
        if !scan.try_literal(",") {
            scan.literal("]")?;
            return Ok(content);
        }
    }
}

fn read_name<'a>(scan: &mut Scanner<'a>, field: &'static str) -> Result<Cow<'a, str>, EntryError> {
    let name = scan.string()?.decode();
    check_name(field, &name)?;
    Ok(name)
}

fn read_unsigned(scan: &mut Scanner<'_>, field: &'static str) -> Result<u64, EntryError> {
    u64::try_from(scan.integer()?).map_err(|_| EntryError::Field { field, expected: "zero or more" })
}

fn read_instant(scan: &mut Scanner<'_>, field: &'static str) -> Result<Timestamp, EntryError> {
    instant::read(scan.string()?.decode().as_bytes()).ok_or(EntryError::Field { field, expected: INSTANT })
}

fn write_instant(out: &mut Vec<u8>, field: &'static str, at: Timestamp) -> Result<(), EntryError> {
    if instant::write(out, at) { Ok(()) } else { Err(EntryError::Field { field, expected: INSTANT }) }
}

const INSTANT: &str = "an instant such as 2026-03-01T08:00:00Z, in UTC, without trailing zeros";

fn read_id(text: &str) -> Result<Uuid, EntryError> {
    let id = Uuid::try_parse(text).map_err(|_| NOT_AN_ID)?;
    check_id(&id)?;
    if id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text { Ok(id) } else { Err(NOT_AN_ID) }
}

fn check_id(id: &Uuid) -> Result<(), EntryError> {
    if id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122 { Ok(()) } else { Err(NOT_AN_ID) }
}

const NOT_AN_ID: EntryError = EntryError::Field { field: "id", expected: "a UUID of version 7 in lower case" };

fn check_name(field: &'static str, name: &str) -> Result<(), EntryError> {
    if name.is_empty() { Err(EntryError::Empty { field }) } else { limit(field, name.len(), MAX_NAME_BYTES) }
}

fn check_integer(field: &'static str, n: u64) -> Result<(), EntryError> {
    if n <= MAX_INTEGER { Ok(()) } else { Err(EntryError::Field { field, expected: "at most 2^53 - 1" }) }
}

fn limit(field: &'static str, length: usize, limit: usize) -> Result<(), EntryError> {
    if length <= limit { Ok(()) } else { Err(EntryError::TooLong { field, length, limit }) }
}
