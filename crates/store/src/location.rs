//! Where the data lives, and how to name that place without telling its password.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Which engine keeps the data. The same SQL text runs on both; where it cannot, ask [`crate::Tx::engine`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded engine: one file, one writing process.
    Sqlite,
    /// A server, shared by several nodes.
    Postgres,
}

/// Where a store is opened.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A data directory; the database is `vigie.db` inside it.
    Sqlite(PathBuf),
    /// A libpq URL or key-value string: `postgresql://vigie:secret@db.example/vigie`.
    Postgres(String),
}

impl Location {
    /// The place that the two options of the command line name: the URL when there is one.
    #[must_use]
    pub fn new(data: &Path, database_url: Option<&str>) -> Location {
        match database_url {
            Some(url) => Location::Postgres(url.to_owned()),
            None => Location::Sqlite(data.to_owned()),
        }
    }

    /// The engine of this place.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            Location::Sqlite(_) => Engine::Sqlite,
            Location::Postgres(_) => Engine::Postgres,
        }
    }
}

/// Names the place for people. MUST NOT show a password: everything between the scheme and the last
/// `@` but the user is dropped, and a key-value string is not shown at all.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(dir) => write!(f, "{}", dir.display()),
            Location::Postgres(url) => f.write_str(&redacted(url)),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "the PostgreSQL database of the given connection string".to_owned();
    };
    // A query may carry `password=`; it is left out whole.
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    match rest.rsplit_once('@') {
        Some((user_info, host)) => {
            let user = user_info.split_once(':').map_or(user_info, |(user, _)| user);
            format!("{scheme}://{user}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, shown: &str) {
        let location = Location::Postgres(url.to_owned());
        assert_eq!(location.to_string(), shown);
        assert_eq!(format!("{location:?}"), format!("Location({shown})"));
    }

    #[test]
    fn a_location_never_shows_its_password() {
        check("postgresql://vigie:s3cret@db.example:5432/vigie", "postgresql://vigie@db.example:5432/vigie");
        check("postgresql://vigie:s3:c@ret@db.example/vigie", "postgresql://vigie@db.example/vigie");
        check("postgresql://db.example/vigie?password=s3cret", "postgresql://db.example/vigie");
        check("postgresql://vigie@db.example/vigie", "postgresql://vigie@db.example/vigie");
        check("host=db.example password=s3cret", "the PostgreSQL database of the given connection string");
    }
}
