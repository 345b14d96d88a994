//! Exports and journals: whole ones verify; anything changed, cut, added or swapped is refused and named.

use proptest::prelude::*;
use vigie_evidence::{
    Checkpoint, Entry, ExportReader, ExportWriter, Frontier, Hash, Misfit, NoteError, SigningKey, Trust, Verified,
    Verifier, What, leaf_hash, verify::Found, verify_export,
};

use crate::{entry, signing_key};

fn sign(lines: &[Vec<u8>]) -> String {
    let mut frontier = Frontier::new();
    lines.iter().for_each(|l| frontier.push(leaf_hash(l)));
    signing_key().sign(&Checkpoint {
        origin: signing_key().name().to_owned(),
        size: frontier.size(),
        root: frontier.root(),
        extension: Vec::new(),
    })
}

fn lines(entries: u64) -> Vec<Vec<u8>> {
    (0..entries).map(|n| entry(n).to_canonical().unwrap()).collect()
}

fn export(entries: u64) -> Vec<u8> {
    let lines = lines(entries);
    let mut writer = ExportWriter::begin(Vec::new(), &sign(&lines), &signing_key().verifier()).unwrap();
    lines.iter().for_each(|l| writer.entry(l).unwrap());
    writer.finish().unwrap()
}

fn verify(export: &[u8]) -> Result<Verified, Misfit> {
    verify_export(export, Trust::Keys(&[signing_key().verifier()]))
}

/// An export whose text was edited by `edit`.
fn edited(entries: u64, edit: impl FnOnce(&mut Vec<String>)) -> Vec<u8> {
    let text = String::from_utf8(export(entries)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    edit(&mut lines);
    lines.iter().map(|l| format!("{l}\n")).collect::<String>().into_bytes()
}

#[test]
fn a_whole_export_verifies_whatever_its_length() {
    for entries in [0, 1, 2, 3, 300] {
        let verified = verify(&export(entries)).unwrap();
        assert_eq!(verified.entries, entries);
        assert_eq!((verified.checkpoint.size, verified.checkpoint.root), (entries, verified.root));
        assert_eq!(verified.last_recorded_at, entries.checked_sub(1).map(|last| entry(last).recorded_at));
    }
}

#[test]
fn an_export_has_the_form_that_is_documented() {
    let text = String::from_utf8(export(2)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], r#"{"entries":2,"format":"vigie-export","origin":"vigie.test/callipso","version":1}"#);
    for (n, line) in lines[1..3].iter().enumerate() {
        let canonical = entry(u64::try_from(n).unwrap()).to_canonical().unwrap();
        assert_eq!(
            *line,
            format!(
                "{{\"entry\":{},\"leaf\":\"{}\"}}",
                String::from_utf8(canonical.clone()).unwrap(),
                leaf_hash(&canonical)
            )
        );
    }
    assert_eq!(lines.len(), 4);
    for line in lines {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(serde_jcs::to_string(&value).unwrap(), line);
    }
}

#[test]
fn a_reader_gives_the_entries_in_order_and_then_the_verdict() {
    let export = export(5);
    let mut reader = ExportReader::open(export.as_slice()).unwrap();
    assert_eq!((reader.origin(), reader.announced()), ("vigie.test/callipso", 5));
    let mut seen = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        seen.push(entry.to_entry().unwrap());
    }
    assert_eq!(seen, (0..5).map(entry).collect::<Vec<Entry>>());
    assert_eq!(reader.finish(Trust::KeyInExport).unwrap().entries, 5);
}

#[test]
fn every_flipped_bit_is_refused_and_its_entry_named() {
    let export = export(3);
    let mut line = 0_u64;
    for at in 0..export.len() {
        for bit in 0..8 {
            let mut changed = export.clone();
            changed[at] ^= 1 << bit;
            for trust in [Trust::Keys(&[signing_key().verifier()]), Trust::KeyInExport] {
                let misfit = verify_export(changed.as_slice(), trust).expect_err("a flipped bit");
                let expected = (1..=3).contains(&line).then(|| line - 1);
                assert_eq!(misfit.seq, expected, "byte {at}, bit {bit}, line {}: {misfit}", line + 1);
                assert!(
                    line != 0
                        || misfit.line == Some(1)
                        || matches!(misfit.what, What::Count { .. } | What::Origin { .. }),
                    "{misfit}"
                );
            }
        }
        line += u64::from(export[at] == b'\n');
    }
}

#[test]
fn an_export_cut_anywhere_is_refused() {
    let export = export(3);
    for end in 0..export.len() {
        let misfit = verify(&export[..end]).expect_err("a cut export");
        assert!(matches!(misfit.what, What::Truncated), "cut at {end}: {misfit}");
        let line = export[..end].iter().filter(|b| **b == b'\n').count();
        let entry = (1..=3).contains(&line).then(|| u64::try_from(line).unwrap() - 1);
        assert_eq!((misfit.seq, misfit.line), (entry, Some(u64::try_from(line).unwrap() + 1)));
    }
}

