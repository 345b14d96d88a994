//! Samples of what the contract, the journal and the store refuse.

use vigie_contract::{ContractErrors, Finding, Place, Priority, Problem, QuantityError};
use vigie_evidence::{
    EntryError, KeptError, KeyError, Misfit, NoteError, ProofError, ReadError, What, canonical::JsonError,
    checkpoint::CheckpointError, leaf_hash, verify::Found,
};
use vigie_store::{JournalError, StoreError, WriteError};

use super::{Group, group, missing, noon, not_found, phrases::PHRASES, s};

pub(super) fn of_contract() -> Vec<Group> {
    let place = Place { file: s("roles.toml"), line: 1, column: 2 };
    vec![
        group!(
            "contract/src/quantity.rs",
            "QuantityError",
            [
                QuantityError::Delay(s("x")),
                QuantityError::Rate(s("x")),
                QuantityError::Factor(s("x")),
                QuantityError::Window(s("x")),
                QuantityError::WindowReversed(s("x")),
            ]
        ),
        // Its variants are tried one by one by the tests of the contract's folders.
        group!("contract/src/problem.rs", "Problem", [Problem::MissingFile], beyond["tried in vigie-contract"]),
        group!(
            "contract/src/problem.rs",
            "ContractErrors",
            [ContractErrors(vec![Finding { place, problem: Problem::WindowMissing { priority: Priority::P1 } }]),]
        ),
    ]
}

pub(super) fn of_store() -> Vec<Group> {
    let reason = || s("connection refused by peer");
    let place = || s("here");
    vec![
        group!(
            "store/src/error.rs",
            "StoreError",
            [
                StoreError::Url { reason: s("it names no host") },
                StoreError::NoServer { place: place(), reason: reason() },
                StoreError::Refused { place: place(), reason: reason() },
                StoreError::Locked { path: "vigie.db".into(), holder: Some(7) },
                StoreError::Busy { place: place() },
                StoreError::ReadOnly { place: place(), reason: s("it was opened for reading") },
                StoreError::Full { place: place() },
                StoreError::Newer { place: place(), found: 9, needs: 8, known: 7 },
                StoreError::Older { place: place(), found: 1, known: 7 },
                StoreError::NotVigie { place: place(), reason: s("its file is not an SQLite database") },
                missing(),
                StoreError::Damaged { place: place(), reason: reason() },
                StoreError::Inconsistent { reason: reason() },
                StoreError::File { action: "open", path: "signing.key".into(), source: not_found() },
                StoreError::Duplicate { constraint: s("case_number") },
                StoreError::Statement { sql: s("SELECT 1"), code: s("42P01"), reason: reason() },
                StoreError::Lost { place: place(), reason: reason() },
                StoreError::Column { index: 1, wanted: "yes or no", found: s("NULL") },
                StoreError::NoRow { sql: s("SELECT 1") },
                StoreError::unreadable("entry 4", "bytes"),
                StoreError::NulInText,
                StoreError::Range { what: "a place in the journal", value: 9 },
                StoreError::Doomed,
                StoreError::GaveUp,
                StoreError::Stopped,
                StoreError::Nested,
                StoreError::Unsupported(s(PHRASES.iter().find(|(en, _)| en.starts_with("sslmode")).unwrap().0)),
            ]
        ),
        group!(
            "store/src/error.rs",
            "WriteError",
            [
                WriteError::<StoreError>::Unit(missing()),
                WriteError::<StoreError>::Panicked(s("index")),
                WriteError::<StoreError>::Store(missing()),
                WriteError::<StoreError>::Group(std::sync::Arc::new(missing())),
            ]
        ),
        group!(
            "store/src/journal/mod.rs",
            "JournalError",
            [
                JournalError::Store(missing()),
                JournalError::Entry { index: 0, subject: s("case/1"), source: EntryError::Empty { field: "actor" } },
                JournalError::Stale { subject: s("case/1"), expected: 1, found: 2, seq: 9, kind: s("incident.closed") },
                JournalError::Unknown { subject: s("case/1"), expected: 3, found: 2 },
                JournalError::TooLarge { size: 9, limit: 8 },
                JournalError::NoContent { hash: s("ab") },
                JournalError::Key { place: s("signing.key"), source: KeyError::Id { name: s("vigie") } },
                JournalError::KeyMode { place: s("signing.key"), mode: 0o644 },
                JournalError::KeyMissing { place: s("signing.key"), size: 8 },
                JournalError::WrongKey {
                    place: s("signing.key"),
                    source: NoteError::BadSignature { name: s("vigie") }
                },
            ]
        ),
    ]
}

