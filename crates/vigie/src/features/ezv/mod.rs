//! The link with EZV, the customer's ITSM: its tickets become cases, our cases have a twin there.
//!
//! What EZV says is kept as facts with their source, and its times are those that count (3.8). What comes
//! from EZV never goes back, and what we did there is not taken for somebody's act when it comes back.
//! [`decide`] says what follows and touches nothing; one node at a time does the rest under a lease.
//! MUST NOT decide what a clock says, and MUST NOT put a secret in a log, an entry or an error.

pub mod compare;
pub mod decide;
pub mod export;
mod intake;
mod outgoing;
mod run;
pub mod settings;
pub mod store;
pub mod view;
pub(crate) mod web;

use std::sync::Arc;

use jiff::tz::TimeZone;
use vigie_links::{ezv::Client, http::AddressError};
use vigie_store::{JournalError, StoreError};

use super::desk::{CaseError, DeskError};
use crate::{app::Vigie, live::new_id, now::now, record::RecordError};
pub use run::{Hearer, Round, serve};
pub use settings::{Settings, SettingsError};

/// Who wrote what came from EZV; such an entry never goes back there.
pub const ACTOR: &str = "ezv";

/// The link on its data. Clones share it.
#[derive(Clone, Debug)]
pub struct Link(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    vigie: Vigie,
    settings: Settings,
    zone: TimeZone,
    client: Client,
    /// One run of one node.
    holder: String,
}

/// Why the link did not do what it had to. Nothing of the unit was kept.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The desk refused.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// A case cannot be read.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The entries were refused.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another node does this work by now.
    #[error("another node has taken this work over")]
    TakenOver,
}

impl Link {
    /// The link of that data with that EZV; nothing is asked yet.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(vigie: Vigie, settings: Settings, zone: TimeZone) -> Result<Self, AddressError> {
        let client = settings.client()?;
        let holder = new_id(now()).to_string();
        Ok(Self(Arc::new(Shared { vigie, settings, zone, client, holder })))
    }

    /// The address of a ticket's page for people.
    #[must_use]
    pub fn page_of(&self, number: &str) -> Option<String> {
        self.0.settings.page_of(number)
    }
}
