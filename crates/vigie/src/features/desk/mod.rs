//! Cases: how they are opened and worked, their histories and clocks, and the logs from which others are
//! taken in.

pub mod act;
pub mod admit;
pub(crate) mod api;
mod form_words;
mod heard;
pub mod import;
mod join;
pub mod open;
pub mod rim;
pub mod saved;
pub mod seat;
pub mod session;
pub mod sheet;
mod step_words;
pub mod store;
pub mod tasks;
pub mod together;
pub mod view;
pub mod web;
pub mod words;

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;
use vigie_contract::{Class, TargetRule};
use vigie_rules::{
    book::{Book, Rulebook},
    calendar::CalendarError,
    clock::{self, ClockRun},
    desk::{Act, Refusal},
    fact::{History, Subject},
    life::Life,
    report::ReportRefusal,
    timeline::{self, TimelineError},
};
use vigie_store::{JournalError, Row, StoreError, Tx, Values};

use super::post::PostError;
use crate::record::RecordError;
pub(crate) use heard::{MENTIONED, NEWS};

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

/// Why a case was not opened, or nothing was done to it. Nothing was kept then.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The entries were refused.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The journal refused; [`JournalError::Stale`] when somebody was quicker.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its kept history cannot be read.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The act may not follow.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The report of a major incident may not be written or sent.
    #[error(transparent)]
    Report(#[from] ReportRefusal),
    /// No case has that number.
    #[error("there is no case {0}")]
    Unknown(String),
    /// Words are missing.
    #[error("words are missing: a title to open a case, a reason where the act needs one")]
    Wordless,
    /// Too many words.
    #[error("`{field}` is {found} characters long; at most {limit} are kept")]
    TooLong {
        /// Which.
        field: &'static str,
        /// How many characters.
        found: usize,
        /// How many at most.
        limit: usize,
    },
    /// The particulars are those of another act.
    #[error("the particulars given are not those of `{0}`")]
    Detail(Act),
    /// It cannot have happened then.
    #[error("{at} is before the case was opened, or is still to come")]
    When {
        /// When it is said to have happened.
        at: Timestamp,
    },
    /// What people said cannot be packed.
    #[error("what was said cannot be packed")]
    Texts(#[source] serde_json::Error),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes for a salt")]
    Random,
    /// A due time lies outside the years for which calendars are laid out.
    #[error("the delay ends outside the years for which calendars are laid out")]
    Uncounted,
    /// What is done to a session may not follow.
    #[error(transparent)]
    Session(#[from] vigie_rules::sitting::Refused),
    /// What was to leave by mail could not be ordered.
    #[error("what was to leave by mail could not be ordered")]
    Post(#[source] Box<PostError>),
    /// An entry is known by its id and cannot be found.
    #[error("entry {0} is known and cannot be read")]
    Lost(Uuid),
}

/// The history of a case by its number, or by its whole subject; none when nobody has heard of it.
///
/// # Errors
/// When the store does not answer.
pub fn history(tx: &mut Tx<'_>, number: &str) -> Result<Option<History>, CaseError> {
    let sql = "SELECT subject, class, timeline FROM history WHERE number = $1 OR subject = $1 ORDER BY subject LIMIT 1";
    let found = tx.query_opt(sql, &[number.into()], packed)?;
    found.map(|(subject, class, bytes)| Ok(timeline::decode(Subject(subject), class, &bytes)?)).transpose()
}

/// The histories of these subjects, by subject; one of which nothing is known is left out.
///
/// # Errors
/// As [`history`].
pub fn histories_of(tx: &mut Tx<'_>, subjects: &[&str]) -> Result<HashMap<String, History>, CaseError> {
    let mut found = Vec::with_capacity(subjects.len());
    tx.query_in("SELECT subject, class, timeline FROM history WHERE subject", Values::Texts(subjects), |row| {
        found.push(packed(row)?);
        Ok(())
    })?;
    let read =
        |(subject, class, bytes): Packed| Ok((subject.clone(), timeline::decode(Subject(subject), class, &bytes)?));
    found.into_iter().map(read).collect()
}

/// A history as its row has it.
type Packed = (String, Class, Vec<u8>);

fn packed(row: &Row<'_>) -> Result<Packed, StoreError> {
    let class = row.text(1)?;
    let class = Class::from_name(class)
        .ok_or_else(|| StoreError::unreadable("the class of a history", format!("`{class}` is not one")))?;
    Ok((row.text(0)?.to_owned(), class, row.blob(2)?.to_vec()))
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
