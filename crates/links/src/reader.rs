//! Reads a file through a mapping, row by row, into a sink.
//!
//! MUST hold at most one record, the bounded memory of `once` and fixed tables; every row MUST be
//! counted exactly once as accepted, partly accepted or rejected.

use std::io::{self, Read};

use jiff::Timestamp;

use crate::{
    decode::Decoded,
    event::CaseEvent,
    mapping::Mapping,
    plan::Plan,
    records::{Record, Records, Step},
    reject::{Reason, Reject},
    rows::Rows,
    summary::Summary,
};

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
    #[error("{}; nothing was taken. Its headers are: {}. Add them to the mapping's [columns], or check the separator", lacks(.wanted, .one_of), quoted(.found))]
    MissingColumns {
        /// What is wanted.
        wanted: Vec<Wanted>,
        /// The dates of which at least one is wanted; empty when the file has one.
        one_of: Vec<Wanted>,
        /// The headers that were found.
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

fn lacks(wanted: &[Wanted], one_of: &[Wanted]) -> String {
    let called = |c: &Wanted| format!("{} (called {})", c.name, quoted(&c.headers));
    let wanted = wanted.iter().map(called).collect::<Vec<_>>().join(", ");
    let one_of = one_of.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    match (wanted.is_empty(), one_of.is_empty()) {
        (_, true) => format!("the file lacks {wanted}"),
        (true, _) => format!("the file needs at least one of {one_of}"),
        _ => format!("the file lacks {wanted}, and needs at least one of {one_of}"),
    }
}

/// Names as a person may read them: the first fifty, each cut, control characters escaped.
#[must_use]
pub fn quoted(names: &[String]) -> String {
    let shown = names.iter().take(50).map(|name| format!("{:?}", name.chars().take(60).collect::<String>()));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if names.len() > 50 {
        text.push_str(", ...");
    }
    text
}

/// Reads a whole file. `now` is the instant of the import: nothing after it is believed.
///
/// # Errors
/// When the file has no usable header, lacks a column without which nothing can be said, or when the
/// source or the sink fails. Everything else is a reject.
pub fn read_events<R: Read>(
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
    let mut rows = Rows::new(mapping, plan, now);
    rows.summary.separator = char::from(records.separator());
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
            Step::Broken(reason, start) => rows.broken(line, &start, reason),
            Step::End => break,
        }
        rows.hand_over(sink).map_err(failed)?;
    }
    rows.summary.bytes = records.source().bytes_read();
    rows.summary.sha256 = records.source().sha256();
    rows.summary.encoding = records.source().encoding().name();
    Ok(rows.summary)
}
