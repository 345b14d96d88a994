//! Which task, which time, which merging may follow.
//!
//! Whoever may not know of a task is answered as if it did not exist. A case goes on in another only if
//! nothing that it owes is lost by that.

use vigie_contract::Class;

use super::{Act, Asked, Phase, Refusal, Unfit};
use crate::{life::Life, work::Work};

/// Minutes that one person can spend on one day.
const DAY_MINUTES: u32 = 24 * 60;

/// The rest of [`super::check`]: the side was looked at.
pub(super) fn check(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    let phase = Phase::of(asked.life);
    let side = asked.doer.party;
    let load = asked.life.workload();
    let needs = |fits: bool| if fits { Ok(()) } else { Err(Refusal::Needless { act }) };
    let in_phase = |fits: bool| if fits { Ok(()) } else { Err(Refusal::Phase { act, phase }) };
    match act {
        Act::AddTask => in_phase(phase.is_open()),
        Act::ChangeTask | Act::FinishTask | Act::DropTask => {
            in_phase(phase.is_open())?;
            needs(load.open_tasks(side).next().is_some())
        }
        Act::ReopenTask => {
            in_phase(phase.is_open())?;
            needs(load.tasks.iter().any(|t| t.is_for(side) && !t.is_open()))
        }
        Act::Merge => {
            in_phase(phase.is_open())?;
            match load.absorbed.first() {
                Some((number, _)) => Err(Refusal::Merge { number: number.clone(), why: Unfit::Holds }),
                None => Ok(()),
            }
        }
        Act::Separate => in_phase(phase == Phase::Merged),
        Act::Unfollow => needs(!load.followers.is_empty()),
        Act::Unlink => needs(!asked.life.progress().links.is_empty()),
        // Time is often written down afterwards, and anybody may want to hear of what is over.
        _ => Ok(()),
    }
}

/// Whether what is done around a case holds, beside [`super::check`] of its act; `actor` is the account that
/// does it.
///
/// # Errors
/// Why not.
pub fn check_work(work: &Work, asked: &Asked<'_>, actor: &str) -> Result<(), Refusal> {
    let load = asked.life.workload();
    let side = asked.doer.party;
    let task = |number: u32, open: bool| {
        let known = load.task(number).is_some_and(|t| t.is_for(side) && t.is_open() == open);
        if known { Ok(()) } else { Err(Refusal::Task(number)) }
    };
    match work {
        Work::TaskAdded { team: Some(team), .. } | Work::TaskChanged { team: Some(team), .. }
            if !asked.book.contract.teams.teams.iter().any(|t| t.id.0 == *team) =>
        {
            Err(Refusal::Unknown { what: "team" })
        }
        Work::TaskChanged { task: number, .. }
        | Work::TaskDone { task: number }
        | Work::TaskDropped { task: number } => task(*number, true),
        Work::TaskReopened { task: number } => task(*number, false),
        Work::Followed { account } | Work::Unfollowed { account } => {
            let act = if matches!(work, Work::Followed { .. }) { Act::Follow } else { Act::Unfollow };
            if account != actor {
                return Err(Refusal::NotOneself);
            }
            let is_so = load.followers.contains(account) == (act == Act::Follow);
            if is_so { Err(Refusal::Already { act }) } else { Ok(()) }
        }
        Work::TimeSpent { minutes, corrects, .. } => {
            let none = *minutes == 0 && corrects.is_none();
            if none || *minutes > DAY_MINUTES {
                return Err(Refusal::Minutes(*minutes));
            }
            let stands = |n: u32| load.spent.iter().any(|s| s.number == n && !s.corrected);
            match corrects {
                Some(n) if !stands(*n) => Err(Refusal::Time(*n)),
                _ => Ok(()),
            }
        }
        Work::Unlinked { system, reference } => {
            let links = &asked.life.progress().links;
            let known = links.iter().any(|l| l.system == *system && l.reference == *reference);
            if known { Ok(()) } else { Err(Refusal::Unknown { what: "reference" }) }
        }
        _ => Ok(()),
    }
}

/// The case in which another is to go on.
#[derive(Clone, Copy, Debug)]
pub struct Other<'a> {
    /// Its number.
    pub number: &'a str,
    /// What it is.
    pub class: Class,
    /// Its life.
    pub life: &'a Life,
}

/// Whether a case of that number may go on in another, beside [`super::check`] of its act.
///
/// # Errors
/// Why not.
pub fn check_merge(own: &str, asked: &Asked<'_>, other: Other<'_>) -> Result<(), Refusal> {
    let priority = |life: &Life| life.classification().and_then(|c| asked.book.priority(c));
    let presses_less = |own| priority(other.life).is_none_or(|theirs| own < theirs);
    let major = |life: &Life| life.declared_major.is_some();
    let outranked = priority(asked.life).is_some_and(presses_less) || (major(asked.life) && !major(other.life));
    let why = if other.number == own {
        Unfit::Same
    } else if other.class != asked.class {
        Unfit::Class
    } else if !Phase::of(other.life).is_open() {
        Unfit::Over
    } else if outranked {
        Unfit::Outranked
    } else {
        return Ok(());
    };
    Err(Refusal::Merge { number: other.number.to_owned(), why })
}

#[cfg(test)]
mod tests;
