//! Opening: new, again, older, newer, somebody else's.

use vigie_store::{Store, StoreError};
use vigie_testkit::on_both;

use crate::{location, open};

fn levels(store: &Store) -> Vec<i64> {
    store
        .read(|tx| tx.query_all("SELECT number FROM migration ORDER BY number", &[], |row| row.i64(0)))
        .map_err(|e: StoreError| e)
        .unwrap()
}

#[test]
fn a_new_place_is_created_and_a_second_opening_changes_nothing() {
    on_both(|place| {
        let first = levels(&open(place));
        assert_eq!(first.first(), Some(&1));
        assert_eq!(levels(&open(place)), first);
    });
}

#[test]
fn several_nodes_may_open_a_new_postgresql_database_at_once() {
    let place = vigie_testkit::Place::postgres();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| open(&place));
        }
    });
    assert_eq!(levels(&open(&place)).first(), Some(&1));
}

#[test]
fn a_newer_migration_that_this_program_can_live_with_is_accepted() {
    on_both(|place| {
        open(place)
            .write(|tx| tx.execute("INSERT INTO migration (number, name, needs) VALUES (999, 'later', 1)", &[]))
            .unwrap();
        assert_eq!(levels(&open(place)).last(), Some(&999));
        Store::open_reading(location(place)).unwrap();
    });
}

#[test]
fn a_database_that_needs_a_newer_program_is_refused() {
    on_both(|place| {
        open(place)
            .write(|tx| tx.execute("INSERT INTO migration (number, name, needs) VALUES (999, 'later', 999)", &[]))
            .unwrap();
        for refused in [Store::open(location(place)), Store::open_reading(location(place))] {
            assert!(matches!(refused, Err(StoreError::Newer { found: 999, needs: 999, .. })), "{refused:?}");
        }
    });
}

#[test]
fn reading_a_place_that_does_not_exist_yet_says_so_and_creates_nothing() {
    on_both(|place| {
        assert!(matches!(Store::open_reading(location(place)), Err(StoreError::Missing { .. })));
        assert!(matches!(Store::open_reading(location(place)), Err(StoreError::Missing { .. })));
        assert!(!place.data.exists());
    });
}

#[test]
fn a_reader_beside_a_writer_sees_what_was_committed_and_cannot_write() {
    on_both(|place| {
        let writer = open(place);
        let reader = Store::open_reading(location(place)).unwrap();
        writer.write(|tx| tx.execute("INSERT INTO sign_in_failure (account, at) VALUES ('marie', 1)", &[])).unwrap();
        let seen = reader.read(|tx| tx.query_one("SELECT count(*) FROM sign_in_failure", &[], |row| row.i64(0)));
        assert_eq!(seen.map_err(|e: StoreError| e).unwrap(), 1);
        assert!(reader.write(|tx| tx.execute("DELETE FROM sign_in_failure", &[])).is_err());
    });
}
