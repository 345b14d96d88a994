//! Prints how fast this machine writes, reads, appends and verifies entries, each beside its goal.
//!
//! `cargo run --release -p vigie-evidence --example speed`

use std::{error::Error, hint::black_box, time::Instant};

use jiff::Timestamp;
use serde_json::json;
use vigie_evidence::{
    Checkpoint, Entry, EntryRef, ExportWriter, Frontier, NewEntry, Origin, SigningKey, TileWriter, Trust, import_id,
    leaf_hash, verify_export,
};

const ENTRIES: u64 = 500_000;

fn main() -> Result<(), Box<dyn Error>> {
    let entries: Vec<Entry> = (0..ENTRIES).map(entry).collect::<Result<_, _>>()?;

    let mut out = Vec::with_capacity(1 << 10);
    measure("write an entry", 1_000, || {
        for entry in &entries {
            out.clear();
            entry.canonical_into(&mut out)?;
            black_box(&out);
        }
        Ok(())
    })?;

    let lines: Vec<Vec<u8>> = entries.iter().map(Entry::to_canonical).collect::<Result<_, _>>()?;
    let bytes: usize = lines.iter().map(Vec::len).sum();
    println!("{:<28} {:>8} bytes", "an entry has", bytes / lines.len());
    measure("read an entry in place", 2_000, || {
        for line in &lines {
            black_box(EntryRef::from_canonical(line)?);
        }
        Ok(())
    })?;
    measure("read an entry as values", 2_000, || {
        for line in &lines {
            black_box(Entry::from_canonical(line)?);
        }
        Ok(())
    })?;

    let leaves: Vec<_> = lines.iter().map(|l| leaf_hash(l)).collect();
    measure("append a leaf, by 1,000", 2_000, || {
        let mut writer = TileWriter::new();
        for group in leaves.chunks(1_000) {
            black_box(writer.append(group));
            black_box(writer.root());
        }
        Ok(())
    })?;

    let mut frontier = Frontier::new();
    leaves.iter().for_each(|l| frontier.push(*l));
    let key = SigningKey::from_seed([1; 32], "vigie.example.fr/speed")?;
    let note = key.sign(&Checkpoint {
        origin: key.name().to_owned(),
        size: ENTRIES,
        root: frontier.root(),
        extension: Vec::new(),
    });
    let mut export = Vec::new();
    measure("export an entry", 2_000, || {
        let mut writer = ExportWriter::begin(Vec::new(), &note, &key.verifier())?;
        for line in &lines {
            writer.entry(line)?;
        }
        export = writer.finish()?;
        Ok(())
    })?;
    measure("verify an entry", 2_000, || {
        black_box(verify_export(export.as_slice(), Trust::Keys(&[key.verifier()]))?);
        Ok(())
    })
}

#[expect(clippy::disallowed_methods, reason = "measuring time is what this example does")]
fn measure(what: &str, goal_ns: u128, run: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    run()?;
    println!("{what:<28} {:>8} ns   goal {goal_ns} ns", start.elapsed().as_nanos() / u128::from(ENTRIES));
    Ok(())
}

fn entry(seq: u64) -> Result<Entry, Box<dyn Error>> {
    let at = Timestamp::from_millisecond(1_767_258_000_000 + i64::try_from(seq)? * 61_007)?;
    let mut body = serde_json::Map::new();
    body.insert("state".to_owned(), json!("in_progress"));
    body.insert("reason".to_owned(), json!("user_unavailable"));
    Ok(NewEntry {
        id: import_id(at, leaf_hash(&seq.to_be_bytes()).0),
        occurred_at: at,
        actor: "import:incidents-2026.csv".to_owned(),
        origin: Origin::Import,
        subject: format!("case/INC{seq:07}"),
        kind: "incident.observed".to_owned(),
        body,
        content: Vec::new(),
    }
    .record(seq, at))
}
