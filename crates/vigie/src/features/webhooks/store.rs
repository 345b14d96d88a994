//! Endpoints, their messages, and what became of each.

use jiff::{SignedDuration, Timestamp};
use vigie_evidence::EntryRef;
use vigie_links::webhook::Secret;
use vigie_store::{Param, Row, StoreError, Tx, journal};

use super::{OPENED, kind_of, wants};
use crate::{live::new_id, record::instant};

/// Somebody who is told.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Our name for it.
    pub id: String,
    /// Where it is told.
    pub url: String,
    /// Of what, separated by spaces.
    pub kinds: String,
    /// What both ends know.
    pub secret: Secret,
    /// It may stand in an inner network: whoever added it said so.
    pub inside: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, when it is told no longer.
    pub disabled_at: Option<Timestamp>,
}

/// A message and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id, the same at each try.
    pub id: String,
    /// To which endpoint.
    pub webhook: String,
    /// Of which entry.
    pub seq: u64,
    /// Under which kind.
    pub kind: String,
    /// Of what.
    pub subject: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next; none once it was sent or given up.
    pub next_at: Option<Timestamp>,
    /// When it was taken.
    pub sent_at: Option<Timestamp>,
    /// What was answered last.
    pub status: Option<u16>,
    /// Why the last try failed.
    pub failure: Option<String>,
}

/// Entries looked at for one endpoint in one unit of work.
const LOOKED_AT: u64 = 500;

/// Adds an endpoint; it is told of what happens from now on.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, endpoint: &Endpoint) -> Result<(), StoreError> {
    let size = journal::head(tx)?.size;
    let secret = endpoint.secret.reveal();
    let sql = "INSERT INTO webhook (id, url, kinds, secret, created_at, next_seq, inside) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = [
        (&endpoint.id).into(),
        (&endpoint.url).into(),
        (&endpoint.kinds).into(),
        (&secret).into(),
        endpoint.created_at.as_microsecond().into(),
        i64::try_from(size).unwrap_or(i64::MAX).into(),
        endpoint.inside.into(),
    ];
    tx.execute(sql, &params).map(|_| ())
}

/// All endpoints, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn endpoints(tx: &mut Tx<'_>) -> Result<Vec<Endpoint>, StoreError> {
    let sql = "SELECT id, url, kinds, secret, created_at, disabled_at, inside FROM webhook ORDER BY created_at, id";
    tx.query_all(sql, &[], |row| {
        Ok(Endpoint {
            id: row.text(0)?.to_owned(),
            url: row.text(1)?.to_owned(),
            kinds: row.text(2)?.to_owned(),
            secret: Secret::parse(row.text(3)?).map_err(|e| StoreError::unreadable("the secret of a webhook", e))?,
            created_at: instant(row.i64(4)?)?,
            disabled_at: row.opt_i64(5)?.map(instant).transpose()?,
            inside: row.bool(6)?,
        })
    })
}

/// Whether there is an entry to look at for somebody, or a message that is due.
///
/// # Errors
/// Whatever the database says.
pub fn has_work(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let size = i64::try_from(journal::head(tx)?.size).unwrap_or(i64::MAX);
    let sql = "SELECT 1 FROM webhook WHERE disabled_at IS NULL AND next_seq < $1 \
               UNION ALL SELECT 1 FROM webhook_message WHERE next_at IS NOT NULL AND next_at <= $2 LIMIT 1";
    Ok(tx.query_opt(sql, &[size.into(), now.as_microsecond().into()], |_| Ok(()))?.is_some())
}

/// Lets an endpoint be told nothing more, and gives up what waits for it. Whether there was such a one.
///
/// # Errors
/// Whatever the database says.
pub fn disable(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE webhook SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    let found = tx.execute(sql, &[id.into(), now.as_microsecond().into()])? > 0;
    tx.execute("UPDATE webhook_message SET next_at = NULL WHERE webhook = $1", &[id.into()])?;
    Ok(found)
}

