//! Cases as they were lived, and what fired on them.

use proptest::prelude::*;

use super::*;
use crate::{
    fact::{Audience, Event, Subject},
    fixture::{at, book, ezv, history, priority},
    step::Step,
};
use vigie_contract::TeamId;

const P1: Priority = Priority::P1;
const P2: Priority = Priority::P2;

fn fired(class: Class, facts: &[(&str, Fact)], progress: &[&str], until: &str) -> Vec<(String, Timestamp)> {
    let book = book();
    let history = history("case/1", class, facts);
    let progress: Vec<Timestamp> = progress.iter().map(|t| at(t)).collect();
    let firings = firings(&book, &history, &progress, (Timestamp::MIN, at(until))).unwrap();
    firings.into_iter().map(|f| (f.key, f.at)).collect()
}

#[track_caller]
fn check_with(class: Class, facts: &[(&str, Fact)], progress: &[&str], expected: &[(&str, &str)]) {
    let got = fired(class, facts, progress, "2026-04-30T00:00");
    let expected: Vec<_> = expected.iter().map(|(key, when)| (format!("case/1 {key}"), at(when))).collect();
    assert_eq!(got, expected);
}

#[track_caller]
fn check(facts: &[(&str, Fact)], expected: &[(&str, &str)]) {
    check_with(Class::Incident, facts, &[], expected);
}

