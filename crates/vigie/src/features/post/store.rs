//! What the post keeps in tables: which mail belongs to which case, who takes part, what leaves.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use vigie_links::mail::{Address, CaseNumber, MessageId, Standing, imap};
use vigie_rules::desk::Phase;
use vigie_store::{Content, StoreError, Tx, Values, journal};

use super::{
    PostError,
    decide::{Acknowledged, Known, Twin},
    letter::Contents,
    parties::address_hash,
};
use crate::{
    features::desk::sheet::{TEXTS, Texts},
    web::{Lang, i18n::Messages as _},
};

/// The number of a case by its subject; none when no mail could name it.
pub(super) fn number_of(subject: &str) -> Option<CaseNumber> {
    CaseNumber::new(subject.strip_prefix("case/")?)
}

/// `case/VG-2026-000123`.
pub(super) fn subject_of(number: &CaseNumber) -> String {
    format!("case/{number}")
}

/// All that a decision needs to know.
pub(super) fn known(tx: &mut Tx<'_>, id: &str, contents: &Contents, now: Timestamp) -> Result<Known, StoreError> {
    let mut known = Known { twin: twin(tx, id, contents)?, ..Known::default() };
    let ids: Vec<&str> = contents.claims.answered.iter().map(MessageId::as_str).collect();
    tx.query_in("SELECT message_id, case_subject FROM mail_thread WHERE message_id", Values::Texts(&ids), |row| {
        if let Some((id, number)) = MessageId::new(row.text(0)?).zip(number_of(row.text(1)?)) {
            known.found.answered.insert(id, number);
        }
        Ok(())
    })?;
    let numbers = known.found.answered.values().chain(contents.claims.numbers());
    let mut subjects: Vec<String> = numbers.map(subject_of).collect();
    subjects.sort();
    subjects.dedup();
    let asked: Vec<&str> = subjects.iter().map(String::as_str).collect();
    tx.query_in("SELECT subject, phase FROM desk_case WHERE subject", Values::Texts(&asked), |row| {
        if let Some((number, phase)) = number_of(row.text(0)?).zip(Phase::from_name(row.text(1)?)) {
            known.phases.insert(number, phase);
        }
        Ok(())
    })?;
    let mut let_in: HashMap<CaseNumber, Vec<String>> = HashMap::new();
    tx.query_in("SELECT case_subject, party FROM mail_party WHERE case_subject", Values::Texts(&asked), |row| {
        if let Some(number) = number_of(row.text(0)?) {
            let_in.entry(number).or_default().push(row.text(1)?.to_owned());
        }
        Ok(())
    })?;
    for number in known.phases.keys() {
        let parties = let_in.get(number).map_or(&[][..], Vec::as_slice);
        let all = !contents.authors.is_empty() && contents.authors.iter().all(|a| a.takes_part(parties));
        let standing = if all && !contents.is_forged { Standing::Party } else { Standing::Stranger };
        known.found.cases.insert(number.clone(), standing);
    }
    let over: Vec<CaseNumber> = known.phases.iter().filter(|(_, p)| !p.is_open()).map(|(n, _)| n.clone()).collect();
    for number in over {
        // Whoever takes part in a case that was merged is heard where it goes on.
        let merged = known.phases.get(&number) == Some(&Phase::Merged);
        if let Some(open) = if merged { merged_into(tx, &number)? } else { None } {
            known.followed_by.insert(number, open);
            continue;
        }
        let Some(open) = followed_by(tx, &number)? else { continue };
        // Being a party of the first gives no part in the second.
        let parties = parties(tx, &open)?;
        if contents.authors.iter().all(|a| a.takes_part(&parties)) {
            known.followed_by.insert(number, open);
        }
    }
    if let Some(author) = contents.mail.from.first() {
        known.acknowledged = acknowledged(tx, author, now)?;
    }
    Ok(known)
}

/// The same mail to another of our addresses.
fn twin(tx: &mut Tx<'_>, id: &str, contents: &Contents) -> Result<Option<Twin>, StoreError> {
    let Some(twin) = &contents.twin else { return Ok(None) };
    // A copy of a copy is a copy of the first.
    let sql = "SELECT id, case_subject FROM mail WHERE twin = $1 AND id <> $2 AND state <> 'duplicate' \
               ORDER BY received_at, id LIMIT 1";
    tx.query_opt(sql, &[twin.into(), id.into()], |row| {
        Ok(Twin { id: row.text(0)?.to_owned(), case: row.opt_text(1)?.and_then(number_of) })
    })
}

