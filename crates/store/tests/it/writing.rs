//! Units of work: kept together, refused alone, durable before they are answered.

use std::sync::{Arc, Barrier, mpsc};

use vigie_store::{Store, StoreError, Tx, WriteError};
use vigie_testkit::on_both;

use crate::open;

fn fail_sign_in(tx: &mut Tx<'_>, name: &str, at: i64) -> Result<u64, StoreError> {
    tx.execute("INSERT INTO sign_in_failure (account, at) VALUES ($1, $2)", &[name.into(), at.into()])
}

fn count(store: &Store) -> i64 {
    store
        .read(|tx| tx.query_one("SELECT count(*) FROM sign_in_failure", &[], |row| row.i64(0)))
        .map_err(|e: StoreError| e)
        .unwrap()
}

/// Holds the writer in a unit until the returned sender is used, so that what is written meanwhile queues up.
fn hold_writer(store: &Store) -> (mpsc::Sender<()>, std::thread::JoinHandle<()>) {
    let (release, held) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let store = store.clone();
    let holder = std::thread::spawn(move || {
        store
            .write(move |_| {
                started.send(()).unwrap();
                held.recv().unwrap();
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
    has_started.recv().unwrap();
    (release, holder)
}

/// Queues one unit per number behind a held writer, releases it, and gives what each caller was told.
fn write_together<T: Send + 'static>(
    store: &Store,
    numbers: std::ops::Range<i64>,
    unit: impl Fn(&mut Tx<'_>, i64) -> Result<T, StoreError> + Send + Sync + Copy + 'static,
) -> Vec<(i64, Result<T, WriteError<StoreError>>)> {
    let (release, holder) = hold_writer(store);
    let ready = Arc::new(Barrier::new(usize::try_from(numbers.end - numbers.start).unwrap() + 1));
    let callers: Vec<_> = numbers
        .map(|n| {
            let (store, ready) = (store.clone(), Arc::clone(&ready));
            std::thread::spawn(move || {
                ready.wait();
                (n, store.write(move |tx| unit(tx, n)))
            })
        })
        .collect();
    ready.wait();
    release.send(()).unwrap();
    holder.join().unwrap();
    callers.into_iter().map(|c| c.join().unwrap()).collect()
}

#[test]
fn sixty_four_callers_share_a_few_commits() {
    on_both(|place| {
        let store = open(place);
        let before = store.counters();
        for (n, told) in write_together(&store, 0..64, |tx, n| fail_sign_in(tx, "marie", n)) {
            assert_eq!(told.unwrap(), 1, "caller {n}");
        }
        assert_eq!(count(&store), 64);
        let after = store.counters();
        assert_eq!(after.units - before.units, 65);
        // One for the holder; the others come in at most a handful of groups however threads are scheduled.
        assert!(after.commits - before.commits <= 16, "{after:?}");
    });
}

#[test]
fn a_unit_that_fails_fails_alone() {
    on_both(|place| {
        let store = open(place);
        let told = write_together(&store, 0..32, |tx, n| {
            fail_sign_in(tx, "marie", n)?;
            match n % 4 {
                // Its own decision.
                1 => Err(StoreError::Unsupported("not this one".to_owned())),
                // A statement that the engine refuses.
                2 => tx.execute("INSERT INTO session (token_hash, account, created_at, last_seen_at, expires_at) VALUES ($1, 'nobody', 1, 1, 1)", &[b"t".into()]),
                _ => Ok(1),
            }
        });
        for (n, told) in told {
            match n % 4 {
                1 => assert!(matches!(told, Err(WriteError::Unit(StoreError::Unsupported(_)))), "{told:?}"),
                2 => assert!(matches!(told, Err(WriteError::Unit(StoreError::Statement { .. }))), "{told:?}"),
                _ => assert_eq!(told.unwrap(), 1),
            }
        }
        assert_eq!(count(&store), 16);
    });
}

#[test]
fn a_lone_unit_that_fails_leaves_nothing() {
    on_both(|place| {
        let store = open(place);
        let told = store.write(|tx| {
            fail_sign_in(tx, "marie", 1)?;
            Err::<(), _>(StoreError::Unsupported("no".to_owned()))
        });
        assert!(matches!(told, Err(WriteError::Unit(_))));
        assert_eq!(count(&store), 0);
        assert_eq!(store.counters().refused, 1);
    });
}

#[test]
fn a_unit_that_hides_a_failed_statement_is_refused() {
    on_both(|place| {
        let store = open(place);
        let told = store.write(|tx| {
            fail_sign_in(tx, "marie", 1)?;
            let hidden = tx.execute("INSERT INTO nowhere VALUES (1)", &[]);
            assert!(hidden.is_err());
            assert!(matches!(fail_sign_in(tx, "marie", 2), Err(StoreError::Doomed)));
            Ok::<_, StoreError>(())
        });
        assert!(matches!(told, Err(WriteError::Store(StoreError::Doomed))), "{told:?}");
        assert_eq!(count(&store), 0);
    });
}

#[test]
fn a_unit_that_panics_is_told_so_and_the_writer_goes_on() {
    on_both(|place| {
        let store = open(place);
        let told = write_together(&store, 0..8, |tx, n| {
            fail_sign_in(tx, "marie", n)?;
            assert!(n != 3, "the third is broken");
            Ok(())
        });
        for (n, told) in told {
            match told {
                Err(WriteError::Panicked(words)) if n == 3 => assert!(words.contains("the third is broken")),
                other => other.unwrap(),
            }
        }
        assert_eq!(count(&store), 7);
        store.write(|tx| fail_sign_in(tx, "marie", 9)).unwrap();
    });
}

#[test]
fn a_unit_cannot_start_another_one() {
    on_both(|place| {
        let store = open(place);
        let inner = store.clone();
        let told = store.write(move |_| Ok::<_, StoreError>(inner.write(|tx| fail_sign_in(tx, "marie", 1)).is_err()));
        assert!(told.unwrap());
    });
}

#[test]
fn what_is_queued_is_written_before_the_store_closes() {
    on_both(|place| {
        let store = open(place);
        let (release, holder) = hold_writer(&store);
        let queued = store.clone();
        let (about_to, hears) = mpsc::channel();
        let caller = std::thread::spawn(move || {
            about_to.send(()).unwrap();
            queued.write(|tx| fail_sign_in(tx, "marie", 1)).unwrap()
        });
        hears.recv().unwrap();
        drop(store);
        release.send(()).unwrap();
        holder.join().unwrap();
        assert_eq!(caller.join().unwrap(), 1);
        assert_eq!(count(&open(place)), 1);
    });
}

#[test]
fn two_nodes_on_one_postgresql_take_turns() {
    let place = vigie_testkit::Place::postgres();
    let nodes = [open(&place), open(&place)];
    let callers: Vec<_> = (0..40_i64)
        .map(|n| {
            let store = nodes[usize::try_from(n % 2).unwrap()].clone();
            // Reading and then writing what was read is where two nodes would lose a step.
            std::thread::spawn(move || {
                store.write(|tx| {
                    let n = tx.query_one("SELECT count(*) FROM sign_in_failure", &[], |row| row.i64(0))?;
                    fail_sign_in(tx, "marie", n)
                })
            })
        })
        .collect();
    for caller in callers {
        caller.join().unwrap().unwrap();
    }
    let distinct =
        nodes[0].read(|tx| tx.query_one("SELECT count(DISTINCT at) FROM sign_in_failure", &[], |row| row.i64(0)));
    assert_eq!(distinct.map_err(|e: StoreError| e).unwrap(), 40);
}

#[test]
fn a_writer_whose_postgresql_connection_was_cut_connects_again() {
    let place = vigie_testkit::Place::postgres();
    let store = open(&place);
    let cut = store.write(|tx| {
        // The server ends this very connection.
        tx.query_one("SELECT pg_terminate_backend(pg_backend_pid())", &[], |row| row.bool(0))?;
        fail_sign_in(tx, "marie", 1)
    });
    assert!(cut.is_err(), "{cut:?}");
    store.write(|tx| fail_sign_in(tx, "marie", 2)).unwrap();
    assert_eq!(count(&store), 1);
}

#[test]
fn a_full_sqlite_database_refuses_the_unit_and_keeps_what_was_acknowledged() {
    let place = vigie_testkit::Place::sqlite();
    let store = open(&place);
    store.write(|tx| fail_sign_in(tx, "marie", 1)).unwrap();
    let told = store.write(|tx| {
        // The engine's own way to make a disk small.
        let pages = tx.query_one("PRAGMA page_count", &[], |row| row.i64(0))?;
        tx.query_one(&format!("PRAGMA max_page_count = {pages}"), &[], |row| row.i64(0))?;
        let long = "x".repeat(100_000);
        fail_sign_in(tx, &long, 2)
    });
    assert!(matches!(told, Err(WriteError::Unit(StoreError::Full { .. }))), "{told:?}");
    assert_eq!(count(&store), 1);
    store.write(|tx| tx.query_one("PRAGMA max_page_count = 1000000", &[], |row| row.i64(0))).unwrap();
    store.write(|tx| fail_sign_in(tx, "marie", 3)).unwrap();
    assert_eq!(count(&store), 2);
}
