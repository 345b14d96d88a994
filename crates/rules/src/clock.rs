//! A clock, replayed from facts: where it could start and did, what counted, when it was due.
//!
//! Pure and replayable as of any instant: the same history, book and `as_of` give the same run. All
//! candidates are kept and shown, with the due time that each would give; so are the results by each
//! priority that the case held. What binds is the contract's choice, never the screen's.

use jiff::{SignedDuration, Timestamp};
use num_rational::Ratio;
use vigie_contract::{
    CalendarId, Class, ClockRule, Comparison, Coverage, DeskDirect, Direction, DoubleEntry, PauseReasonId, Priority,
    PriorityBinding, RefusedRestoration, Source, StopEvent,
};

use crate::{
    book::{Book, Target, TargetOf, TargetReason},
    calendar::{Calendar, CalendarError},
    delay::instant_after,
    fact::{Classification, Document},
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

/// The start of a life's clocks: the binding candidate and why.
#[must_use]
pub fn binding_start(book: &Book, class: Class, life: &Life) -> Option<(usize, StartReason)> {
    let rule = &book.contract.clocks.start;
    let candidates = || life.candidates.iter().enumerate();
    if class != Class::Incident {
        return candidates()
            .next()
            .map(|(i, _)| (i, if life.candidates.len() == 1 { StartReason::Only } else { StartReason::Earliest }));
    }
    let first = |wanted: &dyn Fn(&Candidate) -> bool| {
        candidates().find(|(_, c)| rule.candidates.contains(&c.source) && wanted(c)).map(|(i, _)| i)
    };
    let desk_direct = first(&|c| c.source == Source::Desk && c.direct);
    if rule.desk_direct == DeskDirect::DeskTime && desk_direct.is_some() {
        return desk_direct.map(|i| (i, StartReason::DeskDirect));
    }
    let has = |source: Source| life.candidates.iter().any(|c| c.source == source);
    let double = has(Source::Ezv) && has(Source::Desk);
    if double && rule.double_entry == DoubleEntry::EzvOnly {
        return first(&|c| c.source == Source::Ezv).map(|i| (i, StartReason::DoubleEntry));
    }
    // The desk's stamp does not count when on-site teams escalated the case (3.8); a direct one does.
    let identified = first(&|c| c.source != Source::Desk || c.direct);
    match identified {
        Some(i) if life.candidates.len() == 1 => Some((i, StartReason::Only)),
        Some(i) if double && life.candidates.get(i).is_some_and(|c| c.source == Source::Ezv) => {
            Some((i, StartReason::DoubleEntry))
        }
        Some(i) => Some((i, StartReason::Earliest)),
        // Nothing else identified it: the desk's stamp is all there is.
        None => first(&|_| true).map(|i| (i, StartReason::Only)),
    }
}

fn reason_of(book: &Book, binding: StartReason, start: &Candidate, other: &Candidate) -> StartReason {
    if !book.contract.clocks.start.candidates.contains(&other.source) {
        StartReason::NotCounted
    } else if binding == StartReason::DeskDirect {
        StartReason::NotDesk
    } else if other.source == Source::Desk && !other.direct && start.source != Source::Desk {
        StartReason::DeskSetAside
    } else if other.at < start.at {
        StartReason::DoubleEntry
    } else {
        StartReason::Later
    }
}

/// When the event that stops a clock happened.
fn stop_of(rule: &ClockRule, life: &Life) -> End {
    let plain = |at: Option<Timestamp>| at.map_or(End::Running, End::Stopped);
    let notice = |at: Option<Timestamp>| match (at, life.restored()) {
        (Some(at), _) => End::Stopped(at),
        (None, Some(restoration)) => End::Moot(restoration.at),
        (None, None) => End::Running,
    };
    match rule.stop {
        // Whoever restores a service has taken the case in by then.
        StopEvent::TakenIn => plain(life.taken_in.into_iter().chain(life.restored().map(|r| r.at)).min()),
        StopEvent::Restored => match life.restored() {
            None => End::Running,
            Some(r) if r.validated_at.is_some() => End::Validated(r.at),
            Some(r) => End::Stopped(r.at),
        },
        StopEvent::InformedCustomer => notice(life.informed_customer),
        StopEvent::InformedTaskforce => notice(life.informed_taskforce),
        StopEvent::InformedUsers => notice(life.informed_users),
        StopEvent::OwnerNamed => plain(life.owner_named),
        StopEvent::ProposalAndImpactDelivered => {
            plain(life.delivered(Document::Proposal).zip(life.delivered(Document::Impact)).map(|(a, b)| a.max(b)))
        }
    }
}

/// The stretches of `[start, end)` that are not plainly counted, in order and without overlap.
fn interruptions(
    book: &Book,
    rule: &ClockRule,
    life: &Life,
    start: Timestamp,
    end: Timestamp,
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

fn segments(
    calendar: &Calendar,
    interruptions: Vec<(Timestamp, Timestamp, SegmentKind)>,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<Segment>, CalendarError> {
    let mut list = Vec::with_capacity(interruptions.len() * 2 + 1);
    let mut reached = start;
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
    push(reached, end, SegmentKind::Counted)?;
    Ok(list)
}

/// Where a target leads from a start, over segments: the instant at which it is used up.
fn due_over(
    calendar: &Calendar,
    segments: &[Segment],
    start: Timestamp,
    target: &TargetOf,
) -> Result<Timestamp, CalendarError> {
    match target.target {
        Target::Until(_) | Target::Civil(_) => {
            let base = match target.target {
                Target::Civil(delay) => instant_after(start, delay, Direction::After, target.comparison, calendar)?,
                Target::Until(at) => at,
                Target::Open(_) => start,
            };
            // A date is moved by the open time that accepted pauses took from it.
            let paused = suspended_time(segments);
            if paused.is_zero() { Ok(base) } else { calendar.add(base, paused) }
        }
        Target::Open(length) => {
            let mut left = length;
            let mut from = start;
            // A candidate earlier than the binding start: the time between the two would have counted.
            if let Some(first) = segments.first().filter(|s| s.from > start) {
                let open = calendar.open_between(start, first.from)?;
                if left <= open {
                    return calendar.add(start, left);
                }
                left -= open;
                from = first.from;
            }
            for segment in segments.iter().filter(|s| s.to > start) {
                let clipped = segment.from.max(start);
                if segment.kind.counts() {
                    let open = if clipped == segment.from {
                        segment.open
                    } else {
                        calendar.open_between(clipped, segment.to)?
                    };
                    if left <= open {
                        return calendar.add(clipped, left);
                    }
                    left -= open;
                }
                from = segment.to;
            }
            calendar.add(from, left)
        }
    }
}

/// Whether a run of `elapsed`, ended at `end` (or going on at `as_of`), is late for `factor` times the
/// target, and by how much open time.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn lateness(
    calendar: &Calendar,
    start: Timestamp,
    until: Timestamp,
    elapsed: SignedDuration,
    target: &TargetOf,
    factor: Ratio<i64>,
) -> Result<(bool, SignedDuration), CalendarError> {
    let one = Ratio::from_integer(1);
    let limit = match target.target {
        Target::Open(length) => target.penal_threshold.unwrap_or(length),
        Target::Civil(_) | Target::Until(_) if factor == one => {
            let due = match target.target {
                Target::Until(at) => at,
                Target::Civil(delay) => instant_after(start, delay, Direction::After, target.comparison, calendar)?,
                Target::Open(_) => until,
            };
            // The open time of pauses moves the due instant; what is left is compared as open time.
            let paused = calendar.open_between(start, until)? - elapsed;
            let moved = if paused.is_zero() { due } else { calendar.add(due, paused)? };
            let late = match target.comparison {
                // An inclusive civil delay already ends at the end of its day, which is the next day's start.
                Comparison::Inclusive => until > moved,
                Comparison::Strict => until >= moved,
            };
            let overrun = if until > moved { calendar.open_between(moved, until)? } else { SignedDuration::ZERO };
            return Ok((late, overrun));
        }
        Target::Civil(delay) => {
            let due = instant_after(start, delay, Direction::After, target.comparison, calendar)?;
            calendar.open_between(start, due)?
        }
        Target::Until(at) => calendar.open_between(start, at)?,
    };
    let limit = times(limit, factor);
    let late = match target.comparison {
        Comparison::Strict => elapsed >= limit,
        Comparison::Inclusive => elapsed > limit,
    };
    Ok((late, if elapsed > limit { elapsed - limit } else { SignedDuration::ZERO }))
}

/// A duration times an exact factor, rounded up to the microsecond.
#[must_use]
pub fn times(duration: SignedDuration, factor: Ratio<i64>) -> SignedDuration {
    let (numer, denom) = (i128::from(*factor.numer()), i128::from(*factor.denom()));
    let micros = (duration.as_micros() * numer + denom - 1).div_euclid(denom);
    SignedDuration::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

/// Whether what stops the clock could not have been recorded: the case is known by a log alone.
#[must_use]
pub const fn is_unrecorded(rule: &ClockRule, life: &Life) -> bool {
    life.log_only
        && match rule.stop {
            StopEvent::InformedCustomer => life.informed_customer.is_none(),
            StopEvent::InformedTaskforce => life.informed_taskforce.is_none(),
            StopEvent::InformedUsers => life.informed_users.is_none(),
            StopEvent::OwnerNamed => life.owner_named.is_none(),
            StopEvent::ProposalAndImpactDelivered => life.delivered.is_empty(),
            StopEvent::TakenIn | StopEvent::Restored => false,
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

    let unclassified = Classification::default();
    let held = held_priorities(book, rule, life, start, until);
    let last_class = held.last().map(|h| h.classification).or_else(|| life.classification()).unwrap_or(&unclassified);
    let Some((calendar_id, calendar)) = book.calendar_of(rule, held.last().map(|h| h.priority)) else {
        return Ok(None);
    };
    let list = segments(calendar, interruptions(book, rule, life, start, until), start, until)?;

    let mut by_priority = Vec::with_capacity(held.len());
    for (i, h) in held.iter().enumerate() {
        let Some((_, cal)) = book.calendar_of(rule, Some(h.priority)) else { continue };
        let target = book.target(rule, Some(h.priority), h.classification, life.agreed);
        let recounted;
        let counted = if std::ptr::eq(cal, calendar) {
            &list
        } else {
            recounted = segments(cal, interruptions(book, rule, life, start, until), start, until)?;
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
        Some((id, cal)) if !std::ptr::eq(cal, calendar) => {
            (id, cal, segments(cal, interruptions(book, rule, life, start, until), start, until)?)
        }
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

/// Open time that did not count.
#[must_use]
pub fn suspended_time(segments: &[Segment]) -> SignedDuration {
    segments.iter().filter(|s| !s.kind.counts()).fold(SignedDuration::ZERO, |sum, s| sum + s.open)
}

fn counted_time(segments: &[Segment]) -> SignedDuration {
    segments.iter().filter(|s| s.kind.counts()).fold(SignedDuration::ZERO, |sum, s| sum + s.open)
}

/// A priority as it was held, with the classification that gave it.
#[derive(Clone, Copy)]
struct Held<'l> {
    priority: Priority,
    since: Timestamp,
    classification: &'l Classification,
}

/// What was held from the start until `until`, in order. A new element begins whenever the priority,
/// the target or the coverage changes; what is said after the clock stopped changes nothing.
fn held_priorities<'l>(
    book: &Book,
    rule: &ClockRule,
    life: &'l Life,
    start: Timestamp,
    until: Timestamp,
) -> Vec<Held<'l>> {
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

/// The target from which it costs points: an immediate promise has a threshold of its own.
fn penal(target: &TargetOf) -> TargetOf {
    let threshold = target.penal_threshold.map_or(target.target, Target::Open);
    TargetOf { target: threshold, ..target.clone() }
}

/// Marks the result that binds, and gives it.
fn bind_priority(rule: PriorityBinding, results: &mut [PriorityResult]) -> Option<&PriorityResult> {
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

/// Whether an incident is major at the priority that binds on its restoration clock: the one answer for
/// indicators, obligations and lists.
///
/// # Errors
/// When an instant lies outside the years for which calendars are laid out.
pub fn is_major(book: &Book, class: Class, life: &Life, as_of: Timestamp) -> Result<bool, CalendarError> {
    if !book.may_be_major(life) {
        return Ok(false);
    }
    let mut clocks = book.contract.clocks.clocks.iter();
    let Some(rule) = clocks.find(|c| c.class == class && c.stop == StopEvent::Restored) else { return Ok(false) };
    Ok(run(book, rule, class, life, as_of)?.is_some_and(|r| r.major))
}

/// Whether the target comes from REQ16 or REQ17.
#[must_use]
pub fn is_cercle0_target(target: Option<&TargetOf>) -> bool {
    target.is_some_and(|t| t.reason == TargetReason::Cercle0)
}

#[cfg(test)]
mod tests;
