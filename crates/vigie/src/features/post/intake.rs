//! Taking a mail: read, decided, and kept with all that follows in one unit of work.
//!
//! What takes time (reading, packing) happens before the unit; the unit looks again and decides again, and
//! when something changed in between, all of it is done anew. The same mail again changes nothing.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use vigie_contract::Class;
use vigie_evidence::{ContentRef, NewEntry, Origin};
use vigie_links::mail::{CaseNumber, Doubt, Key, Kind, MessageId, Outcome, Unreadable};
use vigie_store::{Tx, WriteError, journal, lease, lease::Lease};

use super::{
    ACTOR, Post, PostError,
    decide::{Acknowledge, Decision, Machine, Reason, Ways, decide},
    letter::{Channel, Contents, Letter},
    outbox::{self, Addressee, Order, Purpose},
    parties::address_hash,
    plan::{Plan, link, pack},
    store, words,
};
use crate::{
    features::desk::{self, DeskError, act, open, view::CaseChange},
    live::new_id,
};

/// A mail that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its id.
    pub id: String,
    /// What became of it: `case`, `duplicate`, `report`, `recorded`, `quarantine`.
    pub state: String,
    /// The case that it reached, as it stands now.
    pub change: Option<CaseChange>,
    /// It was kept before.
    pub known: bool,
}

/// How often a mail is decided anew because something changed: more means that something else is wrong.
const MOST_TURNS: u32 = 8;

/// What a plan came to.
pub(super) struct Outcomes {
    /// The subject of the case that it reached.
    pub(super) subject: Option<String>,
    pub(super) change: Option<CaseChange>,
}

impl Post {
    /// Keeps a mail and returns once all that follows from it is durable. `under` is the lease of a mailbox's
    /// reader. Blocks its thread.
    ///
    /// # Errors
    /// [`PostError::TakenOver`] when the lease is lost; whatever the store says.
    pub fn take(&self, letter: Letter, now: Timestamp, under: Option<&Lease>) -> Result<Taken, WriteError<PostError>> {
        let letter = Arc::new(letter);
        for _ in 0..MOST_TURNS {
            match self.try_take(&letter, now, under) {
                Err(WriteError::Unit(PostError::Changed)) => {}
                Ok(taken) => {
                    self.0.ordered.notify_one();
                    return Ok(taken);
                }
                other => return other,
            }
        }
        Err(WriteError::Unit(PostError::Changed))
    }

    fn try_take(
        &self,
        letter: &Arc<Letter>,
        now: Timestamp,
        under: Option<&Lease>,
    ) -> Result<Taken, WriteError<PostError>> {
        let decision = self.0.vigie.store.read(|tx| self.decide(tx, letter, now)).map_err(WriteError::Unit)?;
        let plan = self.plan(letter, &decision, now).map_err(|e| WriteError::Unit(e.into()))?;
        let contents = pack(letter).map_err(|e| WriteError::Unit(e.into()))?;
        let (post, letter, under) = (self.clone(), Arc::clone(letter), under.cloned());
        self.0.vigie.store.write(move |tx| {
            if let Some(lease) = &under
                && !lease::holds(tx, lease)?
            {
                return Err(PostError::TakenOver);
            }
            if let Channel::Mailbox { name, place } = &letter.channel {
                store::put_place(tx, name, *place, now)?;
            }
            if let Some(row) = store::one(tx, &letter.id)? {
                return Ok(Taken { id: row.id, state: row.state, change: None, known: true });
            }
            if post.decide(tx, &letter, now)? != decision {
                return Err(PostError::Changed);
            }
            post.keep(tx, now, &letter, &decision, plan, &contents)
        })
    }

    /// What becomes of it, as things stand.
    fn decide(&self, tx: &mut Tx<'_>, letter: &Letter, now: Timestamp) -> Result<Decision, PostError> {
        let contents = match &letter.read {
            Ok(contents) => contents,
            Err(Unreadable::Empty) => return Ok(Decision::Quarantine(Reason::Unreadable)),
            Err(Unreadable::TooLarge { .. }) => return Ok(Decision::Quarantine(Reason::TooLarge)),
        };
        let known = store::known(tx, &letter.id, contents, now)?;
        Ok(decide(contents, &known, self.ways(&letter.channel)))
    }

