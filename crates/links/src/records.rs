//! Cuts a CSV text into records, and gets back on its feet after a broken one.
//!
//! A quote that is never closed would swallow the rest of the file. Here it costs its own line: the
//! record is refused and reading goes on at the line after the one on which it started. Every size
//! is bounded before anything is kept.

use std::{
    io::{self, Read},
    ops::Range,
};

use crate::{decode::Decoded, reject::Reason};

/// Bytes of one field, in UTF-8.
pub(crate) const FIELD_MAX: usize = 64 * 1024;
/// Bytes of one record as written in the file, in UTF-8.
pub(crate) const RECORD_MAX: usize = 1024 * 1024;
/// Fields of one record.
pub(crate) const FIELDS_MAX: usize = 1_024;

/// The fields of one record, unquoted, end to end.
#[derive(Default)]
pub(crate) struct Record {
    text: Text,
    ends: Vec<usize>,
    has_nul: bool,
}

/// The text of a record, checked once for all its fields.
enum Text {
    Valid(String),
    /// Some of it is not UTF-8.
    Bytes(Vec<u8>),
}

impl Default for Text {
    fn default() -> Self {
        Self::Valid(String::new())
    }
}

impl Record {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a field; empty past the last one.
    pub(crate) fn field(&self, n: usize) -> &[u8] {
        let bytes = match &self.text {
            Text::Valid(text) => text.as_bytes(),
            Text::Bytes(bytes) => bytes,
        };
        bytes.get(self.range(n)).unwrap_or_default()
    }

    /// The text of a field; none when its bytes are not UTF-8.
    pub(crate) fn text(&self, n: usize) -> Option<&str> {
        match &self.text {
            // A character that two fields would share is in neither.
            Text::Valid(text) => text.get(self.range(n)),
            Text::Bytes(bytes) => std::str::from_utf8(bytes.get(self.range(n))?).ok(),
        }
    }

    /// Whether a field holds a NUL character.
    pub(crate) fn has_nul(&self, n: usize) -> bool {
        self.has_nul && self.field(n).contains(&0)
    }

    fn range(&self, n: usize) -> Range<usize> {
        let start = n.checked_sub(1).and_then(|p| self.ends.get(p)).copied().unwrap_or(0);
        self.ends.get(n).map_or(0..0, |end| start..*end)
    }

    /// Empties the record and lends its memory.
    fn start(&mut self) -> Vec<u8> {
        self.ends.clear();
        let mut bytes = match std::mem::take(&mut self.text) {
            Text::Valid(text) => text.into_bytes(),
            Text::Bytes(bytes) => bytes,
        };
        bytes.clear();
        bytes
    }

    fn finish(&mut self, bytes: Vec<u8>) {
        self.has_nul = bytes.contains(&0);
        self.text = String::from_utf8(bytes).map_or_else(|e| Text::Bytes(e.into_bytes()), Text::Valid);
    }

    fn is_blank(&self) -> bool {
        self.ends.iter().all(|end| *end == 0) && self.ends.len() <= 1
    }
}

/// One step through the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The record was filled.
    Record,
    /// A record that is not one; its first line starts like this.
    Broken(Reason, Vec<u8>),
    /// There is nothing more.
    End,
}

/// The records of a file.
pub(crate) struct Records<R> {
    source: Decoded<R>,
    buffer: Vec<u8>,
    position: usize,
    more: bool,
    next_line: u64,
    line: u64,
    separator: u8,
    quote: Option<u8>,
}

impl<R: Read> Records<R> {
    pub(crate) const fn new(source: Decoded<R>, separator: u8, quote: Option<u8>) -> Self {
        Self { source, buffer: Vec::new(), position: 0, more: true, next_line: 1, line: 1, separator, quote }
    }

    /// The line on which the last record started, from 1.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// The separator in use.
    pub(crate) const fn separator(&self) -> u8 {
        self.separator
    }

    pub(crate) const fn source(&self) -> &Decoded<R> {
        &self.source
    }

