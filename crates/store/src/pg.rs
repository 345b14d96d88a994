//! All that is particular to PostgreSQL: how a connection is set up, and what its errors mean.
//!
//! Writers of all nodes take turns by the lock on the only row of `head`, so that the journal has one
//! order. MUST NOT run without durable commits: a session that finds `synchronous_commit` off turns it on.

use std::{collections::HashMap, error::Error as _, str::FromStr, sync::Arc, time::Duration};

use postgres::{
    Client, Config, IsolationLevel, NoTls, Statement, Transaction,
    binary_copy::BinaryCopyInWriter,
    config::SslMode,
    error::{DbError, SqlState},
    fallible_iterator::FallibleIterator,
    types::{BorrowToSql, ToSql, Type},
};

use crate::{Param, Row, StoreError, Values, error::excerpt, value};

/// How long we wait for a server to answer when the URL does not say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows sent in one statement of a bulk insert; bounds its memory on both sides.
const ROWS_PER_STATEMENT: usize = 4_096;
/// Rows from which COPY pays for its two more round trips.
const ROWS_WORTH_A_COPY: usize = 64;

/// What every connection of one place shares.
pub(crate) struct Place {
    config: Config,
    shown: Arc<str>,
}

impl Place {
    pub(crate) fn new(url: &str, shown: &str) -> Result<Place, StoreError> {
        let mut config = Config::from_str(url).map_err(|e| StoreError::Url {
            reason: e.source().map_or_else(|| "it is not a connection string".to_owned(), ToString::to_string),
        })?;
        if config.get_hosts().is_empty() {
            return Err(StoreError::Url { reason: "it names no host".to_owned() });
        }
        if config.get_ssl_mode() == SslMode::Require {
            return Err(StoreError::Unsupported(
                "sslmode=require is asked for, and this program speaks to PostgreSQL without TLS. \
                 Use a Unix socket, a private network or a tunnel"
                    .to_owned(),
            ));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("vigie");
        }
        Ok(Place { config, shown: shown.into() })
    }

    /// The place, for messages.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The connection that writes. It asks by keys alone, and its plans are made while tables are still empty:
    /// a plan that reads whole tables would be kept while they grow.
    pub(crate) fn writer(&self) -> Result<PgConn, StoreError> {
        let mut conn = self.connect()?;
        // Nor is any of its statements long enough to be compiled.
        conn.set("SET enable_seqscan = off; SET jit = off")?;
        Ok(conn)
    }

    pub(crate) fn connect(&self) -> Result<PgConn, StoreError> {
        let client = self.config.connect(NoTls).map_err(|e| self.connect_error(&e))?;
        let mut conn = PgConn { client, prepared: HashMap::new(), place: Arc::clone(&self.shown) };
        conn.set_up()?;
        Ok(conn)
    }

    fn connect_error(&self, error: &postgres::Error) -> StoreError {
        let place = self.shown.to_string();
        match error.as_db_error() {
            Some(db) if db.code() == &SqlState::CANNOT_CONNECT_NOW => {
                StoreError::NoServer { place, reason: db.message().to_owned() }
            }
            Some(db) => StoreError::Refused { place, reason: db.message().to_owned() },
            None => StoreError::NoServer {
                place,
                reason: error.source().map_or_else(|| error.to_string(), ToString::to_string),
            },
        }
    }
}

/// One connection, with its prepared statements.
pub(crate) struct PgConn {
    client: Client,
    prepared: HashMap<Box<str>, Statement>,
    place: Arc<str>,
}

impl PgConn {
    fn set_up(&mut self) -> Result<(), StoreError> {
        // Keepalives: the server lets go of the locks of a node that vanished after about 11 s.
        let sql = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
             SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
             SET client_min_messages = warning";
        self.set(sql)
    }

    fn set(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|e| convert(&e, sql, &self.place))
    }

    /// Whether the server or the network has ended this connection.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// A read sees one snapshot; a write sees all that was committed before each statement.
    pub(crate) fn begin(&mut self, write: bool) -> Result<Session<'_>, StoreError> {
        let builder = self.client.build_transaction();
        let builder = if write {
            builder.isolation_level(IsolationLevel::ReadCommitted).read_only(false)
        } else {
            builder.isolation_level(IsolationLevel::RepeatableRead).read_only(true)
        };
        let transaction = builder.start().map_err(|e| convert(&e, "BEGIN", &self.place))?;
        Ok(Session { transaction, prepared: &mut self.prepared, place: &self.place })
    }
}

/// An open transaction; dropping it rolls back.
pub(crate) struct Session<'c> {
    transaction: Transaction<'c>,
    prepared: &'c mut HashMap<Box<str>, Statement>,
    place: &'c Arc<str>,
}

