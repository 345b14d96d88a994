//! Mails that leave: ordered in the same unit of work as what they tell, sent afterwards.
//!
//! An order says everything that its mail is made of, so that each try sends the same bytes. It stands in
//! the content store and can be erased; what was erased is not sent any more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;
use vigie_contract::Class;
use vigie_evidence::{Hash, NewEntry, Origin};
use vigie_links::mail::{Address, Attachment, CaseNumber, Composed, MessageId, Outgoing, Writer};
use vigie_store::{Content, Param, StoreError, Tx, journal};

use super::{
    PostError,
    kept::Words,
    parties::{Member, address_hash},
    settings::Settings,
    store,
};
use crate::{
    live::new_id,
    record::{Recorder, instant},
};

/// What a mail that leaves is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It tells the number of a new case.
    Acknowledgement,
    /// It carries what the desk wrote on a case.
    Answer,
    /// It says that the service is restored and asks to validate.
    Restored,
    /// It carries a warning or an escalation to one person whom the contract names.
    Notice,
    /// It asks a third party for news of what it was asked.
    Reminder,
}

impl Purpose {
    /// Its name in tables and entries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Answer => "answer",
            Self::Restored => "restored",
            Self::Notice => "notice",
            Self::Reminder => "reminder",
        }
    }

    const fn writer(self) -> Writer {
        match self {
            Self::Acknowledgement => Writer::Answering,
            Self::Answer | Self::Reminder => Writer::Person,
            Self::Restored | Self::Notice => Writer::Generating,
        }
    }
}

/// All that a mail is made of. Kept where an entry has its words: of those, it has `text` and `mail` in common,
/// and no other member may bear the name of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    /// The text, when the time line does not show it otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    /// To whom, in words.
    pub(super) mail: String,
    /// What for.
    pub(super) purpose: Purpose,
    /// Addressees.
    pub(super) to: Vec<Addressee>,
    /// Addressees of a copy.
    #[serde(default)]
    pub(super) cc: Vec<Addressee>,
    /// The subject.
    pub(super) subject: String,
    /// The text, always.
    pub(super) says: String,
    /// Files.
    #[serde(default)]
    pub(super) files: Vec<Enclosed>,
    /// The mail that it answers.
    #[serde(default)]
    pub(super) in_reply_to: Option<String>,
    /// The exchange before it, oldest first.
    #[serde(default)]
    pub(super) references: Vec<String>,
}

/// Somebody to whom a mail goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Addressee {
    /// The name beside the address.
    pub(super) name: String,
    /// The address.
    pub(super) address: String,
}

impl From<&Address> for Addressee {
    fn from(a: &Address) -> Self {
        Self { name: a.name.clone(), address: a.address.clone() }
    }
}

impl From<&Addressee> for Address {
    fn from(a: &Addressee) -> Self {
        Self { name: a.name.clone(), address: a.address.clone() }
    }
}

/// A file of a mail, kept as a content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Enclosed {
    /// Its name.
    pub(super) name: String,
    /// Its media type.
    pub(super) media_type: String,
    /// Under which hash it is kept, in hexadecimal.
    pub(super) hash: String,
}

/// Orders a mail, or says that it is held back and why: an entry of the case, and a row.
///
/// # Errors
/// When the store refuses; nothing is kept then.
pub(super) fn order(
    tx: &mut Tx<'_>,
    recorder: &Recorder,
    settings: &Settings,
    now: Timestamp,
    (class, number): (Class, &CaseNumber),
    order: &Order,
    held: Option<&str>,
) -> Result<(), PostError> {
    let subject = store::subject_of(number);
    let id = new_id(now).simple().to_string();
    let words = Words::json(serde_json::to_vec(order).map_err(PostError::Order)?)?;
    let mut body = Map::new();
    body.insert("mail".to_owned(), order.purpose.name().into());
    body.insert("id".to_owned(), id.as_str().into());
    if let Some(reason) = held {
        body.insert("reason".to_owned(), reason.into());
    }
    let entry = NewEntry {
        content: vec![words.keep(tx)?],
        ..entry(now, &subject, class, if held.is_some() { "mail_held" } else { "mailed" }, body)
    };
    let entry_id = entry.id;
    recorder.record(tx, now, vec![entry])?;
    let nobody = || Address { name: String::new(), address: String::new() };
    let first = order.to.first().map_or_else(nobody, Address::from);
    let at = now.as_microsecond();
    tx.execute(
        "INSERT INTO mail_outbox (id, kind, case_subject, entry_id, address, state, reason, tries, next_at, created_at, \
         changed_at, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $8, NULL)",
        &[
            (&id).into(),
            order.purpose.name().into(),
            (&subject).into(),
            entry_id.as_bytes().into(),
            (&address_hash(&first)).into(),
            if held.is_some() { "held" } else { "waiting" }.into(),
            held.into(),
            at.into(),
        ],
    )?;
    store::thread(tx, [format!("{id}@{}", settings.from.domain()).as_str()], &subject)?;
    // Whom we write to on a case may answer there.
    let everyone = order.to.iter().chain(&order.cc).map(Address::from);
    let members: Vec<Member> = everyone.map(|a| Member::of(&a, &settings.organisations)).collect();
    store::let_in(tx, members.iter().map(|m| m.party.as_str()), &subject)?;
    Ok(())
}

/// An entry of a case that the post itself writes.
pub(super) fn entry(now: Timestamp, subject: &str, class: Class, verb: &str, body: Map<String, Value>) -> NewEntry {
    NewEntry {
        id: new_id(now),
        occurred_at: now,
        actor: super::ACTOR.to_owned(),
        origin: Origin::Job,
        subject: subject.to_owned(),
        kind: format!("{}.{verb}", class.name()),
        body,
        content: Vec::new(),
    }
}

