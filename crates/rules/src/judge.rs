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

mod cases;
mod obligations;
mod result;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use vigie_contract::{Class, Label, Measure};

use self::{
    cases::{CaseRow, case_rows},
    obligations::{DutyRow, duty_rows},
};
use crate::{
    book::{Book, Rulebook},
    calendar::CalendarError,
    fact::{Fact, History, Subject},
    judgement::{Item, Judgement, Month},
    life::Life,
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

    /// Counts one that is late, for that reason, or in time; what was in time is an item only where
    /// the row keeps it.
    fn decide(&mut self, late: Option<Label>, keep: bool, item: impl FnOnce(Label) -> Item) {
        self.decided += 1;
        match late {
            Some(reason) => self.items.push(item(reason)),
            None => {
                self.kept += 1;
                if keep {
                    self.kept_items.push(item(words::in_time()));
                }
            }
        }
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

    /// Takes one history; its events must be in order.
    ///
    /// # Errors
    /// When one of its facts lies outside the years for which calendars are laid out.
    pub fn take(&mut self, history: &History) -> Result<(), JudgeError> {
        let wrap = |source| JudgeError::Calendar { subject: history.subject.clone(), source };
        let life = Life::read(history, self.as_of);
        match history.class {
            class if class.is_case() => self.take_case(history, &life).map_err(wrap)?,
            Class::Occurrence => _ = self.occurrences.insert(history.subject.clone(), history.clone()),
            Class::Finding => self.take_finding(history),
            _ => {}
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

    fn in_month(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    fn tally(&mut self, row: u8, key: Option<String>) -> &mut Tally {
        self.tallies.entry((row, key)).or_default()
    }
}

#[cfg(test)]
mod tests;
