//! What makes an incident major, and what then runs.
//!
//! Whether an incident is major once all is said is for [`Book::is_major`] and [`crate::clock::is_major`]
//! to answer. Here stands what a desk asks on the way there: whether the rule proposes it, which delays
//! begin, and by when the customer hears of it next.

use jiff::Timestamp;
use vigie_contract::{
    Class, ClockRule, Comparison, Delay, DelayKind, Direction, Obligation, Priority, StopEvent, TargetRule,
};

use crate::{
    book::Book,
    calendar::{Calendar, CalendarError},
    clock::{self, ClockRun},
    delay::instant_after,
    fact::{Audience, Fact, History},
    life::Life,
};

/// What the contract's rule says of an incident of some priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// It is major at once, whoever says what.
    AtOnce,
    /// Somebody entitled may declare it major, with a reason.
    ByDecision,
    /// The rule does not make it major.
    Never,
}

/// Whether the rule proposes "major" at a priority (AMB-40).
#[must_use]
pub fn proposal(book: &Book, priority: Priority) -> Proposal {
    let rule = &book.contract.priorities.major;
    if rule.auto.contains(&priority) {
        Proposal::AtOnce
    } else if rule.by_decision.contains(&priority) {
        Proposal::ByDecision
    } else {
        Proposal::Never
    }
}

/// Something that runs because an incident is major, with its delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MajorTimer<'b> {
    /// A clock that somebody's information stops.
    Information(&'b ClockRule, Delay),
    /// An escalation.
    Escalation(DelayKind, Delay),
    /// How often the customer hears how it gets on.
    FollowUp(Delay),
    /// A document that is owed afterwards.
    Document(&'b Obligation, Delay),
}

/// All that runs for a major incident of that priority, in the order of the contract; what the contract
/// gives no delay for is left out.
#[must_use]
pub fn major_timers(book: &Book, priority: Priority) -> Vec<MajorTimer<'_>> {
    let contract = &book.contract;
    let table = |kind: DelayKind| {
        contract.priorities.delays.iter().find(|d| d.priority == priority && d.kind == kind).map(|d| d.value)
    };
    let informs = |c: &&ClockRule| {
        c.class == Class::Incident
            && matches!(c.stop, StopEvent::InformedCustomer | StopEvent::InformedTaskforce | StopEvent::InformedUsers)
    };
    let information = contract.clocks.clocks.iter().filter(informs).filter_map(|c| {
        let delay = match &c.target {
            TargetRule::PriorityDelay(kind) => table(*kind)?,
            TargetRule::Fixed(delay) => *delay,
            TargetRule::ByPriority(by) => *by.get(&priority)?,
            TargetRule::Catalogue | TargetRule::Agreed => return None,
        };
        Some(MajorTimer::Information(c, delay))
    });
    let escalations = [DelayKind::EscalationFunctional, DelayKind::EscalationHierarchical]
        .into_iter()
        .filter_map(|kind| Some(MajorTimer::Escalation(kind, table(kind)?)));
    let follow_up = contract.priorities.major.follow_up.get(&priority).copied().map(MajorTimer::FollowUp);
    let documents = contract
        .obligations
        .iter()
        .filter(|o| o.major_only)
        .filter_map(|o| Some(MajorTimer::Document(o, o.due.offset?)));
    information.chain(escalations).chain(follow_up).chain(documents).collect()
}

/// The next information of the customer about a major incident in course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// The last information, or the start of the incident when there was none.
    pub since: Timestamp,
    /// By when the next one is expected.
    pub due: Timestamp,
}

/// By when the customer or the taskforce hears next how a major incident gets on; none when it is not
/// major, or over, or its priority has no rhythm. `life` is the life of `history` as of `as_of`.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn next_follow_up(
    book: &Book,
    history: &History,
    life: &Life,
    as_of: Timestamp,
) -> Result<Option<FollowUp>, CalendarError> {
    match run_of(book, history, life, as_of)? {
        Some(run) => follow_up_of(book, history, &run, as_of),
        None => Ok(None),
    }
}

/// The restoration clock of a case that may be major.
pub(crate) fn run_of<'b>(
    book: &'b Book,
    history: &History,
    life: &Life,
    as_of: Timestamp,
) -> Result<Option<ClockRun<'b>>, CalendarError> {
    if !book.may_be_major(life) {
        return Ok(None);
    }
    clock::restoration(book, history.class, life, as_of)
}