    /// Leaves out whole lines before the header, and takes the separator among `candidates` that the
    /// next line holds most; the first of them when it holds none.
    pub(crate) fn start(&mut self, lines_before: u32, candidates: &[u8]) -> io::Result<()> {
        for _ in 0..lines_before {
            self.leave_line()?;
        }
        while self.buffer.len() - self.position < FIELD_MAX && self.refill()? {}
        let mut counts = vec![0_usize; candidates.len()];
        let mut quoted = false;
        for byte in self.rest() {
            if Some(*byte) == self.quote {
                quoted = !quoted;
            } else if !quoted && matches!(byte, b'\n' | b'\r') {
                break;
            } else if !quoted
                && let Some(n) = candidates.iter().position(|c| c == byte)
                && let Some(count) = counts.get_mut(n)
            {
                *count += 1;
            }
        }
        let best = counts.iter().copied().max().unwrap_or(0);
        if let Some((separator, _)) = candidates.iter().zip(&counts).find(|(_, count)| **count == best) {
            self.separator = *separator;
        }
        Ok(())
    }

    /// Reads the next record, without blank lines.
    pub(crate) fn next(&mut self, record: &mut Record) -> io::Result<Step> {
        loop {
            self.line = self.next_line;
            match scan(self.rest(), !self.more, self.separator, self.quote, record) {
                Scan::Done { used, lines } => {
                    if used == 0 {
                        return Ok(Step::End);
                    }
                    self.position += used;
                    self.next_line += lines;
                    if !record.is_blank() {
                        return Ok(Step::Record);
                    }
                }
                Scan::More => {
                    self.refill()?;
                }
                Scan::Broken(reason) => {
                    let start = self.rest();
                    let end =
                        start.iter().take(FIELD_MAX).position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(start.len());
                    // Enough for the 200 characters that a reject shows.
                    let excerpt = start.get(..end.min(1_000)).unwrap_or_default().to_vec();
                    self.leave_line()?;
                    return Ok(Step::Broken(reason, excerpt));
                }
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.position..).unwrap_or_default()
    }

    /// Reads more, at least as much as is held, so that a long record is scanned few times.
    fn refill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.position);
        self.position = 0;
        let wanted = self.buffer.len() * 2;
        loop {
            self.more = self.source.fill(&mut self.buffer)?;
            if !self.more || self.buffer.len() >= wanted {
                return Ok(self.more);
            }
        }
    }

    /// Goes to the start of the next line, however far.
    fn leave_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(n) = self.rest().iter().position(|b| matches!(b, b'\n' | b'\r')) {
                if let (Some(length), _) = line_end(self.rest().get(n..).unwrap_or_default(), !self.more) {
                    self.position += n + length;
                    self.next_line += 1;
                    return Ok(());
                }
                self.position += n;
            } else {
                self.position = self.buffer.len();
            }
            if !self.more {
                self.position = self.buffer.len();
                return Ok(());
            }
            self.refill()?;
        }
    }
}

enum Scan {
    Done { used: usize, lines: u64 },
    More,
    Broken(Reason),
}

/// The length of the line end at the start of `rest`: none when more bytes must tell `\r` from
/// `\r\n`; and whether there is one at all.
fn line_end(rest: &[u8], end: bool) -> (Option<usize>, bool) {
    match rest {
        [b'\r'] if !end => (None, true),
        [b'\r', b'\n', ..] => (Some(2), true),
        [b'\n' | b'\r', ..] => (Some(1), true),
        _ => (None, false),
    }
}

/// Reads one record at the start of `input`; `end` says that nothing follows `input`.
fn scan(input: &[u8], end: bool, separator: u8, quote: Option<u8>, record: &mut Record) -> Scan {
    let mut text = record.start();
    let scan = fields(input, end, separator, quote, &mut text, &mut record.ends);
    record.finish(text);
    scan
}

