//! What fires: warnings before a delay ends, and escalations when it has.
//!
//! A firing is found by replaying a case as somebody would have watched it: after each of its events the
//! contract's rules say when they would fire, and whatever comes before the next event fires. What fired
//! stays so, whatever moves the delay afterwards, and its key tells it for ever: a job that writes down
//! the keys fires each once and only once, however often and from however many nodes it asks.
//!
//! Whom a role or a team is on a given night, and by which device they are reached, is not known here.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use num_rational::Ratio;
use vigie_contract::{
    CalendarSource, Class, ClockId, ClockRule, Comparison, DelayKind, Direction, Escalation, Label, Moment, Obligation,
    ObligationId, Priority, StopEvent, TargetRule, Trigger, Unless, Watched,
};

use crate::{
    book::{Book, Target},
    calendar::{Calendar, CalendarError},
    clock::{self, ClockRun, times},
    delay::instant_after,
    fact::{Fact, History},
    life::Life,
    major, obligation, third,
};

/// A warning or an escalation that fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing<'b> {
    /// Tells it from all others for ever; the same however often it is asked for.
    pub key: String,
    /// When it fires.
    pub at: Timestamp,
    /// The rule, which says who hears and by what.
    pub rule: &'b Escalation,
    /// When what it is about is due.
    pub due: Timestamp,
    /// The priority at which it fires, when the case has one.
    pub priority: Option<Priority>,
    /// The obligation, when it is about one.
    pub obligation: Option<&'b ObligationId>,
}

/// All that fires on a case after `from` and up to `to`, in order of time.
///
/// `book` is the version that the case keeps. `progress` are the instants at which the group in charge
/// got on with it, as far as no fact of the history says so: work notes and transfers (AMB-27).
///
/// With a `to` that is still to come it tells what will fire if nothing else happens: a job that keeps the
/// first of those instants with the case need not look at it again before then, or before its next event.
///
/// An event written down late may make something fire at an earlier instant: a job asks from well before
/// its last pass, and lets the keys tell what was fired already.
///
/// # Errors
/// When a calendar is not laid out that far.
pub fn firings<'b>(
    book: &'b Book,
    history: &History,
    progress: &[Timestamp],
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Firing<'b>>, CalendarError> {
    let delays = delay_rules(book);
    let watch = Watch { book, history, delays: &delays };
    let mut instants: Vec<Timestamp> = history.events.iter().map(|e| e.at).filter(|at| *at <= to).collect();
    instants.dedup();
    let mut fired = BTreeSet::new();
    let mut firings = Vec::new();
    for (index, &at) in instants.iter().enumerate() {
        let next = instants.get(index + 1);
        let life = Life::read(history, at);
        for planned in watch.planned(&life, at)? {
            let when = planned.at.max(at);
            if when > to || next.is_some_and(|n| when >= *n) || fired.contains(&planned.key) {
                continue;
            }
            // While a clock stands still its due time goes on moving: it has come only if it still has then.
            if when > at && !watch.planned(&life, when)?.iter().any(|p| p.key == planned.key && p.at <= when) {
                continue;
            }
            let kept_back = planned.rule.unless == Some(Unless::Progress) && got_on(history, &life, progress, when);
            if kept_back {
                continue;
            }
            fired.insert(planned.key.clone());
            if when > from {
                firings.push(Firing { at: when, ..planned });
            }
        }
    }
    firings.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    Ok(firings)
}

/// Whether the group in charge got on with the case since it took it in (AMB-27).
fn got_on(history: &History, life: &Life, progress: &[Timestamp], until: Timestamp) -> bool {
    let Some(taken_in) = life.taken_in else { return false };
    let since = |at: Timestamp| at > taken_in && at <= until;
    let changes_state = |fact: &Fact| {
        matches!(
            fact,
            Fact::Observed { .. }
                | Fact::OwnerNamed
                | Fact::Paused { .. }
                | Fact::Resumed
                | Fact::Restored
                | Fact::RestorationRefused
                | Fact::Reopened
                | Fact::Informed { .. }
        )
    };
    progress.iter().any(|at| since(*at)) || history.events.iter().any(|e| since(e.at) && changes_state(&e.fact))
}

/// One case under watch.
struct Watch<'b, 'h> {
    book: &'b Book,
    history: &'h History,
    /// A clock for each delay of the table that a rule watches.
    delays: &'h [(DelayKind, bool, ClockRule)],
}

