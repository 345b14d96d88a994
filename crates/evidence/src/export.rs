//! The export: a whole journal as one text that its reader can verify and judge alone.
//!
//! JSON lines, each in canonical form:
//!
//! ```text
//! {"entries":2,"format":"vigie-export","origin":"vigie.example.fr/callipso","version":1}
//! {"entry":{...},"leaf":"<base64>"}
//! {"entry":{...},"leaf":"<base64>"}
//! {"checkpoint":"<signed note>","key":"<verifier key>"}
//! ```
//!
//! Every field is either signed or checked against what is: the header against the checkpoint, each
//! entry against its leaf hash, the leaf hashes against the signed root. The leaf hash beside each
//! entry proves nothing by itself; it is there so that one changed byte is found in the very entry
//! that it is in, instead of "somewhere". Nothing unsigned may ever be added to this text.

use std::io::{BufRead, Read as _, Write};

use crate::{
    canonical::{JsonError, Scanner, write_string, write_unsigned},
    entry::{EntryRef, MAX_ENTRY_BYTES},
    hash::Hash,
    kept::Kept,
    note::{self, MAX_NOTE_BYTES, VerifierKey},
    verify::{Found, Misfit, Verified, Verifier, What},
};

/// The version that this module writes and reads.
const VERSION: i64 = 1;
/// Most bytes of a line: an entry with what surrounds it, or a note with every byte escaped as `\n` is.
const MAX_LINE_BYTES: usize = max(MAX_ENTRY_BYTES, 2 * MAX_NOTE_BYTES) + 4_096;

const ENTRY_START: &[u8] = b"{\"entry\":";
const LEAF_START: &[u8] = b",\"leaf\":\"";
const LEAF_END: &[u8] = b"\"}";
const LEAF_LEN: usize = 44; // base64 of 32 bytes
const LAST_START: &[u8] = b"{\"checkpoint\":";

/// Whose signature a reader of an export accepts.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// One of these keys, obtained apart from the export: proves who signed.
    Keys(&'a [VerifierKey]),
    /// The key in the export itself: proves that the export is whole and unchanged since it was
    /// signed, not who signed it.
    KeyInExport,
}

/// Writes an export; refuses to write one that would not verify.
#[derive(Debug)]
pub struct ExportWriter<W> {
    out: W,
    line: Vec<u8>,
    verifier: Verifier,
    note: String,
    key: VerifierKey,
}

impl<W: Write> ExportWriter<W> {
    /// Begins the export of the journal as it stood at a signed checkpoint.
    ///
    /// # Errors
    /// When `key` does not verify `note`, or writing fails.
    pub fn begin(out: W, note: &str, key: &VerifierKey) -> Result<Self, Misfit> {
        let checkpoint = note::verify(note, std::slice::from_ref(key)).map_err(What::Note)?;
        let mut export =
            Self { out, line: Vec::new(), verifier: Verifier::new(), note: note.to_owned(), key: key.clone() };
        export.line.extend_from_slice(b"{\"entries\":");
        write_unsigned(&mut export.line, checkpoint.size);
        export.line.extend_from_slice(b",\"format\":\"vigie-export\",\"origin\":");
        write_string(&mut export.line, &checkpoint.origin);
        export.line.extend_from_slice(b",\"version\":1}\n");
        export.flush_line()?;
        Ok(export)
    }

    /// Writes the next entry, given in its canonical form.
    ///
    /// # Errors
    /// When it is not the entry that is due, or writing fails.
    pub fn entry(&mut self, canonical: &[u8]) -> Result<(), Misfit> {
        let (_, leaf) = self.verifier.take(self.verifier.entries(), canonical, None)?;
        self.line.extend_from_slice(ENTRY_START);
        self.line.extend_from_slice(canonical);
        self.line.extend_from_slice(LEAF_START);
        self.line.extend_from_slice(leaf.to_base64().as_bytes());
        self.line.extend_from_slice(LEAF_END);
        self.line.push(b'\n');
        self.flush_line()
    }

