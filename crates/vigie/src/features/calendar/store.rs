//! What is due, read from the tables of cases and from the few histories that are no cases.

use std::collections::{HashMap, hash_map::Entry};

use jiff::{Timestamp, ToSpan as _};
use vigie_contract::{Class, Label, Obligation, Party, Trigger};
use vigie_rules::{
    book::{Book, Rulebook},
    calendar::CalendarError,
    fact::{History, Subject, split_kind},
    life::Life,
    obligation::{self, Occurrence},
    sitting::Sitting,
    timeline,
};
use vigie_store::{Param, StoreError, Tx, Values};

use super::{Dated, Owner, What};
use crate::{
    features::desk::{CaseError, session, tasks},
    record::instant,
};

/// Delays of one calendar: what is due first.
const MOST: u32 = 500;
/// How far duties that come back are looked for, in days: a month that is late, and a quarter ahead.
const DAYS: (i64, i64) = (31, 93);

/// What is due to somebody at an instant, and the sessions of boards on which they sit.
///
/// # Errors
/// When the store does not answer or a history cannot be read.
pub(crate) fn due_to(
    tx: &mut Tx<'_>,
    rulebook: &Rulebook,
    owner: &Owner,
    now: Timestamp,
) -> Result<Vec<Dated>, CaseError> {
    let book = rulebook.at(now);
    let own: Vec<&Obligation> = book.contract.obligations.iter().filter(|o| o.owner == owner.role).collect();
    let mut dated = delays(tx, book, owner, &own)?;
    dated.extend(tasks_of(tx, owner)?);
    dated.extend(duties(tx, book, &own, now)?);
    dated.extend(recurring(tx, book, &own, now)?);
    if owner.sits {
        dated.extend(sessions(tx, now)?);
    }
    Ok(dated)
}

/// The next thing due of each open case that somebody has, or one of their groups, or whose next duty is theirs.
fn delays(tx: &mut Tx<'_>, book: &Book, owner: &Owner, own: &[&Obligation]) -> Result<Vec<Dated>, StoreError> {
    let mut params: Vec<Param<'_>> = vec![(&owner.account).into()];
    let mut conditions = vec!["assignee = $1".to_owned()];
    let teams = owner.teams.iter().map(|team| ("team", team));
    for (column, value) in teams.chain(own.iter().map(|duty| ("next_due_clock", &duty.id.0))) {
        params.push(value.into());
        conditions.push(format!("{column} = ${}", params.len()));
    }
    let sql = format!(
        "SELECT number, title, priority, next_due_at, next_due_clock, version, changed_at FROM desk_case \
         WHERE next_due_at IS NOT NULL AND ({}) ORDER BY next_due_at, number LIMIT {MOST}",
        conditions.join(" OR ")
    );
    tx.query_all(&sql, &params, |row| {
        let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
        let (number, clock) = (row.text(0)?.to_owned(), text(4)?.unwrap_or_default());
        Ok(Dated {
            key: format!("{number}/{clock}"),
            sequence: row.u64(5)?,
            changed: instant(row.i64(6)?)?,
            at: instant(row.i64(3)?)?,
            until: None,
            what: What::Delay { priority: text(2)?, label: named(book, &clock) },
            case: Some((number, text(1)?)),
            cancelled: false,
        })
    })
}

/// The tasks with a date that somebody has, or that nobody has yet in one of their groups.
fn tasks_of(tx: &mut Tx<'_>, owner: &Owner) -> Result<Vec<Dated>, StoreError> {
    let whose = tasks::Whose { assignee: Some(owner.account.clone()), teams: owner.teams.clone() };
    let lines: Vec<_> = tasks::open(tx, owner.party, &whose)?.into_iter().filter(|t| t.due.is_some()).collect();
    let subjects: Vec<String> = lines.iter().map(|t| format!("case/{}", t.case)).collect();
    let asked: Vec<&str> = subjects.iter().map(String::as_str).collect();
    let mut changed = HashMap::new();
    tx.query_in("SELECT number, changed_at FROM desk_case WHERE subject", Values::Texts(&asked), |row| {
        changed.insert(row.text(0)?.to_owned(), instant(row.i64(1)?)?);
        Ok(())
    })?;
    let dated = lines.into_iter().filter_map(|line| {
        let at = line.due?;
        Some(Dated {
            key: format!("{}/task-{}", line.case, line.task),
            sequence: line.version,
            changed: changed.get(&line.case).copied().unwrap_or(at),
            at,
            until: None,
            what: What::Task(line.task, line.title),
            case: Some((line.case, line.case_title)),
            cancelled: false,
        })
    });
    Ok(dated.collect())
}

