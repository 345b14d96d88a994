//! A clock, replayed from facts: where it could start and did, what counted, when it was due.
//!
//! Pure and replayable as of any instant: the same history, book and `as_of` give the same run. All
//! candidates are kept and shown, with the due time that each would give; so are the results by each
//! priority that the case held. What binds is the contract's choice, never the screen's.

mod due;
mod priority;
mod segments;
mod start;
mod stop;

use jiff::{SignedDuration, Timestamp};
use num_rational::Ratio;
use vigie_contract::{CalendarId, Class, ClockRule, Coverage, PauseReasonId, Priority, StopEvent};

use self::{
    due::due_over,
    priority::{bind_priority, held_priorities, penal, results},
    segments::{counted_time, segments},
    start::reason_of,
    stop::stop_of,
};
pub use self::{
    due::{lateness, times},
    segments::suspended_time,
    start::binding_start,
    stop::is_unrecorded,
};
use crate::{
    book::{Book, TargetOf, TargetReason},
    calendar::CalendarError,
    fact::Classification,
    life::{Candidate, Life},
};

/// Why a candidate binds or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartReason {
    /// The earliest of the identifications (3.7.1.2 note 1, 3.8).
    Earliest,
    /// The customer opened the case at the desk itself: the desk's stamp counts (3.8).
    DeskDirect,
    /// In EZV and at the desk: EZV's stamp counts (3.8).
    DoubleEntry,
    /// The only one there is.
    Only,
    /// Set aside: the desk's stamp of a case escalated from EZV or identified otherwise.
    DeskSetAside,
    /// Set aside: the customer opened the case at the desk itself.
    NotDesk,
    /// Later than the one that binds.
    Later,
    /// Not a source that the contract counts.
    NotCounted,
}

/// A candidate start with the result that it would give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateRun {
    /// The candidate.
    pub candidate: Candidate,
    /// Whether it is the start of the clock.
    pub binds: bool,
    /// Why.
    pub reason: StartReason,
    /// When the clock would be due from it, at the binding target.
    pub due: Option<Timestamp>,
}

/// What a stretch of time was to a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// It counted.
    Counted,
    /// A pause with an allowed reason, accepted by the customer: it did not count.
    Suspended(PauseReasonId),
    /// A pause whose reason the contract does not allow: it counted.
    NotAllowed(PauseReasonId),
    /// A pause that the customer did not accept: it counted.
    NotAccepted(PauseReasonId),
    /// Restored, then refused: it counted.
    RefusedRestoration,
    /// The customer's time to refuse, which the contract leaves out.
    Validation,
    /// Restored and validated, then opened again: it did not count.
    Restored,
}

impl SegmentKind {
    /// Whether open time of the segment counts.
    #[must_use]
    pub const fn counts(&self) -> bool {
        matches!(self, Self::Counted | Self::NotAllowed(_) | Self::NotAccepted(_) | Self::RefusedRestoration)
    }
}

/// A stretch of time of a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// From.
    pub from: Timestamp,
    /// To.
    pub to: Timestamp,
    /// What it was.
    pub kind: SegmentKind,
    /// Its open time on the clock's calendar, counted or not.
    pub open: SignedDuration,
}

/// The result at one of the priorities that the case held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriorityResult {
    /// Which.
    pub priority: Priority,
    /// Since when it was held.
    pub since: Timestamp,
    /// Its target; none when the contract gives none.
    pub target: Option<TargetOf>,
    /// When it was due at that target.
    pub due: Option<Timestamp>,
    /// Whether it is late at that target.
    pub late: bool,
    /// The target was already exceeded when the priority changed: it stays owed.
    pub owed: bool,
    /// Whether it is the one that binds.
    pub binds: bool,
}

/// How a clock ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It runs.
    Running,
    /// It stopped; for a restoration, not yet validated.
    Stopped(Timestamp),
    /// It stopped and the restoration was validated.
    Validated(Timestamp),
    /// What it waited for never came, and the incident ended: nobody needs to be told any more.
    Moot(Timestamp),
}

impl End {
    /// When it stopped.
    #[must_use]
    pub const fn at(self) -> Option<Timestamp> {
        match self {
            Self::Running => None,
            Self::Stopped(at) | Self::Validated(at) | Self::Moot(at) => Some(at),
        }
    }
}

/// A clock replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockRun<'b> {
    /// Its rule.
    pub rule: &'b ClockRule,
    /// The version of the contract that it keeps.
    pub version: &'b str,
    /// The calendar in which it counts.
    pub calendar: &'b CalendarId,
    /// All candidates, in order of time.
    pub candidates: Vec<CandidateRun>,
    /// The binding start.
    pub start: Timestamp,
    /// The priority that binds, when the class has priorities.
    pub priority: Option<Priority>,
    /// Results at each priority held, in order; one when it never changed.
    pub by_priority: Vec<PriorityResult>,
    /// What each stretch was, in order, from the start to the stop or `as_of`.
    pub segments: Vec<Segment>,
    /// How it ended.
    pub end: End,
    /// Open time counted until the stop or `as_of`.
    pub elapsed: SignedDuration,
    /// The binding target; none when the contract gives none.
    pub target: Option<TargetOf>,
    /// When it is or was due.
    pub due: Option<Timestamp>,
    /// Whether it is late.
    pub late: bool,
    /// Open time counted beyond the target (or its penal threshold).
    pub overrun: SignedDuration,
    /// Whether the delay is contractual (AMB-41).
    pub contractual: bool,
    /// Whether the incident is major.
    pub major: bool,
}

