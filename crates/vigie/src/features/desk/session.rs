//! Sessions of the boards that authorise changes: called, attended, over; and what the desk reads of them.
//!
//! A session is a committee's sitting, so that the duties that follow from a sitting follow from it too. Its
//! votes stand on the changes; each has an id of its own that no second vote can take.

use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vigie_contract::{Class, CommitteeId};
use vigie_evidence::{NewEntry, import_id};
use vigie_rules::{
    fact::{History, Subject},
    sitting::{Refused, Sitting, may_call},
    step::Step,
    timeline,
};
use vigie_store::{StoreError, Tx};

use super::{CaseError, DeskError, open::By};
use crate::{live::new_id, record::Recorder};

/// Something that somebody does to a session.
#[derive(Clone, Debug)]
pub enum SessionDeed {
    /// Calls one.
    Call {
        /// Of which committee.
        committee: CommitteeId,
        /// When it begins.
        begins: Timestamp,
    },
    /// Writes somebody down as attending.
    Attend {
        /// Its number.
        session: String,
        /// Who, by account.
        account: String,
        /// In whose place, when they are a delegate.
        instead_of: Option<String>,
    },
    /// Says that it is over.
    End {
        /// Its number.
        session: String,
    },
}

/// Sessions of one day and one committee, at most.
const MOST_A_DAY: u32 = 20;

/// Does it; gives the number of the session.
///
/// # Errors
/// [`DeskError::Session`] with the reason; whatever the store says. Nothing is kept then.
pub fn act(
    tx: &mut Tx<'_>,
    recorder: &Recorder,
    zone: &TimeZone,
    now: Timestamp,
    by: &By,
    deed: SessionDeed,
) -> Result<String, DeskError> {
    let (number, step, held) = match deed {
        SessionDeed::Call { committee, begins } => {
            may_call(&committee)?;
            let number = free_number(tx, &committee, begins, zone)?;
            (number, Some(Step::Called { committee, begins }), None)
        }
        SessionDeed::Attend { session, account, instead_of } => {
            one(tx, &session)?.ok_or(Refused::Unknown)?.may_attend(&account)?;
            (session, Some(Step::Attended { account, instead_of }), None)
        }
        SessionDeed::End { session } => {
            let sitting = one(tx, &session)?.ok_or(Refused::Unknown)?;
            sitting.may_end()?;
            (session, None, Some(sitting.committee))
        }
    };
    let body = match (step, &held) {
        (Some(step), _) => (step.verb().name(), step.body().map_err(DeskError::Texts)?),
        (None, committee) => {
            let committee = committee.as_ref().map(|c| ("committee".to_owned(), c.0.clone().into()));
            ("held", committee.into_iter().collect())
        }
    };
    let entry = NewEntry {
        id: new_id(now),
        occurred_at: now,
        actor: by.actor.clone(),
        origin: by.origin,
        subject: subject(&number),
        kind: format!("{}.{}", Class::Committee.name(), body.0),
        body: body.1,
        content: Vec::new(),
    };
    recorder.record(tx, now, vec![entry])?;
    Ok(number)
}

fn subject(number: &str) -> String {
    format!("{}/{number}", Class::Committee.name())
}

/// `cab-2026-11-26`, and `cab-2026-11-26-2` for the second of a day.
fn free_number(
    tx: &mut Tx<'_>,
    committee: &CommitteeId,
    begins: Timestamp,
    zone: &TimeZone,
) -> Result<String, DeskError> {
    let day = format!("{committee}-{}", begins.to_zoned(zone.clone()).date());
    for nth in 1..=MOST_A_DAY {
        let number = if nth == 1 { day.clone() } else { format!("{day}-{nth}") };
        if history(tx, &number)?.is_none() {
            return Ok(number);
        }
    }
    Err(DeskError::TooLong { field: "session", found: 1 + MOST_A_DAY as usize, limit: MOST_A_DAY as usize })
}

fn history(tx: &mut Tx<'_>, number: &str) -> Result<Option<History>, CaseError> {
    super::history(tx, &subject(number)).map(|h| h.filter(|h| h.class == Class::Committee))
}

/// A session by its number; none when it was never called.
///
/// # Errors
/// When the store does not answer.
pub fn one(tx: &mut Tx<'_>, number: &str) -> Result<Option<Sitting>, CaseError> {
    Ok(history(tx, number)?.as_ref().and_then(Sitting::read))
}

/// The session that a step names.
pub(super) fn of_step(tx: &mut Tx<'_>, step: &Step) -> Result<Option<Sitting>, CaseError> {
    match step {
        Step::Tabled { session } | Step::Voted { session, .. } | Step::Decided { session: Some(session), .. } => {
            one(tx, session)
        }
        _ => Ok(None),
    }
}

/// The id of a vote's entry, which follows from session, change and voter.
pub(super) fn vote_id(subject: &str, step: &Step) -> Option<Uuid> {
    let Step::Voted { session, voter, .. } = step else { return None };
    let digest = [session, subject, voter].iter().fold(Sha256::new_with_prefix("vote"), |digest, part| {
        // No part can borrow from the next: their lengths are said.
        digest.chain_update(part.len().to_le_bytes()).chain_update(part.as_bytes())
    });
    Some(import_id(Timestamp::UNIX_EPOCH, digest.finalize().into()))
}

/// All histories of a class, the latest first: for classes of which there are few.
///
/// # Errors
/// When the store does not answer.
pub fn histories(tx: &mut Tx<'_>, class: Class) -> Result<Vec<History>, CaseError> {
    let sql = "SELECT subject, timeline FROM history WHERE class = $1 ORDER BY last_at DESC, subject LIMIT 5000";
    let packed = tx.query_all(sql, &[class.name().into()], |row| {
        Ok::<_, StoreError>((row.text(0)?.to_owned(), row.blob(1)?.to_vec()))
    })?;
    packed.into_iter().map(|(subject, bytes)| Ok(timeline::decode(Subject(subject), class, &bytes)?)).collect()
}
