//! Which step of a request, a change or a problem may follow, and whether what it says holds.
//!
//! The contract says who approves, whose opinions are asked for, which sections a study has, which stages
//! close a problem. Who is who is given; nothing here decides in somebody's place.

use jiff::Timestamp;
use vigie_contract::{Authority, CalendarSource, CatalogueItem, ChangeType, Class, Party, RoleId, TeamId};

use super::{Act, Asked, Before, Phase, Refusal};
use crate::{
    change::{Lack, authority, earliest_start, lacks_of, open_stages},
    sitting::Sitting,
    step::{Errand, Progress, Step},
    third::{third_parties, third_party},
};

/// The rest of [`super::check`]: the side was looked at.
pub(super) fn check(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    let progress = asked.life.progress();
    let already = |done: bool| if done { Err(Refusal::Already { act }) } else { Ok(()) };
    let before = |before: Before, there: bool| if there { Ok(()) } else { Err(Refusal::Before { act, before }) };
    match act {
        Act::Approve | Act::RefuseApproval => {
            of_class(act, asked, &[Class::Request])?;
            in_work(act, asked)?;
            let Some(approver) = item(asked).and_then(|i| i.approval.as_ref()) else {
                return Err(Refusal::Needless { act });
            };
            one_of(act, asked, std::slice::from_ref(approver))?;
            already(progress.approval.is_some_and(|(_, approved)| approved == (act == Act::Approve)))
        }
        Act::WriteSection | Act::ValidateStudy | Act::RefuseStudy => {
            of_class(act, asked, &[Class::Change, Class::Problem])?;
            not_begun(act, asked)?;
            if act == Act::WriteSection {
                return Ok(());
            }
            before(Before::Study, !progress.sections.is_empty())?;
            already(act == Act::ValidateStudy && progress.study_validated.is_some())?;
            whole_study(act, asked)
        }
        Act::ReachStage => {
            of_class(act, asked, &[Class::Problem])?;
            is_open(act, asked)?;
            let all = &asked.book.contract.changes.stages;
            already(all.iter().all(|stage| progress.stages.contains(&stage.id)))
        }
        Act::Agree => {
            of_class(act, asked, &[Class::Change, Class::Problem])?;
            is_open(act, asked)
        }
        Act::Deliver => {
            of_class(act, asked, &[Class::Change])?;
            is_open(act, asked)
        }
        Act::Review => {
            of_class(act, asked, &[Class::Change])?;
            let over = asked.life.restored().is_some() || progress.backed_out.is_some();
            is_open(act, asked)?;
            before(Before::Begin, over && (progress.begun.is_some() || progress.backed_out.is_some()))?;
            already(progress.reviewed.is_some())
        }
        Act::Hand => {
            in_work(act, asked)?;
            if third_parties(asked.book).next().is_none() { Err(Refusal::Needless { act }) } else { Ok(()) }
        }
        Act::HearThird | Act::Remind | Act::ThirdSolves => {
            is_open(act, asked)?;
            before(Before::Third, progress.thirds.iter().any(|errand| errand.solved_at.is_none()))
        }
        Act::BackOut => {
            of_class(act, asked, &[Class::Change])?;
            in_work(act, asked)?;
            before(Before::Begin, progress.begun.is_some())
        }
        _ => {
            of_class(act, asked, &[Class::Change])?;
            not_begun(act, asked)?;
            change(act, asked)
        }
    }
}

/// What leads to the window of a change, in the order in which it is done.
fn change(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    let progress = asked.life.progress();
    let kind = kind(asked);
    let wanted = kind.and_then(|kind| authority(kind, progress.risk));
    let before = |before: Before, there: bool| if there { Ok(()) } else { Err(Refusal::Before { act, before }) };
    match act {
        Act::GiveOpinion => {
            if kind.is_some_and(|k| k.opinions.is_empty()) {
                return Err(Refusal::Needless { act });
            }
            let colleges = asked.book.contract.changes.colleges.iter();
            let roles: Vec<RoleId> = colleges.flat_map(|c| c.roles.iter().cloned()).collect();
            one_of(act, asked, &roles)
        }
        Act::Table | Act::Vote | Act::Decide => {
            let Some(wanted) = wanted else {
                let lacks = vec![if kind.is_none() { Lack::Kind } else { Lack::Risk }];
                return Err(Refusal::Lacks { act, lacks });
            };
            let board = wanted.committee().is_some();
            if wanted == Authority::PreAuthorised || (act != Act::Decide && !board) {
                return Err(Refusal::Needless { act });
            }
            // Its board authorises in the customer's name.
            if act == Act::Decide && board && asked.doer.party != Party::Customer {
                return Err(Refusal::Side { act, owner: Party::Customer });
            }
            before(Before::Agenda, act == Act::Table || !board || !progress.sessions.is_empty())?;
            let granted = progress.decision.as_ref().is_some_and(|d| d.granted);
            if granted { Err(Refusal::Already { act }) } else { Ok(()) }
        }
        Act::Plan | Act::Begin => {
            let lacks = lacks_of(asked.book, progress);
            if !lacks.is_empty() {
                return Err(Refusal::Lacks { act, lacks });
            }
            before(Before::Plan, act == Act::Plan || progress.planned.is_some())
        }
        // Assess: until it has begun, at any time.
        _ => Ok(()),
    }
}

