//! Judging a month: from histories to the 34 rows.
//!
//! A [`Judge`] takes histories one by one, in any order and on several threads (see
//! [`Judge::merge`]), and [`Judge::finish`] gives the [`Judgement`]. It is pure: the same histories,
//! rulebook, month and `as_of` give the same value, whether they come from read tables or an export.
//!
//! Conventions (`docs/decisions/0009-month.md`): a case belongs to the month of its binding clock start
//! (or of its restoration, where the row says so); an obligation to the month in which it falls due; a
//! finding to the month in which a committee confirmed it. A case that is late while still open
//! counts as late; one that is open and in time is pending and counts in no rate yet.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, civil::Date};
use num_rational::Ratio;
use vigie_contract::{Attribution, Class, ClockId, Indicator, Label, Measure, ObligationId, Population, Trigger};

use crate::{
    book::{Book, Rulebook, Target},
    calendar::{Calendar, CalendarError},
    clock::{self, ClockRun, binding_start, lateness},
    delay::{micros, open_time, started_steps, started_steps_after},
    fact::{Fact, History, Subject, split_kind},
    judgement::{Item, Judgement, Month},
    life::Life,
    obligation::{self, Occurrence},
    words,
};

/// Why a month could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// A fact lies outside the years for which calendars are laid out.
    #[error("{subject} cannot be judged")]
    Calendar {
        /// Whose fact.
        subject: Subject,
        /// Why.
        #[source]
        source: CalendarError,
    },
    /// The month has no first instant.
    #[error("the month {0} cannot be placed in the contract's zone")]
    Month(String),
}

/// What a row has seen so far under one key.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// Cases that count, kept or not.
    decided: u64,
    /// Of which in time.
    kept: u64,
    /// Open and in time: not counted yet.
    pending: u64,
    /// Without a target that the contract gives.
    without_target: u64,
    /// Known by a log alone, which does not record what the row is about.
    unrecorded: u64,
    items: Vec<Item>,
    kept_items: Vec<Item>,
}

/// An enabled row that looks at cases.
#[derive(Clone, Copy, Debug)]
struct CaseRow<'r> {
    indicator: &'r Indicator,
    population: &'r Population,
    clock: &'r ClockId,
}

/// An enabled row that looks at an obligation which an event of a subject of that class starts.
#[derive(Clone, Copy, Debug)]
struct DutyRow<'r> {
    indicator: &'r Indicator,
    obligation: &'r ObligationId,
    class: Class,
    major_only: bool,
}

fn case_rows<'b>(book: &'b Book) -> Arc<[CaseRow<'b>]> {
    let row = |indicator: &'b Indicator| {
        case_measure(&indicator.measure).map(|(population, clock)| CaseRow { indicator, population, clock })
    };
    book.contract.indicators.iter().filter(|i| i.enabled).filter_map(row).collect()
}

fn duty_rows(book: &Book) -> Arc<[DutyRow<'_>]> {
    let mut rows = Vec::new();
    for indicator in book.contract.indicators.iter().filter(|i| i.enabled) {
        let Measure::ObligationLateness { obligation, .. } = &indicator.measure else { continue };
        let Some(rule) = book.contract.obligation(obligation) else { continue };
        let Trigger::Event(pattern) = &rule.trigger else { continue };
        let Some((class, _)) = split_kind(&pattern.kind) else { continue };
        rows.push(DutyRow { indicator, obligation, class, major_only: rule.major_only });
    }
    rows.into()
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.decided += other.decided;
        self.kept += other.kept;
        self.pending += other.pending;
        self.without_target += other.without_target;
        self.unrecorded += other.unrecorded;
        self.items.extend(other.items);
        self.kept_items.extend(other.kept_items);
    }
}