    /// Writes the checkpoint and its key, and gives back what was written to.
    ///
    /// # Errors
    /// When the entries are not those over which the checkpoint was signed, or writing fails.
    pub fn finish(mut self) -> Result<W, Misfit> {
        self.verifier.finish(&self.note, std::slice::from_ref(&self.key))?;
        self.line.extend_from_slice(LAST_START);
        write_string(&mut self.line, &self.note);
        self.line.extend_from_slice(b",\"key\":");
        write_string(&mut self.line, &self.key.to_string());
        self.line.extend_from_slice(b"}\n");
        self.flush_line()?;
        self.out.flush().map_err(What::Write)?;
        Ok(self.out)
    }

    fn flush_line(&mut self) -> Result<(), Misfit> {
        let written = self.out.write_all(&self.line).map_err(What::Write);
        self.line.clear();
        Ok(written?)
    }
}

/// Reads an export and verifies it on the way.
///
/// Entries come out before the signature is seen: nothing that was made of them MUST be kept unless
/// [`ExportReader::finish`] succeeds.
#[derive(Debug)]
pub struct ExportReader<R> {
    input: R,
    line: Vec<u8>,
    line_number: u64,
    origin: String,
    announced: u64,
    verifier: Verifier,
}

impl<R: BufRead> ExportReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When the text does not begin as an export does.
    pub fn open(input: R) -> Result<Self, Misfit> {
        let mut reader = Self {
            input,
            line: Vec::new(),
            line_number: 0,
            origin: String::new(),
            announced: 0,
            verifier: Verifier::new(),
        };
        reader.read_line(None)?;
        let header = read_header(&reader.line).map_err(|what| reader.misfit(None, what))?;
        (reader.announced, reader.origin) = header;
        Ok(reader)
    }

    /// The same, of a journal that has to go on from a head kept earlier; for before the first entry is read.
    #[must_use]
    pub fn since(self, kept: Option<Kept>) -> Self {
        Self { verifier: Verifier::since(kept), ..self }
    }

    /// Name of the journal, as the header says; verified by [`ExportReader::finish`] only.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of entries, as the header says; verified by [`ExportReader::finish`] only.
    #[must_use]
    pub fn announced(&self) -> u64 {
        self.announced
    }

    /// The next entry, or none after the last.
    ///
    /// # Errors
    /// With the first thing that does not fit; the reader is then of no further use.
    pub fn next_entry(&mut self) -> Result<Option<EntryRef<'_>>, Misfit> {
        let place = self.verifier.entries();
        if place == self.announced {
            return Ok(None);
        }
        self.read_line(Some(place))?;
        let line = Some(self.line_number);
        let misfit = |what| Misfit { seq: Some(place), line, what };
        if self.line.starts_with(LAST_START) {
            return Err(Misfit {
                seq: None,
                line,
                what: What::Count { announced: self.announced, found: Found::Only(place) },
            });
        }
        let (bytes, leaf) =
            split_entry_line(&self.line).ok_or_else(|| misfit(What::Line("an entry and its leaf hash")))?;
        self.verifier.push(place, bytes, Some(leaf)).map(Some).map_err(|m| Misfit { line, ..m })
    }

    /// Reads what is left, and the checkpoint.
    ///
    /// # Errors
    /// With the first thing that does not fit.
    pub fn finish(mut self, trust: Trust<'_>) -> Result<Verified, Misfit> {
        while self.next_entry()?.is_some() {}
        self.read_line(None)?;
        let verified = self.read_last(trust).map_err(|m| self.misfit(None, m.what))?;
        match self.input.fill_buf() {
            Ok([]) => Ok(verified),
            Ok(_) => Err(Misfit { seq: None, line: Some(self.line_number + 1), what: What::Trailing }),
            Err(e) => Err(What::Read(e).into()),
        }
    }

    fn read_last(&self, trust: Trust<'_>) -> Result<Verified, Misfit> {
        if self.line.starts_with(ENTRY_START) {
            return Err(What::Count { announced: self.announced, found: Found::More }.into());
        }
        let (note, key) = parse_last(&self.line).map_err(|_| What::Line("the checkpoint and its key"))?;
        let key = VerifierKey::parse(&key).map_err(What::Key)?;
        if let Trust::Keys(trusted) = trust
            && !trusted.contains(&key)
        {
            return Err(What::UntrustedKey { found: key.to_string() }.into());
        }
        let own = [key];
        let trusted = if let Trust::Keys(trusted) = trust { trusted } else { &own };
        let signed = note::verify(&note, &own).map_err(What::Note)?.origin;
        if signed != self.origin {
            return Err(What::Origin { header: self.origin.clone(), signed }.into());
        }
        self.verifier.finish_signed(&note, &own, trusted)
    }

    /// Reads a line, without its line feed.
    fn read_line(&mut self, seq: Option<u64>) -> Result<(), Misfit> {
        self.line.clear();
        self.line_number += 1;
        let limit = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
        let read = self.input.by_ref().take(limit + 1).read_until(b'\n', &mut self.line);
        let read = read.map_err(|e| self.misfit(seq, What::Read(e)))?;
        if self.line.pop_if(|b| *b == b'\n').is_some() {
            return Ok(());
        }
        let what = if read > MAX_LINE_BYTES { What::LineTooLong { limit } } else { What::Truncated };
        Err(self.misfit(seq, what))
    }

    fn misfit(&self, seq: Option<u64>, what: What) -> Misfit {
        Misfit { seq, line: Some(self.line_number), what }
    }
}