/// The calendar in which the rhythm of follow-up counts at a priority.
pub(crate) fn follow_up_calendar(book: &Book, priority: Priority) -> Option<&Calendar> {
    let window = book.contract.priorities.windows.iter().find(|w| w.priority == priority)?;
    book.calendar(&window.take_in).map(AsRef::as_ref)
}

/// The same from a run of the restoration clock that is known already.
pub(crate) fn follow_up_of(
    book: &Book,
    history: &History,
    run: &ClockRun<'_>,
    as_of: Timestamp,
) -> Result<Option<FollowUp>, CalendarError> {
    let Some(priority) = run.priority.filter(|_| run.major && run.end.at().is_none()) else { return Ok(None) };
    let rhythm = book.contract.priorities.major.follow_up.get(&priority);
    let (Some(rhythm), Some(calendar)) = (rhythm, follow_up_calendar(book, priority)) else { return Ok(None) };
    let told = |fact: &Fact| matches!(fact, Fact::Informed { audience: Audience::Customer | Audience::Taskforce });
    let last = history.events.iter().filter(|e| e.at <= as_of && told(&e.fact)).map(|e| e.at).max();
    let since = last.unwrap_or(run.start);
    let due = instant_after(since, *rhythm, Direction::After, Comparison::Strict, calendar)?;
    Ok(Some(FollowUp { since, due }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{at, book, ezv, history, priority};

    #[test]
    fn the_rule_proposes_p1_at_once_p2_by_decision_and_nothing_below() {
        let book = book();
        let proposals = Priority::ALL.map(|p| proposal(&book, p));
        assert_eq!(proposals, [Proposal::AtOnce, Proposal::ByDecision, Proposal::Never, Proposal::Never]);
    }

    #[test]
    fn what_runs_for_a_major_incident_is_what_the_contract_gives_a_delay_for() {
        let book = book();
        let names = |p| {
            major_timers(&book, p)
                .into_iter()
                .map(|timer| match timer {
                    MajorTimer::Information(clock, delay) => format!("{} {delay}", clock.id),
                    MajorTimer::Escalation(kind, delay) => format!("{kind:?} {delay}"),
                    MajorTimer::FollowUp(delay) => format!("follow-up {delay}"),
                    MajorTimer::Document(obligation, delay) => format!("{} {delay}", obligation.id),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(Priority::P1),
            [
                "information 15 min",
                "EscalationFunctional 0 min",
                "EscalationHierarchical 0 min",
                "follow-up 1 h",
                "report 5 working days"
            ]
        );
        assert_eq!(
            names(Priority::P3),
            ["information 15 min", "EscalationFunctional 2 working days", "report 5 working days"]
        );
    }

    #[test]
    fn the_next_follow_up_counts_from_the_last_information_until_the_service_works_again() {
        let check = |facts: &[(&str, Fact)], as_of: &str, expected: Option<(&str, &str)>| {
            let history = history("case/1", Class::Incident, facts);
            let as_of = at(as_of);
            let life = Life::read(&history, as_of);
            let got = next_follow_up(&book(), &history, &life, as_of).unwrap();
            assert_eq!(got.map(|f| (f.since, f.due)), expected.map(|(since, due)| (at(since), at(due))));
        };
        let told = |audience| Fact::Informed { audience };
        let p1 = [
            ("2026-03-12T03:00", ezv()),
            ("2026-03-12T03:00", priority(Priority::P1)),
            ("2026-03-12T03:10", told(Audience::Customer)),
            ("2026-03-12T03:30", told(Audience::Taskforce)),
            ("2026-03-12T04:00", told(Audience::Users)),
            ("2026-03-12T09:00", Fact::Restored),
        ];
        // A P1 is taken in at any hour.
        check(&p1, "2026-03-12T03:00", Some(("2026-03-12T03:00", "2026-03-12T04:00")));
        check(&p1, "2026-03-12T03:10", Some(("2026-03-12T03:10", "2026-03-12T04:10")));
        check(&p1, "2026-03-12T08:00", Some(("2026-03-12T03:30", "2026-03-12T04:30")));
        check(&p1, "2026-03-12T09:00", None);
        let p2 = [("2026-03-12T17:00", ezv()), ("2026-03-12T17:00", priority(Priority::P2))];
        check(&p2, "2026-03-12T17:30", None);
        let declared = [p2.as_slice(), &[("2026-03-12T17:10", Fact::DeclaredMajor)]].concat();
        check(&declared, "2026-03-12T17:30", Some(("2026-03-12T17:00", "2026-03-13T09:00")));
    }
}
