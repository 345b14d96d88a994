//! Whatever was changed afterwards is found and named, in the journal and in its export.

use vigie::app::Vigie;
use vigie_store::{StoreError, WriteError};
use vigie_testkit::{Place, on_both};

use crate::support::{beside, file, import, open, run, servicenow_log};

/// A place with a journal of a few hundred entries, closed again.
fn filled(place: &Place) -> String {
    let vigie = open(place);
    import(&vigie, "servicenow", &servicenow_log(80));
    drop(vigie);
    let export = beside(place, "journal.jsonl");
    run(place, &["export", &export]).done();
    export
}

/// What `vigie export` names as the key that verifies.
fn key_of(place: &Place) -> String {
    let said = run(place, &["export", &beside(place, "other.jsonl")]).done();
    said.lines().find_map(|l| l.strip_prefix("verifier key: ")).unwrap().to_owned()
}

/// Changes the stored journal behind the program's back.
fn tamper(place: &Place, sql: &str) {
    let vigie: Vigie = open(place);
    let sql = sql.to_owned();
    let changed = vigie.store.write(move |tx| tx.execute(&sql, &[])).map_err(|e: WriteError<StoreError>| e).unwrap();
    assert_eq!(changed, 1);
}

/// SQL that flips the lowest bit of a byte of a column of entry 137.
fn flip(place: &Place, column: &str) -> String {
    if place.url.is_some() {
        return format!(
            "UPDATE entry SET {column} = set_byte({column}, 20, get_byte({column}, 20) # 1) WHERE seq = 137"
        );
    }
    // SQLite has no function for it, so the new bytes are written out.
    let store = crate::support::reading(place);
    let sql = format!("SELECT {column} FROM entry WHERE seq = 137");
    let mut bytes = store.read(|tx| tx.query_one(&sql, &[], |row| Ok(row.blob(0)?.to_vec()))).unwrap();
    bytes[20] ^= 1;
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    format!("UPDATE entry SET {column} = x'{hex}' WHERE seq = 137")
}

#[test]
fn a_journal_and_its_export_verify() {
    on_both(|place| {
        let export = filled(place);
        let key = key_of(place);
        let stored = run(place, &["verify"]).done();
        assert!(stored.starts_with("VERIFIED"), "{stored}");
        let apart = Place::sqlite();
        let exported = run(&apart, &["verify", &export]).done();
        assert!(exported.starts_with(&stored), "the same figures: {stored}{exported}");
        assert!(exported.contains("give the key obtained elsewhere with --key"), "{exported}");
        let known = run(&apart, &["verify", &export, "--key", &key]).done();
        assert_eq!(known, stored, "nothing is left to say when the key is known");
        assert!(!apart.data.exists());
    });
}

#[test]
fn one_flipped_byte_of_a_stored_entry_is_refused_with_the_number_of_the_entry() {
    for column in ["bytes", "leaf"] {
        on_both(|place| {
            let export = filled(place);
            tamper(place, &flip(place, column));
            run(place, &["verify"]).refused(1, &["REFUSED", "entry 137: ", "one of the two was changed"]);
            // No export leaves from a journal that does not verify, and the earlier one is still there.
            let before = std::fs::read(&export).unwrap();
            if column == "bytes" {
                run(place, &["export", &export]).refused(1, &["137"]);
            }
            assert_eq!(std::fs::read(&export).unwrap(), before);
            run(place, &["verify", &export]).done();
        });
    }
}

#[test]
fn entries_that_are_missing_moved_or_doubled_are_refused() {
    on_both(|place| {
        filled(place);
        tamper(place, "DELETE FROM entry WHERE seq = 137");
        run(place, &["verify"]).refused(1, &["REFUSED", "entry 137", "missing, doubled or out of order"]);
    });
    on_both(|place| {
        filled(place);
        tamper(place, "DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)");
        run(place, &["verify"]).refused(1, &["REFUSED", "entries were removed or added"]);
    });
    on_both(|place| {
        filled(place);
        tamper(place, "UPDATE head SET note = replace(note, 'vigie/callipso', 'vigie/callipsa')");
        run(place, &["verify"]).refused(1, &["error"]);
    });
}

