//! Obligations: everything dated that is due, whether a date or an event starts it.
//!
//! An obligation that an event starts is read on the history of one subject: trigger and fulfilment
//! are entries of the same subject, and the last trigger counts (an action whose date was agreed
//! again is due at the new date). A recurring one makes an occurrence for each date of its rule; its
//! fulfilment is an entry of the subject `occurrence/<obligation>/<date>`.

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use vigie_contract::{Comparison, Direction, Due, Obligation, ObligationId, Shift, Trigger};

use crate::{
    book::Book,
    calendar::{Calendar, CalendarError},
    delay::{civil, end_of_day, open_time},
    fact::{History, Subject},
    life::Life,
};

/// One thing due once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Of which obligation.
    pub obligation: ObligationId,
    /// On which subject its entries are.
    pub subject: Subject,
    /// What started it.
    pub trigger: Timestamp,
    /// By when.
    pub due: Timestamp,
    /// Whether exactly then is in time.
    pub comparison: Comparison,
    /// When it was done; absent while it is not.
    pub fulfilled: Option<Timestamp>,
}

impl Occurrence {
    /// Whether it is late as of an instant.
    #[must_use]
    pub fn is_late(&self, as_of: Timestamp) -> bool {
        let done = self.fulfilled.unwrap_or(as_of);
        match self.comparison {
            Comparison::Strict => done >= self.due,
            Comparison::Inclusive => done > self.due,
        }
    }

    /// Whether nothing can be said yet: not done, and not due.
    #[must_use]
    pub fn is_pending(&self, as_of: Timestamp) -> bool {
        self.fulfilled.is_none() && !self.is_late(as_of)
    }

    /// The instant by which it belongs to a period: the last moment at which it could be in time.
    #[must_use]
    pub fn belongs_at(&self) -> Timestamp {
        // The end of the 31st is the first instant of the next month; it belongs to the 31st.
        self.due.checked_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(self.due)
    }
}

/// The subject on which the entries of a recurring occurrence stand.
#[must_use]
pub fn occurrence_subject(obligation: &ObligationId, date: Date) -> Subject {
    Subject(format!("occurrence/{obligation}/{date}"))
}

/// The occurrence that a subject's history makes of an obligation that an event starts; none when
/// nothing started it, or the contract gives no value for its delay. Whether it is owed for major
/// incidents only is for the caller to ask ([`crate::clock::is_major`]), since that costs a clock.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn of_history(
    book: &Book,
    obligation: &Obligation,
    history: &History,
    life: &Life,
    as_of: Timestamp,
) -> Result<Option<Occurrence>, CalendarError> {
    let Trigger::Event(pattern) = &obligation.trigger else { return Ok(None) };
    let known = || history.events.iter().take_while(|e| e.at <= as_of);
    // The end of an incident is the restoration that holds, whatever event made it.
    let restoration = pattern.kind == format!("{}.restored", history.class.name());
    let trigger = if restoration {
        life.restored().map(|r| r.at)
    } else {
        known().filter(|e| e.fact.matches(history.class, pattern)).last().map(|e| e.at)
    };
    let Some(trigger) = trigger else { return Ok(None) };
    if life.cancelled.is_some() {
        return Ok(None);
    }
    let base = if obligation.due.agreed { life.agreed } else { Some(trigger) };
    let Some(calendar) = book.calendar(&obligation.due.calendar) else { return Ok(None) };
    let Some(base) = base else { return Ok(None) };
    let Some(due) = due_after(&obligation.due, base, calendar)? else { return Ok(None) };
    // What must be done before the event may be done long before it.
    let since = if obligation.due.direction == Direction::Before { Timestamp::MIN } else { trigger };
    let fulfilled = fulfilment(obligation, history, since, as_of);
    let comparison = obligation.due.comparison;
    Ok(Some(Occurrence {
        obligation: obligation.id.clone(),
        subject: history.subject.clone(),
        trigger,
        due,
        comparison,
        fulfilled,
    }))
}

