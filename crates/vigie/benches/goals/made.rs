//! Made-up incidents: as many as asked for, each with six events, a few of them late.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use vigie::app::{Place, Vigie};
use vigie_contract::{Class, Priority, Source};
use vigie_evidence::{NewEntry, Origin, import_id, leaf_hash};
use vigie_rules::fact::{Classification, Event, Fact, History, Subject};
use vigie_store::Param;

/// The month in which they start.
pub(crate) const MONTH: &str = "2026-03";

/// 2 March 2026, 08:00 in Paris.
fn base() -> Timestamp {
    "2026-03-02T07:00:00Z".parse().unwrap()
}

fn priority(n: u64) -> Priority {
    match n % 50 {
        0 => Priority::P1,
        1..=5 => Priority::P2,
        6..=27 => Priority::P3,
        _ => Priority::P4,
    }
}

/// The six instants of case `n`: identified, classified, taken in, observed, restored, closed.
fn instants(n: u64) -> [Timestamp; 6] {
    // In the order in which they come in, over 25 days, by day from 8 to 16 o'clock.
    let minute = n * (25 * 480) / 1_000_000 % (25 * 480);
    let start = base() + SignedDuration::from_mins(i64::try_from(minute / 480 * 1440 + minute % 480).unwrap());
    // One in sixteen takes days, the others an hour or so.
    let took = if n.is_multiple_of(16) { 6 * 1440 } else { 30 + i64::try_from(n % 60).unwrap() };
    let at = |m: i64| start + SignedDuration::from_mins(m);
    [at(0), at(2), at(9), at(20), at(took), at(took + 60)]
}

fn number(n: u64) -> String {
    format!("case/B{n:07}")
}

/// Case `n` as a history.
pub(crate) fn history(n: u64) -> History {
    let [identified, classified, taken, observed, restored, closed] = instants(n);
    let facts = [
        (identified, Fact::Identified { source: Source::Ezv, direct: false }),
        (
            classified,
            Fact::Classified(Box::new(Classification {
                priority: Some(priority(n)),
                service: Some("toip".into()),
                ..Classification::default()
            })),
        ),
        (taken, Fact::TakenIn),
        (observed, Fact::Observed { state: vigie_rules::fact::State::InProgress, reason: None, classification: None }),
        (restored, Fact::Restored),
        (closed, Fact::Closed),
    ];
    let events = (n * 6..).zip(facts).map(|(seq, (at, fact))| Event { at, seq, fact }).collect();
    History { subject: Subject(number(n)), class: Class::Incident, events }
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Case `n` as six entries.
pub(crate) fn entries(n: u64) -> [NewEntry; 6] {
    let at = instants(n);
    let parts = [
        ("incident.identified", json!({"source": "ezv", "title": "Plus de tonalité au deuxième étage"})),
        (
            "incident.classified",
            json!({"priority": priority(n).to_string(), "service": "toip", "group": "CALLIPSO N2"}),
        ),
        ("incident.taken_in", json!({"group": "CALLIPSO N2"})),
        ("incident.observed", json!({"state": "in_progress", "source_state": "Active"})),
        ("incident.restored", json!({})),
        ("incident.closed", json!({"close_code": "code 6"})),
    ];
    let mut index = 0;
    parts.map(|(kind, body)| {
        let occurred_at = at[index];
        index += 1;
        let digest = leaf_hash(format!("{n}/{index}").as_bytes()).0;
        NewEntry {
            id: import_id(occurred_at, digest),
            occurred_at,
            actor: "go.martin".into(),
            origin: Origin::Import,
            subject: number(n),
            kind: kind.into(),
            body: map(body),
            content: Vec::new(),
        }
    })
}

/// A fresh place below a temporary directory, which goes away with the first value.
pub(crate) fn place() -> (tempfile::TempDir, Place) {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { data: dir.path().to_owned(), ..Place::default() };
    (dir, place)
}

/// Puts histories into the read table alone: what a month of a large contract holds.
pub(crate) fn fill_read_table(vigie: &Vigie, cases: u64) {
    const COLUMNS: [&str; 11] = [
        "subject",
        "class",
        "number",
        "first_at",
        "last_at",
        "open",
        "version",
        "timeline",
        "priority",
        "started_at",
        "matters_until",
    ];
    for from in (0..cases).step_by(50_000) {
        vigie
            .store
            .write(move |tx| {
                let rows: Vec<_> = (from..(from + 50_000).min(cases))
                    .map(|n| {
                        let h = history(n);
                        let timeline = vigie_rules::timeline::encode(&h.events).unwrap();
                        (h, timeline, priority(n).to_string())
                    })
                    .collect();
                let us = |t: Timestamp| Param::I64(t.as_microsecond());
                let params = rows.iter().map(|(h, timeline, priority)| {
                    let (first, last) = (h.events[0].at, h.events[5].at);
                    [
                        Param::Text(&h.subject.0),
                        "incident".into(),
                        Param::Text(h.subject.number()),
                        us(first),
                        us(last),
                        false.into(),
                        Param::I64(0),
                        Param::Blob(timeline),
                        Param::Text(priority),
                        us(first),
                        us(last),
                    ]
                });
                tx.insert_many("history", &COLUMNS, params).map(|_| ())
            })
            .unwrap();
    }
}

/// Records cases in full: journal and read table.
pub(crate) fn record(vigie: &Vigie, cases: std::ops::Range<u64>) {
    for from in cases.clone().step_by(1_000) {
        let (recorder, to) = (vigie.recorder.clone(), (from + 1_000).min(cases.end));
        vigie
            .store
            .write(move |tx| {
                let facts = (from..to).flat_map(entries).collect();
                recorder.record(tx, "2026-05-01T00:00:00Z".parse().unwrap(), facts).map(|_| ())
            })
            .unwrap();
    }
}

/// Peak resident memory of this process since it began, in MiB.
pub(crate) fn peak_mib() -> f64 {
    status_mib("self", "VmHWM:")
}

/// A line of a process's status, in MiB.
pub(crate) fn status_mib(process: &str, field: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix(field)).unwrap();
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1024.0
}
