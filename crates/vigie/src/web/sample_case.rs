//! One invented case whose clock has everything: candidates, a night, pauses, another priority, lateness.

use jiff::{SignedDuration, Timestamp};
use vigie::features::desk::view::{CaseFile, CaseList, CaseRow, EntryView, Words};
use vigie_contract::{Class, Impact, Source, Urgency};
use vigie_rules::{
    desk::Phase,
    fact::{Classification, Event, Fact, History, Subject},
};

use super::sample::at;

fn row(number: &str, priority: &str, phase: Phase, stop: Option<&str>) -> CaseRow {
    CaseRow {
        number: number.to_owned(),
        class: Class::Incident,
        title: Some("Plus de tonalité à l'accueil".to_owned()),
        priority: Some(priority.to_owned()),
        phase,
        major: priority == "P1",
        vip: Some("vvip".to_owned()),
        requester: Some("Mme Aubert".to_owned()),
        team: Some("go".to_owned()),
        assignee: Some("go.martin".to_owned()),
        service: Some("toip".to_owned()),
        site: Some("HD13".to_owned()),
        item: None,
        reference: None,
        opened: at("2026-03-12T15:42:00Z"),
        next_due: Some((at("2026-04-02T07:00:00Z"), "restoration".to_owned())),
        third: None,
        version: 12,
        start: Some(at("2026-03-12T15:20:00Z")),
        due: Some(at("2026-03-13T09:20:00Z")),
        stop: stop.map(at),
    }
}

pub(crate) fn list() -> CaseList {
    CaseList {
        total: 120,
        rows: vec![
            row("VG-2026-000123", "P2", Phase::Closed, Some("2026-03-13T11:35:00Z")),
            row("VG-2026-000140", "P3", Phase::InProgress, None),
            row("VG-2026-000141", "P4", Phase::Closed, Some("2026-03-12T16:00:00Z")),
        ],
    }
}

pub(crate) fn case() -> CaseFile {
    let classified = |urgency, impact| {
        Fact::Classified(Box::new(Classification {
            urgency: Some(urgency),
            impact: Some(impact),
            service: Some("toip".into()),
            site: Some("Hôtel du Département".to_owned()),
            ..Classification::default()
        }))
    };
    let facts = [
        ("2026-03-12T15:20:00Z", "incident.identified", Fact::Identified { source: Source::Ezv, direct: false }),
        ("2026-03-12T15:42:00Z", "incident.identified", Fact::Identified { source: Source::Desk, direct: false }),
        ("2026-03-12T15:45:00Z", "incident.classified", classified(Urgency::U2, Impact::Three)),
        ("2026-03-12T15:50:00Z", "incident.taken_in", Fact::TakenIn),
        ("2026-03-12T16:10:00Z", "incident.classified", classified(Urgency::U1, Impact::Two)),
        ("2026-03-13T07:10:00Z", "incident.paused", Fact::Paused { reason: "user_unavailable".into() }),
        ("2026-03-13T07:15:00Z", "incident.pause_accepted", Fact::PauseAccepted),
        ("2026-03-13T08:00:00Z", "incident.resumed", Fact::Resumed),
        ("2026-03-13T08:30:00Z", "incident.paused", Fact::Paused { reason: "parts".into() }),
        ("2026-03-13T09:00:00Z", "incident.resumed", Fact::Resumed),
        ("2026-03-13T13:35:00Z", "incident.restored", Fact::Restored),
        ("2026-03-13T14:00:00Z", "incident.restoration_validated", Fact::RestorationValidated),
    ];
    let mut events = Vec::new();
    let mut entries = Vec::new();
    for (seq, (instant, kind, fact)) in (0_u64..).zip(facts) {
        events.push(Event { at: at(instant), seq, fact });
        entries.push(entry(seq, kind, at(instant)));
    }
    CaseFile {
        history: History { subject: Subject("case/VG-2026-000123".to_owned()), class: Class::Incident, events },
        title: Some("Plus de tonalité à l'accueil".to_owned()),
        requester: Some("Mme Aubert".to_owned()),
        vip: Some("vip".to_owned()),
        team: Some("go".to_owned()),
        assignee: Some("go.martin".to_owned()),
        reference: Some("I260312_000042".to_owned()),
        entries,
    }
}

fn entry(seq: u64, kind: &str, occurred_at: Timestamp) -> EntryView {
    EntryView {
        seq,
        kind: kind.to_owned(),
        occurred_at,
        recorded_at: occurred_at + SignedDuration::from_secs(2),
        actor: "ezv".to_owned(),
        origin: "import".to_owned(),
        body: r#"{"direct":false,"source":"ezv"}"#.to_owned(),
        leaf_hash: "3f".repeat(32),
        said: Words::None,
        visible_to: None,
    }
}
