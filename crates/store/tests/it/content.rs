//! Contents are kept beside the journal and can be erased without breaking a proof.

use uuid::Uuid;
use vigie_evidence::{Hash, Origin, content_hash};
use vigie_store::{
    JournalError, StoreError, WriteError,
    journal::{self, Content, Erasure, MAX_CONTENT_BYTES},
};
use vigie_testkit::on_both;

use crate::{at, check_journal, fact, id, new_journal, open};

const SALT: [u8; 32] = [3; 32];

fn erasure(id: Uuid) -> Erasure {
    Erasure {
        id,
        actor: "dpo".to_owned(),
        origin: Origin::Web,
        subject: "case/1".to_owned(),
        reason: "gdpr-request".to_owned(),
    }
}

#[test]
fn an_erased_content_is_gone_and_the_journal_says_so_and_still_verifies() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let secret = b"Madame Untel, 04 91 00 00 00, a appel\xc3\xa9";
        let hash = store
            .write({
                let journal = journal.clone();
                move |tx| {
                    journal.append(tx, at(0), vec![fact(1, "case/1")])?;
                    journal::put_content(tx, &SALT, secret)
                }
            })
            .unwrap();
        assert_eq!(hash, content_hash(&SALT, secret));
        let kept = || store.read(|tx| journal::content(tx, &hash)).unwrap();
        assert_eq!(kept(), Some(Content::Kept(secret.to_vec())));

        let erase = |n: u64| {
            let journal = journal.clone();
            store.write(move |tx| journal.erase_content(tx, at(5), &hash, erasure(id(n)))).unwrap()
        };
        assert_eq!(erase(2).map(|a| a.first_seq), Some(1));
        assert_eq!(kept(), Some(Content::Erased { at_us: at(5).as_microsecond() }));
        // Once is enough.
        assert_eq!(erase(3), None);
        let entries = store.read(|tx| journal::entries_of(tx, "case/1")).unwrap();
        assert_eq!(entries[1].kind, "content.erased");
        assert_eq!(entries[1].body["hash"], hash.to_hex());
        assert_eq!(check_journal(&store, &journal.verifier()), 2);

        // Neither the bytes nor the salt are left in a row.
        let sql = "SELECT count(*) FROM content WHERE bytes IS NOT NULL OR salt IS NOT NULL";
        assert_eq!(store.read(|tx| tx.query_one(sql, &[], |row| row.i64(0))).map_err(|e: StoreError| e).unwrap(), 0);
    });
}

#[test]
fn an_erased_content_is_not_in_the_sqlite_file_any_more() {
    let place = vigie_testkit::Place::sqlite();
    let (store, journal) = (open(&place), new_journal());
    // Longer than a page, so that it stands in pages of its own which are freed.
    let secret = "Madame Untel ".repeat(2_000);
    let hash = store
        .write(move |tx| journal::put_content(tx, &SALT, secret.as_bytes()))
        .map_err(|e: WriteError<JournalError>| e)
        .unwrap();
    store.write(move |tx| journal.erase_content(tx, at(5), &hash, erasure(id(1)))).unwrap();
    drop(store);
    let file = std::fs::read(place.data.join("vigie.db")).unwrap();
    assert!(!file.windows(12).any(|w| w == b"Madame Untel"));
    assert!(!place.data.join("vigie.db-wal").exists());
}

#[test]
fn the_same_salt_and_bytes_are_kept_once() {
    on_both(|place| {
        let store = open(place);
        let put = || store.write(|tx| journal::put_content(tx, &SALT, b"x")).unwrap();
        assert_eq!(put(), put());
    });
}

#[test]
fn a_content_over_the_limit_is_refused_and_one_at_the_limit_is_kept() {
    let place = vigie_testkit::Place::sqlite();
    let store = open(&place);
    let put = |size: usize| store.write(move |tx| journal::put_content(tx, &SALT, &vec![0; size]));
    put(MAX_CONTENT_BYTES).unwrap();
    let told = put(MAX_CONTENT_BYTES + 1);
    assert!(matches!(told, Err(WriteError::Unit(JournalError::TooLarge { .. }))), "{told:?}");
}

#[test]
fn erasing_what_was_never_kept_is_refused_and_appends_nothing() {
    on_both(|place| {
        let (store, journal) = (open(place), new_journal());
        let told = store.write(move |tx| journal.erase_content(tx, at(0), &Hash([1; 32]), erasure(id(1))));
        assert!(matches!(told, Err(WriteError::Unit(JournalError::NoContent { .. }))));
        assert_eq!(store.read(journal::head).unwrap().size, 0);
    });
}
