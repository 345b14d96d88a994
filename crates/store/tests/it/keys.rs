//! The key file: made once, read by nobody else, never replaced.

use std::os::unix::fs::PermissionsExt;

use vigie_store::{Journal, JournalError, Store};
use vigie_testkit::{Place, on_both};

use crate::{NAME, at, fact, open};

fn open_journal(store: &Store, place: &Place, seed: u8) -> Result<Journal, JournalError> {
    std::fs::create_dir_all(&place.data).unwrap();
    Journal::open(store, &place.data.join("signing.key"), NAME, [seed; 32])
}

fn append(store: &Store, journal: &Journal) {
    let journal = journal.clone();
    store.write(move |tx| journal.append(tx, at(0), vec![fact(1, "case/1")])).unwrap();
}

#[test]
fn the_first_start_makes_the_key_and_the_next_ones_read_it() {
    on_both(|place| {
        let store = open(place);
        let first = open_journal(&store, place, 1).unwrap();
        append(&store, &first);
        // Another seed changes nothing: the file is there.
        assert_eq!(open_journal(&store, place, 2).unwrap().verifier(), first.verifier());
        let mode = std::fs::metadata(place.data.join("signing.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    });
}

#[test]
fn a_key_is_named_only_once_it_is_whole() {
    let place = Place::sqlite();
    let store = open(&place);
    std::fs::create_dir_all(&place.data).unwrap();
    // What a start that was killed while it wrote would have left.
    let half = place.data.join(format!("signing.key.{}", std::process::id()));
    std::fs::write(&half, "PRIVATE+KEY+vig").unwrap();
    let made = open_journal(&store, &place, 1).unwrap();
    assert!(!half.exists());
    assert_eq!(open_journal(&store, &place, 2).unwrap().verifier(), made.verifier());
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let place = Place::sqlite();
    let store = open(&place);
    open_journal(&store, &place, 1).unwrap();
    for (mode, fits) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
        std::fs::set_permissions(place.data.join("signing.key"), PermissionsExt::from_mode(mode)).unwrap();
        let told = open_journal(&store, &place, 1);
        assert_eq!(told.is_ok(), fits, "{mode:o}: {told:?}");
    }
}

#[test]
fn a_signed_journal_whose_key_is_gone_or_another_one_is_refused() {
    on_both(|place| {
        let store = open(place);
        append(&store, &open_journal(&store, place, 1).unwrap());
        let file = place.data.join("signing.key");
        std::fs::remove_file(&file).unwrap();
        let told = open_journal(&store, place, 2);
        assert!(matches!(told, Err(JournalError::KeyMissing { size: 1, .. })), "{told:?}");
        assert!(!file.exists());

        let other = Place::sqlite();
        open_journal(&open(&other), &other, 2).unwrap();
        std::fs::copy(other.data.join("signing.key"), &file).unwrap();
        let told = open_journal(&store, place, 2);
        assert!(matches!(told, Err(JournalError::WrongKey { .. })), "{told:?}");
    });
}

#[test]
fn a_damaged_key_file_is_refused_without_showing_it() {
    let place = Place::sqlite();
    let store = open(&place);
    open_journal(&store, &place, 1).unwrap();
    let file = place.data.join("signing.key");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() - 10]).unwrap();
    let told = open_journal(&store, &place, 1).unwrap_err();
    assert!(matches!(told, JournalError::Key { .. }));
    let shown = format!("{told} {told:?}");
    assert!(!shown.contains(&text[text.len() - 40..text.len() - 20]), "{shown}");
}

#[test]
fn no_key_stands_in_the_debug_form_of_a_journal() {
    let place = Place::sqlite();
    let store = open(&place);
    let journal = open_journal(&store, &place, 1).unwrap();
    let text = std::fs::read_to_string(place.data.join("signing.key")).unwrap();
    let secret = text.trim_end().rsplit('+').next().unwrap();
    assert!(!format!("{journal:?}").contains(secret));
}
