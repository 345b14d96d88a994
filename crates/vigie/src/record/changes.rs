//! What new entries do to the read tables: events are added to histories, words to the sheets of cases,
//! and each row that changed is made again.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use vigie_contract::Class;
use vigie_evidence::{EntryRef, Hash, NewEntry};
use vigie_rules::{
    book::Rulebook,
    fact::{Event, Fact, History, Subject, split_kind},
    timeline,
};
use vigie_store::{StoreError, Tx, Values, search};

use super::{
    RecordError,
    history::{HistoryRow, Standing, write_histories},
};
use crate::features::desk::{
    sheet::{self, Said, TEXTS, Texts},
    tasks::{self, Tasks},
};

/// What one entry says, as far as a read table keeps it.
pub(super) struct News {
    subject: String,
    class: Class,
    at: Timestamp,
    fact: Option<Fact>,
    said: Option<Said>,
    /// Under which hash its words are kept.
    pub(super) texts: Option<Hash>,
}

impl News {
    /// Of an entry about to be recorded; none when no read table keeps it.
    pub(super) fn of(entry: &NewEntry, fact: Option<(Class, Fact)>, texts: &Texts) -> Option<Self> {
        let class = class_of(&entry.kind, &entry.subject, fact.as_ref())?;
        let said = is_case(class, &entry.subject).then(|| {
            Said::of(&entry.kind, &entry.body, entry.origin).with_files(entry.content.iter().map(|c| c.name.as_str()))
        });
        let fact = fact.map(|(_, fact)| fact);
        let mut news = Self { subject: entry.subject.clone(), class, at: entry.occurred_at, fact, said, texts: None };
        news.hear(texts);
        Some(news)
    }

    /// Of an entry of the journal; its words are still to be heard.
    pub(super) fn read(entry: &EntryRef<'_>, fact: Option<(Class, Fact)>) -> Option<Self> {
        let class = class_of(&entry.kind, &entry.subject, fact.as_ref())?;
        let said = is_case(class, &entry.subject).then(|| {
            Said::read(&entry.kind, entry.body, entry.origin).with_files(entry.content.iter().map(|c| c.name.as_str()))
        });
        let texts = entry.content.iter().find(|c| c.name == TEXTS).map(|c| c.hash);
        let fact = fact.map(|(_, fact)| fact);
        Some(Self { subject: entry.subject.to_string(), class, at: entry.occurred_at, fact, said, texts })
    }

    /// Adds what people said.
    pub(super) fn hear(&mut self, texts: &Texts) {
        if let Some(said) = &mut self.said {
            said.hear(texts);
        }
    }
}

/// The class of whom an entry speaks; none when no read table keeps it.
fn class_of(kind: &str, subject: &str, fact: Option<&(Class, Fact)>) -> Option<Class> {
    match fact {
        Some((class, _)) => Some(*class),
        None => split_kind(kind).map(|(class, _)| class).filter(|class| is_case(*class, subject)),
    }
}

fn is_case(class: Class, subject: &str) -> bool {
    class.is_case() && subject.starts_with("case/")
}

/// News by subject.
#[derive(Default)]
pub(super) struct Changes {
    subjects: BTreeMap<String, Change>,
}

struct Change {
    class: Class,
    events: Vec<Event>,
    said: Vec<(u64, Timestamp, Said)>,
}

impl Changes {
    pub(super) fn add(&mut self, seq: u64, news: News) {
        let News { subject, class, at, fact, said, .. } = news;
        let change =
            self.subjects.entry(subject).or_insert_with(|| Change { class, events: Vec::new(), said: Vec::new() });
        // A subject has one class, that of its first fact; a fact of another class is no part of its life.
        if change.class != class {
            return;
        }
        change.events.extend(fact.map(|fact| Event { at, seq, fact }));
        change.said.extend(said.map(|said| (seq, at, said)));
    }

    pub(super) fn apply(self, tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<(), RecordError> {
        let subjects: Vec<&str> = self.subjects.keys().map(String::as_str).collect();
        let mut histories = stored_histories(tx, &subjects)?;
        let mut sheets = sheet::stored(tx, &subjects)?;
        let (mut history_rows, mut sheet_rows) = (Vec::new(), Vec::new());
        let mut spoken = Vec::new();
        let mut lives = Vec::new();
        for (subject, change) in &self.subjects {
            let stored = histories.remove(subject);
            let class = stored.as_ref().map_or(change.class, |h| h.class);
            if class != change.class {
                continue;
            }
            let is_case = is_case(class, subject);
            let mut sheet = sheets.remove(subject).unwrap_or_default();
            let mut history =
                stored.unwrap_or_else(|| History { subject: Subject(subject.clone()), class, events: Vec::new() });
            history.events.extend(change.events.iter().cloned());
            history.sort();
            let standing = Standing::of(rulebook, &history);
            if is_case {
                for (seq, at, said) in &change.said {
                    sheet.take(*seq, *at, said);
                    spoken.extend(said.spoken(*seq, subject, &sheet));
                }
                sheet_rows.push(sheet::Row::of(&history, &standing, sheet));
                lives.push((subject.as_str(), change, standing.life.clone()));
            }
            if !history.events.is_empty() {
                history_rows.push(HistoryRow::of(history, &standing)?);
            }
        }
        write_histories(tx, &history_rows)?;
        sheet::write(tx, &sheet_rows)?;
        search::add(tx, &spoken)?;
        let tasks = lives.iter().filter_map(|(subject, c, life)| Tasks::of(subject, life, &c.events, &c.said));
        tasks::write(tx, &tasks.collect::<Vec<_>>())?;
        Ok(())
    }
}

/// The histories of these subjects that are known.
fn stored_histories(tx: &mut Tx<'_>, subjects: &[&str]) -> Result<HashMap<String, History>, RecordError> {
    let mut packed = Vec::new();
    tx.query_in("SELECT subject, class, timeline FROM history WHERE subject", Values::Texts(subjects), |row| {
        let class = row.text(1)?;
        let class = Class::from_name(class)
            .ok_or_else(|| StoreError::unreadable("the class of a history", format!("`{class}` is not one")))?;
        packed.push((row.text(0)?.to_owned(), class, row.blob(2)?.to_vec()));
        Ok(())
    })?;
    let unpacked = packed.into_iter().map(|(subject, class, bytes)| {
        let history = timeline::decode(Subject(subject.clone()), class, &bytes)?;
        Ok((subject, history))
    });
    unpacked.collect()
}
