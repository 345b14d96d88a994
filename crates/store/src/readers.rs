//! A few connections that only read, lent one at a time.
//!
//! MUST NOT lend a connection whose transaction did not end well: it is closed instead.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::{
    StoreError,
    store::Place,
    tx::{Connection, Tx},
};

/// Connections open at once; more callers wait their turn. Reads are CPU-bound on a few cores, and a
/// PostgreSQL server has about 100 connections for all of its nodes.
const CONNECTIONS: usize = 8;

pub(crate) struct Readers {
    place: Arc<Place>,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    lent: usize,
}

impl Readers {
    pub(crate) fn new(place: Arc<Place>) -> Readers {
        Readers { place, state: Mutex::default(), returned: Condvar::new() }
    }

    pub(crate) fn read<T, E: From<StoreError>>(&self, read: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut lent = self.borrow();
        let mut conn = match lent.conn.take() {
            Some(conn) => conn,
            None => self.place.connect_reader()?,
        };
        let mut tx = conn.begin(false)?;
        let answer = read(&mut tx);
        // Rolling back ends a read as well as a commit; a broken connection is seen here and dropped.
        let ended = tx.roll_back();
        if ended.is_ok() && !conn.is_closed() {
            lent.conn = Some(conn);
        }
        answer
    }

    fn borrow(&self) -> Lent<'_> {
        let mut state = self.lock();
        while state.lent >= CONNECTIONS {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.lent = state.lent.saturating_add(1);
        let conn = std::iter::from_fn(|| state.idle.pop()).find(|c| !c.is_closed());
        Lent { readers: self, conn }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing can panic while the lock is held, and its state is valid between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn, given back when dropped, also when the reader panics; then without its connection.
struct Lent<'r> {
    readers: &'r Readers,
    conn: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.lock();
        state.lent = state.lent.saturating_sub(1);
        state.idle.extend(self.conn.take());
        drop(state);
        self.readers.returned.notify_one();
    }
}

/// A PostgreSQL connection owns a small runtime, which may not end inside the async code of another one:
/// the connections are closed on a thread of their own.
impl Drop for Readers {
    fn drop(&mut self) {
        let idle = std::mem::take(&mut self.lock().idle);
        let closing = std::thread::Builder::new().name("vigie-close".to_owned()).spawn(move || drop(idle));
        if let Ok(thread) = closing {
            let _ = thread.join();
        }
    }
}
