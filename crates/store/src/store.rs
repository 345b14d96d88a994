//! The store as the program sees it: opened once, shared by clones, read from anywhere, written in units.

use std::sync::Arc;

use crate::{
    Counters, Engine, Location, StoreError, WriteError, migrate, pg,
    readers::Readers,
    sqlite,
    tx::{Connection, Tx},
    writer::Writer,
};

/// An open database. Clones share it; the last one closes it after what is queued has been written.
///
/// Every method blocks its thread; async code calls them inside `spawn_blocking`.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    location: Location,
    // Readers close before the writer does: SQLite copies its log back and removes it with the last
    // connection, and only one that may write can. Nothing is queued by then: whoever writes waits.
    readers: Readers,
    writer: Option<Writer>,
}

impl Store {
    /// Opens for reading and writing: creates what is absent, migrates what is older.
    ///
    /// # Errors
    /// Says what is wrong with the place and what to do: see [`StoreError`]. Nothing is changed then.
    pub fn open(location: Location) -> Result<Store, StoreError> {
        let place = Arc::new(Place::for_writing(&location)?);
        let mut conn = place.connect_writer()?;
        place.migrate(&mut conn)?;
        let writer = Writer::start(conn, Arc::clone(&place))?;
        Ok(Store(Arc::new(Shared { location, writer: Some(writer), readers: Readers::new(place) })))
    }

    /// Opens for reading only, beside whoever writes.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is nothing yet, [`StoreError::Older`] when it must be migrated
    /// first, and all that is wrong with the place.
    pub fn open_reading(location: Location) -> Result<Store, StoreError> {
        let place = Arc::new(Place::for_reading(&location)?);
        place.check(&mut place.connect_reader()?)?;
        Ok(Store(Arc::new(Shared { location, writer: None, readers: Readers::new(place) })))
    }

    /// Where it is; shows no password.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.0.location
    }

    /// Which engine keeps it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.0.location.engine()
    }

    /// Runs `work` and returns once what it wrote is durable. All of it is kept or nothing.
    ///
    /// `work` runs on the writer's thread beside units of others: it MUST NOT wait for anything, and what
    /// takes time to compute is computed before.
    ///
    /// # Errors
    /// [`WriteError`] says whether the unit, the store or the group refused; nothing was kept then.
    pub fn write<T, E, F>(&self, work: F) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.0.writer {
            Some(writer) => writer.write(work),
            None => Err(WriteError::Store(StoreError::ReadOnly {
                place: self.0.location.to_string(),
                reason: "it was opened for reading".to_owned(),
            })),
        }
    }

    /// Runs `read` on one consistent snapshot. Calls MUST NOT nest: a thread that holds one of the few
    /// connections and waits for another may wait for ever.
    ///
    /// # Errors
    /// Whatever the store or `read` says.
    pub fn read<T, E: From<StoreError>>(&self, read: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.0.readers.read(read)
    }

    /// How the writer has worked since the store was opened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.writer.as_ref().map(Writer::counters).unwrap_or_default()
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.0.location)
    }
}

/// What new connections need.
pub(crate) enum Place {
    Sqlite(sqlite::Place),
    Postgres(Box<pg::Place>),
}

impl Place {
    fn for_writing(location: &Location) -> Result<Place, StoreError> {
        match location {
            Location::Sqlite(dir) => sqlite::Place::for_writing(dir).map(Place::Sqlite),
            Location::Postgres(url) => pg::Place::new(url, &location.to_string()).map(|p| Place::Postgres(Box::new(p))),
        }
    }

    fn for_reading(location: &Location) -> Result<Place, StoreError> {
        match location {
            Location::Sqlite(dir) => sqlite::Place::for_reading(dir).map(Place::Sqlite),
            Location::Postgres(url) => pg::Place::new(url, &location.to_string()).map(|p| Place::Postgres(Box::new(p))),
        }
    }

    pub(crate) fn connect_writer(&self) -> Result<Connection, StoreError> {
        match self {
            Place::Sqlite(place) => place.writer().map(Connection::Sqlite),
            Place::Postgres(place) => place.writer().map(Connection::Postgres),
        }
    }

    pub(crate) fn connect_reader(&self) -> Result<Connection, StoreError> {
        match self {
            Place::Sqlite(place) => place.reader().map(Connection::Sqlite),
            Place::Postgres(place) => place.connect().map(Connection::Postgres),
        }
    }

    fn migrate(&self, conn: &mut Connection) -> Result<(), StoreError> {
        let mut tx = conn.begin(true)?;
        migrate::forward(&mut tx, self.shown())?;
        tx.commit()
    }

    fn check(&self, conn: &mut Connection) -> Result<(), StoreError> {
        migrate::check(&mut conn.begin(false)?, self.shown())
    }

    fn shown(&self) -> &str {
        match self {
            Place::Sqlite(place) => place.shown(),
            Place::Postgres(place) => place.shown(),
        }
    }
}
