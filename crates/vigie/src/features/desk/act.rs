//! What is done to a case: checked against its life, then recorded, in one unit of work.

use jiff::Timestamp;
use serde_json::{Map, Value};
use vigie_contract::{Class, Delay, Party, PauseReasonId, RoleId};
use vigie_evidence::NewEntry;
use vigie_rules::{
    desk::{self, Act, Asked, Doer, Phase, Refusal},
    fact::{Audience, Classification, Document},
    life::Life,
    relation::Relation,
    step::Step,
    work::Work,
};
use vigie_store::{JournalError, Tx, journal};

use super::{
    DeskError, book_of, heard, history, join,
    open::{By, File, Packed, classified, pack, references, to_value},
    seat::Seat,
    session,
    sheet::Texts,
    tasks,
};
use crate::{
    live::new_id,
    record::{Recorder, Told},
    web::{VOTE, may},
};

/// Something that somebody does to a case.
#[derive(Clone)]
pub struct Deed {
    /// What.
    pub act: Act,
    /// When it happened: now, or earlier when it is written down afterwards.
    pub at: Timestamp,
    /// Who.
    pub by: By,
    /// For which side.
    pub party: Party,
    /// In which role; absent for a system.
    pub role: Option<RoleId>,
    /// What they say.
    pub texts: Texts,
    /// Only the own side may read the words.
    pub internal: bool,
    /// What comes with it.
    pub files: Vec<File>,
    /// The particulars of the act.
    pub detail: Detail,
}

/// The particulars of an act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// None are needed.
    #[default]
    None,
    /// Of [`Act::Pause`].
    Pause(PauseReasonId),
    /// Of [`Act::Classify`].
    Class(Box<Classification>),
    /// Of [`Act::TakeIn`] by somebody who takes it for themselves: in the group that has the case already, since to
    /// take something in moves it nowhere.
    Mine {
        /// The group of whoever takes it, for a case that no group has.
        own: Option<String>,
        /// Who takes it, by account.
        assignee: String,
    },
    /// Of [`Act::Assign`], and of [`Act::TakeIn`] for a group that is named.
    To {
        /// The resolution group.
        team: String,
        /// Somebody of it, by account.
        assignee: Option<String>,
    },
    /// Of [`Act::Inform`].
    Told(Audience),
    /// Of [`Act::NameOwner`] in the war room of a major incident.
    Named {
        /// For what.
        seat: Seat,
        /// Who, by account; absent when the words say it.
        account: Option<String>,
    },
    /// Of [`Act::Link`].
    Reference {
        /// Its number in another system, or another case's.
        reference: String,
        /// `ezv`, `vendor`, `case`, ...
        system: String,
        /// What that is to the case.
        relation: Option<Relation>,
    },
    /// Of what is done around a case, with how long a task may take on the calendar of the case. Numbers that
    /// are zero are given by the case.
    Work(Work, Option<Delay>),
    /// Of the steps of requests, changes and problems.
    Step(Step),
    /// Of [`Act::Agree`]: by when.
    Due(Timestamp),
    /// Of [`Act::Deliver`].
    Document(Document),
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// How the case stands now.
    pub phase: Phase,
    /// Its version: the place of its latest entry, plus one.
    pub version: u64,
    /// The accounts that have a notice of it.
    pub told: Vec<String>,
    /// The other cases that were written on, with their versions.
    pub others: Vec<(String, u64)>,
    /// Tasks that its doer's side has still to do.
    pub open_tasks: usize,
}

impl Done {
    /// A case that stands so, and nothing else.
    #[must_use]
    pub const fn alone(phase: Phase, version: u64) -> Self {
        Self { phase, version, told: Vec::new(), others: Vec::new(), open_tasks: 0 }
    }
}

/// A deed with all that takes time to make.
pub struct PreparedDeed {
    deed: Deed,
    contents: Vec<Packed>,
}

/// Checks the words of a deed and packs them.
///
/// # Errors
/// [`DeskError::TooLong`]; [`DeskError::Wordless`] when the act needs a reason and has none.
pub fn prepare(mut deed: Deed) -> Result<PreparedDeed, DeskError> {
    deed.texts.tidy()?;
    if deed.act.needs_words() && deed.texts.text.is_none() && deed.files.is_empty() {
        return Err(DeskError::Wordless);
    }
    let contents = pack(&deed.texts, &deed.files)?;
    Ok(PreparedDeed { deed, contents })
}

