use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::LazyLock,
};

use jiff::civil::{Date, date};
use serde_json::json;
use vigie_rules::{
    book::Rulebook,
    fact::{Event, Fact, History, Subject, split_kind},
    judge::Judge,
    judgement::{Judgement, Month},
};

use super::*;

const COMMUNES: [&str; 8] =
    ["Allauch", "Cassis", "Istres", "Lambesc", "Mimet", "Peyrolles-en-Provence", "Trets", "Velaux"];

/// Callipso as it is shipped.
fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/callipso");
        let history = vigie_contract::load(Path::new(folder)).unwrap();
        history.at(TODAY).contract.clone()
    });
    &CONTRACT
}

fn made(today: Date) -> Vec<DemoEntry> {
    year(today, contract(), &COMMUNES).unwrap()
}

const TODAY: Date = date(2026, 11, 24);

#[test]
fn the_same_day_gives_the_same_year_byte_for_byte() {
    assert_eq!(format!("{:?}", made(TODAY)), format!("{:?}", made(TODAY)));
    assert_ne!(made(TODAY), made(date(2026, 11, 25)));
}

#[test]
fn every_entry_is_a_fact_that_the_rules_read() {
    for entry in made(TODAY) {
        let body = serde_json::to_string(&entry.body).unwrap();
        let fact = Fact::from_entry(&entry.kind, &body).unwrap_or_else(|e| panic!("{e}: {entry:?}"));
        assert!(fact.is_some(), "no rule reads {entry:?}");
    }
}

#[test]
fn entries_follow_each_other_in_time_and_none_is_later_than_noon() {
    for today in [TODAY, date(2026, 1, 1), date(2024, 2, 29), date(2026, 3, 29), date(2027, 5, 31)] {
        let entries = made(today);
        assert!(entries.is_sorted_by_key(|e| e.occurred_at));
        let noon = today.at(12, 0, 0, 0).in_tz("Europe/Paris").unwrap().timestamp();
        assert!(entries.last().unwrap().occurred_at <= noon);
    }
}

/// Incidents by catalogue subject over the twelve full months.
fn by_subject(entries: &[DemoEntry], today: Date) -> BTreeMap<String, i64> {
    let end = today.first_of_month().in_tz("Europe/Paris").unwrap().timestamp();
    let mut seen = BTreeSet::new();
    let mut counts = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.kind == "incident.identified" && e.occurred_at < end) {
        if let Some(subject) = entry.body.get("subject").filter(|_| seen.insert(&entry.subject)) {
            *counts.entry(subject.as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    counts
}

#[test]
fn volumes_by_subject_are_those_of_2024_within_a_tenth() {
    let counts = by_subject(&made(TODAY), TODAY);
    for subject in &contract().catalogue.subjects {
        let (made, expected) = (counts.get(&subject.id).copied().unwrap_or(0), i64::from(subject.volume_2024));
        assert!((made - expected).abs() * 10 <= expected, "{}: {made} made, {expected} in 2024", subject.id);
    }
}

#[test]
fn every_month_has_incidents_and_requests() {
    for kind in ["incident.identified", "request.identified"] {
        let months: BTreeSet<_> = made(TODAY)
            .iter()
            .filter(|e| e.kind == kind)
            .map(|e| e.occurred_at.in_tz("Europe/Paris").unwrap().date().first_of_month())
            .collect();
        assert_eq!(months.len(), 13, "{kind}");
    }
}

#[test]
fn an_incident_is_known_then_classified_taken_in_restored_and_closed() {
    let entries = made(TODAY);
    let mut lives: BTreeMap<&str, Vec<&DemoEntry>> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.kind.starts_with("incident.")) {
        lives.entry(&entry.subject).or_default().push(entry);
    }
    for (case, life) in lives {
        let first = |kind: &str| life.iter().position(|e| e.kind == kind).unwrap_or(usize::MAX);
        let order =
            ["identified", "classified", "taken_in", "restored", "closed"].map(|v| first(&format!("incident.{v}")));
        assert!(order.is_sorted() && order[0] == 0, "{case}: {life:#?}");
        let last_known = life.iter().rposition(|e| e.kind == "incident.identified").unwrap();
        assert!(last_known < first("incident.restored"), "{case}: {life:#?}");
        let resumed = first("incident.resumed");
        assert!(
            resumed == usize::MAX || first("incident.paused") < resumed && resumed < first("incident.restored"),
            "{case}"
        );
    }
}

#[test]
fn a_contract_without_hours_gives_no_year_and_says_what_to_add() {
    let mut bare = contract().clone();
    bare.priorities.windows.clear();
    let error = year(TODAY, &bare, &COMMUNES).unwrap_err();
    assert!(error.to_string().contains("priorities.toml"), "{error}");
}

#[test]
fn more_than_two_hundred_sites_cover_every_commune() {
    let sites = sites::sites(&contract().perimeter, &COMMUNES);
    let all: Vec<_> = sites.central.iter().chain(&sites.critical).chain(&sites.standard).collect();
    let names: BTreeSet<_> = all.iter().map(|s| &s.name).collect();
    assert!(all.len() > 200 && names.len() == all.len());
    assert!(COMMUNES.iter().all(|c| all.iter().any(|s| s.commune == *c)));
    // "une soixantaine" are sensitive (2.1).
    assert!((50..=75).contains(&sites.critical.len()), "{}", sites.critical.len());
}

#[test]
fn a_case_belongs_to_one_class_and_numbers_are_given_once() {
    let mut classes = BTreeMap::new();
    for entry in made(TODAY) {
        let (class, _) = split_kind(&entry.kind).unwrap();
        assert_eq!(*classes.entry(entry.subject.clone()).or_insert(class), class, "{}", entry.subject);
    }
}

#[test]
fn callers_are_content_and_never_body() {
    for entry in made(TODAY) {
        let body = serde_json::to_string(&entry.body).unwrap();
        assert!(!body.contains("04 65 71") && !body.contains("Mme "), "{body}");
    }
}

#[test]
fn shares_are_those_of_a_plausible_year() {
    let entries = made(TODAY);
    let mut lives: BTreeMap<&str, Vec<&DemoEntry>> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.kind.starts_with("incident.")) {
        lives.entry(&entry.subject).or_default().push(entry);
    }
    let total = lives.len();
    let having = |kind: &str| lives.values().filter(|life| life.iter().any(|e| e.kind == kind)).count();
    let classified = |urgency: &str, impact: u8| {
        lives
            .values()
            .filter(|l| {
                l.iter().any(|e| {
                    e.kind == "incident.classified"
                        && e.body.get("urgency") == Some(&json!(urgency))
                        && e.body.get("impact") == Some(&json!(impact))
                })
            })
            .count()
    };
    let per_mille = |count: usize| count * 1000 / total;
    let table = [
        ("P1", per_mille(classified("U1", 1)), 8..=25),
        ("P2", per_mille(classified("U1", 2) + classified("U2", 1)), 70..=120),
        ("P3", per_mille(classified("U1", 3) + classified("U2", 2)), 420..=520),
        ("P4", per_mille(classified("U2", 3)), 380..=480),
        ("major", having("incident.declared_major"), 6..=10),
        ("paused", per_mille(having("incident.paused")), 60..=100),
        ("pause refused", having("incident.pause_refused"), 6..=25),
        (
            "refused or reopened",
            per_mille(having("incident.restoration_refused") + having("incident.reopened")),
            12..=32,
        ),
        ("cancelled", per_mille(having("incident.cancelled")), 8..=30),
        ("still open", total - having("incident.restored") - having("incident.cancelled"), 1..=40),
    ];
    for (share, found, expected) in table {
        println!("{share}: {found}");
        assert!(expected.contains(&found), "{share}: {found}, not in {expected:?} of {total} incidents");
    }
}

