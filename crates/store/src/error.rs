//! What can go wrong below the features, with the facts that a person needs to mend it.
//!
//! Messages name the place, never a password, never a value that a person typed.

use std::{path::PathBuf, sync::Arc};

/// What the store could not do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL is not one.
    #[error("the database URL cannot be read: {reason}. Expected postgresql://USER@HOST:PORT/DATABASE")]
    Url {
        /// What is wrong with it, without its text.
        reason: String,
    },
    /// Nothing answers there.
    #[error(
        "no PostgreSQL server answers at {place}: {reason}. Start it or correct --database-url; nothing was changed"
    )]
    NoServer {
        /// The place, without password.
        place: String,
        /// The operating system's words.
        reason: String,
    },
    /// The server refuses who asks, or the database that is asked for.
    #[error(
        "the server refuses {place}: {reason}. Correct the user, the password or the database name; nothing was changed"
    )]
    Refused {
        /// The place, without password.
        place: String,
        /// The server's words.
        reason: String,
    },
    /// Another process writes there.
    #[error("{} is in use by another Vigie process{}. Stop it, or use its pages; nothing was changed", path.display(), holder.map(|p| format!(" (pid {p})")).unwrap_or_default())]
    Locked {
        /// The locked file or database.
        path: PathBuf,
        /// The process that holds it, when it said so.
        holder: Option<u32>,
    },
    /// Another connection kept the engine's lock for longer than we wait.
    #[error("{place} is busy: another program keeps it locked. Nothing of this operation was kept; try again")]
    Busy {
        /// The place.
        place: String,
    },
    /// The place cannot be written.
    #[error("{place} is read-only: {reason}. Nothing was changed; give the program write access or another place")]
    ReadOnly {
        /// The place.
        place: String,
        /// The engine's words.
        reason: String,
    },
    /// No room is left.
    #[error(
        "no room is left at {place}. What was acknowledged before is kept, this operation is not; free some space and try again"
    )]
    Full {
        /// The place.
        place: String,
    },
    /// A newer program changed the database in a way that this one cannot work with.
    #[error(
        "{place} was migrated to level {found} by a newer Vigie and needs level {needs}; this program knows {known}. Use the newer program; nothing was changed"
    )]
    Newer {
        /// The place.
        place: String,
        /// The last migration found.
        found: i64,
        /// The oldest program level that works with it.
        needs: i64,
        /// The last migration of this program.
        known: i64,
    },
    /// An older program made it, and only a writer may bring it forward.
    #[error(
        "{place} is at level {found} and this program needs {known}. Start `vigie serve` once: it brings the database forward"
    )]
    Older {
        /// The place.
        place: String,
        /// The last migration found.
        found: i64,
        /// The last migration of this program.
        known: i64,
    },
    /// Something else lives there.
    #[error("{place} is not a Vigie database: {reason}. Nothing was changed; give another place")]
    NotVigie {
        /// The place.
        place: String,
        /// What was seen.
        reason: String,
    },
    /// There is nothing to read there yet.
    #[error("there is no Vigie database at {place}. `vigie serve` or `vigie import` creates one")]
    Missing {
        /// The place.
        place: String,
    },
    /// The engine says that its file is damaged.
    #[error("{place} is damaged: {reason}. Stop writing to it, keep a copy, and restore the last backup")]
    Damaged {
        /// The place.
        place: String,
        /// The engine's words.
        reason: String,
    },
    /// The journal's tree does not fit its head.
    #[error(
        "the journal does not fit its head: {reason}. Nothing was written; run `vigie verify`, and restore the last backup if it fails"
    )]
    Inconsistent {
        /// What does not fit.
        reason: String,
    },
    /// The operating system refused a file or a directory.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// A row with the same key is there already.
    #[error("a row with the same key is already there ({constraint})")]
    Duplicate {
        /// The constraint or columns that the engine names.
        constraint: String,
    },
    /// A statement failed.
    #[error("a statement failed ({code}): {reason} in: {sql}")]
    Statement {
        /// The beginning of its text, without parameters.
        sql: String,
        /// SQLSTATE, or SQLite's extended code.
        code: String,
        /// The engine's words, without row values.
        reason: String,
    },
    /// The connection broke in the middle of a transaction.
    #[error(
        "the connection to {place} was lost: {reason}. What was not acknowledged may or may not be kept; look before you repeat it"
    )]
    Lost {
        /// The place.
        place: String,
        /// The driver's words.
        reason: String,
    },
    /// A column holds something else than what was asked for.
    #[error("column {index} holds {found}, not {wanted}")]
    Column {
        /// Position in the row, from 0.
        index: usize,
        /// What was asked for.
        wanted: &'static str,
        /// What is there.
        found: String,
    },
    /// A query that must give exactly one row gave none.
    #[error("no row answers: {sql}")]
    NoRow {
        /// The beginning of its text.
        sql: String,
    },
    /// A stored value cannot be understood by its reader.
    #[error("{what} cannot be read: {source}")]
    Unreadable {
        /// What was being read.
        what: String,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Text with a NUL character, which PostgreSQL cannot keep.
    #[error("a text holds the NUL character (U+0000), which cannot be stored; remove it")]
    NulInText,
    /// A number that does not fit the column.
    #[error("{what} is out of range: {value}")]
    Range {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: i128,
    },
    /// An earlier statement of the same unit failed, so that nothing of the unit can be kept.
    #[error("an earlier statement of this unit of work failed; nothing of the unit is kept")]
    Doomed,
    /// The engine rolled the whole transaction back by itself.
    #[error(
        "the engine gave the transaction up while another operation of the same group ran (the disk is full or fails); nothing of this operation was kept"
    )]
    GaveUp,
    /// The writer thread is gone.
    #[error("the writer has stopped; nothing of this operation was kept. Restart the program")]
    Stopped,
    /// A unit of work asked for another unit of work, which would wait for itself.
    #[error("a unit of work cannot start another one")]
    Nested,
    /// The engine cannot do this; says what can.
    #[error("{0}")]
    Unsupported(String),
}

impl StoreError {
    /// Wraps the error of whoever decodes a stored value.
    pub fn unreadable(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StoreError {
        StoreError::Unreadable { what: what.into(), source: source.into() }
    }

    /// Whether a row with the same key was there already.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, StoreError::Duplicate { .. })
    }
}

/// Why a unit of work was not kept. In every case nothing of it is in the database, but for
/// [`StoreError::Lost`] while committing, which nobody can know.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E> {
    /// The unit itself said no; it was rolled back alone.
    #[error(transparent)]
    Unit(E),
    /// The unit panicked; it was rolled back alone.
    #[error("the operation failed inside the program ({0}); nothing of it was kept")]
    Panicked(String),
    /// The store could not keep it.
    #[error(transparent)]
    Store(StoreError),
    /// The group that the unit was in could not be committed; no unit of the group was kept.
    #[error("the group of operations could not be committed; nothing of them was kept")]
    Group(#[source] Arc<StoreError>),
}

/// The beginning of a statement, for messages.
pub(crate) fn excerpt(sql: &str) -> String {
    const SHOWN_CHARS: usize = 160;
    let flat: Vec<&str> = sql.split_whitespace().collect();
    flat.join(" ").chars().take(SHOWN_CHARS).collect()
}
