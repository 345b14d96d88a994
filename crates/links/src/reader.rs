//! Reads a file through a mapping, row by row, into a sink.
//!
//! MUST hold at most one record, the rows' memory of `once` and fixed tables; MUST give every event
//! that a row holds whatever else is wrong in the row; and every row MUST be counted exactly once as
//! accepted, partly accepted or rejected.

use std::{
    collections::BTreeMap,
    io::{self, Read as Source},
};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    decode::Decoded,
    event::CaseEvent,
    fold::fold,
    mapping::{DIGITS_MAX, From, INTEGER_MAX, Mapping, Once, Read, Wanted as Condition, put},
    once::Seen,
    plan::{EventPlan, Plan},
    records::{Record, Records, Step},
    reject::{Lost, Reason, Reject},
};

/// Bytes of a case number.
const NUMBER_MAX: usize = 100;
/// Combinations of impact, urgency and priority that are counted; a matrix has a few dozen cells.
const PAIRS_MAX: usize = 256;

/// Any error of a sink.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Where events and rejects go.
pub trait Sink {
    /// Takes an event. Events of one row come together, in the order of the mapping.
    ///
    /// # Errors
    /// Ends the reading.
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError>;

    /// Takes a reject.
    ///
    /// # Errors
    /// Ends the reading.
    fn reject(&mut self, reject: Reject) -> Result<(), SinkError>;

    /// Hears how many raw bytes were read; called at every new chunk of the file (64 KiB).
    ///
    /// # Errors
    /// Ends the reading.
    fn progress(&mut self, bytes_read: u64) -> Result<(), SinkError> {
        let _ = bytes_read;
        Ok(())
    }
}

/// What a reading found. `rows = accepted + partial + rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows after the header, without blank lines.
    pub rows: u64,
    /// Rows of which everything was taken.
    pub accepted: u64,
    /// Rows of which something was taken and something listed as a reject.
    pub partial: u64,
    /// Rows of which nothing was taken.
    pub rejected: u64,
    /// Events given to the sink.
    pub events: u64,
    /// Events that an earlier row had said already, left out.
    pub repeated: u64,
    /// Rejects by the code of their reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Values of personal columns that were left out.
    pub personal_left_out: u64,
    /// The earliest event.
    pub first: Option<Timestamp>,
    /// The latest event.
    pub last: Option<Timestamp>,
    /// SHA-256 of the raw bytes of the file.
    pub sha256: [u8; 32],
    /// Raw bytes of the file.
    pub bytes: u64,
    /// The encoding found, by its name in the Encoding Standard.
    pub encoding: &'static str,
    /// The separator found.
    pub separator: char,
    /// Columns of the mapping that the file lacks, by their logical names.
    pub missing_columns: Vec<String>,
    /// Headers that the mapping does not know; their columns are left out.
    pub unknown_headers: Vec<String>,
    /// What the file itself says of impact, urgency and priority.
    pub pairs: Pairs,
}

/// The priorities that a file gives to each (impact, urgency), in the file's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    seen: Vec<([String; 3], u64)>,
    /// Rows left out once 256 combinations were seen.
    pub not_counted: u64,
}

impl Pairs {
    fn add(&mut self, values: [&str; 3]) {
        if let Some((_, rows)) = self.seen.iter_mut().find(|(seen, _)| seen.iter().zip(values).all(|(a, b)| a == b)) {
            *rows += 1;
        } else if self.seen.len() < PAIRS_MAX {
            self.seen.push((values.map(str::to_owned), 1));
        } else {
            self.not_counted += 1;
        }
    }

    /// For each (impact, urgency), each priority with its number of rows. A file that has a matrix
    /// gives one priority to each.
    #[must_use]
    pub fn matrix(&self) -> BTreeMap<(&str, &str), BTreeMap<&str, u64>> {
        let mut matrix: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for ([impact, urgency, priority], rows) in &self.seen {
            matrix.entry((impact.as_str(), urgency.as_str())).or_default().insert(priority.as_str(), *rows);
        }
        matrix
    }
}

