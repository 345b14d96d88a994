//! Brings a database to the level of this program, under a lock, when it is opened.
//!
//! Migrations only go forward and MUST work with the program before them too: during an update of several
//! nodes both run at once. `needs` says the oldest level of a program that still works after the
//! migration; an older program refuses the database instead of damaging it.

use crate::{Engine, StoreError, tx::Tx};

/// One step; its text is one file of `migrations/` per engine.
struct Migration {
    number: i64,
    name: &'static str,
    needs: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A step from its number, its name, which is also the rest of its files' names, and what it needs.
macro_rules! step {
    ($number:literal, $name:literal, needs $needs:literal) => {
        Migration {
            number: $number,
            name: $name,
            needs: $needs,
            sqlite: include_str!(concat!("../migrations/sqlite/000", $number, "_", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/000", $number, "_", $name, ".sql")),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    step!(1, "first", needs 1),
    // An older program would record facts and leave the read table of cases behind.
    step!(2, "desk", needs 2),
    // An older program would leave the requester's number out of the rows that it writes.
    step!(3, "queue", needs 3),
    step!(4, "lease", needs 3),
    step!(5, "mail", needs 3),
    // An older program would leave what is said out of the words that are searched.
    step!(6, "search", needs 6),
    step!(7, "notices", needs 6),
    // An older program cannot read histories in which EZV's times stand.
    step!(8, "ezv", needs 8),
    // An older program would let people in without their second factor.
    step!(9, "who", needs 9),
    // An older program would not know how to write the mail of a notice.
    step!(10, "channels", needs 10),
    step!(11, "views", needs 10),
    // An older program would leave the callers out of the rows that it writes.
    step!(12, "lists", needs 12),
    // An older program knows no provider, and signs out whoever came from one.
    step!(13, "provider", needs 12),
    // An older program cannot read histories in which tasks and joined cases stand.
    step!(14, "work", needs 14),
    // An older program would send webhooks into inner networks.
    step!(15, "roads", needs 15),
    // An older program cannot read histories in which third parties stand.
    step!(16, "thirds", needs 16),
];

/// Key of the advisory lock that nodes take to migrate: "Vgie" in ASCII.
const POSTGRES_LOCK: i64 = 0x5667_6965;

/// The level of this program.
fn known() -> i64 {
    MIGRATIONS.last().map_or(0, |m| m.number)
}

/// Runs what is missing, and gives the number of migrations run.
pub(crate) fn forward(tx: &mut Tx<'_>, place: &str) -> Result<usize, StoreError> {
    if tx.engine() == Engine::Postgres {
        tx.query(&format!("SELECT pg_advisory_xact_lock({POSTGRES_LOCK})"), &[], |_| Ok(()))?;
        check_postgres(tx, place)?;
    }
    tx.batch(
        "CREATE TABLE IF NOT EXISTS migration (
            number BIGINT PRIMARY KEY,
            name TEXT NOT NULL,
            needs BIGINT NOT NULL,
            applied_at TEXT NOT NULL DEFAULT (CAST(CURRENT_TIMESTAMP AS TEXT))
        )",
    )?;
    level(tx, place)?;
    // Not by the greatest number alone: a step may be made ready before another and come after it.
    let applied = tx.query_all("SELECT number FROM migration", &[], |row| row.i64(0))?;
    let mut done = 0_usize;
    for step in MIGRATIONS.iter().filter(|m| !applied.contains(&m.number)) {
        tx.batch(match tx.engine() {
            Engine::Sqlite => step.sqlite,
            Engine::Postgres => step.postgres,
        })?;
        tx.execute(
            "INSERT INTO migration (number, name, needs) VALUES ($1, $2, $3)",
            &[step.number.into(), step.name.into(), step.needs.into()],
        )?;
        tracing::info!(number = step.number, name = step.name, "database migrated");
        done = done.saturating_add(1);
    }
    Ok(done)
}

/// Refuses a database that this program cannot read as it is.
pub(crate) fn check(tx: &mut Tx<'_>, place: &str) -> Result<(), StoreError> {
    if tx.engine() == Engine::Postgres && check_postgres(tx, place)? == Found::Nothing {
        return Err(StoreError::Missing { place: place.to_owned() });
    }
    let found = level(tx, place)?;
    if found < known() {
        return Err(StoreError::Older { place: place.to_owned(), found, known: known() });
    }
    Ok(())
}

/// The last migration found, when this program can work with it.
fn level(tx: &mut Tx<'_>, place: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(number), 0), COALESCE(MAX(needs), 0) FROM migration";
    let (found, needs) = tx.query_one(sql, &[], |row| Ok((row.i64(0)?, row.i64(1)?)))?;
    if needs > known() {
        return Err(StoreError::Newer { place: place.to_owned(), found, needs, known: known() });
    }
    Ok(found)
}

#[derive(PartialEq, Eq)]
enum Found {
    Nothing,
    Vigie,
}

/// SQLite's file carries a mark ([`crate::sqlite`]); a PostgreSQL schema is known by its tables.
fn check_postgres(tx: &mut Tx<'_>, place: &str) -> Result<Found, StoreError> {
    let not_ours = |reason: String| StoreError::NotVigie { place: place.to_owned(), reason };
    let encoding = tx.query_one("SELECT current_setting('server_encoding')", &[], |row| Ok(row.text(0)?.to_owned()))?;
    if encoding != "UTF8" {
        return Err(not_ours(format!("its encoding is {encoding}; create the database with ENCODING 'UTF8'")));
    }
    let sql = "SELECT count(*), count(*) FILTER (WHERE table_name IN ('migration', 'head', 'entry', 'tile'))
               FROM information_schema.tables WHERE table_schema = current_schema()";
    match tx.query_one(sql, &[], |row| Ok((row.i64(0)?, row.i64(1)?)))? {
        (0, _) => Ok(Found::Nothing),
        (_, 4) => Ok(Found::Vigie),
        (tables, _) => Err(not_ours(format!("its schema holds {tables} tables of another program"))),
    }
}
