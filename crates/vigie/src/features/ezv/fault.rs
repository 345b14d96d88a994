//! What goes wrong with one ticket or one case of the link: it is set aside, and the others go on.
//!
//! MUST NOT take trouble of our own database for trouble of a ticket: that ends the round.

use vigie_links::ezv::EzvError;
use vigie_store::{JournalError, WriteError};

use super::LinkError;
use crate::{
    app::refused,
    features::desk::{CaseError, DeskError},
    record::RecordError,
};

/// Why something was not done for one ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// In words, on one line.
    pub(super) said: String,
    /// The same may go well later without anybody changing anything.
    pub(super) is_passing: bool,
    /// EZV itself may be in trouble, not this ticket alone.
    pub(super) is_doubtful: bool,
}

impl From<EzvError> for Fault {
    fn from(error: EzvError) -> Self {
        let rights = matches!(error, EzvError::Refused { status: 401 | 403, .. });
        let is_passing = error.is_passing();
        Self { said: chain(&error), is_passing, is_doubtful: is_passing || rights }
    }
}

/// Sorts a refusal of a unit of work: the ticket's, or the store's, which nothing here can mend.
pub(super) fn sorted<T>(written: Result<T, WriteError<LinkError>>) -> anyhow::Result<Result<T, Fault>> {
    match written {
        Ok(done) => Ok(Ok(done)),
        Err(WriteError::Unit(error)) if !is_of_the_store(&error) => {
            Ok(Err(Fault { said: chain(&error), is_passing: false, is_doubtful: false }))
        }
        Err(error) => Err(refused(error)),
    }
}

fn is_of_the_store(error: &LinkError) -> bool {
    let journal = |error: &JournalError| matches!(error, JournalError::Store(_));
    let record = |error: &RecordError| match error {
        RecordError::Store(_) => true,
        RecordError::Journal(error) => journal(error),
        _ => false,
    };
    match error {
        LinkError::Store(_) | LinkError::TakenOver | LinkError::Case(CaseError::Store(_)) => true,
        LinkError::Journal(error) => journal(error),
        LinkError::Record(error) => record(error),
        LinkError::Desk(error) => match error {
            DeskError::Store(_) | DeskError::Case(CaseError::Store(_)) | DeskError::Random => true,
            DeskError::Journal(error) => journal(error),
            DeskError::Record(error) => record(error),
            _ => false,
        },
        LinkError::Case(_) => false,
    }
}

/// An error with its causes, on one line.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text.chars().take(500).collect()
}
