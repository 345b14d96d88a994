//! What may be done with a case: one life for pages, mail, API and the customer's ITSM.
//!
//! A case has no stored state. Its [`Phase`] follows from its life, and whether an [`Act`] may follow is
//! asked here and nowhere else, so that no door allows what another refuses. What the steps of requests,
//! changes and problems ask stands in `steps`. MUST NOT look at the contract's clocks: a late act is still
//! an act.

mod act;
mod steps;
mod work;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vigie_contract::{Class, Party, RoleId, StageId};

use crate::{book::Book, change::Lack, life::Life};

pub use act::Act;
pub use steps::check_step;
pub use work::{Other, check_merge, check_work};

/// How a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Recorded; nobody has taken it in.
    New,
    /// Somebody works on it.
    InProgress,
    /// Suspended, whatever the suspension is worth.
    Paused,
    /// Declared restored; the customer has not answered.
    Restored,
    /// Restored, validated and closed.
    Closed,
    /// Void.
    Cancelled,
    /// About the same as another case, which goes on in its place.
    Merged,
}

impl Phase {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 7] =
        [Self::New, Self::InProgress, Self::Paused, Self::Restored, Self::Closed, Self::Cancelled, Self::Merged];

    /// Where a life stands at its end.
    #[must_use]
    pub fn of(life: &Life) -> Self {
        if life.workload().merged.is_some() {
            return Self::Merged;
        }
        if life.cancelled.is_some() {
            return Self::Cancelled;
        }
        if life.restored().is_some() {
            return if life.closed.is_some() { Self::Closed } else { Self::Restored };
        }
        if life.pauses.last().is_some_and(|p| p.to.is_none()) {
            return Self::Paused;
        }
        if life.taken_in.is_some() { Self::InProgress } else { Self::New }
    }

    /// Whether there is still something to do.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Cancelled | Self::Merged)
    }

    /// Its name in addresses, tables and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::Paused => "paused",
            Self::Restored => "restored",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
        }
    }

    /// The phase of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }
}

/// Who does something: the side, and the role in the contract as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doer<'a> {
    /// The side.
    pub party: Party,
    /// The role; absent for a system of that side, which speaks in no role.
    pub role: Option<&'a RoleId>,
}

/// The case on which something is done, and who does it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The contract as the case keeps it.
    pub book: &'a Book,
    /// What the case is.
    pub class: Class,
    /// Its life.
    pub life: &'a Life,
    /// Who does it.
    pub doer: Doer<'a>,
}

/// Something that must come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// The request is approved.
    Approval,
    /// The study has something to read.
    Study,
    /// The change is on the agenda of the session.
    Agenda,
    /// The session was called and is not over.
    Session,
    /// Whoever votes attends the session.
    Attendance,
    /// Somebody voted.
    Vote,
    /// The change has a window.
    Plan,
    /// Its execution began.
    Begin,
    /// It was looked back upon.
    Review,
    /// A third party was asked and has not solved.
    Third,
}

/// Why an act may not follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not in this phase.
    #[error("`{act}` may not follow: the case is {}", phase.name())]
    Phase {
        /// What was tried.
        act: Act,
        /// How the case stands.
        phase: Phase,
    },
    /// The other side's act.
    #[error("`{act}` belongs to the other side")]
    Side {
        /// What was tried.
        act: Act,
        /// Whose it is.
        owner: Party,
    },
    /// Nothing of the kind on this class of case.
    #[error("`{act}` has no meaning on a {}", class.name())]
    Class {
        /// What was tried.
        act: Act,
        /// On what.
        class: Class,
    },
    /// It is so already.
    #[error("`{act}` was done already")]
    Already {
        /// What was tried.
        act: Act,
    },
    /// There is no suspension to answer.
    #[error("there is no suspension that waits for an answer")]
    NoPause,
    /// The provider closes only what the customer validated: closing validates (3.7.1.2, note 3).
    #[error("the customer has not validated the restoration; the provider may not close in its place")]
    NotValidated,
    /// Another role's act.
    #[error("`{act}` is for another role")]
    Role {
        /// What was tried.
        act: Act,
        /// Whose it is.
        roles: Vec<RoleId>,
    },
    /// The contract does not ask for it on this case.
    #[error("the contract asks for no `{act}` here")]
    Needless {
        /// What was tried.
        act: Act,
    },
    /// The contract knows no such thing.
    #[error("the contract knows no such `{what}`")]
    Unknown {
        /// Of what kind: the member of the body.
        what: &'static str,
    },
    /// Something comes first.
    #[error("`{act}` comes after something else: {before:?}")]
    Before {
        /// What was tried.
        act: Act,
        /// What comes first.
        before: Before,
    },
    /// A change that lacks something is not planned (3.7.3.2).
    #[error("the change lacks {} thing(s) before `{act}`", lacks.len())]
    Lacks {
        /// What was tried.
        act: Act,
        /// What it lacks.
        lacks: Vec<Lack>,
    },
    /// A problem is not closed before its stages are reached (3.7.3.1).
    #[error("the problem has {} stage(s) to reach before it is closed", stages.len())]
    Stages {
        /// Those that are not.
        stages: Vec<StageId>,
    },
    /// People are told in time (3.7.3.2).
    #[error("the notice period allows it from {earliest} on")]
    Notice {
        /// The earliest beginning.
        earliest: Timestamp,
    },
    /// A window ends after it begins.
    #[error("the window ends before it begins")]
    Window,
    /// There is no such task, or it is the other side's.
    #[error("there is no task {0}")]
    Task(u32),
    /// Nobody follows in another's name.
    #[error("only one's own account follows a case")]
    NotOneself,
    /// Minutes of one saying: 1 to a day; none only to take back what it corrects.
    #[error("{0} minutes are not the time that one person spent on one day")]
    Minutes(u32),
    /// There is no such time to correct.
    #[error("there is no time {0} that is not corrected already")]
    Time(u32),
    /// A case cannot be merged into that one.
    #[error("it cannot be merged into {number}: {why:?}")]
    Merge {
        /// The other.
        number: String,
        /// Why.
        why: Unfit,
    },
    /// A note names somebody who may not read it.
    #[error("{account} may not read it")]
    Mention {
        /// The account.
        account: String,
        /// It is of the other side, and the note is internal; else it may read no cases.
        other_side: bool,
    },
}

