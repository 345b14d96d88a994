//! The report of a major incident as entries: drafted once from the time line, written in versions, sent.
//!
//! Each version is kept whole as a content of its entry, for the provider alone. What is sent is an entry of its
//! own that both sides read: the part that its paper holds, and the PDF; it fulfils the contract's obligation.
//! What a report must hold is the rules' (`vigie_rules::report`).

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vigie_contract::{Class, Party};
use vigie_evidence::{ContentRef, NewEntry, Origin, import_id};
use vigie_rules::{
    book::Rulebook,
    clock,
    desk::Phase,
    fact::{Document, Fact, History},
    life::Life,
    report::{self, Report},
};
use vigie_store::{StoreError, Tx, journal};

use super::{
    CaseError, DeskError,
    act::{Done, expect_version},
    book_of, history,
    open::{By, File, pack, references, to_value},
    sheet::Texts,
};
use crate::{live::new_id, record::Recorder};

/// The verb of the draft that the platform makes.
pub const DRAFTED: &str = "report_drafted";
/// The verb of a version that somebody wrote.
pub const WRITTEN: &str = "report_written";
/// The verb of what was sent to the customer.
pub const DELIVERED: &str = "delivered";
/// The name of the content that holds a version.
pub const CONTENT: &str = "rim.json";
/// Characters of a section.
pub const MAX_SECTION: usize = 50_000;
/// Actions of a review.
pub const MAX_ACTIONS: usize = 50;
/// Characters of a line of an action.
pub const MAX_LINE: usize = 500;

/// What becomes of what was written.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// It is kept as a version.
    Keep,
    /// It is sent to the customer, as this PDF.
    Send(Document, File),
}

/// A report that somebody writes.
#[derive(Clone)]
pub struct Writing {
    /// Who.
    pub by: By,
    /// For which side.
    pub party: Party,
    /// What.
    pub report: Report,
    /// What becomes of it.
    pub step: Step,
}

/// Whether an incident is, or was when it ended, a major one.
///
/// # Errors
/// When a fact lies outside the years for which calendars are laid out.
pub fn is_major(rulebook: &Rulebook, history: &History, life: &Life, now: Timestamp) -> Result<bool, CaseError> {
    let book = book_of(rulebook, history.class, life);
    let wrap = |source| CaseError::Calendar { subject: history.subject.clone(), source };
    Ok(history.class == Class::Incident && clock::is_major(book, history.class, life, now).map_err(wrap)?)
}

/// Keeps or sends a report. `expected` is the version of the case that the writer has seen.
///
/// # Errors
/// [`DeskError::Report`] with the reason, [`DeskError::TooLong`], [`DeskError::Journal`] when somebody was
/// quicker; whatever the store says. Nothing is kept then.
pub fn write(
    tx: &mut Tx<'_>,
    recorder: &Recorder,
    rulebook: &Rulebook,
    now: Timestamp,
    number: &str,
    expected: Option<u64>,
    writing: Writing,
) -> Result<Done, DeskError> {
    let history = history(tx, number)?.ok_or_else(|| DeskError::Unknown(number.to_owned()))?;
    let subject = history.subject.0.clone();
    if let Some(version) = expected {
        expect_version(tx, &subject, version)?;
    }
    let life = Life::read(&history, now);
    report::may_write(history.class, is_major(rulebook, &history, &life, now)?, writing.party)?;
    check_size(&writing.report)?;
    let Writing { by, report, step, .. } = writing;
    let mut entry = |verb: &str, body, files: &[File]| {
        Ok::<_, DeskError>(NewEntry {
            id: new_id(now),
            occurred_at: now,
            actor: by.actor.clone(),
            origin: by.origin,
            subject: subject.clone(),
            kind: format!("{}.{verb}", history.class.name()),
            body,
            content: keep(tx, files)?,
        })
    };
    // The whole is the provider's; what is sent holds no more than its own part of it.
    let mut entries = vec![entry(WRITTEN, one("visible_to", to_value(Party::Provider)?), &[file(&report)?])?];
    if let Step::Send(document, pdf) = step {
        report::may_send(document, &report, &life)?;
        entries.push(entry(DELIVERED, one("document", to_value(document)?), &[file(&report.part(document))?, pdf])?);
    }
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let recorded = recorder.record(tx, now, entries)?;
    Ok(Done::alone(Phase::of(&life), recorded.first_seq.saturating_add(count)))
}

/// The id of the draft of an incident that ended at that instant: there is one for each end.
#[must_use]
pub fn draft_id(subject: &str, restored_at: Timestamp) -> Uuid {
    let digest = Sha256::digest(format!("{subject} {DRAFTED} {restored_at}").as_bytes());
    import_id(Timestamp::UNIX_EPOCH, digest.into())
}