/// A column that a mapping needs and a file lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its logical name.
    pub name: String,
    /// The headers that it may have.
    pub headers: Vec<String>,
}

/// Why a reading ended before the end of the file. What the sink took stays taken.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file stopped giving bytes.
    #[error(
        "the file could not be read after line {line}: {source}; all rows before it were taken: run the import again"
    )]
    Io {
        /// The last line that was read.
        line: u64,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The sink refused.
    #[error(
        "the event or reject of line {line} could not be kept; the rows before it were: mend the cause and run the import again"
    )]
    Sink {
        /// The line.
        line: u64,
        /// What the sink says.
        #[source]
        source: SinkError,
    },
    /// There is no header.
    #[error("the file has no header row; nothing was taken: give a CSV file whose first row names its columns")]
    NoHeader,
    /// The header is not one.
    #[error("the header row (line {line}) cannot be read; nothing was taken: {}", .reason.en())]
    BrokenHeader {
        /// Its line.
        line: u64,
        /// Why.
        reason: Reason,
    },
    /// The file lacks what the mapping cannot do without.
    #[error("the file lacks {}; nothing was taken. Its headers are: {}. Add the header to the mapping's [columns], or check the separator", columns_wanted(.wanted), headers_list(.found))]
    MissingColumns {
        /// What is wanted.
        wanted: Vec<Wanted>,
        /// What was found.
        found: Vec<String>,
    },
    /// Two columns claim one name.
    #[error(
        "two columns are called `{header}`, and the mapping reads it as `{column}`; nothing was taken: rename one in the file"
    )]
    RepeatedHeader {
        /// The header.
        header: String,
        /// The column of the mapping.
        column: String,
    },
}

fn columns_wanted(columns: &[Wanted]) -> String {
    columns.iter().map(|c| format!("`{}` (called {})", c.name, headers_list(&c.headers))).collect::<Vec<_>>().join(", ")
}

fn headers_list(headers: &[String]) -> String {
    headers.iter().map(|h| format!("`{}`", h.escape_debug())).collect::<Vec<_>>().join(", ")
}

/// Reads a whole file. `now` is the instant of the import: nothing after it is believed.
///
/// # Errors
/// When the file has no usable header, lacks a column without which nothing can be said, or when the
/// source or the sink fails. Everything else is a reject.
pub fn read_events<R: Source>(
    reader: R,
    mapping: &Mapping,
    now: Timestamp,
    sink: &mut dyn Sink,
) -> Result<Summary, ReadError> {
    let dialect = &mapping.dialect;
    let source = Decoded::new(reader, dialect.charset);
    let mut records = Records::new(source, b',', dialect.quote);
    let at_start = |source| ReadError::Io { line: 0, source };
    records.start(dialect.lines_before_header, &dialect.separators).map_err(at_start)?;
    let mut record = Record::default();
    let headers = match records.next(&mut record).map_err(at_start)? {
        Step::Record => (0..record.len()).map(|n| String::from_utf8_lossy(record.field(n)).into_owned()).collect(),
        Step::Broken(reason, _) => return Err(ReadError::BrokenHeader { line: records.line(), reason }),
        Step::End => return Err(ReadError::NoHeader),
    };
    let plan = Plan::new(mapping, headers)?;
    let missing = plan
        .places
        .iter()
        .zip(&mapping.columns)
        .filter(|(place, _)| place.is_none())
        .map(|(_, c)| c.name.clone())
        .collect();
    let mut rows = Rows {
        mapping,
        now,
        encoding: records.source().encoding().name(),
        seen: Seen::default(),
        scratch: Vec::new(),
        events: Vec::new(),
        rejects: Vec::new(),
        summary: Summary {
            missing_columns: missing,
            unknown_headers: plan.unknown_headers.clone(),
            separator: char::from(records.separator()),
            ..Summary::default()
        },
        plan,
    };
    let mut told = 0;
    loop {
        let step = records.next(&mut record).map_err(|source| ReadError::Io { line: records.line(), source })?;
        let line = records.line();
        let failed = |source| ReadError::Sink { line, source };
        let bytes = records.source().bytes_read();
        if bytes != told {
            told = bytes;
            rows.encoding = records.source().encoding().name();
            sink.progress(bytes).map_err(failed)?;
        }
        match step {
            Step::Record => rows.row(line, &record),
            Step::Broken(reason, start) => rows.rejects.push(Reject::new(line, "", &start, reason, Lost::Row)),
            Step::End => break,
        }
        rows.hand_over(sink).map_err(failed)?;
    }
    rows.summary.bytes = records.source().bytes_read();
    rows.summary.sha256 = records.source().sha256();
    rows.summary.encoding = records.source().encoding().name();
    Ok(rows.summary)
}

