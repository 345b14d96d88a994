//! The clock on both sides of every rule of 3.7.1.2 and 3.8.

use vigie_contract::{Contract, DeskDirect, Impact, PriorityBinding, RefusedRestoration, Source, Urgency};

use super::*;
use crate::{
    book::Target,
    fact::{Document, Fact, History},
    fixture::{at, book, contract, ezv, history, identified, priority},
};

fn run_with<T>(
    contract: Contract,
    clock: &str,
    h: &History,
    as_of: &str,
    look: impl FnOnce(Option<&ClockRun<'_>>) -> T,
) -> T {
    let book = Book::new("v1".into(), None, contract).unwrap();
    let rule = book.clock(&clock.into()).unwrap();
    let life = Life::read(h, at(as_of));
    look(run(&book, rule, h.class, &life, at(as_of)).unwrap().as_ref())
}

fn restoration<T>(facts: &[(&str, Fact)], look: impl FnOnce(&ClockRun<'_>) -> T) -> T {
    let h = history("case/1", Class::Incident, facts);
    run_with(contract(), "restoration", &h, "2026-12-31T00:00", |r| look(r.unwrap()))
}

fn direct() -> Fact {
    Fact::Identified { source: Source::Desk, direct: true }
}

#[test]
fn exactly_the_target_is_late_under_a_strict_delay_and_has_no_overrun() {
    for (restored, late, overrun) in
        [("2026-03-12T13:59:59", false, 0), ("2026-03-12T14:00:00", true, 0), ("2026-03-12T14:00:01", true, 1)]
    {
        let facts =
            [("2026-03-12T10:00", ezv()), ("2026-03-12T10:05", priority(Priority::P2)), (restored, Fact::Restored)];
        restoration(&facts, |r| {
            assert_eq!((r.late, r.overrun.as_secs()), (late, overrun), "{restored}");
            assert_eq!(r.due, Some(at("2026-03-12T14:00")));
        });
    }
}

#[test]
fn a_p1_of_the_night_is_restored_in_opening_hours_and_taken_in_at_once() {
    let facts = [
        ("2026-03-14T23:00", identified(Source::Alert)),
        ("2026-03-14T23:01", priority(Priority::P1)),
        ("2026-03-14T23:20", Fact::TakenIn),
        ("2026-03-16T09:30", Fact::Restored),
    ];
    restoration(&facts, |r| {
        assert_eq!(r.due, Some(at("2026-03-16T10:00")));
        assert_eq!(r.elapsed, SignedDuration::from_mins(90));
        assert!(!r.late && r.major);
    });
    let h = history("case/1", Class::Incident, &facts);
    run_with(contract(), "take-in", &h, "2026-03-17T00:00", |r| {
        let r = r.unwrap();
        assert_eq!(r.calendar.0, "24x7");
        // Immediate, but penal only from 30 minutes (AMB-23).
        assert_eq!((r.elapsed, r.late), (SignedDuration::from_mins(20), false));
        assert_eq!(r.due, Some(at("2026-03-14T23:00")));
    });
}

fn start_of(facts: &[(&str, Fact)]) -> (Timestamp, StartReason) {
    let mut all = facts.to_vec();
    all.push(("2026-03-12T12:00", priority(Priority::P3)));
    restoration(&all, |r| (r.start, r.candidates.iter().find(|c| c.binds).unwrap().reason))
}

#[test]
fn the_earliest_identification_binds() {
    let facts = [
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T09:40", identified(Source::Alert)),
        ("2026-03-12T09:50", identified(Source::InformationReceived)),
    ];
    assert_eq!(start_of(&facts), (at("2026-03-12T09:40"), StartReason::Earliest));
}

#[test]
fn the_desks_own_stamp_binds_when_the_customer_opened_the_case_there() {
    let facts = [("2026-03-12T10:00", direct()), ("2026-03-12T09:40", identified(Source::Alert))];
    assert_eq!(start_of(&facts), (at("2026-03-12T10:00"), StartReason::DeskDirect));
    let mut c = contract();
    c.clocks.start.desk_direct = DeskDirect::EarliestOfAll;
    let mut facts = facts.to_vec();
    facts.push(("2026-03-12T12:00", priority(Priority::P3)));
    let h = history("case/1", Class::Incident, &facts);
    run_with(c, "restoration", &h, "2026-12-31T00:00", |r| assert_eq!(r.unwrap().start, at("2026-03-12T09:40")));
}

#[test]
fn ezvs_stamp_binds_on_a_double_entry_even_when_the_desks_is_earlier() {
    let facts = [("2026-03-12T09:00", identified(Source::Desk)), ("2026-03-12T10:00", ezv())];
    assert_eq!(start_of(&facts), (at("2026-03-12T10:00"), StartReason::DoubleEntry));
    // An alert is an identification of its own, and the earliest of them counts.
    let facts = [
        ("2026-03-12T09:00", identified(Source::Desk)),
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T09:30", identified(Source::Alert)),
    ];
    assert_eq!(start_of(&facts), (at("2026-03-12T09:30"), StartReason::Earliest));
}

#[test]
fn every_candidate_is_kept_with_the_due_time_that_it_would_give() {
    let facts = [
        ("2026-03-12T09:00", identified(Source::Desk)),
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:05", priority(Priority::P2)),
        ("2026-03-12T11:00", identified(Source::InformationReceived)),
    ];
    restoration(&facts, |r| {
        let seen: Vec<_> = r.candidates.iter().map(|c| (c.binds, c.reason, c.due)).collect();
        assert_eq!(
            seen,
            [
                (false, StartReason::DeskSetAside, Some(at("2026-03-12T13:00"))),
                (true, StartReason::DoubleEntry, Some(at("2026-03-12T14:00"))),
                (false, StartReason::Later, Some(at("2026-03-12T15:00"))),
            ]
        );
    });
}

fn paused(reason: &str, answer: Option<Fact>) -> (SignedDuration, SegmentKind) {
    let mut facts = vec![
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:00", priority(Priority::P3)),
        ("2026-03-12T11:00", Fact::Paused { reason: reason.into() }),
        ("2026-03-12T13:00", Fact::Resumed),
        ("2026-03-12T15:00", Fact::Restored),
    ];
    facts.extend(answer.map(|a| ("2026-03-12T12:00", a)));
    restoration(&facts, |r| (r.elapsed, r.segments[1].kind.clone()))
}

#[test]
fn a_pause_counts_out_only_with_an_allowed_reason_and_the_customers_acceptance() {
    let (h3, h5) = (SignedDuration::from_hours(3), SignedDuration::from_hours(5));
    assert_eq!(
        paused("user_unavailable", Some(Fact::PauseAccepted)),
        (h3, SegmentKind::Suspended("user_unavailable".into()))
    );
    assert_eq!(paused("user_unavailable", None), (h5, SegmentKind::NotAccepted("user_unavailable".into())));
    assert_eq!(
        paused("user_unavailable", Some(Fact::PauseRefused)),
        (h5, SegmentKind::NotAccepted("user_unavailable".into()))
    );
    assert_eq!(paused("vendor", Some(Fact::PauseAccepted)), (h5, SegmentKind::NotAllowed("vendor".into())));
    assert_eq!(paused("travel", Some(Fact::PauseAccepted)), (h5, SegmentKind::NotAllowed("travel".into())));
}

#[test]
fn an_accepted_pause_moves_the_due_time_by_its_open_time() {
    let facts = [
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:00", priority(Priority::P2)),
        ("2026-03-12T11:00", Fact::Paused { reason: "user_unavailable".into() }),
        ("2026-03-12T11:10", Fact::PauseAccepted),
        ("2026-03-13T09:00", Fact::Resumed),
    ];
    restoration(&facts, |r| assert_eq!(r.due, Some(at("2026-03-13T12:00"))));
}

#[test]
fn a_refused_restoration_keeps_counting() {
    let facts = [
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:00", priority(Priority::P2)),
        ("2026-03-12T12:00", Fact::Restored),
        ("2026-03-12T16:00", Fact::RestorationRefused),
        ("2026-03-12T17:00", Fact::Restored),
    ];
    restoration(&facts, |r| {
        assert_eq!((r.elapsed, r.late), (SignedDuration::from_hours(7), true));
        assert_eq!(r.end, End::Stopped(at("2026-03-12T17:00")));
    });
    let mut c = contract();
    c.clocks.restoration.refused = RefusedRestoration::ExcludeValidation;
    let h = history("case/1", Class::Incident, &facts);
    run_with(c, "restoration", &h, "2026-12-31T00:00", |r| {
        assert_eq!(r.unwrap().elapsed, SignedDuration::from_hours(3));
    });
}

#[test]
fn time_between_a_validated_restoration_and_a_reopening_does_not_count() {
    let facts = [
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:00", priority(Priority::P2)),
        ("2026-03-12T12:00", Fact::Restored),
        ("2026-03-12T13:00", Fact::Closed),
        ("2026-03-16T09:00", Fact::Reopened),
        ("2026-03-16T10:00", Fact::Restored),
        ("2026-03-16T11:00", Fact::Closed),
    ];
    restoration(&facts, |r| {
        assert_eq!(r.elapsed, SignedDuration::from_hours(3));
        assert_eq!(r.end, End::Validated(at("2026-03-16T10:00")));
    });
}

#[test]
fn a_lower_priority_never_erases_what_the_clock_already_owed() {
    let with_change = |changed: &'static str| {
        [
            ("2026-03-12T08:00", ezv()),
            ("2026-03-12T08:00", priority(Priority::P2)),
            (changed, priority(Priority::P4)),
            ("2026-03-13T09:00", Fact::Restored),
        ]
    };
    // At 11:59:59 nothing was owed at P2 yet: P4 binds. At noon the 4 hours were used up: P2 stays owed.
    restoration(&with_change("2026-03-12T11:59:59"), |r| assert_eq!((r.priority, r.late), (Some(Priority::P4), false)));
    restoration(&with_change("2026-03-12T12:00:00"), |r| {
        assert_eq!((r.priority, r.late, r.overrun), (Some(Priority::P2), true, SignedDuration::from_hours(7)));
        let both: Vec<_> = r.by_priority.iter().map(|p| (p.priority, p.late, p.owed, p.binds)).collect();
        assert_eq!(both, [(Priority::P2, true, true, true), (Priority::P4, false, false, false)]);
    });
}

#[test]
fn the_contract_says_which_priority_binds() {
    let facts = [
        ("2026-03-12T08:00", ezv()),
        ("2026-03-12T08:00", priority(Priority::P3)),
        ("2026-03-12T09:00", priority(Priority::P1)),
        ("2026-03-12T10:00", priority(Priority::P4)),
        ("2026-03-12T17:00", Fact::Restored),
    ];
    let h = history("case/1", Class::Incident, &facts);
    for (binding, expected) in [
        (PriorityBinding::KeepOwed, Priority::P1),
        (PriorityBinding::Strictest, Priority::P1),
        (PriorityBinding::AtStart, Priority::P3),
        (PriorityBinding::Latest, Priority::P4),
    ] {
        let mut c = contract();
        c.clocks.priority_change.binding = binding;
        run_with(c, "restoration", &h, "2026-12-31T00:00", |r| {
            assert_eq!(r.unwrap().priority, Some(expected), "{binding:?}");
        });
    }
}

fn classified(c: Classification) -> Fact {
    Fact::Classified(Box::new(c))
}

#[test]
fn cercle_0_and_central_sites_have_two_hours_whatever_the_priority() {
    let target = |c: Classification| {
        let facts = [("2026-03-12T10:00", ezv()), ("2026-03-12T10:00", classified(c))];
        restoration(&facts, |r| r.target.clone().map(|t| (t.target, t.reason)))
    };
    let hours = |n, reason| Some((Target::Open(SignedDuration::from_hours(n)), reason));
    let p3 = || Classification { priority: Some(Priority::P3), ..Classification::default() };
    assert_eq!(target(p3()), hours(10, TargetReason::Table));
    assert_eq!(target(Classification { service: Some("isi-com".into()), ..p3() }), hours(2, TargetReason::Cercle0));
    assert_eq!(target(Classification { site: Some("hd13".into()), ..p3() }), hours(2, TargetReason::Cercle0));
    assert_eq!(target(Classification { site: Some("CD13".into()), ..p3() }), hours(2, TargetReason::Cercle0));
    assert_eq!(
        target(Classification { service: Some("isi-com".into()), cercle0: Some(false), ..p3() }),
        hours(10, TargetReason::Table)
    );
    // A P1 of other infrastructure has four hours, unless Cercle 0 gives two.
    let p1 = || Classification {
        priority: Some(Priority::P1),
        infra: Some(vigie_contract::InfraKind::Other),
        ..Classification::default()
    };
    assert_eq!(target(p1()), hours(4, TargetReason::Table));
    assert_eq!(target(Classification { cercle0: Some(true), ..p1() }), hours(2, TargetReason::Cercle0));
}

#[test]
fn the_matrix_gives_the_priority_and_technical_incidents_have_a_floor() {
    let cell = |urgency, impact, technical| {
        book().priority(&Classification {
            urgency: Some(urgency),
            impact: Some(impact),
            technical: Some(technical),
            ..Classification::default()
        })
    };
    assert_eq!(cell(Urgency::U2, Impact::Three, false), Some(Priority::P4));
    assert_eq!(cell(Urgency::U2, Impact::Three, true), Some(Priority::P2));
    assert_eq!(cell(Urgency::U1, Impact::One, true), Some(Priority::P1));
    assert_eq!(book().priority(&Classification::default()), None);
}

#[test]
fn a_perimeter_that_is_not_fully_covered_has_no_contractual_delay() {
    for (coverage, contractual) in [(Coverage::Full, true), (Coverage::Partial, false), (Coverage::Excluded, false)] {
        let c = Classification { priority: Some(Priority::P3), coverage: Some(coverage), ..Classification::default() };
        restoration(&[("2026-03-12T10:00", ezv()), ("2026-03-12T10:00", classified(c))], |r| {
            assert_eq!(r.contractual, contractual);
        });
    }
}

#[test]
fn a_strict_civil_delay_is_late_at_its_very_instant() {
    for (delivered, late) in [("2026-03-18T09:59:59", false), ("2026-03-18T10:00:00", true)] {
        let facts = [
            ("2026-03-12T10:00", identified(Source::Desk)),
            ("2026-03-13T10:00", Fact::Delivered { document: Document::Impact }),
            (delivered, Fact::Delivered { document: Document::Proposal }),
        ];
        let h = history("case/1", Class::Change, &facts);
        run_with(contract(), "proposal", &h, "2026-12-31T00:00", |r| {
            let r = r.unwrap();
            assert_eq!((r.due, r.late), (Some(at("2026-03-18T10:00")), late), "{delivered}");
        });
    }
}

#[test]
fn a_clock_replayed_as_of_an_earlier_instant_knows_nothing_of_what_came_after() {
    let facts = [
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:00", priority(Priority::P2)),
        ("2026-03-12T13:00", Fact::Restored),
    ];
    let h = history("case/1", Class::Incident, &facts);
    run_with(contract(), "restoration", &h, "2026-03-12T12:00", |r| {
        let r = r.unwrap();
        assert_eq!((r.end, r.elapsed, r.late), (End::Running, SignedDuration::from_hours(2), false));
    });
    run_with(contract(), "restoration", &h, "2026-03-12T09:59", |r| assert!(r.is_none()));
}

#[test]
fn a_change_of_service_at_the_same_priority_never_erases_what_was_owed() {
    let on = |service: &str| {
        classified(Classification {
            priority: Some(Priority::P3),
            service: Some(service.into()),
            ..Classification::default()
        })
    };
    let with_change = |changed: &'static str| {
        [
            ("2026-03-12T08:00", ezv()),
            ("2026-03-12T08:00", on("isi-com")),
            (changed, on("cabling-none")),
            ("2026-03-12T16:00", Fact::Restored),
        ]
    };
    let of =
        |changed| restoration(&with_change(changed), |r| (r.late, r.overrun.as_secs() / 3600, r.by_priority.len()));
    assert_eq!(of("2026-03-12T09:59:59"), (false, 0, 2));
    assert_eq!(of("2026-03-12T10:00:00"), (true, 6, 2));
}