/// Verifies an export from its first line to its last.
///
/// # Errors
/// With the first thing that does not fit.
pub fn verify_export(input: impl BufRead, trust: Trust<'_>) -> Result<Verified, Misfit> {
    ExportReader::open(input)?.finish(trust)
}

/// The entry's bytes and the hash beside them. Where they meet is known from the end of the line.
fn split_entry_line(line: &[u8]) -> Option<(&[u8], Hash)> {
    let rest = line.strip_prefix(ENTRY_START)?.strip_suffix(LEAF_END)?;
    let (rest, leaf) = rest.split_at_checked(rest.len().checked_sub(LEAF_LEN)?)?;
    let leaf = Hash::from_base64(std::str::from_utf8(leaf).ok()?)?;
    Some((rest.strip_suffix(LEAF_START)?, leaf))
}

/// Number of entries and origin.
fn read_header(line: &[u8]) -> Result<(u64, String), What> {
    let (entries, origin, version) = parse_header(line).map_err(|_| What::Line("the header of an export"))?;
    if version != VERSION {
        return Err(What::Version { found: version });
    }
    let entries = u64::try_from(entries).map_err(|_| What::Line("the header of an export"))?;
    Ok((entries, origin))
}

fn parse_header(line: &[u8]) -> Result<(i64, String, i64), JsonError> {
    let mut scan = Scanner::new(line)?;
    scan.literal("{\"entries\":")?;
    let entries = scan.integer()?;
    scan.literal(",\"format\":\"vigie-export\",\"origin\":")?;
    let origin = scan.string()?.decode().into_owned();
    scan.literal(",\"version\":")?;
    let version = scan.integer()?;
    scan.literal("}")?;
    scan.end()?;
    Ok((entries, origin, version))
}

/// Note and key.
fn parse_last(line: &[u8]) -> Result<(String, String), JsonError> {
    let mut scan = Scanner::new(line)?;
    scan.literal("{\"checkpoint\":")?;
    let note = scan.string()?.decode().into_owned();
    scan.literal(",\"key\":")?;
    let key = scan.string()?.decode().into_owned();
    scan.literal("}")?;
    scan.end()?;
    Ok((note, key))
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