/// Why one case cannot go on in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is the same.
    Same,
    /// It is of another class.
    Class,
    /// It is over, void, or merged itself.
    Over,
    /// It presses less: what the first owed would be owed no longer.
    Outranked,
    /// Cases that go on in the first would be counted in neither.
    Holds,
}

/// Whether an act may follow. What it says in particular is for [`check_step`].
///
/// # Errors
/// Why not.
pub fn check(act: Act, asked: &Asked<'_>) -> Result<(), Refusal> {
    let Asked { class, life, doer: Doer { party, .. }, .. } = *asked;
    let phase = Phase::of(life);
    if let Some(owner) = act.side()
        && owner != party
    {
        return Err(Refusal::Side { act, owner });
    }
    let in_phase = |fits: bool| if fits { Ok(()) } else { Err(Refusal::Phase { act, phase }) };
    let works = matches!(phase, Phase::New | Phase::InProgress | Phase::Paused);
    let major = || if class == Class::Incident { Ok(()) } else { Err(Refusal::Class { act, class }) };
    match act {
        Act::TakeIn if life.taken_in.is_some() && works => Err(Refusal::Already { act }),
        Act::TakeIn | Act::Cancel => in_phase(works),
        Act::Restore => {
            in_phase(works)?;
            steps::before_restoring(asked)
        }
        Act::Pause => in_phase(phase == Phase::InProgress),
        Act::Resume => in_phase(phase == Phase::Paused),
        Act::AcceptPause | Act::RefusePause => match life.pauses.last() {
            Some(pause) if pause.accepted.is_none() => in_phase(phase.is_open()),
            _ => Err(Refusal::NoPause),
        },
        Act::ValidateRestoration | Act::RefuseRestoration => {
            in_phase(phase == Phase::Restored)?;
            let answered = life.restored().is_some_and(|r| r.validated_at.is_some());
            if answered { Err(Refusal::Already { act }) } else { Ok(()) }
        }
        Act::Close => {
            in_phase(phase == Phase::Restored)?;
            steps::before_closing(asked)?;
            let validated = life.restored().is_some_and(|r| r.validated_at.is_some());
            if validated || party == Party::Customer { Ok(()) } else { Err(Refusal::NotValidated) }
        }
        Act::Reopen => in_phase(matches!(phase, Phase::Closed | Phase::Cancelled)),
        Act::Classify | Act::Assign | Act::NameOwner => in_phase(phase.is_open()),
        Act::DeclareMajor => {
            major()?;
            in_phase(works)?;
            if life.declared_major.is_some() { Err(Refusal::Already { act }) } else { Ok(()) }
        }
        Act::LiftMajor => {
            major()?;
            in_phase(life.declared_major.is_some())
        }
        Act::Inform => {
            major()?;
            in_phase(phase.is_open())
        }
        Act::Note | Act::Link => Ok(()),
        act if act.is_aside() || matches!(act, Act::Merge | Act::Separate | Act::Unlink) => work::check(act, asked),
        _ => steps::check(act, asked),
    }
}

/// Everything that may follow, for the buttons of a page.
#[must_use]
pub fn offered(asked: &Asked<'_>) -> Vec<Act> {
    Act::ALL.into_iter().filter(|act| check(*act, asked).is_ok()).collect()
}

#[cfg(test)]
mod tests;
