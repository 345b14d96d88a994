//! What may be done to a case, by name: the verb of each act, whose it is, and whether it must be explained.

use std::fmt;

use serde::{Deserialize, Serialize};
use vigie_contract::Party;

/// What a person or a link does to a case; the verb of the entry's kind (`incident.taken_in`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Takes it in for a resolution group: stops the take-in clock.
    TakeIn,
    /// Gives it to a group, or to somebody of a group.
    Assign,
    /// Says urgency, impact, service, site or subject, or overrides the priority.
    Classify,
    /// Writes on the time line.
    Note,
    /// Claims a suspension.
    Pause,
    /// Accepts the suspension in course or the last one.
    AcceptPause,
    /// Refuses it.
    RefusePause,
    /// Ends a suspension.
    Resume,
    /// Declares the service restored, the request fulfilled.
    Restore,
    /// Refuses the restoration.
    RefuseRestoration,
    /// Validates it.
    ValidateRestoration,
    /// Closes.
    Close,
    /// Opens again.
    Reopen,
    /// Declares it void.
    Cancel,
    /// Declares a major incident.
    DeclareMajor,
    /// Says that it is one no longer.
    LiftMajor,
    /// Says that somebody was told.
    Inform,
    /// Names who answers for it.
    NameOwner,
    /// Links another case, or a reference of another system.
    Link,
    /// Approves a request.
    Approve,
    /// Refuses to approve it.
    RefuseApproval,
    /// Says type, risk and urgency of a change.
    Assess,
    /// Writes a section of a study.
    WriteSection,
    /// Validates the study.
    ValidateStudy,
    /// Refuses the study.
    RefuseStudy,
    /// Gives the opinion of a college.
    GiveOpinion,
    /// Puts a change on the agenda of a session.
    Table,
    /// Votes on it.
    Vote,
    /// Decides on it.
    Decide,
    /// Gives it a window.
    Plan,
    /// Begins its execution.
    Begin,
    /// Undoes it.
    BackOut,
    /// Looks back upon it.
    Review,
    /// Reaches a stage of a problem.
    ReachStage,
    /// Says by when both sides want it done.
    Agree,
    /// Hands a document over.
    Deliver,
    /// Asks a third party.
    Hand,
    /// Says that the third party answered.
    HearThird,
    /// Reminds the third party.
    Remind,
    /// Says that the third party solved its part.
    ThirdSolves,
    /// Adds a task.
    AddTask,
    /// Says anew who does a task, by when, or in which order.
    ChangeTask,
    /// Says that a task is done.
    FinishTask,
    /// Takes a task up again.
    ReopenTask,
    /// Says that nobody has to do a task.
    DropTask,
    /// Wants to hear what is new.
    Follow,
    /// Has heard enough.
    Unfollow,
    /// Says how much time was spent.
    SpendTime,
    /// Lets it go on in another case that is about the same.
    Merge,
    /// Lets it go on by itself again.
    Separate,
    /// Takes a link away.
    Unlink,
}

impl Act {
    /// All of them, in the order in which a page offers them.
    pub const ALL: [Self; 51] = [
        Self::TakeIn,
        Self::Restore,
        Self::Pause,
        Self::Resume,
        Self::AcceptPause,
        Self::RefusePause,
        Self::ValidateRestoration,
        Self::RefuseRestoration,
        Self::Close,
        Self::Reopen,
        Self::Cancel,
        Self::Assign,
        Self::Classify,
        Self::Note,
        Self::DeclareMajor,
        Self::LiftMajor,
        Self::Inform,
        Self::NameOwner,
        Self::Approve,
        Self::RefuseApproval,
        Self::Assess,
        Self::WriteSection,
        Self::ValidateStudy,
        Self::RefuseStudy,
        Self::GiveOpinion,
        Self::Table,
        Self::Vote,
        Self::Decide,
        Self::Plan,
        Self::Begin,
        Self::BackOut,
        Self::Review,
        Self::ReachStage,
        Self::Agree,
        Self::Deliver,
        Self::Hand,
        Self::HearThird,
        Self::Remind,
        Self::ThirdSolves,
        Self::Link,
        Self::Unlink,
        Self::Merge,
        Self::Separate,
        Self::AddTask,
        Self::ChangeTask,
        Self::FinishTask,
        Self::ReopenTask,
        Self::DropTask,
        Self::SpendTime,
        Self::Follow,
        Self::Unfollow,
    ];

