//! Many who call at once are served in one go.
//!
//! Each caller lays its call on the table. Whoever finds a line free serves all that lies there, in one
//! unit of work, and hands the line on to one of those who came meanwhile. A caller is answered only once
//! its case is durable. When a unit fails, each of its calls is tried again alone, so that nobody is
//! refused for what another said.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::oneshot;
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

/// A call, and how to tell its caller.
struct Call {
    prepared: Prepared,
    told: Mutex<Option<oneshot::Sender<Turn>>>,
}

/// What a caller that waits is told, once.
enum Turn {
    /// A line is its own: it serves itself and whoever else waits.
    Serve,
    /// Its case is durable.
    Done(Opened),
    /// It is to try alone.
    Alone,
}

/// What a caller does first.
enum Place {
    /// A line is its own.
    Line,
    /// It waits to be told.
    Wait(oneshot::Receiver<Turn>),
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Call {
    /// Whether the caller will hear it.
    fn tell(&self, turn: Turn) -> bool {
        hold(&self.told).take().is_some_and(|told| told.send(turn).is_ok())
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
        let (call, place) = self.come(opening, now)?;
        let turn = match place {
            Place::Line => Turn::Serve,
            Place::Wait(told) => told.blocking_recv().unwrap_or(Turn::Alone),
        };
        self.go(&call, turn)
    }

    /// The same for a server: whoever waits holds no thread. Goes on to its end even when nobody waits for
    /// the answer any more, so that no line is lost with a caller who hung up.
    pub fn open_soon(
        &self,
        opening: Opening,
        now: Timestamp,
    ) -> impl Future<Output = Result<Opened, WriteError<DeskError>>> + Send + use<> {
        let reception = self.clone();
        let opening = tokio::spawn(async move {
            let (call, place) = reception.come(opening, now)?;
            let turn = match place {
                Place::Line => Turn::Serve,
                Place::Wait(told) => told.await.unwrap_or(Turn::Alone),
            };
            match turn {
                Turn::Done(opened) => Ok(opened),
                turn => {
                    let served = tokio::task::spawn_blocking(move || reception.go(&call, turn));
                    served.await.unwrap_or_else(|e| Err(WriteError::Panicked(e.to_string())))
                }
            }
        });
        async move { opening.await.unwrap_or_else(|e| Err(WriteError::Panicked(e.to_string()))) }
    }

    fn come(&self, opening: Opening, now: Timestamp) -> Result<(Arc<Call>, Place), WriteError<DeskError>> {
        let prepared = open::prepare(opening, now).map_err(WriteError::Unit)?;
        let (tell, told) = oneshot::channel();
        let call = Arc::new(Call { prepared, told: Mutex::new(Some(tell)) });
        let place = if self.take_line_or_wait(&call) { Place::Line } else { Place::Wait(told) };
        Ok((call, place))
    }

    fn go(&self, call: &Arc<Call>, turn: Turn) -> Result<Opened, WriteError<DeskError>> {
        match turn {
            Turn::Done(opened) => return Ok(opened),
            Turn::Serve => {
                if let Some(opened) = self.serve(call) {
                    return Ok(opened);
                }
            }
            Turn::Alone => {}
        }
        let opened = self.write(&[Arc::clone(call)])?;
        opened.into_iter().next().ok_or_else(|| WriteError::Unit(DeskError::Lost(call.prepared.id())))
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

    /// Serves a caller and what lies on the table, then hands the line on. None when the unit failed.
    fn serve(&self, own: &Arc<Call>) -> Option<Opened> {
        let mut calls = vec![Arc::clone(own)];
        {
            let mut table = hold(&self.table);
            let most = table.calls.len().min(MOST - 1);
            calls.extend(table.calls.drain(..most));
        }
        let others = calls.iter().skip(1);
        let mut served = None;
        match self.write(&calls) {
            Ok(opened) => {
                let mut opened = opened.into_iter();
                served = opened.next();
                for (call, opened) in others.zip(opened) {
                    call.tell(Turn::Done(opened));
                }
            }
            Err(error) => {
                tracing::warn!(%error, calls = calls.len(), "calls are opened one by one");
                others.for_each(|call| _ = call.tell(Turn::Alone));
            }
        }
        let mut table = hold(&self.table);
        // Off the table, so that no other line serves it too.
        let heard = std::iter::from_fn(|| table.calls.pop_front()).any(|next| next.tell(Turn::Serve));
        if !heard {
            table.busy -= 1;
        }
        served
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
