//! A ticket becomes a case, or says more of one: in one unit of work, and the same ticket twice adds nothing.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use vigie_contract::{Class, Source};
use vigie_evidence::{NewEntry, Origin, import_id};
use vigie_links::ezv::Ticket;
use vigie_rules::{
    desk::{Act, Phase},
    fact::{Classification, State, Twin},
    life::Life,
};
use vigie_store::{Tx, journal, lease, lease::Lease};

use super::{
    ACTOR, LinkError,
    decide::{Standing, There, done_there},
    settings::Settings,
    store::{self, Known},
};
use crate::{
    features::desk::{
        self,
        open::{self, By, Opening, Prepared},
        sheet::{MAX_LINE, Texts},
    },
    record::{Recorder, Told},
};

/// What became of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was read like this before.
    Known,
    /// It is not ours to take.
    NotOurs,
    /// It says more of a case, or opened it.
    Case {
        /// The case.
        number: String,
        /// Its version.
        version: u64,
        /// Whether it was opened.
        opened: bool,
    },
}

/// A ticket with all that takes time to make before it is taken.
pub(super) struct Reading {
    pub(super) ticket: Ticket,
    opening: Option<Prepared>,
}

impl Reading {
    /// Prepares a ticket: what it would open, should nobody know it.
    ///
    /// # Errors
    /// When what it says cannot be packed.
    pub(super) fn of(
        ticket: Ticket,
        description: Option<String>,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Self, LinkError> {
        let class = settings.class_of(&ticket.number);
        let opening = class.map(|class| open::prepare(opening(&ticket, class, description, settings, now), now));
        Ok(Self { ticket, opening: opening.transpose()? })
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [b"vigie ezv 1".as_slice()].iter().chain(parts) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The id of what a ticket says at one of its changes: the same change says it once.
fn id_of(number: &str, what: &str, changed: Timestamp, at: Timestamp) -> Uuid {
    let micros = changed.as_microsecond().to_be_bytes();
    import_id(at, digest(&[number.as_bytes(), what.as_bytes(), &micros]))
}

fn opening(ticket: &Ticket, class: Class, description: Option<String>, settings: &Settings, now: Timestamp) -> Opening {
    let short = |text: &Option<String>| text.as_ref().map(|t| t.chars().take(MAX_LINE).collect::<String>());
    // EZV keeps most titles in its catalogue only: a case must be called something.
    let title = short(&ticket.title).unwrap_or_else(|| ticket.number.clone());
    let meant = |said: &Option<String>| said.as_ref().map(|s| s.trim().to_owned());
    let classification = Classification {
        urgency: meant(&ticket.urgency).and_then(|u| settings.urgencies.get(&u).copied()),
        impact: meant(&ticket.impact).and_then(|i| settings.impacts.get(&i).copied()),
        site: short(&ticket.site),
        ..Classification::default()
    };
    Opening {
        id: Some(id_of(&ticket.number, "open", Timestamp::UNIX_EPOCH, ticket.created_at.unwrap_or_default())),
        class,
        by: By { actor: ACTOR.to_owned(), origin: Origin::Job },
        // Never later than now, as with its acts below.
        identified: ticket.created_at.map(|at| (Source::Ezv, at.min(now))).into_iter().collect(),
        direct: false,
        texts: Texts {
            title: Some(title),
            text: description.or_else(|| ticket.description.clone()),
            requester: short(&ticket.requester),
            mail: short(&ticket.mail),
            phone: short(&ticket.phone),
            ..Texts::default()
        },
        classification,
        vip: None,
        team: None,
        reference: Some(ticket.number.clone()),
        files: Vec::new(),
    }
}

/// Takes a ticket, while this node still does this work.
///
/// # Errors
/// [`LinkError`]; nothing is kept then.
pub(super) fn take(
    tx: &mut Tx<'_>,
    (recorder, zone, settings): (&Recorder, &TimeZone, &Settings),
    lease: &Lease,
    now: Timestamp,
    reading: &Reading,
) -> Result<Taken, LinkError> {
    if !lease::holds(tx, lease)? {
        return Err(LinkError::TakenOver);
    }
    let ticket = &reading.ticket;
    let before = store::ticket(tx, &ticket.number)?;
    let changed = ticket.updated_at.unwrap_or(now);
    if before.as_ref().is_some_and(|b| b.subject.is_some() && b.updated_at >= changed) {
        return Ok(Taken::Known);
    }
    let joined = match before.as_ref().and_then(|b| b.subject.clone()) {
        Some(subject) => Some(subject),
        None => store::case_of(tx, &ticket.number, ticket.reference.as_deref())?,
    };
    let (subject, opened) = match (joined, &reading.opening) {
        (Some(subject), _) => (subject, false),
        (None, Some(prepared)) if is_ours(ticket, settings) => {
            let opened = open::open(tx, recorder, zone, now, &[prepared])?;
            let Some(opened) = opened.into_iter().next() else { return Ok(Taken::NotOurs) };
            (opened.subject, true)
        }
        (None, _) => {
            // It may have been set aside before it could be read.
            store::forget(tx, &ticket.number)?;
            return Ok(Taken::NotOurs);
        }
    };
    let Some(history) = desk::history(tx, &subject)? else { return Ok(Taken::NotOurs) };
    let life = Life::read(&history, now);
    let first = history.events.first().map_or(now, |e| e.at);
    let class = history.class;
    let twin = Twin {
        created_at: ticket.created_at,
        taken_in_at: ticket.taken_in_at,
        resolved_at: ticket.resolved_at,
        closed_at: ticket.closed_at,
    };
    let meaning = ticket.status.as_deref().and_then(|w| settings.meaning(w));
    let write = |what: &str, at: Timestamp, body: Map<String, Value>| {
        let id = id_of(&ticket.number, what, changed, at);
        // A clock of EZV that is ahead must not write into our future; what it says stays in the twin's times.
        let occurred_at = at.min(now).max(first);
        Told::from(NewEntry {
            id,
            occurred_at,
            actor: ACTOR.to_owned(),
            origin: Origin::Job,
            subject: subject.clone(),
            kind: format!("{}.{what}", class.name()),
            body,
            content: Vec::new(),
        })
    };
    let mut told = Vec::new();
    let standing = Standing {
        phase: Phase::of(&life),
        taken_in: life.taken_in.is_some(),
        before: before.as_ref().and_then(|b| b.state),
        pushed: before.as_ref().and_then(|b| b.pushed),
        again_at: life.restorations.iter().rev().find_map(|r| r.refused_at.or(r.reopened_at)),
    };
    let acts = meaning.map(|m| done_there(standing, ticket, m, now)).unwrap_or_default();
    for There { act, at, reason } in acts {
        let mut body = from_ezv(&ticket.number);
        if let (Act::Pause, Some(reason)) = (act, reason) {
            body.insert("reason".to_owned(), Value::String(reason.0));
        }
        told.push(write(act.verb(), at, body));
    }
    let said = before.as_ref().map(|b| (b.status.clone(), of(b)));
    if said != Some((ticket.status.clone(), twin)) {
        let mut body = from_ezv(&ticket.number);
        if let Some(words) = &ticket.status {
            body.insert("status".to_owned(), Value::String(words.clone()));
        }
        for (key, at) in [
            ("created_at", twin.created_at),
            ("taken_in_at", twin.taken_in_at),
            ("resolved_at", twin.resolved_at),
            ("closed_at", twin.closed_at),
        ] {
            body.extend(at.map(|at| (key.to_owned(), Value::String(at.to_string()))));
        }
        told.push(write("twinned", changed, body));
    }
    recorder.record_with(tx, now, told)?;
    let state = meaning.map(|m| m.state);
    store::keep(tx, &kept(ticket, &subject, state, before.as_ref(), changed, now))?;
    let version = journal::version_of(tx, &subject)?;
    let number = subject.strip_prefix("case/").unwrap_or(&subject).to_owned();
    Ok(Taken::Case { number, version, opened })
}

fn from_ezv(number: &str) -> Map<String, Value> {
    let member = |key: &str, value: &str| (key.to_owned(), Value::String(value.to_owned()));
    Map::from_iter([member("source", "ezv"), member("system", "ezv"), member("reference", number)])
}

fn of(known: &Known) -> Twin {
    Twin {
        created_at: known.created_at,
        taken_in_at: known.taken_in_at,
        resolved_at: known.resolved_at,
        closed_at: known.closed_at,
    }
}

fn kept(
    ticket: &Ticket,
    subject: &str,
    state: Option<State>,
    before: Option<&Known>,
    changed: Timestamp,
    now: Timestamp,
) -> Known {
    let trouble = match (&ticket.status, state) {
        (Some(words), None) => Some(format!("status: {words}")),
        _ => ticket.unread.first().map(|u| format!("{}: {}", u.field, u.said)),
    };
    Known {
        number: ticket.number.clone(),
        subject: Some(subject.to_owned()),
        status: ticket.status.clone(),
        state: state.or(before.and_then(|b| b.state)),
        created_at: ticket.created_at,
        taken_in_at: ticket.taken_in_at,
        resolved_at: ticket.resolved_at,
        closed_at: ticket.closed_at,
        updated_at: changed,
        seen_at: now,
        // Once somebody has moved it on, what comes next is theirs.
        pushed: before.and_then(|b| b.pushed).filter(|p| Some(*p) == state),
        trouble,
    }
}

/// Whether a ticket that nobody knows becomes a case: it is of a class and of a group of ours.
pub(super) fn is_ours(ticket: &Ticket, settings: &Settings) -> bool {
    let of_group = |group: &String| settings.groups.contains(&group.trim().to_lowercase());
    let ours = settings.groups.is_empty() || ticket.group.as_ref().is_some_and(of_group);
    ours && settings.class_of(&ticket.number).is_some()
}
