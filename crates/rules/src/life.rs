//! The life of one subject, read from its history: what every rule asks before it decides.
//!
//! Reading a life needs no contract: it only puts in order what was said. Two kinds of source meet
//! here, acts (`incident.restored`) and states of an outside log (`incident.observed`). Where a
//! history has an act, the act speaks and the states do not contradict it. Of a case that stands in EZV
//! too, EZV's times count (3.8): [`crate::twin`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vigie_contract::{Class, CommitteeId, PauseReasonId, Source};

use crate::{
    fact::{Audience, Classification, Document, Fact, History, State, Twin},
    step::Progress,
    twin,
    work::{Work, Workload},
};

/// A candidate start of the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which source identified it.
    pub source: Source,
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
    /// The customer opened it at the desk itself.
    pub direct: bool,
}

/// A suspension as it was claimed, whatever it is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// From when.
    pub from: Timestamp,
    /// Until when; absent while it lasts.
    pub to: Option<Timestamp>,
    /// Why.
    pub reason: PauseReasonId,
    /// Whether the customer accepted it; absent when nobody answered.
    pub accepted: Option<bool>,
}

/// A restoration as it was declared, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restoration {
    /// When the service was declared restored.
    pub at: Timestamp,
    /// When the customer refused it, or a later declaration replaced it.
    pub refused_at: Option<Timestamp>,
    /// When it was validated, by the customer or by the closure.
    pub validated_at: Option<Timestamp>,
    /// When it was opened again after having been validated.
    pub reopened_at: Option<Timestamp>,
}

impl Restoration {
    /// Whether it still holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.refused_at.is_none() && self.reopened_at.is_none()
    }
}

/// All that the rules need to know of one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// In order of time.
    pub candidates: Vec<Candidate>,
    /// Each classification with the instant from which it held; later ones include the earlier.
    pub classifications: Vec<(Timestamp, Classification)>,
    /// Known by an outside log alone, which records neither notices nor documents.
    pub log_only: bool,
    /// First take-in.
    pub taken_in: Option<Timestamp>,
    /// An owner was named.
    pub owner_named: Option<Timestamp>,
    /// Suspensions, in order.
    pub pauses: Vec<Pause>,
    /// Restorations, in order.
    pub restorations: Vec<Restoration>,
    /// Last closure.
    pub closed: Option<Timestamp>,
    /// Declared void.
    pub cancelled: Option<Timestamp>,
    /// Declared major and not lifted since.
    pub declared_major: Option<Timestamp>,
    /// First notice to the customer.
    pub informed_customer: Option<Timestamp>,
    /// First follow-up to the taskforce.
    pub informed_taskforce: Option<Timestamp>,
    /// First message to users.
    pub informed_users: Option<Timestamp>,
    /// First delivery of each document.
    pub delivered: Vec<(Document, Timestamp)>,
    /// Latest date agreed by both sides.
    pub agreed: Option<Timestamp>,
    /// First confirmation of the breach by a committee.
    pub confirmed: Option<(Timestamp, CommitteeId)>,
    /// How far a request, a change or a problem has come; most lives have no such steps.
    progress: Option<Box<Progress>>,
    /// What its twin in EZV says of its times, and since when it says so.
    pub twin: Option<(Timestamp, Twin)>,
    /// Tasks, followers, time spent, joined cases; many lives have none.
    workload: Option<Box<Workload>>,
}

impl Life {
    /// Reads a history up to and including `as_of`. Its events must be in order.
    #[must_use]
    pub fn read(history: &History, as_of: Timestamp) -> Self {
        let events = || history.events.iter().take_while(|e| e.at <= as_of);
        let mut reader = Reader {
            acts_restore: events().any(|e| matches!(e.fact, Fact::Restored)),
            acts_take_in: events().any(|e| matches!(e.fact, Fact::TakenIn)),
            life: Self::default(),
        };
        for event in events() {
            reader.read(event.at, &event.fact);
        }
        let mut life = reader.life;
        if let Some((_, said)) = life.twin {
            twin::bind(&mut life, said, as_of);
        }
        // What goes on here was identified when its first report was, whichever number that one has (3.7.1.2).
        let joined: Vec<Candidate> = life.workload().absorbed.iter().flat_map(|(_, starts)| starts).copied().collect();
        life.candidates.extend(joined);
        life.candidates.sort_by_key(|c| c.at);
        if history.class == Class::Incident {
            life.candidates.dedup();
        }
        life
    }

