//! All that is particular to SQLite: how its file is opened, and what its errors mean.
//!
//! One process writes a database at a time: the writer holds a lock file beside it, so that a second
//! program gets a sentence at its start and not "database is locked" in the middle of its work.
//! MUST NOT lower `synchronous` below FULL: an acknowledged unit of work survives a power cut.

use std::{
    collections::HashMap,
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};

use crate::{Param, Row, StoreError, Values, error::excerpt, value};

/// The database file inside the data directory.
const FILE: &str = "vigie.db";
/// The file whose lock the writing process holds.
const LOCK_FILE: &str = "vigie.lock";
/// `PRAGMA application_id` of a Vigie database: "Vgie" in ASCII.
const APPLICATION_ID: i64 = 0x5667_6965;
/// How long a statement waits for another program (a backup tool, `sqlite3`) to let go.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);
/// Statements kept prepared per connection; every statement of the program fits.
const PREPARED_STATEMENTS: usize = 256;

/// What every connection of one place shares.
#[derive(Debug)]
pub(crate) struct Place {
    file: PathBuf,
    shown: Arc<str>,
    /// Held, not read: dropping it lets another process write.
    _lock: Option<File>,
}

impl Place {
    /// Takes the data directory for writing, and creates it when it is absent.
    pub(crate) fn for_writing(dir: &Path) -> Result<Place, StoreError> {
        if !dir.exists() {
            // 0700: the database holds what callers said.
            DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| file_error("create", dir, e))?;
        }
        let lock = take_lock(&dir.join(LOCK_FILE))?;
        Ok(Place { file: dir.join(FILE), shown: dir.display().to_string().into(), _lock: Some(lock) })
    }

    /// Names a data directory that is only read; whoever writes there is not disturbed.
    pub(crate) fn for_reading(dir: &Path) -> Result<Place, StoreError> {
        let place = Place { file: dir.join(FILE), shown: dir.display().to_string().into(), _lock: None };
        if place.file.exists() { Ok(place) } else { Err(StoreError::Missing { place: place.shown.to_string() }) }
    }

    /// The place, for messages.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The connection that writes.
    pub(crate) fn writer(&self) -> Result<SqliteConn, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = self.open(flags)?;
        // Before anything is changed: the file may be another program's.
        let is_new = self.is_new(&conn)?;
        (|| {
            conn.pragma_update(None, "journal_mode", "WAL")?;
            conn.pragma_update(None, "synchronous", "FULL")?;
            conn.pragma_update(None, "foreign_keys", true)?;
            // What is erased is overwritten, not only forgotten.
            conn.pragma_update(None, "secure_delete", true)?;
            // 64 MiB of pages (negative: KiB), for the indexes that a bulk import touches at random.
            conn.pragma_update(None, "cache_size", -65_536)?;
            conn.pragma_update(None, "temp_store", "MEMORY")?;
            // Copying the log back every 64 MiB instead of every 4: a page that changes in many commits is copied once,
            // and its flushes are shared by more of them.
            conn.pragma_update(None, "wal_autocheckpoint", 16_384)?;
            conn.pragma_update(None, "journal_size_limit", 134_217_728)?;
            if is_new { conn.pragma_update(None, "application_id", APPLICATION_ID) } else { Ok(()) }
        })()
        .map_err(|e| self.error(&e, "PRAGMA"))?;
        Ok(self.wrap(conn))
    }

    /// A connection that only reads.
    pub(crate) fn reader(&self) -> Result<SqliteConn, StoreError> {
        let conn = self.open(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        if self.is_new(&conn)? {
            return Err(StoreError::Missing { place: self.shown.to_string() });
        }
        (|| {
            conn.pragma_update(None, "query_only", true)?;
            conn.pragma_update(None, "cache_size", -8_192)?;
            conn.pragma_update(None, "temp_store", "MEMORY")
        })()
        .map_err(|e| self.error(&e, "PRAGMA"))?;
        Ok(self.wrap(conn))
    }

    fn open(&self, flags: OpenFlags) -> Result<Connection, StoreError> {
        let conn = Connection::open_with_flags(&self.file, flags).map_err(|e| self.error(&e, "open"))?;
        conn.busy_timeout(BUSY_TIMEOUT).map_err(|e| self.error(&e, "PRAGMA"))?;
        // Read a scan of a whole read table straight from the page cache of the system.
        conn.pragma_update(None, "mmap_size", 1_073_741_824).map_err(|e| self.error(&e, "PRAGMA"))?;
        conn.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        Ok(conn)
    }

    fn wrap(&self, conn: Connection) -> SqliteConn {
        SqliteConn { conn, texts: HashMap::new(), place: Arc::clone(&self.shown) }
    }

    fn error(&self, error: &rusqlite::Error, sql: &str) -> StoreError {
        convert(error, sql, &self.shown)
    }

    /// Whether the file is new (`true`), ours (`false`), or somebody else's (an error).
    fn is_new(&self, conn: &Connection) -> Result<bool, StoreError> {
        let one = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|e| self.error(&e, sql));
        match (one("PRAGMA application_id")?, one("SELECT count(*) FROM sqlite_master")?) {
            (APPLICATION_ID, _) => Ok(false),
            (0, 0) => Ok(true),
            (_, tables) => Err(StoreError::NotVigie {
                place: self.file.display().to_string(),
                reason: format!("it is an SQLite file of another program, with {tables} tables and indexes"),
            }),
        }
    }
}