/// A mail of the outbox as its row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// What stands before the `@` of its Message-ID.
    pub id: String,
    /// What for: a name of [`Purpose`].
    pub kind: String,
    /// Its case.
    pub case_subject: String,
    /// The entry that commits to its order; of a notice, the firing.
    pub entry_id: Uuid,
    /// To which account a notice goes.
    pub account: Option<String>,
    /// `waiting`, `sent`, `failed`, `held`, `returned`.
    pub state: String,
    /// Why it is held or failed, a code.
    pub reason: Option<String>,
    /// Tries so far.
    pub tries: u32,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
    /// What the server said last.
    pub answer: Option<String>,
}

const COLUMNS: &str = "id, kind, case_subject, entry_id, state, reason, tries, next_at, created_at, changed_at, answer, \
                       account";

fn read(row: &vigie_store::Row<'_>) -> Result<Parcel, StoreError> {
    let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
    Ok(Parcel {
        id: row.text(0)?.to_owned(),
        kind: row.text(1)?.to_owned(),
        case_subject: row.text(2)?.to_owned(),
        entry_id: store::uuid(row.blob(3)?)?,
        state: row.text(4)?.to_owned(),
        reason: text(5)?,
        tries: u32::try_from(row.i64(6)?).unwrap_or(u32::MAX),
        next_at: instant(row.i64(7)?)?,
        created_at: instant(row.i64(8)?)?,
        changed_at: instant(row.i64(9)?)?,
        answer: text(10)?,
        account: text(11)?,
    })
}

/// One of them.
pub(super) fn one(tx: &mut Tx<'_>, id: &str) -> Result<Option<Parcel>, StoreError> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM mail_outbox WHERE id = $1"), &[id.into()], read)
}

/// Those to be tried now, the longest due first.
pub(super) fn due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<Parcel>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM mail_outbox WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, id LIMIT {limit}"
    );
    tx.query_all(&sql, &[now.as_microsecond().into()], read)
}

/// How many there are in each state.
pub(super) fn counts(tx: &mut Tx<'_>) -> Result<Vec<(String, u64)>, StoreError> {
    let sql = "SELECT state, COUNT(*) FROM mail_outbox GROUP BY state ORDER BY state";
    tx.query_all(sql, &[], |row| Ok((row.text(0)?.to_owned(), row.u64(1)?)))
}

/// Those in a state, or all, the latest first.
pub(super) fn page(
    tx: &mut Tx<'_>,
    state: Option<&str>,
    subject: Option<&str>,
    limit: u32,
    offset: u64,
) -> Result<(u64, Vec<Parcel>), StoreError> {
    let mut params: Vec<Param<'_>> = Vec::new();
    let mut conditions = String::from("1 = 1");
    for (column, value) in [("state", state), ("case_subject", subject)] {
        if let Some(value) = value {
            params.push(value.into());
            conditions.push_str(&format!(" AND {column} = ${}", params.len()));
        }
    }
    let total = tx.query_one(&format!("SELECT COUNT(*) FROM mail_outbox WHERE {conditions}"), &params, |r| r.u64(0))?;
    let sql = format!(
        "SELECT {COLUMNS} FROM mail_outbox WHERE {conditions} ORDER BY created_at DESC, id LIMIT {limit} OFFSET {offset}"
    );
    Ok((total, tx.query_all(&sql, &params, read)?))
}

/// What an order says; none when it was erased.
pub(super) fn ordered(tx: &mut Tx<'_>, parcel: &Parcel) -> Result<Option<Order>, PostError> {
    let entry = journal::entry_by_id(tx, parcel.entry_id)?.ok_or(PostError::Lost(parcel.entry_id))?;
    let Some(named) = entry.content.first() else { return Ok(None) };
    let Some(Content::Kept(bytes)) = journal::content(tx, &named.hash)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(PostError::Order)
}

/// The bytes of the files of an order; none when any of them was erased.
pub(super) fn files(tx: &mut Tx<'_>, order: &Order) -> Result<Option<Vec<Attachment>>, PostError> {
    let mut files = Vec::with_capacity(order.files.len());
    for file in &order.files {
        let Some(hash) = Hash::from_hex(&file.hash) else { return Ok(None) };
        let Some(Content::Kept(bytes)) = journal::content(tx, &hash)? else { return Ok(None) };
        files.push(Attachment {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            // Who reads the mail sees it, and nobody asks for it by its hash.
            sha256: [0; 32],
            bytes,
            content_id: None,
            inline: false,
        });
    }
    Ok(Some(files))
}

/// Makes the mail of an order; the same order gives the same bytes.
pub(super) fn compose(
    parcel: &Parcel,
    order: &Order,
    files: &[Attachment],
    settings: &Settings,
    zone: &jiff::tz::TimeZone,
) -> Result<Composed, PostError> {
    let number = store::number_of(&parcel.case_subject);
    let [to, cc] = [&order.to, &order.cc].map(|list| list.iter().map(Address::from).collect::<Vec<_>>());
    let answers = order.in_reply_to.as_deref().and_then(MessageId::new);
    let references: Vec<MessageId> = order.references.iter().filter_map(|id| MessageId::new(id)).collect();
    let outgoing = Outgoing {
        id: &parcel.id,
        from: &settings.from,
        to: &to,
        cc: &cc,
        case: number.as_ref(),
        subject: &order.subject,
        text: &order.says,
        html: None,
        files,
        answers: answers.as_ref(),
        references: &references,
        writer: order.purpose.writer(),
        date: parcel.created_at,
        zone,
    };
    Ok(outgoing.compose(&settings.keys, &settings.own.mark)?)
}
