//! Entries go in once, in order, with the tree over them; a stale write is refused.

use std::sync::{Arc, Barrier};

use vigie_evidence::{verify_consistency, verify_note};
use vigie_store::{Appended, JournalError, StoreError, WriteError, journal};
use vigie_testkit::on_both;

use crate::{at, check_journal, fact, id, new_journal, open};

#[test]
fn entries_come_back_as_they_were_recorded() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let appended = store.write({
            let journal = journal.clone();
            move |tx| journal.append(tx, at(10), vec![fact(1, "case/1"), fact(2, "case/2"), fact(3, "case/1")])
        });
        assert_eq!(appended.unwrap(), Appended { first_seq: 0, count: 3 });
        store
            .read(|tx| {
                let all = journal::entries(tx, 0..10)?;
                assert_eq!(all.iter().map(|e| e.seq).collect::<Vec<_>>(), [0, 1, 2]);
                assert_eq!(all[1], fact(2, "case/2").record(1, at(10)));
                assert_eq!(journal::entries_of(tx, "case/1")?, [all[0].clone(), all[2].clone()]);
                assert_eq!(journal::entries(tx, 1..2)?, [all[1].clone()]);
                assert_eq!(journal::entry(tx, 2)?.as_ref(), Some(&all[2]));
                assert_eq!(journal::entry(tx, 3)?, None);
                assert_eq!(journal::entry_by_id(tx, id(2))?.as_ref(), Some(&all[1]));
                assert_eq!(journal::entry_by_id(tx, id(9))?, None);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(check_journal(&store, &journal.verifier()), 3);
    });
}

#[test]
fn an_empty_journal_has_no_checkpoint_and_an_empty_append_makes_none() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let nothing = store.write(move |tx| journal.append(tx, at(0), Vec::new())).unwrap();
        assert_eq!(nothing, Appended { first_seq: 0, count: 0 });
        assert_eq!(store.read(journal::latest_checkpoint).unwrap(), None);
    });
}

#[test]
fn the_tree_grows_across_full_tiles_and_each_head_continues_the_one_before() {
    on_both(|place| {
        let journal = new_journal();
        let key = journal.verifier();
        let mut heads = Vec::new();
        let mut next = 0;
        // Both sides of a full tile, several tiles at once, and a store that is opened again in between.
        for size in [1, 255, 256, 257, 512, 1_300, 1_301] {
            let store = open(place);
            let facts = (next..size).map(|n| fact(n, "case/1")).collect();
            let journal = journal.clone();
            store.write(move |tx| journal.append(tx, at(0), facts)).unwrap();
            next = size;
            assert_eq!(check_journal(&store, &key), size);
            let note = store.read(journal::latest_checkpoint).unwrap().unwrap();
            heads.push(verify_note(&note, std::slice::from_ref(&key)).unwrap());
        }
        let store = open(place);
        for pair in heads.windows(2) {
            let proof = store.read(|tx| journal::consistency(tx, pair[0].size, pair[1].size)).unwrap();
            verify_consistency(pair[0].size, pair[0].root, pair[1].size, pair[1].root, &proof).unwrap();
        }
    });
}

#[test]
fn sixty_four_callers_append_under_few_signatures() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let together = Arc::new(Barrier::new(64));
        let callers: Vec<_> = (0..64)
            .map(|n| {
                let (store, journal, together) = (store.clone(), journal.clone(), Arc::clone(&together));
                std::thread::spawn(move || {
                    together.wait();
                    for i in 0..5 {
                        let journal = journal.clone();
                        store.write(move |tx| journal.append(tx, at(0), vec![fact(n * 5 + i, "case/1")])).unwrap();
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        assert_eq!(check_journal(&store, &journal.verifier()), 320);
        let counters = store.counters();
        assert_eq!(counters.units, 320);
        assert!(counters.commits <= 160, "{counters:?}");
    });
}

#[test]
fn a_unit_that_is_rolled_back_leaves_no_entry_and_no_tile() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let together = Arc::new(Barrier::new(16));
        let callers: Vec<_> = (0..16)
            .map(|n| {
                let (store, journal, together) = (store.clone(), journal.clone(), Arc::clone(&together));
                std::thread::spawn(move || {
                    together.wait();
                    let told = store.write(move |tx| {
                        journal.append(tx, at(0), (0..300).map(|i| fact(n * 300 + i, "case/1")).collect())?;
                        if n % 2 == 0 { Ok(()) } else { Err(JournalError::NoContent { hash: String::new() }) }
                    });
                    assert_eq!(told.is_ok(), n % 2 == 0);
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        assert_eq!(check_journal(&store, &journal.verifier()), 8 * 300);
    });
}

#[test]
fn a_second_import_adds_nothing_and_a_mixed_one_adds_what_is_new() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let import = |numbers: Vec<u64>| {
            let journal = journal.clone();
            let facts = numbers.into_iter().map(|n| fact(n, "case/1")).collect();
            store.write(move |tx| journal.append_new(tx, at(0), facts)).unwrap()
        };
        assert_eq!(import((0..300).collect()), Appended { first_seq: 0, count: 300 });
        assert_eq!(import((0..300).collect()), Appended { first_seq: 300, count: 0 });
        assert_eq!(import(vec![5, 300, 7, 301, 300]), Appended { first_seq: 300, count: 2 });
        // Both sides of the lists in which ids are asked for.
        for (from, count) in
            [(400, 1), (401, 15), (420, 16), (440, 17), (500, 255), (800, 256), (1_100, 257), (1_400, 0)]
        {
            assert_eq!(import((from..from + count).collect()).count, count);
            assert_eq!(import((from..from + count).collect()).count, 0);
        }
        assert_eq!(check_journal(&store, &journal.verifier()), 302 + 1 + 15 + 16 + 17 + 255 + 256 + 257);
    });
}

