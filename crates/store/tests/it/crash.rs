//! A writer that is killed at any moment loses nothing that it had acknowledged, and keeps no half of a unit.

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use vigie_store::{Location, Store, journal};
use vigie_testkit::on_both;

use crate::{at, check_journal, fact, new_journal, open};

/// Tells the child process where to write; without it the test is the parent.
const PLACE: &str = "VIGIE_CRASH_PLACE";
/// Entries of one unit: not a divisor of a tile, so that units end anywhere in tiles.
const UNIT: u64 = 37;
const ROUNDS: u64 = 6;

#[test]
fn a_journal_whose_writer_is_killed_at_random_points_verifies_and_holds_all_that_was_acknowledged() {
    if let Ok(place) = std::env::var(PLACE) {
        write_until_killed(&place);
    }
    on_both(|place| {
        let key = new_journal().verifier();
        let mut acknowledged = 0;
        for round in 0..ROUNDS {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "--nocapture", "crash::a_journal_whose_writer_is_killed_at_random_points_verifies_and_holds_all_that_was_acknowledged"])
                .env(PLACE, place.url.clone().unwrap_or_else(|| place.data.display().to_string()))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
            // The kill falls wherever the child is after a number of acknowledgements that differs each round.
            for _ in 0..(1 + round * 7 % 11) {
                let line = said.by_ref().map(Result::unwrap).find(|line| line.starts_with("kept ")).unwrap();
                acknowledged = line["kept ".len()..].parse::<u64>().unwrap();
            }
            child.kill().unwrap();
            // What it had still said before it died counts too.
            for line in said.map_while(Result::ok).filter(|line| line.starts_with("kept ")) {
                acknowledged = line["kept ".len()..].parse::<u64>().unwrap();
            }
            child.wait().unwrap();

            let store = open(place);
            let size = check_journal(&store, &key);
            assert!(size >= acknowledged, "{size} entries of {acknowledged} acknowledged, round {round}");
            assert_eq!(size % UNIT, 0, "half a unit was kept");
        }
        assert!(acknowledged > 0);
    });
}

fn write_until_killed(place: &str) -> ! {
    let location = if place.contains("://") {
        Location::Postgres(place.to_owned())
    } else {
        Location::Sqlite(PathBuf::from(place))
    };
    let (store, journal) = (Store::open(location).unwrap(), new_journal());
    loop {
        let journal = journal.clone();
        let size = store
            .write(move |tx| {
                let next = journal::head(tx)?.size;
                journal.append(tx, at(0), (next..next + UNIT).map(|n| fact(n, "case/1")).collect())
            })
            .map(|appended| appended.first_seq + appended.count)
            .unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {size}").unwrap();
        out.flush().unwrap();
    }
}
