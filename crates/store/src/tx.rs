//! A transaction, the same on both engines: plain SQL with `$1`, typed parameters, rows that stream.
//!
//! One failed statement dooms the unit of work on either engine (PostgreSQL works so by nature, SQLite is
//! held to it), so that a test that passes on one cannot fail on the other. Ask with `ON CONFLICT` or a
//! `SELECT` first; do not try and catch.

use vigie_evidence::TileWriter;

use crate::{
    Engine, Param, Row, StoreError, Values,
    error::excerpt,
    journal::group::{self, Group},
    pg, sqlite,
};

/// An open transaction on one connection.
pub struct Tx<'c> {
    session: Session<'c>,
    doomed: bool,
    /// What the journal has taken up in this transaction.
    pub(crate) group: Group,
}

enum Session<'c> {
    Sqlite(sqlite::Session<'c>),
    Postgres(pg::Session<'c>),
}

/// Where the savepoint of a group stands.
#[derive(Clone, Copy)]
pub(crate) enum Savepoint {
    /// Not set yet.
    None,
    /// Set, and a unit was kept since.
    Used,
    /// Set, and nothing was written since.
    Clean,
}

/// One connection of either engine.
pub(crate) enum Connection {
    Sqlite(sqlite::SqliteConn),
    Postgres(pg::PgConn),
}

impl Connection {
    pub(crate) fn begin(&mut self, write: bool) -> Result<Tx<'_>, StoreError> {
        let session = match self {
            Connection::Sqlite(conn) => Session::Sqlite(conn.begin(write)?),
            Connection::Postgres(conn) => Session::Postgres(conn.begin(write)?),
        };
        Ok(Tx { session, doomed: false, group: Group::default() })
    }

    /// A transaction of the writer: it waits for its turn among the nodes.
    pub(crate) fn begin_write(&mut self, tiles: Option<TileWriter>) -> Result<Tx<'_>, StoreError> {
        let mut tx = self.begin(true)?;
        tx.group = Group::after(tiles);
        if tx.engine() == Engine::Postgres {
            tx.query("SELECT size FROM head WHERE id = 1 FOR UPDATE", &[], |_| Ok(()))?;
        }
        Ok(tx)
    }

    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Connection::Sqlite(_) => false,
            Connection::Postgres(conn) => conn.is_closed(),
        }
    }
}

