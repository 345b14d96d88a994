//! The dated duties that a case has started: what is due, by when, and what was handed over.

use jiff::Timestamp;
use vigie_contract::{Obligation, Trigger};
use vigie_rules::{
    book::Book,
    clock,
    fact::{History, split_kind},
    life::Life,
    obligation::{self, Occurrence},
};

use super::{head::NextDue, names::Names};

/// The duties of a case as of an instant that are still to be done, or that only a major incident has. One that
/// cannot be reckoned, outside the years for which calendars are laid out, is left out.
pub(super) fn duties<'b>(
    book: &'b Book,
    history: &History,
    life: &Life,
    now: Timestamp,
) -> Vec<(&'b Obligation, Occurrence)> {
    if life.log_only {
        return Vec::new();
    }
    let mut duties = Vec::new();
    for duty in &book.contract.obligations {
        let Trigger::Event(pattern) = &duty.trigger else { continue };
        if split_kind(&pattern.kind).is_none_or(|(class, _)| class != history.class) {
            continue;
        }
        let Ok(Some(occurrence)) = obligation::of_history(book, duty, history, life, now) else { continue };
        let owed = if duty.major_only {
            clock::is_major(book, history.class, life, now).unwrap_or(false)
        } else {
            occurrence.fulfilled.is_none()
        };
        if owed {
            duties.push((duty, occurrence));
        }
    }
    duties
}

/// The same in words.
pub(super) fn owed(names: Names<'_>, book: &Book, history: &History, life: &Life, now: Timestamp) -> Vec<NextDue> {
    let page = names.page;
    let words = |(duty, occurrence): (&Obligation, Occurrence)| {
        let late = occurrence.is_late(now);
        let left = match occurrence.fulfilled {
            Some(at) => page.t1(if late { "owed-done-late" } else { "owed-done" }, "at", page.format.second(at)),
            None => {
                let (from, to) = if late { (occurrence.due, now) } else { (now, occurrence.due) };
                let calendar = book.calendar(&duty.due.calendar);
                let open = calendar.and_then(|c| c.open_between(from, to).ok());
                let length = open.unwrap_or_else(|| to.duration_since(from));
                let length = jiff::SignedDuration::from_mins(length.as_mins());
                page.t1(if late { "due-late-by" } else { "due-left" }, "time", page.format.time(Some(length)))
            }
        };
        NextDue {
            name: page.label(&duty.label).to_owned(),
            at: page.format.second(occurrence.due),
            left,
            late,
            done: occurrence.fulfilled.is_some(),
        }
    };
    duties(book, history, life, now).into_iter().map(words).collect()
}
