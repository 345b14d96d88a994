//! Rows that look at cases: which cases are theirs, by which clock, and what each case adds.
//!
//! A case is judged by the version of the contract that it keeps; the row is the month's.

use std::sync::Arc;

use jiff::Timestamp;
use num_rational::Ratio;
use vigie_contract::{Attribution, Class, ClockId, Indicator, Label, Measure, Population};

use super::Judge;
use crate::{
    book::{Book, Target},
    calendar::{Calendar, CalendarError},
    clock::{self, ClockRun, binding_start, lateness},
    delay::{micros, open_time, started_steps, started_steps_after},
    fact::History,
    judgement::Item,
    life::Life,
    words,
};

/// An enabled row that looks at cases.
#[derive(Clone, Copy, Debug)]
pub(super) struct CaseRow<'r> {
    indicator: &'r Indicator,
    population: &'r Population,
    clock: &'r ClockId,
}

/// The month's rows that look at cases.
pub(super) fn case_rows<'b>(book: &'b Book) -> Arc<[CaseRow<'b>]> {
    let row = |indicator: &'b Indicator| {
        case_measure(&indicator.measure).map(|(population, clock)| CaseRow { indicator, population, clock })
    };
    book.contract.indicators.iter().filter(|i| i.enabled).filter_map(row).collect()
}

impl Judge<'_> {
    /// Counts a case in each row that it belongs to.
    pub(super) fn take_case(&mut self, history: &History, life: &Life) -> Result<(), CalendarError> {
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
            let Some(calendar) = own.calendar(run.calendar) else { continue };
            self.count(indicator, history, life, run, calendar)?;
        }
        Ok(())
    }

    /// An incident that no clock can start is in no row; it is counted where the reader looks.
    fn without_start(&mut self, history: &History) {
        let first = history.events.first().filter(|e| history.class == Class::Incident && self.in_month(e.at));
        self.unclassified += u64::from(first.is_some());
    }

    /// Adds a case to its row: pending, in time, late, or why it is none of these.
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
        tally.decide(late.then(|| words::late(run, overrun, running.then_some(as_of))), keep, item);
        Ok(())
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
