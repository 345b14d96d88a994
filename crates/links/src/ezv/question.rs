//! What is asked of EZV: paths and bodies, and nothing of how they travel.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{answer::Listed, ticket::Fields};
use crate::http::encode;

/// Which tickets of a sweep: those changed at or after an instant, from the n-th of them on.
///
/// The window moves on with what was read instead of an offset, so that a ticket which changes during the
/// sweep shifts no other past it; the offset only serves when one instant fills a whole page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From when on, inclusive.
    pub since: Timestamp,
    /// Rows to pass over.
    pub offset: usize,
}

impl Window {
    /// The window after a page; none when that page was the last.
    #[must_use]
    pub fn after(self, page: &Listed, page_size: usize) -> Option<Self> {
        if page.rows < page_size || page.rows == 0 {
            return None;
        }
        match page.stubs.last() {
            Some(last) if last.updated_at > self.since => Some(Self { since: last.updated_at, offset: 0 }),
            _ => Some(Self { offset: self.offset.saturating_add(page.rows), ..self }),
        }
    }
}

/// The path of a page of a sweep. Only what the sweep needs is asked for.
pub(super) fn changed(fields: &Fields, window: Window, page_size: usize) -> String {
    let since = window.since.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string();
    let search = encode(&format!("{}:({since};)", fields.updated_at));
    let sort = encode(&format!("{} ASC", fields.updated_at));
    let asked = encode(&format!("RFC_NUMBER,{},{}", fields.updated_at, fields.reference));
    let offset = if window.offset == 0 { String::new() } else { format!("&offset={}", window.offset) };
    format!("requests?search={search}&sort={sort}&fields={asked}&max_rows={page_size}{offset}")
}

/// The path of the tickets that bear a reference. Case numbers hold nothing that the grammar of searches reads.
pub(super) fn bearing(fields: &Fields, reference: &str) -> String {
    let search = encode(&format!("{}:\"{reference}\"", fields.reference));
    let asked = encode(&format!("RFC_NUMBER,{}", fields.reference));
    format!("requests?search={search}&fields={asked}&max_rows=50")
}

/// The path of one ticket.
pub(super) fn one(number: &str) -> String {
    format!("requests/{}", encode(number))
}

/// What a ticket is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Our number: the mark by which it is found again.
    pub reference: String,
    /// What it is about, in a line.
    pub title: String,
    /// What it is about, at length.
    pub description: String,
    /// What this installation wants besides: the subject of its catalogue, an origin, a department.
    pub fixed: Map<String, Value>,
}

impl Draft {
    pub(super) fn body(&self) -> Value {
        let mut request = self.fixed.clone();
        for (key, value) in
            [("external_reference", &self.reference), ("title", &self.title), ("description", &self.description)]
        {
            request.insert(key.to_owned(), Value::String(value.clone()));
        }
        json!({ "requests": [request] })
    }
}

/// What is changed of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is suspended.
    Suspend,
    /// It goes on.
    Restart,
    /// It is ended, in that status: resolved or closed.
    End {
        /// The status, by its identifier in that installation.
        status_guid: Option<String>,
    },
}

impl Change {
    /// The body, with a word on why.
    pub(super) fn body(&self, comment: &str) -> Value {
        match self {
            Self::Suspend => json!({ "suspended": { "comment": comment } }),
            Self::Restart => json!({ "restarted": { "comment": comment } }),
            Self::End { status_guid: Some(guid) } => {
                json!({ "closed": { "status_guid": guid, "comment": comment } })
            }
            Self::End { status_guid: None } => json!({ "closed": { "comment": comment } }),
        }
    }
}

/// As what a note is written: EZV's type of action says who reads it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteTo {
    /// The type of a comment that the customer reads.
    pub action_type_id: String,
    /// The group that writes it.
    #[serde(default)]
    pub group_name: Option<String>,
}

impl NoteTo {
    /// The body of a note: a task is born ended, so that its text shows.
    pub(super) fn body(&self, text: &str) -> Value {
        let mut body = json!({ "action_type_id": self.action_type_id, "description": text });
        if let (Some(group), Some(body)) = (&self.group_name, body.as_object_mut()) {
            body.insert("group_name".to_owned(), Value::String(group.clone()));
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Stub;
    use super::*;

    fn page(seconds: &[i64], rows: usize) -> Listed {
        let stub = |s: &i64| Stub { number: format!("I{s}"), updated_at: Timestamp::from_second(*s).unwrap() };
        Listed { stubs: seconds.iter().map(stub).collect(), rows }
    }

    #[test]
    fn a_sweep_moves_its_window_on_and_counts_rows_only_within_one_instant() {
        let window = |since, offset| Window { since: Timestamp::from_second(since).unwrap(), offset };
        for (from, seen, rows, expected) in [
            (window(10, 0), [10, 11, 12], 3, Some(window(12, 0))),
            (window(10, 0), [10, 10, 10], 3, Some(window(10, 3))),
            (window(10, 3), [10, 10, 11], 3, Some(window(11, 0))),
            (window(10, 0), [10, 11, 12], 2, None),
            (window(10, 0), [10, 11, 12], 0, None),
        ] {
            assert_eq!(from.after(&page(&seen, rows), 3), expected, "{from:?} {seen:?} {rows}");
        }
        // A page of which nothing can be read is passed over.
        assert_eq!(window(10, 0).after(&page(&[], 3), 3), Some(window(10, 3)));
    }
}