/// When all the entries that fulfil it had been made.
fn fulfilment(obligation: &Obligation, history: &History, since: Timestamp, as_of: Timestamp) -> Option<Timestamp> {
    let mut done = None;
    for pattern in &obligation.fulfilled_by {
        let first =
            history.events.iter().find(|e| e.at >= since && e.at <= as_of && e.fact.matches(history.class, pattern))?;
        done = done.max(Some(first.at));
    }
    done
}

/// The occurrences of a recurring obligation on dates in `[from, to)`, counting from `anchor`.
///
/// `history_of` gives the history of an occurrence's subject, if it has one.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn recurring<'h>(
    book: &Book,
    obligation: &Obligation,
    anchor: Date,
    (from, to): (Date, Date),
    as_of: Timestamp,
    history_of: impl Fn(&Subject) -> Option<&'h History>,
) -> Result<Vec<Occurrence>, CalendarError> {
    let Trigger::Recurrence(rule) = &obligation.trigger else { return Ok(Vec::new()) };
    // The contract was checked when it was read: a rule that does not parse has no occurrence.
    let Ok(rule) = rule.parse::<crate::recurrence::Recurrence>() else { return Ok(Vec::new()) };
    let Some(calendar) = book.calendar(&obligation.due.calendar) else { return Ok(Vec::new()) };
    let mut list = Vec::new();
    for date in rule.dates(anchor, from, to) {
        let Ok(start) = date.to_zoned(calendar.zone().clone()) else { continue };
        let due = match obligation.due.offset {
            Some(_) => due_after(&obligation.due, start.timestamp(), calendar)?,
            None => due_on(&obligation.due, date, obligation.due.time, calendar)?,
        };
        let Some(due) = due else { continue };
        let subject = occurrence_subject(&obligation.id, date);
        let fulfilled = history_of(&subject).and_then(|h| fulfilment(obligation, h, Timestamp::MIN, as_of));
        let comparison = obligation.due.comparison;
        list.push(Occurrence {
            obligation: obligation.id.clone(),
            subject,
            trigger: start.timestamp(),
            due,
            comparison,
            fulfilled,
        });
    }
    Ok(list)
}

/// When something is due that starts at `base`; none when the contract gives no value, or when the day
/// is skipped.
fn due_after(due: &Due, base: Timestamp, calendar: &Calendar) -> Result<Option<Timestamp>, CalendarError> {
    let Some(offset) = due.offset else { return Ok(due.agreed.then_some(base)) };
    if let Some(open) = open_time(offset) {
        let at = match due.direction {
            Direction::After => calendar.add(base, open)?,
            Direction::Before => calendar.sub(base, open)?,
        };
        return Ok(Some(at));
    }
    let sign = if due.direction == Direction::Before { -1 } else { 1 };
    let moved = civil(&base.to_zoned(calendar.zone().clone()), offset, sign, calendar)?;
    let time = due.time.or_else(|| (due.comparison == Comparison::Strict).then(|| moved.time()));
    due_on(due, moved.date(), time, calendar)
}

/// The instant on a day, after closed days were dealt with; no time means the end of the day.
fn due_on(due: &Due, day: Date, time: Option<Time>, calendar: &Calendar) -> Result<Option<Timestamp>, CalendarError> {
    let day = match due.shift {
        Shift::None => day,
        _ if calendar.opens_on(day) => day,
        Shift::PreviousWorkingDay => calendar.add_open_days(day, -1)?,
        Shift::NextWorkingDay => calendar.add_open_days(day, 1)?,
        Shift::Skip => return Ok(None),
    };
    let at = day.to_datetime(time.unwrap_or(Time::midnight())).to_zoned(calendar.zone().clone()).ok();
    Ok(at.and_then(|z| if time.is_some() { Some(z.timestamp()) } else { end_of_day(&z) }))
}
