//! Measures the store on both engines, each figure with its unit beside its goal:
//! `cargo run --release -p vigie-store --example commits [sqlite|postgres]`.
//!
//! Everything is durable: SQLite with synchronous FULL, PostgreSQL as installed, both below the temporary
//! directory. A figure says nothing when that directory is kept in memory.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench measures time and stops when it cannot go on"
)]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use vigie_evidence::{NewEntry, Origin, SigningKey, import_id};
use vigie_store::{Journal, Location, Store, StoreError};
use vigie_testkit::{Cluster, Durability, Place};

/// How long each load runs.
const LOAD: Duration = Duration::from_secs(3);
const ROWS: u64 = 300_000;

fn main() {
    let only = std::env::args().nth(1);
    if only.as_deref() != Some("postgres") {
        let place = Place::sqlite();
        measure("SQLite", &Store::open(Location::Sqlite(place.data.clone())).unwrap());
    }
    if only.as_deref() != Some("sqlite") {
        let cluster = Cluster::start(Durability::Full);
        measure("PostgreSQL", &Store::open(Location::Postgres(cluster.create("bench"))).unwrap());
    }
}

fn measure(engine: &str, store: &Store) {
    let bench = Bench {
        store: store.clone(),
        journal: Journal::new(SigningKey::from_seed([7; 32], "vigie.example.fr/bench").unwrap()),
    };
    println!("{engine}");
    let (units, commits) = bench.callers(1, 0);
    line("durable units/s, 1 caller", per_second(units, LOAD), "");
    println!("    ({commits} commits)");
    let (units, commits) = bench.callers(64, 1);
    line("durable units/s, 64 callers", per_second(units, LOAD), "");
    line("units per flush, 64 callers", units / commits.max(1), "goal 30");
    let (entries, took) = bench.batches(1_000);
    line("entries/s in batches of 1,000", per_second(entries, took), "goal 100000");
    let (entries, took) = bench.again(1_000);
    line("entries/s that are there already", per_second(entries, took), "");
    let took = bench.fill();
    line("read table rows/s, upserted", per_second(ROWS, took), "");
    let took = bench.scan();
    line("read table rows/s, streamed", per_second(ROWS, took), "goal 1000000");
    let (entries, took) = bench.entries();
    line("entries/s, streamed", per_second(entries, took), "goal 500000");
}

fn line(what: &str, value: u64, goal: &str) {
    println!("  {what:<34} {value:>10}  {goal}");
}

fn per_second(count: u64, took: Duration) -> u64 {
    u64::try_from(u128::from(count) * 1_000_000 / took.as_micros().max(1)).unwrap()
}

struct Bench {
    store: Store,
    journal: Journal,
}

impl Bench {
    /// Each caller writes one entry after the other; gives units and commits.
    fn callers(&self, callers: u64, lane: u64) -> (u64, u64) {
        let before = self.store.counters();
        let end = Instant::now() + LOAD;
        std::thread::scope(|scope| {
            for caller in 0..callers {
                scope.spawn(move || {
                    let mut n = 0;
                    while Instant::now() < end {
                        let facts = vec![fact((lane << 60) | (caller << 40) | n)];
                        self.append(facts, false);
                        n += 1;
                    }
                });
            }
        });
        let after = self.store.counters();
        (after.units - before.units, after.commits - before.commits)
    }

    fn batches(&self, size: u64) -> (u64, Duration) {
        // Made before: an import makes its facts on another thread than the writer's.
        let batches: Vec<Vec<NewEntry>> =
            (0..200).map(|batch| (0..size).map(|n| fact((2 << 60) | (batch * size + n))).collect()).collect();
        let start = Instant::now();
        for batch in batches {
            self.append(batch, true);
        }
        (200 * size, start.elapsed())
    }

