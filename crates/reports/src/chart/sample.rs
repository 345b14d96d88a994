//! One invented case that the tests of charts draw, and the example that shows them.
//!
//! The example takes this file in by its path: it MUST name nothing of the crate but what `super` has.

use jiff::{Timestamp, tz::TimeZone};

use super::{ClockDrawing, Mark, MarkKind, Segment, SegmentKind};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_default()
}

/// The case seen from one instant to another, over three weeks of working days.
pub(crate) fn clock(from: &str, to: &str) -> ClockDrawing {
    let segment = |from, to, kind, label: &str| Segment { from: at(from), to: at(to), kind, label: label.into() };
    let mark = |when, kind, label: &str| Mark { at: at(when), kind, label: label.into() };
    ClockDrawing {
        from: at(from),
        to: at(to),
        open: (10..=24)
            .filter(|d| ![14, 15, 21, 22].contains(d))
            .map(|d| (at(&format!("2026-03-{d}T07:00:00Z")), at(&format!("2026-03-{d}T17:00:00Z"))))
            .collect(),
        segments: vec![
            segment("2026-03-12T14:00:00Z", "2026-03-12T15:00:00Z", SegmentKind::Counted, ""),
            segment("2026-03-12T15:00:00Z", "2026-03-12T16:00:00Z", SegmentKind::PauseAllowed, "usager absent"),
            segment("2026-03-12T16:00:00Z", "2026-03-12T17:00:00Z", SegmentKind::PauseClaimed, "déplacement"),
            segment("2026-03-12T17:00:00Z", "2026-03-13T07:00:00Z", SegmentKind::Closed, ""),
            segment("2026-03-13T07:00:00Z", "2026-03-13T08:00:00Z", SegmentKind::Counted, ""),
            segment("2026-03-13T08:00:00Z", "2026-03-13T11:00:00Z", SegmentKind::Overdue, ""),
        ],
        marks: vec![
            mark("2026-03-12T14:00:00Z", MarkKind::Start, "Début (EZV)"),
            mark("2026-03-12T14:02:00Z", MarkKind::Candidate, "Alerte de supervision"),
            mark("2026-03-12T14:20:00Z", MarkKind::TakeIn, "Prise en charge"),
            mark("2026-03-13T08:00:00Z", MarkKind::Due, "Échéance"),
            mark("2026-03-13T08:00:00Z", MarkKind::Breach, "En retard"),
            mark("2026-03-13T09:30:00Z", MarkKind::Refused, "Rétablissement refusé"),
            mark("2026-03-13T11:00:00Z", MarkKind::Restored, "Rétabli"),
        ],
        zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC),
    }
}
