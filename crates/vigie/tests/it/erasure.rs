//! What a person may ask to have erased is gone; what was proved stays proved.

use jiff::Timestamp;
use vigie_evidence::{ContentRef, NewEntry, Origin, content_hash, import_id, verify_inclusion};
use vigie_store::{
    Engine, StoreError,
    journal::{self, Content, Erasure},
};
use vigie_testkit::on_both;

use crate::support::{beside, import, now, open, run, servicenow_log};

/// Longer than a page of SQLite, so that it stands in pages of its own.
fn secret() -> String {
    "Madame Untel, 04 91 00 00 00, ".repeat(400)
}

fn opening(hash: vigie_evidence::Hash, at: Timestamp) -> NewEntry {
    NewEntry {
        id: import_id(at, [9; 32]),
        occurred_at: at,
        actor: "go.martin".to_owned(),
        origin: Origin::Phone,
        subject: "case/VG-1".to_owned(),
        kind: "incident.identified".to_owned(),
        body: serde_json::from_str(r#"{"source":"ezv"}"#).unwrap(),
        content: vec![ContentRef {
            name: "description".to_owned(),
            media_type: "text/plain".to_owned(),
            size_bytes: secret().len() as u64,
            hash,
        }],
    }
}

#[test]
fn an_erased_text_is_gone_while_the_journal_and_the_proof_of_its_entry_hold() {
    on_both(|place| {
        let vigie = open(place);
        import(&vigie, "servicenow", &servicenow_log(50));
        let salt = [7; 32];
        let hash = content_hash(&salt, secret().as_bytes());
        let recorder = vigie.recorder.clone();
        vigie
            .store
            .write(move |tx| {
                journal::put_content(tx, &salt, secret().as_bytes())?;
                recorder.record(tx, now(), vec![opening(hash, now())])
            })
            .unwrap();
        // Something after it, so that its proof has two sides.
        import(&vigie, "generic", "number,opened at\nA-1,2016-01-05 08:00\n");
        let of_case = || vigie.store.read(|tx| journal::entries_of(tx, "case/VG-1")).unwrap();
        let entry = of_case().remove(0);
        let leaf = vigie_evidence::leaf_hash(&entry.to_canonical().unwrap());
        let proved = || {
            vigie
                .store
                .read(|tx| {
                    let head = journal::head(tx)?;
                    let key = vigie.recorder.journal().verifier();
                    let checkpoint = vigie_evidence::verify_note(&head.note, &[key]).unwrap();
                    let proof = journal::inclusion(tx, entry.seq, head.size)?;
                    verify_inclusion(leaf, entry.seq, head.size, &proof, checkpoint.root).unwrap();
                    Ok::<_, StoreError>(head.size)
                })
                .unwrap()
        };
        let size = proved();
        let kept = || vigie.store.read(|tx| journal::content(tx, &hash)).unwrap();
        assert_eq!(kept(), Some(Content::Kept(secret().into_bytes())));

        let journal = vigie.recorder.journal().clone();
        let erasure = Erasure {
            id: import_id(now(), [10; 32]),
            actor: "dpo".to_owned(),
            origin: Origin::Web,
            subject: "case/VG-1".to_owned(),
            reason: "gdpr-request".to_owned(),
        };
        vigie.store.write(move |tx| journal.erase_content(tx, now(), &hash, erasure)).unwrap().unwrap();

        assert_eq!(kept(), Some(Content::Erased { at_us: now().as_microsecond() }));
        assert_eq!(proved(), size + 1);
        let entries = of_case();
        assert_eq!((&entries[0], entries[1].kind.as_str()), (&entry, "content.erased"));
        let left = "SELECT count(*) FROM content WHERE bytes IS NOT NULL OR salt IS NOT NULL";
        assert_eq!(vigie.store.read(|tx| tx.query_one(left, &[], |row| row.i64(0))).unwrap(), 0);

        let engine = vigie.store.engine();
        drop(vigie);
        run(place, &["verify"]).done();
        let export = beside(place, "journal.jsonl");
        run(place, &["export", &export]).done();
        run(place, &["verify", &export]).done();
        run(place, &["rebuild"]).done();
        assert!(!std::fs::read_to_string(&export).unwrap().contains("Untel"));
        if engine == Engine::Sqlite {
            // PostgreSQL keeps dead rows until it vacuums; SQLite overwrites at once, in all of its files.
            for file in std::fs::read_dir(&place.data).unwrap().map(|f| f.unwrap().path()) {
                let bytes = std::fs::read(&file).unwrap();
                assert!(!bytes.windows(12).any(|w| w == b"Madame Untel"), "{}", file.display());
            }
        }
    });
}

#[test]
fn the_command_erases_only_what_its_case_names_and_says_what_it_did() {
    on_both(|place| {
        let vigie = open(place);
        let hash = content_hash(&[7; 32], secret().as_bytes());
        let recorder = vigie.recorder.clone();
        vigie
            .store
            .write(move |tx| {
                journal::put_content(tx, &[7; 32], secret().as_bytes())?;
                recorder.record(tx, now(), vec![opening(hash, now())])
            })
            .unwrap();
        drop(vigie);
        let erase = |hash: &str, subject: &str, reason: &str| {
            run(place, &["erase", hash, "--subject", subject, "--reason", reason])
        };
        let hash = hash.to_hex();
        erase("12ab", "case/VG-1", "gdpr-request").refused(2, &["64 hexadecimal digits"]);
        erase(&hash, "case/VG-1", "Madame Untel asks").refused(2, &["gdpr-request"]);
        erase(&hash, "case/VG-2", "gdpr-request")
            .refused(1, &["`case/VG-2` does not name that text; nothing was erased"]);
        let said = erase(&hash, "case/VG-1", "gdpr-request").done();
        assert!(said.contains(&hash) && said.contains("the entry that says so is 1"), "{said}");
        assert!(erase(&hash, "case/VG-1", "gdpr-request").done().contains("was erased already"));
        run(place, &["verify"]).done();
    });
}