/// Does it. `expected` is the version that the doer has seen; absent means whatever it is now.
///
/// # Errors
/// [`DeskError::Unknown`], [`DeskError::Refused`] with the reason, [`DeskError::Journal`] when somebody was
/// quicker; whatever the store says. Nothing is kept then.
pub fn act(
    tx: &mut Tx<'_>,
    recorder: &Recorder,
    now: Timestamp,
    number: &str,
    expected: Option<u64>,
    prepared: PreparedDeed,
) -> Result<Done, DeskError> {
    let PreparedDeed { mut deed, contents } = prepared;
    let history = history(tx, number)?.ok_or_else(|| DeskError::Unknown(number.to_owned()))?;
    let subject = history.subject.0.clone();
    if let Some(version) = expected {
        expect_version(tx, &subject, version)?;
    }
    if deed.at > now || history.events.first().is_some_and(|e| deed.at < e.at) {
        return Err(DeskError::When { at: deed.at });
    }
    let class = history.class;
    let life = Life::read(&history, now);
    let role = deed.role.clone();
    let doer = Doer { party: deed.party, role: role.as_ref() };
    let asked = Asked { book: book_of(recorder.rulebook(), class, &life), class, life: &life, doer };
    desk::check(deed.act, &asked)?;
    check_board(&deed, &asked)?;
    if let Detail::Mine { own, assignee } = &deed.detail {
        let team = team_of(tx, &subject)?.or_else(|| own.clone());
        deed.detail = team.map_or(Detail::None, |team| Detail::To { team, assignee: Some(assignee.clone()) });
    }
    tasks::complete(&mut deed, &asked)?;
    let mentioned = heard::mentioned(tx, &asked.book.contract, &deed)?;
    let mut body = body(&deed)?;
    if !mentioned.is_empty() {
        body.insert("mentions".to_owned(), to_value(&mentioned)?);
    }
    let mut id = new_id(now);
    if let Detail::Work(work, _) = &deed.detail {
        desk::check_work(work, &asked, &deed.by.actor)?;
    }
    let joined = join::others(tx, &deed, &asked, history.subject.number(), now)?;
    if let Detail::Step(step) = &deed.detail {
        let sitting = session::of_step(tx, step)?;
        desk::check_step(step, &asked, sitting.as_ref(), &deed.by.actor, now)?;
        id = session::vote_id(&subject, step).unwrap_or(id);
    }
    let packed: Vec<_> = contents.iter().map(|(salt, bytes)| (*salt, &**bytes)).collect();
    let hashes = journal::put_contents(tx, &packed)?;
    let content = references(&deed.texts, &deed.files, &contents, &hashes);

    let mut told = Vec::new();
    // Whoever restores has taken it in, if nobody had said so: the take-in clock stops by a deed.
    if deed.act == Act::Restore && life.taken_in.is_none() {
        told.push(Told::from(entry(&deed, class, &subject, now, Act::TakeIn.verb(), Map::new())));
    }
    let main = entry(&deed, class, &subject, now, deed.act.verb(), body);
    let place = u64::try_from(told.len()).unwrap_or(u64::MAX);
    told.push(Told { entry: NewEntry { id, content, ..main }, texts: deed.texts.clone() });
    // Whoever takes it in for a group may take it for themselves in the same breath.
    if deed.act == Act::TakeIn && deed.detail != Detail::None {
        told.push(Told::from(entry(&deed, class, &subject, now, Act::Assign.verb(), particulars(&deed.detail)?)));
    }
    let count = u64::try_from(told.len()).unwrap_or(u64::MAX);
    let (others, more): (Vec<String>, Vec<Told>) =
        joined.into_iter().map(|(number, entry)| (number, Told::from(entry))).unzip();
    told.extend(more);
    let first = recorder.record_with(tx, now, told)?.first_seq;
    let version = first.saturating_add(count);
    let after = super::history(tx, &subject)?.map(|h| Life::read(&h, now)).unwrap_or_default();
    let said = heard::Said { subject: &subject, seq: first.saturating_add(place), at: now };
    Ok(Done {
        phase: Phase::of(&after),
        version,
        told: heard::tell(tx, said, &deed, mentioned, &after.workload().followers)?,
        others: others.into_iter().zip(version.saturating_add(1)..).collect(),
        open_tasks: after.workload().open_tasks(deed.party).count(),
    })
}

/// The group that has a case.
fn team_of(tx: &mut Tx<'_>, subject: &str) -> Result<Option<String>, DeskError> {
    let sql = "SELECT team FROM desk_case WHERE subject = $1";
    let team = tx.query_opt(sql, &[subject.into()], |row| Ok(row.opt_text(0)?.map(str::to_owned)))?;
    Ok(team.flatten())
}

/// Refuses a vote or the decision of a board to a role that does not sit on boards, whichever the door: to work
/// on cases is another right.
fn check_board(deed: &Deed, asked: &Asked<'_>) -> Result<(), Refusal> {
    let is_boards = matches!(&deed.detail, Detail::Step(Step::Voted { .. } | Step::Decided { session: Some(_), .. }));
    let contract = &asked.book.contract;
    if !is_boards || deed.role.as_ref().is_none_or(|role| may(contract, role, VOTE)) {
        return Ok(());
    }
    let able = contract.roles.iter().filter(|r| may(contract, &r.id, VOTE));
    Err(Refusal::Role { act: deed.act, roles: able.map(|r| r.id.clone()).collect() })
}