/// Makes messages of the entries that endpoints were not told of; whether there may be more.
///
/// # Errors
/// Whatever the database says.
pub fn look(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let size = journal::head(tx)?.size;
    let sql = "SELECT id, kinds, next_seq FROM webhook WHERE disabled_at IS NULL ORDER BY id";
    let waiting = tx.query_all(sql, &[], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.u64(2)?)))?;
    let mut more = false;
    for (id, kinds, from) in waiting {
        let to = size.min(from.saturating_add(LOOKED_AT));
        more |= to < size;
        if to <= from {
            continue;
        }
        let mut told = Vec::new();
        journal::for_each_entry(tx, from..to, |seq, _leaf, bytes| {
            let entry =
                EntryRef::from_canonical(bytes).map_err(|e| StoreError::unreadable(format!("entry {seq}"), e))?;
            // Which kind it is depends on whether it is the first of its case: asked below.
            if let Some(kind) = kind_of(&entry, false) {
                told.push((seq, entry.subject.to_string(), kind));
            }
            Ok(())
        })?;
        for (seq, subject, kind) in told {
            let kind = if is_first(tx, &subject, seq)? { OPENED.to_owned() } else { kind };
            if wants(&kinds, &kind) {
                order(tx, &id, seq, &kind, &subject, now)?;
            }
        }
        let sql = "UPDATE webhook SET next_seq = $2 WHERE id = $1";
        tx.execute(sql, &[(&id).into(), i64::try_from(to).unwrap_or(i64::MAX).into()])?;
    }
    Ok(more)
}

fn is_first(tx: &mut Tx<'_>, subject: &str, seq: u64) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM entry WHERE subject = $1 AND seq < $2 LIMIT 1";
    let before = [subject.into(), i64::try_from(seq).unwrap_or(i64::MAX).into()];
    Ok(tx.query_opt(sql, &before, |_| Ok(()))?.is_none())
}

fn order(
    tx: &mut Tx<'_>,
    webhook: &str,
    seq: u64,
    kind: &str,
    subject: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = format!("msg_{}", new_id(now).simple());
    let sql = "INSERT INTO webhook_message (id, webhook, seq, kind, subject, made_at, tries, next_at) \
               VALUES ($1, $2, $3, $4, $5, $6, 0, $6)";
    let params = [
        (&id).into(),
        webhook.into(),
        i64::try_from(seq).unwrap_or(i64::MAX).into(),
        kind.into(),
        subject.into(),
        now.as_microsecond().into(),
    ];
    tx.execute(sql, &params).map(|_| ())
}

const COLUMNS: &str = "id, webhook, seq, kind, subject, made_at, tries, next_at, sent_at, status, failure";

fn read(row: &Row<'_>) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.text(0)?.to_owned(),
        webhook: row.text(1)?.to_owned(),
        seq: row.u64(2)?,
        kind: row.text(3)?.to_owned(),
        subject: row.text(4)?.to_owned(),
        made_at: instant(row.i64(5)?)?,
        tries: u32::try_from(row.i64(6)?).unwrap_or(u32::MAX),
        next_at: row.opt_i64(7)?.map(instant).transpose()?,
        sent_at: row.opt_i64(8)?.map(instant).transpose()?,
        status: row.opt_i64(9)?.and_then(|n| u16::try_from(n).ok()),
        failure: row.opt_text(10)?.map(str::to_owned),
    })
}

/// The messages that are due to one receiver, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn due(tx: &mut Tx<'_>, webhook: &str, now: Timestamp, limit: u32) -> Result<Vec<Message>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM webhook_message WHERE webhook = $1 AND next_at IS NOT NULL AND next_at <= $2 \
         ORDER BY made_at, seq, id LIMIT {limit}"
    );
    tx.query_all(&sql, &[webhook.into(), now.as_microsecond().into()], read)
}

/// Lets all that is due to one receiver wait until then: it does not answer. No try is counted for it.
///
/// # Errors
/// Whatever the database says.
pub fn rest(tx: &mut Tx<'_>, webhook: &str, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE webhook_message SET next_at = $3 WHERE webhook = $1 AND next_at IS NOT NULL AND next_at <= $2";
    tx.execute(sql, &[webhook.into(), now.as_microsecond().into(), until.as_microsecond().into()]).map(|_| ())
}