/// What the contract calls a clock or a duty.
fn named(book: &Book, id: &str) -> Label {
    let clock = book.contract.clocks.clocks.iter().find(|c| c.id.0 == id).map(|c| c.label.clone());
    let duty = || book.contract.obligations.iter().find(|o| o.id.0 == id).map(|o| o.label.clone());
    clock.or_else(duty).unwrap_or_else(|| Label { fr: id.to_owned(), en: id.to_owned() })
}

/// The duties of a role that events have started on what is no case: deliverables, actions, orders, documents.
fn duties(tx: &mut Tx<'_>, book: &Book, own: &[&Obligation], now: Timestamp) -> Result<Vec<Dated>, CaseError> {
    let mut dated = Vec::new();
    let mut by_class: HashMap<Class, Vec<History>> = HashMap::new();
    for duty in own {
        let Trigger::Event(pattern) = &duty.trigger else { continue };
        let Some((class, _)) = split_kind(&pattern.kind).filter(|(class, _)| !class.is_case()) else { continue };
        let known = match by_class.entry(class) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(session::histories(tx, class)?),
        };
        for history in &*known {
            let life = Life::read(history, now);
            // One that cannot be reckoned, outside the years for which calendars are laid out, is left out.
            if let Ok(Some(occurrence)) = obligation::of_history(book, duty, history, &life, now)
                && occurrence.fulfilled.is_none()
            {
                dated.push(occurrence_dated(duty, &occurrence, Some(history)));
            }
        }
    }
    Ok(dated)
}

/// The duties of a role that come back, as far as the journal or the contract says since when.
fn recurring(tx: &mut Tx<'_>, book: &Book, own: &[&Obligation], now: Timestamp) -> Result<Vec<Dated>, CaseError> {
    let own: Vec<_> = own.iter().filter(|o| matches!(o.trigger, Trigger::Recurrence(_))).collect();
    let mut dated = Vec::new();
    if own.is_empty() {
        return Ok(dated);
    }
    let today = now.to_zoned(book.zone().clone()).date();
    let (from, to) = (today.saturating_sub(DAYS.0.days()), today.saturating_add(DAYS.1.days()));
    for duty in own {
        let Some(anchor) = obligation_anchor(tx, book, duty)? else { continue };
        let known = occurrences(tx, duty)?;
        let list = obligation::recurring(book, duty, anchor, (from, to), now, |subject| known.get(subject));
        let list = list.map_err(|source: CalendarError| CaseError::Calendar {
            subject: Subject(format!("occurrence/{}", duty.id)),
            source,
        })?;
        let open = list.into_iter().filter(|o| o.fulfilled.is_none());
        dated.extend(open.map(|o| occurrence_dated(duty, &o, known.get(&o.subject))));
    }
    Ok(dated)
}

/// The histories of the occurrences of a duty that the journal knows of.
fn occurrences(tx: &mut Tx<'_>, duty: &Obligation) -> Result<HashMap<Subject, History>, CaseError> {
    let (from, to) = (format!("occurrence/{}/", duty.id), format!("occurrence/{}0", duty.id));
    let sql = "SELECT subject, class, timeline FROM history WHERE subject >= $1 AND subject < $2 \
               ORDER BY subject DESC LIMIT 400";
    let packed = tx.query_all(sql, &[(&from).into(), (&to).into()], |row| {
        Ok::<_, StoreError>((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.blob(2)?.to_vec()))
    })?;
    let mut known = HashMap::new();
    for (subject, class, bytes) in packed {
        let Some(class) = Class::from_name(&class) else { continue };
        let subject = Subject(subject);
        known.insert(subject.clone(), timeline::decode(subject, class, &bytes)?);
    }
    Ok(known)
}