fn fields(
    input: &[u8],
    end: bool,
    separator: u8,
    quote: Option<u8>,
    text: &mut Vec<u8>,
    ends: &mut Vec<usize>,
) -> Scan {
    let mut rest = input;
    let mut lines = 0_u64;
    loop {
        let field = match rest.first() {
            None if !end => return Scan::More,
            Some(first) if Some(*first) == quote => quoted(rest, end, separator, *first, text, &mut lines),
            _ => plain(rest, end, separator, text),
        };
        match field {
            Field::Ended(used) => rest = rest.get(used..).unwrap_or_default(),
            Field::More => return Scan::More,
            Field::Broken(reason) => return Scan::Broken(reason),
        }
        ends.push(text.len());
        let used = input.len() - rest.len();
        if used > RECORD_MAX {
            return Scan::Broken(Reason::RecordTooLong);
        }
        match rest.split_first() {
            Some((first, after)) if *first == separator => {
                if ends.len() >= FIELDS_MAX {
                    return Scan::Broken(Reason::TooManyFields);
                }
                rest = after;
            }
            _ => {
                return match line_end(rest, end) {
                    (Some(length), _) => Scan::Done { used: used + length, lines: lines + 1 },
                    (None, true) => Scan::More,
                    (None, false) => Scan::Done { used, lines },
                };
            }
        }
    }
}

enum Field {
    /// So many bytes, up to the separator, the line end or the end of the file.
    Ended(usize),
    More,
    Broken(Reason),
}

fn plain(rest: &[u8], end: bool, separator: u8, text: &mut Vec<u8>) -> Field {
    let stop = rest.iter().position(|b| *b == separator || matches!(*b, b'\n' | b'\r'));
    let length = stop.unwrap_or(rest.len());
    if length > FIELD_MAX {
        return Field::Broken(Reason::FieldTooLong);
    }
    if stop.is_none() && !end {
        return Field::More;
    }
    text.extend_from_slice(rest.get(..length).unwrap_or_default());
    Field::Ended(length)
}

fn quoted(field: &[u8], end: bool, separator: u8, quote: u8, text: &mut Vec<u8>, lines: &mut u64) -> Field {
    let start = text.len();
    let mut rest = field.get(1..).unwrap_or_default();
    loop {
        let length = rest.iter().position(|b| *b == quote);
        let (piece, after) = rest.split_at_checked(length.unwrap_or(rest.len())).unwrap_or_default();
        if text.len() - start + piece.len() > FIELD_MAX {
            // A quote that nothing closes is the usual cause of an endless field.
            return Field::Broken(if piece.contains(&b'\n') { Reason::QuoteOpen } else { Reason::FieldTooLong });
        }
        if length.is_none() {
            return if end { Field::Broken(Reason::QuoteOpen) } else { Field::More };
        }
        text.extend_from_slice(piece);
        *lines += line_ends(piece);
        rest = match after {
            [_] if !end => return Field::More,
            [_] => return Field::Ended(field.len()),
            [_, next, ..] if *next == quote => {
                text.push(quote);
                after.get(2..).unwrap_or_default()
            }
            [_, next, ..] if *next == separator || matches!(*next, b'\n' | b'\r') => {
                return Field::Ended(field.len() - after.len() + 1);
            }
            _ => return Field::Broken(Reason::TextAfterQuote),
        };
    }
}

fn line_ends(text: &[u8]) -> u64 {
    let mut previous = 0;
    let mut count = 0;
    for byte in text {
        count += u64::from(matches!((previous, *byte), (_, b'\r')) || (*byte == b'\n' && previous != b'\r'));
        previous = *byte;
    }
    count
}

#[cfg(test)]
mod tests {
    use encoding_rs::UTF_8;

    use super::*;
    use crate::decode::Charset;

    fn steps(text: &[u8], separator: u8) -> Vec<(u64, Result<Vec<String>, Reason>)> {
        let mut records = Records::new(Decoded::new(text, Charset::Known(UTF_8)), separator, Some(b'"'));
        let mut record = Record::default();
        let mut out = Vec::new();
        loop {
            let step = match records.next(&mut record).unwrap() {
                Step::Record => {
                    Ok((0..record.len()).map(|n| String::from_utf8_lossy(record.field(n)).into_owned()).collect())
                }
                Step::Broken(reason, _) => Err(reason),
                Step::End => return out,
            };
            out.push((records.line(), step));
        }
    }

