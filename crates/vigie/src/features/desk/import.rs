//! Taking in an outside log of cases: streaming, idempotent, durable batch by batch.
//!
//! One thread reads and maps; the other records. Each event has an id made of what it says, so that a
//! second run, or a run after a crash, adds only what is not there yet and leaves the same journal as
//! one undisturbed run. What is bad goes to the rejects file and takes nothing good with it.

use std::{
    collections::HashSet,
    io::{Read, Write},
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use vigie_evidence::{NewEntry, Origin, import_id};
use vigie_links::{CaseEvent, Mapping, ReadError, Reject, RejectsFile, Sink, SinkError, Summary, read_events};
use vigie_store::{Store, StoreError, WriteError, journal};

use crate::{
    app::Vigie,
    record::{RecordError, Recorded, Recorder},
};

/// Events committed at a time: enough to share a flush, little enough to lose nothing that matters.
const BATCH: usize = 8_000;

/// Why an import ended early. Batches that were committed stay; run it again to go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read further.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store refused a batch.
    #[error(transparent)]
    Write(#[from] WriteError<RecordError>),
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rejects file cannot be written.
    #[error("the rejects file cannot be written; what was imported before stays, run the import again")]
    Rejects(#[source] std::io::Error),
    /// The reading thread ended early.
    #[error("the reading of the file ended early; what was imported before stays, run the import again")]
    Thread,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the file held.
    pub summary: Summary,
    /// Entries added to the journal, and those that it already had.
    pub recorded: Recorded,
    /// Cases spoken of.
    pub cases: u64,
}

/// Collects events into batches and sends them on; writes rejects.
struct Batches<'a, W: Write> {
    batch: Vec<NewEntry>,
    sender: SyncSender<Vec<NewEntry>>,
    rejects: Option<RejectsFile<W>>,
    cases: HashSet<String>,
    progress: &'a mut (dyn FnMut(u64) + Send),
}

fn entry(event: CaseEvent) -> NewEntry {
    NewEntry {
        id: import_id(event.occurred_at, event.key()),
        occurred_at: event.occurred_at,
        actor: "import".to_owned(),
        origin: Origin::Import,
        subject: event.subject,
        kind: event.kind,
        body: event.body,
        content: Vec::new(),
    }
}

impl<W: Write> Batches<'_, W> {
    fn flush(&mut self) -> Result<(), SinkError> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        if batch.is_empty() {
            return Ok(());
        }
        self.sender.send(batch).map_err(|_| SinkError::from("the store refused the batch before this one"))
    }
}

impl<W: Write> Sink for Batches<'_, W> {
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError> {
        if !self.cases.contains(&event.subject) {
            self.cases.insert(event.subject.clone());
        }
        self.batch.push(entry(event));
        if self.batch.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        match &mut self.rejects {
            Some(file) => Ok(file.write(&reject)?),
            None => Ok(()),
        }
    }

    fn progress(&mut self, bytes_read: u64) -> Result<(), SinkError> {
        (self.progress)(bytes_read);
        Ok(())
    }
}

/// What a file is called and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, without folders.
    pub name: &'a str,
    /// The name of its mapping.
    pub mapping_name: &'a str,
    /// Its mapping.
    pub mapping: &'a Mapping,
}