#[test]
fn anything_after_the_end_is_refused() {
    for extra in ["\n", " ", "{}\n"] {
        let misfit = verify(&[export(2), extra.as_bytes().to_vec()].concat()).unwrap_err();
        assert!(matches!(misfit, Misfit { seq: None, line: Some(5), what: What::Trailing }), "{misfit}");
    }
}

#[test]
fn a_missing_doubled_or_swapped_entry_is_named() {
    let check = |edit: fn(&mut Vec<String>), seq: u64, found: u64| {
        let misfit = verify(&edited(5, edit)).unwrap_err();
        assert_eq!((misfit.seq, misfit.line), (Some(seq), Some(seq + 2)));
        assert!(matches!(misfit.what, What::Seq { found: f, expected } if (f, expected) == (found, seq)), "{misfit}");
    };
    check(|lines| drop(lines.remove(3)), 2, 3);
    check(|lines| lines.insert(3, lines[2].clone()), 2, 1);
    check(|lines| lines.swap(2, 4), 1, 3);
}

#[test]
fn a_count_that_the_entries_do_not_bear_out_is_refused() {
    let fewer = verify(&edited(5, |lines| drop(lines.remove(5)))).unwrap_err();
    assert!(matches!(fewer.what, What::Count { announced: 5, found: Found::Only(4) }), "{fewer}");
    let more = verify(&edited(5, |lines| lines[0] = lines[0].replace('5', "4"))).unwrap_err();
    assert!(matches!(more.what, What::Count { announced: 4, found: Found::More }), "{more}");
    // Header and entries agree, the signature does not.
    let shortened = verify(&edited(5, |lines| {
        lines.remove(5);
        lines[0] = lines[0].replace('5', "4");
    }))
    .unwrap_err();
    assert!(matches!(shortened.what, What::Size { signed: 5, found: 4 }), "{shortened}");
}

/// Line `n` of an export with the entry rewritten by `edit` and its leaf hash made to fit.
fn forge(lines: &mut [String], n: u64, edit: impl FnOnce(&mut Entry)) {
    let mut forged = entry(n);
    edit(&mut forged);
    let canonical = forged.to_canonical().unwrap();
    let leaf = leaf_hash(&canonical);
    lines[usize::try_from(n).unwrap() + 1] =
        format!("{{\"entry\":{},\"leaf\":\"{leaf}\"}}", String::from_utf8(canonical).unwrap());
}

#[test]
fn an_entry_rewritten_with_its_hash_is_found_in_the_root() {
    let misfit = verify(&edited(5, |lines| forge(lines, 2, |e| e.kind = "incident.closed".to_owned()))).unwrap_err();
    assert!(matches!(misfit, Misfit { seq: None, line: Some(7), what: What::Root { .. } }), "{misfit}");
}

#[test]
fn a_journal_that_goes_back_in_time_is_refused() {
    let misfit = verify(&edited(5, |lines| forge(lines, 3, |e| e.recorded_at = entry(1).recorded_at))).unwrap_err();
    assert!(matches!(misfit, Misfit { seq: Some(3), line: Some(5), what: What::RecordedBackwards { .. } }), "{misfit}");
    let same_instant = edited(5, |lines| forge(lines, 3, |e| e.recorded_at = entry(2).recorded_at));
    assert!(
        matches!(verify(&same_instant).unwrap_err().what, What::Root { .. }),
        "two entries of one instant are in order"
    );
}

#[test]
fn an_export_signed_by_somebody_else_is_refused() {
    let other = SigningKey::from_seed([8; 32], "vigie.test/callipso").unwrap();
    let misfit = verify_export(export(2).as_slice(), Trust::Keys(&[other.verifier()])).unwrap_err();
    assert!(matches!(misfit.what, What::UntrustedKey { .. }), "{misfit}");
    // Their key with our signature.
    let swapped = edited(2, |lines| {
        lines[3] = lines[3].replace(&signing_key().verifier().to_string(), &other.verifier().to_string());
    });
    assert!(matches!(
        verify_export(swapped.as_slice(), Trust::KeyInExport).unwrap_err().what,
        What::Note(NoteError::UnknownKey { .. })
    ));
}

