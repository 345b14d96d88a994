//! Judging a month: populations, rates, obligations, findings, what cannot be computed.

use jiff::SignedDuration;
use num_rational::Ratio;
use vigie_contract::Priority;

use super::*;
use crate::{
    fact::{Document, Event},
    fixture::{at, contract, ezv, history, identified, priority, rulebook},
    judgement::{IndicatorResult, Quantity, Status},
};

fn judge(histories: &[History], month: &str, as_of: &str) -> Judgement {
    judge_with(&rulebook(), histories, month, as_of)
}

fn judge_with(rulebook: &Rulebook, histories: &[History], month: &str, as_of: &str) -> Judgement {
    let mut judge = Judge::new(rulebook, month.parse().unwrap(), at(as_of)).unwrap();
    for h in histories {
        judge.take(h).unwrap();
    }
    judge.finish().unwrap()
}

fn row(j: &Judgement, row: u8) -> &IndicatorResult {
    j.indicators.iter().find(|i| i.row == row).unwrap()
}

/// An incident opened on a day of March 2026 at 08:00 and restored some open minutes later.
fn incident(n: usize, p: Priority, minutes: i64) -> History {
    let day = format!("2026-03-{:02}T08:00", 2 + n % 4);
    let subject = format!("case/{n:04}");
    let mut h = history(&subject, Class::Incident, &[(&day, ezv()), (&day, priority(p))]);
    let book = crate::fixture::book();
    let ho = book.calendar(&"HO".into()).unwrap();
    let restored = ho.add(at(&day), SignedDuration::from_mins(minutes)).unwrap();
    h.events.push(Event { at: restored, seq: 9, fact: Fact::Restored });
    h
}

#[test]
fn the_second_worked_example_gives_six_points() {
    // 88 of 100 incidents in time, 90 % expected, step 1 %, weight 3 (3.4.6.1).
    let histories: Vec<_> = (0..100).map(|n| incident(n, Priority::P3, if n < 12 { 601 } else { 599 })).collect();
    let j = judge(&histories, "2026-03", "2026-05-01T00:00");
    let r = row(&j, 14);
    assert_eq!((r.steps, r.points, r.status), (2, 6, Status::Missed));
    assert_eq!(r.measured, Some(Quantity::Share(Ratio::new(22, 25))));
    assert_eq!((r.population, r.items.len()), (100, 12));
    // Each of the twelve late ones also started one step of two hours in its own row (AMB-14).
    assert_eq!(row(&j, 10).points, 12);
    assert_eq!(j.total_points, 18);
}

#[test]
fn exactly_the_expected_share_costs_nothing() {
    for (late, points) in [(9, 0), (10, 0), (11, 3)] {
        let histories: Vec<_> =
            (0..100).map(|n| incident(n, Priority::P4, if n < late { 1801 } else { 100 })).collect();
        assert_eq!(row(&judge(&histories, "2026-03", "2026-05-01T00:00"), 14).points, points, "{late} late");
    }
}

#[test]
fn a_case_belongs_to_the_month_of_its_binding_start() {
    let h = incident(0, Priority::P3, 601);
    assert_eq!(row(&judge(std::slice::from_ref(&h), "2026-03", "2026-05-01T00:00"), 14).population, 1);
    assert_eq!(row(&judge(std::slice::from_ref(&h), "2026-02", "2026-05-01T00:00"), 14).population, 0);
    let midnight = history(
        "case/1",
        Class::Incident,
        &[
            ("2026-04-01T00:00", ezv()),
            ("2026-04-01T00:00", priority(Priority::P3)),
            ("2026-04-01T09:00", Fact::Restored),
        ],
    );
    assert_eq!(row(&judge(std::slice::from_ref(&midnight), "2026-03", "2026-05-01T00:00"), 14).population, 0);
    assert_eq!(row(&judge(std::slice::from_ref(&midnight), "2026-04", "2026-05-01T00:00"), 14).population, 1);
}

#[test]
fn a_p2_counts_as_major_in_row_9_only_when_declared_and_else_in_row_10() {
    let mut declared = incident(0, Priority::P2, 4 * 60 + 61);
    declared.events.insert(2, Event { at: declared.events[1].at, seq: 5, fact: Fact::DeclaredMajor });
    let plain = incident(1, Priority::P2, 4 * 60 + 61);
    let j = judge(&[declared, plain], "2026-03", "2026-05-01T00:00");
    assert_eq!(row(&j, 9).points, 4); // two started hours, weight 2
    assert_eq!(row(&j, 10).points, 1); // one started step of two hours, weight 1
    assert_eq!(row(&j, 9).items.len() + row(&j, 10).items.len(), 2);
}

