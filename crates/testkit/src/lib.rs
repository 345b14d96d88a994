//! Temporary databases and servers for the tests of every crate, on both engines.
//!
//! Beside them stand servers of others, made up on this machine: EZV ([`ezv`]), a receiver of webhooks
//! ([`hook`]), a provider of OpenID Connect ([`provider`]). A test asks for places and opens them itself: this crate knows no store. MUST NOT skip an engine: a
//! machine without PostgreSQL fails the test and says which package to install.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    reason = "this crate is linked into tests only; there a failure is a panic"
)]

mod cluster;
pub mod ezv;
pub mod hook;
mod mail;
pub mod provider;
pub mod slapd;

use std::{
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

pub use cluster::{Cluster, Durability};
pub use mail::{Dovecot, Postfix};

/// One empty database of its own for one test; gone when dropped.
pub struct Place {
    /// A directory of its own; on SQLite the database goes there, on PostgreSQL keys and files do.
    pub data: PathBuf,
    /// The database URL; none on SQLite.
    pub url: Option<String>,
    database: Option<String>,
    _directory: tempfile::TempDir,
}

impl Place {
    /// An empty directory for SQLite.
    #[must_use]
    pub fn sqlite() -> Place {
        let directory = tempfile::Builder::new().prefix("vigie-test-").tempdir().expect("a temporary directory");
        Place { data: directory.path().join("data"), url: None, database: None, _directory: directory }
    }

    /// An empty database on the PostgreSQL cluster of this test binary.
    #[must_use]
    pub fn postgres() -> Place {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let url = cluster().create(&name);
        let mut place = Place::sqlite();
        place.url = Some(url);
        place.database = Some(name);
        place
    }

    /// Another empty place on the same engine.
    #[must_use]
    pub fn another(&self) -> Place {
        if self.url.is_some() { Self::postgres() } else { Self::sqlite() }
    }

    /// Which engine this is for, in messages.
    #[must_use]
    pub fn engine_name(&self) -> &'static str {
        if self.url.is_some() { "PostgreSQL" } else { "SQLite" }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(name) = &self.database {
            // What cannot be dropped goes with the whole cluster, when the test binary ends.
            let _ = cluster().drop_database(name);
        }
    }
}

/// Runs the body of a test on SQLite, then on PostgreSQL, each on an empty place.
/// A failure names its engine on standard error.
pub fn on_both(body: impl Fn(&Place)) {
    for place in [Place::sqlite(), Place::postgres()] {
        let named = Named(place.engine_name());
        body(&place);
        drop(named);
    }
}

struct Named(&'static str);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this failed on {}", self.0);
        }
    }
}

/// The one cluster of this test binary, started when first asked for.
fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start(Durability::None))
}