    /// When a document was first delivered.
    #[must_use]
    pub fn delivered(&self, document: Document) -> Option<Timestamp> {
        self.delivered.iter().find(|(d, _)| *d == document).map(|(_, at)| *at)
    }

    /// How far a request, a change or a problem has come.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        static NONE: Progress = Progress::new();
        self.progress.as_deref().unwrap_or(&NONE)
    }

    /// What was done around it: tasks, who follows it, time spent, cases that it is joined with.
    #[must_use]
    pub fn workload(&self) -> &Workload {
        static NONE: Workload = Workload::new();
        self.workload.as_deref().unwrap_or(&NONE)
    }

    /// The restoration that holds, if one does.
    #[must_use]
    pub fn restored(&self) -> Option<&Restoration> {
        self.restorations.last().filter(|r| r.holds())
    }

    /// How it is classified at the end.
    #[must_use]
    pub fn classification(&self) -> Option<&Classification> {
        self.classifications.last().map(|(_, c)| c)
    }
}

struct Reader {
    /// The history says itself when the service was restored.
    acts_restore: bool,
    /// The history says itself who took it in.
    acts_take_in: bool,
    life: Life,
}

impl Reader {
    fn read(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::Identified { source, direct } => {
                self.life.candidates.push(Candidate { source: *source, at, direct: *direct });
            }
            Fact::Classified(classification) => self.classify(at, classification),
            Fact::Observed { state, reason, classification } => {
                if let Some(classification) = classification {
                    self.classify(at, classification);
                }
                self.observe(at, *state, reason.as_ref());
            }
            Fact::LogOnly => self.life.log_only = true,
            Fact::TakenIn => _ = self.life.taken_in.get_or_insert(at),
            Fact::OwnerNamed => _ = self.life.owner_named.get_or_insert(at),
            Fact::Paused { reason } => self.pause(at, reason),
            Fact::PauseAccepted => self.answer_pause(true),
            Fact::PauseRefused => self.answer_pause(false),
            Fact::Resumed => self.resume(at),
            Fact::Restored | Fact::Fulfilled => self.restore(at),
            Fact::RestorationRefused => self.refuse(at),
            Fact::RestorationValidated => self.validate(at),
            Fact::Closed => self.close(at),
            Fact::Reopened => self.reopen(at),
            Fact::Cancelled => self.life.cancelled = Some(at),
            Fact::Informed { audience } => {
                let first = match audience {
                    Audience::Customer => &mut self.life.informed_customer,
                    Audience::Taskforce => &mut self.life.informed_taskforce,
                    Audience::Users => &mut self.life.informed_users,
                };
                first.get_or_insert(at);
            }
            Fact::DeclaredMajor => _ = self.life.declared_major.get_or_insert(at),
            Fact::MajorLifted => self.life.declared_major = None,
            Fact::Delivered { document } => {
                if self.life.delivered(*document).is_none() {
                    self.life.delivered.push((*document, at));
                }
            }
            Fact::Agreed { due } => self.life.agreed = Some(*due),
            Fact::Confirmed { committee } => _ = self.life.confirmed.get_or_insert_with(|| (at, committee.clone())),
            Fact::Twinned(twin) => self.life.twin = Some((at, **twin)),
            Fact::Step(step) => self.life.progress.get_or_insert_default().take(at, step),
            Fact::Work(work) => self.work(at, work),
            Fact::Held { .. } | Fact::Raised { .. } | Fact::Opened { .. } => {}
        }
    }

    fn work(&mut self, at: Timestamp, work: &Work) {
        match work {
            // What goes on elsewhere is counted there, and void here.
            Work::Merged { .. } => {
                self.resume(at);
                self.life.cancelled = Some(at);
            }
            Work::Separated { .. } => self.life.cancelled = None,
            Work::Unlinked { system, reference } => {
                self.life.progress.get_or_insert_default().unlink(system, reference);
            }
            _ => {}
        }
        self.life.workload.get_or_insert_default().take(at, work);
    }

    fn classify(&mut self, at: Timestamp, new: &Classification) {
        let Some((_, current)) = self.life.classifications.last() else {
            self.life.classifications.push((at, new.clone()));
            return;
        };
        let mut merged = current.clone();
        merge(&mut merged, new);
        if merged != *current {
            self.life.classifications.push((at, merged));
        }
    }

    fn observe(&mut self, at: Timestamp, state: State, reason: Option<&PauseReasonId>) {
        // A case that is worked on again is not void.
        self.life.cancelled = None;
        match state {
            State::New => self.resume(at),
            State::InProgress => {
                if !self.acts_take_in {
                    self.life.taken_in.get_or_insert(at);
                }
                if !self.acts_restore {
                    self.reopen(at);
                }
                self.resume(at);
            }
            State::Pending => {
                let reason = reason.cloned().unwrap_or_else(|| PauseReasonId::from("unspecified"));
                if !self.acts_restore {
                    self.reopen(at);
                }
                self.pause(at, &reason);
            }
            State::Resolved => {
                self.resume(at);
                if !self.acts_restore && self.life.restored().is_none() {
                    self.restore(at);
                }
            }
            State::Closed => {
                self.resume(at);
                if !self.acts_restore {
                    self.close(at);
                }
            }
            State::Cancelled => self.life.cancelled = Some(at),
        }
    }

    fn pause(&mut self, at: Timestamp, reason: &PauseReasonId) {
        if let Some(last) = self.life.pauses.last_mut().filter(|p| p.to.is_none()) {
            if last.reason == *reason {
                return;
            }
            last.to = Some(at);
        }
        self.life.pauses.push(Pause { from: at, to: None, reason: reason.clone(), accepted: None });
    }

    fn resume(&mut self, at: Timestamp) {
        if let Some(last) = self.life.pauses.last_mut().filter(|p| p.to.is_none()) {
            last.to = Some(at);
        }
    }

    fn answer_pause(&mut self, accepted: bool) {
        if let Some(last) = self.life.pauses.last_mut() {
            last.accepted = Some(accepted);
        }
    }

    fn restore(&mut self, at: Timestamp) {
        self.resume(at);
        // A second declaration means that the first did not hold: refused, or opened again when it had
        // been validated.
        self.reopen(at);
        self.life.restorations.push(Restoration { at, refused_at: None, validated_at: None, reopened_at: None });
    }

    fn refuse(&mut self, at: Timestamp) {
        if let Some(last) = self.life.restorations.last_mut().filter(|r| r.holds()) {
            last.refused_at = Some(at);
        }
    }

    fn validate(&mut self, at: Timestamp) {
        if let Some(last) = self.life.restorations.last_mut().filter(|r| r.holds()) {
            last.validated_at.get_or_insert(at);
        }
    }

    fn close(&mut self, at: Timestamp) {
        if self.life.restored().is_none() {
            // Opens it again first, so that the closure is said after.
            self.restore(at);
        }
        self.life.closed = Some(at);
        self.validate(at);
    }

    fn reopen(&mut self, at: Timestamp) {
        self.life.closed = None;
        self.life.cancelled = None;
        if let Some(last) = self.life.restorations.last_mut().filter(|r| r.holds()) {
            if last.validated_at.is_some() {
                last.reopened_at = Some(at);
            } else {
                last.refused_at = Some(at);
            }
        }
    }
}

