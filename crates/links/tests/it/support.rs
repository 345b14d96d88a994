//! A sink that keeps everything, and words to say what came out.

use jiff::Timestamp;
use vigie_links::{CaseEvent, Mapping, ReadError, Reject, Sink, SinkError, Summary, read_events};
use vigie_rules::fact::Fact;

/// The instant of every import in these tests.
pub(crate) fn now() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

/// All that came of a file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) events: Vec<CaseEvent>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) summary: Summary,
}

impl Sink for Found {
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError> {
        self.events.push(event);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.rejects.push(reject);
        Ok(())
    }
}

impl Found {
    /// `line subject kind instant body`, one per event.
    pub(crate) fn told(&self) -> String {
        let line = |e: &CaseEvent| {
            format!("{} {} {} {} {}", e.line, e.subject, e.kind, e.occurred_at, serde_json::to_string(&e.body).unwrap())
        };
        self.events.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// `line field value: reason (lost)`, one per reject.
    pub(crate) fn refused(&self) -> String {
        let line = |r: &Reject| format!("{} {:?} {:?}: {} ({:?})", r.line, r.field, r.value, r.reason.code(), r.lost);
        self.rejects.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn keys(&self) -> Vec<[u8; 32]> {
        self.events.iter().map(CaseEvent::key).collect()
    }
}

/// Reads a file, and holds what must be true of every file.
pub(crate) fn read(file: &[u8], mapping: &Mapping) -> Result<Found, ReadError> {
    let mut found = Found::default();
    let summary = read_events(file, mapping, now(), &mut found)?;
    assert_eq!(summary.rows, summary.accepted + summary.partial + summary.rejected);
    assert_eq!(summary.events, found.events.len() as u64);
    assert_eq!(summary.rejects.values().sum::<u64>(), found.rejects.len() as u64);
    assert_eq!(summary.bytes, file.len() as u64);
    for event in &found.events {
        let body = serde_json::to_string(&event.body).unwrap();
        assert!(matches!(Fact::from_entry(&event.kind, &body), Ok(Some(_))), "the rules read {} {body}", event.kind);
        assert!(event.occurred_at <= now());
        assert!(event.line > 1);
    }
    for reject in &found.rejects {
        assert!(!reject.value.contains(['\n', '\r', '\0']));
        assert!(!reject.reason.en().is_empty() && !reject.reason.fr().is_empty());
    }
    found.summary = summary;
    Ok(found)
}

/// A small mapping with everything in it; `more` is put before `[case]`.
pub(crate) fn small() -> String {
    r#"
personal = ["caller"]
[case]
class = "incident"
number = "number"
[dialect]
missing = ["", "?"]
zone = "Europe/Paris"
dates = ["%d/%m/%Y %H:%M", "iso"]
[columns]
number = ["Number", "N°"]
opened = ["Opened"]
updated = ["Updated"]
closed = ["Closed"]
state = ["State"]
title = ["Title", "Sujet"]
count = ["Count"]
caller = ["Caller"]
[tables.state]
"New" = { state = "new" }
"Waiting" = { state = "pending", reason = "user_unavailable" }
"Done" = { state = "resolved" }
[[event]]
kind = "identified"
at = "opened"
once = true
[event.body]
source = { value = "ezv" }
[[event]]
kind = "observed"
at = "updated"
[event.body]
state = { column = "state", table = "state", required = true }
title = { column = "title" }
count = { column = "count", as = "integer" }
[[event]]
kind = "closed"
at = "closed"
once = true
"#
    .to_owned()
}

pub(crate) fn small_mapping() -> Mapping {
    Mapping::parse(&small(), "small.toml").unwrap()
}
