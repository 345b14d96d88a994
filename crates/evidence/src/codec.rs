//! The canonical form of entries: how they are written, and the one-pass reader that accepts nothing else.
//!
//! Keys stand in the order of RFC 8785; `content` is left out when there is none. Whatever the writer
//! can write the reader accepts, and the other way round: a test says so.

use std::borrow::Cow;

use jiff::Timestamp;
use uuid::{Uuid, Variant};

use crate::{
    canonical::{self, MAX_INTEGER, Scanner},
    entry::{ContentRef, Entry, EntryError, EntryRef, MAX_CONTENT, MAX_ENTRY_BYTES, MAX_NAME_BYTES, Origin},
    hash::Hash,
    instant,
};

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
        let origin = Origin::from_name(&scan.string()?.decode()).ok_or(EntryError::Field {
            field: "origin",
            expected: "one of web, api, mail, phone, supervision, import, job, demo, cli",
        })?;
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
        let body = serde_json::from_str(self.body)
            .map_err(|_| EntryError::Field { field: "body", expected: "a JSON object" })?;
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
