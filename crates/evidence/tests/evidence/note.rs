//! Keys and signed checkpoints: ours verified by others' code, theirs by ours, and every way to be refused.

use proptest::prelude::*;
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
use vigie_evidence::{
    Checkpoint, KeyError, NoteError, SigningKey, VerifierKey, checkpoint::CheckpointError, verify_note,
};

use crate::{leaf, signing_key};

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: "vigie.test/callipso".to_owned(), size: 1_234, root: leaf(1), extension: Vec::new() }
}

#[test]
fn a_checkpoint_verifies_with_its_key() {
    let key = signing_key();
    for extension in [vec![], vec!["reported 2026-03".to_owned(), "two lines".to_owned()]] {
        let checkpoint = Checkpoint { extension, ..checkpoint() };
        let note = key.sign(&checkpoint);
        assert_eq!(verify_note(&note, &[key.verifier()]).unwrap(), checkpoint);
    }
}

#[test]
fn signed_note_and_tlog_tiles_verify_our_checkpoint() {
    let key = signing_key();
    let note = key.sign(&checkpoint());
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&key.verifier().to_string()).unwrap())]);
    let theirs = Note::from_bytes(note.as_bytes()).unwrap();
    let (verified, unverified) = theirs.verify(&known).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    let text = tlog_tiles::Checkpoint::from_bytes(theirs.text()).unwrap();
    assert_eq!((text.origin(), text.size(), text.hash().0), ("vigie.test/callipso", 1_234, leaf(1).0));
}

#[test]
fn we_verify_what_signed_note_signs_with_our_private_key() {
    let key = signing_key();
    let signer = StandardSigner::new(&key.to_private_text()).unwrap();
    let mut theirs = Note::new(checkpoint().to_text().as_bytes(), &[]).unwrap();
    theirs.add_sigs(&[&signer]).unwrap();
    let note = String::from_utf8(theirs.to_bytes()).unwrap();
    assert_eq!(note, key.sign(&checkpoint()));
    verify_note(&note, &[key.verifier()]).unwrap();
}

#[test]
fn keys_come_back_from_their_text() {
    let key = signing_key();
    assert_eq!(SigningKey::parse_private(&key.to_private_text()).unwrap().verifier(), key.verifier());
    assert_eq!(VerifierKey::parse(&key.verifier().to_string()).unwrap(), key.verifier());
    // The example of the signed-note specification's reference implementation (Go's sumdb/note).
    let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(VerifierKey::parse(known).unwrap().to_string(), known);
}

#[test]
fn a_private_key_never_shows_in_debug() {
    let key = signing_key();
    let shown = format!("{key:?} {:?}", SigningKey::parse_private("PRIVATE+KEY+secret"));
    let seed = key.to_private_text().rsplit('+').next().unwrap().to_owned();
    assert!(!shown.contains(&seed) && !shown.contains("secret") && !shown.contains('7'), "{shown}");
}

