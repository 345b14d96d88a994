//! Of a case that stands in EZV and at the desk, the times that count are EZV's (3.8).
//!
//! Both are kept, each with its source: the acts of the desk are the events of the history, EZV's times
//! come in [`Twin`]. A time that EZV does not say leaves the desk's own. MUST NOT make an act of a time:
//! what happened is told by acts, when it counts as having happened by the twin.

use jiff::Timestamp;
use vigie_contract::Source;

use crate::{
    fact::{Fact, History, Twin},
    life::{Candidate, Life},
};

/// Puts EZV's times in the place of the desk's. Which of the starts binds is for the contract to say
/// (`double_entry`); a time later than `as_of` is not known yet.
pub(crate) fn bind(life: &mut Life, twin: Twin, as_of: Timestamp) {
    let known = |at: Option<Timestamp>| at.filter(|at| *at <= as_of);
    if let Some(at) = known(twin.created_at) {
        life.candidates.retain(|c| c.source != Source::Ezv);
        life.candidates.push(Candidate { source: Source::Ezv, at, direct: false });
    }
    if let (Some(at), true) = (known(twin.taken_in_at), life.taken_in.is_some()) {
        life.taken_in = Some(at);
    }
    // A resolution of before the last refusal or reopening is that of an earlier restoration.
    let over = life.restorations.iter().rev().skip(1).find_map(|r| r.refused_at.or(r.reopened_at));
    if let (Some(at), Some(last)) = (known(twin.resolved_at), life.restorations.last_mut().filter(|r| r.holds()))
        && over.is_none_or(|over| at >= over)
    {
        last.at = at;
        last.validated_at = last.validated_at.map(|validated| validated.max(at));
    }
    if let (Some(at), Some(closed)) = (known(twin.closed_at), life.closed.as_mut()) {
        *closed = at;
    }
}

/// The same history without what EZV says: how the desk alone sees the case.
#[must_use]
pub fn without(history: &History) -> History {
    let events = history.events.iter().filter(|e| !matches!(e.fact, Fact::Twinned(_))).cloned().collect();
    History { subject: history.subject.clone(), class: history.class, events }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Event, Subject};
    use vigie_contract::Class;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    fn life(facts: Vec<(i64, Fact)>, as_of: i64) -> Life {
        let event = |(n, (minute, fact))| Event { at: at(minute), seq: n as u64, fact };
        let events = facts.into_iter().enumerate().map(event).collect();
        let mut history = History { subject: Subject("case/1".into()), class: Class::Incident, events };
        history.sort();
        Life::read(&history, at(as_of))
    }

    fn twinned(created: i64, taken_in: Option<i64>, resolved: Option<i64>) -> Fact {
        Fact::Twinned(Box::new(Twin {
            created_at: Some(at(created)),
            taken_in_at: taken_in.map(at),
            resolved_at: resolved.map(at),
            closed_at: None,
        }))
    }

    fn desk() -> Vec<(i64, Fact)> {
        vec![(5, Fact::Identified { source: Source::Desk, direct: false }), (9, Fact::TakenIn), (60, Fact::Restored)]
    }

    #[test]
    fn the_times_of_ezv_stand_in_the_place_of_those_of_the_desk() {
        let life = life([desk(), vec![(70, twinned(0, Some(7), Some(65)))]].concat(), 100);
        let starts: Vec<_> = life.candidates.iter().map(|c| (c.source, c.at)).collect();
        assert_eq!(starts, [(Source::Ezv, at(0)), (Source::Desk, at(5))]);
        assert_eq!(life.taken_in, Some(at(7)));
        assert_eq!(life.restored().unwrap().at, at(65));
    }

    #[test]
    fn what_ezv_does_not_say_leaves_the_desks_own_and_makes_no_act() {
        let kept = life([desk(), vec![(70, twinned(0, None, None))]].concat(), 100);
        assert_eq!((kept.taken_in, kept.restored().unwrap().at), (Some(at(9)), at(60)));
        let new = life(vec![desk().remove(0), (6, twinned(0, Some(4), Some(5)))], 100);
        assert_eq!((new.taken_in, new.restored()), (None, None));
    }

    #[test]
    fn the_latest_saying_replaces_the_earlier_and_counts_from_when_it_was_said() {
        let facts = [desk(), vec![(70, twinned(0, Some(7), Some(65))), (80, twinned(1, Some(8), Some(66)))]].concat();
        assert_eq!(life(facts.clone(), 69).restored().unwrap().at, at(60));
        assert_eq!(life(facts.clone(), 79).restored().unwrap().at, at(65));
        let last = life(facts, 80);
        assert_eq!((last.taken_in, last.restored().unwrap().at), (Some(at(8)), at(66)));
        assert_eq!(last.candidates.len(), 2);
    }

    #[test]
    fn a_resolution_of_before_a_refusal_is_not_that_of_the_next_restoration() {
        let again = vec![(70, twinned(0, None, Some(61))), (80, Fact::RestorationRefused), (90, Fact::Restored)];
        let facts = [desk(), again].concat();
        assert_eq!(life(facts.clone(), 100).restored().unwrap().at, at(90));
        let said = [facts, vec![(95, twinned(0, None, Some(88)))]].concat();
        assert_eq!(life(said, 100).restored().unwrap().at, at(88));
    }

    #[test]
    fn the_desks_own_view_is_what_is_left_without_ezv() {
        let mut facts = desk();
        facts.push((70, twinned(0, Some(7), Some(65))));
        let events = facts.into_iter().map(|(m, fact)| Event { at: at(m), seq: 0, fact }).collect();
        let history = History { subject: Subject("case/1".into()), class: Class::Incident, events };
        let own = Life::read(&without(&history), at(100));
        assert_eq!((own.taken_in, own.restored().unwrap().at, own.twin), (Some(at(9)), at(60), None));
    }
}
