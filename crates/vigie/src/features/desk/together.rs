//! Many who call at once are served in one go.
//!
//! Each caller leaves its call on the table and asks the writer for a turn. Whoever's turn comes first
//! takes all that lie there and opens them together; the others find theirs done. A caller is answered
//! only when its own turn is durable, and its turn looks whether its case is really there: the group in
//! which somebody else opened it may have failed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{Timestamp, tz::TimeZone};
use vigie_store::{Store, Tx, WriteError};

use super::{
    DeskError,
    open::{self, Opened, Opening, Prepared},
};
use crate::record::Recorder;

/// Calls opened in one go at most: a thousand rows or so, a few milliseconds.
const MOST: usize = 256;

/// Opens cases for many callers at once.
#[derive(Clone)]
pub struct Reception {
    store: Store,
    recorder: Recorder,
    zone: TimeZone,
    table: Arc<Mutex<Vec<Arc<Call>>>>,
}

/// A call on the table.
struct Call {
    prepared: Prepared,
    opened: Mutex<Option<Opened>>,
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reception {
    /// Opens in that store; the year of a number is that of `zone`.
    #[must_use]
    pub fn new(store: Store, recorder: Recorder, zone: TimeZone) -> Self {
        Self { store, recorder, zone, table: Arc::default() }
    }

    /// Opens a case and returns once it is durable. Blocks its thread.
    ///
    /// # Errors
    /// [`DeskError::TooLong`] or [`DeskError::Wordless`] for what the caller can mend; whatever the store says.
    pub fn open(&self, opening: Opening, now: Timestamp) -> Result<Opened, WriteError<DeskError>> {
        let prepared = open::prepare(opening, now).map_err(WriteError::Unit)?;
        let call = Arc::new(Call { prepared, opened: Mutex::new(None) });
        hold(&self.table).push(Arc::clone(&call));
        let turn = self.clone();
        self.store.write(move |tx| turn.serve(tx, now, &call))
    }

    /// One turn.
    fn serve(&self, tx: &mut Tx<'_>, now: Timestamp, own: &Arc<Call>) -> Result<Opened, DeskError> {
        let done = hold(&own.opened).clone();
        if let Some(opened) = done
            && is_there(tx, &opened.subject)?
        {
            return Ok(opened);
        }
        let mut calls = self.take(own);
        // Its own comes first, so that its turn never ends without it.
        calls.insert(0, Arc::clone(own));
        let prepared: Vec<&Prepared> = calls.iter().map(|c| &c.prepared).collect();
        let opened = open::open(tx, &self.recorder, &self.zone, now, &prepared)?;
        for (call, opened) in calls.iter().zip(&opened) {
            *hold(&call.opened) = Some(opened.clone());
        }
        opened.into_iter().next().ok_or(DeskError::Random)
    }

    /// What else lies on the table.
    fn take(&self, own: &Arc<Call>) -> Vec<Arc<Call>> {
        let mut table = hold(&self.table);
        table.retain(|call| !Arc::ptr_eq(call, own));
        let most = table.len().min(MOST - 1);
        table.drain(..most).collect()
    }
}

fn is_there(tx: &mut Tx<'_>, subject: &str) -> Result<bool, DeskError> {
    Ok(tx.query_opt("SELECT 1 FROM desk_case WHERE subject = $1", &[subject.into()], |_| Ok(()))?.is_some())
}