    fn again(&self, size: u64) -> (u64, Duration) {
        let batches: Vec<Vec<NewEntry>> =
            (0..200).map(|batch| (0..size).map(|n| fact((2 << 60) | (batch * size + n))).collect()).collect();
        let start = Instant::now();
        for batch in batches {
            self.append(batch, true);
        }
        (200 * size, start.elapsed())
    }

    fn append(&self, facts: Vec<NewEntry>, only_new: bool) {
        let journal = self.journal.clone();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        self.store
            .write(move |tx| if only_new { journal.append_new(tx, now, facts) } else { journal.append(tx, now, facts) })
            .unwrap();
    }

    fn fill(&self) -> Duration {
        let start = Instant::now();
        for chunk in 0..ROWS / 10_000 {
            let names: Vec<String> = (0..10_000).map(|n| format!("case/INC{:07}", chunk * 10_000 + n)).collect();
            self.store
                .write(move |tx| {
                    let timeline = [7_u8; 220];
                    let columns = [
                        "subject",
                        "class",
                        "number",
                        "first_at",
                        "last_at",
                        "matters_until",
                        "open",
                        "version",
                        "timeline",
                    ];
                    let rows = names.iter().map(|n| {
                        [
                            n.into(),
                            "incident".into(),
                            n.into(),
                            1_i64.into(),
                            2_i64.into(),
                            2_i64.into(),
                            false.into(),
                            3_i64.into(),
                            (&timeline).into(),
                        ]
                    });
                    tx.upsert_many("history", &["subject"], &columns, rows)
                })
                .unwrap();
        }
        start.elapsed()
    }

    fn scan(&self) -> Duration {
        let start = Instant::now();
        let mut rows = 0;
        let sql = "SELECT subject, first_at, last_at, version, timeline FROM history WHERE class = $1 AND matters_until >= $2";
        let done: Result<(), StoreError> = self.store.read(|tx| {
            tx.query(sql, &["incident".into(), 0_i64.into()], |row| {
                rows += u64::from(row.text(0)?.len() > 5 && row.i64(1)? < row.i64(2)? && row.blob(4)?.len() == 220);
                Ok(())
            })
        });
        done.unwrap();
        assert_eq!(rows, ROWS);
        start.elapsed()
    }

    fn entries(&self) -> (u64, Duration) {
        let start = Instant::now();
        let mut entries = 0;
        let read = self.store.read(|tx| {
            vigie_store::journal::for_each_entry(tx, 0..u64::MAX, |_, leaf, bytes| {
                entries += u64::from(leaf.len() == 32 && !bytes.is_empty());
                Ok(())
            })
        });
        read.unwrap();
        (entries, start.elapsed())
    }
}

/// About 400 bytes of canonical JSON, as a restored incident.
fn fact(n: u64) -> NewEntry {
    let mut digest = [0; 32];
    // The bits that differ come last in the id of an instant: spread them as a hash would.
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for (byte, bits) in digest.iter_mut().zip(mixed.to_be_bytes().into_iter().chain(n.to_be_bytes())) {
        *byte = bits;
    }
    // As a log is imported: in the order of time, six events a case over the cases of about two days.
    let at = Timestamp::from_second(1_400_000_000 + i64::try_from(n % (1 << 40) * 30).unwrap()).unwrap();
    let case = n % (1 << 40) / 6 + mixed % 1_000;
    NewEntry {
        id: import_id(at, digest),
        occurred_at: at,
        actor: "import:incidents-2024.csv".to_owned(),
        origin: Origin::Import,
        subject: format!("case/INC{case:07}"),
        kind: "incident.restored".to_owned(),
        body: serde_json::Map::from_iter([
            ("line".to_owned(), (n % 1_000_000).into()),
            ("state".to_owned(), "resolved".into()),
            ("group".to_owned(), "Groupe de résolution téléphonie".into()),
            ("site".to_owned(), "13055-hotel-du-departement".into()),
        ]),
        content: Vec::new(),
    }
}