/// Refuses when somebody has written about a case since `version` was read. What the platform itself has told
/// since then (a warning, an escalation, a draft), and who wants to hear of it, say nothing that the doer must
/// know first.
pub(super) fn expect_version(tx: &mut Tx<'_>, subject: &str, version: u64) -> Result<(), DeskError> {
    let error = match journal::expect_version(tx, subject, version) {
        Err(error @ JournalError::Stale { .. }) => error,
        other => return Ok(other?),
    };
    let seq = i64::try_from(version).unwrap_or(i64::MAX);
    let sql = "SELECT 1 FROM entry WHERE subject = $1 AND seq >= $2 \
               AND kind NOT LIKE '%.warned' AND kind NOT LIKE '%.escalated' \
               AND kind NOT LIKE '%.report_drafted' \
               AND kind NOT LIKE '%.followed' AND kind NOT LIKE '%.unfollowed' LIMIT 1";
    let written = tx.query_opt(sql, &[subject.into(), seq.into()], |_| Ok(()))?;
    if written.is_some() { Err(error.into()) } else { Ok(()) }
}

pub(super) fn entry(
    deed: &Deed,
    class: Class,
    subject: &str,
    now: Timestamp,
    verb: &str,
    body: Map<String, Value>,
) -> NewEntry {
    NewEntry {
        id: new_id(now),
        occurred_at: deed.at,
        actor: deed.by.actor.clone(),
        origin: deed.by.origin,
        subject: subject.to_owned(),
        kind: format!("{}.{verb}", class.name()),
        body,
        content: Vec::new(),
    }
}

fn body(deed: &Deed) -> Result<Map<String, Value>, DeskError> {
    let mut body = if deed.act == Act::TakeIn { Map::new() } else { particulars(&deed.detail)? };
    let fits = match deed.act {
        Act::TakeIn => matches!(deed.detail, Detail::None | Detail::To { .. }),
        Act::Pause => matches!(deed.detail, Detail::Pause(_)),
        Act::Classify => matches!(deed.detail, Detail::Class(_)),
        Act::Assign => matches!(deed.detail, Detail::To { .. }),
        Act::Inform => matches!(deed.detail, Detail::Told(_)),
        Act::NameOwner => matches!(deed.detail, Detail::None | Detail::Named { .. }),
        Act::Link => matches!(deed.detail, Detail::Reference { .. }),
        Act::Assess
        | Act::WriteSection
        | Act::GiveOpinion
        | Act::Table
        | Act::Vote
        | Act::Decide
        | Act::Plan
        | Act::ReachStage
        | Act::Hand
        | Act::HearThird
        | Act::Remind
        | Act::ThirdSolves => matches!(&deed.detail, Detail::Step(step) if step.verb().name() == deed.act.verb()),
        Act::Agree => matches!(deed.detail, Detail::Due(_)),
        Act::Deliver => matches!(deed.detail, Detail::Document(_)),
        Act::AddTask
        | Act::ChangeTask
        | Act::FinishTask
        | Act::ReopenTask
        | Act::DropTask
        | Act::Follow
        | Act::Unfollow
        | Act::SpendTime
        | Act::Merge
        | Act::Separate
        | Act::Unlink => matches!(&deed.detail, Detail::Work(work, _) if work.verb().name() == deed.act.verb()),
        _ => deed.detail == Detail::None,
    };
    if !fits {
        return Err(DeskError::Detail(deed.act));
    }
    if deed.internal {
        body.insert("visible_to".to_owned(), to_value(deed.party)?);
    }
    Ok(body)
}

fn particulars(detail: &Detail) -> Result<Map<String, Value>, DeskError> {
    Ok(match detail {
        Detail::None => Map::new(),
        Detail::Pause(reason) => one("reason", Value::String(reason.0.clone())),
        Detail::Class(classification) => classified(classification)?,
        // Has become one of the others before anything is written.
        Detail::Mine { .. } => return Err(DeskError::Detail(Act::TakeIn)),
        Detail::To { team, assignee } => {
            let mut body = one("team", Value::String(team.clone()));
            body.extend(assignee.iter().map(|a| ("assignee".to_owned(), Value::String(a.clone()))));
            body
        }
        Detail::Named { seat, account } => {
            let mut body = one("seat", to_value(seat)?);
            body.extend(account.iter().map(|a| ("account".to_owned(), Value::String(a.clone()))));
            body
        }
        Detail::Told(audience) => one("audience", to_value(audience)?),
        Detail::Step(step) => step.body().map_err(DeskError::Texts)?,
        Detail::Due(due) => one("due", to_value(due)?),
        Detail::Document(document) => one("document", to_value(document)?),
        Detail::Work(work, _) => work.body().map_err(DeskError::Texts)?,
        Detail::Reference { reference, system, relation } => {
            let linked = Step::Linked { system: system.clone(), reference: reference.clone(), relation: *relation };
            linked.body().map_err(DeskError::Texts)?
        }
    })
}

fn one(key: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value)])
}
