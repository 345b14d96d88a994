//! What is mended before a mail is parsed, so that common damage costs nothing.
//!
//! Only what stands before the body is touched: a mailbox line, a byte order mark, headers that are not
//! UTF-8. The raw mail stays as it came with whoever keeps it.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{
    limits::{MAX_CONTAINERS, MAX_HEADER_BLOCK_BYTES},
    loss::Loss,
};

/// A mail ready to be parsed.
pub(super) struct Mended<'a> {
    /// Headers in UTF-8, a blank line, the body as it came.
    pub(super) bytes: Cow<'a, [u8]>,
    /// Where the blank line ends and the body starts.
    pub(super) body_at: usize,
}

impl Mended<'_> {
    pub(super) fn header_block(&self) -> &[u8] {
        self.bytes.get(..self.body_at).unwrap_or_default()
    }

    pub(super) fn body(&self) -> &[u8] {
        self.bytes.get(self.body_at..).unwrap_or_default()
    }
}

/// Mends a mail; `None` when it holds nothing but blanks.
pub(super) fn mend<'a>(raw: &'a [u8], losses: &mut Vec<Loss>) -> Option<Mended<'a>> {
    let mut bytes = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw).trim_ascii_start();
    if bytes.is_empty() {
        return None;
    }
    // A mailbox file starts each mail with such a line; it is not a header.
    while bytes.starts_with(b"From ") || bytes.starts_with(b">From ") {
        let end = line_end(bytes, 0);
        bytes = bytes.get(end..).unwrap_or_default();
    }
    let body_at = header_end(bytes);
    let block = bytes.get(..body_at).unwrap_or_default();
    let body = bytes.get(body_at..).unwrap_or_default();
    let short = shortened(block, losses);
    if short.len() == block.len() && std::str::from_utf8(block).is_ok() && !block.contains(&0) {
        return Some(Mended { bytes: Cow::Borrowed(bytes), body_at });
    }
    let block = ended(utf8(short, raw));
    let body_at = block.len();
    Some(Mended { bytes: Cow::Owned([block.as_bytes(), body].concat()), body_at })
}

/// Containers that the bytes speak of, an upper bound of those that there are.
///
/// Counting names costs one pass, and what is counted too much only matters past the limit.
pub(super) fn containers(bytes: &[u8]) -> Result<(), usize> {
    let mut count = 0_usize;
    for (at, byte) in bytes.iter().enumerate() {
        if !matches!(byte, b'm' | b'M') {
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let named = |name: &[u8]| rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if named(b"multipart") || named(b"message/") {
            count = count.saturating_add(1);
        }
    }
    if count > MAX_CONTAINERS { Err(count) } else { Ok(()) }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| from.saturating_add(at).saturating_add(1))
}

/// Where the first blank line ends; the end of the bytes when there is none.
fn header_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        let end = line_end(bytes, at);
        if bytes.get(at..end).unwrap_or_default().trim_ascii().is_empty() {
            return end;
        }
        at = end;
    }
    bytes.len()
}

/// The header lines up to the limit, whole lines only, and the blank line.
fn shortened<'a>(block: &'a [u8], losses: &mut Vec<Loss>) -> &'a [u8] {
    let Some(kept) = block.get(..MAX_HEADER_BLOCK_BYTES) else { return block };
    losses.push(Loss::HeaderBlock { size_bytes: block.len() });
    let end = kept.iter().rposition(|b| *b == b'\n').map_or(0, |at| at.saturating_add(1));
    kept.get(..end).unwrap_or_default()
}

/// Header lines as UTF-8: lines that are not are read in the first character set that fits of those that
/// the lines or the mail name, else in Windows-1252, in which every byte is a character.
pub(super) fn utf8(block: &[u8], mail: &[u8]) -> String {
    // What a mail says of its characters stands near its start.
    const NEAR: usize = 64 << 10;
    let near = mail.get(..NEAR).unwrap_or(mail);
    let mut named = charsets(block);
    named.extend(charsets(near));
    let mut text = String::with_capacity(block.len());
    for line in block.split_inclusive(|b| *b == b'\n') {
        if let Ok(line) = std::str::from_utf8(line) {
            text.push_str(line);
        } else {
            let decoded = named
                .iter()
                .find_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(line))
                .unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(line).0);
            text.push_str(&decoded);
        }
    }
    text.replace('\0', "")
}

/// Header lines with the blank line that ends them.
fn ended(mut block: String) -> String {
    if !block.ends_with("\n\n") && !block.ends_with("\r\n\r\n") {
        block.push_str("\r\n");
    }
    block
}

/// The character sets that are named, each once; not those that say nothing of these bytes: they are not
/// UTF-8, and Windows-1252 comes last anyway.
fn charsets(bytes: &[u8]) -> Vec<&'static Encoding> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let mut named = Vec::new();
    for after in text.split("charset=").skip(1) {
        let label: String = after
            .trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c))
            .collect();
        if let Some(encoding) = Encoding::for_label(label.as_bytes())
            && encoding != WINDOWS_1252
            && encoding != UTF_8
            && !named.contains(&encoding)
        {
            named.push(encoding);
        }
    }
    named
}