#[test]
fn a_header_of_another_journal_or_version_is_refused() {
    let journal = verify(&edited(2, |lines| lines[0] = lines[0].replace("callipso", "other"))).unwrap_err();
    assert!(matches!(&journal.what, What::Origin { header, .. } if header == "vigie.test/other"), "{journal}");
    let version =
        verify(&edited(2, |lines| lines[0] = lines[0].replace("\"version\":1", "\"version\":2"))).unwrap_err();
    assert!(matches!(version, Misfit { line: Some(1), what: What::Version { found: 2 }, .. }), "{version}");
    for other in ["", "\n", "PK\u{3}\u{4}", "number;opened\nINC1;2016\n", "{}\n"] {
        let misfit = verify(other.as_bytes()).unwrap_err();
        assert!(matches!((misfit.line, misfit.what), (Some(1), What::Line(_) | What::Truncated)), "{other:?}");
    }
}

#[test]
fn a_line_without_end_is_refused_before_it_fills_the_memory() {
    let endless = std::io::BufReader::new(std::io::repeat(b'x'));
    assert!(matches!(verify_export(endless, Trust::KeyInExport).unwrap_err().what, What::LineTooLong { .. }));
}

#[test]
fn a_writer_refuses_what_would_not_verify() {
    let lines = lines(3);
    let (note, key) = (sign(&lines), signing_key().verifier());
    let begin = || ExportWriter::begin(Vec::new(), &note, &key).unwrap();

    let other = SigningKey::from_seed([8; 32], "vigie.test/callipso").unwrap().verifier();
    assert!(matches!(ExportWriter::begin(Vec::new(), &note, &other).unwrap_err().what, What::Note(_)));
    assert!(matches!(begin().entry(&lines[1]).unwrap_err(), Misfit { seq: Some(0), what: What::Seq { .. }, .. }));
    assert!(matches!(begin().entry(b"{}").unwrap_err(), Misfit { seq: Some(0), what: What::Entry(_), .. }));
    let mut short = begin();
    short.entry(&lines[0]).unwrap();
    assert!(matches!(short.finish().unwrap_err().what, What::Size { signed: 3, found: 1 }));
    let full: &mut [u8] = &mut [0; 10];
    assert!(matches!(ExportWriter::begin(full, &note, &key).unwrap_err().what, What::Write(_)));
}

#[test]
fn a_stored_journal_is_verified_row_by_row() {
    let lines = lines(10);
    let (note, keys) = (sign(&lines), [signing_key().verifier()]);
    let leaves: Vec<Hash> = lines.iter().map(|l| leaf_hash(l)).collect();
    let run = |rows: &[(u64, Vec<u8>)], leaves: Option<&[Hash]>| {
        let mut verifier = Verifier::new();
        for (i, (seq, row)) in rows.iter().enumerate() {
            verifier.push(*seq, row, leaves.map(|l| l[i]))?;
        }
        verifier.finish(&note, &keys)
    };
    let rows: Vec<(u64, Vec<u8>)> = (0..).zip(lines).collect();
    assert_eq!(run(&rows, Some(&leaves)).unwrap().entries, 10);
    assert_eq!(run(&rows, None).unwrap().root, run(&rows, Some(&leaves)).unwrap().root);

    // A byte changed within a text: still an entry, so only the hash kept apart names it.
    let mut changed = rows.clone();
    let at = changed[6].1.windows(6).position(|w| w == b"martin").unwrap();
    changed[6].1[at] = b'M';
    assert!(matches!(
        run(&changed, Some(&leaves)).unwrap_err(),
        Misfit { seq: Some(6), line: None, what: What::Leaf { .. } }
    ));
    assert!(matches!(run(&changed, None).unwrap_err(), Misfit { seq: None, what: What::Root { .. }, .. }));

    let mut gap = rows.clone();
    gap.remove(4);
    assert!(matches!(
        run(&gap, None).unwrap_err(),
        Misfit { seq: Some(4), what: What::Seq { found: 5, expected: 4 }, .. }
    ));
    let mut moved = rows.clone();
    moved[4].0 = 9;
    assert!(matches!(
        run(&moved, None).unwrap_err(),
        Misfit { seq: Some(4), what: What::Seq { found: 9, expected: 4 }, .. }
    ));
    assert!(matches!(run(&rows[..9], None).unwrap_err().what, What::Size { signed: 10, found: 9 }));
}

#[test]
fn a_misfit_says_what_where_and_what_to_do() {
    let cut = verify(&export(3)[..700]).unwrap_err().to_string();
    assert_eq!(
        cut,
        "entry 1 (line 3): the export ends here, before it is complete; obtain a whole copy and verify that"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_the_verifier_panic_or_accept(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6), noise in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(verify(&noise).is_err());
        let original = export(3);
        let mut changed = original.clone();
        for (at, byte, how) in edits {
            let at = at.index(changed.len());
            match how {
                0 => changed[at] = byte,
                1 => changed.insert(at, byte),
                // One byte is left to be edited next.
                2 if changed.len() > 1 => drop(changed.remove(at)),
                2 => {}
                _ => changed.truncate(at.max(1)),
            }
        }
        prop_assert!(changed == original || verify(&changed).is_err());
    }
}
