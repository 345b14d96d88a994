//! Circumstances and the priorities that follow from them.

use vigie_contract::{Condition, Impact, Priority, Urgency};

use super::*;
use crate::fixture::book;

fn total(users: u32) -> Circumstances {
    Circumstances { outage: Some(Outage::Total), users: Some(users), ..Circumstances::default() }
}

fn failing(outage: Outage) -> Circumstances {
    Circumstances { outage: Some(outage), ..Circumstances::default() }
}

#[track_caller]
fn check(circumstances: &Circumstances, urgency: Urgency, impact: Impact, priority: Priority) {
    let book = book();
    let got = assess(&book, circumstances).map(|a| (a.urgency, a.impact, a.priority));
    assert_eq!(got, Ok((urgency, impact, priority)), "{circumstances:?}");
}

#[test]
fn exactly_two_hundred_users_of_a_total_outage_are_of_impact_2_and_one_more_is_of_impact_1() {
    check(&total(200), Urgency::U2, Impact::Two, Priority::P3);
    check(&total(201), Urgency::U2, Impact::One, Priority::P2);
}

#[test]
fn an_outage_of_unknown_extent_is_not_known_to_hit_more_than_the_limit() {
    check(&failing(Outage::Total), Urgency::U2, Impact::Two, Priority::P3);
}

#[test]
fn thirty_callers_an_hour_change_nothing_and_thirty_one_give_impact_1() {
    let slow =
        |callers| Circumstances { callers_per_hour: Some(callers), acceptable: true, ..failing(Outage::Degraded) };
    check(&slow(30), Urgency::U2, Impact::Three, Priority::P4);
    check(&slow(31), Urgency::U2, Impact::One, Priority::P2);
}

#[test]
fn many_users_of_a_degraded_service_are_not_a_total_outage() {
    let degraded = Circumstances { users: Some(1000), ..failing(Outage::Degraded) };
    check(&degraded, Urgency::U2, Impact::Two, Priority::P3);
}

#[test]
fn outside_users_are_of_impact_1_whatever_the_outage() {
    let outside = Circumstances { outside_users: true, ..Circumstances::default() };
    check(&outside, Urgency::U2, Impact::One, Priority::P2);
}

#[test]
fn only_a_statement_lowers_a_degraded_service_to_impact_3_and_recurrent_cuts_stay() {
    check(&failing(Outage::Degraded), Urgency::U2, Impact::Two, Priority::P3);
    let stated = |outage| Circumstances { acceptable: true, ..failing(outage) };
    check(&stated(Outage::Degraded), Urgency::U2, Impact::Three, Priority::P4);
    check(&stated(Outage::Recurrent), Urgency::U2, Impact::Two, Priority::P3);
    check(&stated(Outage::Total), Urgency::U2, Impact::Two, Priority::P3);
}

#[test]
fn a_service_that_runs_on_its_backup_or_is_threatened_is_of_impact_2_without_any_outage() {
    let backup = Circumstances { backup_mode: true, ..Circumstances::default() };
    check(&backup, Urgency::U2, Impact::Two, Priority::P3);
    let threatened = Circumstances { unacceptable_risk: true, ..Circumstances::default() };
    check(&threatened, Urgency::U2, Impact::Two, Priority::P3);
}

#[test]
fn each_criterion_of_urgency_gives_u1_alone() {
    let base = total(201);
    for pressing in [
        Circumstances { service: Some("isi-com".into()), ..base.clone() },
        Circumstances { critical_site: Some(true), ..base.clone() },
        Circumstances { sensitive_period: true, ..base.clone() },
        Circumstances { vip: true, ..base.clone() },
        Circumstances { vvip: true, ..base.clone() },
    ] {
        check(&pressing, Urgency::U1, Impact::One, Priority::P1);
    }
    // A central site has its own delays; it is not a sensitive remote site.
    check(&Circumstances { site: Some("cd13".into()), ..base }, Urgency::U2, Impact::One, Priority::P2);
}

#[test]
fn a_technical_incident_is_at_least_p2_and_says_that_the_floor_made_it() {
    let book = book();
    let technical = Circumstances { technical: true, backup_mode: true, ..Circumstances::default() };
    let assessed = assess(&book, &technical).unwrap();
    assert_eq!((assessed.cell.priority, assessed.priority, assessed.floored), (Priority::P3, Priority::P2, true));
    let worse = Circumstances { technical: true, vip: true, ..total(201) };
    let assessed = assess(&book, &worse).unwrap();
    assert_eq!((assessed.priority, assessed.floored), (Priority::P1, false));
}

#[test]
fn the_reason_names_every_criterion_that_holds_and_the_alternative_that_made_it() {
    let book = book();
    let circumstances = Circumstances {
        vvip: true,
        service: Some("isi-com".into()),
        outside_users: true,
        callers_per_hour: Some(31),
        ..total(3)
    };
    let assessed = assess(&book, &circumstances).unwrap();
    let conditions = |fired: &[Fired<'_>]| fired.iter().flat_map(|f| f.conditions.to_vec()).collect::<Vec<_>>();
    assert_eq!(conditions(&assessed.urgency_criteria), [Condition::Cercle0, Condition::Vvip]);
    assert_eq!(conditions(&assessed.impact_criteria), [Condition::OutsideUsers, Condition::CallersPerHourAbove(30)]);
    assert!(assessed.cercle0);
}

#[test]
fn what_no_criterion_knows_has_no_priority() {
    let nothing = Circumstances::default();
    assert_eq!(assess(&book(), &nothing), Err(Unassessed::Impact));
    let silent = Circumstances { acceptable: true, ..Circumstances::default() };
    assert_eq!(assess(&book(), &silent), Err(Unassessed::Impact));
}

#[test]
fn a_decision_stands_beside_what_was_assessed() {
    let book = book();
    let assessed = assess(&book, &total(200)).unwrap();
    let decided = Override::new(Priority::P1, " le maire attend ").unwrap();
    let recorded = assessed.classification(&total(200), Some(&decided));
    assert_eq!((recorded.urgency, recorded.impact), (Some(Urgency::U2), Some(Impact::Two)));
    assert_eq!(book.priority(&recorded), Some(Priority::P1));
    assert_eq!(decided.reason(), "le maire attend");
    assert_eq!(book.priority(&assessed.classification(&total(200), None)), Some(assessed.priority));
}

#[test]
fn a_decision_needs_a_reason_of_a_length_that_people_read() {
    assert_eq!(Override::new(Priority::P1, "  "), Err(OverrideError::NoReason));
    assert!(Override::new(Priority::P1, &"a".repeat(MAX_REASON_BYTES)).is_ok());
    let long = Override::new(Priority::P1, &"a".repeat(MAX_REASON_BYTES + 1));
    assert_eq!(long, Err(OverrideError::TooLong { bytes: MAX_REASON_BYTES + 1 }));
    assert!(serde_json::from_str::<Override>(r#"{"priority":"P1","reason":""}"#).is_err());
}