/// Turns rows into events and rejects.
struct Rows<'m> {
    mapping: &'m Mapping,
    plan: Plan<'m>,
    now: Timestamp,
    encoding: &'static str,
    seen: Seen,
    scratch: Vec<u8>,
    /// Of the row in hand.
    events: Vec<CaseEvent>,
    /// Of the row in hand.
    rejects: Vec<Reject>,
    summary: Summary,
}

/// What came of one event of a row.
enum Outcome {
    /// The row does not say it.
    Silent,
    /// An earlier row said it.
    Repeated,
    /// It is in `events`.
    Given,
    /// Something that it needs was rejected.
    Lost,
}

impl Rows<'_> {
    fn row(&mut self, line: u64, record: &Record) {
        let expected = self.plan.headers.len();
        let extra = (expected..record.len()).any(|n| !record.field(n).is_empty());
        if record.len() < expected || extra {
            let start = (0..record.len().min(8)).map(|n| record.field(n)).collect::<Vec<_>>().join(&b' ');
            self.rejects.push(Reject::new(
                line,
                "",
                &start,
                Reason::ColumnCount { found: record.len(), expected },
                Lost::Row,
            ));
            return;
        }
        let number = match self.text(record, self.plan.number) {
            Ok(Some(text)) if text.len() <= NUMBER_MAX && !text.contains(char::is_control) => text,
            Ok(Some(_)) => return self.lose_row(line, record, Reason::NumberInvalid),
            Ok(None) => return self.lose_row(line, record, Reason::NumberMissing),
            Err(reason) => return self.lose_row(line, record, reason),
        };
        let mut said = false;
        for n in 0..self.plan.events.len() {
            said |= matches!(self.event(line, record, number, n), Outcome::Repeated | Outcome::Given);
        }
        if !said {
            if self.rejects.is_empty() {
                return self.lose_row(line, record, Reason::NoEvent);
            }
            for reject in &mut self.rejects {
                reject.lost = Lost::Row;
            }
        }
        self.count_values(record);
    }

    fn lose_row(&mut self, line: u64, record: &Record, reason: Reason) {
        let place = self.plan.number;
        self.rejects.push(Reject::new(line, self.plan.header(place), record.field(place), reason, Lost::Row));
    }

    fn count_values(&mut self, record: &Record) {
        let personal = self.plan.personal.iter().filter(|p| matches!(self.text(record, **p), Ok(Some(_)))).count();
        self.summary.personal_left_out += u64::try_from(personal).unwrap_or(u64::MAX);
        if let Some([impact, urgency, priority]) = self.plan.pairs
            && let (Ok(Some(i)), Ok(Some(u)), Ok(Some(p))) =
                (self.text(record, impact), self.text(record, urgency), self.text(record, priority))
        {
            self.summary.pairs.add([i, u, p]);
        }
    }

    /// The trimmed text of a field; none when it means "nothing".
    fn text<'r>(&self, record: &'r Record, place: usize) -> Result<Option<&'r str>, Reason> {
        let raw = record.field(place);
        let text = std::str::from_utf8(raw).map_err(|_| Reason::Bytes { encoding: self.encoding })?.trim();
        if raw.contains(&0) {
            return Err(Reason::Nul);
        }
        Ok((!text.is_empty() && !self.mapping.missing.iter().any(|m| m == text)).then_some(text))
    }

    fn event(&mut self, line: u64, record: &Record, number: &str, n: usize) -> Outcome {
        let Some(event) = self.plan.events.get(n) else { return Outcome::Silent };
        if !event.when.iter().all(|(place, when)| self.holds(record, *place, &when.wanted)) {
            return Outcome::Silent;
        }
        let at = match self.text(record, event.at) {
            Ok(Some(text)) => text,
            Ok(None) => return Outcome::Silent,
            Err(reason) => return self.lose(line, record, event.at, reason),
        };
        if event.rule.once != Once::No {
            remember(&mut self.scratch, event, n, number, record);
            if self.seen.has(&self.scratch) {
                self.summary.repeated += 1;
                return Outcome::Repeated;
            }
        }
        let occurred_at = match self.mapping.dialect.dates.read(at, self.now) {
            Ok(instant) => instant,
            Err(reason) => return self.lose(line, record, event.at, reason),
        };
        let (body, whole) = match self.body(line, record, n) {
            Ok(found) => found,
            Err(outcome) => return outcome,
        };
        let Some(event) = self.plan.events.get(n) else { return Outcome::Silent };
        // A body with something missing is reported on each row, as each row has the fault.
        if whole && event.rule.once != Once::No {
            self.seen.insert(&self.scratch);
        }
        let subject = ["case/", &self.mapping.prefix, number].concat();
        self.events.push(CaseEvent { line, subject, kind: event.kind.clone(), occurred_at, body });
        Outcome::Given
    }

    /// The body, and whether nothing of it was rejected.
    fn body(&mut self, line: u64, record: &Record, n: usize) -> Result<(Map<String, Value>, bool), Outcome> {
        let mut body = Map::new();
        let mut faults = Vec::new();
        let mut complete = true;
        let fields = self.plan.events.get(n).map(|e| e.fields.as_slice()).unwrap_or_default();
        for (place, field) in fields {
            let (From::Column { read, .. }, Some(place)) = (&field.from, place) else {
                if let From::Constant(value) = &field.from {
                    put(&mut body, &field.path, value);
                }
                continue;
            };
            match self.value(record, *place, read) {
                Ok(Some(found)) => found.put(&mut body, &field.path),
                Ok(None) if field.required => {
                    faults.push((*place, Reason::ValueMissing));
                    complete = false;
                }
                Ok(None) => {}
                Err(reason) => {
                    complete &= !field.required;
                    faults.push((*place, reason));
                }
            }
        }
        let whole = faults.is_empty();
        for (place, reason) in faults {
            self.lose(line, record, place, reason);
        }
        if complete { Ok((body, whole)) } else { Err(Outcome::Lost) }
    }

    fn value<'r>(&'r self, record: &'r Record, place: usize, read: &'r Read) -> Result<Option<Found<'r>>, Reason> {
        let Some(text) = self.text(record, place)? else { return Ok(None) };
        Ok(Some(match read {
            // What people wrote stays as they wrote it, spaces included.
            Read::Text => Found::Text(std::str::from_utf8(record.field(place)).unwrap_or(text)),
            Read::Integer => Found::Made(Value::from(integer(text)?)),
            Read::Number => Found::Made(Value::from(number(text, self.mapping.dialect.decimal)?)),
            Read::Instant => {
                // A date in a body is a promise and may lie ahead.
                Found::Made(Value::from(self.mapping.dialect.dates.read(text, Timestamp::MAX)?.to_string()))
            }
            Read::Table(table) => Found::Known(
                table
                    .exact
                    .get(text)
                    .or_else(|| table.folded.get(&fold(text)))
                    .or(table.other.as_ref())
                    .ok_or_else(|| Reason::UnknownValue { table: table.name.clone() })?,
            ),
        }))
    }

    fn holds(&self, record: &Record, place: Option<usize>, wanted: &Condition) -> bool {
        let text = place.and_then(|p| self.text(record, p).ok().flatten());
        match wanted {
            Condition::Present => text.is_some(),
            Condition::Absent => text.is_none(),
            Condition::OneOf(values) => text.map(fold).is_some_and(|text| values.contains(&text)),
        }
    }

    /// Lists a field; a field that several events need is listed once.
    fn lose(&mut self, line: u64, record: &Record, place: usize, reason: Reason) -> Outcome {
        let reject = Reject::new(line, self.plan.header(place), record.field(place), reason, Lost::Field);
        if !self.rejects.contains(&reject) {
            self.rejects.push(reject);
        }
        Outcome::Lost
    }

    /// Counts the row in hand and gives it away.
    fn hand_over(&mut self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        let summary = &mut self.summary;
        summary.rows += 1;
        if self.rejects.is_empty() {
            summary.accepted += 1;
        } else if self.rejects.iter().any(|r| r.lost == Lost::Row) {
            summary.rejected += 1;
        } else {
            summary.partial += 1;
        }
        for event in self.events.drain(..) {
            summary.events += 1;
            summary.first = Some(summary.first.map_or(event.occurred_at, |f| f.min(event.occurred_at)));
            summary.last = Some(summary.last.map_or(event.occurred_at, |l| l.max(event.occurred_at)));
            sink.event(event)?;
        }
        for reject in self.rejects.drain(..) {
            *summary.rejects.entry(reject.reason.code()).or_default() += 1;
            sink.reject(reject)?;
        }
        Ok(())
    }
}