impl<'b> Watch<'b, '_> {
    /// When each rule would fire, as far as can be told at an instant.
    fn planned(&self, life: &Life, as_of: Timestamp) -> Result<Vec<Firing<'b>>, CalendarError> {
        let mut planned = Vec::new();
        if life.cancelled.is_some() {
            return Ok(planned);
        }
        let mut runs = Runs { watch: self, life, as_of: just_after(as_of), known: Vec::new() };
        for rule in &self.book.contract.escalations.rules {
            match &rule.on {
                Watched::Clock(id) => {
                    let clock = self.book.clock(id);
                    planned.extend(clock.map(|c| runs.of(c, rule)).transpose()?.flatten());
                }
                Watched::Delay(kind) => {
                    let clock = self.delays.iter().find(|(k, s, _)| k == kind && *s == rule.suspends);
                    planned.extend(clock.map(|(.., c)| runs.of(c, rule)).transpose()?.flatten());
                }
                Watched::FollowUp => planned.extend(self.follow_up(life, as_of, rule)?),
                Watched::Obligations => self.obligations(life, as_of, rule, &mut planned)?,
                Watched::ThirdParty => self.third_parties(life, as_of, rule, &mut planned)?,
            }
        }
        Ok(planned)
    }

    fn follow_up(
        &self,
        life: &Life,
        as_of: Timestamp,
        rule: &'b Escalation,
    ) -> Result<Option<Firing<'b>>, CalendarError> {
        let Some(run) = major::run_of(self.book, self.history, life, just_after(as_of))? else { return Ok(None) };
        let Some(next) = major::follow_up_of(self.book, self.history, &run, as_of)? else { return Ok(None) };
        let wanted = |p| rule.priorities.is_empty() || rule.priorities.contains(&p);
        if !run.priority.is_some_and(wanted) {
            return Ok(None);
        }
        let calendar = run.priority.and_then(|p| major::follow_up_calendar(self.book, p));
        let at = match (rule.at, calendar) {
            (Moment::Before(delay), Some(calendar)) => before(next.due, delay, calendar)?.max(next.since),
            _ => next.due,
        };
        let key = format!("{} {} {}", self.history.subject, rule.id, next.since);
        Ok(Some(Firing { key, at, rule, due: next.due, priority: run.priority, obligation: None }))
    }

    /// What third parties promised, and when they are to be reminded, while the case is in work.
    fn third_parties(
        &self,
        life: &Life,
        as_of: Timestamp,
        rule: &'b Escalation,
        planned: &mut Vec<Firing<'b>>,
    ) -> Result<(), CalendarError> {
        if life.restored().is_some() {
            return Ok(());
        }
        for clock in third::clocks(self.book, life.progress(), as_of)? {
            let errand = clock.errand;
            let Some(calendar) = self.book.calendar(&clock.support.calendar) else { continue };
            let key = format!("{} {} {} {}", self.history.subject, rule.id, errand.third, errand.asked_at);
            let (key, at, due) = match (rule.at, clock.due, clock.remind_at) {
                _ if errand.solved_at.is_some() => continue,
                (Moment::Reminders, _, Some(at)) => (format!("{key} {at}"), at, at),
                (Moment::Before(delay), Some(due), _) => (key, before(due, delay, calendar)?.max(errand.asked_at), due),
                (Moment::Due | Moment::Share(_), Some(due), _) => (key, due, due),
                _ => continue,
            };
            planned.push(Firing { key, at, rule, due, priority: None, obligation: None });
        }
        Ok(())
    }

    fn obligations(
        &self,
        life: &Life,
        as_of: Timestamp,
        rule: &'b Escalation,
        planned: &mut Vec<Firing<'b>>,
    ) -> Result<(), CalendarError> {
        for owed in self.book.contract.obligations.iter().filter(|o| starts_on(o, self.history.class)) {
            let Some(occurrence) = obligation::of_history(self.book, owed, self.history, life, as_of)? else {
                continue;
            };
            if occurrence.fulfilled.is_some()
                || (owed.major_only && !clock::is_major(self.book, self.history.class, life, just_after(as_of))?)
            {
                continue;
            }
            let Some(calendar) = self.book.calendar(&owed.due.calendar) else { continue };
            let key = format!("{} {} {} {}", self.history.subject, rule.id, owed.id, occurrence.trigger);
            let due = occurrence.due;
            let mut plan = |key: String, at: Timestamp| {
                planned.push(Firing { key, at, rule, due, priority: None, obligation: Some(&owed.id) });
            };
            match rule.at {
                Moment::Reminders => {
                    for reminder in &owed.reminders {
                        plan(format!("{key} {reminder}"), before(due, *reminder, calendar)?);
                    }
                }
                Moment::Before(delay) => plan(key, before(due, delay, calendar)?),
                Moment::Due | Moment::Share(_) => plan(key, due),
            }
        }
        Ok(())
    }
}

