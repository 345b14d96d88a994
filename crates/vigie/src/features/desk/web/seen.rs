//! A case as the pages about it see it: what was said, its life as known at an instant, and the version of the
//! contract that binds it.

use std::sync::Arc;

use jiff::Timestamp;
use vigie_rules::{
    book::{Book, Rulebook},
    clock::ClockRun,
    life::Life,
};

use super::{
    case::{load, next_due},
    head::Head,
    names::Names,
    owed::owed,
};
use crate::{
    features::desk::{self, CaseError, rim, view::CaseFile},
    web::{AppState, Failure, Page},
};

/// The case of one page.
pub(super) struct Seen {
    pub(super) file: CaseFile,
    pub(super) life: Life,
    /// As known then.
    pub(super) at: Timestamp,
    rulebook: Arc<Rulebook>,
}

/// What rules cannot tell of a case that is there is no fault of who asks.
fn unexpected(error: CaseError) -> Failure {
    Failure::Unexpected(error.into())
}

impl Seen {
    /// A case that this side may read, as known at that instant.
    pub(super) async fn load(state: &AppState, page: &Page, number: &str, at: Timestamp) -> Result<Self, Failure> {
        let file = load(state, page, number).await?;
        let life = Life::read(&file.history, at);
        Ok(Self { file, life, at, rulebook: state.source.promise().rulebook })
    }

    /// The version of the contract that binds it.
    pub(super) fn book(&self) -> &Book {
        desk::book_of(&self.rulebook, self.file.history.class, &self.life)
    }

    /// The names of that version.
    pub(super) fn names<'a>(&'a self, page: &'a Page) -> Names<'a> {
        Names { page, contract: &self.book().contract }
    }

    /// All of its clocks.
    pub(super) fn runs(&self) -> Result<Vec<ClockRun<'_>>, Failure> {
        desk::clocks(self.book(), &self.file.history, &self.life, self.at).map_err(unexpected)
    }

    /// Whether it is or was a major incident.
    pub(super) fn is_major(&self) -> Result<bool, Failure> {
        rim::is_major(&self.rulebook, &self.file.history, &self.life, self.at).map_err(unexpected)
    }

    /// The head of its page that is shown as `tab`.
    pub(super) fn head(&self, page: &Page, runs: &[ClockRun<'_>], tab: &'static str) -> Head {
        let (names, book) = (self.names(page), self.book());
        let due = next_due(names, book, runs, self.at);
        let owed = owed(names, book, &self.file.history, &self.life, self.at);
        Head::of(names, &self.file, &self.life, book, due, tab).owing(owed)
    }
}