/// Records the draft of a report, unless one was for the same end of the incident; gives whether it did.
///
/// # Errors
/// When the store refuses; nothing is kept then.
pub fn put_draft(
    tx: &mut Tx<'_>,
    recorder: &Recorder,
    now: Timestamp,
    subject: &str,
    restored_at: Timestamp,
    report: &Report,
) -> Result<bool, DeskError> {
    let id = draft_id(subject, restored_at);
    if !journal::known_ids(tx, &[id])?.is_empty() {
        return Ok(false);
    }
    let content = keep(tx, &[file(report)?])?;
    let entry = NewEntry {
        id,
        occurred_at: now,
        actor: crate::features::notices::fire::ACTOR.to_owned(),
        origin: Origin::Job,
        subject: subject.to_owned(),
        kind: format!("incident.{DRAFTED}"),
        body: one("visible_to", to_value(Party::Provider)?),
        content,
    };
    recorder.record(tx, now, vec![entry])?;
    Ok(true)
}

/// Major incidents that ended since an instant and have no draft for that end.
///
/// `seen` holds the version of each that was looked at before and lacked nothing; it is looked at again once
/// something has happened to it, and is forgotten once it ended too long ago.
///
/// # Errors
/// When the store does not answer or a history cannot be read.
pub fn undrafted(
    tx: &mut Tx<'_>,
    rulebook: &Rulebook,
    since: Timestamp,
    now: Timestamp,
    seen: &mut HashMap<String, u64>,
) -> Result<Vec<(String, Timestamp)>, CaseError> {
    let sql = "SELECT subject, version FROM desk_case WHERE major = $1 AND restored_at > $2";
    let params = [true.into(), since.as_microsecond().into()];
    let ended: HashMap<String, u64> =
        tx.query_all(sql, &params, |row| Ok((row.text(0)?.to_owned(), row.u64(1)?)))?.into_iter().collect();
    seen.retain(|subject, version| ended.get(subject) == Some(version));
    let mut fresh: Vec<&String> = ended.keys().filter(|subject| !seen.contains_key(*subject)).collect();
    fresh.sort();
    let mut missing = Vec::new();
    for subject in fresh {
        let Some(history) = history(tx, subject)? else { continue };
        let life = Life::read(&history, now);
        let sent = history.events.iter().any(|e| e.fact == Fact::Delivered { document: Document::Report });
        let Some(restored) = life.restored().filter(|_| !sent && !life.log_only) else { continue };
        if is_major(rulebook, &history, &life, now)? {
            missing.push((subject.clone(), restored.at));
        }
    }
    let ids: Vec<Uuid> = missing.iter().map(|(subject, at)| draft_id(subject, *at)).collect();
    let known = journal::known_ids(tx, &ids)?;
    missing.retain(|(subject, at)| !known.contains(&draft_id(subject, *at)));
    let lacking: HashSet<&String> = missing.iter().map(|(subject, _)| subject).collect();
    seen.extend(ended.iter().filter(|(s, _)| !lacking.contains(s)).map(|(s, version)| (s.clone(), *version)));
    Ok(missing)
}

fn file(report: &Report) -> Result<File, DeskError> {
    let bytes = serde_json::to_vec(report).map_err(DeskError::Texts)?;
    Ok(File { name: CONTENT.to_owned(), media_type: "application/json".to_owned(), bytes })
}

fn keep(tx: &mut Tx<'_>, files: &[File]) -> Result<Vec<ContentRef>, DeskError> {
    let contents = pack(&Texts::default(), files)?;
    let packed: Vec<_> = contents.iter().map(|(salt, bytes)| (*salt, &**bytes)).collect();
    let hashes = journal::put_contents(tx, &packed)?;
    Ok(references(&Texts::default(), files, &contents, &hashes))
}

fn check_size(report: &Report) -> Result<(), DeskError> {
    let sections = report::Section::ALL.map(|s| report.section(s));
    let long = sections.into_iter().chain([report.review.as_str()]).map(|text| (text, MAX_SECTION));
    let lines = report.actions.iter().flat_map(|a| [(a.what.as_str(), MAX_LINE), (a.owner.as_str(), MAX_LINE)]);
    for (text, limit) in long.chain(lines) {
        let found = text.chars().count();
        if found > limit {
            return Err(DeskError::TooLong { field: "text", found, limit });
        }
    }
    let found = report.actions.len();
    if found > MAX_ACTIONS {
        return Err(DeskError::TooLong { field: "actions", found, limit: MAX_ACTIONS });
    }
    Ok(())
}

fn one(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}

/// Reads a version as the content store holds it.
///
/// # Errors
/// When it is none.
pub fn read(bytes: &[u8]) -> Result<Report, StoreError> {
    serde_json::from_slice(bytes).map_err(|e| StoreError::unreadable("the report of an incident", e))
}