/// The clocks of a case as of an instant, each replayed once.
struct Runs<'w, 'b, 'h> {
    watch: &'w Watch<'b, 'h>,
    life: &'w Life,
    as_of: Timestamp,
    known: Vec<(ClockId, Option<ClockRun<'w>>)>,
}

impl<'w, 'b> Runs<'w, 'b, '_> {
    /// When a rule that watches a clock would fire; none when the clock does not run, or not for it.
    fn of(&mut self, clock: &'w ClockRule, rule: &'b Escalation) -> Result<Option<Firing<'b>>, CalendarError> {
        let history = self.watch.history;
        let book: &'w Book = self.watch.book;
        if clock.class != history.class || clock::is_unrecorded(clock, self.life) {
            return Ok(None);
        }
        if !self.known.iter().any(|(id, _)| *id == clock.id) {
            let run = clock::run(book, clock, history.class, self.life, self.as_of)?;
            self.known.push((clock.id.clone(), run));
        }
        let Some(run) = self.known.iter().find(|(id, _)| *id == clock.id).and_then(|(_, run)| run.as_ref()) else {
            return Ok(None);
        };
        let wanted = rule.priorities.is_empty() || run.priority.is_some_and(|p| rule.priorities.contains(&p));
        if run.end.at().is_some() || !wanted || (rule.major_only && !run.major) {
            return Ok(None);
        }
        let (Some(due), Some(calendar)) = (run.costs_from(book)?, book.calendar(run.calendar)) else {
            return Ok(None);
        };
        let at = match rule.at {
            Moment::Due | Moment::Reminders => due,
            Moment::Before(delay) => before(due, delay, calendar)?,
            Moment::Share(share) => {
                calendar.sub(due, times(whole(run, due, calendar)?, Ratio::from_integer(1) - share.0))?
            }
        };
        let priority = run.priority.map_or_else(|| "-".to_owned(), |p| p.to_string());
        let key = format!("{} {} {priority}", history.subject, rule.id);
        Ok(Some(Firing { key, at: at.max(run.start), rule, due, priority: run.priority, obligation: None }))
    }
}

/// The first instant after an event: a clock asked at the very instant of a new priority still runs on
/// the one before.
fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_micros(1)).unwrap_or(at)
}

/// The open time that a run has in all.
fn whole(run: &ClockRun<'_>, due: Timestamp, calendar: &Calendar) -> Result<SignedDuration, CalendarError> {
    match &run.target {
        Some(target) => match target.target {
            Target::Open(length) => Ok(target.penal_threshold.unwrap_or(length)),
            Target::Civil(_) | Target::Until(_) => calendar.open_between(run.start, due),
        },
        None => Ok(SignedDuration::ZERO),
    }
}

fn before(due: Timestamp, delay: vigie_contract::Delay, calendar: &Calendar) -> Result<Timestamp, CalendarError> {
    instant_after(due, delay, Direction::Before, Comparison::Strict, calendar)
}

/// Whether an event of such a case may start an obligation: a cheap no.
fn starts_on(obligation: &Obligation, class: Class) -> bool {
    match &obligation.trigger {
        Trigger::Event(pattern) => crate::fact::split_kind(&pattern.kind).is_some_and(|(wanted, _)| wanted == class),
        Trigger::Recurrence(_) => false,
    }
}

/// For each delay of the table that a rule watches, a clock that counts it from the start of an incident
/// until it is restored, in the take-in window of the priority (annex A of the register: P1 at any hour).
fn delay_rules(book: &Book) -> Vec<(DelayKind, bool, ClockRule)> {
    let mut rules: Vec<(DelayKind, bool, ClockRule)> = Vec::new();
    for rule in &book.contract.escalations.rules {
        let Watched::Delay(kind) = rule.on else { continue };
        if rules.iter().any(|(k, s, _)| *k == kind && *s == rule.suspends) {
            continue;
        }
        let table = book.contract.priorities.delays.iter().filter(|d| d.kind == kind);
        let clock = ClockRule {
            id: ClockId(format!("{kind:?} {}", rule.suspends)),
            class: Class::Incident,
            stop: StopEvent::Restored,
            target: TargetRule::ByPriority(table.map(|d| (d.priority, d.value)).collect()),
            calendar: CalendarSource::TakeIn,
            // "J+2" at the same time of day (AMB-26).
            comparison: Comparison::Strict,
            suspends: rule.suspends,
            major_only: false,
            clause: rule.clause.clone(),
            label: Label::default(),
            from: None,
            to: None,
            doubts: Vec::new(),
            choice: None,
        };
        rules.push((kind, rule.suspends, clock));
    }
    rules
}

#[cfg(test)]
mod tests;
