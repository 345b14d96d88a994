use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use serde_json::json;
use vigie_contract::{Catalogue, Contract};
use vigie_rules::fact::{Fact, split_kind};

use super::*;

const COMMUNES: [&str; 8] =
    ["Allauch", "Cassis", "Istres", "Lambesc", "Mimet", "Peyrolles-en-Provence", "Trets", "Velaux"];

/// The volumes of 2024 (3.7.1.5) and just enough of a contract around them.
fn contract() -> Contract {
    let rule = |fields: Value, label: &str| {
        let mut rule = fields;
        rule["clause"] = json!("3.7.1.5");
        rule["label"] = json!({"fr": label, "en": label});
        rule
    };
    let subjects = [
        ("toip", "TOIP , Mévo, Visio, Centre d'appels", 251),
        ("active", "Matériel actif inventorié", 204),
        ("incidents", "Incidents", 102),
        ("network", "Accès réseau (Wifi ou Lan)", 95),
        ("cabling", "Câblage capillaire", 70),
        ("thick", "Applications clients lourds", 17),
        ("printing", "Impression", 1),
    ];
    let subjects: Vec<_> = subjects
        .iter()
        .map(|(id, label, volume)| rule(json!({"id": id, "service": "toip", "volume_2024": volume}), label))
        .collect();
    let items: Vec<_> = ["Création d'une ligne", "Compte Rainbow", "Déménagement d'un poste"]
        .iter()
        .enumerate()
        .map(|(n, label)| rule(json!({"id": format!("item-{n}"), "calendar": "HO"}), label))
        .collect();
    let catalogue: Catalogue = serde_json::from_value(json!({"subject": subjects, "item": items})).unwrap();
    let open = json!(["08:00-18:00"]);
    let weekly = json!({"mon": open, "tue": open, "wed": open, "thu": open, "fri": open});
    let calendar = rule(json!({"id": "HO", "weekly": weekly, "holidays": "french_metropole"}), "HO");
    let window = rule(json!({"priority": "P3", "take_in": "HO", "treatment": "HO"}), "8h/18h");
    let pauses = [("user_unavailable", true), ("vendor", false)];
    let pauses = pauses
        .map(|(reason, allowed)| rule(json!({"reason": reason, "allowed": allowed, "needs_acceptance": true}), reason));
    let start = rule(json!({"candidates": [], "desk_direct": "desk_time", "double_entry": "ezv"}), "start");
    let restoration = rule(json!({"refused": "void", "reopened_counts": false}), "restoration");
    let text = json!({"fr": "Callipso", "en": "Callipso"});
    Contract {
        frame: serde_json::from_value(json!({"id": "callipso", "label": text, "customer": text, "source": text, "zone": "Europe/Paris"})).unwrap(),
        calendars: vec![serde_json::from_value(calendar).unwrap()],
        perimeter: vigie_contract::Perimeter::default(),
        priorities: serde_json::from_value(json!({
            "cell": [], "delay": [], "window": [window], "major": rule(json!({"auto": ["P1"], "by_decision": ["P2"]}), "major")
        }))
        .unwrap(),
        clocks: serde_json::from_value(json!({
            "start": start, "priority_change": rule(json!({"binding": "keep_owed"}), "change"), "restoration": restoration,
            "pause": pauses, "clock": []
        }))
        .unwrap(),
        catalogue,
        indicators: Vec::new(),
        obligations: Vec::new(),
        committees: Vec::new(),
        roles: Vec::new(),
    }
}

fn made(today: Date) -> Vec<DemoEntry> {
    year(today, &contract(), &COMMUNES).unwrap()
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
    for subject in contract().catalogue.subjects {
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
