//! What goes in comes out, and a read sees one moment.

use vigie_store::{Param, StoreError, WriteError};
use vigie_testkit::on_both;

use crate::open;

const COLUMNS: [&str; 9] =
    ["subject", "class", "number", "first_at", "last_at", "matters_until", "open", "version", "timeline"];

fn history_row(subject: &str, version: i64) -> [Param<'_>; 9] {
    let (first, last) = (Param::I64(1), Param::I64(2));
    [subject.into(), "incident".into(), subject.into(), first, last, last, true.into(), version.into(), b"t".into()]
}

fn insert_history(tx: &mut vigie_store::Tx<'_>, subject: &str, version: i64) -> Result<u64, StoreError> {
    tx.execute(
        "INSERT INTO history (subject, class, number, first_at, last_at, matters_until, open, version, timeline)
         VALUES ($1, $2, $1, $3, $3, $3, $4, $5, $6)",
        &[subject.into(), "incident".into(), 7_i64.into(), true.into(), version.into(), b"\x00\xff".into()],
    )
}

#[test]
fn every_kind_of_value_comes_back_as_it_went_in() {
    on_both(|place| {
        let store = open(place);
        store.write(|tx| insert_history(tx, "case/é'\"$1", i64::MAX)).unwrap();
        let sql = "SELECT subject, version, open, timeline, priority, started_at FROM history WHERE open AND version = $2 AND class = $1";
        store
            .read(|tx| {
                tx.query_one(sql, &["incident".into(), i64::MAX.into()], |row| {
                    assert_eq!(row.text(0)?, "case/é'\"$1");
                    assert_eq!(row.i64(1)?, i64::MAX);
                    assert!(row.bool(2)?);
                    assert_eq!(row.blob(3)?, b"\x00\xff");
                    assert_eq!(row.opt_text(4)?, None);
                    assert_eq!(row.opt_i64(5)?, None);
                    Ok::<_, StoreError>(())
                })
            })
            .unwrap();
    });
}

#[test]
fn a_column_of_another_type_or_that_is_absent_is_an_error_that_names_it() {
    on_both(|place| {
        let store = open(place);
        store.write(|tx| insert_history(tx, "case/1", 1)).unwrap();
        let ask = |read: fn(&vigie_store::Row<'_>) -> Result<(), StoreError>| {
            store.read(|tx| tx.query_one("SELECT subject, priority FROM history", &[], read)).unwrap_err()
        };
        assert!(matches!(ask(|row| row.i64(0).map(drop)), StoreError::Column { index: 0, .. }));
        assert!(matches!(ask(|row| row.text(1).map(drop)), StoreError::Column { index: 1, .. }));
        assert!(matches!(ask(|row| row.opt_text(2).map(drop)), StoreError::Column { index: 2, .. }));
    });
}

#[test]
fn a_query_without_an_answer_is_no_row_for_one_and_nothing_for_opt() {
    on_both(|place| {
        let store = open(place);
        let sql = "SELECT subject FROM history";
        store
            .read(|tx| {
                assert_eq!(tx.query_opt(sql, &[], |row| row.i64(0))?, None);
                assert!(matches!(tx.query_one(sql, &[], |row| row.i64(0)), Err(StoreError::NoRow { .. })));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn many_rows_go_in_at_once_and_stream_out_in_the_order_of_their_bytes() {
    on_both(|place| {
        let store = open(place);
        // More than one statement of a bulk insert, and names that a French collation would order otherwise.
        let written = store.write(|tx| {
            let names: Vec<String> = (0..10_000).map(|n| format!("case/{}{n:05}", ["é", "Z", "a"][n % 3])).collect();
            tx.insert_many("history", &COLUMNS, names.iter().map(|n| history_row(n, 3)))
        });
        assert_eq!(written.unwrap(), 10_000);
        let mut seen: Vec<String> = Vec::new();
        store
            .read(|tx| {
                tx.query("SELECT subject FROM history ORDER BY subject", &[], |row| {
                    seen.push(row.text(0)?.to_owned());
                    Ok(())
                })
            })
            .map_err(|e: StoreError| e)
            .unwrap();
        assert_eq!(seen.len(), 10_000);
        assert!(seen.is_sorted());
    });
}

#[test]
fn an_upsert_replaces_the_row_of_the_same_key_and_an_insert_refuses_it() {
    on_both(|place| {
        let store = open(place);
        let put = |version: i64| {
            store.write(move |tx| tx.upsert_many("history", &["subject"], &COLUMNS, [history_row("case/1", version)]))
        };
        assert_eq!(put(1).unwrap(), 1);
        assert_eq!(put(2).unwrap(), 1);
        let version = store.read(|tx| tx.query_one("SELECT version FROM history", &[], |row| row.i64(0)));
        assert_eq!(version.map_err(|e: StoreError| e).unwrap(), 2);
        // One row, and as many as go by another road on PostgreSQL.
        for rows in [1, 1_000] {
            let again = store.write(move |tx| {
                let names: Vec<String> = (1..=rows).map(|n| format!("case/{n}")).collect();
                tx.insert_many("history", &COLUMNS, names.iter().rev().map(|n| history_row(n, 3)))
            });
            assert!(matches!(again, Err(WriteError::Unit(StoreError::Duplicate { .. }))), "{again:?}");
        }
        let count = store.read(|tx| tx.query_one("SELECT count(*) FROM history", &[], |row| row.i64(0)));
        assert_eq!(count.map_err(|e: StoreError| e).unwrap(), 1);
    });
}

#[test]
fn a_read_keeps_the_moment_of_its_first_question_while_others_write() {
    on_both(|place| {
        let store = open(place);
        store.write(|tx| insert_history(tx, "case/1", 1)).unwrap();
        let count = |tx: &mut vigie_store::Tx<'_>| tx.query_one("SELECT count(*) FROM history", &[], |row| row.i64(0));
        store
            .read(|tx| {
                assert_eq!(count(tx)?, 1);
                let other = store.clone();
                std::thread::spawn(move || other.write(|tx| insert_history(tx, "case/2", 1)).unwrap()).join().unwrap();
                assert_eq!(count(tx)?, 1);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(store.read(count).unwrap(), 2);
    });
}

#[test]
fn a_read_cannot_write() {
    on_both(|place| {
        let store = open(place);
        let tried = store.read(|tx| insert_history(tx, "case/1", 1));
        assert!(matches!(tried, Err(StoreError::ReadOnly { .. })), "{tried:?}");
        // The connection is good for the next reader.
        for _ in 0..20 {
            let n = store.read(|tx| tx.query_one("SELECT count(*) FROM history", &[], |row| row.i64(0)));
            assert_eq!(n.map_err(|e: StoreError| e).unwrap(), 0);
        }
    });
}

#[test]
fn a_reader_that_panics_costs_no_connection() {
    on_both(|place| {
        let store = open(place);
        for _ in 0..20 {
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                store.read(|_| -> Result<(), StoreError> { panic!("a reader's own fault") })
            }));
            assert!(caught.is_err());
        }
        let n = store.read(|tx| tx.query_one("SELECT count(*) FROM history", &[], |row| row.i64(0)));
        assert_eq!(n.map_err(|e: StoreError| e).unwrap(), 0);
    });
}

#[test]
fn a_text_with_nul_is_refused_on_both_engines() {
    on_both(|place| {
        let store = open(place);
        let tried = store.write(|tx| insert_history(tx, "case/\0", 1));
        assert!(matches!(tried, Err(WriteError::Unit(StoreError::NulInText))), "{tried:?}");
    });
}
