//! Facts go in here: journal entries and the read table of histories, in one transaction.
//!
//! The read table holds nothing that the journal does not: [`rebuild`] empties it and makes the same
//! rows again. Whoever records a fact that the rules read goes through this module; an entry that no
//! rule reads (a sign-in, an import) only goes into the journal.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use vigie_contract::{Class, ClockRule, StopEvent};
use vigie_evidence::{EntryRef, NewEntry};
use vigie_rules::{
    book::{Book, Rulebook},
    clock::{self, ClockRun},
    fact::{Event, Fact, FactError, History, Subject},
    life::Life,
    timeline::{self, TimelineError},
};
use vigie_store::{Journal, JournalError, Param, StoreError, Tx, journal};

/// Why facts were not recorded. Nothing was kept then.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The body of an entry does not fit its kind.
    #[error("the entry about {subject} was refused")]
    Fact {
        /// About what.
        subject: String,
        /// Why.
        #[source]
        source: FactError,
    },
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The read table holds something else.
    #[error(transparent)]
    Timeline(#[from] TimelineError),
    /// A timeline could not be packed.
    #[error("the timeline of {subject} could not be packed")]
    Pack {
        /// Whose.
        subject: String,
        /// Why.
        #[source]
        source: postcard::Error,
    },
}

/// Records facts; see the module.
#[derive(Clone, Debug)]
pub struct Recorder {
    journal: Journal,
    rulebook: Arc<Rulebook>,
}

/// What became of the facts handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Appended to the journal.
    pub added: u64,
    /// Already there by their id.
    pub known: u64,
}

impl Recorder {
    /// Records into that journal, summarising by that rulebook.
    #[must_use]
    pub const fn new(journal: Journal, rulebook: Arc<Rulebook>) -> Self {
        Self { journal, rulebook }
    }

    /// The journal.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Records facts in their order; those whose id is already in the journal are left out, so that
    /// recording twice adds nothing.
    ///
    /// # Errors
    /// When a fact does not fit its kind, or the store refuses; nothing is kept then.
    pub fn record(&self, tx: &mut Tx<'_>, now: Timestamp, facts: Vec<NewEntry>) -> Result<Recorded, RecordError> {
        let offered = facts.len();
        let ids: Vec<_> = facts.iter().map(|f| f.id).collect();
        let mut known = journal::known_ids(tx, &ids)?;
        // Adding to the known ones also drops a second fact of the same id.
        let fresh: Vec<NewEntry> = facts.into_iter().filter(|f| known.insert(f.id)).collect();
        let mut events = Vec::with_capacity(fresh.len());
        for (index, entry) in fresh.iter().enumerate() {
            let fact = Fact::read(&entry.kind, &entry.body)
                .map_err(|source| RecordError::Fact { subject: entry.subject.clone(), source })?;
            if let Some((class, fact)) = fact {
                events.push((index, entry.subject.clone(), class, entry.occurred_at, fact, title(&entry.body)));
            }
        }
        let count = fresh.len();
        let first_seq = self.journal.append(tx, now, fresh)?.first_seq;
        let mut changes = Changes::default();
        for (index, subject, class, at, fact, title) in events {
            let seq = first_seq.saturating_add(u64::try_from(index).unwrap_or(u64::MAX));
            changes.add(subject, class, Event { at, seq, fact }, title);
        }
        changes.apply(tx, &self.rulebook)?;
        let count64 = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Ok(Recorded { added: count64(count), known: count64(offered - count) })
    }
}

fn title(body: &Map<String, Value>) -> Option<String> {
    body.get("title").and_then(Value::as_str).map(str::to_owned)
}

/// New events by subject.
#[derive(Default)]
struct Changes {
    subjects: BTreeMap<String, Change>,
}

struct Change {
    class: Class,
    events: Vec<Event>,
    title: Option<String>,
}

impl Changes {
    fn add(&mut self, subject: String, class: Class, event: Event, title: Option<String>) {
        let change = self.subjects.entry(subject).or_insert_with(|| Change { class, events: Vec::new(), title: None });
        // A subject has one class, that of its first fact; a fact of another class is no part of its life.
        if change.class == class {
            change.events.push(event);
        }
        if title.is_some() {
            change.title = title;
        }
    }