    /// The verb of its entry.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::TakeIn => "taken_in",
            Self::Assign => "assigned",
            Self::Classify => "classified",
            Self::Note => "noted",
            Self::Pause => "paused",
            Self::AcceptPause => "pause_accepted",
            Self::RefusePause => "pause_refused",
            Self::Resume => "resumed",
            Self::Restore => "restored",
            Self::RefuseRestoration => "restoration_refused",
            Self::ValidateRestoration => "restoration_validated",
            Self::Close => "closed",
            Self::Reopen => "reopened",
            Self::Cancel => "cancelled",
            Self::DeclareMajor => "declared_major",
            Self::LiftMajor => "major_lifted",
            Self::Inform => "informed",
            Self::NameOwner => "owner_named",
            Self::Link => "linked",
            Self::Approve => "approved",
            Self::RefuseApproval => "approval_refused",
            Self::Assess => "assessed",
            Self::WriteSection => "section_written",
            Self::ValidateStudy => "study_validated",
            Self::RefuseStudy => "study_refused",
            Self::GiveOpinion => "opinion_given",
            Self::Table => "tabled",
            Self::Vote => "voted",
            Self::Decide => "decided",
            Self::Plan => "planned",
            Self::Begin => "begun",
            Self::BackOut => "backed_out",
            Self::Review => "reviewed",
            Self::ReachStage => "stage_reached",
            Self::Agree => "agreed",
            Self::Deliver => "delivered",
            Self::Hand => "handed",
            Self::HearThird => "third_answered",
            Self::Remind => "reminded",
            Self::ThirdSolves => "third_solved",
            Self::AddTask => "task_added",
            Self::ChangeTask => "task_changed",
            Self::FinishTask => "task_done",
            Self::ReopenTask => "task_reopened",
            Self::DropTask => "task_dropped",
            Self::Follow => "followed",
            Self::Unfollow => "unfollowed",
            Self::SpendTime => "time_spent",
            Self::Merge => "merged",
            Self::Separate => "separated",
            Self::Unlink => "unlinked",
        }
    }

    /// The act of that verb.
    #[must_use]
    pub fn from_verb(verb: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.verb() == verb)
    }

    /// Whose act it is; none when either side may do it.
    ///
    /// The provider works, the customer answers: only the customer accepts a suspension (AMB-43) and
    /// validates or refuses a restoration (3.7.1.2, note 3).
    #[must_use]
    pub const fn side(self) -> Option<Party> {
        match self {
            Self::TakeIn
            | Self::Assign
            | Self::Pause
            | Self::Resume
            | Self::Restore
            | Self::LiftMajor
            | Self::Inform
            | Self::NameOwner
            | Self::WriteSection
            | Self::Begin
            | Self::BackOut
            | Self::ReachStage
            | Self::Deliver
            | Self::Hand
            | Self::HearThird
            | Self::Remind
            | Self::ThirdSolves
            | Self::SpendTime => Some(Party::Provider),
            Self::AcceptPause
            | Self::RefusePause
            | Self::ValidateRestoration
            | Self::RefuseRestoration
            | Self::ValidateStudy
            | Self::RefuseStudy => Some(Party::Customer),
            Self::Classify
            | Self::Note
            | Self::Close
            | Self::Reopen
            | Self::Cancel
            | Self::DeclareMajor
            | Self::Link
            | Self::Approve
            | Self::RefuseApproval
            | Self::Assess
            | Self::GiveOpinion
            | Self::Table
            | Self::Vote
            | Self::Decide
            | Self::Plan
            | Self::Review
            | Self::Agree
            | Self::AddTask
            | Self::ChangeTask
            | Self::FinishTask
            | Self::ReopenTask
            | Self::DropTask
            | Self::Follow
            | Self::Unfollow
            | Self::Merge
            | Self::Separate
            | Self::Unlink => None,
        }
    }

    /// Whether people must say why in words: it is held against somebody, or it ends something.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        matches!(
            self,
            Self::Note
                | Self::Pause
                | Self::RefusePause
                | Self::Restore
                | Self::RefuseRestoration
                | Self::Reopen
                | Self::Cancel
                | Self::DeclareMajor
                | Self::LiftMajor
                | Self::Inform
                | Self::RefuseApproval
                | Self::WriteSection
                | Self::RefuseStudy
                | Self::BackOut
                | Self::Review
                | Self::ReachStage
                | Self::AddTask
                | Self::Merge
                | Self::Separate
        )
    }
}

impl Act {
    /// Whether it is done around a case and tells nothing of how the case itself goes on.
    #[must_use]
    pub const fn is_aside(self) -> bool {
        matches!(
            self,
            Self::AddTask
                | Self::ChangeTask
                | Self::FinishTask
                | Self::ReopenTask
                | Self::DropTask
                | Self::Follow
                | Self::Unfollow
                | Self::SpendTime
        )
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())
    }
}