#[test]
fn one_flipped_byte_of_an_export_is_refused_wherever_it_is() {
    on_both(|place| {
        let export = filled(place);
        let whole = std::fs::read(&export).unwrap();
        let starts: Vec<usize> = whole
            .split_inclusive(|b| *b == b'\n')
            .scan(0, |at, line| {
                let start = *at;
                *at += line.len();
                Some(start)
            })
            .collect();
        let last = starts.len() - 1;
        let check = |at: usize, told: &str| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            let changed = file(place, "changed.jsonl", bytes);
            run(place, &["verify", &changed]).refused(1, &["REFUSED", told]);
            run(place, &["judge", "2016-03", "--from", &changed]).refused(1, &[told]);
        };
        for entry in [0, 1, 137, last - 2] {
            // In the middle of the entry, which is line `entry + 2` after the header.
            let middle = usize::midpoint(starts[entry + 1], starts[entry + 2]);
            check(middle, &format!("entry {entry} (line {}): ", entry + 2));
        }
        check(starts[0] + 12, "the header announces");
        check(usize::midpoint(starts[last], whole.len()), "error");
    });
}

#[test]
fn an_export_cut_short_or_grown_is_refused_and_says_so() {
    on_both(|place| {
        let export = filled(place);
        let whole = std::fs::read(&export).unwrap();
        let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
        let check = |bytes: Vec<u8>, told: &str| {
            let changed = file(place, "changed.jsonl", bytes);
            run(place, &["verify", &changed]).refused(1, &["REFUSED", told]);
        };
        check(Vec::new(), "the export ends here");
        check(whole[..whole.len() / 2].to_vec(), "the export ends here");
        check(lines[..lines.len() - 1].concat(), "the export ends here");
        check([&lines[..1], &lines[2..]].concat().concat(), "missing, doubled or out of order");
        check([&lines[..3], &lines[2..]].concat().concat(), "missing, doubled or out of order");
        check([&lines[..lines.len() - 2], &lines[lines.len() - 1..]].concat().concat(), "entries, but only");
        check([&whole[..], b"{}\n"].concat(), "something follows the last line");
        check(b"number,opened at\nA-1,2016-01-05 08:00\n".to_vec(), "the header of an export is due here");
    });
}

#[test]
fn an_export_signed_by_another_key_is_refused_when_the_key_is_given() {
    on_both(|one| {
        let other = one.another();
        let export = filled(one);
        filled(&other);
        let (own, foreign) = (key_of(one), key_of(&other));
        assert_ne!(own, foreign);
        run(one, &["verify", &export, "--key", &foreign])
            .refused(1, &["REFUSED", "none of those given", "obtain the journal's verifier key from who keeps it"]);
        run(one, &["judge", "2016-03", "--from", &export, "--key", &foreign]).refused(1, &["none of those given"]);
        run(one, &["verify", &export, "--key", &foreign, "--key", &own]).done();
        run(one, &["verify", "--key", &foreign]).refused(1, &["REFUSED", "checkpoint is refused"]);
        run(one, &["verify", &export, "--key", "abc"]).refused(1, &["<name>+<8 hexadecimal digits>+<base64>"]);
    });
}

#[test]
fn a_journal_and_its_exports_go_on_from_a_head_that_was_kept() {
    on_both(|place| {
        let first = filled(place);
        let note = crate::support::reading(place).read(vigie_store::journal::head).unwrap().note;
        let kept = file(place, "kept.note", &note);
        let more = file(place, "more.csv", servicenow_log(95));
        run(place, &["import", "incidents", &more, "--mapping", "servicenow"]).done();
        let later = beside(place, "later.jsonl");
        run(place, &["export", &later]).done();
        let size = note.lines().nth(1).unwrap();
        for args in [vec!["verify"], vec!["verify", &first], vec!["verify", &later]] {
            let said = run(place, &[&args[..], &["--since", &kept]].concat()).done();
            let told = said.replace(',', "");
            assert!(told.contains(&format!("continues   {size} entries kept and unchanged")), "{said}");
        }
        // The first export ends before the head of today.
        let today = crate::support::reading(place).read(vigie_store::journal::head).unwrap().note;
        let today = file(place, "today.note", today);
        let told = ["REFUSED", "entries were removed, or this is an older copy"];
        run(place, &["verify", &first, "--since", &today]).refused(1, &told);
    });
}

