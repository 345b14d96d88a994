//! From the bytes of a file to UTF-8, in chunks, whatever the encoding.
//!
//! Bytes that mean nothing in the encoding are never replaced in silence: they come out as bytes
//! that are not UTF-8, so that the reader can name the field that holds them. Every raw byte is
//! counted and hashed on the way.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use sha2::{Digest, Sha256};

/// How much is read at a time; also how far the guess of an encoding looks.
const CHUNK: usize = 64 * 1024;
/// A byte that no UTF-8 text holds: marks what the encoding does not know.
const INVALID: u8 = 0xFF;

/// What a mapping says of the encoding. A byte order mark always wins over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// This one.
    Known(&'static Encoding),
    /// UTF-8 when the first text with accents looks like it, else this one.
    Auto {
        /// The encoding of files that are not UTF-8.
        fallback: &'static Encoding,
    },
}

enum Mode {
    /// Nothing was read yet.
    Start(Charset),
    /// Only ASCII came so far.
    Ascii(&'static Encoding),
    /// UTF-8: bytes go through as they are.
    Through,
    /// Anything else.
    Transcode(Box<Decoder>, String),
}

/// A source of UTF-8 chunks over a source of raw bytes.
pub(crate) struct Decoded<R> {
    inner: R,
    mode: Mode,
    raw: Vec<u8>,
    hash: Sha256,
    bytes_read: u64,
    end: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(inner: R, charset: Charset) -> Self {
        Self {
            inner,
            mode: Mode::Start(charset),
            raw: Vec::with_capacity(CHUNK + 4),
            hash: Sha256::new(),
            bytes_read: 0,
            end: false,
        }
    }

    /// Raw bytes read so far.
    pub(crate) const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// SHA-256 of the raw bytes read so far.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    /// The encoding as it was found; UTF-8 while only ASCII came.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        match &self.mode {
            Mode::Transcode(decoder, _) => decoder.encoding(),
            Mode::Start(Charset::Known(known)) => known,
            _ => UTF_8,
        }
    }

    /// Appends the next chunk to `out`; false once the end was reached.
    pub(crate) fn fill(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        if self.end {
            return Ok(false);
        }
        self.read_chunk()?;
        if let Mode::Start(charset) = self.mode {
            self.start(charset);
        }
        if let Mode::Ascii(fallback) = self.mode {
            self.guess(fallback);
        }
        match &mut self.mode {
            Mode::Through => out.append(&mut self.raw),
            Mode::Transcode(decoder, scratch) => {
                transcode(decoder, scratch, &self.raw, self.end, out);
                self.raw.clear();
            }
            Mode::Start(_) | Mode::Ascii(_) => {
                // The start of a character that the chunk cut in two waits for the rest of it.
                let ascii = self.raw.utf8_chunks().next().map_or(0, |piece| piece.valid().len());
                out.extend_from_slice(self.raw.get(..ascii).unwrap_or_default());
                self.raw.drain(..ascii);
            }
        }
        Ok(true)
    }

    /// Fills `raw` up to a whole chunk, so that guesses do not depend on how the source cuts reads.
    fn read_chunk(&mut self) -> io::Result<()> {
        let kept = self.raw.len();
        let wanted = u64::try_from(CHUNK.saturating_sub(kept)).unwrap_or(u64::MAX);
        let got = self.inner.by_ref().take(wanted).read_to_end(&mut self.raw)?;
        self.hash.update(self.raw.get(kept..).unwrap_or_default());
        self.bytes_read = self.bytes_read.saturating_add(u64::try_from(got).unwrap_or(u64::MAX));
        self.end = self.raw.len() < CHUNK;
        Ok(())
    }

    fn start(&mut self, charset: Charset) {
        let mark = Encoding::for_bom(&self.raw);
        if let Some((_, length)) = mark {
            self.raw.drain(..length);
        }
        self.mode = match (mark, charset) {
            (Some((found, _)), _) => known(found),
            (None, Charset::Known(declared)) => known(declared),
            (None, Charset::Auto { fallback }) => Mode::Ascii(fallback),
        };
    }

    /// Decides at the first chunk with anything but ASCII, by what most of it looks like: a file in
    /// another encoding holds next to no valid sequence, a damaged UTF-8 file next to no invalid one.
    fn guess(&mut self, fallback: &'static Encoding) {
        if self.raw.is_ascii() {
            return;
        }
        let (mut valid, mut invalid) = (0_usize, 0_usize);
        let mut left = self.raw.len();
        for piece in self.raw.utf8_chunks() {
            left = left.saturating_sub(piece.valid().len()).saturating_sub(piece.invalid().len());
            valid += piece.valid().chars().filter(|c| !c.is_ascii()).count();
            let cut_by_the_chunk =
                left == 0 && !self.end && std::str::from_utf8(piece.invalid()).is_err_and(|e| e.error_len().is_none());
            invalid += usize::from(!piece.invalid().is_empty() && !cut_by_the_chunk);
        }
        if valid + invalid > 0 {
            self.mode = if valid > invalid { Mode::Through } else { known(fallback) };
        }
    }
}

