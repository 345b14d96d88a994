//! Heads kept from earlier: what goes on from them, and every way not to.

use vigie_evidence::{
    Checkpoint, Frontier, Kept, KeptError, NoteError, SigningKey, Verified, Verifier, What, leaf_hash,
};

use crate::{entry, signing_key};

fn lines(entries: u64) -> Vec<Vec<u8>> {
    (0..entries).map(|n| entry(n).to_canonical().unwrap()).collect()
}

fn sign_with(key: &SigningKey, lines: &[Vec<u8>]) -> String {
    let mut tree = Frontier::new();
    lines.iter().for_each(|l| tree.push(leaf_hash(l)));
    let origin = key.verifier().name().to_owned();
    key.sign(&Checkpoint { origin, size: tree.size(), root: tree.root(), extension: Vec::new() })
}

fn sign(lines: &[Vec<u8>]) -> String {
    sign_with(&signing_key(), lines)
}

/// A journal against the note of a head that was kept.
fn check(journal: &[Vec<u8>], kept: &str) -> Result<Verified, What> {
    let mut verifier = Verifier::since(Some(Kept::read(kept).unwrap()));
    for (seq, line) in (0..).zip(journal) {
        verifier.push(seq, line, None).map_err(|m| m.what)?;
    }
    verifier.finish(&sign(journal), &[signing_key().verifier()]).map_err(|m| m.what)
}

#[track_caller]
fn refused(journal: &[Vec<u8>], kept: &str) -> KeptError {
    match check(journal, kept) {
        Err(What::Kept(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_journal_goes_on_from_each_of_its_own_heads() {
    let journal = lines(40);
    for size in 0..=40 {
        let verified = check(&journal, &sign(&journal[..size])).unwrap();
        assert_eq!(verified.continues.unwrap().size, u64::try_from(size).unwrap());
    }
}

#[test]
fn a_journal_written_anew_is_refused_although_the_same_key_has_signed_it() {
    let journal = lines(40);
    for changed in [0, 16, 29] {
        let mut anew = journal.clone();
        let mut other = entry(u64::try_from(changed).unwrap());
        other.actor = "somebody else".to_owned();
        anew[changed] = other.to_canonical().unwrap();
        let error = refused(&anew, &sign(&journal[..30]));
        assert!(matches!(error, KeptError::Rewritten { size: 30, kept, found } if kept != found), "{error}");
        // What came after the head may differ: the head does not speak of it.
        check(&anew, &sign(&journal[..changed])).unwrap();
    }
}

#[test]
fn a_head_that_is_larger_foreign_or_forged_is_refused_for_what_it_is() {
    let journal = lines(12);
    assert_eq!(refused(&journal[..11], &sign(&journal)), KeptError::Larger { kept: 12, found: 11 });
    let elsewhere = SigningKey::from_seed([1; 32], "vigie.test/another").unwrap();
    let error = refused(&journal, &sign_with(&elsewhere, &journal[..5]));
    assert!(matches!(error, KeptError::Journal { ref kept, .. } if kept == "vigie.test/another"), "{error}");
    let namesake = SigningKey::from_seed([1; 32], "vigie.test/callipso").unwrap();
    let error = refused(&journal, &sign_with(&namesake, &journal[..5]));
    assert!(matches!(error, KeptError::Note(NoteError::UnknownKey { .. })), "{error}");
    let forged = sign(&journal[..5]).replacen("\n5\n", "\n6\n", 1);
    assert!(matches!(refused(&journal, &forged), KeptError::Note(NoteError::BadSignature { .. })));
}

#[test]
fn a_head_copied_out_of_a_report_is_read_and_another_text_is_not() {
    let journal = lines(9);
    let note = sign(&journal[..4]);
    for copied in [
        note.replace('\n', "\r\n"),
        note.trim_end().to_owned(),
        note.replace("\n\n", "\n"),
        format!("\n\n  {}   \n\n", note.replace('\n', "  \n  ")),
        note.replace("callipso ", "callipso\n"),
        format!("{}\n{}", &note[..note.len() - 20], &note[note.len() - 20..]),
    ] {
        assert_eq!(check(&journal, &copied).unwrap().continues.unwrap().size, 4, "{copied:?}");
    }
    for text in ["", "x", "vigie.test/callipso\n4\nabc=\n", "vigie.test/callipso\nfour\nabc=\n\n— a QUJDREVG\n"] {
        assert!(Kept::read(text).is_err(), "{text}");
    }
}
