//! The one writer of a node: a thread that owns the writing connection and commits in groups.
//!
//! Callers hand over a unit of work and wait. The writer runs all units that have queued up inside one
//! transaction, each in its own savepoint, commits once and only then answers: one flush of the disk
//! serves everybody who waited for the flush before. MUST NOT answer "kept" before the commit returned,
//! and MUST answer every caller whatever happens.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use vigie_evidence::TileWriter;

use crate::{
    StoreError, WriteError,
    store::Place,
    tx::{Connection, Savepoint, Tx},
};

/// Units that may wait; more make their callers wait to hand over, which bounds memory.
const QUEUED_UNITS: usize = 1_024;
/// Units in one transaction; bounds how long the first of them waits for the others.
const UNITS_PER_GROUP: usize = 256;
/// After a group, its callers come back within microseconds; the writer gives them this long, but only
/// while fewer have come than last time, so that a lone caller never waits.
const GATHERING: Duration = Duration::from_micros(150);

/// How the writer has worked since it started. `units / commits` is the size of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Transactions committed, each with one flush.
    pub commits: u64,
    /// Units of work kept.
    pub units: u64,
    /// Units of work not kept.
    pub refused: u64,
}

/// Hands units of work to the writer thread.
pub(crate) struct Writer {
    inbox: Option<Sender<Box<dyn Unit>>>,
    thread: Option<JoinHandle<()>>,
    tally: Arc<Tally>,
}

#[derive(Default)]
struct Tally {
    commits: AtomicU64,
    units: AtomicU64,
    refused: AtomicU64,
}

impl Writer {
    pub(crate) fn start(conn: Connection, place: Arc<Place>) -> Result<Writer, StoreError> {
        let (inbox, units) = bounded(QUEUED_UNITS);
        let tally = Arc::new(Tally::default());
        let worker = Worker { conn, place, tiles: None, tally: Arc::clone(&tally) };
        let thread = std::thread::Builder::new()
            .name("vigie-writer".to_owned())
            .spawn(move || worker.run(&units))
            .map_err(|source| StoreError::File {
                action: "start the writer thread for",
                path: "vigie-writer".into(),
                source,
            })?;
        Ok(Writer { inbox: Some(inbox), thread: Some(thread), tally })
    }

    pub(crate) fn write<T, E, F>(&self, work: F) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        if self.is_current_thread() {
            return Err(WriteError::Store(StoreError::Nested));
        }
        let stopped = || WriteError::Store(StoreError::Stopped);
        let (reply, answer) = bounded(1);
        let unit = Box::new(Job { work: Some(work), outcome: None, reply });
        self.inbox.as_ref().ok_or_else(stopped)?.send(unit).map_err(|_| stopped())?;
        answer.recv().map_err(|_| stopped())?
    }

    pub(crate) fn counters(&self) -> Counters {
        Counters {
            commits: self.tally.commits.load(Ordering::Relaxed),
            units: self.tally.units.load(Ordering::Relaxed),
            refused: self.tally.refused.load(Ordering::Relaxed),
        }
    }

    fn is_current_thread(&self) -> bool {
        self.thread.as_ref().is_some_and(|t| t.thread().id() == std::thread::current().id())
    }
}

/// Lets what is queued finish, then ends the thread and closes its connection.
impl Drop for Writer {
    fn drop(&mut self) {
        self.inbox = None;
        let own = self.is_current_thread();
        if let Some(thread) = self.thread.take().filter(|_| !own) {
            // A panic of the thread itself was already answered as `Stopped`.
            let _ = thread.join();
        }
    }
}

/// A unit of work without its types.
trait Unit: Send {
    /// Runs it; `false` when it must be rolled back.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Tells its caller; `group` is what became of the transaction.
    fn answer(self: Box<Self>, group: &Result<(), Arc<StoreError>>);
}

struct Job<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, WriteError<E>>>,
    reply: Sender<Result<T, WriteError<E>>>,
}

impl<T, E, F> Unit for Job<T, E, F>
where
    T: Send,
    E: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        // What the closure may leave half-done lives in the transaction, which is rolled back.
        let outcome = match catch_unwind(AssertUnwindSafe(|| work(tx))) {
            Ok(Ok(_)) if tx.is_doomed() => Err(WriteError::Store(StoreError::Doomed)),
            Ok(done) => done.map_err(WriteError::Unit),
            Err(panic) => Err(WriteError::Panicked(panic_text(&*panic))),
        };
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, group: &Result<(), Arc<StoreError>>) {
        let answer = match (self.outcome, group) {
            // Its own refusal says more than the fate of the group.
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(e)) => Err(WriteError::Group(Arc::clone(e))),
            (Some(done), Ok(())) => done,
            (None, Ok(())) => Err(WriteError::Store(StoreError::Stopped)),
        };
        // A caller that no longer listens has nothing to learn.
        let _ = self.reply.send(answer);
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}

struct Worker {
    conn: Connection,
    place: Arc<Place>,
    /// The journal's rightmost tiles after the last commit; forgotten when anything failed.
    tiles: Option<TileWriter>,
    tally: Arc<Tally>,
}

impl Worker {
    fn run(mut self, units: &Receiver<Box<dyn Unit>>) {
        let mut last = 1_usize;
        while let Ok(first) = units.recv() {
            let mut group = gather(first, units, last);
            last = group.len();
            let fate = self.run_group(&mut group).map_err(Arc::new);
            if let Err(e) = &fate {
                tracing::error!(error = %e, units = last, "a group of units was not committed");
            }
            for unit in group {
                unit.answer(&fate);
            }
        }
    }

    fn run_group(&mut self, group: &mut [Box<dyn Unit>]) -> Result<(), StoreError> {
        if self.conn.is_closed() {
            self.conn = self.place.connect_writer()?;
        }
        let mut tx = self.conn.begin_write(self.tiles.take())?;
        let alone = group.len() == 1;
        let mut kept = 0_u64;
        let mut refused = 0_u64;
        let mut savepoint = Savepoint::None;
        for unit in group {
            let mark = tx.group.mark();
            if !alone {
                tx.begin_unit(savepoint)?;
            }
            let keep = unit.run(&mut tx);
            if !tx.is_open() {
                // SQLite does so when the disk is full or fails; the unit's own error says which.
                return Err(StoreError::GaveUp);
            }
            match (keep, alone) {
                (true, true) => {}
                (true, false) => savepoint = Savepoint::Used,
                (false, true) => {
                    self.tally.refused.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                (false, false) => {
                    tx.roll_back_unit()?;
                    tx.group.back_to(&mark);
                    savepoint = Savepoint::Clean;
                }
            }
            if keep { kept = kept.saturating_add(1) } else { refused = refused.saturating_add(1) }
        }
        self.tiles = tx.seal_and_commit()?;
        self.tally.commits.fetch_add(1, Ordering::Relaxed);
        self.tally.units.fetch_add(kept, Ordering::Relaxed);
        self.tally.refused.fetch_add(refused, Ordering::Relaxed);
        Ok(())
    }
}

/// Takes what has queued up, and waits a moment for those who were here last time.
fn gather(first: Box<dyn Unit>, units: &Receiver<Box<dyn Unit>>, last: usize) -> Vec<Box<dyn Unit>> {
    let mut group = vec![first];
    while group.len() < UNITS_PER_GROUP {
        match units.try_recv() {
            Ok(unit) => group.push(unit),
            Err(_) if group.len() < last => match units.recv_timeout(GATHERING) {
                Ok(unit) => group.push(unit),
                Err(_) => break,
            },
            Err(_) => break,
        }
    }
    group
}