fn take_lock(path: &Path) -> Result<File, StoreError> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|e| file_error("open", path, e))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // A holder that cannot be read is only not named.
            let _ = Read::by_ref(&mut file).take(16).read_to_string(&mut holder);
            return Err(StoreError::Locked { path: path.to_owned(), holder: holder.trim().parse().ok() });
        }
        Err(TryLockError::Error(e)) => return Err(file_error("lock", path, e)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|e| file_error("write", path, e))?;
    Ok(file)
}

pub(crate) fn file_error(action: &'static str, path: &Path, source: std::io::Error) -> StoreError {
    match source.kind() {
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
            StoreError::ReadOnly { place: path.display().to_string(), reason: source.to_string() }
        }
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            StoreError::Full { place: path.display().to_string() }
        }
        _ => StoreError::File { action, path: path.to_owned(), source },
    }
}

/// One connection, with the texts that it has rewritten for its engine.
#[derive(Debug)]
pub(crate) struct SqliteConn {
    conn: Connection,
    texts: HashMap<Box<str>, Box<str>>,
    place: Arc<str>,
}

impl SqliteConn {
    pub(crate) fn begin(&mut self, write: bool) -> Result<Session<'_>, StoreError> {
        // IMMEDIATE: a transaction that reads first and writes later would fail when somebody wrote in between.
        let sql = if write { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.conn.execute_batch(sql).map_err(|e| convert(&e, sql, &self.place))?;
        Ok(Session { conn: &self.conn, texts: &mut self.texts, place: &self.place })
    }
}

/// An open transaction; dropping it rolls back.
pub(crate) struct Session<'c> {
    conn: &'c Connection,
    texts: &'c mut HashMap<Box<str>, Box<str>>,
    place: &'c Arc<str>,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if self.is_open() {
            // A rollback that fails leaves a connection that the next BEGIN reports.
            let _ = self.conn.execute_batch("ROLLBACK");
        }
    }
}

