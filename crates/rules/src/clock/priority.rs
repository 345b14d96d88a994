//! The priorities that a case held while a clock ran, what each of them owes, and which one binds.
//!
//! A result is kept for each, so that a screen shows what every choice of the contract would give.

use jiff::Timestamp;
use num_rational::Ratio;
use vigie_contract::{Priority, PriorityBinding};

use super::{
    PriorityResult, Replay, Segment,
    due::{due_over, lateness},
    segments::{counted_time, segments},
};
use crate::{
    book::{Target, TargetOf},
    calendar::{Calendar, CalendarError},
    fact::Classification,
};

/// A priority as it was held, with the classification that gave it.
#[derive(Clone, Copy)]
pub(super) struct Held<'l> {
    pub(super) priority: Priority,
    pub(super) since: Timestamp,
    pub(super) classification: &'l Classification,
}

/// What was held during a replay, in order. A new element begins whenever the priority, the target or
/// the coverage changes; what is said after the clock stopped changes nothing.
pub(super) fn held_priorities<'l>(&Replay { book, rule, life, start, until }: &Replay<'_, 'l>) -> Vec<Held<'l>> {
    let mut held: Vec<Held<'l>> = Vec::with_capacity(1);
    let owes = |h: &Held<'_>| {
        (
            h.priority,
            book.coverage(h.classification),
            book.target(rule, Some(h.priority), h.classification, life.agreed),
        )
    };
    for (at, classification) in &life.classifications {
        let Some(priority) = book.priority(classification) else { continue };
        // The first classification counts from the start, even when it was written down later.
        let since = if held.is_empty() { start } else { *at };
        let new = Held { priority, since, classification };
        match held.last_mut() {
            Some(_) if since >= until => {}
            Some(last) if last.since >= since => *last = Held { since: last.since, ..new },
            Some(last) if owes(last) == owes(&new) => last.classification = classification,
            _ => held.push(new),
        }
    }
    held
}

/// The result at each priority held; `list` is what the stretches were on `calendar`, and is laid out
/// anew for a priority that counts on another.
pub(super) fn results(
    replay: &Replay<'_, '_>,
    held: &[Held<'_>],
    calendar: &Calendar,
    list: &[Segment],
) -> Result<Vec<PriorityResult>, CalendarError> {
    let &Replay { book, rule, life, start, until } = replay;
    let mut by_priority = Vec::with_capacity(held.len());
    for (i, h) in held.iter().enumerate() {
        let Some((_, cal)) = book.calendar_of(rule, Some(h.priority)) else { continue };
        let target = book.target(rule, Some(h.priority), h.classification, life.agreed);
        let recounted;
        let counted = if std::ptr::eq(cal.as_ref(), calendar) {
            list
        } else {
            recounted = segments(replay, cal)?;
            &recounted
        };
        let (mut due, mut late, mut owed) = (None, false, false);
        if let Some(target) = &target {
            due = Some(due_over(cal, counted, start, target)?);
            late = lateness(cal, start, until, counted_time(counted), target, Ratio::from_integer(1))?.0;
            // Only a change while the clock ran can leave something owed, and only what it cost by then.
            if let Some(next) = held.get(i + 1).filter(|_| late) {
                owed = due_over(cal, counted, start, &penal(target))? <= next.since;
            }
        }
        by_priority.push(PriorityResult {
            priority: h.priority,
            since: h.since,
            target,
            due,
            late,
            owed,
            binds: false,
        });
    }
    Ok(by_priority)
}

/// Marks the result that binds, and gives it.
pub(super) fn bind_priority(rule: PriorityBinding, results: &mut [PriorityResult]) -> Option<&PriorityResult> {
    let strictest = |r: &&mut PriorityResult| (r.due.is_none(), r.due);
    let binding = match rule {
        PriorityBinding::AtStart => results.first_mut(),
        PriorityBinding::Latest => results.last_mut(),
        PriorityBinding::Strictest => results.iter_mut().min_by_key(strictest),
        PriorityBinding::KeepOwed => {
            let last = results.len().saturating_sub(1);
            let bound = results.iter_mut().enumerate().filter(|(i, r)| r.owed || *i == last).map(|(_, r)| r);
            bound.min_by_key(strictest)
        }
    }?;
    binding.binds = true;
    Some(binding)
}

/// The target from which it costs points: an immediate promise has a threshold of its own.
pub(super) fn penal(target: &TargetOf) -> TargetOf {
    let threshold = target.penal_threshold.map_or(target.target, Target::Open);
    TargetOf { target: threshold, ..target.clone() }
}
