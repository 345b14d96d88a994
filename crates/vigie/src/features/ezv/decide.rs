//! What follows: from a ticket of EZV for a case, and from a case for its twin. Touches nothing.

use jiff::Timestamp;
use vigie_contract::PauseReasonId;
use vigie_links::ezv::{Change, Ticket};
use vigie_rules::{
    desk::{Act, Phase},
    fact::State,
};

use super::settings::{Meaning, Push};

/// An act that somebody did in EZV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// What.
    pub act: Act,
    /// When it happened there.
    pub at: Timestamp,
    /// Why, of a suspension.
    pub reason: Option<PauseReasonId>,
}

/// How a case and its ticket stood when the ticket was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The case.
    pub phase: Phase,
    /// Whether somebody took it in.
    pub taken_in: bool,
    /// The ticket when it was last read; none the first time.
    pub before: Option<State>,
    /// The state in which we left the ticket; none when somebody changed it since.
    pub pushed: Option<State>,
    /// When the case was last taken up again: a resolution of before is that of an earlier restoration.
    pub again_at: Option<Timestamp>,
}

/// What somebody did in EZV since the ticket was last read. `read_at` stands for a change that EZV does not date.
///
/// What we did there ourselves is not done again here, nor what the case has come to by itself.
#[must_use]
pub fn done_there(standing: Standing, ticket: &Ticket, meaning: &Meaning, read_at: Timestamp) -> Vec<There> {
    let Standing { phase, taken_in, before, pushed, again_at } = standing;
    if before == Some(meaning.state) || pushed == Some(meaning.state) {
        return Vec::new();
    }
    let changed = ticket.updated_at.unwrap_or(read_at);
    let taken = There { act: Act::TakeIn, at: ticket.taken_in_at.unwrap_or(changed), reason: None };
    let resolved = ticket.resolved_at.filter(|at| again_at.is_none_or(|again| *at >= again));
    let resolved = resolved.or(ticket.closed_at).unwrap_or(changed);
    let one = |act, at| There { act, at, reason: None };
    let pause = || There { act: Act::Pause, at: changed, reason: Some(reason(meaning)) };
    let works = matches!(phase, Phase::New | Phase::InProgress | Phase::Paused);
    let mut acts = Vec::new();
    if works && !taken_in && !matches!(meaning.state, State::New | State::Cancelled) {
        acts.push(taken);
    }
    match (meaning.state, phase) {
        (State::InProgress, Phase::Paused) => acts.push(one(Act::Resume, changed)),
        (State::InProgress, Phase::Restored) => acts.push(one(Act::RefuseRestoration, changed)),
        (State::InProgress, Phase::Closed | Phase::Cancelled) => acts.push(one(Act::Reopen, changed)),
        (State::Pending, Phase::New | Phase::InProgress) => acts.push(pause()),
        (State::Pending, Phase::Restored) => acts.extend([one(Act::RefuseRestoration, changed), pause()]),
        (State::Pending, Phase::Closed | Phase::Cancelled) => acts.extend([one(Act::Reopen, changed), pause()]),
        (State::Resolved, Phase::New | Phase::InProgress | Phase::Paused) => acts.push(one(Act::Restore, resolved)),
        (State::Closed, Phase::New | Phase::InProgress | Phase::Paused) => {
            acts.extend([one(Act::Restore, resolved), one(Act::Close, ticket.closed_at.unwrap_or(changed))]);
        }
        (State::Closed, Phase::Restored) => acts.push(one(Act::Close, ticket.closed_at.unwrap_or(changed))),
        (State::Cancelled, Phase::New | Phase::InProgress | Phase::Paused) => acts.push(one(Act::Cancel, changed)),
        _ => {}
    }
    acts
}

fn reason(meaning: &Meaning) -> PauseReasonId {
    meaning.reason.clone().unwrap_or_else(|| PauseReasonId::from("unspecified"))
}

/// The state of a ticket whose case stands so.
#[must_use]
pub const fn state_of(phase: Phase) -> State {
    match phase {
        Phase::New => State::New,
        Phase::InProgress => State::InProgress,
        Phase::Paused => State::Pending,
        Phase::Restored => State::Resolved,
        Phase::Closed => State::Closed,
        Phase::Cancelled | Phase::Merged => State::Cancelled,
    }
}

