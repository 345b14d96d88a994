//! Many who call at once are served in one go.
//!
//! Each caller lays its call on the table. Whoever finds a line free serves all that lies there, in one
//! unit of work, and hands the line on to one of those who came meanwhile. A caller is answered only once
//! its case is durable. When a unit fails, each of its calls is tried again alone, so that nobody is
//! refused for what another said.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, tz::TimeZone};
use vigie_store::{Store, WriteError};

use super::{
    DeskError,
    open::{self, Opened, Opening, Prepared},
};
use crate::record::Recorder;

/// Calls opened in one go at most: a thousand rows or so, a few milliseconds.
const MOST: usize = 256;
/// Units under way at once: while one is made durable, the next is filled.
const LINES: usize = 2;

/// Opens cases for many callers at once.
#[derive(Clone)]
pub struct Reception {
    store: Store,
    recorder: Recorder,
    zone: TimeZone,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    calls: VecDeque<Arc<Call>>,
    busy: usize,
}

/// A call on the table.
struct Call {
    prepared: Prepared,
    turn: Mutex<Turn>,
    told: Condvar,
}

/// What its caller waits for.
enum Turn {
    /// Nothing yet.
    Waiting,
    /// A line is its own: it serves itself and whoever else waits.
    Serve,
    /// Its case is durable.
    Done(Opened),
    /// It is to try alone.
    Alone,
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Call {
    fn tell(&self, turn: Turn) {
        *hold(&self.turn) = turn;
        self.told.notify_one();
    }

    fn wait(&self) -> Turn {
        let mut turn = hold(&self.turn);
        loop {
            match std::mem::replace(&mut *turn, Turn::Waiting) {
                Turn::Waiting => turn = self.told.wait(turn).unwrap_or_else(PoisonError::into_inner),
                told => return told,
            }
        }
    }
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
        let call = Arc::new(Call { prepared, turn: Mutex::new(Turn::Waiting), told: Condvar::new() });
        if self.take_line_or_wait(&call) {
            self.serve(&call);
        }
        loop {
            match call.wait() {
                Turn::Done(opened) => return Ok(opened),
                Turn::Alone => return self.write(&[Arc::clone(&call)]).and_then(|opened| first(opened, &call)),
                Turn::Serve => self.serve(&call),
                Turn::Waiting => {}
            }
        }
    }

    /// Whether a line was free for this caller; else its call lies on the table.
    fn take_line_or_wait(&self, call: &Arc<Call>) -> bool {
        let mut table = hold(&self.table);
        let free = table.busy < LINES;
        if free {
            table.busy += 1;
        } else {
            table.calls.push_back(Arc::clone(call));
        }
        free
    }

    /// Serves a caller and what lies on the table, then hands the line on.
    fn serve(&self, own: &Arc<Call>) {
        let mut calls = vec![Arc::clone(own)];
        {
            let mut table = hold(&self.table);
            let most = table.calls.len().min(MOST - 1);
            calls.extend(table.calls.drain(..most));
        }
        match self.write(&calls) {
            Ok(opened) => calls.iter().zip(opened).for_each(|(call, opened)| call.tell(Turn::Done(opened))),
            Err(error) => {
                tracing::warn!(%error, calls = calls.len(), "calls are opened one by one");
                calls.iter().for_each(|call| call.tell(Turn::Alone));
            }
        }
        let mut table = hold(&self.table);
        // Off the table, so that no other line serves it too.
        match table.calls.pop_front() {
            Some(next) => next.tell(Turn::Serve),
            None => table.busy -= 1,
        }
    }

    fn write(&self, calls: &[Arc<Call>]) -> Result<Vec<Opened>, WriteError<DeskError>> {
        let (recorder, zone, calls) = (self.recorder.clone(), self.zone.clone(), calls.to_vec());
        self.store.write(move |tx| {
            let prepared: Vec<&Prepared> = calls.iter().map(|c| &c.prepared).collect();
            // What was recorded last is what was heard last.
            let now = prepared.iter().map(|p| p.stamp()).max().unwrap_or(Timestamp::UNIX_EPOCH);
            open::open(tx, &recorder, &zone, now, &prepared)
        })
    }
}

fn first(opened: Vec<Opened>, call: &Call) -> Result<Opened, WriteError<DeskError>> {
    opened.into_iter().next().ok_or_else(|| WriteError::Unit(DeskError::Lost(call.prepared.id())))
}