    fn apply(self, tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<(), RecordError> {
        let mut rows = Vec::with_capacity(self.subjects.len());
        for (subject, change) in self.subjects {
            let stored = tx.query_opt(
                "SELECT class, timeline, title FROM history WHERE subject = $1",
                &[(&subject).into()],
                |row| Ok((row.text(0)?.to_owned(), row.blob(1)?.to_vec(), row.opt_text(2)?.map(str::to_owned))),
            )?;
            let mut history = History { subject: Subject(subject), class: change.class, events: Vec::new() };
            let mut title = change.title;
            if let Some((class, bytes, stored_title)) = stored {
                let class = Class::from_name(&class).unwrap_or(change.class);
                history = timeline::decode(history.subject, class, &bytes)?;
                title = title.or(stored_title);
            }
            if history.class == change.class {
                history.events.extend(change.events);
            }
            history.sort();
            rows.push(HistoryRow::of(rulebook, history, title)?);
        }
        write_rows(tx, &rows)?;
        Ok(())
    }
}

/// A row of the read table.
struct HistoryRow {
    subject: String,
    class: Class,
    number: String,
    first_at: i64,
    last_at: i64,
    open: bool,
    version: i64,
    timeline: Vec<u8>,
    priority: Option<String>,
    started_at: Option<i64>,
    restored_at: Option<i64>,
    due_at: Option<i64>,
    matters_until: i64,
    title: Option<String>,
}

/// The clock that a list shows for a class: the one that a restoration stops, else its first.
#[must_use]
pub fn main_clock(book: &Book, class: Class) -> Option<&ClockRule> {
    let clocks = || book.contract.clocks.clocks.iter().filter(|c| c.class == class);
    clocks().find(|c| c.stop == StopEvent::Restored).or_else(|| clocks().next())
}

/// A major incident matters for two months after its end: its report falls due then.
const REPORT_MARGIN: SignedDuration = SignedDuration::from_hours(62 * 24);

impl HistoryRow {
    fn of(rulebook: &Rulebook, history: History, title: Option<String>) -> Result<Self, RecordError> {
        let first = history.events.first().map_or(Timestamp::UNIX_EPOCH, |e| e.at);
        let last = history.events.last().map_or(first, |e| e.at);
        let life = Life::read(&history, last);
        let book = rulebook.at(life.candidates.first().map_or(first, |c| c.at));
        let run = main_clock(book, history.class)
            .and_then(|rule| clock::run(book, rule, history.class, &life, last).ok().flatten());
        let priority =
            run.as_ref().and_then(|r| r.priority).or_else(|| life.classification().and_then(|c| book.priority(c)));
        let major = history.class == Class::Incident && book.is_major(priority, &life);
        let matters_until = if major { last.saturating_add(REPORT_MARGIN).unwrap_or(last) } else { last };
        let open = life.restored().is_none() && life.cancelled.is_none();
        let micros = Timestamp::as_microsecond;
        let timeline = timeline::encode(&history.events)
            .map_err(|source| RecordError::Pack { subject: history.subject.0.clone(), source })?;
        Ok(Self {
            number: history.subject.number().to_owned(),
            class: history.class,
            first_at: micros(first),
            last_at: micros(last),
            open,
            version: history.events.iter().map(|e| e.seq).max().map_or(0, |s| i64::try_from(s).unwrap_or(i64::MAX)),
            timeline,
            priority: priority.map(|p| p.to_string()),
            started_at: run.as_ref().map(|r| micros(r.start)).or_else(|| life.candidates.first().map(|c| micros(c.at))),
            restored_at: life.restored().map(|r| micros(r.at)),
            due_at: run.as_ref().and_then(|r: &ClockRun<'_>| r.due).map(micros),
            matters_until: micros(matters_until),
            title,
            subject: history.subject.0,
        })
    }
}

fn write_rows(tx: &mut Tx<'_>, rows: &[HistoryRow]) -> Result<(), StoreError> {
    let params = rows.iter().map(|r| {
        [
            Param::Text(&r.subject),
            Param::Text(r.class.name()),
            Param::Text(&r.number),
            r.first_at.into(),
            r.last_at.into(),
            r.open.into(),
            r.version.into(),
            Param::Blob(&r.timeline),
            r.priority.as_ref().into(),
            r.started_at.into(),
            r.restored_at.into(),
            r.due_at.into(),
            r.matters_until.into(),
            r.title.as_ref().into(),
        ]
    });
    tx.upsert_many(
        "history",
        &["subject"],
        &[
            "subject",
            "class",
            "number",
            "first_at",
            "last_at",
            "open",
            "version",
            "timeline",
            "priority",
            "started_at",
            "restored_at",
            "due_at",
            "matters_until",
            "title",
        ],
        params,
    )?;
    Ok(())
}

/// Entries read at a time while rebuilding.
const REBUILD_CHUNK: u64 = 50_000;

/// Makes the read table again from the journal, in one transaction; gives the number of entries read.
///
/// # Errors
/// When an entry cannot be read or the store refuses; the table is then as it was.
pub fn rebuild(tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<u64, RecordError> {
    tx.execute("DELETE FROM history", &[])?;
    let size = journal::head(tx)?.size;
    let mut from = 0;
    while from < size {
        let to = from.saturating_add(REBUILD_CHUNK).min(size);
        let mut changes = Changes::default();
        let mut refused = None;
        journal::for_each_entry(tx, from..to, |seq, _leaf, bytes| {
            if refused.is_none() {
                refused = read_entry(&mut changes, seq, bytes).err();
            }
            Ok(())
        })?;
        if let Some(error) = refused {
            return Err(error);
        }
        changes.apply(tx, rulebook)?;
        from = to;
    }
    Ok(size)
}

fn read_entry(changes: &mut Changes, seq: u64, bytes: &[u8]) -> Result<(), RecordError> {
    let entry = EntryRef::from_canonical(bytes).map_err(|e| StoreError::unreadable(format!("entry {seq}"), e))?;
    let fact = Fact::from_entry(&entry.kind, entry.body)
        .map_err(|source| RecordError::Fact { subject: entry.subject.to_string(), source })?;
    if let Some((class, fact)) = fact {
        let title = serde_json::from_str::<Titled>(entry.body).ok().and_then(|t| t.title);
        changes.add(entry.subject.into_owned(), class, Event { at: entry.occurred_at, seq, fact }, title);
    }
    Ok(())
}

#[derive(serde::Deserialize)]
struct Titled {
    #[serde(default)]
    title: Option<String>,
}
