//! Rows that look at obligations: those that an event of a subject starts, and those that recur.
//!
//! Both end as occurrences with a due instant, and an occurrence counts the same wherever it is from.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, civil::Date};
use vigie_contract::{Class, Indicator, Label, Measure, ObligationId, Trigger};

use super::{Judge, JudgeError};
use crate::{
    book::Book,
    calendar::CalendarError,
    clock,
    delay::started_steps_after,
    fact::{History, Subject, split_kind},
    judgement::Item,
    life::Life,
    obligation::{self, Occurrence},
    words,
};

/// An enabled row that looks at an obligation which an event of a subject of that class starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct DutyRow<'r> {
    indicator: &'r Indicator,
    obligation: &'r ObligationId,
    class: Class,
    major_only: bool,
}

/// The month's rows that look at an obligation which an event starts.
pub(super) fn duty_rows(book: &Book) -> Arc<[DutyRow<'_>]> {
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

impl<'r> Judge<'r> {
    /// Counts the obligations that a history starts.
    pub(super) fn take_obligations(&mut self, history: &History, life: &Life) -> Result<(), CalendarError> {
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

    /// Adds an occurrence to its row: pending, in time or late.
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
        tally.decide(late.then(|| words::occurrence_late(occurrence, as_of)), keep, item);
        Ok(())
    }

    /// The occurrences of recurring obligations, once all histories are in.
    pub(super) fn take_recurring(&mut self) -> Result<(), JudgeError> {
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
            // Two months before, for what falls due after its date; the month of the due instant decides.
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