    pub(super) fn ways(&self, channel: &Channel) -> Ways<'_> {
        let settings = &self.0.settings;
        Ways { own: &settings.own, limits: settings.acknowledged, acknowledges: *channel != Channel::Import }
    }

    fn keep(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        letter: &Letter,
        decision: &Decision,
        plan: Plan,
        contents: &[(ContentRef, open::Packed)],
    ) -> Result<Taken, PostError> {
        let done = self.carry_out(tx, now, letter, plan)?;
        let packed: Vec<_> = contents.iter().map(|(_, (salt, bytes))| (*salt, &**bytes)).collect();
        let hashes = journal::put_contents(tx, &packed)?;
        let content = contents.iter().zip(hashes).map(|((named, _), hash)| ContentRef { hash, ..named.clone() });
        let (state, reason, claimed) = told(decision);
        let case = match decision {
            Decision::Duplicate(twin) => twin.case.as_ref().map(store::subject_of),
            _ => done.subject.clone(),
        };
        let entry = NewEntry {
            id: new_id(now),
            occurred_at: now,
            actor: ACTOR.to_owned(),
            origin: Origin::Mail,
            subject: format!("mail/{}", letter.id),
            kind: "mail.received".to_owned(),
            body: body(letter, decision, case.as_deref()),
            content: content.collect(),
        };
        let entry_id = entry.id;
        self.0.vigie.recorder.record(tx, now, vec![entry])?;
        let read = letter.read.as_ref().ok();
        let follows = match decision {
            Decision::Open { follows, .. } => follows.as_ref().map(store::subject_of),
            _ => None,
        };
        let at = now.as_microsecond();
        tx.execute(
            "INSERT INTO mail (id, twin, message_id, entry_id, state, reason, claimed, case_subject, follows, channel, \
             received_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
            &[
                (&letter.id).into(),
                read.and_then(|c| c.twin.as_ref()).into(),
                read.and_then(|c| c.mail.message_ids.first()).map(MessageId::as_str).into(),
                entry_id.as_bytes().into(),
                state.into(),
                reason.into(),
                claimed.as_ref().map(CaseNumber::as_str).into(),
                case.as_ref().into(),
                follows.as_ref().into(),
                letter.channel.name().into(),
                at.into(),
            ],
        )?;
        Ok(Taken { id: letter.id.clone(), state: state.to_owned(), change: done.change, known: false })
    }

    /// Does what a plan says; the mail itself is kept by the caller.
    pub(super) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        letter: &Letter,
        plan: Plan,
    ) -> Result<Outcomes, PostError> {
        let recorder = &self.0.vigie.recorder;
        let subject = match plan {
            Plan::Keep => return Ok(Outcomes { subject: None, change: None }),
            Plan::Open { prepared, follows, acknowledge, title } => {
                let opened = open::open(tx, recorder, &self.0.zone, now, &[&prepared])?;
                let opened = opened.into_iter().next().ok_or(PostError::Lost(prepared.id()))?;
                if let Some(old) = &follows {
                    let deed = act::prepare(link(old, now))?;
                    act::act(tx, recorder, now, &opened.subject, None, deed)?;
                }
                self.acknowledge(tx, now, letter, &opened, &acknowledge, &title, follows.as_ref())?;
                opened.subject
            }
            Plan::Note { number, deed } => {
                let subject = store::subject_of(&number);
                act::act(tx, recorder, now, &subject, None, *deed)?;
                subject
            }
            Plan::Report { number, deed } => {
                let subject = store::subject_of(&number);
                act::act(tx, recorder, now, &subject, None, *deed)?;
                self.note_failures(tx, now, letter)?;
                let version = journal::version_of(tx, &subject)?;
                let change = CaseChange { number: number.to_string(), version, told: Vec::new() };
                return Ok(Outcomes { subject: Some(subject), change: Some(change) });
            }
        };
        if let Ok(contents) = &letter.read {
            store::thread(tx, contents.mail.message_ids.iter().map(MessageId::as_str), &subject)?;
            store::let_in(tx, contents.authors.iter().map(|a| a.party.as_str()), &subject)?;
        }
        let version = journal::version_of(tx, &subject)?;
        let number = subject.strip_prefix("case/").unwrap_or(&subject).to_owned();
        Ok(Outcomes { change: Some(CaseChange { number, version, told: Vec::new() }), subject: Some(subject) })
    }

    #[expect(clippy::too_many_arguments, reason = "what an acknowledgement says is said once")]
    fn acknowledge(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        letter: &Letter,
        opened: &open::Opened,
        acknowledge: &Acknowledge,
        title: &str,
        follows: Option<&CaseNumber>,
    ) -> Result<(), PostError> {
        let (to, held) = match acknowledge {
            Acknowledge::To(address) => (address, None),
            Acknowledge::Held { to: Some(address), why } => (address, Some(why.code())),
            // There is nobody to tell, and the entry of the mail says why.
            Acknowledge::Held { to: None, .. } => return Ok(()),
        };
        let Some(number) = store::number_of(&opened.subject) else { return Ok(()) };
        let contents = letter.read.as_ref().ok();
        let reader = contents.and_then(|c| words::language(&c.mail.headers));
        let said = words::acknowledgement(&number, title, opened.at, &self.0.zone, follows, reader);
        let ids = |ids: &[MessageId]| ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
        let order = Order {
            text: Some(said.text.clone()),
            mail: to.to_string(),
            purpose: Purpose::Acknowledgement,
            to: vec![Addressee::from(to)],
            cc: Vec::new(),
            subject: said.subject,
            says: said.text,
            files: Vec::new(),
            in_reply_to: contents.and_then(|c| c.mail.message_ids.first()).map(|id| id.as_str().to_owned()),
            references: contents.map(|c| ids(&c.mail.references)).unwrap_or_default(),
        };
        outbox::order(tx, &self.0.vigie.recorder, &self.0.settings, now, (Class::Incident, &number), &order, held)
    }

    /// Remembers addresses that do not exist, and which of our mails came back.
    fn note_failures(&self, tx: &mut Tx<'_>, now: Timestamp, letter: &Letter) -> Result<(), PostError> {
        let Ok(Contents { kind: Kind::Bounce(bounce), .. }) = &letter.read else { return Ok(()) };
        let permanent: Vec<_> = bounce.failures.iter().filter(|f| f.outcome == Outcome::Permanent).collect();
        let at = now.as_microsecond();
        for failure in &permanent {
            let address = vigie_links::mail::Address { name: String::new(), address: failure.address.clone() };
            let sql = "INSERT INTO mail_failing (address, since_at, status) VALUES ($1, $2, $3) \
                       ON CONFLICT (address) DO UPDATE SET status = excluded.status";
            tx.execute(sql, &[(&address_hash(&address)).into(), at.into(), failure.status.as_ref().into()])?;
        }
        if permanent.is_empty() {
            return Ok(());
        }
        let end = format!("@{}", self.0.settings.from.domain());
        for id in bounce.originals.iter().filter_map(|id| id.as_str().strip_suffix(&end)) {
            let sql = "UPDATE mail_outbox SET state = 'returned', changed_at = $2 WHERE id = $1 AND state = 'sent'";
            tx.execute(sql, &[id.into(), at.into()])?;
        }
        Ok(())
    }
}