#[test]
fn an_open_case_is_pending_until_it_is_late() {
    let open = history(
        "case/1",
        Class::Incident,
        &[("2026-03-12T08:00", ezv()), ("2026-03-12T08:00", priority(Priority::P3))],
    );
    let j = judge(std::slice::from_ref(&open), "2026-03", "2026-03-12T17:59");
    assert_eq!((row(&j, 14).status, row(&j, 14).pending, row(&j, 14).population), (Status::NoData, 1, 0));
    let j = judge(std::slice::from_ref(&open), "2026-03", "2026-03-13T08:01");
    assert_eq!((row(&j, 14).status, row(&j, 14).pending, row(&j, 10).points), (Status::Missed, 0, 1));
}

#[test]
fn a_major_incident_is_announced_within_fifteen_minutes_inclusive() {
    for (informed, points) in [
        ("2026-03-12T10:15:00", 0),
        ("2026-03-12T10:15:01", 10),
        ("2026-03-12T10:20:00", 10),
        ("2026-03-12T10:20:01", 20),
    ] {
        let h = history(
            "case/1",
            Class::Incident,
            &[
                ("2026-03-12T10:00", ezv()),
                ("2026-03-12T10:00", priority(Priority::P1)),
                (informed, Fact::Informed { audience: crate::fact::Audience::Customer }),
                ("2026-03-12T11:00", Fact::Restored),
            ],
        );
        assert_eq!(row(&judge(&[h], "2026-03", "2026-03-13T00:00"), 17).points, points, "{informed}");
    }
}