pub(super) fn of_evidence() -> Vec<Group> {
    let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
    let note = || NoteError::Malformed("a signature is too short");
    let at_line = |what| Misfit { seq: Some(3), line: Some(4), what };
    vec![
        group!(
            "evidence/src/verify.rs",
            "What",
            [
                What::Entry(EntryError::Empty { field: "kind" }),
                at_line(What::Leaf { computed: a, written: b }).what,
                What::Seq { found: 1, expected: 2 },
                What::RecordedBackwards { before: noon(), found: noon() },
                What::Line("the header of an export"),
                What::LineTooLong { limit: 9 },
                What::Truncated,
                What::Trailing,
                What::Count { announced: 3, found: Found::Only(1) },
                What::Count { announced: 3, found: Found::More },
                What::Version { found: 2 },
                What::Origin { header: s("x"), signed: s("y") },
                What::Size { signed: 1, found: 2 },
                What::Root { signed: a, computed: b },
                What::Note(note()),
                What::Kept(KeptError::Larger { kept: 9, found: 8 }),
                What::Key(KeyError::Point { name: s("vigie") }),
                What::UntrustedKey { found: s("vigie") },
                What::Read(not_found()),
                What::Write(not_found()),
            ]
        ),
        group!(
            "evidence/src/kept.rs",
            "KeptError",
            [
                KeptError::Note(note()),
                KeptError::Journal { kept: s("x"), found: s("y") },
                KeptError::Larger { kept: 9, found: 8 },
                KeptError::Rewritten { size: 9, kept: a, found: b },
            ]
        ),
        group!(
            "evidence/src/note.rs",
            "KeyError",
            [
                KeyError::Form { expected: "<name>+<8 hexadecimal digits>+<base64>" },
                KeyError::Name { name: s("a b") },
                KeyError::Algorithm { name: s("vigie"), algorithm: 2 },
                KeyError::Id { name: s("vigie") },
                KeyError::Point { name: s("vigie") },
            ]
        ),
        group!(
            "evidence/src/note.rs",
            "NoteError",
            [
                note(),
                NoteError::UnknownKey { signed_by: s("x"), known: s("y") },
                NoteError::BadSignature { name: s("vigie") },
                NoteError::Checkpoint(CheckpointError { line: 2, expected: "a SHA-256 root in base64" }),
                NoteError::Origin { found: s("x"), expected: s("y") },
            ]
        ),
        group!(
            "evidence/src/entry.rs",
            "EntryError",
            [
                EntryError::Json(JsonError::Depth),
                EntryError::TooLong { field: "actor", length: 9, limit: 8 },
                EntryError::Empty { field: "actor" },
                EntryError::Field { field: "body", expected: "a JSON object" },
            ]
        ),
        group!(
            "evidence/src/canonical.rs",
            "JsonError",
            [
                JsonError::Expected { at: 3, expected: "the end of the entry" },
                JsonError::Float { number: s("1.5") },
                JsonError::Integer { number: s("99999999999999999999") },
                JsonError::Depth,
                JsonError::Utf8 { at: 3 },
            ]
        ),
        group!(
            "evidence/src/tree.rs",
            "ProofError",
            [
                ProofError::Range { asked: 3, size: 2 },
                ProofError::Length { found: 3 },
                ProofError::Root { computed: a, expected: b },
            ]
        ),
        group!(
            "evidence/src/proof.rs",
            "ReadError",
            [
                ReadError::<StoreError>::Range { asked: 3, size: 2 },
                ReadError::Source { level: 1, index: 2, source: missing() },
                ReadError::<StoreError>::Short { level: 1, index: 2, width: 3, found: 4 },
            ]
        ),
        group!(
            "evidence/src/checkpoint.rs",
            "CheckpointError",
            [CheckpointError { line: 2, expected: "a SHA-256 root in base64" },]
        ),
    ]
}
