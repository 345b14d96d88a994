//! A session of the boards that authorise changes: who called it, who attends, whether it is over.
//!
//! What is on its agenda and what was voted stands on the changes themselves, so that a change's history
//! is whole without the session's.

use jiff::Timestamp;
use vigie_contract::{Authority, CommitteeId};

use crate::{
    fact::{Fact, History},
    step::Step,
};

/// Somebody who attends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// Who, by account.
    pub account: String,
    /// In whose place, when they are a delegate.
    pub instead_of: Option<String>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// Its number, such as `cab-2026-11-26`.
    pub number: String,
    /// Of which committee.
    pub committee: CommitteeId,
    /// When it begins.
    pub begins: Timestamp,
    /// Who attends, in the order in which they were written down.
    pub attendees: Vec<Attendee>,
    /// When it was over: nobody votes or decides after that.
    pub held: Option<Timestamp>,
}

impl Sitting {
    /// Reads the history of a session; none when it was never called, as those of other committees.
    #[must_use]
    pub fn read(history: &History) -> Option<Self> {
        let mut sitting: Option<Self> = None;
        for event in &history.events {
            match (&event.fact, &mut sitting) {
                (Fact::Step(step), sitting) => match (&**step, sitting) {
                    (Step::Called { committee, begins }, sitting) => match sitting {
                        // Called anew: at another hour.
                        Some(called) => called.begins = *begins,
                        None => {
                            *sitting = Some(Self {
                                number: history.subject.number().to_owned(),
                                committee: committee.clone(),
                                begins: *begins,
                                attendees: Vec::new(),
                                held: None,
                            });
                        }
                    },
                    (Step::Attended { account, instead_of }, Some(called)) if !called.attends(account) => {
                        called.attendees.push(Attendee { account: account.clone(), instead_of: instead_of.clone() });
                    }
                    _ => {}
                },
                (Fact::Held { .. }, Some(called)) => _ = called.held.get_or_insert(event.at),
                _ => {}
            }
        }
        sitting
    }

    /// Whether somebody attends.
    #[must_use]
    pub fn attends(&self, account: &str) -> bool {
        self.attendees.iter().any(|a| a.account == account)
    }

    /// Whether it decides in the name of that authority.
    #[must_use]
    pub fn speaks_for(&self, authority: Authority) -> bool {
        authority.committee() == Some(self.committee.0.as_str())
    }
}

/// Why something may not be done to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The committee authorises no change.
    #[error("this committee authorises no changes")]
    Committee,
    /// It is over.
    #[error("the session is over")]
    Over,
    /// They attend already.
    #[error("this account attends the session already")]
    Attends,
    /// Nobody attended it.
    #[error("nobody attends the session")]
    Nobody,
    /// Nobody called it.
    #[error("no such session was called")]
    Unknown,
}

/// Whether sessions of a committee are called to authorise changes.
///
/// # Errors
/// [`Refused::Committee`].
pub fn may_call(committee: &CommitteeId) -> Result<(), Refused> {
    let boards = [Authority::Cab, Authority::Ecab].map(Authority::committee);
    if boards.contains(&Some(committee.0.as_str())) { Ok(()) } else { Err(Refused::Committee) }
}

impl Sitting {
    /// Whether somebody may be written down as attending.
    ///
    /// # Errors
    /// Why not.
    pub fn may_attend(&self, account: &str) -> Result<(), Refused> {
        match self.held {
            Some(_) => Err(Refused::Over),
            None if self.attends(account) => Err(Refused::Attends),
            None => Ok(()),
        }
    }

    /// Whether it may be said to be over.
    ///
    /// # Errors
    /// Why not.
    pub fn may_end(&self) -> Result<(), Refused> {
        match self.held {
            Some(_) => Err(Refused::Over),
            None if self.attendees.is_empty() => Err(Refused::Nobody),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use vigie_contract::Class;

    use super::*;
    use crate::fixture::{at, history};

    fn sitting(facts: &[(&str, Fact)]) -> Option<Sitting> {
        Sitting::read(&history("committee/cab-2026-03-12", Class::Committee, facts))
    }

    fn step(step: Step) -> Fact {
        Fact::Step(Box::new(step))
    }

    #[test]
    fn a_session_is_called_attended_and_over_and_one_that_was_never_called_is_none() {
        let called = step(Step::Called { committee: "cab".into(), begins: at("2026-03-12T14:00") });
        let came = |who: &str| step(Step::Attended { account: who.into(), instead_of: None });
        let held = Fact::Held { committee: "cab".into() };
        assert_eq!(sitting(&[("2026-03-12T15:00", held.clone())]), None);
        let empty = sitting(&[("2026-03-01T10:00", called.clone())]).unwrap();
        assert_eq!(empty.may_end(), Err(Refused::Nobody));
        let open = sitting(&[("2026-03-01T10:00", called.clone()), ("2026-03-12T14:00", came("a"))]).unwrap();
        assert_eq!((open.may_attend("a"), open.may_attend("b")), (Err(Refused::Attends), Ok(())));
        assert_eq!((open.may_end(), open.speaks_for(Authority::Cab)), (Ok(()), true));
        let facts = [("2026-03-01T10:00", called), ("2026-03-12T14:00", came("a")), ("2026-03-12T15:00", held)];
        let over = sitting(&facts).unwrap();
        assert_eq!((over.may_attend("b"), over.may_end()), (Err(Refused::Over), Err(Refused::Over)));
        assert_eq!((may_call(&"ecab".into()), may_call(&"copil".into())), (Ok(()), Err(Refused::Committee)));
    }
}