/// The year's histories, as the store would give them to the judge.
fn histories(entries: &[DemoEntry]) -> Vec<History> {
    let mut histories: BTreeMap<&str, History> = BTreeMap::new();
    for (seq, entry) in (0..).zip(entries) {
        let body = serde_json::to_string(&entry.body).unwrap();
        let (class, fact) = Fact::from_entry(&entry.kind, &body).unwrap().unwrap();
        let new = || History { subject: Subject(entry.subject.clone()), class, events: Vec::new() };
        let history = histories.entry(&entry.subject).or_insert_with(new);
        history.events.push(Event { at: entry.occurred_at, seq, fact });
    }
    histories.into_values().collect()
}

/// Each full month, judged.
fn judged(today: Date) -> Vec<Judgement> {
    let entries = made(today);
    let as_of = entries.last().unwrap().occurred_at;
    let histories = histories(&entries);
    let rules = Rulebook::new(vec![Book::new("demo".to_owned(), None, contract().clone()).unwrap()]).unwrap();
    let last = Month::of(today);
    let judge = |back: i32| {
        let mut judge = Judge::new(&rules, last.plus(-back), as_of).unwrap();
        for history in &histories {
            judge.take(history).unwrap();
        }
        judge.finish().unwrap()
    };
    (1..=12).rev().map(judge).collect()
}

#[test]
fn the_judged_year_has_its_good_months_and_its_bad_ones() {
    let entries = made(TODAY);
    let months = judged(TODAY);
    let row = |number: u8| months.iter().flat_map(|m| &m.indicators).filter(move |i| i.row == number);
    let late = |number: u8| row(number).map(|i| i.items.len()).sum::<usize>();
    let population: u64 = row(9).chain(row(10)).map(|i| i.population).sum();
    let late_per_mille = (late(9) + late(10)) * 1000 / usize::try_from(population).unwrap();
    let agreed: BTreeSet<&str> =
        entries.iter().filter(|e| e.kind == "incident.pause_accepted").map(|e| e.subject.as_str()).collect();
    let last = months.last().unwrap().indicators.iter().filter(|i| i.row == 10).flat_map(|i| &i.items);
    let worst = (0..).zip(&months).max_by_key(|(_, m)| m.total_points).map(|(n, _)| n);
    let table = [
        ("late incidents, per mille", late_per_mille, 50..=90),
        (
            "late last month, a pause notwithstanding",
            last.filter(|i| agreed.contains(i.subject.0.as_str())).count(),
            1..=2,
        ),
        ("major incidents late", late(9), 3..=5),
        ("customers informed late", late(17), 3..=4),
        ("major reports late", late(18), 1..=1),
        ("quality findings", late(6), 2..=2),
        ("security findings", late(8), 1..=1),
        ("problems confirmed", late(19), 1..=1),
        ("steering minutes late", late(3), 1..=1),
        ("statistics late", late(30), 1..=1),
        ("actions late", late(5) + late(7), 2..=4),
        ("documents late", late(31), 1..=3),
        ("orders late", late(32) + late(33) + late(34), 3..=3),
        (
            "the worst month is that of the border controller",
            worst.unwrap(),
            incidents::SBC_MONTH..=incidents::SBC_MONTH,
        ),
    ];
    for (share, found, expected) in table {
        println!("{share}: {found}");
        assert!(expected.contains(&found), "{share}: {found}, not in {expected:?}");
    }
    assert!(months.iter().all(|m| m.unclassified == 0 && m.total_points < 400));
}

#[test]
fn every_account_has_a_role_of_the_contract() {
    for account in accounts() {
        assert!(contract().roles.iter().any(|r| r.id == account.role), "{}: {}", account.name, account.role);
    }
}
