//! A call for help becomes a case: a number and a time stamp at once, whatever the door (3.8).
//!
//! Many may be opened in one unit of work. What people said goes to the content store, what happened to
//! the journal; the desk's own stamp is always among the candidate starts, and which one binds is for the
//! contract to say.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};
use uuid::Uuid;
use vigie_contract::{Channel, Class, Source};
use vigie_evidence::{ContentRef, NewEntry, Origin};
use vigie_rules::{
    book::Book,
    fact::Classification,
    form::{self, Urgency},
};
use vigie_store::{Tx, journal};

use super::{
    DeskError,
    sheet::{TEXTS, Texts},
};
use crate::{
    live::new_id,
    record::{Recorder, Told},
};

/// What numbers begin with.
const PREFIX: &str = "VG";

/// Member of the first body: the request was asked for as urgent, by a channel by which it cannot be.
pub(super) const URGENT_ASKED: &str = "urgent_asked";

/// A content with its salt.
pub(crate) type Packed = ([u8; 32], Vec<u8>);

/// Who does something, and by which door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// An account, or a system.
    pub actor: String,
    /// The door.
    pub origin: Origin,
}

/// A file that comes with words.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without folders.
    pub name: String,
    /// Its media type as far as it is known.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A call for help.
#[derive(Clone)]
pub struct Opening {
    /// The id of its first entry: the same id opens no second case. Absent gives a fresh one.
    pub id: Option<Uuid>,
    /// Incident, request, problem or change.
    pub class: Class,
    /// Who opens it.
    pub by: By,
    /// When it was first identified elsewhere, and by which source, beside the desk's own stamp.
    pub identified: Vec<(Source, Timestamp)>,
    /// The customer calls the desk itself, without the on-site teams (3.8).
    pub direct: bool,
    /// What they say.
    pub texts: Texts,
    /// How it is classified so far.
    pub classification: Classification,
    /// `vip` or `vvip`, when the requester is one.
    pub vip: Option<String>,
    /// The resolution group that it goes to.
    pub team: Option<String>,
    /// Its number in another system.
    pub reference: Option<String>,
    /// What comes with it.
    pub files: Vec<File>,
}

/// A case that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// `case/VG-2026-000123`.
    pub subject: String,
    /// The number that people say.
    pub number: String,
    /// The desk's stamp.
    pub at: Timestamp,
    /// Its version: the place of its latest entry, plus one.
    pub version: u64,
    /// Whether it had been opened before, under the same id.
    pub known: bool,
}

/// An opening with all that takes time to make; the rest happens on the writer's thread.
pub struct Prepared {
    opening: Opening,
    id: Uuid,
    /// The desk's stamp.
    at: Timestamp,
    contents: Vec<Packed>,
}

impl Prepared {
    /// The desk's stamp.
    pub(super) const fn stamp(&self) -> Timestamp {
        self.at
    }

    /// The id of its first entry.
    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }
}

/// Checks an opening, stamps it and packs what people said.
///
/// # Errors
/// [`DeskError::TooLong`], or when the system gives no random bytes.
pub fn prepare(mut opening: Opening, now: Timestamp) -> Result<Prepared, DeskError> {
    opening.texts.tidy()?;
    if opening.texts.title.is_none() {
        return Err(DeskError::Wordless);
    }
    let contents = pack(&opening.texts, &opening.files)?;
    let id = opening.id.unwrap_or_else(|| new_id(now));
    Ok(Prepared { opening, id, at: now, contents })
}

/// Words and files as contents, each with a salt of its own.
pub(super) fn pack(texts: &Texts, files: &[File]) -> Result<Vec<Packed>, DeskError> {
    let mut contents = Vec::with_capacity(files.len() + 1);
    if !texts.is_empty() {
        contents.push((salt()?, serde_json::to_vec(texts).map_err(DeskError::Texts)?));
    }
    for file in files {
        contents.push((salt()?, file.bytes.clone()));
    }
    Ok(contents)
}

/// Fresh random bytes for the hash of a content.
pub(crate) fn salt() -> Result<[u8; 32], DeskError> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|_| DeskError::Random)?;
    Ok(salt)
}

/// How an entry names its contents.
pub(super) fn references(
    texts: &Texts,
    files: &[File],
    contents: &[Packed],
    hashes: &[vigie_evidence::Hash],
) -> Vec<ContentRef> {
    let texts = (!texts.is_empty()).then_some((TEXTS, "application/json"));
    // A file must not be taken for words: a rebuild reads those.
    let files = files.iter().map(|f| {
        let name = if f.name == TEXTS { "texts.bin" } else { f.name.as_str() };
        (name, f.media_type.as_str())
    });
    let names = texts.into_iter().chain(files);
    let kept = names.zip(contents.iter().zip(hashes));
    kept.map(|((name, media_type), ((_, bytes), hash))| ContentRef {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        hash: *hash,
    })
    .collect()
}