/// The open case that an earlier answer to a case that is over has opened.
fn followed_by(tx: &mut Tx<'_>, number: &CaseNumber) -> Result<Option<CaseNumber>, StoreError> {
    let sql = "SELECT m.case_subject FROM mail m JOIN desk_case c ON c.subject = m.case_subject \
               WHERE m.follows = $1 AND c.open ORDER BY m.received_at DESC LIMIT 1";
    let found = tx.query_opt(sql, &[(&subject_of(number)).into()], |row| Ok(number_of(row.text(0)?)))?;
    Ok(found.flatten())
}

/// The open case that goes on in the place of one that was merged.
fn merged_into(tx: &mut Tx<'_>, number: &CaseNumber) -> Result<Option<CaseNumber>, StoreError> {
    let entries = journal::entries_of(tx, &subject_of(number))?;
    let last = entries.iter().rev().find(|e| e.kind.ends_with(".merged"));
    let into = last.and_then(|e| e.body.get("into")).and_then(|into| into.as_str()).and_then(CaseNumber::new);
    let Some(into) = into else { return Ok(None) };
    let sql = "SELECT 1 FROM desk_case WHERE subject = $1 AND open";
    let open = tx.query_opt(sql, &[(&subject_of(&into)).into()], |_| Ok(()))?;
    Ok(open.map(|()| into))
}

/// Who was let in to a case.
fn parties(tx: &mut Tx<'_>, number: &CaseNumber) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT party FROM mail_party WHERE case_subject = $1";
    tx.query_all(sql, &[(&subject_of(number)).into()], |row| Ok(row.text(0)?.to_owned()))
}

/// How often an address was acknowledged lately.
fn acknowledged(tx: &mut Tx<'_>, author: &Address, now: Timestamp) -> Result<Acknowledged, StoreError> {
    let mut since = |hours: i64| {
        let start = now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now).as_microsecond();
        let sql = "SELECT COUNT(*) FROM mail_outbox WHERE address = $1 AND created_at > $2 \
                   AND kind = 'acknowledgement' AND state <> 'held'";
        let count = tx.query_one(sql, &[(&address_hash(author)).into(), start.into()], |row| row.u64(0))?;
        Ok::<_, StoreError>(u32::try_from(count).unwrap_or(u32::MAX))
    };
    Ok(Acknowledged { hour: since(1)?, day: since(24)? })
}

/// Says to which case answers to these mails belong. Whoever names a mail first keeps it.
pub(super) fn thread<'m>(
    tx: &mut Tx<'_>,
    ids: impl IntoIterator<Item = &'m str>,
    subject: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO mail_thread (message_id, case_subject) VALUES ($1, $2) ON CONFLICT (message_id) DO NOTHING";
    for id in ids {
        tx.execute(sql, &[id.into(), subject.into()])?;
    }
    Ok(())
}

/// Lets somebody take part in a case.
pub(super) fn let_in<'m>(
    tx: &mut Tx<'_>,
    parties: impl IntoIterator<Item = &'m str>,
    subject: &str,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO mail_party (case_subject, party) VALUES ($1, $2) ON CONFLICT (case_subject, party) DO NOTHING";
    for party in parties {
        tx.execute(sql, &[subject.into(), party.into()])?;
    }
    Ok(())
}

/// Whether what was sent to an address came back for good.
pub(super) fn fails(tx: &mut Tx<'_>, address: &Address) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM mail_failing WHERE address = $1";
    Ok(tx.query_opt(sql, &[(&address_hash(address)).into()], |_| Ok(()))?.is_some())
}

/// Forgets that an address failed: its owner says that it is theirs, or has written from it.
pub(super) fn forgive(tx: &mut Tx<'_>, address: &Address) -> Result<(), StoreError> {
    tx.execute("DELETE FROM mail_failing WHERE address = $1", &[(&address_hash(address)).into()]).map(|_| ())
}

/// How far a mailbox was read.
pub(super) fn place(tx: &mut Tx<'_>, name: &str) -> Result<Option<imap::Place>, StoreError> {
    tx.query_opt("SELECT validity, uid FROM mailbox WHERE name = $1", &[name.into()], |row| {
        let number = |index| {
            let value = row.i64(index)?;
            u32::try_from(value).map_err(|e| StoreError::unreadable("the place of a mailbox", e))
        };
        Ok(imap::Place { validity: number(0)?, uid: number(1)? })
    })
}

/// Keeps how far a mailbox was read.
pub(super) fn put_place(tx: &mut Tx<'_>, name: &str, place: imap::Place, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO mailbox (name, validity, uid, read_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE \
               SET validity = excluded.validity, uid = excluded.uid, read_at = excluded.read_at";
    let params = [name.into(), place.validity.into(), place.uid.into(), now.as_microsecond().into()];
    tx.execute(sql, &params).map(|_| ())
}

