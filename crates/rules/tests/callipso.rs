//! The rules that a desk asks, on the contract that ships: what a person would read in its text.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use vigie_contract::{Class, Priority, Source};
use vigie_rules::{
    book::Book,
    change::{ChangeFile, lacks, open_stages},
    escalation::firings,
    fact::{Classification, Event, Fact, History, Subject},
    form::check_form,
    major::{MajorTimer, major_timers},
    priority::{Circumstances, Outage, assess},
    routing::route,
};

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/callipso");
    let history = vigie_contract::load(&folder).unwrap_or_else(|e| panic!("{e}"));
    Book::new("base".into(), None, history.base().contract.clone()).unwrap()
});

fn at(text: &str) -> Timestamp {
    text.parse::<DateTime>().unwrap().to_zoned(TimeZone::get("Europe/Paris").unwrap()).unwrap().timestamp()
}

/// What fires on an incident opened in EZV, with hours of Paris.
fn fires(priority: Priority, opened: &str, until: &str) -> Vec<String> {
    let fact = |seq, fact| Event { at: at(opened), seq, fact };
    let classified = Classification { priority: Some(priority), service: Some("toip".into()), ..Default::default() };
    let events = vec![
        fact(0, Fact::Identified { source: Source::Ezv, direct: false }),
        fact(1, Fact::Classified(Box::new(classified))),
    ];
    let history = History { subject: Subject("case/1".into()), class: Class::Incident, events };
    let firings = firings(&BOOK, &history, &[], (Timestamp::MIN, at(until))).unwrap();
    let zone = TimeZone::get("Europe/Paris").unwrap();
    firings.iter().map(|f| format!("{} {}", f.at.to_zoned(zone.clone()).strftime("%d %H:%M"), f.rule.id)).collect()
}

#[test]
fn a_p1_at_night_wakes_both_chains_at_once_and_its_gtr_waits_for_the_opening() {
    assert_eq!(
        fires(Priority::P1, "2026-03-12T03:00", "2026-03-12T12:00"),
        [
            "12 03:00 p1-functional",
            "12 03:00 p1-hierarchical",
            "12 03:10 customer-notice-soon",
            "12 03:15 customer-notice-due",
            "12 03:15 users-soon",
            "12 03:20 take-in-soon",
            "12 03:20 users-due",
            "12 03:30 take-in-due",
            "12 03:45 taskforce-soon",
            "12 03:50 follow-up-soon",
            "12 04:00 follow-up-due",
            "12 04:00 taskforce-due",
            "12 09:00 restoration-half",
            "12 09:30 restoration-soon",
            "12 10:00 restoration-due",
        ]
    );
}

#[test]
fn a_p2_escalates_at_two_and_four_hours_and_a_p3_and_a_p4_after_days() {
    assert_eq!(
        fires(Priority::P2, "2026-03-12T10:00", "2026-03-13T18:00"),
        [
            "12 10:20 take-in-soon",
            "12 10:30 take-in-due",
            "12 12:00 p2-functional",
            "12 12:00 restoration-half",
            "12 13:00 restoration-soon",
            "12 14:00 p2-hierarchical",
            "12 14:00 restoration-due",
        ]
    );
    // 7.5 of 10 open hours from ten o'clock, then the next morning at ten.
    assert_eq!(
        fires(Priority::P3, "2026-03-12T10:00", "2026-03-31T18:00"),
        ["12 17:30 restoration-soon", "13 10:00 restoration-due", "16 10:00 p3-escalation"]
    );
    assert_eq!(
        fires(Priority::P4, "2026-03-12T10:00", "2026-03-31T18:00"),
        ["16 12:30 restoration-soon", "17 10:00 restoration-due", "19 10:00 p4-escalation"]
    );
}

#[test]
fn the_limits_of_the_text_are_those_of_the_contract() {
    let priority = |users, callers| {
        let said = Circumstances {
            outage: Some(Outage::Total),
            users: Some(users),
            callers_per_hour: Some(callers),
            ..Default::default()
        };
        assess(&BOOK, &said).unwrap().priority
    };
    assert_eq!([priority(200, 30), priority(201, 30), priority(200, 31)], [Priority::P3, Priority::P2, Priority::P2]);
    let vvip = Circumstances { vvip: true, outage: Some(Outage::Slow), ..Default::default() };
    let assessed = assess(&BOOK, &vvip).unwrap();
    assert_eq!(assessed.priority, Priority::P2);
    assert_eq!(assessed.urgency_criteria.first().unwrap().criterion.label.en, "VVIP or VIP user");
}

