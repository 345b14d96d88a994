//! JSON in the one form of RFC 8785, so that the same entry is always the same bytes.
//!
//! A writer for values held in memory, and a scanner that accepts canonical bytes only, in one pass
//! and without building anything. This module must never be lenient: what it accepts and what it
//! writes are the same set of texts.
//!
//! Two things that RFC 8785 allows are refused on purpose: numbers that are not integers (nothing in
//! the evidence is binary floating point) and integers that a double cannot hold exactly.

use std::{borrow::Cow, cmp::Ordering, io::Write as _};

use serde_json::{Map, Number, Value};

/// Largest magnitude of an integer: 2^53 - 1, the last that every JSON reader holds exactly (RFC 7493, 2.2).
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
/// Deepest nesting of arrays and objects within a body.
pub const MAX_DEPTH: usize = 32;

/// Why a text is not canonical JSON, or why a value has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Another byte was due.
    #[error("byte {at}: {expected} is due here; the canonical form (RFC 8785) has one way to write each entry")]
    Expected {
        /// Offset of the byte, from 0.
        at: usize,
        /// What was due.
        expected: &'static str,
    },
    /// A number with a fraction or an exponent.
    #[error("the number {number} is not an integer; write it as text, which keeps it exact")]
    Float {
        /// The number as written.
        number: String,
    },
    /// An integer beyond [`MAX_INTEGER`].
    #[error("the integer {number} is beyond 2^53 - 1 in magnitude; write it as text, which keeps it exact")]
    Integer {
        /// The number as written.
        number: String,
    },
    /// Nested beyond [`MAX_DEPTH`].
    #[error("arrays and objects nested more than {MAX_DEPTH} deep; put the body on fewer levels")]
    Depth,
    /// Not UTF-8.
    #[error("byte {at}: not UTF-8")]
    Utf8 {
        /// Offset of the first byte that does not fit, from 0.
        at: usize,
    },
}

/// Writes a string with its quotes and the fewest escapes (RFC 8785, section 3.2.2.2).
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(stop) = rest.iter().position(|b| must_escape(*b)) {
        let (plain, from) = rest.split_at(stop);
        out.extend_from_slice(plain);
        let Some((byte, after)) = from.split_first() else { break };
        write_escape(out, *byte);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn must_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    match short_escape(byte) {
        Some(letter) => out.extend_from_slice(&[b'\\', letter]),
        None => {
            // Writing to a Vec cannot fail.
            let _ = write!(out, "\\u{byte:04x}");
        }
    }
}

/// The letter of the two-character escape of a byte that has one.
fn short_escape(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => return None,
    })
}

/// Writes an integer that is known to fit.
pub(crate) fn write_unsigned(out: &mut Vec<u8>, mut n: u64) {
    let mut digits = [0_u8; 20];
    let mut used = 0;
    for slot in digits.iter_mut().rev() {
        let [digit, ..] = (n % 10).to_le_bytes();
        *slot = b'0' + digit;
        n /= 10;
        used += 1;
        if n == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(20 - used..).unwrap_or_default());
}

/// Writes an object, its keys in the order of their UTF-16 code units (RFC 8785, section 3.2.3).
pub(crate) fn write_map(out: &mut Vec<u8>, map: &Map<String, Value>, depth: usize) -> Result<(), JsonError> {
    let depth = deeper(depth)?;
    let mut members: Vec<(&String, &Value)> = map.iter().collect();
    if !members.is_sorted_by(|(a, _), (b, _)| utf16_cmp(a, b) == Ordering::Less) {
        members.sort_unstable_by(|(a, _), (b, _)| utf16_cmp(a, b));
    }
    out.push(b'{');
    for (i, (key, value)) in members.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_string(out, key);
        out.push(b':');
        write_value(out, value, depth)?;
    }
    out.push(b'}');
    Ok(())
}

fn write_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), JsonError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(out, number)?,
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            let depth = deeper(depth)?;
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(out, item, depth)?;
            }
            out.push(b']');
        }
        Value::Object(map) => write_map(out, map, depth)?,
    }
    Ok(())
}

fn write_number(out: &mut Vec<u8>, number: &Number) -> Result<(), JsonError> {
    let (negative, magnitude) = match (number.as_u64(), number.as_i64()) {
        (Some(n), _) => (false, n),
        (None, Some(n)) => (true, n.unsigned_abs()),
        (None, None) => return Err(JsonError::Float { number: number.to_string() }),
    };
    if magnitude > MAX_INTEGER {
        return Err(JsonError::Integer { number: number.to_string() });
    }
    if negative {
        out.push(b'-');
    }
    write_unsigned(out, magnitude);
    Ok(())
}

fn deeper(depth: usize) -> Result<usize, JsonError> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(JsonError::Depth) }
}

/// The order of two texts by UTF-16 code units; differs from that of UTF-8 beyond U+FFFF only.
fn utf16_cmp(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// A string as it stands between its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawString<'a> {
    text: &'a str,
    escaped: bool,
}

