//! The link with EZV, the customer's ITSM: its tickets become cases, our cases have a twin there.
//!
//! What EZV says is kept as facts with their source, and its times are those that count (3.8). What comes
//! from EZV never goes back, and what we did there is not taken for somebody's act when it comes back.
//! [`decide`] says what follows and touches nothing; one node at a time does the rest under a lease.
//! MUST NOT decide what a clock says, and MUST NOT put a secret in a log, an entry or an error.

pub mod compare;
pub mod decide;
pub mod export;
mod fault;
mod intake;
mod outgoing;
mod run;
pub mod settings;
pub mod store;
pub mod view;
pub(crate) mod web;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{Timestamp, tz::TimeZone};
use vigie_links::{
    ezv::{Client, Stub},
    http::AddressError,
};
use vigie_store::{JournalError, Store, StoreError};

use super::desk::{CaseError, DeskError};
use crate::{app::Vigie, record::RecordError};
pub use run::{Hearer, Round, Under, WORK, serve};
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
    /// Tickets that are not ours, each with its change that said so: a sweep meets the latest again and again.
    passed: Mutex<HashMap<String, Timestamp>>,
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
        Ok(Self(Arc::new(Shared { vigie, settings, zone, client, passed: Mutex::default() })))
    }

    /// The data that it links.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.vigie.store
    }

    /// Whether a ticket was found not to be ours, and has not changed since.
    fn passed_by(&self, stub: &Stub) -> bool {
        let passed = self.0.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.get(&stub.number).is_some_and(|at| *at >= stub.updated_at)
    }

    fn pass_by(&self, stub: &Stub) {
        let mut passed = self.0.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.insert(stub.number.clone(), stub.updated_at);
    }

    /// Forgets those that no sweep from that change on meets.
    fn forget_passed_by(&self, since: Timestamp) {
        self.0.passed.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, at| *at >= since);
    }

    /// The address of a ticket's page for people.
    #[must_use]
    pub fn page_of(&self, number: &str) -> Option<String> {
        self.0.settings.page_of(number)
    }
}