fn known(encoding: &'static Encoding) -> Mode {
    if encoding == UTF_8 {
        Mode::Through
    } else {
        Mode::Transcode(Box::new(encoding.new_decoder_without_bom_handling()), String::new())
    }
}

fn transcode(decoder: &mut Decoder, scratch: &mut String, raw: &[u8], last: bool, out: &mut Vec<u8>) {
    let mut rest = raw;
    loop {
        scratch.clear();
        scratch.reserve(decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(4 * CHUNK));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, scratch, last);
        out.extend_from_slice(scratch.as_bytes());
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.push(INVALID),
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{SHIFT_JIS, UTF_16BE, WINDOWS_1252};

    use super::*;

    const AUTO: Charset = Charset::Auto { fallback: WINDOWS_1252 };

    /// Gives one byte at a time, as the slowest pipe would.
    struct Drip<'a>(&'a [u8]);
    impl Read for Drip<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(buf.len()).min(1);
            buf[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn decode(raw: &[u8], charset: Charset) -> (Vec<u8>, &'static str) {
        let (mut whole, mut dripped) = (Vec::new(), Vec::new());
        let mut source = Decoded::new(raw, charset);
        while source.fill(&mut whole).unwrap() {}
        let mut slow = Decoded::new(Drip(raw), charset);
        while slow.fill(&mut dripped).unwrap() {}
        assert_eq!(whole, dripped);
        assert_eq!(source.bytes_read(), raw.len() as u64);
        assert_eq!(source.sha256()[..], Sha256::digest(raw)[..]);
        (whole, source.encoding().name())
    }

    #[test]
    fn each_encoding_becomes_utf_8() {
        let utf16: Vec<u8> = "\u{feff}n;é😀".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = "n;é".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (raw, charset, text, name) in [
            (&b"caf\xc3\xa9"[..], AUTO, "café", "UTF-8"),
            (b"\xef\xbb\xbfcaf\xc3\xa9", AUTO, "café", "UTF-8"),
            (b"\xef\xbb\xbfcaf\xc3\xa9", Charset::Known(WINDOWS_1252), "café", "UTF-8"),
            (b"caf\xe9 \x80", AUTO, "café €", "windows-1252"),
            (b"caf\xe9", Charset::Known(WINDOWS_1252), "café", "windows-1252"),
            (b"\x93\xfa\x96\x7b", Charset::Known(SHIFT_JIS), "日本", "Shift_JIS"),
            (&utf16, AUTO, "n;é😀", "UTF-16LE"),
            (&utf16be, Charset::Known(UTF_16BE), "n;é", "UTF-16BE"),
            (b"plain", AUTO, "plain", "UTF-8"),
            (b"", AUTO, "", "UTF-8"),
        ] {
            assert_eq!(decode(raw, charset), (text.as_bytes().to_vec(), name), "{text}");
        }
    }

    #[test]
    fn bytes_that_mean_nothing_stay_visible_and_do_not_eat_the_separator() {
        assert_eq!(decode(b"a\x81;b", Charset::Known(SHIFT_JIS)).0, b"a\xff;b");
        assert_eq!(decode(b"\xfe\xff\xd8\x00\x00;", AUTO).0, b"\xff;");
        assert_eq!(decode(b"a\xc3;b", Charset::Known(UTF_8)).0, b"a\xc3;b");
    }

    #[test]
    fn one_damaged_byte_does_not_turn_a_utf_8_file_into_another_encoding() {
        let (text, name) =
            decode("é è à ù \u{fffd} ".as_bytes().iter().copied().chain([0xe9]).collect::<Vec<_>>().as_slice(), AUTO);
        assert_eq!(name, "UTF-8");
        assert_eq!(text.last(), Some(&0xe9));
    }

    #[test]
    fn a_character_cut_by_a_chunk_decides_with_its_other_half() {
        for pad in CHUNK - 3..CHUNK + 2 {
            let mut raw = vec![b'x'; pad];
            raw.extend_from_slice("é, puis ça".as_bytes());
            assert_eq!(decode(&raw, AUTO), (raw.clone(), "UTF-8"), "{pad}");
        }
        let mut raw = vec![b'x'; CHUNK - 1];
        raw.push(0xe9);
        let (text, name) = decode(&raw, AUTO);
        assert_eq!((text.len(), name), (CHUNK + 1, "windows-1252"));
    }
}