impl Tx<'_> {
    /// Which engine runs this; only for the few statements whose text must differ.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement and gives the number of rows that it changed.
    ///
    /// # Errors
    /// Whatever the engine says; [`StoreError::Duplicate`] when a row with the same key is there.
    pub fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.ready(params)?;
        let done = match &mut self.session {
            Session::Sqlite(s) => s.execute(sql, params),
            Session::Postgres(s) => s.execute(sql, params),
        };
        self.note(done)
    }

    /// Runs several statements without parameters, as a migration does.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.ready(&[])?;
        let done = self.raw_batch(sql);
        self.note(done)
    }

    /// Hands over each row of an answer as it comes, without keeping the others.
    ///
    /// # Errors
    /// Whatever the engine says, and whatever `each` says, which also ends the reading.
    pub fn query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.run_query(sql, params, &mut |row| each(row).map(|()| true))
    }

    /// The only row of an answer.
    ///
    /// # Errors
    /// [`StoreError::NoRow`] when there is none; whatever the engine or `read` says.
    pub fn query_one<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.query_opt(sql, params, read)?.ok_or_else(|| StoreError::NoRow { sql: excerpt(sql) })
    }

    /// The first row of an answer, when there is one.
    ///
    /// # Errors
    /// Whatever the engine or `read` says.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        let mut read = Some(read);
        self.run_query(sql, params, &mut |row| {
            if let Some(read) = read.take() {
                found = Some(read(row)?);
            }
            Ok(false)
        })?;
        Ok(found)
    }

    /// All rows of a small answer.
    ///
    /// # Errors
    /// Whatever the engine or `read` says.
    pub fn query_all<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.query(sql, params, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// Runs `SELECT ... WHERE column IN` a list of any length; `select` ends before the `IN`. Rows come in no
    /// order, and one that is asked for twice may come twice.
    ///
    /// # Errors
    /// Whatever the engine or `each` says.
    pub fn query_in(
        &mut self,
        select: &str,
        values: Values<'_>,
        mut each: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.ready(&[])?;
        let mut each = |row: &Row<'_>| each(row).map(|()| true);
        let done = match &mut self.session {
            Session::Sqlite(s) => s.query_in(select, values, &mut each),
            Session::Postgres(s) => s.query_in(select, values, &mut each),
        };
        self.note(done)
    }

    /// Inserts many rows, fast on both engines, and gives their number.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when a key is there already; whatever else the engine says.
    pub fn insert_many<'p, const N: usize>(
        &mut self,
        table: &'static str,
        columns: &[&'static str; N],
        rows: impl IntoIterator<Item = [Param<'p>; N]>,
    ) -> Result<u64, StoreError> {
        self.insert_rows(table, columns, "", rows)
    }

    /// Inserts many rows; one whose `keys` are there already replaces what was there.
    /// The rows of one call MUST differ in their keys: PostgreSQL refuses to replace a row twice at once.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn upsert_many<'p, const N: usize>(
        &mut self,
        table: &'static str,
        keys: &[&'static str],
        columns: &[&'static str; N],
        rows: impl IntoIterator<Item = [Param<'p>; N]>,
    ) -> Result<u64, StoreError> {
        let sets: Vec<String> =
            columns.iter().filter(|c| !keys.contains(c)).map(|c| format!("{c} = excluded.{c}")).collect();
        let then = if sets.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {}", sets.join(", ")) };
        self.insert_rows(table, columns, &format!(" ON CONFLICT ({}) DO {then}", keys.join(", ")), rows)
    }

    fn insert_rows<'p, const N: usize>(
        &mut self,
        table: &str,
        columns: &[&str; N],
        conflict: &str,
        rows: impl IntoIterator<Item = [Param<'p>; N]>,
    ) -> Result<u64, StoreError> {
        self.ready(&[])?;
        let rows = rows.into_iter();
        let done = match &mut self.session {
            Session::Sqlite(s) => {
                let values: Vec<String> = (1..=N).map(|n| format!("?{n}")).collect();
                let sql =
                    format!("INSERT INTO {table} ({}) VALUES ({}){conflict}", columns.join(", "), values.join(", "));
                s.execute_rows(&sql, rows)
            }
            Session::Postgres(s) => s.insert_rows(table, columns, conflict, rows),
        };
        self.note(done)
    }

    fn run_query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.ready(params)?;
        // What the caller's own closure refuses does not doom the unit: the engine did its part.
        let mut refused = false;
        let mut each = |row: &Row<'_>| {
            let told = each(row);
            refused = told.is_err();
            told
        };
        let done = match &mut self.session {
            Session::Sqlite(s) => s.query(sql, params, &mut each),
            Session::Postgres(s) => s.query(sql, params, &mut each),
        };
        if refused { done } else { self.note(done) }
    }

    fn ready(&mut self, params: &[Param<'_>]) -> Result<(), StoreError> {
        if self.doomed {
            return Err(StoreError::Doomed);
        }
        let fit = params.iter().try_for_each(Param::check);
        self.note(fit)
    }

    fn note<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.doomed |= done.is_err();
        done
    }

    fn raw_batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.session {
            Session::Sqlite(s) => s.batch(sql),
            Session::Postgres(s) => s.batch(sql),
        }
    }
}

/// What only the writer does.
impl Tx<'_> {
    /// Whether a statement of this unit has failed.
    pub(crate) fn is_doomed(&self) -> bool {
        self.doomed
    }

    /// Whether the engine still has the transaction open.
    pub(crate) fn is_open(&self) -> bool {
        match &self.session {
            Session::Sqlite(s) => s.is_open(),
            Session::Postgres(_) => true,
        }
    }

    /// Begins a unit that can be rolled back alone. Leaving the savepoint of the unit before and setting the
    /// next one takes a single round trip.
    pub(crate) fn begin_unit(&mut self, savepoint: Savepoint) -> Result<(), StoreError> {
        match savepoint {
            Savepoint::None => self.raw_batch("SAVEPOINT unit"),
            Savepoint::Used => self.raw_batch("RELEASE SAVEPOINT unit; SAVEPOINT unit"),
            Savepoint::Clean => Ok(()),
        }
    }

    /// Rolls back to where the unit began; the savepoint is clean and stays.
    pub(crate) fn roll_back_unit(&mut self) -> Result<(), StoreError> {
        self.raw_batch("ROLLBACK TO SAVEPOINT unit")?;
        self.doomed = false;
        Ok(())
    }

    /// Ends a read.
    pub(crate) fn roll_back(self) -> Result<(), StoreError> {
        match self.session {
            Session::Sqlite(mut s) => s.batch("ROLLBACK"),
            Session::Postgres(s) => s.roll_back(),
        }
    }

    /// Seals the journal and makes all durable; gives the journal's last tiles for the next transaction.
    pub(crate) fn seal_and_commit(mut self) -> Result<Option<TileWriter>, StoreError> {
        group::seal(&mut self)?;
        let tiles = std::mem::take(&mut self.group).into_tiles();
        self.commit()?;
        Ok(tiles)
    }

    /// Makes all durable.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        if self.doomed {
            // PostgreSQL would answer COMMIT with a silent rollback.
            return Err(StoreError::Doomed);
        }
        match self.session {
            Session::Sqlite(mut s) => s.batch("COMMIT"),
            Session::Postgres(s) => s.commit(),
        }
    }
}