/// From when a duty that comes back is counted, as the judge does: the contract's start, else the first occurrence
/// that the journal knows of.
fn obligation_anchor(tx: &mut Tx<'_>, book: &Book, duty: &Obligation) -> Result<Option<jiff::civil::Date>, StoreError> {
    if let Some(start) = book.contract.frame.start {
        return Ok(Some(start));
    }
    let (from, to) = (format!("occurrence/{}/", duty.id), format!("occurrence/{}0", duty.id));
    let sql = "SELECT subject FROM history WHERE subject >= $1 AND subject < $2 ORDER BY subject LIMIT 1";
    let first = tx.query_opt(sql, &[(&from).into(), (&to).into()], |row| Ok(row.text(0)?.to_owned()))?;
    Ok(first.and_then(|subject| subject.rsplit('/').next()?.parse().ok()))
}

fn occurrence_dated(duty: &Obligation, occurrence: &Occurrence, history: Option<&History>) -> Dated {
    let last = history.and_then(|h| h.events.last());
    Dated {
        key: format!("{}/{}", occurrence.subject.0, duty.id),
        sequence: last.map_or(0, |e| e.seq),
        changed: last.map_or(occurrence.trigger, |e| e.at),
        at: occurrence.due,
        until: None,
        what: What::Duty(duty.label.clone()),
        case: None,
        cancelled: false,
    }
}

/// The sessions of boards that are still to come.
fn sessions(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Dated>, CaseError> {
    let histories = session::histories(tx, Class::Committee)?;
    let dated = histories.iter().filter_map(|history| {
        let sitting = Sitting::read(history).filter(|s| s.held.is_none() && s.begins >= now)?;
        let last = history.events.last();
        Some(Dated {
            key: history.subject.0.clone(),
            sequence: last.map_or(0, |e| e.seq),
            changed: last.map_or(sitting.begins, |e| e.at),
            at: sitting.begins,
            until: None,
            what: What::Session(sitting.committee.0.to_uppercase()),
            case: None,
            cancelled: false,
        })
    });
    Ok(dated.collect())
}

/// The windows of changes, those that were called off too: a calendar forgets nothing that it was not told to.
///
/// # Errors
/// When the store does not answer or a history cannot be read.
pub(crate) fn changes(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Dated>, CaseError> {
    let histories = session::histories(tx, Class::Change)?;
    let mut titles: HashMap<String, Option<String>> = HashMap::new();
    tx.query("SELECT number, title FROM desk_case WHERE class = 'change'", &[], |row| {
        titles.insert(row.text(0)?.to_owned(), row.opt_text(1)?.map(str::to_owned));
        Ok::<_, StoreError>(())
    })?;
    let dated = histories.iter().filter_map(|history| {
        let life = Life::read(history, now);
        let (begins, ends) = life.progress().planned?;
        let (number, last) = (history.subject.number().to_owned(), history.events.last());
        Some(Dated {
            key: number.clone(),
            sequence: last.map_or(0, |e| e.seq),
            changed: last.map_or(begins, |e| e.at),
            at: begins,
            until: Some(ends),
            what: What::Change,
            cancelled: life.cancelled.is_some() || life.progress().backed_out.is_some(),
            case: Some((number.clone(), titles.get(&number).cloned().flatten())),
        })
    });
    Ok(dated.collect())
}

/// Somebody of that role.
pub(crate) fn owner(
    account: String,
    party: Party,
    role: &vigie_contract::RoleId,
    contract: &vigie_contract::Contract,
) -> Owner {
    let teams = contract.teams.teams.iter().filter(|t| t.roles.contains(role)).map(|t| t.id.0.clone());
    Owner {
        account,
        role: role.clone(),
        party,
        teams: teams.collect(),
        sits: crate::web::may(contract, role, crate::web::VOTE),
    }
}
