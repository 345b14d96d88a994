//! Cases: their histories and clocks, and the logs from which they are taken in.

pub mod import;
pub mod view;
pub mod web;
pub mod words;

use jiff::Timestamp;
use vigie_contract::{Class, TargetRule};
use vigie_rules::{
    book::{Book, Rulebook},
    calendar::CalendarError,
    clock::{self, ClockRun},
    fact::{History, Subject},
    life::Life,
    timeline::{self, TimelineError},
};
use vigie_store::{StoreError, Tx};

/// Why a case could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its kept history cannot be read.
    #[error(transparent)]
    Timeline(#[from] TimelineError),
    /// A clock could not be replayed.
    #[error("the clocks of {subject} cannot be replayed")]
    Calendar {
        /// Whose.
        subject: Subject,
        /// Why.
        #[source]
        source: CalendarError,
    },
}

/// The history of a case by its number, or by its whole subject; none when nobody has heard of it.
///
/// # Errors
/// When the store does not answer.
pub fn history(tx: &mut Tx<'_>, number: &str) -> Result<Option<History>, CaseError> {
    let sql = "SELECT subject, class, timeline FROM history WHERE number = $1 OR subject = $1 ORDER BY subject LIMIT 1";
    let found = tx.query_opt(sql, &[number.into()], |row| {
        let class = row.text(1)?;
        let class = Class::from_name(class)
            .ok_or_else(|| StoreError::unreadable("the class of a history", format!("`{class}` is not one")))?;
        Ok((row.text(0)?.to_owned(), class, row.blob(2)?.to_vec()))
    })?;
    found.map(|(subject, class, bytes)| Ok(timeline::decode(Subject(subject), class, &bytes)?)).transpose()
}

/// The version of the contract that a life keeps: the one in force at its binding clock start.
#[must_use]
pub fn book_of<'r>(rulebook: &'r Rulebook, class: Class, life: &Life) -> &'r Book {
    let first = life.candidates.first().map_or(Timestamp::UNIX_EPOCH, |c| c.at);
    let start = clock::binding_start(rulebook.at(first), class, life).and_then(|(i, _)| life.candidates.get(i));
    rulebook.at(start.map_or(first, |c| c.at))
}

/// All clocks of a case as known at an instant.
///
/// # Errors
/// When a fact lies outside the years for which calendars are laid out.
pub fn clocks<'b>(
    book: &'b Book,
    history: &History,
    life: &Life,
    as_of: Timestamp,
) -> Result<Vec<ClockRun<'b>>, CaseError> {
    let wrap = |source| CaseError::Calendar { subject: history.subject.clone(), source };
    let mut runs = Vec::new();
    for rule in &book.contract.clocks.clocks {
        let run = clock::run(book, rule, history.class, life, as_of).map_err(wrap)?;
        // A delay that the table gives to other priorities only ("N/A") is no clock of this case.
        runs.extend(run.filter(|r| r.target.is_some() || !matches!(rule.target, TargetRule::PriorityDelay(_))));
    }
    Ok(runs)
}
