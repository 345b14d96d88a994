//! The store on both engines: every test runs on SQLite and on PostgreSQL unless its name says which.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod errors;
mod migration;
mod reading;
mod writing;

use vigie_store::{Location, Store};
use vigie_testkit::Place;

fn location(place: &Place) -> Location {
    Location::new(&place.data, place.url.as_deref())
}

fn open(place: &Place) -> Store {
    Store::open(location(place)).unwrap()
}