impl<'a> RawString<'a> {
    /// The text that it stands for; borrowed when nothing was escaped.
    pub(crate) fn decode(self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.text);
        }
        let mut out = String::with_capacity(self.text.len());
        let mut chars = self.text.chars();
        while let Some(c) = chars.next() {
            // The scanner has checked every escape: a letter, or `u00` and two digits below 0x20.
            out.push(match (c, if c == '\\' { chars.next() } else { None }) {
                (_, Some('u')) => {
                    let code = chars.by_ref().take(4).fold(0, |n, d| n * 16 + d.to_digit(16).unwrap_or(0));
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                (_, Some('b')) => '\u{8}',
                (_, Some('t')) => '\t',
                (_, Some('n')) => '\n',
                (_, Some('f')) => '\u{c}',
                (_, Some('r')) => '\r',
                (_, Some(other)) => other,
                (plain, None) => plain,
            });
        }
        Cow::Owned(out)
    }
}

/// Walks over canonical JSON, refusing anything else.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Starts at the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let text = std::str::from_utf8(bytes).map_err(|e| JsonError::Utf8 { at: e.valid_up_to() })?;
        Ok(Self { text, at: 0 })
    }

    /// Where it stands, in bytes from 0.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The text from `start` to where it stands.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes `expected` if it comes next.
    pub(crate) fn try_literal(&mut self, expected: &'static str) -> bool {
        let fits = self.rest().starts_with(expected.as_bytes());
        if fits {
            self.at += expected.len();
        }
        fits
    }

    /// Passes `expected`, which must come next.
    pub(crate) fn literal(&mut self, expected: &'static str) -> Result<(), JsonError> {
        if self.try_literal(expected) { Ok(()) } else { Err(self.expected(expected)) }
    }

    /// Must stand at the end.
    pub(crate) fn end(&self) -> Result<(), JsonError> {
        if self.at == self.text.len() { Ok(()) } else { Err(self.expected("the end of the entry")) }
    }

    /// Passes a string.
    pub(crate) fn string(&mut self) -> Result<RawString<'a>, JsonError> {
        self.literal("\"")?;
        let start = self.at;
        let mut escaped = false;
        loop {
            let Some(stop) = self.rest().iter().position(|b| must_escape(*b)) else {
                self.at = self.text.len();
                return Err(self.expected("the closing quote of a string"));
            };
            self.at += stop;
            if self.peek() != Some(b'\\') {
                break;
            }
            escaped = true;
            self.escape()?;
        }
        let text = self.since(start);
        if self.try_literal("\"") {
            Ok(RawString { text, escaped })
        } else {
            Err(self.expected("a control character as an escape"))
        }
    }

    /// Passes an integer.
    pub(crate) fn integer(&mut self) -> Result<i64, JsonError> {
        let start = self.at;
        let negative = self.try_literal("-");
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        let first = self.peek();
        self.at += digits;
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            let more =
                self.rest().iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-')).count();
            self.at += more.min(32);
            return Err(JsonError::Float { number: self.since(start).to_owned() });
        }
        if digits == 0 || (first == Some(b'0') && (digits > 1 || negative)) {
            self.at = start;
            return Err(self.expected("a value in its shortest form"));
        }
        match self.since(start).parse::<i64>() {
            Ok(n) if n.unsigned_abs() <= MAX_INTEGER => Ok(n),
            _ => Err(JsonError::Integer { number: self.since(start).chars().take(40).collect() }),
        }
    }

    /// Passes an object.
    pub(crate) fn object(&mut self, depth: usize) -> Result<(), JsonError> {
        let depth = deeper(depth)?;
        self.literal("{")?;
        if self.try_literal("}") {
            return Ok(());
        }
        let mut before: Option<RawString<'a>> = None;
        loop {
            let key_at = self.at;
            let key = self.string()?;
            if before.is_some_and(|b| key_cmp(b, key) != Ordering::Less) {
                return Err(JsonError::Expected { at: key_at, expected: "a key that sorts after the one before" });
            }
            before = Some(key);
            self.literal(":")?;
            self.value(depth)?;
            if !self.try_literal(",") {
                return self.literal("}");
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => self.integer().map(drop),
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), JsonError> {
        let depth = deeper(depth)?;
        self.literal("[")?;
        if self.try_literal("]") {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if !self.try_literal(",") {
                return self.literal("]");
            }
        }
    }

    /// Passes an escape that RFC 8785 would have written.
    fn escape(&mut self) -> Result<(), JsonError> {
        let length = match self.rest() {
            [_, b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => 2,
            [_, b'u', b'0', b'0', high @ (b'0' | b'1'), low, ..] => {
                let code = crate::hash::hex_digit(*low).map(|low| (high - b'0') << 4 | low);
                if code.is_none_or(|c| short_escape(c).is_some()) { 0 } else { 6 }
            }
            _ => 0,
        };
        if length == 0 {
            return Err(self.expected("an escape in its shortest form"));
        }
        self.at += length;
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(crate) fn expected(&self, expected: &'static str) -> JsonError {
        JsonError::Expected { at: self.at, expected }
    }
}

fn key_cmp(a: RawString<'_>, b: RawString<'_>) -> Ordering {
    if a.escaped || b.escaped { utf16_cmp(&a.decode(), &b.decode()) } else { utf16_cmp(a.text, b.text) }
}
