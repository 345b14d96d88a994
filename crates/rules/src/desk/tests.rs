use jiff::Timestamp;

use super::*;
use crate::{
    fact::{Event, Fact, History, Subject},
    fixture::book,
};

use Party::{Customer, Provider};

fn life(facts: &[Fact]) -> Life {
    let at = |i: usize| Timestamp::from_second(1_700_000_000 + i64::try_from(i).unwrap() * 60).unwrap();
    let events = facts.iter().enumerate().map(|(i, f)| Event { at: at(i), seq: i as u64, fact: f.clone() }).collect();
    let history = History { subject: Subject("case/1".into()), class: Class::Incident, events };
    Life::read(&history, at(1_000))
}

fn check(act: Act, class: Class, life: &Life, party: Party) -> Result<(), Refusal> {
    super::check(act, &Asked { book: &book(), class, life, doer: Doer { party, role: None } })
}

fn offered(class: Class, life: &Life, party: Party) -> Vec<Act> {
    super::offered(&Asked { book: &book(), class, life, doer: Doer { party, role: None } })
}

fn paused() -> Fact {
    Fact::Paused { reason: "user_unavailable".into() }
}

#[test]
fn the_phase_follows_from_the_life() {
    for (facts, expected) in [
        (&[][..], Phase::New),
        (&[Fact::TakenIn], Phase::InProgress),
        (&[Fact::TakenIn, paused()], Phase::Paused),
        (&[Fact::TakenIn, paused(), Fact::Resumed], Phase::InProgress),
        (&[Fact::TakenIn, Fact::Restored], Phase::Restored),
        (&[Fact::TakenIn, Fact::Restored, Fact::RestorationValidated], Phase::Restored),
        (&[Fact::TakenIn, Fact::Restored, Fact::RestorationRefused], Phase::InProgress),
        (&[Fact::TakenIn, Fact::Restored, Fact::Closed], Phase::Closed),
        (&[Fact::TakenIn, Fact::Restored, Fact::Closed, Fact::Reopened], Phase::InProgress),
        (&[Fact::Cancelled], Phase::Cancelled),
        (&[Fact::Cancelled, Fact::Reopened], Phase::New),
    ] {
        assert_eq!(Phase::of(&life(facts)), expected, "{facts:?}");
    }
}

#[test]
fn the_customer_answers_and_the_provider_works() {
    let restored = life(&[Fact::TakenIn, Fact::Restored]);
    for act in [Act::ValidateRestoration, Act::RefuseRestoration] {
        assert_eq!(check(act, Class::Incident, &restored, Customer), Ok(()));
        let side = Refusal::Side { act, owner: Customer };
        assert_eq!(check(act, Class::Incident, &restored, Provider), Err(side));
    }
    let side = Refusal::Side { act: Act::TakeIn, owner: Provider };
    assert_eq!(check(Act::TakeIn, Class::Incident, &life(&[]), Customer), Err(side));
    assert_eq!(check(Act::Note, Class::Incident, &restored, Customer), Ok(()));
}

#[test]
fn the_provider_closes_only_what_the_customer_validated() {
    let restored = life(&[Fact::TakenIn, Fact::Restored]);
    assert_eq!(check(Act::Close, Class::Incident, &restored, Provider), Err(Refusal::NotValidated));
    assert_eq!(check(Act::Close, Class::Incident, &restored, Customer), Ok(()));
    let validated = life(&[Fact::TakenIn, Fact::Restored, Fact::RestorationValidated]);
    assert_eq!(check(Act::Close, Class::Incident, &validated, Provider), Ok(()));
    let act = Act::ValidateRestoration;
    assert_eq!(check(act, Class::Incident, &validated, Customer), Err(Refusal::Already { act }));
}

#[test]
fn a_suspension_is_answered_once_even_after_it_ended() {
    let ended = life(&[Fact::TakenIn, paused(), Fact::Resumed]);
    assert_eq!(check(Act::AcceptPause, Class::Incident, &ended, Customer), Ok(()));
    let answered = life(&[Fact::TakenIn, paused(), Fact::PauseAccepted]);
    assert_eq!(check(Act::RefusePause, Class::Incident, &answered, Customer), Err(Refusal::NoPause));
    let none = life(&[Fact::TakenIn]);
    assert_eq!(check(Act::AcceptPause, Class::Incident, &none, Customer), Err(Refusal::NoPause));
}

#[test]
fn only_an_incident_is_major_and_only_once() {
    let taken = life(&[Fact::TakenIn]);
    let act = Act::DeclareMajor;
    assert_eq!(check(act, Class::Incident, &taken, Provider), Ok(()));
    assert_eq!(check(act, Class::Request, &taken, Provider), Err(Refusal::Class { act, class: Class::Request }));
    let major = life(&[Fact::TakenIn, Fact::DeclaredMajor]);
    assert_eq!(check(act, Class::Incident, &major, Provider), Err(Refusal::Already { act }));
    assert_eq!(check(Act::LiftMajor, Class::Incident, &major, Provider), Ok(()));
}

#[test]
fn what_is_over_may_only_be_opened_again_noted_and_linked() {
    let closed = life(&[Fact::TakenIn, Fact::Restored, Fact::Closed]);
    let aside = [Act::SpendTime, Act::Follow];
    let after = [&[Act::Reopen, Act::Note, Act::Link], &aside[..]].concat();
    assert_eq!(offered(Class::Incident, &closed, Provider), after);
    let cancelled = life(&[Fact::Cancelled]);
    assert_eq!(offered(Class::Incident, &cancelled, Customer), [Act::Reopen, Act::Note, Act::Link, Act::Follow]);
}

#[test]
fn every_act_has_a_verb_of_its_own_that_reads_back() {
    for act in Act::ALL {
        assert_eq!(Act::from_verb(act.verb()), Some(act));
    }
    for phase in Phase::ALL {
        assert_eq!(Phase::from_name(phase.name()), Some(phase));
    }
}