/// Takes histories and gives a judgement.
#[derive(Clone, Debug)]
pub struct Judge<'r> {
    rulebook: &'r Rulebook,
    /// The version in force on the first day of the month: its rows are judged.
    book: &'r Book,
    month: Month,
    from: Timestamp,
    to: Timestamp,
    as_of: Timestamp,
    /// The row whose kept cases are wanted too.
    keep_row: Option<u8>,
    /// The enabled rows that look at cases, by the class of these.
    case_rows: Arc<[CaseRow<'r>]>,
    /// The enabled rows that look at an obligation that an event of a subject starts.
    duty_rows: Arc<[DutyRow<'r>]>,
    tallies: BTreeMap<(u8, Option<String>), Tally>,
    occurrences: BTreeMap<Subject, History>,
    unclassified: u64,
}

impl<'r> Judge<'r> {
    /// Begins a month. `as_of` is the instant until which facts are known.
    ///
    /// # Errors
    /// When the month cannot be placed in the contract's zone.
    pub fn new(rulebook: &'r Rulebook, month: Month, as_of: Timestamp) -> Result<Self, JudgeError> {
        let (from, to) = month.bounds(rulebook.zone()).ok_or_else(|| JudgeError::Month(month.to_string()))?;
        let book = rulebook.at(from);
        Ok(Self {
            rulebook,
            book,
            month,
            from,
            to,
            as_of,
            keep_row: None,
            case_rows: case_rows(book),
            duty_rows: duty_rows(book),
            tallies: BTreeMap::new(),
            occurrences: BTreeMap::new(),
            unclassified: 0,
        })
    }

    /// Also keeps the cases of that row that were in time, for a page that lists them all.
    #[must_use]
    pub fn keeping(mut self, row: u8) -> Self {
        self.keep_row = Some(row);
        self
    }

    /// The month's first instant and the next month's.
    #[must_use]
    pub const fn bounds(&self) -> (Timestamp, Timestamp) {
        (self.from, self.to)
    }

    fn in_month(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    fn tally(&mut self, row: u8, key: Option<String>) -> &mut Tally {
        self.tallies.entry((row, key)).or_default()
    }

    /// Takes one history; its events must be in order.
    ///
    /// # Errors
    /// When one of its facts lies outside the years for which calendars are laid out.
    pub fn take(&mut self, history: &History) -> Result<(), JudgeError> {
        let wrap = |source| JudgeError::Calendar { subject: history.subject.clone(), source };
        let life = Life::read(history, self.as_of);
        match history.class {
            Class::Incident | Class::Request | Class::Problem | Class::Change => {
                self.take_case(history, &life).map_err(wrap)?;
            }
            Class::Occurrence => _ = self.occurrences.insert(history.subject.clone(), history.clone()),
            Class::Finding => self.take_finding(history),
            Class::Committee | Class::Action | Class::Order | Class::Document | Class::Deliverable => {}
        }
        if history.class != Class::Occurrence {
            self.take_obligations(history, &life).map_err(wrap)?;
        }
        Ok(())
    }

    /// Joins what another judge of the same month took.
    pub fn merge(&mut self, other: Self) {
        for (key, tally) in other.tallies {
            self.tallies.entry(key).or_default().add(tally);
        }
        self.occurrences.extend(other.occurrences);
        self.unclassified += other.unclassified;
    }

    fn take_case(&mut self, history: &History, life: &Life) -> Result<(), CalendarError> {
        if life.cancelled.is_some() {
            return Ok(());
        }
        let Some(first) = life.candidates.first() else {
            self.without_start(history);
            return Ok(());
        };
        // The version in force when the case was first identified says which start binds; the version
        // in force at that start is the one that the case keeps.
        let Some((index, _)) = binding_start(self.rulebook.at(first.at), history.class, life) else {
            self.without_start(history);
            return Ok(());
        };
        let Some(start) = life.candidates.get(index).map(|c| c.at) else { return Ok(()) };
        let restored = life.restored().map(|r| r.at);
        let confirmed = life.confirmed.as_ref().map(|(at, _)| *at);
        let (from, to) = (self.from, self.to);
        let touches = |at: Option<Timestamp>| at.is_some_and(|at| from <= at && at < to);
        if !touches(Some(start)) && !touches(restored) && !touches(confirmed) {
            return Ok(());
        }
        let own = self.rulebook.at(start);
        if history.class == Class::Incident && !life.classifications.iter().any(|(_, c)| own.priority(c).is_some()) {
            self.unclassified += u64::from(touches(Some(start)));
            return Ok(());
        }
        let as_of = self.as_of;
        // One run by clock, whatever the number of rows that ask for it.
        let mut runs: Vec<(&ClockId, Option<ClockRun<'_>>)> = Vec::with_capacity(2);
        let rows = Arc::clone(&self.case_rows);
        for &CaseRow { indicator, population, clock: clock_id } in
            rows.iter().filter(|r| r.population.class == history.class)
        {
            let belongs = match (&indicator.measure, indicator.attribution) {
                (Measure::CaseOverrun { confirmed_only: true, .. }, _) => touches(confirmed),
                (_, Attribution::Start) => touches(Some(start)),
                (_, Attribution::Restoration) => touches(restored),
            };
            if !belongs {
                continue;
            }
            let Some(rule) = own.clock(clock_id) else { continue };
            if !runs.iter().any(|(id, _)| *id == clock_id) {
                runs.push((clock_id, clock::run(own, rule, history.class, life, as_of)?));
            }
            let Some(run) = runs.iter().find(|(id, _)| *id == clock_id).and_then(|(_, r)| r.as_ref()) else { continue };
            if !run.contractual || !population_holds(population, run) {
                continue;
            }
            let Some((_, calendar)) = own.calendar(run.calendar).map(|c| (run.calendar, c)) else { continue };
            self.count(indicator, history, life, run, calendar)?;
        }
        Ok(())
    }

    /// An incident that no clock can start is in no row; it is counted where the reader looks.
    fn without_start(&mut self, history: &History) {
        let first = history.events.first().filter(|e| history.class == Class::Incident && self.in_month(e.at));
        self.unclassified += u64::from(first.is_some());
    }

    fn count(
        &mut self,
        indicator: &Indicator,
        history: &History,
        life: &Life,
        run: &ClockRun<'_>,
        calendar: &Calendar,
    ) -> Result<(), CalendarError> {
        let (until, as_of) = (run.end.at().unwrap_or(self.as_of), self.as_of);
        let (key, factor) = match &indicator.measure {
            Measure::CaseRate { by_type: true, factor, .. } => {
                (life.classification().and_then(|c| c.item.as_ref()).map(|i| i.0.clone()), factor.0)
            }
            Measure::CaseRate { factor, .. } => (None, factor.0),
            _ => (None, Ratio::from_integer(1)),
        };
        let keep = self.keep_row == Some(indicator.row);
        if clock::is_unrecorded(run.rule, life) {
            self.tally(indicator.row, key).unrecorded += 1;
            return Ok(());
        }
        let Some(target) = &run.target else {
            self.tally(indicator.row, key).without_target += 1;
            return Ok(());
        };
        let (late, overrun) = lateness(calendar, run.start, until, run.elapsed, target, factor)?;
        let running = run.end.at().is_none();
        let allowed = match target.target {
            Target::Open(length) => Some(clock::times(target.penal_threshold.unwrap_or(length), factor)),
            // The due instant was moved by what pauses took; what was allowed was not.
            Target::Civil(_) | Target::Until(_) => {
                let until_due = run.due.and_then(|d| calendar.open_between(run.start, d).ok());
                until_due.map(|d| clock::times(d - clock::suspended_time(&run.segments), factor))
            }
        };
        let steps = match &indicator.measure {
            Measure::CaseOverrun { step, .. } if late => match (open_time(*step), run.due) {
                (Some(open), _) => started_steps(micros(overrun), micros(open)),
                (None, Some(due)) => started_steps_after(due, until, *step, calendar)?,
                (None, None) => 0,
            },
            _ => 0,
        };
        let by_case = matches!(indicator.measure, Measure::CaseOverrun { .. });
        let item = |reason: Label| Item {
            subject: history.subject.clone(),
            points: by_case.then(|| steps.saturating_mul(u64::from(indicator.weight))),
            steps,
            reason,
            priority: run.priority,
            clock: Some(run.rule.id.clone()),
            start: Some(run.start),
            stop: run.end.at(),
            due: run.due,
            elapsed: Some(run.elapsed),
            target: allowed,
        };
        let tally = self.tally(indicator.row, key);
        if running && !late {
            tally.pending += 1;
            return Ok(());
        }
        tally.decided += 1;
        if late {
            let reason = words::late(run, overrun, running.then_some(as_of));
            tally.items.push(item(reason));
        } else {
            tally.kept += 1;
            if keep {
                tally.kept_items.push(item(words::in_time()));
            }
        }
        Ok(())
    }

    /// A finding costs once: at its first confirmation by a committee that the row names.
    fn take_finding(&mut self, history: &History) {
        let known = || history.events.iter().filter(|e| e.at <= self.as_of);
        if known().any(|e| e.fact == Fact::Cancelled) {
            return;
        }
        let book = self.book;
        for indicator in book.contract.indicators.iter().filter(|i| i.enabled) {
            let Measure::ConfirmedFindings { committees } = &indicator.measure else { continue };
            let confirmation = known().find_map(|e| match &e.fact {
                Fact::Confirmed { committee } if committees.contains(committee) => Some((e.at, committee)),
                _ => None,
            });
            let Some((at, committee)) = confirmation.filter(|(at, _)| self.in_month(*at)) else { continue };
            let item = Item {
                subject: history.subject.clone(),
                points: Some(u64::from(indicator.weight)),
                steps: 1,
                reason: words::confirmed(book, committee),
                priority: None,
                clock: None,
                start: Some(at),
                stop: None,
                due: None,
                elapsed: None,
                target: None,
            };
            let tally = self.tallies.entry((indicator.row, None)).or_default();
            tally.decided += 1;
            tally.items.push(item);
        }
    }

    fn take_obligations(&mut self, history: &History, life: &Life) -> Result<(), CalendarError> {
        let as_of = self.as_of;
        let rows = Arc::clone(&self.duty_rows);
        for &DutyRow { indicator, obligation, major_only, .. } in rows.iter().filter(|r| r.class == history.class) {
            // Most incidents are not major: a look spares them the rest.
            if major_only && !self.book.may_be_major(life) {
                continue;
            }
            let Some((book, occurrence)) = self.occurrence(obligation, history, life)? else { continue };
            if !self.in_month(occurrence.belongs_at()) {
                continue;
            }
            if major_only && !clock::is_major(book, history.class, life, as_of)? {
                continue;
            }
            if occurrence.fulfilled.is_none() && life.log_only {
                self.tally(indicator.row, None).unrecorded += 1;
                continue;
            }
            self.count_occurrence(indicator, book, &occurrence)?;
        }
        Ok(())
    }

    /// What an obligation makes of a history, by the version in force when it was triggered.
    fn occurrence(
        &self,
        obligation: &ObligationId,
        history: &History,
        life: &Life,
    ) -> Result<Option<(&'r Book, Occurrence)>, CalendarError> {
        let mut book = self.book;
        // The version says what the trigger is, and the trigger says which version: twice is enough.
        for _ in 0..2 {
            let Some(rule) = book.contract.obligation(obligation) else { return Ok(None) };
            let Some(occurrence) = obligation::of_history(book, rule, history, life, self.as_of)? else {
                return Ok(None);
            };
            let own: &'r Book = self.rulebook.at(occurrence.trigger);
            if std::ptr::eq(own, book) {
                return Ok(Some((book, occurrence)));
            }
            book = own;
        }
        let Some(rule) = book.contract.obligation(obligation) else { return Ok(None) };
        Ok(obligation::of_history(book, rule, history, life, self.as_of)?.map(|o| (book, o)))
    }

    fn count_occurrence(
        &mut self,
        indicator: &Indicator,
        book: &Book,
        occurrence: &Occurrence,
    ) -> Result<(), CalendarError> {
        let Measure::ObligationLateness { step, .. } = &indicator.measure else { return Ok(()) };
        let calendar = book.contract.obligation(&occurrence.obligation).and_then(|o| book.calendar(&o.due.calendar));
        let Some(calendar) = calendar else { return Ok(()) };
        let as_of = self.as_of;
        let keep = self.keep_row == Some(indicator.row);
        let late = occurrence.is_late(as_of);
        let until = occurrence.fulfilled.unwrap_or(as_of);
        let steps = if late { started_steps_after(occurrence.due, until, *step, calendar)? } else { 0 };
        let item = |reason: Label| Item {
            subject: occurrence.subject.clone(),
            points: Some(steps.saturating_mul(u64::from(indicator.weight))),
            steps,
            reason,
            priority: None,
            clock: None,
            start: Some(occurrence.trigger),
            stop: occurrence.fulfilled,
            due: Some(occurrence.due),
            elapsed: None,
            target: None,
        };
        let tally = self.tally(indicator.row, None);
        if occurrence.is_pending(as_of) {
            tally.pending += 1;
            return Ok(());
        }
        tally.decided += 1;
        if late {
            tally.items.push(item(words::occurrence_late(occurrence, as_of)));
        } else {
            tally.kept += 1;
            if keep {
                tally.kept_items.push(item(words::in_time()));
            }
        }
        Ok(())
    }

    /// The occurrences of recurring obligations, once all histories are in.
    fn take_recurring(&mut self) -> Result<(), JudgeError> {
        let book = self.book;
        let occurrences = std::mem::take(&mut self.occurrences);
        for indicator in book.contract.indicators.iter().filter(|i| i.enabled) {
            let Measure::ObligationLateness { obligation, .. } = &indicator.measure else { continue };
            let Some(rule) =
                book.contract.obligation(obligation).filter(|r| matches!(r.trigger, Trigger::Recurrence(_)))
            else {
                continue;
            };
            let Some(anchor) = anchor(book, obligation, &occurrences) else { continue };
            let wrap = |source| JudgeError::Calendar { subject: Subject(format!("occurrence/{obligation}")), source };
            // A day before, for what falls due after its date; the month of the due instant decides.
            let day = |at: Timestamp| at.to_zoned(book.zone().clone()).date();
            let range = (day(self.from).saturating_sub(jiff::Span::new().days(62)), day(self.to));
            let list =
                obligation::recurring(book, rule, anchor, range, self.as_of, |s| occurrences.get(s)).map_err(wrap)?;
            for mut occurrence in list {
                let own: &'r Book = self.rulebook.at(occurrence.trigger);
                if !std::ptr::eq(own, book) {
                    // The version in force on that date says when it falls due.
                    let Some(rule) = own.contract.obligation(obligation) else { continue };
                    let date = day(occurrence.trigger);
                    let dates = (date, date.tomorrow().unwrap_or(date));
                    let same = obligation::recurring(own, rule, anchor, dates, self.as_of, |s| occurrences.get(s));
                    let Some(under_own) = same.map_err(wrap)?.pop() else { continue };
                    occurrence = under_own;
                }
                if self.in_month(occurrence.belongs_at()) {
                    self.count_occurrence(indicator, own, &occurrence).map_err(wrap)?;
                }
            }
        }
        Ok(())
    }

    /// Gives the judgement.
    ///
    /// # Errors
    /// When a recurring obligation falls outside the years for which calendars are laid out.
    pub fn finish(mut self) -> Result<Judgement, JudgeError> {
        self.take_recurring()?;
        let book = self.book;
        let mut indicators = Vec::with_capacity(book.contract.indicators.len());
        for indicator in &book.contract.indicators {
            let row = indicator.row;
            let mut keys: Vec<_> = self.tallies.keys().filter(|(r, _)| *r == row).cloned().collect();
            if result::missing_value(book, indicator).is_some()
                && keys.iter().all(|k| self.tallies.get(k).is_none_or(|t| t.decided == 0))
            {
                // The contract lacks the value for every type: said once, not once for each type.
                let mut whole = Tally::default();
                keys.drain(..).filter_map(|k| self.tallies.remove(&k)).for_each(|t| whole.add(t));
                indicators.push(result::result(book, indicator, None, whole));
                continue;
            }
            if keys.is_empty() {
                indicators.push(result::result(book, indicator, None, Tally::default()));
            }
            for key in keys {
                let tally = self.tallies.remove(&key).unwrap_or_default();
                indicators.push(result::result(book, indicator, key.1, tally));
            }
        }
        let total_points = indicators.iter().map(|i| i.points).sum();
        Ok(Judgement {
            contract: book.contract.frame.id.clone(),
            version: book.version.clone(),
            month: self.month,
            as_of: self.as_of,
            total_points,
            unclassified: self.unclassified,
            indicators,
        })
    }
}

const fn case_measure(measure: &Measure) -> Option<(&Population, &ClockId)> {
    match measure {
        Measure::CaseOverrun { population, clock, .. } | Measure::CaseRate { population, clock, .. } => {
            Some((population, clock))
        }
        Measure::ObligationLateness { .. } | Measure::ConfirmedFindings { .. } => None,
    }
}

fn population_holds(population: &Population, run: &ClockRun<'_>) -> bool {
    let by_priority =
        population.priorities.is_empty() || run.priority.is_some_and(|p| population.priorities.contains(&p));
    by_priority && population.major.is_none_or(|major| major == run.major)
}

/// From when a recurring obligation is counted: the contract's start, else the first occurrence that
/// the journal knows of. Without either there is nothing to judge: no month of a journal that never
/// heard of the duty is late.
fn anchor(book: &Book, obligation: &ObligationId, occurrences: &BTreeMap<Subject, History>) -> Option<Date> {
    let prefix = format!("occurrence/{obligation}/");
    let first = occurrences.keys().filter_map(|s| s.0.strip_prefix(&prefix)).filter_map(|d| d.parse().ok()).min();
    match (book.contract.frame.start, first) {
        (Some(start), _) => Some(start),
        (None, first) => first,
    }
}

mod result;
#[cfg(test)]
mod tests;