impl ClockRun<'_> {
    /// The instant from which it costs: when it is due, or later when an immediate promise has a
    /// threshold of its own; none when the contract gives no target.
    ///
    /// # Errors
    /// When the calendar is not laid out that far.
    pub fn costs_from(&self, book: &Book) -> Result<Option<Timestamp>, CalendarError> {
        let (Some(target), Some(calendar)) = (&self.target, book.calendar(self.calendar)) else { return Ok(None) };
        if target.penal_threshold.is_none() {
            return Ok(self.due);
        }
        due_over(calendar, &self.segments, self.start, &penal(target)).map(Some)
    }
}

/// Replays a clock as of an instant; none when nothing started it or the clock is not of that class,
/// or runs for major incidents only and this is none.
///
/// # Errors
/// When an instant lies outside the years for which calendars are laid out.
pub fn run<'b>(
    book: &'b Book,
    rule: &'b ClockRule,
    class: Class,
    life: &Life,
    as_of: Timestamp,
) -> Result<Option<ClockRun<'b>>, CalendarError> {
    if rule.class != class || (rule.major_only && !book.may_be_major(life)) {
        return Ok(None);
    }
    let Some((index, reason)) = binding_start(book, class, life) else { return Ok(None) };
    let Some(&binding) = life.candidates.get(index) else { return Ok(None) };
    let start = binding.at;
    let end = stop_of(rule, life);
    let until = end.at().unwrap_or(as_of).max(start);
    let replay = Replay { book, rule, life, start, until };

    let unclassified = Classification::default();
    let held = held_priorities(&replay);
    let last_class = held.last().map(|h| h.classification).or_else(|| life.classification()).unwrap_or(&unclassified);
    let Some((calendar_id, calendar)) = book.calendar_of(rule, held.last().map(|h| h.priority)) else {
        return Ok(None);
    };
    let list = segments(&replay, calendar)?;
    let mut by_priority = results(&replay, &held, calendar, &list)?;
    let bound = bind_priority(book.contract.clocks.priority_change.binding, &mut by_priority);
    let binding_priority = bound.map(|r| r.priority);
    let target = match bound {
        Some(result) => result.target.clone(),
        None => book.target(rule, None, last_class, life.agreed),
    };
    let binding_class = bound
        .and_then(|r| held.iter().find(|h| h.priority == r.priority && h.since == r.since))
        .map_or(last_class, |h| h.classification);
    let (calendar_id, calendar, list) = match binding_priority.and_then(|p| book.calendar_of(rule, Some(p))) {
        Some((id, cal)) if !std::ptr::eq(cal, calendar) => (id, cal, segments(&replay, cal)?),
        _ => (calendar_id, calendar, list),
    };
    let major = class == Class::Incident && book.is_major(binding_priority, life);
    if rule.major_only && !major {
        return Ok(None);
    }

    let elapsed = counted_time(&list);
    let (mut due, mut late, mut overrun) = (None, false, SignedDuration::ZERO);
    if let Some(target) = &target {
        due = Some(due_over(calendar, &list, start, target)?);
        (late, overrun) = lateness(calendar, start, until, elapsed, target, Ratio::from_integer(1))?;
    }
    let mut candidates = Vec::with_capacity(life.candidates.len());
    for (i, candidate) in life.candidates.iter().enumerate() {
        let binds = i == index;
        let due_from = match &target {
            Some(_) if binds => due,
            Some(target) => Some(due_over(calendar, &list, candidate.at, target)?),
            None => None,
        };
        let why = if binds { reason } else { reason_of(book, reason, &binding, candidate) };
        candidates.push(CandidateRun { candidate: *candidate, binds, reason: why, due: due_from });
    }
    Ok(Some(ClockRun {
        rule,
        version: &book.version,
        calendar: calendar_id,
        candidates,
        start,
        priority: binding_priority,
        by_priority,
        segments: list,
        end,
        elapsed,
        target,
        due,
        late,
        overrun,
        contractual: book.coverage(binding_class) == Coverage::Full,
        major,
    }))
}

/// Whether an incident is major at the priority that binds on its restoration clock: the one answer for
/// indicators, obligations and lists.
///
/// # Errors
/// When an instant lies outside the years for which calendars are laid out.
pub fn is_major(book: &Book, class: Class, life: &Life, as_of: Timestamp) -> Result<bool, CalendarError> {
    if !book.may_be_major(life) {
        return Ok(false);
    }
    Ok(restoration(book, class, life, as_of)?.is_some_and(|r| r.major))
}

/// The clock that counts until the service works again, the first of the contract for that class.
///
/// # Errors
/// When an instant lies outside the years for which calendars are laid out.
pub fn restoration<'b>(
    book: &'b Book,
    class: Class,
    life: &Life,
    as_of: Timestamp,
) -> Result<Option<ClockRun<'b>>, CalendarError> {
    let mut clocks = book.contract.clocks.clocks.iter();
    match clocks.find(|c| c.class == class && c.stop == StopEvent::Restored) {
        Some(rule) => run(book, rule, class, life, as_of),
        None => Ok(None),
    }
}

/// Whether the target comes from REQ16 or REQ17.
#[must_use]
pub fn is_cercle0_target(target: Option<&TargetOf>) -> bool {
    target.is_some_and(|t| t.reason == TargetReason::Cercle0)
}

/// One clock of one life from its binding start to its stop or `as_of`: what each room looks at.
struct Replay<'b, 'l> {
    book: &'b Book,
    rule: &'b ClockRule,
    life: &'l Life,
    start: Timestamp,
    until: Timestamp,
}

#[cfg(test)]
mod tests;