/// What the row of a mail says of a decision: its state, the reason, and the case that it claims.
fn told(decision: &Decision) -> (&'static str, Option<&'static str>, Option<CaseNumber>) {
    match decision {
        Decision::Open { .. } | Decision::Note { .. } => ("case", None, None),
        Decision::Report { .. } => ("report", None, None),
        Decision::Duplicate(_) => ("duplicate", None, None),
        Decision::Recorded(machine) => ("recorded", Some(Machine::code(*machine)), None),
        Decision::Quarantine(reason) => {
            let claimed = if let Reason::NotAParty(number) = reason { Some(number.clone()) } else { None };
            ("quarantine", Some(reason.code()), claimed)
        }
    }
}

/// What the entry of a mail says. No name, no word of its author stands here.
fn body(letter: &Letter, decision: &Decision, case: Option<&str>) -> super::Body {
    let (state, reason, claimed) = told(decision);
    let mut body = super::body([("state", state.to_owned()), ("channel", letter.channel.name().to_owned())]);
    body.insert("size_bytes".to_owned(), letter.raw.len().into());
    let recipients = letter.recipients.iter().take(20).map(|a| Value::String(a.key()));
    body.insert("recipients".to_owned(), Value::Array(recipients.collect()));
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            body.insert(key.to_owned(), Value::String(value));
        }
    };
    add("case", case.map(str::to_owned));
    add("reason", reason.map(str::to_owned));
    add("claimed", claimed.map(|n| n.to_string()));
    let language = letter.read.as_ref().ok().and_then(|c| words::language(&c.mail.headers));
    add("language", language.map(|l| l.code().to_owned()));
    if let Channel::Mailbox { name, place } = &letter.channel {
        add("mailbox", Some(name.clone()));
        add("place", Some(format!("{}/{}", place.validity, place.uid)));
    }
    let doubts = match decision {
        Decision::Note { key, doubts, .. } => {
            let key = match key {
                Key::Answer(_) => "answer",
                Key::Address => "address",
                Key::Subject => "subject",
            };
            add("by", Some(key.to_owned()));
            doubts.as_slice()
        }
        Decision::Open { acknowledge, follows, doubts } => {
            if let Acknowledge::Held { why, .. } = acknowledge {
                add("held", Some(why.code().to_owned()));
            }
            add("follows", follows.as_ref().map(ToString::to_string));
            doubts.as_slice()
        }
        Decision::Duplicate(twin) => {
            add("of", Some(twin.id.clone()));
            &[]
        }
        _ => &[],
    };
    let codes = |codes: Vec<&'static str>| Value::Array(codes.into_iter().map(Value::from).collect());
    if !doubts.is_empty() {
        body.insert("doubts".to_owned(), codes(doubts.iter().take(20).map(Doubt::code).collect()));
    }
    let losses = letter.read.as_ref().map_or(&[][..], |c| c.mail.losses.as_slice());
    if !losses.is_empty() {
        let mut names: Vec<&'static str> = losses.iter().map(vigie_links::mail::Loss::code).collect();
        names.sort_unstable();
        names.dedup();
        body.insert("losses".to_owned(), codes(names));
    }
    body
}

/// Whether somebody reads the history of a case that a mail could name.
pub(super) fn class_of(tx: &mut Tx<'_>, subject: &str) -> Result<Option<Class>, PostError> {
    let history = desk::history(tx, subject).map_err(DeskError::Case)?;
    Ok(history.map(|h| h.class))
}