impl Session<'_> {
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().map_err(|e| convert(&e, "COMMIT", self.place))
    }

    pub(crate) fn roll_back(self) -> Result<(), StoreError> {
        self.transaction.rollback().map_err(|e| convert(&e, "ROLLBACK", self.place))
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.transaction.batch_execute(sql).map_err(|e| convert(&e, sql, self.place))
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
        self.transaction.execute(&statement, &params).map_err(|e| convert(&e, sql, self.place))
    }

    /// Rows are handed over as they arrive: a million of them never sit in memory.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        self.stream(sql, params, each)
    }

    pub(crate) fn query_in(
        &mut self,
        select: &str,
        values: Values<'_>,
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let sql = format!("{select} = ANY($1)");
        match values {
            Values::Texts(texts) => self.stream(&sql, [texts], each),
            Values::Blobs(blobs) => self.stream(&sql, [blobs], each),
        }
    }

    fn stream<P>(
        &mut self,
        sql: &str,
        params: P,
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError>
    where
        P: IntoIterator<Item: BorrowToSql, IntoIter: ExactSizeIterator>,
    {
        let statement = self.prepare(sql)?;
        let mut rows = self.transaction.query_raw(&statement, params).map_err(|e| convert(&e, sql, self.place))?;
        while let Some(row) = rows.next().map_err(|e| convert(&e, sql, self.place))? {
            if !each(&Row(value::Inner::Postgres(&row)))? {
                break;
            }
        }
        Ok(())
    }

    /// Inserts many rows: by COPY, which overlaps our work with the server's, unless they are few or may meet
    /// rows that are there.
    pub(crate) fn insert_rows<'p, const N: usize>(
        &mut self,
        table: &str,
        columns: &[&str; N],
        conflict: &str,
        rows: impl Iterator<Item = [Param<'p>; N]>,
    ) -> Result<u64, StoreError> {
        let names = columns.join(", ");
        let shape = self.prepare(&format!("SELECT {names} FROM {table} WHERE false"))?;
        let types: Vec<Type> = shape.columns().iter().map(|column| column.type_().clone()).collect();
        if conflict.is_empty() && rows.size_hint().0 >= ROWS_WORTH_A_COPY {
            self.copy_rows(&format!("COPY {table} ({names}) FROM STDIN BINARY"), &types, rows)
        } else {
            let arrays: Vec<String> = (1_usize..).zip(&types).map(|(n, ty)| format!("${n}::{}[]", ty.name())).collect();
            let sql = format!("INSERT INTO {table} ({names}) SELECT * FROM unnest({}){conflict}", arrays.join(", "));
            self.insert_columns(&sql, rows)
        }
    }

    fn copy_rows<'p, const N: usize>(
        &mut self,
        sql: &str,
        types: &[Type],
        rows: impl Iterator<Item = [Param<'p>; N]>,
    ) -> Result<u64, StoreError> {
        let place = self.place;
        let writer = self.transaction.copy_in(sql).map_err(|e| convert(&e, sql, place))?;
        let mut copy = BinaryCopyInWriter::new(writer, types);
        for row in rows {
            row.iter().try_for_each(Param::check)?;
            copy.write_raw(row).map_err(|e| convert(&e, sql, place))?;
        }
        copy.finish().map_err(|e| convert(&e, sql, place))
    }

    /// One statement with one array per column carries thousands of rows.
    fn insert_columns<'p, const N: usize>(
        &mut self,
        sql: &str,
        rows: impl Iterator<Item = [Param<'p>; N]>,
    ) -> Result<u64, StoreError> {
        let statement = self.prepare(sql)?;
        let mut rows = rows.fuse().peekable();
        let mut changed = 0_u64;
        while rows.peek().is_some() {
            let mut by_column: [Vec<Param<'p>>; N] = std::array::from_fn(|_| Vec::new());
            for row in rows.by_ref().take(ROWS_PER_STATEMENT) {
                row.iter().try_for_each(Param::check)?;
                for (column, value) in by_column.iter_mut().zip(row) {
                    column.push(value);
                }
            }
            let params: Vec<&(dyn ToSql + Sync)> = by_column.iter().map(|c| c as _).collect();
            let done = self.transaction.execute(&statement, &params).map_err(|e| convert(&e, sql, self.place))?;
            changed = changed.saturating_add(done);
        }
        Ok(changed)
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.transaction.prepare(sql).map_err(|e| convert(&e, sql, self.place))?;
        self.prepared.insert(sql.into(), statement.clone());
        Ok(statement)
    }
}

fn convert(error: &postgres::Error, sql: &str, place: &str) -> StoreError {
    let place = place.to_owned();
    let Some(db) = error.as_db_error() else {
        let reason = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        // Only a parameter that does not fit its type fails without the server and without losing the line.
        return if error.is_closed() || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>) {
            StoreError::Lost { place, reason }
        } else {
            StoreError::Statement { sql: excerpt(sql), code: "driver".to_owned(), reason }
        };
    };
    let reason = db.message().to_owned();
    match db.code() {
        &SqlState::UNIQUE_VIOLATION => StoreError::Duplicate { constraint: constraint(db) },
        &SqlState::DISK_FULL => StoreError::Full { place },
        &SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly { place, reason },
        &SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy { place },
        &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => StoreError::Damaged { place, reason },
        &SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW => {
            StoreError::Lost { place, reason }
        }
        // The message alone: the detail shows row values, which may be personal.
        code => StoreError::Statement { sql: excerpt(sql), code: code.code().to_owned(), reason },
    }
}

fn constraint(db: &DbError) -> String {
    db.constraint().unwrap_or("a unique constraint").to_owned()
}