/// Whether what a step says holds, beside [`super::check`] of its act. `sitting` is the session that it
/// names, when there is one; `actor` the account that takes it.
///
/// # Errors
/// Why not.
pub fn check_step(
    step: &Step,
    asked: &Asked<'_>,
    sitting: Option<&Sitting>,
    actor: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let contract = &asked.book.contract;
    let progress = asked.life.progress();
    let known = |what: &'static str, there: bool| if there { Ok(()) } else { Err(Refusal::Unknown { what }) };
    match step {
        Step::Assessed { kind, risk, urgent_criteria } => {
            known("kind", kind.as_ref().is_none_or(|k| contract.change_type(k).is_some()))?;
            let criteria = &contract.changes.urgent_criteria;
            known("urgent_criteria", urgent_criteria.iter().all(|u| criteria.iter().any(|c| c.id == *u)))?;
            known("kind", kind.is_some() || risk.is_some() || !urgent_criteria.is_empty())
        }
        Step::SectionWritten { section } => {
            let mut sections = contract.changes.sections.iter();
            known("section", sections.any(|s| s.class == asked.class && s.id == *section))
        }
        Step::OpinionGiven { college, .. } => {
            let found = contract.changes.colleges.iter().find(|c| c.id == *college);
            let asked_for = kind(asked).is_none_or(|k| k.opinions.contains(college));
            let found = found.filter(|_| asked_for).ok_or(Refusal::Unknown { what: "college" })?;
            one_of(Act::GiveOpinion, asked, &found.roles)
        }
        Step::Tabled { session } => {
            let act = Act::Table;
            let sitting = open_session(act, sitting)?;
            known("session", wanted(asked).is_some_and(|wanted| sitting.speaks_for(wanted)))?;
            if progress.sessions.contains(session) { Err(Refusal::Already { act }) } else { Ok(()) }
        }
        Step::Voted { session, voter, .. } => {
            let act = Act::Vote;
            let sitting = on_agenda(act, progress, session, sitting)?;
            if voter != actor || !sitting.attends(voter) {
                return Err(Refusal::Before { act, before: Before::Attendance });
            }
            let decided = progress.decision.as_ref().is_some_and(|d| d.session.as_ref() == Some(session));
            if decided || progress.has_voted(session, voter) { Err(Refusal::Already { act }) } else { Ok(()) }
        }
        Step::Decided { authority, session, .. } => {
            let act = Act::Decide;
            known("authority", wanted(asked) == Some(*authority))?;
            let Some(session) = session else { return known("session", authority.committee().is_none()) };
            let sitting = on_agenda(act, progress, session, sitting)?;
            known("session", sitting.speaks_for(*authority))?;
            let voted = progress.ballots.iter().any(|b| b.session == *session);
            if voted { Ok(()) } else { Err(Refusal::Before { act, before: Before::Vote }) }
        }
        Step::Planned { begins, ends } => {
            if begins >= ends {
                return Err(Refusal::Window);
            }
            match notice(asked, now).filter(|earliest| begins < earliest) {
                Some(earliest) => Err(Refusal::Notice { earliest }),
                None => Ok(()),
            }
        }
        Step::StageReached { stage } => {
            known("stage", contract.changes.stages.iter().any(|s| s.id == *stage))?;
            let act = Act::ReachStage;
            if progress.stages.contains(stage) { Err(Refusal::Already { act }) } else { Ok(()) }
        }
        Step::Handed { third, reference } => {
            known("third", third_party(asked.book, third).is_some())?;
            let same = |errand: &Errand| reference.is_none() || errand.reference == *reference;
            let again = progress.errand(third).is_some_and(same);
            if again { Err(Refusal::Already { act: Act::Hand }) } else { Ok(()) }
        }
        Step::ThirdAnswered { third, .. } => with_errand(Act::HearThird, progress, third),
        Step::ThirdSolved { third } => with_errand(Act::ThirdSolves, progress, third),
        Step::Reminded { third } => with_errand(Act::Remind, progress, third),
        // A session is no case.
        Step::Called { .. } | Step::Attended { .. } => Err(Refusal::Unknown { what: "act" }),
        Step::Linked { .. }
        | Step::Approved
        | Step::ApprovalRefused
        | Step::StudyValidated
        | Step::StudyRefused
        | Step::Begun
        | Step::BackedOut
        | Step::Reviewed => Ok(()),
    }
}

