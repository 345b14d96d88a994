//! A third party with a matter of a case, and the case beside it.

use vigie_contract::Class;

use super::*;
use crate::{
    clock,
    fact::{Fact, History},
    fixture::{at, book, ezv, history, priority},
    life::Life,
    step::Step,
};

fn step(step: Step) -> Fact {
    Fact::Step(Box::new(step))
}

fn handed(reference: Option<&str>) -> Fact {
    step(Step::Handed { third: "operator".into(), reference: reference.map(str::to_owned) })
}

fn answered(reference: Option<&str>) -> Fact {
    step(Step::ThirdAnswered { third: "operator".into(), reference: reference.map(str::to_owned) })
}

fn reminded() -> Fact {
    step(Step::Reminded { third: "operator".into() })
}

fn solved() -> Fact {
    step(Step::ThirdSolved { third: "operator".into() })
}

/// A P2 of a Thursday at ten, handed to the operator at half past: it solves within four open hours, and is reminded
/// after two.
fn case(then: &[(&str, Fact)]) -> History {
    let first = [("2026-03-12T10:00", ezv()), ("2026-03-12T10:00", priority(vigie_contract::Priority::P2))];
    history("case/1", Class::Incident, &[&first[..], then].concat())
}

/// When it is due, when it is reminded next, for how many minutes it had it, and whether it is late.
fn stands(then: &[(&str, Fact)], now: &str) -> (Option<Timestamp>, Option<Timestamp>, i64, bool) {
    let (book, life) = (book(), Life::read(&case(then), at(now)));
    let clocks = clocks(&book, life.progress(), at(now)).unwrap();
    let clock = clocks.last().unwrap();
    (clock.due, clock.remind_at, clock.had.as_mins(), clock.late)
}

#[test]
fn a_third_party_is_due_and_reminded_by_its_own_calendar_from_when_it_was_asked() {
    let ask = ("2026-03-12T10:30", handed(None));
    let due = Some(at("2026-03-12T14:30"));
    assert_eq!(stands(std::slice::from_ref(&ask), "2026-03-12T11:00"), (due, Some(at("2026-03-12T12:30")), 30, false));
    // Due to the second, and late one second after.
    assert!(!stands(std::slice::from_ref(&ask), "2026-03-12T14:30").3);
    assert!(stands(std::slice::from_ref(&ask), "2026-03-12T14:30:01").3);
    // Each word and each reminder puts the next off.
    let heard = ("2026-03-12T11:00", answered(Some("OP-77")));
    assert_eq!(stands(&[ask.clone(), heard.clone()], "2026-03-12T11:30").1, Some(at("2026-03-12T13:00")));
    let reminder = ("2026-03-12T13:30", reminded());
    let then = [ask.clone(), heard, reminder];
    assert_eq!(stands(&then, "2026-03-12T14:00").1, Some(at("2026-03-12T15:30")));
    // Over a night: what is left counts on the next day.
    assert_eq!(stands(&[("2026-03-12T17:00", handed(None))], "2026-03-12T17:30").0, Some(at("2026-03-13T11:00")));
    let over = [ask, ("2026-03-12T14:31", solved())];
    assert_eq!(stands(&over, "2026-03-13T10:00"), (due, None, 241, true));
}

#[test]
fn a_number_given_later_is_kept_and_one_who_solved_may_be_asked_again() {
    let then = [
        ("2026-03-12T10:30", handed(None)),
        ("2026-03-12T10:40", answered(Some("OP-77"))),
        ("2026-03-12T10:50", answered(None)),
        ("2026-03-12T11:00", solved()),
        ("2026-03-12T11:10", handed(Some("OP-78"))),
    ];
    let life = Life::read(&case(&then), at("2026-03-12T12:00"));
    let all: Vec<_> = life.progress().thirds.iter().map(|e| (e.reference.as_deref(), e.answered_at)).collect();
    assert_eq!(all, [(Some("OP-77"), Some(at("2026-03-12T10:40"))), (Some("OP-78"), None)]);
}

#[test]
fn the_provider_s_clock_is_the_same_whatever_a_third_party_has() {
    let book = book();
    let rule = book.contract.clocks.clocks.iter().find(|c| c.class == Class::Incident && c.suspends).unwrap();
    let run = |then: &[(&str, Fact)]| {
        let life = Life::read(&case(then), at("2026-03-12T13:00"));
        let run = clock::run(&book, rule, Class::Incident, &life, at("2026-03-12T13:00")).unwrap().unwrap();
        (run.start, run.due, run.elapsed, run.late)
    };
    let then = [("2026-03-12T10:30", handed(Some("OP-77"))), ("2026-03-12T11:00", reminded())];
    assert_eq!(run(&then), run(&[]));
}