/// A mail as its row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its identifier, when it has one.
    pub message_id: Option<String>,
    /// Its entry `mail.received`.
    pub entry_id: Uuid,
    /// What became of it: `case`, `duplicate`, `report`, `recorded`, `quarantine`, `discarded`.
    pub state: String,
    /// Why it is in no case, a code.
    pub reason: Option<String>,
    /// The case that it claims and does not reach.
    pub claimed: Option<String>,
    /// Its case.
    pub case_subject: Option<String>,
    /// By which way it came.
    pub channel: String,
    /// When, in microseconds since 1970.
    pub received_at: i64,
}

const COLUMNS: &str = "id, message_id, entry_id, state, reason, claimed, case_subject, channel, received_at";

fn read(row: &vigie_store::Row<'_>) -> Result<Row, StoreError> {
    let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
    Ok(Row {
        id: row.text(0)?.to_owned(),
        message_id: text(1)?,
        entry_id: uuid(row.blob(2)?)?,
        state: row.text(3)?.to_owned(),
        reason: text(4)?,
        claimed: text(5)?,
        case_subject: text(6)?,
        channel: row.text(7)?.to_owned(),
        received_at: row.i64(8)?,
    })
}

/// An id of an entry as a column keeps it.
pub(super) fn uuid(bytes: &[u8]) -> Result<Uuid, StoreError> {
    Uuid::from_slice(bytes).map_err(|e| StoreError::unreadable("the id of an entry", e))
}

/// A mail by its id.
pub(super) fn one(tx: &mut Tx<'_>, id: &str) -> Result<Option<Row>, StoreError> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM mail WHERE id = $1"), &[id.into()], read)
}

/// The mails in one of these states, the latest first; `states` are names of our own.
pub(super) fn in_state(
    tx: &mut Tx<'_>,
    states: &[&str],
    limit: u32,
    offset: u64,
) -> Result<(u64, Vec<Row>), StoreError> {
    let total = count(tx, states)?;
    let condition = stands(states);
    let sql = format!(
        "SELECT {COLUMNS} FROM mail WHERE {condition} ORDER BY received_at DESC, id LIMIT {limit} OFFSET {offset}"
    );
    Ok((total, tx.query_all(&sql, &[], read)?))
}

/// How many mails are in one of these states.
pub(super) fn count(tx: &mut Tx<'_>, states: &[&str]) -> Result<u64, StoreError> {
    tx.query_one(&format!("SELECT COUNT(*) FROM mail WHERE {}", stands(states)), &[], |row| row.u64(0))
}

fn stands(states: &[&str]) -> String {
    let names: Vec<String> = states.iter().map(|s| format!("'{s}'")).collect();
    format!("state IN ({})", names.join(", "))
}

/// The mails of a case, in the order in which they came.
pub(super) fn of_case(tx: &mut Tx<'_>, subject: &str) -> Result<Vec<Row>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM mail WHERE case_subject = $1 AND state = 'case' ORDER BY received_at, id");
    tx.query_all(&sql, &[subject.into()], read)
}

/// What was kept of a mail.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// Its subject, its author, the beginning of its text.
    pub(super) texts: Texts,
    /// Its bytes; none when they were erased, or stayed on a server.
    pub(super) raw: Option<Vec<u8>>,
    /// Our addresses that it went to.
    pub(super) recipients: Vec<Address>,
    /// The language that its author's program says they read.
    pub(super) language: Option<Lang>,
}

/// What was kept of a mail; its bytes only when they are asked for.
pub(super) fn kept(tx: &mut Tx<'_>, entry_id: Uuid, with_raw: bool) -> Result<Kept, PostError> {
    let entry = journal::entry_by_id(tx, entry_id)?.ok_or(PostError::Lost(entry_id))?;
    let language = entry.body.get("language").and_then(|l| l.as_str()).and_then(Lang::parse);
    let mut kept = Kept { language, ..Kept::default() };
    let named = entry.body.get("recipients").and_then(|r| r.as_array()).into_iter().flatten();
    kept.recipients
        .extend(named.filter_map(|r| r.as_str()).map(|r| Address { name: String::new(), address: r.to_owned() }));
    for content in &entry.content {
        let is_texts = content.name == TEXTS;
        if !is_texts && !with_raw {
            continue;
        }
        match journal::content(tx, &content.hash)? {
            Some(Content::Kept(bytes)) if is_texts => {
                kept.texts = Texts::from_bytes(&bytes).map_err(|e| StoreError::unreadable("a text", e))?;
            }
            Some(Content::Kept(bytes)) => kept.raw.get_or_insert_default().extend_from_slice(&bytes),
            // Half a mail is no mail.
            Some(Content::Erased { .. }) | None if !is_texts => {
                kept.raw = None;
                break;
            }
            Some(Content::Erased { .. }) | None => {}
        }
    }
    Ok(kept)
}