/// A request is approved before it is fulfilled, and a change begun before it is done.
pub(super) fn before_restoring(asked: &Asked<'_>) -> Result<(), Refusal> {
    let progress = asked.life.progress();
    let before = match asked.class {
        Class::Request if awaits_approval(asked) => Before::Approval,
        Class::Change if progress.begun.is_none() => Before::Begin,
        _ => return Ok(()),
    };
    Err(Refusal::Before { act: Act::Restore, before })
}

/// A problem is closed when its stages are reached, a change when it was looked back upon.
pub(super) fn before_closing(asked: &Asked<'_>) -> Result<(), Refusal> {
    let progress = asked.life.progress();
    match asked.class {
        Class::Problem => {
            let open: Vec<_> = open_stages(asked.book, &progress.stages).map(|s| s.id.clone()).collect();
            if open.is_empty() { Ok(()) } else { Err(Refusal::Stages { stages: open }) }
        }
        Class::Change if kind(asked).is_some_and(|k| k.review) && progress.reviewed.is_none() => {
            Err(Refusal::Before { act: Act::Close, before: Before::Review })
        }
        _ => Ok(()),
    }
}

/// Whether a request waits for somebody's approval, or was refused it.
#[must_use]
fn awaits_approval(asked: &Asked<'_>) -> bool {
    let needed = item(asked).is_some_and(|i| i.approval.is_some());
    needed && !asked.life.progress().approval.is_some_and(|(_, approved)| approved)
}

fn item<'a>(asked: &Asked<'a>) -> Option<&'a CatalogueItem> {
    asked.book.contract.catalogue.item(asked.life.classification()?.item.as_ref()?)
}

fn kind<'a>(asked: &Asked<'a>) -> Option<&'a ChangeType> {
    asked.book.contract.change_type(asked.life.progress().kind.as_ref()?)
}

fn wanted(asked: &Asked<'_>) -> Option<Authority> {
    authority(kind(asked)?, asked.life.progress().risk)
}

/// The earliest beginning that the notice period allows; none when the contract gives no value.
fn notice(asked: &Asked<'_>, now: Timestamp) -> Option<Timestamp> {
    let service = asked.life.classification().and_then(|c| c.service.as_ref());
    let clock = asked.book.contract.clocks.clocks.iter().find(|c| c.class == Class::Change)?;
    let CalendarSource::Fixed(calendar) = &clock.calendar else { return None };
    let calendar = asked.book.calendar(calendar)?;
    earliest_start(asked.book, kind(asked)?, service, now, calendar).ok().flatten()
}

fn of_class(act: Act, asked: &Asked<'_>, classes: &[Class]) -> Result<(), Refusal> {
    let class = asked.class;
    if classes.contains(&class) { Ok(()) } else { Err(Refusal::Class { act, class }) }
}

fn in_work(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    let phase = Phase::of(asked.life);
    let works = matches!(phase, Phase::New | Phase::InProgress | Phase::Paused);
    if works { Ok(()) } else { Err(Refusal::Phase { act, phase }) }
}

fn is_open(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    let phase = Phase::of(asked.life);
    if phase.is_open() { Ok(()) } else { Err(Refusal::Phase { act, phase }) }
}

/// What a change is, whether it may be done and when is settled before it begins.
fn not_begun(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    in_work(act, asked)?;
    if asked.life.progress().begun.is_some() { Err(Refusal::Already { act: Act::Begin }) } else { Ok(()) }
}

fn one_of(act: Act, asked: &Asked<'_>, roles: &[RoleId]) -> Result<(), Refusal> {
    let is = asked.doer.role.is_some_and(|role| roles.contains(role));
    if is { Ok(()) } else { Err(Refusal::Role { act, roles: roles.to_vec() }) }
}

/// A study is validated as a whole.
fn whole_study(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    if act != Act::ValidateStudy {
        return Ok(());
    }
    let written = &asked.life.progress().sections;
    let sections = asked.book.contract.changes.sections.iter().filter(|s| s.class == asked.class);
    let missing = sections.filter(|s| !written.contains(&s.id));
    let lacks: Vec<Lack> = missing.map(|s| Lack::Section(s.id.clone())).collect();
    if lacks.is_empty() { Ok(()) } else { Err(Refusal::Lacks { act, lacks }) }
}

fn with_errand(act: Act, progress: &Progress, third: &TeamId) -> Result<(), Refusal> {
    let there = progress.errand(third).is_some();
    if there { Ok(()) } else { Err(Refusal::Before { act, before: Before::Third }) }
}

fn open_session(act: Act, sitting: Option<&Sitting>) -> Result<&Sitting, Refusal> {
    sitting.filter(|s| s.held.is_none()).ok_or(Refusal::Before { act, before: Before::Session })
}

fn on_agenda<'s>(
    act: Act,
    progress: &Progress,
    session: &String,
    sitting: Option<&'s Sitting>,
) -> Result<&'s Sitting, Refusal> {
    let sitting = open_session(act, sitting)?;
    let tabled = progress.sessions.contains(session);
    if tabled { Ok(sitting) } else { Err(Refusal::Before { act, before: Before::Agenda }) }
}

#[cfg(test)]
mod tests;