/// An incident of that priority, opened on a Thursday at ten.
fn opened(p: Priority, then: &[(&'static str, Fact)]) -> Vec<(&'static str, Fact)> {
    [&[("2026-03-12T10:00", ezv()), ("2026-03-12T10:00", priority(p))], then].concat()
}

fn away() -> Fact {
    Fact::Paused { reason: "user_unavailable".into() }
}

#[test]
fn a_case_that_nobody_touches_fires_each_rule_of_its_priority_once() {
    check(
        &opened(P2, &[]),
        &[
            ("take-in-soon P2", "2026-03-12T10:20"),
            ("p2-functional P2", "2026-03-12T12:00"),
            ("gtr-soon P2", "2026-03-12T13:00"),
            ("gtr-due P2", "2026-03-12T14:00"),
            ("p2-hierarchical P2", "2026-03-12T14:00"),
        ],
    );
}

#[test]
fn an_accepted_pause_moves_the_clock_that_it_suspends_and_no_other() {
    let paused = opened(
        P2,
        &[("2026-03-12T11:00", away()), ("2026-03-12T11:01", Fact::PauseAccepted), ("2026-03-12T12:00", Fact::Resumed)],
    );
    check(
        &paused,
        &[
            ("take-in-soon P2", "2026-03-12T10:20"),
            ("p2-functional P2", "2026-03-12T12:00"),
            ("gtr-soon P2", "2026-03-12T14:00"),
            ("p2-hierarchical P2", "2026-03-12T14:00"),
            ("gtr-due P2", "2026-03-12T15:00"),
        ],
    );
    let refused = opened(
        P2,
        &[("2026-03-12T11:00", away()), ("2026-03-12T11:01", Fact::PauseRefused), ("2026-03-12T12:00", Fact::Resumed)],
    );
    let due = fired(Class::Incident, &refused, &[], "2026-04-30T00:00");
    assert!(due.contains(&("case/1 gtr-due P2".into(), at("2026-03-12T14:00"))));
}

#[test]
fn nothing_comes_due_on_a_clock_that_stands_still() {
    let waiting = opened(P2, &[("2026-03-12T11:00", away()), ("2026-03-12T11:01", Fact::PauseAccepted)]);
    let keys: Vec<String> =
        fired(Class::Incident, &waiting, &[], "2026-04-30T00:00").into_iter().map(|(key, _)| key).collect();
    assert!(!keys.iter().any(|k| k.contains("gtr")), "{keys:?}");
}

#[test]
fn what_fired_stays_and_does_not_fire_again_when_a_pause_is_accepted_afterwards() {
    let late = opened(
        P2,
        &[("2026-03-12T12:30", away()), ("2026-03-12T13:10", Fact::PauseAccepted), ("2026-03-12T13:30", Fact::Resumed)],
    );
    let gtr: Vec<_> = fired(Class::Incident, &late, &[], "2026-04-30T00:00")
        .into_iter()
        .filter(|(key, _)| key.contains("gtr"))
        .collect();
    assert_eq!(
        gtr,
        [
            ("case/1 gtr-soon P2".to_owned(), at("2026-03-12T13:00")),
            ("case/1 gtr-due P2".to_owned(), at("2026-03-12T15:00"))
        ]
    );
}

#[test]
fn an_immediate_escalation_fires_when_the_priority_is_known_even_if_the_clock_began_before() {
    let classified = [("2026-03-12T09:00", ezv()), ("2026-03-12T09:05", priority(P1))];
    let got = fired(Class::Incident, &classified, &[], "2026-03-12T09:30");
    assert_eq!(
        got,
        [
            ("case/1 p1-functional P1".to_owned(), at("2026-03-12T09:05")),
            // Immediate, and it costs after thirty minutes.
            ("case/1 take-in-soon P1".to_owned(), at("2026-03-12T09:20"))
        ]
    );
    let raised = opened(Priority::P3, &[("2026-03-12T11:00", Fact::TakenIn), ("2026-03-12T11:00", priority(P1))]);
    let got = fired(Class::Incident, &raised, &[], "2026-03-12T11:00");
    assert!(got.contains(&("case/1 p1-functional P1".to_owned(), at("2026-03-12T11:00"))));
}

#[test]
fn two_and_five_working_days_keep_the_time_of_day_and_only_the_first_moves_with_a_pause() {
    let escalation = |p, then: &[(&'static str, Fact)]| {
        let got = fired(Class::Incident, &opened(p, then), &[], "2026-04-30T00:00");
        got.into_iter().find(|(key, _)| key.contains(" p3 ") || key.contains(" p4 ")).map(|(_, at)| at)
    };
    let a_day_off =
        [("2026-03-13T08:00", away()), ("2026-03-13T08:00", Fact::PauseAccepted), ("2026-03-13T18:00", Fact::Resumed)];
    assert_eq!(escalation(Priority::P3, &[]), Some(at("2026-03-16T10:00")));
    assert_eq!(escalation(Priority::P3, &a_day_off), Some(at("2026-03-17T10:00")));
    assert_eq!(escalation(Priority::P4, &[]), Some(at("2026-03-19T10:00")));
    assert_eq!(escalation(Priority::P4, &a_day_off), Some(at("2026-03-19T10:00")));
}

#[test]
fn progress_since_the_take_in_keeps_the_functional_escalation_of_a_p2_back() {
    let taken_in = opened(P2, &[("2026-03-12T10:10", Fact::TakenIn)]);
    let escalates = |facts: &[(&str, Fact)], notes: &[&str]| {
        let got = fired(Class::Incident, facts, notes, "2026-04-30T00:00");
        got.iter().any(|(key, _)| key == "case/1 p2-functional P2")
    };
    assert!(escalates(&taken_in, &[]));
    // A note of the very take-in is none since.
    assert!(escalates(&taken_in, &["2026-03-12T10:10"]));
    assert!(!escalates(&taken_in, &["2026-03-12T10:10:01"]));
    assert!(!escalates(&taken_in, &["2026-03-12T12:00"]));
    assert!(escalates(&taken_in, &["2026-03-12T12:00:01"]));
    // What happens before anybody has it is no progress.
    assert!(escalates(&opened(P2, &[]), &["2026-03-12T11:00"]));
    let told = [taken_in.as_slice(), &[("2026-03-12T11:00", Fact::Informed { audience: Audience::Users })]].concat();
    assert!(!escalates(&told, &[]));
}

#[test]
fn a_restoration_keeps_back_what_was_to_come_until_it_is_refused() {
    let gtr = |then: &[(&'static str, Fact)]| {
        let got = fired(Class::Incident, &opened(P2, then), &[], "2026-04-30T00:00");
        got.into_iter().filter(|(key, _)| key.contains("gtr")).map(|(_, at)| at).collect::<Vec<_>>()
    };
    // At the very instant of a warning, what happens speaks first.
    assert_eq!(gtr(&[("2026-03-12T13:00", Fact::Restored)]), []);
    assert_eq!(gtr(&[("2026-03-12T13:00:01", Fact::Restored)]), [at("2026-03-12T13:00")]);
    let refused = [("2026-03-12T12:30", Fact::Restored), ("2026-03-12T13:30", Fact::RestorationRefused)];
    assert_eq!(gtr(&refused), [at("2026-03-12T13:30"), at("2026-03-12T14:00")]);
    assert_eq!(gtr(&[("2026-03-12T12:00", Fact::Cancelled)]), []);
}

#[test]
fn a_priority_that_changes_fires_its_own_warnings_once() {
    let changed = opened(
        P2,
        &[("2026-03-12T10:05", Fact::TakenIn), ("2026-03-12T13:30", priority(P1)), ("2026-03-12T13:40", priority(P2))],
    );
    check_with(
        Class::Incident,
        &changed,
        &["2026-03-12T11:00"],
        &[
            ("gtr-soon P2", "2026-03-12T13:00"),
            ("follow-up 2026-03-12T09:00:00Z", "2026-03-12T13:30"),
            ("gtr-due P1", "2026-03-12T13:30"),
            ("gtr-soon P1", "2026-03-12T13:30"),
            ("p1-functional P1", "2026-03-12T13:30"),
        ],
    );
}

#[test]
fn the_next_information_is_asked_for_once_after_each_one() {
    let major = opened(
        P1,
        &[
            ("2026-03-12T10:05", Fact::TakenIn),
            ("2026-03-12T10:10", Fact::Informed { audience: Audience::Customer }),
            ("2026-03-12T11:30", Fact::Informed { audience: Audience::Taskforce }),
            ("2026-03-12T11:50", Fact::Restored),
            ("2026-03-12T11:55", Fact::Closed),
        ],
    );
    let got: Vec<_> = fired(Class::Incident, &major, &[], "2026-03-13T00:00")
        .into_iter()
        .filter(|(key, _)| key.contains("follow-up"))
        .collect();
    assert_eq!(got, [("case/1 follow-up 2026-03-12T09:10:00Z".to_owned(), at("2026-03-12T11:10"))]);
}

#[test]
fn the_report_of_a_major_incident_is_reminded_and_told_when_overdue() {
    let restored = |then: &[(&'static str, Fact)]| {
        let life = [("2026-03-12T10:00", Fact::TakenIn), ("2026-03-12T10:30", Fact::Restored)];
        fired(Class::Incident, &opened(P1, &[life.as_slice(), then].concat()), &[], "2026-04-30T00:00")
            .into_iter()
            .filter(|(key, _)| key.contains("report"))
            .collect::<Vec<_>>()
    };
    let key = "case/1 reminder report 2026-03-12T09:30:00Z 1 working day".to_owned();
    let overdue = "case/1 overdue report 2026-03-12T09:30:00Z".to_owned();
    assert_eq!(restored(&[]), [(key.clone(), at("2026-03-19T00:00")), (overdue, at("2026-03-20T00:00"))]);
    let delivered = |document| Fact::Delivered { document };
    let done = [
        ("2026-03-19T09:00", delivered(crate::fact::Document::Report)),
        ("2026-03-19T10:00", delivered(crate::fact::Document::Review)),
    ];
    assert_eq!(restored(&done), [(key, at("2026-03-19T00:00"))]);
}

#[test]
fn a_warning_a_working_day_before_a_civil_delay_keeps_its_time_of_day() {
    let opened = [("2026-03-12T10:00", ezv())];
    check_with(Class::Change, &opened, &[], &[("proposal-soon -", "2026-03-17T10:00")]);
}

#[test]
fn a_job_that_asks_piece_by_piece_fires_what_one_that_asks_at_once_does() {
    let book = book();
    let facts = opened(
        P2,
        &[
            ("2026-03-12T10:10", Fact::TakenIn),
            ("2026-03-12T11:00", away()),
            ("2026-03-12T11:20", Fact::PauseAccepted),
            ("2026-03-12T12:00", Fact::Resumed),
            ("2026-03-12T13:00", Fact::DeclaredMajor),
            ("2026-03-12T16:00", Fact::Restored),
            ("2026-03-12T16:30", Fact::RestorationRefused),
        ],
    );
    let history = history("case/1", Class::Incident, &facts);
    let end = at("2026-04-30T00:00");
    let ask = |from, to| firings(&book, &history, &[], (from, to)).unwrap();
    let whole = ask(Timestamp::MIN, end);
    assert!(whole.len() > 3, "{whole:?}");
    let keys: BTreeSet<&str> = whole.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(keys.len(), whole.len());
    for minute in 0..600 {
        let cut = at("2026-03-12T08:00") + SignedDuration::from_mins(minute);
        assert_eq!([ask(Timestamp::MIN, cut), ask(cut, end)].concat(), whole, "cut at {cut}");
    }
}

#[test]
fn what_was_not_yet_said_changes_nothing_of_what_had_fired() {
    let book = book();
    let facts = opened(P2, &[("2026-03-12T13:30", away()), ("2026-03-12T13:31", Fact::PauseAccepted)]);
    let known = history("case/1", Class::Incident, facts.get(..2).unwrap());
    let later = history("case/1", Class::Incident, &facts);
    let window = (Timestamp::MIN, at("2026-03-12T13:29"));
    assert_eq!(firings(&book, &known, &[], window), firings(&book, &later, &[], window));
}

/// Any life of an incident: facts at minutes of a working week, in any order that people may make.
fn any_life() -> impl Strategy<Value = Vec<(i64, Fact)>> {
    let fact = prop_oneof![
        Just(priority(P1)),
        Just(priority(P2)),
        Just(priority(Priority::P3)),
        Just(Fact::TakenIn),
        Just(away()),
        Just(Fact::PauseAccepted),
        Just(Fact::PauseRefused),
        Just(Fact::Resumed),
        Just(Fact::DeclaredMajor),
        Just(Fact::Informed { audience: Audience::Customer }),
        Just(Fact::Restored),
        Just(Fact::RestorationRefused),
        Just(Fact::Closed),
        Just(Fact::Reopened),
        Just(Fact::Cancelled),
    ];
    proptest::collection::vec((0_i64..7200, fact), 0..12)
}

#[test]
fn a_third_party_is_reminded_after_each_silence_and_escalated_when_its_promise_has_passed() {
    let step = |step: Step| Fact::Step(Box::new(step));
    let third = || TeamId::from("operator");
    let handed = ("2026-03-12T10:30", step(Step::Handed { third: third(), reference: None }));
    let of_third = |then: &[(&'static str, Fact)]| {
        let facts = opened(Priority::P3, &[std::slice::from_ref(&handed), then].concat());
        let all = fired(Class::Incident, &facts, &[], "2026-03-12T18:00");
        all.into_iter().filter(|(key, _)| key.contains("third")).map(|(_, at)| at).collect::<Vec<_>>()
    };
    // Silent: one reminder is due, then the promise has passed.
    assert_eq!(of_third(&[]), [at("2026-03-12T12:30"), at("2026-03-12T14:30")]);
    let reminded = ("2026-03-12T13:00", step(Step::Reminded { third: third() }));
    assert_eq!(of_third(&[reminded]), [at("2026-03-12T12:30"), at("2026-03-12T14:30"), at("2026-03-12T15:00")]);
    let solved = ("2026-03-12T12:00", step(Step::ThirdSolved { third: third() }));
    assert!(of_third(&[solved]).is_empty());
    assert!(of_third(&[("2026-03-12T12:00", Fact::Restored)]).is_empty());
}

fn lived(facts: &[(i64, Fact)]) -> History {
    let monday = at("2026-03-09T09:00");
    let start = Event { at: monday, seq: 0, fact: ezv() };
    let then = (1..).zip(facts).map(|(seq, (minute, fact))| Event {
        at: monday + SignedDuration::from_mins(*minute),
        seq,
        fact: fact.clone(),
    });
    let mut history = History {
        subject: Subject("case/1".into()),
        class: Class::Incident,
        events: std::iter::once(start).chain(then).collect(),
    };
    history.sort();
    history
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_key_fires_once_and_what_fired_by_an_instant_depends_on_nothing_later(
        facts in any_life(),
        cut in 0_i64..8000,
    ) {
        let book = book();
        let history = lived(&facts);
        let cut = at("2026-03-09T09:00") + SignedDuration::from_mins(cut);
        let end = at("2026-04-30T00:00");
        let ask = |history: &History, from, to| firings(&book, history, &[], (from, to)).unwrap();
        let whole = ask(&history, Timestamp::MIN, end);
        let keys: BTreeSet<&str> = whole.iter().map(|f| f.key.as_str()).collect();
        prop_assert_eq!(keys.len(), whole.len());
        let known = History { events: history.events.iter().filter(|e| e.at <= cut).cloned().collect(), ..history.clone() };
        let before = ask(&known, Timestamp::MIN, cut);
        prop_assert_eq!(&[before, ask(&history, cut, end)].concat(), &whole);
    }
}