#[test]
fn what_is_said_after_the_clock_stopped_changes_nothing() {
    let p3 =
        |coverage| classified(Classification { priority: Some(Priority::P3), coverage, ..Classification::default() });
    let facts = [
        ("2026-03-12T08:00", ezv()),
        ("2026-03-12T08:00", p3(None)),
        ("2026-03-12T10:00", Fact::Restored),
        ("2026-03-12T11:00", p3(Some(Coverage::Excluded))),
    ];
    restoration(&facts, |r| assert!(r.contractual));
}

#[test]
fn a_lowered_p1_owes_its_take_in_only_once_the_penal_threshold_had_passed() {
    let late = |changed: &'static str| {
        let facts = [
            ("2026-03-12T10:00", ezv()),
            ("2026-03-12T10:00", priority(Priority::P1)),
            (changed, priority(Priority::P3)),
            ("2026-03-12T10:40", Fact::TakenIn),
        ];
        let h = history("case/1", Class::Incident, &facts);
        run_with(contract(), "take-in", &h, "2026-03-13T00:00", |r| r.unwrap().late)
    };
    assert!(!late("2026-03-12T10:29:59"));
    assert!(late("2026-03-12T10:30:00"));
}

#[test]
fn cercle_0_is_taken_in_in_less_than_thirty_minutes_whatever_the_priority() {
    for p in [Priority::P1, Priority::P2, Priority::P3] {
        for (taken, late) in
            [("2026-03-12T10:29:59", false), ("2026-03-12T10:30:00", true), ("2026-03-12T10:30:01", true)]
        {
            let c = Classification { priority: Some(p), cercle0: Some(true), ..Classification::default() };
            let h = history(
                "case/1",
                Class::Incident,
                &[("2026-03-12T10:00", ezv()), ("2026-03-12T10:00", classified(c)), (taken, Fact::TakenIn)],
            );
            run_with(contract(), "take-in", &h, "2026-03-13T00:00", |r| {
                assert_eq!(r.unwrap().late, late, "{p} {taken}");
            });
        }
    }
}

#[test]
fn an_accepted_pause_moves_a_civil_due_date_too() {
    let mut c = contract();
    c.clocks.clocks.iter_mut().filter(|c| c.id.0 == "proposal").for_each(|c| c.suspends = true);
    let facts = [
        ("2026-03-12T10:00", identified(Source::Desk)),
        ("2026-03-12T12:00", Fact::Paused { reason: "user_unavailable".into() }),
        ("2026-03-12T12:01", Fact::PauseAccepted),
        ("2026-03-12T17:00", Fact::Resumed),
    ];
    let h = history("case/1", Class::Change, &facts);
    run_with(c, "proposal", &h, "2026-03-13T00:00", |r| assert_eq!(r.unwrap().due, Some(at("2026-03-18T15:00"))));
}