    fn check(text: &str, expected: &[(u64, Result<&[&str], Reason>)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, step)| (*line, step.clone().map(|f| f.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())))
            .collect();
        assert_eq!(steps(text.as_bytes(), b';'), expected, "{text:?}");
    }

    #[test]
    fn records_are_cut_at_every_kind_of_line_end() {
        check("a;b\nc;d\n", &[(1, Ok(&["a", "b"])), (2, Ok(&["c", "d"]))]);
        check("a;b\r\nc;d", &[(1, Ok(&["a", "b"])), (2, Ok(&["c", "d"]))]);
        check("a;b\rc;", &[(1, Ok(&["a", "b"])), (2, Ok(&["c", ""]))]);
        check("a\n\n\r\nb\n", &[(1, Ok(&["a"])), (4, Ok(&["b"]))]);
        check("", &[]);
        check(";\n", &[(1, Ok(&["", ""]))]);
    }

    #[test]
    fn quotes_keep_separators_line_ends_and_doubled_quotes() {
        check("\"a;\r\nb\";\"say \"\"hi\"\"\"\nc;d", &[(1, Ok(&["a;\r\nb", "say \"hi\""])), (3, Ok(&["c", "d"]))]);
        check("5\" disk;x\n", &[(1, Ok(&["5\" disk", "x"]))]);
        check("\"\";\"\"", &[(1, Ok(&["", ""]))]);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_only_its_own_line() {
        check("a;\"open\nb;c\nd;e\n", &[(1, Err(Reason::QuoteOpen)), (2, Ok(&["b", "c"])), (3, Ok(&["d", "e"]))]);
        check("a;\"open\nb;\"fine\"\n", &[(1, Err(Reason::TextAfterQuote)), (2, Ok(&["b", "fine"]))]);
        check("a;\"he said \"hi\"\"\nb;c", &[(1, Err(Reason::TextAfterQuote)), (2, Ok(&["b", "c"]))]);
    }

    #[test]
    fn a_quote_that_is_never_closed_in_a_long_file_costs_only_its_own_line() {
        let mut text = b"a;\"open\n".to_vec();
        for _ in 0..50_000 {
            text.extend_from_slice(b"b;c\n");
        }
        let steps = steps(&text, b';');
        assert_eq!(steps[0], (1, Err(Reason::QuoteOpen)));
        assert_eq!(steps.len(), 50_001);
        assert!(steps[1..].iter().all(|(_, s)| s.is_ok()));
    }

    #[test]
    fn sizes_are_held_on_both_sides_of_each_limit() {
        let field = |n: usize| steps(format!("{};z\nb;c\n", "x".repeat(n)).as_bytes(), b';');
        assert!(field(FIELD_MAX)[0].1.is_ok());
        assert_eq!(field(FIELD_MAX + 1)[0].1, Err(Reason::FieldTooLong));
        assert_eq!(field(5 * RECORD_MAX)[1], (2, Ok(vec!["b".to_owned(), "c".to_owned()])));

        let quoted = |n: usize| steps(format!("\"{}\"\n", "x".repeat(n)).as_bytes(), b';');
        assert!(quoted(FIELD_MAX)[0].1.is_ok());
        assert_eq!(quoted(FIELD_MAX + 1)[0].1, Err(Reason::FieldTooLong));

        let fields = |n: usize| steps(";".repeat(n - 1).as_bytes(), b';');
        assert!(fields(FIELDS_MAX)[0].1.is_ok());
        assert_eq!(fields(FIELDS_MAX + 1)[0].1, Err(Reason::TooManyFields));

        // 32 fields of 32 KiB with 32 separators and line end fill a record to the byte.
        let record = |n: usize| {
            steps(format!("{}{}\nb\n", format!("{};", "x".repeat(32_767)).repeat(31), "x".repeat(n)).as_bytes(), b';')
        };
        assert!(record(32_768)[0].1.is_ok());
        assert_eq!(record(32_769)[0].1, Err(Reason::RecordTooLong));
        assert_eq!(record(32_769)[1], (2, Ok(vec!["b".to_owned()])));
    }
}