/// What became of a message is kept for so long: a month and its judgement.
const KEPT: SignedDuration = SignedDuration::from_hours(62 * 24);

/// Forgets the messages that ended and were made long ago, and keeps how many there were with their endpoint; gives
/// how many were forgotten. A forgotten message cannot be sent again.
///
/// # Errors
/// Whatever the database says.
pub fn prune(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let before = Param::from(now.checked_sub(KEPT).unwrap_or(now).as_microsecond());
    let old = "m.next_at IS NULL AND m.made_at < $1";
    let sql = format!(
        "UPDATE webhook SET \
           past_sent = past_sent + (SELECT COUNT(m.sent_at) FROM webhook_message m WHERE m.webhook = webhook.id AND {old}), \
           past_given_up = past_given_up \
               + (SELECT COUNT(*) - COUNT(m.sent_at) FROM webhook_message m WHERE m.webhook = webhook.id AND {old}) \
         WHERE EXISTS (SELECT 1 FROM webhook_message m WHERE m.webhook = webhook.id AND {old})"
    );
    tx.execute(&sql, &[before])?;
    tx.execute("DELETE FROM webhook_message WHERE next_at IS NULL AND made_at < $1", &[before])
}

/// How many messages each endpoint took and how many were given up, those that were forgotten among them.
///
/// # Errors
/// Whatever the database says.
pub fn counts(tx: &mut Tx<'_>) -> Result<Vec<(String, u64, u64)>, StoreError> {
    let sql = "SELECT w.id, w.past_sent + COUNT(m.sent_at), \
                   w.past_given_up + COUNT(m.id) - COUNT(m.sent_at) \
               FROM webhook w LEFT JOIN webhook_message m ON m.webhook = w.id AND m.next_at IS NULL \
               GROUP BY w.id, w.past_sent, w.past_given_up ORDER BY w.id";
    tx.query_all(sql, &[], |row| Ok((row.text(0)?.to_owned(), row.u64(1)?, row.u64(2)?)))
}

/// The latest messages.
///
/// # Errors
/// Whatever the database says.
pub fn latest(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Message>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM webhook_message ORDER BY made_at DESC, seq DESC, id LIMIT {limit}");
    tx.query_all(&sql, &[], read)
}

/// Says what became of a message: taken, to be tried at an instant, or given up.
///
/// # Errors
/// Whatever the database says.
pub fn settle(
    tx: &mut Tx<'_>,
    id: &str,
    sent: Option<Timestamp>,
    next: Option<Timestamp>,
    status: Option<u16>,
    failure: Option<&str>,
) -> Result<(), StoreError> {
    let micros = |at: Option<Timestamp>| Param::from(at.map(Timestamp::as_microsecond));
    let sql = "UPDATE webhook_message SET tries = tries + 1, sent_at = $2, next_at = $3, status = $4, failure = $5 \
               WHERE id = $1";
    let params = [id.into(), micros(sent), micros(next), status.map(u32::from).into(), failure.into()];
    tx.execute(sql, &params).map(|_| ())
}

/// Sends a message again, under the same id, or all that were given up. How many.
///
/// # Errors
/// Whatever the database says.
pub fn replay(tx: &mut Tx<'_>, id: Option<&str>, now: Timestamp) -> Result<u64, StoreError> {
    let enabled = "webhook IN (SELECT id FROM webhook WHERE disabled_at IS NULL)";
    let at = Param::from(now.as_microsecond());
    match id {
        Some(id) => {
            let sql = format!(
                "UPDATE webhook_message SET next_at = $1, tries = 0, sent_at = NULL WHERE id = $2 AND {enabled}"
            );
            tx.execute(&sql, &[at, id.into()])
        }
        None => {
            let sql = format!(
                "UPDATE webhook_message SET next_at = $1, tries = 0 \
                 WHERE sent_at IS NULL AND next_at IS NULL AND {enabled}"
            );
            tx.execute(&sql, &[at])
        }
    }
}
