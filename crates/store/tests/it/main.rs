//! The store on both engines: every test runs on SQLite and on PostgreSQL unless its name says which.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod appending;
mod content;
mod crash;
mod errors;
mod keys;
mod lease;
mod migration;
mod reading;
mod search;
mod writing;

use jiff::Timestamp;
use uuid::Uuid;
use vigie_evidence::{Frontier, Hash, NewEntry, Origin, SigningKey, VerifierKey, import_id, leaf_hash, verify_note};
use vigie_store::{Journal, Location, Store, StoreError, journal};
use vigie_testkit::Place;

fn location(place: &Place) -> Location {
    Location::new(&place.data, place.url.as_deref())
}

fn open(place: &Place) -> Store {
    Store::open(location(place)).unwrap()
}

const NAME: &str = "vigie.example.fr/test";

fn new_journal() -> Journal {
    Journal::new(SigningKey::from_seed([7; 32], NAME).unwrap())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn id(n: u64) -> Uuid {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&n.to_be_bytes());
    import_id(at(0), digest)
}

fn fact(n: u64, subject: &str) -> NewEntry {
    NewEntry {
        id: id(n),
        occurred_at: at(0),
        actor: "marie".to_owned(),
        origin: Origin::Web,
        subject: subject.to_owned(),
        kind: "incident.noted".to_owned(),
        body: serde_json::Map::from_iter([("n".to_owned(), n.into())]),
        content: Vec::new(),
    }
}

/// Reads the whole journal as a doubter would: every leaf from its bytes, the root against the signed head,
/// every proof from the tiles. Gives the number of entries.
fn check_journal(store: &Store, key: &VerifierKey) -> u64 {
    store
        .read(|tx| {
            let head = journal::head(tx)?;
            let (mut frontier, mut leaves) = (Frontier::new(), Vec::new());
            journal::for_each_entry(tx, 0..u64::MAX, |seq, leaf, bytes| {
                assert_eq!(seq, frontier.size(), "entries follow one another");
                assert_eq!(leaf, leaf_hash(bytes).0, "the stored leaf of entry {seq}");
                frontier.push(leaf_hash(bytes));
                leaves.push(leaf_hash(bytes));
                Ok(())
            })?;
            assert_eq!(head.size, frontier.size());
            if head.size > 0 {
                let checkpoint = verify_note(&head.note, std::slice::from_ref(key)).unwrap();
                assert_eq!((checkpoint.size, checkpoint.root), (head.size, frontier.root()));
                check_proofs(tx, &leaves, frontier.root())?;
            }
            let sql = "SELECT CAST(COALESCE(sum(width), 0) AS BIGINT) FROM tile WHERE level = 0";
            assert_eq!(tx.query_one(sql, &[], |row| row.u64(0))?, head.size, "one hash per entry in the tiles");
            Ok::<_, StoreError>(head.size)
        })
        .unwrap()
}

fn check_proofs(tx: &mut vigie_store::Tx<'_>, leaves: &[Hash], root: Hash) -> Result<(), StoreError> {
    let size = u64::try_from(leaves.len()).unwrap();
    for seq in [0, size / 3, size - 1] {
        let proof = journal::inclusion(tx, seq, size)?;
        vigie_evidence::verify_inclusion(leaves[usize::try_from(seq).unwrap()], seq, size, &proof, root).unwrap();
    }
    Ok(())
}
