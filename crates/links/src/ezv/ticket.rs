//! A ticket as EZV gives it, read by a table of its fields.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::value::{at, instant, line, lines};

/// Where a ticket's particulars stand, by dotted names; the first that says something is taken.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// When it was registered.
    pub created_at: Vec<String>,
    /// When somebody took it in.
    pub taken_in_at: Vec<String>,
    /// When it was declared resolved.
    pub resolved_at: Vec<String>,
    /// When it was closed.
    pub closed_at: Vec<String>,
    /// When it last changed; the sweep of changes goes by it.
    pub updated_at: String,
    /// Our own number, there.
    pub reference: String,
    /// The words of its status, in the language in which the table of statuses is written.
    pub status: Vec<String>,
    /// What it is about, in a line.
    pub title: Vec<String>,
    /// What it is about, at length.
    pub description: Vec<String>,
    /// Who asks.
    pub requester: Vec<String>,
    /// Their address.
    pub mail: Vec<String>,
    /// Their number.
    pub phone: Vec<String>,
    /// The site.
    pub site: Vec<String>,
    /// The group that has it.
    pub group: Vec<String>,
    /// The urgency, by EZV's own value.
    pub urgency: Vec<String>,
    /// The impact, by EZV's own value.
    pub impact: Vec<String>,
}

/// A field that said something which could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its name.
    pub field: String,
    /// What it said, at most 80 characters of it.
    pub said: String,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// EZV's number (`RFC_NUMBER`).
    pub number: String,
    /// How it stands, in EZV's words.
    pub status: Option<String>,
    /// When it was registered.
    pub created_at: Option<Timestamp>,
    /// When somebody took it in.
    pub taken_in_at: Option<Timestamp>,
    /// When it was declared resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// Our number, when it bears one.
    pub reference: Option<String>,
    /// What it is about, in a line.
    pub title: Option<String>,
    /// What it is about, at length.
    pub description: Option<String>,
    /// Who asks.
    pub requester: Option<String>,
    /// Their address.
    pub mail: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// The site.
    pub site: Option<String>,
    /// The group that has it.
    pub group: Option<String>,
    /// The urgency, by EZV's own value.
    pub urgency: Option<String>,
    /// The impact, by EZV's own value.
    pub impact: Option<String>,
    /// What said something that could not be read.
    pub unread: Vec<Unread>,
}

/// Characters of a number: more than EZV's own have.
pub(super) const MAX_NUMBER: usize = 64;

/// A ticket's number, when a record has a usable one.
pub(super) fn number(record: &Value) -> Option<String> {
    let number = super::value::member(record, "rfc_number").and_then(line)?;
    let usable = number.len() <= MAX_NUMBER && number.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    usable.then_some(number)
}

impl Ticket {
    /// Reads the record of one ticket. Instants without an offset are of `zone`. None when it has no number.
    #[must_use]
    pub fn read(record: &Value, fields: &Fields, zone: &TimeZone) -> Option<Self> {
        let mut unread = Vec::new();
        let number = number(record)?;
        let first = |paths: &[String]| paths.iter().find_map(|path| line(at(record, path)?));
        let mut when = |paths: &[String]| {
            for path in paths {
                let Some(said) = at(record, path).and_then(line) else { continue };
                match instant(&said, zone) {
                    Some(found) => return Some(found),
                    None => unread.push(Unread { field: path.clone(), said: said.chars().take(80).collect() }),
                }
            }
            None
        };
        let created_at = when(&fields.created_at);
        let taken_in_at = when(&fields.taken_in_at);
        let resolved_at = when(&fields.resolved_at);
        let closed_at = when(&fields.closed_at);
        let updated_at = when(std::slice::from_ref(&fields.updated_at));
        Some(Self {
            number,
            status: first(&fields.status),
            created_at,
            taken_in_at,
            resolved_at,
            closed_at,
            updated_at,
            reference: at(record, &fields.reference).and_then(line),
            title: first(&fields.title),
            description: fields.description.iter().find_map(|path| lines(at(record, path)?)),
            requester: first(&fields.requester),
            mail: first(&fields.mail),
            phone: first(&fields.phone),
            site: first(&fields.site),
            group: first(&fields.group),
            urgency: first(&fields.urgency),
            impact: first(&fields.impact),
            unread,
        })
    }
}
