//! What each stretch of time was to a clock: counted, paused, refused.
//!
//! Segments follow each other from the start to the stop without a hole or an overlap, so that what
//! counted and what did not always add up to the whole.

use jiff::{SignedDuration, Timestamp};
use vigie_contract::{RefusedRestoration, StopEvent};

use super::{Replay, Segment, SegmentKind};
use crate::calendar::{Calendar, CalendarError};

/// What each stretch of a replay was on a calendar, in order and without a hole.
pub(super) fn segments(replay: &Replay<'_, '_>, calendar: &Calendar) -> Result<Vec<Segment>, CalendarError> {
    let interruptions = interruptions(replay);
    let mut list = Vec::with_capacity(interruptions.len() * 2 + 1);
    let mut reached = replay.start;
    let mut push = |from: Timestamp, to: Timestamp, kind: SegmentKind| -> Result<(), CalendarError> {
        if from < to {
            list.push(Segment { from, to, kind, open: calendar.open_between(from, to)? });
        }
        Ok(())
    };
    for (from, to, kind) in interruptions {
        push(reached, from, SegmentKind::Counted)?;
        push(from, to, kind)?;
        reached = to;
    }
    push(reached, replay.until, SegmentKind::Counted)?;
    Ok(list)
}

/// Open time that did not count.
#[must_use]
pub fn suspended_time(segments: &[Segment]) -> SignedDuration {
    segments.iter().filter(|s| !s.kind.counts()).fold(SignedDuration::ZERO, |sum, s| sum + s.open)
}

/// Open time that counted.
pub(super) fn counted_time(segments: &[Segment]) -> SignedDuration {
    segments.iter().filter(|s| s.kind.counts()).fold(SignedDuration::ZERO, |sum, s| sum + s.open)
}

/// The stretches of a replay that are not plainly counted, in order and without overlap.
fn interruptions(
    &Replay { book, rule, life, start, until: end }: &Replay<'_, '_>,
) -> Vec<(Timestamp, Timestamp, SegmentKind)> {
    let mut marks = Vec::new();
    if rule.suspends {
        for pause in &life.pauses {
            let known = book.contract.clocks.pauses.iter().find(|p| p.reason == pause.reason);
            let kind = match known {
                Some(p) if p.allowed && (pause.accepted == Some(true) || !p.needs_acceptance) => {
                    SegmentKind::Suspended(pause.reason.clone())
                }
                Some(p) if p.allowed => SegmentKind::NotAccepted(pause.reason.clone()),
                _ => SegmentKind::NotAllowed(pause.reason.clone()),
            };
            marks.push((pause.from, pause.to.unwrap_or(end), kind));
        }
    }
    if rule.stop == StopEvent::Restored {
        let restoration = &book.contract.clocks.restoration;
        for r in &life.restorations {
            if let Some(refused) = r.refused_at {
                let kind = match restoration.refused {
                    RefusedRestoration::Void => SegmentKind::RefusedRestoration,
                    RefusedRestoration::ExcludeValidation => SegmentKind::Validation,
                };
                marks.push((r.at, refused, kind));
            } else if let Some(reopened) = r.reopened_at {
                let kind =
                    if restoration.reopened_counts { SegmentKind::RefusedRestoration } else { SegmentKind::Restored };
                marks.push((r.at, reopened, kind));
            }
        }
    }
    marks.retain(|(from, to, _)| from < to && *to > start && *from < end);
    marks.sort_by_key(|(from, ..)| *from);
    let mut reached = start;
    let mut clear = Vec::with_capacity(marks.len());
    for (from, to, kind) in marks {
        let (from, to) = (from.max(reached), to.min(end));
        if from < to {
            clear.push((from, to, kind));
            reached = to;
        }
    }
    clear
}