/// Imports a file. `progress` hears how many bytes were read.
///
/// # Errors
/// When the file, the store or the rejects file fails; what was committed stays.
pub fn import<R, W>(
    vigie: &Vigie,
    source: Source<'_>,
    file: R,
    rejects: W,
    now: Timestamp,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Report, ImportError>
where
    R: Read + Send + 'static,
    W: Write + Send,
{
    let (sender, receiver) = sync_channel(2);
    let mut recorded = Recorded::default();
    let read = thread::scope(|scope| {
        let reading = scope.spawn(move || -> Result<(Summary, u64), ImportError> {
            let rejects = RejectsFile::new(rejects).map_err(ImportError::Rejects)?;
            let mut sink = Batches {
                batch: Vec::with_capacity(BATCH),
                sender,
                rejects: Some(rejects),
                cases: HashSet::new(),
                progress,
            };
            let summary = read_events(file, source.mapping, now, &mut sink)?;
            sink.flush().map_err(|source| ReadError::Sink { line: summary.rows, source })?;
            if let Some(file) = sink.rejects.take() {
                file.finish().and_then(|mut w| w.flush()).map_err(ImportError::Rejects)?;
            }
            Ok((summary, u64::try_from(sink.cases.len()).unwrap_or(u64::MAX)))
        });
        let mut refused = None;
        for batch in receiver {
            match record(&vigie.store, &vigie.recorder, now, batch) {
                Ok(done) => {
                    recorded.added += done.added;
                    recorded.known += done.known;
                }
                Err(error) => {
                    refused = Some(error);
                    break; // drops the receiver, which ends the reading
                }
            }
        }
        let read = reading.join().map_err(|_| ImportError::Thread)?;
        match refused {
            Some(error) => Err(ImportError::from(error)),
            None => read,
        }
    })?;
    let (summary, cases) = read;
    complete(vigie, source, &summary, now)?;
    Ok(Report { summary, recorded, cases })
}

fn record(
    store: &Store,
    recorder: &Recorder,
    now: Timestamp,
    batch: Vec<NewEntry>,
) -> Result<Recorded, WriteError<RecordError>> {
    let recorder = recorder.clone();
    store.write(move |tx| recorder.record(tx, now, batch))
}

/// Says in the journal which file was taken in, whole: once for the same bytes.
fn complete(
    vigie: &Vigie,
    source: Source<'_>,
    summary: &Summary,
    now: Timestamp,
) -> Result<(), WriteError<RecordError>> {
    let digest: String = summary.sha256.map(|b| format!("{b:02x}")).concat();
    let body = json!({
        "file": source.name,
        "sha256": digest,
        "mapping": source.mapping_name,
        "rows": summary.rows,
        "accepted": summary.accepted,
        "partial": summary.partial,
        "rejected": summary.rejected,
        "events": summary.events,
        "first": summary.first.map(|t| t.to_string()),
        "last": summary.last.map(|t| t.to_string()),
    });
    let fact = NewEntry {
        id: import_id(summary.last.unwrap_or(Timestamp::UNIX_EPOCH), summary.sha256),
        occurred_at: now,
        actor: "import".to_owned(),
        origin: Origin::Import,
        subject: format!("import/{}", digest.get(..16).unwrap_or(&digest)),
        kind: "import.completed".to_owned(),
        body: as_map(body),
        content: Vec::new(),
    };
    record(&vigie.store, &vigie.recorder, now, vec![fact]).map(|_| ())
}

fn as_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Counts what an import would add.
struct Dry {
    ids: Vec<uuid::Uuid>,
    seen: HashSet<uuid::Uuid>,
    cases: HashSet<String>,
    rejects: Vec<Reject>,
}

/// Rejects that a dry run shows.
const SHOWN: usize = 20;

impl Sink for Dry {
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError> {
        let id = import_id(event.occurred_at, event.key());
        if self.seen.insert(id) {
            self.ids.push(id);
        }
        self.cases.insert(event.subject);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        if self.rejects.len() < SHOWN {
            self.rejects.push(reject);
        }
        Ok(())
    }
}

/// Reads a file and says what an import would do; changes nothing. Also gives the first rejects.
///
/// # Errors
/// When the file cannot be read or the store cannot be asked.
pub fn dry_run<R: Read + Send + 'static>(
    store: Option<&Store>,
    mapping: &Mapping,
    file: R,
    now: Timestamp,
) -> Result<(Report, Vec<Reject>), ImportError> {
    let mut dry = Dry { ids: Vec::new(), seen: HashSet::new(), cases: HashSet::new(), rejects: Vec::new() };
    let summary = read_events(file, mapping, now, &mut dry)?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let known = match store {
        Some(store) => store.read(|tx| journal::known_ids(tx, &dry.ids).map(|k| count(k.len())))?,
        None => 0,
    };
    let recorded = Recorded { added: count(dry.ids.len()).saturating_sub(known), known, ..Recorded::default() };
    Ok((Report { summary, recorded, cases: count(dry.cases.len()) }, dry.rejects))
}
