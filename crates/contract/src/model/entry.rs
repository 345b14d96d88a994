//! What the entries of the journal are called, as far as a contract refers to them.
//!
//! A kind is a class and a verb (`incident.restored`). Both lists stand here alone: the checks refuse a
//! pattern on any other kind, and `vigie-rules` reads exactly these as facts. What an entry means and
//! what its body holds is for `vigie-rules` to say, never for the contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants have a name in entry kinds, in one table.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $enum:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        pub enum $enum { $($(#[$doc])* $variant,)* }

        impl $enum {
            /// All of them.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Its name in entry kinds (`incident.restored`).
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

named! {
/// A class of things that have a life and therefore a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Something broke.
    Incident = "incident",
    /// Something of the catalogue is asked for.
    Request = "request",
    /// The cause of incidents.
    Problem = "problem",
    /// A modification of the estate.
    Change = "change",
    /// A committee's sitting.
    Committee = "committee",
    /// An action agreed in a committee.
    Action = "action",
    /// A breach of the requirements, confirmed by a committee.
    Finding = "finding",
    /// An order to the provider.
    Order = "order",
    /// An element of knowledge to be put in the documents.
    Document = "document",
    /// A deliverable of a transition step.
    Deliverable = "deliverable",
    /// One occurrence of a recurring obligation.
    Occurrence = "occurrence",
}
}

impl Class {
    /// Those that are cases: what people open, work and close, and what clocks run on.
    pub const CASES: [Self; 4] = [Self::Incident, Self::Request, Self::Problem, Self::Change];

    /// Whether it is a case.
    #[must_use]
    pub fn is_case(self) -> bool {
        Self::CASES.contains(&self)
    }
}

named! {
/// What can happen to a subject, of those things that a rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// A source knew of it: a candidate start.
    Identified = "identified",
    /// Its urgency, impact, priority, service or site were given.
    Classified = "classified",
    /// A state, as an outside log gives it.
    Observed = "observed",
    /// An outside log alone knows it; this is how it is known and nothing that happened to it.
    LogOnly = "log_only",
    /// A resolution group took it in.
    TakenIn = "taken_in",
    /// An owner was named.
    OwnerNamed = "owner_named",
    /// Work on it stopped, for a reason.
    Paused = "paused",
    /// The customer accepted the pause.
    PauseAccepted = "pause_accepted",
    /// The customer refused the pause.
    PauseRefused = "pause_refused",
    /// Work on it went on.
    Resumed = "resumed",
    /// It was restored, fulfilled, completed or resolved.
    Restored = "restored",
    /// The customer refused the restoration.
    RestorationRefused = "restoration_refused",
    /// The customer validated the restoration.
    RestorationValidated = "restoration_validated",
    /// It was closed.
    Closed = "closed",
    /// It was opened again.
    Reopened = "reopened",
    /// It is void.
    Cancelled = "cancelled",
    /// Somebody was told of it.
    Informed = "informed",
    /// It was declared major.
    DeclaredMajor = "declared_major",
    /// It is major no more.
    MajorLifted = "major_lifted",
    /// A document was handed over.
    Delivered = "delivered",
    /// Both sides agreed on a date.
    Agreed = "agreed",
    /// A committee sat.
    Held = "held",
    /// A committee confirmed the breach.
    Confirmed = "confirmed",
    /// It was raised: the trigger of an obligation that is nothing else.
    Raised = "raised",
    /// What was due is done.
    Fulfilled = "fulfilled",
    /// An occurrence of a recurring obligation began.
    Opened = "opened",
    /// Another case, or a reference of another system, was linked.
    Linked = "linked",
    /// The customer's ITSM, where the case has a twin, said when what happened.
    Twinned = "twinned",
    /// Whoever must approve the request did.
    Approved = "approved",
    /// Whoever must approve the request refused.
    ApprovalRefused = "approval_refused",
    /// Type, risk or urgency of a change were said.
    Assessed = "assessed",
    /// A section of a study was written, or written anew.
    SectionWritten = "section_written",
    /// The customer validated the study.
    StudyValidated = "study_validated",
    /// The customer refused the study.
    StudyRefused = "study_refused",
    /// A college gave its opinion.
    OpinionGiven = "opinion_given",
    /// A change was put on the agenda of a session.
    Tabled = "tabled",
    /// Somebody voted on a change in a session.
    Voted = "voted",
    /// The authority decided.
    Decided = "decided",
    /// The change has a window.
    Planned = "planned",
    /// Its execution began.
    Begun = "begun",
    /// It was undone.
    BackedOut = "backed_out",
    /// It was looked back upon.
    Reviewed = "reviewed",
    /// A stage of a problem was reached.
    StageReached = "stage_reached",
    /// A session was called.
    Called = "called",
    /// Somebody attends a session.
    Attended = "attended",
    /// A task was added.
    TaskAdded = "task_added",
    /// Who does a task, by when or in which order was said anew.
    TaskChanged = "task_changed",
    /// A task is done.
    TaskDone = "task_done",
    /// A task is not done after all.
    TaskReopened = "task_reopened",
    /// Nobody has to do a task.
    TaskDropped = "task_dropped",
    /// Somebody wants to hear what is new.
    Followed = "followed",
    /// Somebody has heard enough.
    Unfollowed = "unfollowed",
    /// Time was spent, or said anew.
    TimeSpent = "time_spent",
    /// It goes on in another case that is about the same.
    Merged = "merged",
    /// It goes on by itself again.
    Separated = "separated",
    /// Another case goes on in it.
    Absorbed = "absorbed",
    /// Another case goes on in it no longer.
    Released = "released",
    /// A link no longer holds.
    Unlinked = "unlinked",
    /// A third party was asked.
    Handed = "handed",
    /// The third party answered.
    ThirdAnswered = "third_answered",
    /// The third party solved its part.
    ThirdSolved = "third_solved",
    /// The third party was reminded.
    Reminded = "reminded",
}
}

/// Entries of a kind whose body holds these values.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventPattern {
    /// Entry kind, such as `committee.held`.
    pub kind: String,
    /// Values that the body must hold, such as `committee = "copil"`.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
}