impl Session<'_> {
    /// SQLite rolls a whole transaction back by itself when the disk is full or fails.
    pub(crate) fn is_open(&self) -> bool {
        !self.conn.is_autocommit()
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.conn.execute_batch(sql).map_err(|e| convert(&e, sql, self.place))
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        let place = self.place;
        let mut statement = self.prepare(sql)?;
        let run = || {
            bind(&mut statement, params)?;
            statement.raw_execute()
        };
        Ok(u64::try_from({ run }().map_err(|e| convert(&e, sql, place))?).unwrap_or(u64::MAX))
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let place = self.place;
        let mut statement = self.prepare(sql)?;
        bind(&mut statement, params).map_err(|e| convert(&e, sql, place))?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| convert(&e, sql, place))? {
            if !each(&Row(value::Inner::Sqlite(row)))? {
                break;
            }
        }
        Ok(())
    }

    /// Asks in lists of a few fixed lengths, the last value repeated to fill one, so that each length is
    /// prepared once.
    pub(crate) fn query_in(
        &mut self,
        select: &str,
        values: Values<'_>,
        each: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        const LENGTHS: [usize; 3] = [1, 16, 256];
        let mut asked = 0;
        while asked < values.len() {
            let rest = values.len() - asked;
            let length = LENGTHS.into_iter().find(|length| rest <= *length).unwrap_or(256);
            let last = values.len() - 1;
            let params: Vec<Param<'_>> =
                (asked..asked + length).filter_map(|index| values.get(index.min(last))).collect();
            self.query(&format!("{select} IN ({})", vec!["?"; length].join(",")), &params, each)?;
            asked += length;
        }
        Ok(())
    }

    /// Runs one statement for each row.
    pub(crate) fn execute_rows<'p, const N: usize>(
        &mut self,
        sql: &str,
        rows: impl Iterator<Item = [Param<'p>; N]>,
    ) -> Result<u64, StoreError> {
        let place = self.place;
        let mut statement = self.prepare(sql)?;
        let mut changed = 0_u64;
        for row in rows {
            for value in &row {
                value.check()?;
            }
            let done = bind(&mut statement, &row).and_then(|()| statement.raw_execute());
            changed =
                changed.saturating_add(u64::try_from(done.map_err(|e| convert(&e, sql, place))?).unwrap_or(u64::MAX));
        }
        Ok(changed)
    }

    fn prepare(&mut self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        let text = if !sql.contains('$') {
            sql
        } else {
            if !self.texts.contains_key(sql) {
                self.texts.insert(sql.into(), numbered(sql).into());
            }
            self.texts.get(sql).map_or(sql, |text| text)
        };
        self.conn.prepare_cached(text).map_err(|e| convert(&e, sql, self.place))
    }
}

fn bind(statement: &mut CachedStatement<'_>, params: &[Param<'_>]) -> rusqlite::Result<()> {
    if statement.parameter_count() != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), statement.parameter_count()));
    }
    for (index, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(index.saturating_add(1), param)?;
    }
    Ok(())
}

/// `$1` names a parameter in SQLite, numbered by first use; `?1` is the one that counts as PostgreSQL does.
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quote = None;
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match quote {
            Some(q) if c == q => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ => {}
        }
        let is_parameter = quote.is_none() && c == '$' && chars.peek().is_some_and(char::is_ascii_digit);
        out.push(if is_parameter { '?' } else { c });
    }
    out
}

fn convert(error: &rusqlite::Error, sql: &str, place: &str) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, message) = error else {
        return StoreError::Statement { sql: excerpt(sql), code: "driver".to_owned(), reason: error.to_string() };
    };
    let place = place.to_owned();
    let reason = message.clone().unwrap_or_else(|| code.to_string());
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { place },
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly { place, reason },
        ErrorCode::DiskFull => StoreError::Full { place },
        ErrorCode::DatabaseCorrupt => StoreError::Damaged { place, reason },
        ErrorCode::NotADatabase => {
            StoreError::NotVigie { place, reason: "its file is not an SQLite database".to_owned() }
        }
        ErrorCode::CannotOpen => StoreError::File {
            action: "open the database in",
            path: place.into(),
            source: std::io::Error::other(reason),
        },
        ErrorCode::ConstraintViolation if is_duplicate(code.extended_code) => StoreError::Duplicate {
            // "UNIQUE constraint failed: account.name": the part that names columns.
            constraint: reason.rsplit(": ").next().unwrap_or_default().to_owned(),
        },
        _ => StoreError::Statement { sql: excerpt(sql), code: code.extended_code.to_string(), reason },
    }
}

fn is_duplicate(extended_code: i32) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID, SQLITE_CONSTRAINT_UNIQUE};
    [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_ROWID].contains(&extended_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_placeholder_is_rewritten_only_outside_quotes() {
        let check = |sql: &str, expected: &str| assert_eq!(numbered(sql), expected);
        check("SELECT $2, $1", "SELECT ?2, ?1");
        check("SELECT '$1', \"$2\", $3", "SELECT '$1', \"$2\", ?3");
        check("SELECT 'it''s $1', $1", "SELECT 'it''s $1', ?1");
        check("SELECT '$'", "SELECT '$'");
        check("SELECT x->>'$.a' = $10", "SELECT x->>'$.a' = ?10");
    }
}