/// Opens cases in their order, all or none. The year of a number is that of `zone`.
///
/// # Errors
/// When the store refuses; nothing is kept then.
pub fn open(
    tx: &mut Tx<'_>,
    recorder: &Recorder,
    zone: &TimeZone,
    now: Timestamp,
    prepared: &[&Prepared],
) -> Result<Vec<Opened>, DeskError> {
    let ids: Vec<Uuid> = prepared.iter().map(|p| p.id).collect();
    let mut known = journal::known_ids(tx, &ids)?;
    let was_known = known.clone();
    // Adding to the known ones also drops a second call of the same id.
    let fresh: Vec<&Prepared> = prepared.iter().filter(|p| known.insert(p.id)).copied().collect();
    let mut numbers = take_numbers(tx, fresh.iter().map(|p| year(p, zone)))?;
    let contents: Vec<_> =
        fresh.iter().flat_map(|p| p.contents.iter().map(|(salt, bytes)| (*salt, &**bytes))).collect();
    let hashes = journal::put_contents(tx, &contents)?;
    let mut hashes = hashes.as_slice();
    let mut opened: HashMap<Uuid, Opened> = HashMap::with_capacity(prepared.len());
    let mut told = Vec::with_capacity(fresh.len() * 3);
    for p in fresh {
        let (own, rest) = hashes.split_at_checked(p.contents.len()).unwrap_or((hashes, &[]));
        hashes = rest;
        let year = year(p, zone);
        let next = numbers.entry(year).or_default();
        let number = format!("{PREFIX}-{year}-{next:06}");
        *next += 1;
        let subject = format!("case/{number}");
        let content = references(&p.opening.texts, &p.opening.files, &p.contents, own);
        entries(&mut told, p, &subject, content, recorder.rulebook().at(p.at))?;
        // The place of its last entry is known once they are recorded: here, how many come before its end.
        let version = u64::try_from(told.len()).unwrap_or(u64::MAX);
        opened.insert(p.id, Opened { subject, number, at: p.at, version, known: false });
    }
    let recorded = recorder.record_with(tx, now, told)?;
    for o in opened.values_mut() {
        o.version = o.version.saturating_add(recorded.first_seq);
    }
    let answers = prepared.iter().map(|p| match opened.get(&p.id) {
        Some(new) => Ok(new.clone()),
        None if was_known.contains(&p.id) => already(tx, p.id),
        None => Err(DeskError::Lost(p.id)),
    });
    answers.collect()
}

fn year(prepared: &Prepared, zone: &TimeZone) -> i16 {
    prepared.at.to_zoned(zone.clone()).year()
}

/// The first new number of each year, as many kept as there are calls of that year.
fn take_numbers(tx: &mut Tx<'_>, years: impl Iterator<Item = i16>) -> Result<BTreeMap<i16, i64>, DeskError> {
    let mut counts: BTreeMap<i16, i64> = BTreeMap::new();
    years.for_each(|year| *counts.entry(year).or_default() += 1);
    let sql = "INSERT INTO counter (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value";
    for (year, count) in &mut counts {
        let name = format!("case/{year}");
        let last = loop {
            let last = tx.query_one(sql, &[(&name).into(), (*count).into()], |row| row.i64(0))?;
            if !is_taken(tx, *year, last - *count + 1, last)? {
                break last;
            }
            // An imported log brought such numbers along: the counter goes on after the greatest of them.
            if let Some(greatest) = greatest_number(tx, *year)?.filter(|greatest| *greatest > last) {
                let raise = "UPDATE counter SET value = $2 WHERE name = $1";
                tx.execute(raise, &[(&name).into(), greatest.into()])?;
            }
        };
        *count = last - *count + 1;
    }
    Ok(counts)
}

/// Whether a case has one of these numbers.
fn is_taken(tx: &mut Tx<'_>, year: i16, first: i64, last: i64) -> Result<bool, DeskError> {
    let [first, last] = [first, last].map(|n| format!("case/{PREFIX}-{year}-{n:06}"));
    let sql = "SELECT 1 FROM desk_case WHERE subject >= $1 AND subject <= $2 LIMIT 1";
    Ok(tx.query_opt(sql, &[(&first).into(), (&last).into()], |_| Ok(()))?.is_some())
}

