//! A log taken through the program itself, in a temporary store: imported twice, verified, judged from
//! the store and from its export.

use std::{
    fs::File,
    io::{self, Cursor},
    path::Path,
};

use anyhow::{Context, Result};
use vigie::{
    app::Place,
    features::{
        desk::import::{self, Report, Source},
        judgement::{self, Ask, json},
        proof,
    },
    now::now,
};
use vigie_evidence::Trust;
use vigie_links::Mapping;
use vigie_rules::judgement::{Judgement, Month};

use crate::{folder::name, reading};

/// What the program made of a log.
pub(crate) struct Stored {
    /// For people.
    pub(crate) figures: String,
    /// What it did otherwise than it should.
    pub(crate) differences: Vec<String>,
    /// The month judged from the store.
    pub(crate) judgement: Judgement,
}

/// Imports a file into a new store, again, and judges a month of it.
pub(crate) fn through_the_program(path: &Path, mapping: &Mapping, month: Month) -> Result<Stored> {
    let dir = tempfile::tempdir()?;
    let contract = Some(reading::at_root("contracts/callipso"));
    let place = Place { data: dir.path().to_owned(), contract, ..Place::default() };
    let vigie = place.open()?;
    let import = || -> Result<Report> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let source = Source { name: &name(path), mapping_name: "shipped", mapping };
        Ok(import::import(&vigie, source, file, io::sink(), now(), &mut |_| ())?)
    };
    let mut differences = Vec::new();
    let first = import()?;
    let second = import()?;
    if second.recorded.added != 0 {
        differences.push(format!("a second import added {} entries", second.recorded.added));
    }
    if first.recorded.added + first.recorded.known != first.summary.events {
        differences.push(format!("{} events, {} recorded", first.summary.events, first.recorded.added));
    }

    let key = place.verifier(&vigie.store, &vigie.promise)?;
    let verified = vigie.store.read(|tx| proof::verify(tx, std::slice::from_ref(&key), None))?;
    let rulebook = &vigie.promise.rulebook;
    let judged = vigie.store.read(|tx| judgement::from_store(tx, rulebook, month, Ask::default()))?;
    let mut export = Vec::new();
    vigie.store.read(|tx| proof::export(tx, &key, &mut export))?;
    let keys = [key];
    let (again, _) =
        judgement::from_export(Cursor::new(&export), Trust::Keys(&keys), rulebook, |_| Ok(month), Ask::default())?;
    if json::to_json(&judged.judgement, judged.checkpoint.as_ref())?
        != json::to_json(&again.judgement, again.checkpoint.as_ref())?
    {
        differences.push("the store and its export give other bytes".to_owned());
    }
    let figures = format!(
        "imported: {} entries added, none by a second run; {} entries verified; the export judges to the same bytes",
        first.recorded.added, verified.entries
    );
    Ok(Stored { figures, differences, judgement: judged.judgement })
}