#[test]
fn a_major_incident_report_needs_both_documents_within_five_working_days() {
    let with = |documents: &[(&'static str, Document)]| {
        let mut facts = vec![
            ("2026-03-12T10:00", ezv()),
            ("2026-03-12T10:00", priority(Priority::P1)),
            ("2026-03-12T11:00", Fact::Restored),
        ];
        facts.extend(documents.iter().map(|(when, d)| (*when, Fact::Delivered { document: *d })));
        let j = judge(&[history("case/1", Class::Incident, &facts)], "2026-03", "2026-03-25T12:00");
        (row(&j, 18).status, row(&j, 18).points)
    };
    let (report, review) = (Document::Report, Document::Review);
    assert_eq!(with(&[("2026-03-19T23:59", report), ("2026-03-19T12:00", review)]), (Status::Met, 0));
    assert_eq!(with(&[("2026-03-20T09:00", report), ("2026-03-19T12:00", review)]), (Status::Missed, 5));
    // The review never came: late since the 20th, so the 25th is in the fourth started working day.
    assert_eq!(with(&[("2026-03-19T09:00", report)]), (Status::Missed, 20));
}

#[test]
fn a_recurring_duty_is_judged_once_the_journal_knows_of_it() {
    let fulfilled = |date: &str, when: &str| {
        history(&format!("occurrence/dqa/{date}"), Class::Occurrence, &[(when, Fact::Fulfilled)])
    };
    let none: [History; 0] = [];
    assert_eq!(row(&judge(&none, "2026-03", "2026-05-01T00:00"), 30).status, Status::NoData);
    let known = [fulfilled("2026-02-08", "2026-02-07T10:00"), fulfilled("2026-03-08", "2026-03-08T23:59")];
    assert_eq!(row(&judge(&known, "2026-03", "2026-05-01T00:00"), 30).status, Status::Met);
    let late = [fulfilled("2026-02-08", "2026-02-07T10:00"), fulfilled("2026-03-08", "2026-03-10T00:00:01")];
    let j = judge(&late, "2026-03", "2026-05-01T00:00");
    assert_eq!((row(&j, 30).points, row(&j, 30).steps), (14, 2));
    // April's was never done: from the 9th to the end of the 30th, 22 days.
    assert_eq!(row(&judge(&late, "2026-04", "2026-05-01T00:00"), 30).steps, 22);
}

#[test]
fn a_confirmed_finding_costs_its_weight() {
    let h =
        history("finding/1", Class::Finding, &[("2026-03-12T10:00", Fact::Confirmed { committee: "copil".into() })]);
    let other =
        history("finding/2", Class::Finding, &[("2026-03-12T10:00", Fact::Confirmed { committee: "cosui".into() })]);
    let j = judge(&[h, other], "2026-03", "2026-05-01T00:00");
    assert_eq!((row(&j, 6).points, row(&j, 6).population), (10, 1));
}

#[test]
fn a_disabled_row_says_why_and_counts_nothing() {
    let j = judge(&[incident(0, Priority::P3, 9000)], "2026-03", "2026-05-01T00:00");
    assert_eq!((row(&j, 16).status, row(&j, 16).points), (Status::Disabled, 0));
    assert_eq!(row(&j, 16).notes.first().unwrap().en, "duplicate");
}

#[test]
fn a_request_type_without_a_delay_is_not_computable_and_one_with_it_is() {
    let request = |n: u8, item: &str| {
        let c =
            Fact::Classified(Box::new(crate::fact::Classification { item: Some(item.into()), ..Default::default() }));
        history(
            &format!("case/{n}"),
            Class::Request,
            &[
                ("2026-03-12T10:00", identified(vigie_contract::Source::Ezv)),
                ("2026-03-12T10:00", c),
                ("2026-03-12T12:00", Fact::Restored),
            ],
        )
    };
    let j = judge(&[request(1, "move"), request(2, "line")], "2026-03", "2026-05-01T00:00");
    let by_key: Vec<_> = j.indicators.iter().filter(|i| i.row == 23).map(|i| (i.key.as_deref(), i.status)).collect();
    assert_eq!(by_key, [(Some("line"), Status::Met), (Some("move"), Status::NotComputable)]);
}

#[test]
fn judges_that_shared_the_histories_agree_with_one_that_took_them_all() {
    let histories: Vec<_> = (0..40)
        .map(|n| {
            incident(n, if n % 3 == 0 { Priority::P2 } else { Priority::P3 }, 400 + 20 * i64::try_from(n).unwrap())
        })
        .collect();
    let whole = judge(&histories, "2026-03", "2026-05-01T00:00");
    let rulebook = rulebook();
    let new = || Judge::new(&rulebook, "2026-03".parse().unwrap(), at("2026-05-01T00:00")).unwrap();
    let (mut a, mut b) = (new(), new());
    for (n, h) in histories.iter().rev().enumerate() {
        if n % 2 == 0 { a.take(h).unwrap() } else { b.take(h).unwrap() }
    }
    a.merge(b);
    assert_eq!(a.finish().unwrap(), whole);
}

#[test]
fn an_amendment_changes_only_what_starts_after_it() {
    let mut amended = contract();
    for delay in amended.priorities.delays.iter_mut().filter(|d| d.priority == Priority::P3) {
        delay.value = "1 h".parse().unwrap();
    }
    let rulebook = Rulebook::new(vec![
        Book::new("v1".into(), None, contract()).unwrap(),
        Book::new("v2".into(), Some(jiff::civil::date(2026, 3, 4)), amended).unwrap(),
    ])
    .unwrap();
    // Cases 0..4 start on the 2nd, 3rd, 4th and 5th and take two hours.
    let histories: Vec<_> = (0..4).map(|n| incident(n, Priority::P3, 120)).collect();
    let j = judge_with(&rulebook, &histories, "2026-03", "2026-05-01T00:00");
    let late: Vec<_> = row(&j, 10).items.iter().map(|i| i.subject.0.as_str()).collect();
    assert_eq!(late, ["case/0002", "case/0003"]);
    assert_eq!(j.version, "v1");
}

#[test]
fn cancelled_and_unclassified_cases_are_in_no_row() {
    let cancelled = {
        let mut h = incident(0, Priority::P3, 9000);
        h.events.push(Event { at: at("2026-04-01T00:00"), seq: 10, fact: Fact::Cancelled });
        h
    };
    let unclassified = history("case/2", Class::Incident, &[("2026-03-12T10:00", ezv())]);
    let j = judge(&[cancelled, unclassified], "2026-03", "2026-05-01T00:00");
    assert_eq!((j.total_points, j.unclassified), (0, 1));
}

#[test]
fn a_notice_that_never_came_is_late_until_the_incident_ends() {
    let facts = [
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:00", priority(Priority::P1)),
        ("2026-03-12T10:31", Fact::Restored),
    ];
    let j = judge(&[history("case/1", Class::Incident, &facts)], "2026-03", "2026-05-01T00:00");
    // 16 minutes over: four started steps of five.
    assert_eq!(row(&j, 17).points, 40);
}

#[test]
fn what_an_outside_log_cannot_record_is_not_held_against_anyone() {
    let facts = [
        ("2026-03-12T10:00", ezv()),
        ("2026-03-12T10:00", priority(Priority::P1)),
        ("2026-03-12T10:00", Fact::LogOnly),
        ("2026-03-12T10:31", Fact::Restored),
    ];
    let j = judge(&[history("case/1", Class::Incident, &facts)], "2026-03", "2026-05-01T00:00");
    for n in [17, 18] {
        assert_eq!((row(&j, n).status, row(&j, n).points), (Status::NoData, 0), "row {n}");
        assert!(!row(&j, n).notes.is_empty());
    }
    assert_eq!(row(&j, 9).population, 1);
}

#[test]
fn a_finding_costs_once_whatever_the_number_of_committees_and_nothing_when_withdrawn() {
    let confirmed = |when: &'static str| (when, Fact::Confirmed { committee: "copil".into() });
    let twice = history("finding/1", Class::Finding, &[confirmed("2026-03-10T10:00"), confirmed("2026-03-20T10:00")]);
    assert_eq!(row(&judge(std::slice::from_ref(&twice), "2026-03", "2026-05-01T00:00"), 6).points, 10);
    let later = history("finding/2", Class::Finding, &[confirmed("2026-02-10T10:00"), confirmed("2026-03-20T10:00")]);
    assert_eq!(row(&judge(&[later], "2026-03", "2026-05-01T00:00"), 6).points, 0);
    let withdrawn =
        history("finding/3", Class::Finding, &[confirmed("2026-03-10T10:00"), ("2026-03-21T10:00", Fact::Cancelled)]);
    assert_eq!(row(&judge(&[withdrawn], "2026-03", "2026-05-01T00:00"), 6).points, 0);
}

#[test]
fn an_amendment_of_an_obligation_reaches_only_what_is_triggered_after_it() {
    let mut amended = contract();
    amended
        .obligations
        .iter_mut()
        .filter(|o| o.id.0 == "report")
        .for_each(|o| o.due.offset = "1 working day".parse().ok());
    let rulebook = Rulebook::new(vec![
        Book::new("v1".into(), None, contract()).unwrap(),
        Book::new("v2".into(), Some(jiff::civil::date(2026, 3, 16)), amended).unwrap(),
    ])
    .unwrap();
    // Both reports come on the third working day after the end of their incident.
    let major = |n: u8, ended: &'static str, delivered: &'static str| {
        history(
            &format!("case/{n}"),
            Class::Incident,
            &[
                (ended, ezv()),
                (ended, priority(Priority::P1)),
                (ended, Fact::Restored),
                (delivered, Fact::Delivered { document: Document::Report }),
                (delivered, Fact::Delivered { document: Document::Review }),
            ],
        )
    };
    let before = major(1, "2026-03-12T10:00", "2026-03-17T10:00");
    let after = major(2, "2026-03-16T10:00", "2026-03-19T10:00");
    let j = judge_with(&rulebook, &[before, after], "2026-03", "2026-05-01T00:00");
    assert_eq!(row(&j, 18).items.iter().map(|i| i.subject.0.as_str()).collect::<Vec<_>>(), ["case/2"]);
}

#[test]
fn a_major_incident_that_was_only_closed_owes_its_report_too() {
    let facts =
        [("2026-03-12T10:00", ezv()), ("2026-03-12T10:00", priority(Priority::P1)), ("2026-03-12T11:00", Fact::Closed)];
    let j = judge(&[history("case/1", Class::Incident, &facts)], "2026-03", "2026-03-25T12:00");
    assert_eq!((row(&j, 18).status, row(&j, 18).points), (Status::Missed, 20));
}

#[test]
fn incidents_that_no_clock_can_start_are_counted_apart() {
    let h = history(
        "case/1",
        Class::Incident,
        &[("2026-03-12T10:00", priority(Priority::P3)), ("2026-03-12T12:00", Fact::Restored)],
    );
    assert_eq!(judge(&[h], "2026-03", "2026-05-01T00:00").unclassified, 1);
}
