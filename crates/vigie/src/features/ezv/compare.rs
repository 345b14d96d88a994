//! Where EZV and the desk do not say the same, and which of the two counts.

use jiff::{SignedDuration, Timestamp};
use vigie_contract::Source;
use vigie_rules::{
    desk::Phase,
    fact::{History, State},
    life::Life,
    twin,
};

use super::decide::state_of;

/// What EZV, or an export of it, says of a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theirs {
    /// EZV's number.
    pub number: String,
    /// EZV's words.
    pub status: Option<String>,
    /// What they mean.
    pub state: Option<State>,
    /// When it was registered.
    pub created_at: Option<Timestamp>,
    /// When it was taken in.
    pub taken_in_at: Option<Timestamp>,
    /// When it was declared resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Why it could not be taken in.
    pub trouble: Option<String>,
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// A ticket that could not be taken in and was set aside.
    Aside,
    /// A ticket of which no case is known.
    OnlyThere,
    /// A case of which EZV knows nothing.
    OnlyHere,
    /// Two tickets of one case.
    Twice,
    /// How they stand.
    Status,
    /// When it was registered.
    Created,
    /// When it was taken in.
    TakenIn,
    /// When it was restored.
    Resolved,
    /// When it was closed.
    Closed,
    /// EZV said something that could not be read, or was not told something.
    Trouble,
}

/// Which of the two counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// EZV's (3.8).
    Ezv,
    /// The desk's: EZV says nothing.
    Desk,
    /// Neither: somebody has to look.
    Nobody,
}

/// What one side says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Nothing.
    Nothing,
    /// An instant.
    At(Timestamp),
    /// A phase of ours.
    Phase(Phase),
    /// Words.
    Words(String),
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Our number.
    pub case: Option<String>,
    /// EZV's number.
    pub ticket: Option<String>,
    /// What differs.
    pub what: What,
    /// What the desk says.
    pub ours: Says,
    /// What EZV says.
    pub theirs: Says,
    /// Which counts.
    pub binds: Binds,
}

/// Two stamps of the same deed are the same up to this: EZV's exports tell minutes.
pub const SAME: SignedDuration = SignedDuration::from_secs(60);

/// The differences between a case and its ticket, as known at an instant.
#[must_use]
pub fn pair(history: &History, theirs: &Theirs, now: Timestamp) -> Vec<Difference> {
    let own = Life::read(&twin::without(history), now);
    let phase = Phase::of(&own);
    let line = |what, ours, said, binds| Difference {
        case: Some(history.subject.number().to_owned()),
        ticket: Some(theirs.number.clone()),
        what,
        ours,
        theirs: said,
        binds,
    };
    let mut found = Vec::new();
    if let Some(state) = theirs.state.filter(|state| *state != state_of(phase)) {
        let words = theirs.status.clone().unwrap_or_else(|| format!("{state:?}"));
        found.push(line(What::Status, Says::Phase(phase), Says::Words(words), Binds::Ezv));
    }
    let desk = own.candidates.iter().filter(|c| c.source != Source::Ezv).map(|c| c.at).min();
    // A case that the link opened has the stamp of EZV itself: the desk's comes later by nature.
    let from_ezv = own.candidates.iter().any(|c| c.source == Source::Ezv);
    let stamps = [
        (What::Created, desk.filter(|_| !from_ezv), theirs.created_at),
        (What::TakenIn, own.taken_in, theirs.taken_in_at),
        (What::Resolved, own.restored().map(|r| r.at), theirs.resolved_at),
        (What::Closed, own.closed, theirs.closed_at),
    ];
    for (what, ours, said) in stamps {
        match (ours, said) {
            (Some(ours), Some(said)) if ours.duration_since(said).abs() >= SAME => {
                found.push(line(what, Says::At(ours), Says::At(said), Binds::Ezv));
            }
            // A stamp that one side alone has is told by the status, unless the statuses agree.
            (Some(ours), None) if theirs.state == Some(state_of(phase)) && what != What::Created => {
                found.push(line(what, Says::At(ours), Says::Nothing, Binds::Desk));
            }
            _ => {}
        }
    }
    if let Some(trouble) = &theirs.trouble {
        found.push(line(What::Trouble, Says::Nothing, Says::Words(trouble.clone()), Binds::Nobody));
    }
    found
}