fn merge(into: &mut Classification, new: &Classification) {
    macro_rules! take {
        ($($field:ident),*) => { $(if new.$field.is_some() { into.$field.clone_from(&new.$field); })* };
    }
    // A new cell of the matrix replaces a priority that was decided before it.
    if new.priority.is_none() && (new.urgency.is_some() || new.impact.is_some()) {
        into.priority = None;
    }
    take!(urgency, impact, priority, service, infra, site, cercle0, coverage, technical, item, urgent);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Event, Subject};

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
    }

    fn life(facts: &[(i64, Fact)]) -> Life {
        let events =
            facts.iter().enumerate().map(|(i, (m, f))| Event { at: at(*m), seq: i as u64, fact: f.clone() }).collect();
        let history = History { subject: Subject("case/1".into()), class: Class::Incident, events };
        Life::read(&history, at(1_000_000))
    }

    fn observed(state: State) -> Fact {
        Fact::Observed { state, reason: None, classification: None }
    }

    #[test]
    fn a_refused_restoration_does_not_hold() {
        let l = life(&[(10, Fact::Restored), (20, Fact::RestorationRefused)]);
        assert!(l.restored().is_none());
        let l = life(&[(10, Fact::Restored), (20, Fact::RestorationRefused), (30, Fact::Restored), (40, Fact::Closed)]);
        assert_eq!(l.restored().map(|r| (r.at, r.validated_at)), Some((at(30), Some(at(40)))));
    }

    #[test]
    fn a_closure_without_a_restoration_restores_and_validates() {
        let l = life(&[(10, Fact::Closed)]);
        assert_eq!(l.restored().map(|r| (r.at, r.validated_at)), Some((at(10), Some(at(10)))));
        assert_eq!(l.closed, Some(at(10)));
    }

    #[test]
    fn a_reopening_before_validation_refuses_and_after_it_reopens() {
        let l = life(&[(10, Fact::Restored), (20, Fact::Reopened)]);
        assert_eq!(l.restorations.first().unwrap().refused_at, Some(at(20)));
        let l = life(&[(10, Fact::Restored), (15, Fact::Closed), (20, Fact::Reopened)]);
        assert_eq!(l.restorations.first().unwrap().reopened_at, Some(at(20)));
    }

    #[test]
    fn states_of_a_log_make_restorations_only_when_no_act_does() {
        let states = [
            (1, observed(State::New)),
            (2, observed(State::InProgress)),
            (9, observed(State::Resolved)),
            (30, observed(State::Closed)),
        ];
        let l = life(&states);
        assert_eq!(l.taken_in, Some(at(2)));
        assert_eq!(l.restored().map(|r| r.at), Some(at(9)));
        let mut with_act = states.to_vec();
        with_act.insert(3, (12, Fact::Restored));
        assert_eq!(life(&with_act).restored().map(|r| r.at), Some(at(12)));
    }

    #[test]
    fn a_pending_state_opens_a_pause_that_the_next_state_ends() {
        let pending = Fact::Observed { state: State::Pending, reason: Some("vendor".into()), classification: None };
        let l = life(&[(1, pending.clone()), (5, pending), (9, observed(State::InProgress))]);
        assert_eq!(l.pauses, [Pause { from: at(1), to: Some(at(9)), reason: "vendor".into(), accepted: None }]);
    }

    #[test]
    fn a_case_taken_up_again_after_a_cancellation_is_not_void() {
        let cancelled = observed(State::Cancelled);
        assert!(life(&[(1, cancelled.clone())]).cancelled.is_some());
        assert!(life(&[(1, cancelled.clone()), (2, observed(State::InProgress))]).cancelled.is_none());
        assert!(life(&[(1, Fact::Cancelled), (2, Fact::Reopened)]).cancelled.is_none());
    }

    #[test]
    fn a_second_restoration_reopens_a_validated_one_and_replaces_another() {
        let l = life(&[(10, Fact::Restored), (11, Fact::Closed), (20, Fact::Restored)]);
        assert_eq!(l.restorations.first().map(|r| (r.refused_at, r.reopened_at)), Some((None, Some(at(20)))));
        let l = life(&[(10, Fact::Restored), (20, Fact::Restored)]);
        assert_eq!(l.restorations.first().map(|r| (r.refused_at, r.reopened_at)), Some((Some(at(20)), None)));
    }

    #[test]
    fn events_after_the_instant_asked_for_do_not_exist() {
        let events = vec![Event { at: at(10), seq: 0, fact: Fact::Restored }];
        let history = History { subject: Subject("case/1".into()), class: Class::Incident, events };
        assert!(Life::read(&history, at(9)).restored().is_none());
        assert!(Life::read(&history, at(10)).restored().is_some());
    }
}