#[test]
fn a_journal_written_anew_is_refused_against_a_head_kept_although_the_same_key_has_signed_it() {
    on_both(|place| {
        filled(place);
        let note = crate::support::reading(place).read(vigie_store::journal::head).unwrap().note;
        let kept = file(place, "kept.note", &note);
        // The same key and more entries, but not the same ones.
        let anew = place.another();
        std::fs::create_dir_all(&anew.data).unwrap();
        std::fs::copy(place.data.join("signing.key"), anew.data.join("signing.key")).unwrap();
        let vigie = open(&anew);
        import(&vigie, "servicenow", &servicenow_log(95));
        drop(vigie);
        let export = beside(place, "anew.jsonl");
        run(&anew, &["export", &export]).done();
        let key = key_of(place);
        run(&anew, &["verify", "--key", &key]).done();
        run(&anew, &["verify", &export, "--key", &key]).done();
        let told = ["REFUSED", "the head that was kept does not fit", "the journal was written anew"];
        run(&anew, &["verify", "--since", &kept]).refused(1, &told);
        run(&anew, &["verify", &export, "--since", &kept]).refused(1, &told);
        run(&anew, &["verify", &export, "--key", &key, "--since", &kept]).refused(1, &told);
    });
}

#[test]
fn a_head_that_cannot_be_read_or_is_not_of_this_journal_is_told_as_such() {
    on_both(|place| {
        let export = filled(place);
        let note = crate::support::reading(place).read(vigie_store::journal::head).unwrap().note;
        let check = |bytes: &[u8], told: &[&str]| {
            let kept = file(place, "kept.note", bytes);
            run(place, &["verify", "--since", &kept]).refused(1, told);
            run(place, &["verify", &export, "--since", &kept]).refused(1, told);
        };
        run(place, &["verify", "--since", &beside(place, "nowhere.note")])
            .refused(1, &["nowhere.note cannot be read", "No such file"]);
        let not = ["kept.note is not a signed head", "downloads as /checkpoint"];
        check(b"", &not);
        check(b"number,opened at\nA-1,2016-01-05 08:00\n", &not);
        check(&[0xff, 0xfe], &not);
        check(&vec![b'x'; 70_000], &not);
        check(note.split_once("\n\n").unwrap().0.as_bytes(), &not);
        let size: u64 = note.lines().nth(1).unwrap().parse().unwrap();
        let forged = note.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size - 1), 1);
        check(forged.as_bytes(), &["REFUSED", "does not belong to this checkpoint"]);
        check(
            note.replace("vigie/callipso", "vigie/elsewhere").as_bytes(),
            &["REFUSED", "it is of the journal `vigie/elsewhere/", "and this is the journal `vigie/callipso/"],
        );
        let other = place.another();
        filled(&other);
        let namesake = crate::support::reading(&other).read(vigie_store::journal::head).unwrap().note;
        check(namesake.as_bytes(), &["REFUSED", "it is of the journal `vigie/callipso/"]);
    });
}

#[test]
fn a_journal_is_not_continued_with_another_key_or_without_its_own() {
    on_both(|one| {
        let other = one.another();
        filled(one);
        filled(&other);
        let log = file(one, "more.csv", "number,opened at\nA-1,2016-01-05 08:00\n");
        let import = ["import", "incidents", &log, "--mapping", "generic"];
        let head = || crate::support::reading(one).read(vigie_store::journal::head).unwrap();
        let (before, key) = (head(), one.data.join("signing.key"));
        let own = std::fs::read(&key).unwrap();

        std::fs::copy(other.data.join("signing.key"), &key).unwrap();
        run(one, &import).refused(1, &["signing.key is not the key of this journal"]);
        std::fs::remove_file(&key).unwrap();
        run(one, &import).refused(1, &["signing.key"]);
        assert_eq!(head(), before, "nothing was added");
        assert!(!key.exists(), "no new key is made for an old journal");

        std::fs::write(&key, &own).unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        run(one, &import).refused(1, &["signing.key", "chmod"]);
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        run(one, &import).done();
        run(one, &["verify"]).done();
    });
}