/// What tells a repeated event: the event and the case, and unless the first row of a case decides,
/// the instant and the columns of the body.
fn remember(scratch: &mut Vec<u8>, event: &EventPlan<'_>, n: usize, number: &str, record: &Record) {
    scratch.clear();
    scratch.extend_from_slice(&n.to_le_bytes());
    scratch.extend_from_slice(number.as_bytes());
    if event.rule.once == Once::Case {
        return;
    }
    for place in [Some(event.at)].into_iter().chain(event.fields.iter().map(|(place, _)| *place)).flatten() {
        // A record separator, which a case number cannot hold; the length tells apart what follows.
        scratch.push(0x1E);
        scratch.extend_from_slice(&record.field(place).len().to_le_bytes());
        scratch.extend_from_slice(record.field(place));
    }
}

/// The value of a field, where it already is or as it was made.
enum Found<'r> {
    Text(&'r str),
    Known(&'r Value),
    Made(Value),
}

impl Found<'_> {
    fn put(self, body: &mut Map<String, Value>, path: &[String]) {
        match self {
            Self::Text(text) => put(body, path, &Value::from(text)),
            Self::Known(value) => put(body, path, value),
            Self::Made(value) => put(body, path, &value),
        }
    }
}

fn integer(text: &str) -> Result<i64, Reason> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Reason::Integer);
    }
    text.parse::<i64>().ok().filter(|n| (-INTEGER_MAX..=INTEGER_MAX).contains(n)).ok_or(Reason::NumberTooLong)
}

/// A number as text with a point, digit for digit: no binary fraction ever stands for it.
fn number(text: &str, decimal: char) -> Result<String, Reason> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once(decimal).unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(Reason::Number);
    }
    if whole.len() + fraction.len() > DIGITS_MAX + 1 {
        return Err(Reason::NumberTooLong);
    }
    Ok(text.trim_start_matches('+').replace(decimal, "."))
}