#[test]
fn an_id_that_is_there_already_is_refused_by_a_plain_append() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let append = || {
            let journal = journal.clone();
            store.write(move |tx| journal.append(tx, at(0), vec![fact(1, "case/1")]))
        };
        append().unwrap();
        let again = append();
        assert!(matches!(again, Err(WriteError::Unit(JournalError::Store(StoreError::Duplicate { .. })))), "{again:?}");
        assert_eq!(check_journal(&store, &journal.verifier()), 1);
    });
}

#[test]
fn recorded_at_never_goes_backwards() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        for (n, now) in [(1, at(10)), (2, at(5)), (3, at(11))] {
            let journal = journal.clone();
            // Two in one unit, the second with an earlier clock.
            store
                .write(move |tx| {
                    journal.append(tx, now, vec![fact(n * 10, "case/1")])?;
                    journal.append(tx, at(0), vec![fact(n * 10 + 1, "case/1")])
                })
                .unwrap();
        }
        let recorded: Vec<_> =
            store.read(|tx| journal::entries(tx, 0..9)).unwrap().iter().map(|e| e.recorded_at).collect();
        assert_eq!(recorded, [at(10), at(10), at(10), at(10), at(11), at(11)]);
    });
}

#[test]
fn a_stale_write_is_refused_and_names_what_came_in_between() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let write = |version: u64, n: u64| {
            let journal = journal.clone();
            store.write(move |tx| journal.append_expecting(tx, at(0), "case/1", version, vec![fact(n, "case/1")]))
        };
        let version = || store.read(|tx| journal::version_of(tx, "case/1")).unwrap();
        assert_eq!(version(), 0);
        write(0, 1).unwrap();
        // Entries of others do not make a reader stale.
        let other = journal.clone();
        store.write(move |tx| other.append(tx, at(0), vec![fact(2, "case/2")])).unwrap();
        let read = version();
        assert_eq!(read, 1);
        write(read, 3).unwrap();
        write(version(), 4).unwrap();
        match write(read, 5) {
            Err(WriteError::Unit(JournalError::Stale { expected: 1, found: 4, seq: 2, kind, .. })) => {
                assert_eq!(kind, "incident.noted");
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(write(9, 6), Err(WriteError::Unit(JournalError::Unknown { expected: 9, found: 4, .. }))));
        assert_eq!(check_journal(&store, &journal.verifier()), 4);
    });
}

#[test]
fn of_two_writers_with_the_same_version_one_wins() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let together = Arc::new(Barrier::new(8));
        let callers: Vec<_> = (0..8)
            .map(|n| {
                let (store, journal, together) = (store.clone(), journal.clone(), Arc::clone(&together));
                std::thread::spawn(move || {
                    together.wait();
                    store
                        .write(move |tx| journal.append_expecting(tx, at(0), "case/1", 0, vec![fact(n, "case/1")]))
                        .is_ok()
                })
            })
            .collect();
        let won = callers.into_iter().map(|c| c.join().unwrap()).filter(|won| *won).count();
        assert_eq!(won, 1);
    });
}

#[test]
fn a_fact_that_cannot_be_an_entry_is_refused_with_its_place() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let mut broken = fact(2, "case/1");
        broken.kind = String::new();
        let told = store.write(move |tx| journal.append(tx, at(0), vec![fact(1, "case/1"), broken]));
        assert!(matches!(told, Err(WriteError::Unit(JournalError::Entry { index: 1, .. }))), "{told:?}");
        assert_eq!(store.read(journal::head).unwrap().size, 0);
    });
}

#[test]
fn a_damaged_tile_stops_the_journal_instead_of_being_signed() {
    on_both(|place| {
        let journal = new_journal();
        let append = |store: &vigie_store::Store, n: u64| {
            let journal = journal.clone();
            store.write(move |tx| journal.append(tx, at(0), vec![fact(n, "case/1")]))
        };
        let store = open(place);
        append(&store, 1).unwrap();
        store.write(|tx| tx.execute("UPDATE tile SET hashes = $1", &[(&[9_u8; 32]).into()])).unwrap();
        drop(store);
        let store = open(place);
        let told = append(&store, 2);
        match told {
            Err(WriteError::Group(e)) => assert!(matches!(*e, StoreError::Inconsistent { .. }), "{e}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(store.read(journal::head).unwrap().size, 1);
    });
}

#[test]
fn two_nodes_append_to_one_postgresql_journal() {
    let place = vigie_testkit::Place::postgres();
    let nodes = [open(&place), open(&place)];
    let journal = new_journal();
    let callers: Vec<_> = (0..8)
        .map(|n| {
            let (store, journal) = (nodes[usize::try_from(n % 2).unwrap()].clone(), journal.clone());
            std::thread::spawn(move || {
                for i in 0..40 {
                    let journal = journal.clone();
                    store.write(move |tx| journal.append(tx, at(0), vec![fact(n * 40 + i, "case/1")])).unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.join().unwrap();
    }
    assert_eq!(check_journal(&nodes[0], &journal.verifier()), 320);
}