/// What is asked of EZV so that a ticket follows its case, and the state in which that leaves it. EZV takes
/// in and cancels by its own workflows only.
#[must_use]
pub fn push(phase: Phase, theirs: Option<State>, settings: &Push) -> Option<(Change, State)> {
    let wanted = state_of(phase);
    let works_there = matches!(theirs, Some(State::New | State::InProgress));
    match wanted {
        State::Pending if settings.suspensions && works_there => Some((Change::Suspend, wanted)),
        State::InProgress if settings.suspensions && theirs == Some(State::Pending) => Some((Change::Restart, wanted)),
        State::Resolved if works_there || theirs == Some(State::Pending) => {
            settings.restored.as_ref().map(|end| (Change::End { status_guid: end.status_guid.clone() }, wanted))
        }
        State::Closed if theirs != Some(State::Closed) && theirs != Some(State::Cancelled) => {
            settings.closed.as_ref().map(|end| (Change::End { status_guid: end.status_guid.clone() }, wanted))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::settings::End, *};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    fn ticket() -> Ticket {
        Ticket {
            number: "I1".to_owned(),
            status: None,
            created_at: Some(at(0)),
            taken_in_at: Some(at(3)),
            resolved_at: Some(at(20)),
            closed_at: Some(at(30)),
            updated_at: Some(at(31)),
            reference: None,
            title: None,
            description: None,
            requester: None,
            mail: None,
            phone: None,
            site: None,
            group: None,
            urgency: None,
            impact: None,
            unread: Vec::new(),
        }
    }

    fn check(phase: Phase, before: Option<State>, pushed: Option<State>, state: State, expected: &[(Act, i64)]) {
        let standing = Standing { phase, taken_in: phase != Phase::New, before, pushed, again_at: None };
        let done = done_there(standing, &ticket(), &Meaning { state, reason: None }, at(99));
        let done: Vec<_> = done.into_iter().map(|d| (d.act, d.at)).collect();
        let expected: Vec<_> = expected.iter().map(|(act, minute)| (*act, at(*minute))).collect();
        assert_eq!(done, expected, "{phase:?} {before:?} {pushed:?} {state:?}");
    }

    #[test]
    fn what_was_done_in_ezv_is_done_here_with_the_times_of_ezv() {
        use State::{Cancelled, Closed, InProgress, New, Pending, Resolved};
        for (phase, state, expected) in [
            (Phase::New, New, vec![]),
            (Phase::New, InProgress, vec![(Act::TakeIn, 3)]),
            (Phase::New, Pending, vec![(Act::TakeIn, 3), (Act::Pause, 31)]),
            (Phase::New, Resolved, vec![(Act::TakeIn, 3), (Act::Restore, 20)]),
            (Phase::New, Closed, vec![(Act::TakeIn, 3), (Act::Restore, 20), (Act::Close, 30)]),
            (Phase::New, Cancelled, vec![(Act::Cancel, 31)]),
            (Phase::InProgress, InProgress, vec![]),
            (Phase::InProgress, Pending, vec![(Act::Pause, 31)]),
            (Phase::Paused, Pending, vec![]),
            (Phase::Paused, InProgress, vec![(Act::Resume, 31)]),
            (Phase::Paused, Resolved, vec![(Act::Restore, 20)]),
            (Phase::Restored, Resolved, vec![]),
            (Phase::Restored, Closed, vec![(Act::Close, 30)]),
            (Phase::Restored, InProgress, vec![(Act::RefuseRestoration, 31)]),
            (Phase::Closed, InProgress, vec![(Act::Reopen, 31)]),
            (Phase::Closed, Closed, vec![]),
            (Phase::Cancelled, Cancelled, vec![]),
        ] {
            check(phase, None, None, state, &expected);
        }
    }

    #[test]
    fn what_did_not_change_there_and_what_we_did_there_ourselves_is_not_done_again() {
        check(Phase::Paused, Some(State::InProgress), None, State::InProgress, &[]);
        check(Phase::InProgress, Some(State::InProgress), Some(State::Pending), State::Pending, &[]);
        check(Phase::InProgress, Some(State::Pending), Some(State::Pending), State::Resolved, &[(Act::Restore, 20)]);
    }

    #[test]
    fn a_resolution_of_before_a_reopening_is_not_that_of_the_next_restoration() {
        for (again, expected) in [(None, 20), (Some(20), 20), (Some(21), 30)] {
            let again_at = again.map(at);
            let standing = Standing { phase: Phase::InProgress, taken_in: true, before: None, pushed: None, again_at };
            let meaning = Meaning { state: State::Closed, reason: None };
            let done = done_there(standing, &ticket(), &meaning, at(99));
            assert_eq!((done[0].act, done[0].at), (Act::Restore, at(expected)), "{again:?}");
        }
    }

    #[test]
    fn a_ticket_follows_its_case_as_far_as_ezv_and_the_settings_allow() {
        let end = |guid: &str| Some(End { status_guid: Some(guid.to_owned()) });
        let all = Push { suspensions: true, restored: end("{5}"), closed: end("{8}") };
        let changed = |phase, theirs, push_: &Push| push(phase, theirs, push_).map(|(change, _)| change);
        let ended = |guid: &str| Some(Change::End { status_guid: Some(guid.to_owned()) });
        for (phase, theirs, expected) in [
            (Phase::New, State::New, None),
            (Phase::InProgress, State::New, None),
            (Phase::InProgress, State::Pending, Some(Change::Restart)),
            (Phase::Paused, State::InProgress, Some(Change::Suspend)),
            (Phase::Paused, State::Pending, None),
            (Phase::Paused, State::Closed, None),
            (Phase::Restored, State::InProgress, ended("{5}")),
            (Phase::Restored, State::Resolved, None),
            (Phase::Closed, State::Resolved, ended("{8}")),
            (Phase::Closed, State::Closed, None),
            (Phase::Cancelled, State::New, None),
        ] {
            assert_eq!(changed(phase, Some(theirs), &all), expected, "{phase:?} {theirs:?}");
            assert_eq!(changed(phase, Some(theirs), &Push::default()), None);
        }
    }
}