/// A ticket of which no case is known, because nobody opened one or because it could not be taken in.
#[must_use]
pub fn only_there(theirs: &Theirs) -> Difference {
    let (what, said, binds) = match &theirs.trouble {
        Some(trouble) => (What::Aside, Some(trouble), Binds::Nobody),
        None => (What::OnlyThere, theirs.status.as_ref(), Binds::Ezv),
    };
    Difference {
        case: None,
        ticket: Some(theirs.number.clone()),
        what,
        ours: Says::Nothing,
        theirs: said.cloned().map_or(Says::Nothing, Says::Words),
        binds,
    }
}

/// A case of which EZV knows nothing.
#[must_use]
pub fn only_here(number: &str) -> Difference {
    Difference {
        case: Some(number.to_owned()),
        ticket: None,
        what: What::OnlyHere,
        ours: Says::Nothing,
        theirs: Says::Nothing,
        binds: Binds::Desk,
    }
}

#[cfg(test)]
mod tests {
    use vigie_contract::Class;
    use vigie_rules::fact::{Event, Fact, Subject};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn case(facts: &[(i64, Fact)]) -> History {
        let events = facts.iter().map(|(s, fact)| Event { at: at(*s), seq: 0, fact: fact.clone() }).collect();
        History { subject: Subject("case/VG-2026-000001".into()), class: Class::Incident, events }
    }

    fn whats(history: &History, theirs: &Theirs) -> Vec<(What, Binds)> {
        pair(history, theirs, at(99_999)).into_iter().map(|d| (d.what, d.binds)).collect()
    }

    fn desk() -> Vec<(i64, Fact)> {
        vec![(0, Fact::Identified { source: Source::Desk, direct: false }), (300, Fact::TakenIn)]
    }

    #[test]
    fn two_stamps_differ_from_a_minute_on() {
        for (seconds, expected) in [
            (359, vec![]),
            (360, vec![(What::TakenIn, Binds::Ezv)]),
            (361, vec![(What::TakenIn, Binds::Ezv)]),
            (241, vec![]),
            (240, vec![(What::TakenIn, Binds::Ezv)]),
        ] {
            let taken_in_at = Some(at(seconds));
            let theirs = Theirs { state: Some(State::InProgress), taken_in_at, ..Theirs::default() };
            assert_eq!(whats(&case(&desk()), &theirs), expected, "{seconds} s");
        }
    }

    #[test]
    fn another_status_is_told_and_a_stamp_that_only_the_desk_has_counts() {
        let theirs = Theirs { state: Some(State::Resolved), ..Theirs::default() };
        assert_eq!(whats(&case(&desk()), &theirs), [(What::Status, Binds::Ezv)]);
        let theirs = Theirs { state: Some(State::InProgress), ..Theirs::default() };
        assert_eq!(whats(&case(&desk()), &theirs), [(What::TakenIn, Binds::Desk)]);
    }

    #[test]
    fn a_case_that_came_from_ezv_does_not_differ_by_the_desks_later_stamp() {
        let mut facts = desk();
        facts.insert(0, (-600, Fact::Identified { source: Source::Ezv, direct: false }));
        let theirs = Theirs { created_at: Some(at(-600)), ..Theirs::default() };
        assert_eq!(whats(&case(&facts), &theirs), []);
        let theirs = Theirs { created_at: Some(at(-600)), ..Theirs::default() };
        assert_eq!(whats(&case(&desk()), &theirs), [(What::Created, Binds::Ezv)]);
    }
}