fn greatest_number(tx: &mut Tx<'_>, year: i16) -> Result<Option<i64>, DeskError> {
    let start = format!("case/{PREFIX}-{year}-");
    // The character after the hyphen.
    let end = format!("case/{PREFIX}-{year}.");
    let sql = "SELECT MAX(subject) FROM desk_case WHERE subject >= $1 AND subject < $2";
    let greatest =
        tx.query_one(sql, &[(&start).into(), (&end).into()], |row| Ok(row.opt_text(0)?.map(str::to_owned)))?;
    Ok(greatest.and_then(|subject| subject.strip_prefix(&start)?.parse().ok()))
}

/// The case that an earlier call of the same id has opened.
fn already(tx: &mut Tx<'_>, id: Uuid) -> Result<Opened, DeskError> {
    let entry = journal::entry_by_id(tx, id)?.ok_or(DeskError::Lost(id))?;
    let version = journal::version_of(tx, &entry.subject)?;
    let number = entry.subject.strip_prefix("case/").unwrap_or(&entry.subject).to_owned();
    Ok(Opened { number, at: entry.recorded_at, version, known: true, subject: entry.subject })
}

/// The entries of one opening: the desk's stamp with the group that it goes to, then other stamps and the class.
fn entries(
    told: &mut Vec<Told>,
    prepared: &Prepared,
    subject: &str,
    content: Vec<ContentRef>,
    book: &Book,
) -> Result<(), DeskError> {
    let Prepared { opening: o, id, at: now, .. } = prepared;
    let now = *now;
    let asked = Requested::of(book, o);
    let fact = |id: Uuid, at: Timestamp, verb: &str, body: Map<String, Value>| NewEntry {
        id,
        occurred_at: at,
        actor: o.by.actor.clone(),
        origin: o.by.origin,
        subject: subject.to_owned(),
        kind: format!("{}.{verb}", o.class.name()),
        body,
        content: Vec::new(),
    };
    let mut body = Map::new();
    body.insert("source".to_owned(), to_value(Source::Desk)?);
    if o.direct {
        body.insert("direct".to_owned(), Value::Bool(true));
    }
    if asked.urgency_refused {
        body.insert(URGENT_ASKED.to_owned(), Value::Bool(true));
    }
    for (key, value) in [("reference", &o.reference), ("team", &o.team), ("vip", &o.vip)] {
        if let Some(value) = value {
            body.insert(key.to_owned(), Value::String(value.clone()));
        }
    }
    let first = NewEntry { content, ..fact(*id, now, "identified", body) };
    told.push(Told { entry: first, texts: o.texts.clone() });
    for (source, at) in &o.identified {
        let mut body = Map::new();
        body.insert("source".to_owned(), to_value(source)?);
        told.push(fact(new_id(now), *at, "identified", body).into());
    }
    let class = classified(&asked.classification)?;
    if !class.is_empty() {
        told.push(fact(new_id(now), now, "classified", class).into());
    }
    if let Some(topic) = asked.topic {
        let body = Map::from_iter([("topic".to_owned(), Value::String(topic))]);
        told.push(fact(new_id(now), now, "raised", body).into());
    }
    Ok(())
}

/// What a call comes to under the contract, when it asks for something of the catalogue.
struct Requested {
    classification: Classification,
    /// It was asked for as urgent and is not.
    urgency_refused: bool,
    /// The trigger of an obligation that it is.
    topic: Option<String>,
}

impl Requested {
    fn of(book: &Book, opening: &Opening) -> Self {
        let mut classification = opening.classification.clone();
        let item = classification.item.as_ref().and_then(|id| book.contract.catalogue.item(id));
        let Some(item) = item.filter(|_| opening.class == Class::Request) else {
            return Self { classification, urgency_refused: false, topic: None };
        };
        let came_by = match opening.by.origin {
            Origin::Mail => Channel::Mail,
            Origin::Phone => Channel::Phone,
            Origin::Web => Channel::InApp,
            _ => Channel::Webhook,
        };
        let asked = classification.urgent == Some(true);
        let urgent = asked && form::urgency(item, came_by) == Urgency::Urgent;
        if asked {
            classification.urgent = Some(urgent);
        }
        let topic = form::topic(item, urgent).map(str::to_owned);
        Self { classification, urgency_refused: asked && !urgent, topic }
    }
}

pub(super) fn to_value(value: impl serde::Serialize) -> Result<Value, DeskError> {
    serde_json::to_value(value).map_err(DeskError::Texts)
}

/// A classification as a body, without what it does not say.
pub(super) fn classified(classification: &Classification) -> Result<Map<String, Value>, DeskError> {
    let Value::Object(mut body) = to_value(classification)? else { return Ok(Map::new()) };
    body.retain(|_, value| !value.is_null());
    Ok(body)
}