#[test]
fn every_circumstance_of_a_service_that_fails_has_a_priority() {
    for outage in [Outage::Total, Outage::Degraded, Outage::Slow, Outage::Recurrent] {
        for bits in 0_u8..64 {
            let said = |bit: u8| bits & (1 << bit) != 0;
            let circumstances = Circumstances {
                outage: Some(outage),
                users: said(0).then_some(if said(1) { 201 } else { 200 }),
                acceptable: said(2),
                vip: said(3),
                technical: said(4),
                service: said(5).then(|| "isicom".into()),
                ..Default::default()
            };
            assert!(assess(&BOOK, &circumstances).is_ok(), "{circumstances:?}");
        }
    }
}

#[test]
fn what_runs_for_a_major_p1_is_what_the_text_lists() {
    let words: Vec<String> = major_timers(&BOOK, Priority::P1)
        .into_iter()
        .map(|timer| match timer {
            MajorTimer::Information(clock, delay) => format!("{} {delay}", clock.id),
            MajorTimer::Escalation(kind, delay) => format!("{kind:?} {delay}"),
            MajorTimer::FollowUp(delay) => format!("follow-up {delay}"),
            MajorTimer::Document(obligation, delay) => format!("{} {delay}", obligation.id),
        })
        .collect();
    assert_eq!(
        words,
        [
            "information_customer 15 min",
            "information_taskforce 1 h",
            "information_users 20 min",
            "EscalationFunctional 0 min",
            "EscalationHierarchical 0 min",
            "follow-up 1 h",
            "major-incident-report 5 working days",
        ]
    );
}

#[test]
fn cases_go_to_the_back_office_by_day_and_to_central_supervision_by_night() {
    let team = |class, item: Option<&str>, when: &str| {
        let c = Classification { item: item.map(Into::into), ..Default::default() };
        route(&BOOK, class, &c, at(when)).unwrap().team.id.0.clone()
    };
    assert_eq!(team(Class::Incident, None, "2026-03-12T10:00"), "go");
    assert_eq!(team(Class::Incident, None, "2026-03-12T20:00"), "gu_noc");
    assert_eq!(team(Class::Request, Some("line_move"), "2026-03-12T20:00"), "go");
    assert_eq!(team(Class::Request, Some("deployment"), "2026-03-12T10:00"), "gt");
    assert_eq!(team(Class::Problem, None, "2026-03-12T20:00"), "gt");
}

#[test]
fn an_eleventh_agent_of_a_training_is_told_and_a_move_without_a_site_is_refused() {
    let check = |item: &str, answers: &[(&str, &str)]| {
        let item = BOOK.contract.catalogue.item(&item.into()).unwrap();
        let answers: BTreeMap<String, String> =
            answers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let misfits = check_form(&BOOK.contract.catalogue, item, &answers);
        misfits.into_iter().map(|(field, m)| (field.to_owned(), m.refuses())).collect::<Vec<_>>()
    };
    let session = |n| [("call_centre", "CDS"), ("participants", n), ("attendees", "A"), ("training_mode", "virtual")];
    assert_eq!(check("isicom_agent_training", &session("10")), []);
    assert_eq!(check("isicom_agent_training", &session("11")), [("participants".to_owned(), false)]);
    assert_eq!(check("isicom_supervisor_training", &session("6")), [("participants".to_owned(), false)]);
    let moved = [("line", "04 13 31 00 00"), ("site", "HD13")];
    assert_eq!(check("line_move", &moved), [("target_site".to_owned(), true)]);
}

#[test]
fn a_major_change_without_anything_lacks_ten_things_and_a_problem_closes_on_four_stages() {
    let kind = |id: &str| BOOK.contract.change_type(&id.into()).unwrap();
    // Five sections, their validation, three opinions, the decision.
    assert_eq!(lacks(&BOOK, kind("major"), &ChangeFile::default()).len(), 10);
    assert_eq!(lacks(&BOOK, kind("standard"), &ChangeFile::default()), []);
    assert_eq!(open_stages(&BOOK, &[]).count(), 4);
}
