//! Judging a month of a million incidents, from read tables and from an export; verifying on the way.

use std::{
    fs::File,
    io::{BufReader, BufWriter},
    time::Instant,
};

use vigie::features::judgement::{self, Ask};
use vigie_evidence::{Checkpoint, ExportWriter, Frontier, SigningKey, Trust, leaf_hash, verify_export};

use crate::{Board, Goal, made};

const CASES: u64 = 1_000_000;

pub(crate) fn from_read_tables(board: &mut Board) {
    let (_dir, place) = made::place();
    let vigie = place.open().unwrap();
    made::fill_read_table(&vigie, CASES);
    let month = made::MONTH.parse().unwrap();
    let mut best = f64::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        let judged =
            vigie.store.read(|tx| judgement::from_store(tx, &vigie.promise.rulebook, month, Ask::default())).unwrap();
        best = best.min(start.elapsed().as_secs_f64());
        let population: u64 =
            judged.judgement.indicators.iter().filter(|i| [11, 14].contains(&i.row)).map(|i| i.population).sum();
        assert_eq!(population, CASES, "every case is in one of the two monthly rows");
    }
    board.line("judging 1,000,000 incidents x 6 events, from read tables", best, "s", Goal::AtMost(2.0));
    board.line("  peak resident memory then", made::peak_mib(), "MiB", Goal::AtMost(1536.0));
}

pub(crate) fn from_export(board: &mut Board) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("export.jsonl");
    let entries = write_export(&path);
    let open = || BufReader::with_capacity(1 << 20, File::open(&path).unwrap());

    let start = Instant::now();
    verify_export(open(), Trust::KeyInExport).unwrap();
    let rate = entries as f64 / start.elapsed().as_secs_f64();
    board.line("verifying a journal, one core", rate, "entries/s", Goal::AtLeast(500_000.0));

    let promise = vigie::app::promise(None).unwrap();
    let start = Instant::now();
    let (judged, _) = judgement::from_export(
        open(),
        Trust::KeyInExport,
        &promise.rulebook,
        |_| Ok(made::MONTH.parse().unwrap()),
        Ask::default(),
    )
    .unwrap();
    let took = start.elapsed().as_secs_f64();
    assert!(judged.judgement.total_points > 0);
    board.line("judging 1,000,000 incidents x 6 events, from an export", took, "s", Goal::AtMost(20.0));
}

/// Six million entries, written as the program exports them.
fn write_export(path: &std::path::Path) -> u64 {
    let key = SigningKey::from_seed([7; 32], "vigie/bench").unwrap();
    let recorded_at = "2026-05-01T00:00:00Z".parse().unwrap();
    let mut bytes = Vec::new();
    let mut each = |seq: u64, entry: vigie_evidence::NewEntry, take: &mut dyn FnMut(&[u8])| {
        bytes.clear();
        entry.record(seq, recorded_at).canonical_into(&mut bytes).unwrap();
        take(&bytes);
    };
    let mut frontier = Frontier::new();
    let mut seq = 0;
    for n in 0..CASES {
        for entry in made::entries(n) {
            each(seq, entry, &mut |b| frontier.push(leaf_hash(b)));
            seq += 1;
        }
    }
    let checkpoint =
        Checkpoint { origin: "vigie/bench".into(), size: seq, root: frontier.root(), extension: Vec::new() };
    let mut writer = ExportWriter::begin(
        BufWriter::with_capacity(1 << 20, File::create(path).unwrap()),
        &key.sign(&checkpoint),
        &key.verifier(),
    )
    .unwrap();
    let mut seq = 0;
    for n in 0..CASES {
        for entry in made::entries(n) {
            each(seq, entry, &mut |b| writer.entry(b).unwrap());
            seq += 1;
        }
    }
    writer.finish().unwrap();
    seq
}