#[test]
fn a_key_that_is_not_one_is_refused_with_the_reason() {
    let good = signing_key().verifier().to_string();
    let form = |r: Result<VerifierKey, KeyError>| matches!(r, Err(KeyError::Form { .. }));
    assert!(form(VerifierKey::parse("")));
    assert!(form(VerifierKey::parse("name+0000")));
    assert!(form(VerifierKey::parse(&good[..good.len() - 1])));
    assert!(form(VerifierKey::parse(&format!("{good}\n"))));
    let (name, rest) = good.split_once('+').unwrap();
    let (id, _) = rest.split_once('+').unwrap();
    assert!(form(VerifierKey::parse(&good.replace(id, &id.to_uppercase()))) || id.to_uppercase() == id);
    assert_eq!(VerifierKey::parse(&good.replace(id, "00000000")), Err(KeyError::Id { name: name.to_owned() }));
    assert_eq!(VerifierKey::parse(&good.replace(name, "other")), Err(KeyError::Id { name: "other".to_owned() }));
    assert!(matches!(VerifierKey::parse(&good.replace(name, "two words")), Err(KeyError::Name { .. })));
    assert!(matches!(SigningKey::from_seed([1; 32], "a+b"), Err(KeyError::Name { .. })));
    assert!(matches!(SigningKey::from_seed([1; 32], ""), Err(KeyError::Name { .. })));
    // Algorithm 4 is a witness's cosignature key.
    assert!(matches!(
        VerifierKey::parse("w+00000000+BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"),
        Err(KeyError::Algorithm { algorithm: 4, .. })
    ));
    // The neutral element of the curve, under which anything could be "signed".
    assert!(matches!(
        VerifierKey::parse("weak+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        Err(KeyError::Point { .. })
    ));
}

#[test]
fn a_wrong_key_is_told_from_a_wrong_signature_and_a_wrong_journal() {
    let key = signing_key();
    let note = key.sign(&checkpoint());
    let other = SigningKey::from_seed([8; 32], "vigie.test/callipso").unwrap();
    let refused = verify_note(&note, &[other.verifier()]).unwrap_err();
    assert!(matches!(&refused, NoteError::UnknownKey { signed_by, .. } if signed_by == "vigie.test/callipso"));
    assert!(refused.to_string().contains("obtain the journal's verifier key"));
    assert!(matches!(verify_note(&note, &[]), Err(NoteError::UnknownKey { known, .. }) if known == "nobody"));

    let changed = note.replacen("1234", "1235", 1);
    assert_eq!(verify_note(&changed, &[key.verifier()]), Err(NoteError::BadSignature { name: key.name().to_owned() }));

    let elsewhere = key.sign(&Checkpoint { origin: "vigie.test/other".to_owned(), ..checkpoint() });
    assert!(
        matches!(verify_note(&elsewhere, &[key.verifier()]), Err(NoteError::Origin { found, .. }) if found == "vigie.test/other")
    );
}

#[test]
fn a_signature_of_an_unknown_witness_says_nothing() {
    let key = signing_key();
    let witness = SigningKey::from_seed([8; 32], "witness.test").unwrap();
    let note = key.sign(&checkpoint());
    let line = witness.sign(&checkpoint()).split_once("\n\n").unwrap().1.to_owned();
    let cosigned = format!("{note}{line}");
    assert_eq!(verify_note(&cosigned, &[key.verifier()]).unwrap(), checkpoint());
    // Once known, its signature must hold too.
    let broken = cosigned.replacen("\n\n", "\nextra\n\n", 1);
    assert!(verify_note(&broken, &[key.verifier(), witness.verifier()]).is_err());
}

#[test]
fn a_signed_text_that_is_no_checkpoint_is_refused_with_its_line() {
    let check = |text: &str, line: usize| {
        let refused = Checkpoint::from_text(text).unwrap_err();
        assert!(matches!(refused, CheckpointError { line: l, .. } if l == line), "{text:?}: {refused}");
    };
    let root = leaf(1).to_base64();
    check("", 1);
    check("origin", 1);
    check(&format!("\n1\n{root}\n"), 1);
    check(&format!("origin\n01\n{root}\n"), 2);
    check(&format!("origin\n+1\n{root}\n"), 2);
    check(&format!("origin\n18446744073709551616\n{root}\n"), 2);
    check("origin\n1\n", 3);
    check(&format!("origin\n1\n{}\n", &root[..43]), 3);
    check(&format!("origin\n1\n{root}\n\n"), 4);
    check(&format!("origin\n1\n{root}\nfirst\n\n"), 5);
    assert_eq!(Checkpoint::from_text(&format!("origin\n18446744073709551615\n{root}\n")).unwrap().size, u64::MAX);
    assert_eq!(Checkpoint::from_text(&format!("origin\n0\n{root}\n")).unwrap().size, 0);
}

#[test]
fn every_flipped_bit_of_a_note_is_refused() {
    let key = signing_key();
    let note = key.sign(&Checkpoint { extension: vec!["reported 2026-03".to_owned()], ..checkpoint() }).into_bytes();
    for at in 0..note.len() {
        for bit in 0..8 {
            let mut changed = note.clone();
            changed[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(changed) {
                assert!(verify_note(&text, &[key.verifier()]).is_err(), "byte {at}, bit {bit}: {text}");
            }
        }
    }
    for end in 0..note.len() {
        if let Ok(text) = std::str::from_utf8(&note[..end]) {
            assert!(verify_note(text, &[key.verifier()]).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn notes_beyond_the_limits_are_refused() {
    let key = signing_key();
    let note = key.sign(&checkpoint());
    let line = note.lines().last().unwrap().to_owned() + "\n";
    assert!(verify_note(&format!("{note}{}", line.repeat(99)), &[key.verifier()]).is_ok());
    assert!(matches!(
        verify_note(&format!("{note}{}", line.repeat(100)), &[key.verifier()]),
        Err(NoteError::Malformed(_))
    ));
    let long = key.sign(&Checkpoint { extension: vec!["x".repeat(65_536)], ..checkpoint() });
    assert!(matches!(verify_note(&long, &[key.verifier()]), Err(NoteError::Malformed(_))));
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>(), piece in "[-+/=A-Za-z0-9— \n]{0,120}") {
        for text in [text, piece.clone(), format!("origin\n1\n\n— a {piece}\n"), format!("a+01020304+{piece}"), format!("PRIVATE+KEY+{piece}")] {
            let _ = VerifierKey::parse(&text);
            let _ = SigningKey::parse_private(&text);
            let _ = Checkpoint::from_text(&text);
            let _ = verify_note(&text, &[signing_key().verifier()]);
        }
    }
}
