//! A file read through a shipped mapping, as the import reads it, with everything kept in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use jiff::Timestamp;
use vigie_links::{CaseEvent, Mapping, ReadError, Reject, Sink, SinkError, Summary, read_events};
use vigie_rules::fact::{Event, Fact, History, Subject};

/// The instant of the reading: later than any date of the data.
const NOW: Timestamp = Timestamp::constant(4_102_444_800, 0);

/// A mapping that ships with Vigie.
pub(crate) fn mapping(name: &str) -> Result<Mapping> {
    Ok(Mapping::load(&at_root(&format!("mappings/{name}.toml")))?)
}

/// A path below the root of the repository that cargo started us from.
pub(crate) fn at_root(path: &str) -> PathBuf {
    let started = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    started.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR"))).join("../..").join(path)
}

/// All that a file gave.
#[derive(Default)]
pub(crate) struct Reading {
    /// What the reader counted.
    pub(crate) summary: Summary,
    /// The case of each event, in the order of the file.
    pub(crate) events: Vec<CaseEvent>,
    /// What was not taken.
    pub(crate) rejects: Vec<Reject>,
}

impl Sink for Reading {
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError> {
        self.events.push(event);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.rejects.push(reject);
        Ok(())
    }
}

impl Reading {
    /// Reads bytes; the error is the reader's own refusal of the whole.
    pub(crate) fn of_bytes(bytes: impl std::io::Read, mapping: &Mapping) -> Result<Self, ReadError> {
        let mut reading = Self::default();
        reading.summary = read_events(bytes, mapping, NOW, &mut reading)?;
        Ok(reading)
    }

    /// Reads a file.
    pub(crate) fn of_file(path: &Path, mapping: &Mapping) -> Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        Ok(Self::of_bytes(file, mapping)?)
    }

    /// The subjects that have an event.
    pub(crate) fn subjects(&self) -> BTreeSet<&str> {
        self.events.iter().map(|event| event.subject.as_str()).collect()
    }

    /// What is wrong with the reader's own counts and explanations; nothing, as a rule.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let s = &self.summary;
        if s.rows != s.accepted + s.partial + s.rejected {
            faults.push(format!(
                "{} rows, but {} accepted, {} in part, {} rejected",
                s.rows, s.accepted, s.partial, s.rejected
            ));
        }
        if s.partial + s.rejected > 0 && self.rejects.is_empty() {
            faults.push("rows were left out and no reject says why".to_owned());
        }
        let mute = self.rejects.iter().filter(|reject| reject.reason.en().trim().is_empty());
        faults.extend(mute.map(|reject| format!("line {}: a reject without a reason", reject.line)));
        faults
    }

    /// The histories of the cases, each in the order of its events.
    pub(crate) fn histories(&self) -> Result<Vec<History>> {
        let mut histories: BTreeMap<&str, History> = BTreeMap::new();
        for (seq, event) in (0..).zip(&self.events) {
            let body = serde_json::to_string(&event.body)?;
            let Some((class, fact)) = Fact::from_entry(&event.kind, &body)? else { continue };
            let history = histories.entry(event.subject.as_str()).or_insert_with(|| History {
                subject: Subject(event.subject.clone()),
                class,
                events: Vec::new(),
            });
            history.events.push(Event { at: event.occurred_at, seq, fact });
        }
        let mut histories: Vec<History> = histories.into_values().collect();
        histories.iter_mut().for_each(History::sort);
        Ok(histories)
    }

    /// Rejects by reason, for people.
    pub(crate) fn rejects_by_reason(&self) -> String {
        if self.summary.rejects.is_empty() {
            return "no rejects".to_owned();
        }
        let reasons: Vec<String> = self.summary.rejects.iter().map(|(code, n)| format!("{code} {n}")).collect();
        format!("rejects: {}", reasons.join(", "))
    }
}
