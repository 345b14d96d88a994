//! Turns the rows of a file into events and rejects.
//!
//! MUST give every event that a row holds whatever else is wrong in the row, and list whatever it
//! does not take; MUST NOT put a personal column into a body (the mapping has made sure of it).

use jiff::Timestamp;
use serde_json::{Map, Value};
use vigie_contract::Class;

use crate::{
    event::CaseEvent,
    fold::fold,
    mapping::{DIGITS_MAX, From, INTEGER_MAX, Mapping, Once, Read, Wanted, put},
    once::Seen,
    plan::{EventPlan, Plan},
    reader::{Sink, SinkError},
    records::Record,
    reject::{Lost, Reason, Reject},
    summary::Summary,
};

/// Bytes of a case number.
const NUMBER_MAX: usize = 100;

/// Turns rows into events and rejects.
pub(crate) struct Rows<'m> {
    mapping: &'m Mapping,
    plan: Plan<'m>,
    now: Timestamp,
    /// The encoding of the file as far as it is known, for rejects.
    pub(crate) encoding: &'static str,
    seen: Seen,
    scratch: Vec<u8>,
    /// Of the row in hand.
    events: Vec<CaseEvent>,
    /// Of the row in hand.
    rejects: Vec<Reject>,
    pub(crate) summary: Summary,
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

impl<'m> Rows<'m> {
    pub(crate) fn new(mapping: &'m Mapping, plan: Plan<'m>, now: Timestamp) -> Self {
        let missing = plan.places.iter().zip(&mapping.columns).filter(|(place, _)| place.is_none());
        let summary = Summary {
            missing_columns: missing.map(|(_, column)| column.name.clone()).collect(),
            unknown_headers: plan.unknown_headers.clone(),
            ..Summary::default()
        };
        Self {
            mapping,
            plan,
            now,
            encoding: "UTF-8",
            seen: Seen::default(),
            scratch: Vec::new(),
            events: Vec::new(),
            rejects: Vec::new(),
            summary,
        }
    }

    /// Takes what is not a record.
    pub(crate) fn broken(&mut self, line: u64, start: &[u8], reason: Reason) {
        self.rejects.push(Reject::new(line, "", start, reason, Lost::Row));
    }

    /// Takes a record.
    pub(crate) fn row(&mut self, line: u64, record: &Record) {
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
        let text = trimmed(record.text(place).ok_or(Reason::Bytes { encoding: self.encoding })?);
        if record.has_nul(place) {
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
            if self.seen.has(n, &self.scratch) {
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
            self.seen.insert(n, &self.scratch);
        }
        // Sources number incidents and other cases apart: the same number may be one of each.
        let family = match self.mapping.class() {
            Class::Incident => "case",
            other => other.name(),
        };
        let subject = [family, "/", &self.mapping.prefix, number].concat();
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
            Read::Text => Found::Text(record.text(place).unwrap_or(text)),
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

    fn holds(&self, record: &Record, place: Option<usize>, wanted: &Wanted) -> bool {
        let text = place.and_then(|p| self.text(record, p).ok().flatten());
        match wanted {
            Wanted::Present => text.is_some(),
            Wanted::Absent => text.is_none(),
            Wanted::OneOf(values) => text.map(fold).is_some_and(|text| values.contains(&text)),
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
    pub(crate) fn hand_over(&mut self, sink: &mut dyn Sink) -> Result<(), SinkError> {
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

/// Trims, at no cost when there is nothing to trim.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => text,
        _ => text.trim(),
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
