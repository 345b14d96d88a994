//! What EZV answers: a page of a sweep, one ticket, a text, the number of what was made.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use vigie_contract::Phrase;

use super::{
    question::Window,
    ticket::{Fields, Ticket, number},
    value::{at, instant, line, lines, member},
};
use crate::mail::text_of_html;

/// Rows of one page that are looked at.
const MAX_ROWS: usize = 10_000;

const RECORDS: Phrase = Phrase::new("`records`", "`records`");
const TICKET_NUMBER: Phrase = Phrase::new("`RFC_NUMBER`", "`RFC_NUMBER`");
const NEW_TICKET: Phrase = Phrase::new("l'adresse du nouveau ticket", "the address of the new ticket");
const WINDOW: Phrase = Phrase::new("la fenêtre des changements", "the window of changes");
const ORDER: Phrase = Phrase::new("l'ordre des changements", "the order of changes");

/// Why an answer is of no use. Nothing of it was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not JSON.
    #[error("EZV answered something that is not JSON")]
    Json,
    /// It is JSON of another shape.
    #[error("EZV answered without {what}")]
    Shape {
        /// What was looked for.
        what: Phrase,
    },
    /// It ignored the filter or the order.
    #[error("EZV did not keep to {what}: is the field's name right for this installation?")]
    Ignored {
        /// The filter or the order.
        what: Phrase,
    },
}

/// One ticket of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub {
    /// EZV's number.
    pub number: String,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The tickets that could be read, in the order of the page.
    pub stubs: Vec<Stub>,
    /// Rows of the page, readable or not.
    pub rows: usize,
}

fn json(bytes: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(bytes).map_err(|_| Unreadable::Json)
}

fn records(answer: &Value) -> Result<&[Value], Unreadable> {
    let records = member(answer, "records").and_then(Value::as_array);
    Ok(records.ok_or(Unreadable::Shape { what: RECORDS })?.as_slice())
}

/// Reads one page of the tickets that changed, and checks that it kept to its window and its order.
///
/// # Errors
/// [`Unreadable`].
pub fn listed(bytes: &[u8], fields: &Fields, zone: &TimeZone, window: Window) -> Result<Listed, Unreadable> {
    let answer = json(bytes)?;
    let records = records(&answer)?;
    let mut stubs: Vec<Stub> = Vec::with_capacity(records.len().min(MAX_ROWS));
    for record in records.iter().take(MAX_ROWS) {
        let updated_at = at(record, &fields.updated_at).and_then(line).and_then(|t| instant(&t, zone));
        let (Some(number), Some(updated_at)) = (number(record), updated_at) else { continue };
        stubs.push(Stub { number, updated_at });
    }
    // EZV tells milliseconds.
    if stubs.iter().any(|s| s.updated_at.as_millisecond() < window.since.as_millisecond()) {
        return Err(Unreadable::Ignored { what: WINDOW });
    }
    if !stubs.is_sorted_by_key(|s| s.updated_at) {
        return Err(Unreadable::Ignored { what: ORDER });
    }
    Ok(Listed { stubs, rows: records.len() })
}

/// The tickets of a list that bear exactly this reference: the filter may have been ignored.
pub(super) fn bearing(bytes: &[u8], fields: &Fields, reference: &str) -> Result<Vec<String>, Unreadable> {
    let answer = json(bytes)?;
    let ours = |record: &&Value| at(record, &fields.reference).and_then(line).as_deref() == Some(reference);
    Ok(records(&answer)?.iter().take(MAX_ROWS).filter(ours).filter_map(number).collect())
}

/// Reads the answer about one ticket.
pub(super) fn one(bytes: &[u8], fields: &Fields, zone: &TimeZone) -> Result<Ticket, Unreadable> {
    let answer = json(bytes)?;
    // Some versions wrap the record in a list of one.
    let record = match records(&answer) {
        Ok([record, ..]) => record,
        _ => &answer,
    };
    Ticket::read(record, fields, zone).ok_or(Unreadable::Shape { what: TICKET_NUMBER })
}

/// Reads a text that EZV keeps beside a ticket; markup becomes words. None when it is empty.
///
/// # Errors
/// [`Unreadable`].
pub fn memo(bytes: &[u8], name: &str) -> Result<Option<String>, Unreadable> {
    let answer = json(bytes)?;
    let text = member(&answer, name).and_then(lines);
    Ok(text.map(|t| if t.contains('<') { text_of_html(&t) } else { t }).filter(|t| !t.trim().is_empty()))
}

/// Reads the number of what was made, from the address that EZV answers with.
///
/// # Errors
/// [`Unreadable`].
pub fn created(bytes: &[u8]) -> Result<String, Unreadable> {
    let answer = json(bytes)?;
    let href = member(&answer, "href").and_then(line);
    let last = href.as_deref().and_then(|h| h.trim_end_matches('/').rsplit('/').next()).map(str::to_owned);
    let numbered = serde_json::json!({ "rfc_number": last });
    number(&answer).or_else(|| number(&numbered)).ok_or(Unreadable::Shape { what: NEW_TICKET })
}

/// What EZV says of why it refused, in at most 200 characters of one line.
pub(super) fn said(bytes: &[u8]) -> String {
    let said = json(bytes)
        .ok()
        .and_then(|answer| ["error", "message", "error_message"].iter().find_map(|name| line(member(&answer, name)?)));
    said.map_or_else(String::new, |text| text.chars().take(200).collect())
}
