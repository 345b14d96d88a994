use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    path::Path,
    sync::LazyLock,
};

use jiff::civil::{Date, date};
use serde_json::json;
use vigie_contract::Class;
use vigie_rules::{
    book::Rulebook,
    fact::{Event, Fact, History, Subject, split_kind},
    judge::Judge,
    judgement::{Judgement, Month},
};

use super::*;

/// Callipso as it is shipped.
fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/callipso");
        let history = vigie_contract::load(Path::new(folder)).unwrap();
        history.at(TODAY).contract.clone()
    });
    &CONTRACT
}

fn communes() -> &'static [String] {
    static COMMUNES: LazyLock<Vec<String>> = LazyLock::new(|| crate::web::assets::communes().unwrap());
    &COMMUNES
}

fn made(today: Date) -> Vec<DemoEntry> {
    let communes: Vec<&str> = communes().iter().map(String::as_str).collect();
    year(today, contract(), &communes).unwrap()
}

const TODAY: Date = date(2026, 11, 24);

/// Days on which a demonstration may start: an ordinary one, a holiday that opens a year, a leap day, the
/// change to summer time (a Sunday), and the last day of a month.
const DAYS: [Date; 5] = [TODAY, date(2026, 1, 1), date(2024, 2, 29), date(2026, 3, 29), date(2027, 5, 31)];

/// Those of them on which nobody works.
const CLOSED: [Date; 2] = [date(2026, 1, 1), date(2026, 3, 29)];

/// The lives of the incidents, by case.
fn incidents(entries: &[DemoEntry]) -> BTreeMap<&str, Vec<&DemoEntry>> {
    let mut lives: BTreeMap<&str, Vec<&DemoEntry>> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.kind.starts_with("incident.")) {
        lives.entry(&entry.subject).or_default().push(entry);
    }
    lives
}

/// Checks shares of one demonstration, each with the limits of what is plausible.
#[track_caller]
fn check(today: Date, table: &[(&str, usize, RangeInclusive<usize>)]) {
    let beyond = table.iter().filter(|(_, found, expected)| !expected.contains(found));
    let beyond: Vec<_> =
        beyond.map(|(share, found, expected)| format!("{share}: {found}, not in {expected:?}")).collect();
    assert!(beyond.is_empty(), "{today}: {beyond:#?}");
}

#[test]
fn the_same_day_gives_the_same_year_byte_for_byte() {
    assert_eq!(format!("{:?}", made(TODAY)), format!("{:?}", made(TODAY)));
    assert_ne!(made(TODAY), made(date(2026, 11, 25)));
}

#[test]
fn every_entry_is_a_fact_that_the_rules_read_or_says_with_whom_a_case_is() {
    for entry in made(TODAY) {
        let body = serde_json::to_string(&entry.body).unwrap();
        let fact = Fact::from_entry(&entry.kind, &body).unwrap_or_else(|e| panic!("{e}: {entry:?}"));
        // Who has a case is the desk's matter: no rule asks.
        assert_eq!(fact.is_none(), entry.kind.ends_with(".assigned"), "{entry:?}");
    }
}

#[test]
fn entries_follow_each_other_in_time_and_none_is_later_than_noon() {
    for today in DAYS {
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
    for today in DAYS {
        let counts = by_subject(&made(today), today);
        for subject in &contract().catalogue.subjects {
            let (made, expected) = (counts.get(&subject.id).copied().unwrap_or(0), i64::from(subject.volume_2024));
            assert!((made - expected).abs() * 10 <= expected, "{today}: {}: {made}, {expected} in 2024", subject.id);
        }
    }
}

#[test]
fn every_month_has_incidents_and_requests_and_august_is_quieter_than_september() {
    for (today, class) in DAYS.into_iter().flat_map(|day| ["incident", "request"].map(|class| (day, class))) {
        let kind = format!("{class}.identified");
        let (mut cases, mut months) = (BTreeSet::new(), BTreeMap::new());
        for entry in made(today).into_iter().filter(|e| e.kind == kind) {
            if cases.insert(entry.subject) {
                let month = Month::of(entry.occurred_at.in_tz("Europe/Paris").unwrap().date());
                *months.entry(month).or_insert(0) += 1;
            }
        }
        let full: Vec<(&Month, &i32)> = months.range(..Month::of(today)).collect();
        assert_eq!(full.len(), 12, "{today}: {kind}");
        let of = |number: i8| full.iter().find(|(m, _)| m.first.month() == number).map(|(_, count)| **count).unwrap();
        assert!(of(8) * 3 < of(9) * 2, "{today}: {kind}: {} in August, {} in September", of(8), of(9));
    }
}

#[test]
fn an_incident_is_known_then_classified_taken_in_restored_and_closed() {
    for (case, life) in incidents(&made(TODAY)) {
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
    let error = year(TODAY, &bare, &[]).unwrap_err();
    assert!(error.to_string().contains("priorities.toml"), "{error}");
}

#[test]
fn more_than_two_hundred_sites_cover_the_119_communes() {
    let communes: Vec<&str> = communes().iter().map(String::as_str).collect();
    let sites = sites::sites(&contract().perimeter, &communes);
    let all: Vec<_> = sites.central.iter().chain(&sites.critical).chain(&sites.standard).collect();
    let names: BTreeSet<_> = all.iter().map(|s| &s.name).collect();
    assert!(all.len() > 200 && names.len() == all.len());
    let served = communes.iter().filter(|c| all.iter().any(|s| s.commune == **c));
    assert_eq!((communes.len(), served.count()), (119, 119));
    // "une soixantaine" are sensitive (2.1).
    assert!((50..=75).contains(&sites.critical.len()), "{}", sites.critical.len());
}

#[test]
fn a_year_rings_in_every_commune_and_in_more_than_two_hundred_sites() {
    for today in DAYS {
        let entries = made(today);
        let named = |key: &str| entries.iter().filter_map(|e| e.body.get(key)?.as_str()).collect::<BTreeSet<_>>();
        check(today, &[("communes", named("commune").len(), 119..=119), ("sites", named("site").len(), 201..=240)]);
    }
}

#[test]
fn each_of_the_four_call_centres_has_incidents() {
    for today in DAYS {
        let entries = made(today);
        for centre in ["APA-PCH", "RSA", "MDPH", "CDS"] {
            let title = format!("Centre d'appels {centre} : ");
            let says = |e: &DemoEntry| e.body.get("title").is_some_and(|t| t.as_str().unwrap().starts_with(&title));
            assert!(entries.iter().any(says), "{today}: nothing of {centre}");
        }
    }
}

#[test]
fn vips_and_vvips_call_and_there_are_never_more_of_them_than_the_contract_counts() {
    for today in DAYS {
        let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for entry in made(today) {
            if let Some(vip) = entry.body.get("vip") {
                let (_, who) = entry.content.iter().find(|(name, _)| *name == "caller").unwrap();
                assert!(entry.kind.ends_with(".identified"), "{entry:?}");
                seen.entry(vip.as_str().unwrap().to_owned()).or_default().insert(who.clone());
            }
        }
        let count = |vip: &str| seen.get(vip).map_or(0, BTreeSet::len);
        let [vips, vvips] = [people::VIPS, people::VVIPS].map(|n| usize::try_from(n).unwrap());
        check(today, &[("VIPs", count("vip"), 60..=vips), ("VVIPs", count("vvip"), 20..=vvips)]);
        assert!(seen.len() == 2 && seen["vip"].is_disjoint(&seen["vvip"]), "{seen:?}");
    }
}

#[test]
fn every_case_has_a_group_and_what_is_taken_in_is_with_somebody() {
    for today in DAYS {
        let mut with: BTreeMap<String, (String, Option<String>)> = BTreeMap::new();
        let mut open = BTreeSet::new();
        for entry in made(today).into_iter().filter(|e| e.subject.starts_with("case/")) {
            let text = |key: &str| entry.body.get(key).and_then(Value::as_str).map(str::to_owned);
            if let Some(team) = text("team") {
                assert!(contract().teams.teams.iter().any(|t| t.id.0 == team), "{team}");
                with.insert(entry.subject.clone(), (team, text("assignee")));
            }
            let (_, who) = &with[&entry.subject];
            match split_kind(&entry.kind).unwrap() {
                (Class::Incident | Class::Request, "restored") => assert!(who.is_some(), "{entry:?}"),
                (_, "closed" | "cancelled") => assert!(open.remove(&entry.subject), "{entry:?}"),
                _ => _ = open.insert(entry.subject),
            }
        }
        let of = |team: &str, who: Option<&str>| {
            let here = |case: &&String| with[*case].0 == team && with[*case].1.as_deref() == who;
            open.iter().filter(here).count()
        };
        let table = [
            ("open, with nobody of operations yet", of("go", None), usize::from(!CLOSED.contains(&today))..=30),
            ("open, with the technician who may sign in", of("go", Some("go.martin")), 1..=25),
        ];
        check(today, &table);
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
    for today in DAYS {
        let entries = made(today);
        let lives = incidents(&entries);
        let total = lives.len();
        let count = |fits: &dyn Fn(&DemoEntry) -> bool| lives.values().filter(|l| l.iter().any(|e| fits(e))).count();
        let having = |kind: &str| count(&|e| e.kind == kind);
        let classified = |urgency: &str, impact: u8| {
            let is = |e: &DemoEntry, key: &str, value: Value| e.body.get(key) == Some(&value);
            count(&|e| {
                e.kind == "incident.classified" && is(e, "urgency", json!(urgency)) && is(e, "impact", json!(impact))
            })
        };
        let of = |vip: &str| count(&|e| e.body.get("vip") == Some(&json!(vip)));
        let per_mille = |count: usize| count * 1000 / total;
        let table = [
            ("P1", per_mille(classified("U1", 1)), 8..=25),
            ("P2", per_mille(classified("U1", 2) + classified("U2", 1)), 70..=120),
            ("P3", per_mille(classified("U1", 3) + classified("U2", 2)), 420..=520),
            ("P4", per_mille(classified("U2", 3)), 380..=480),
            ("major", having("incident.declared_major"), 6..=10),
            ("paused", per_mille(having("incident.paused")), 50..=105),
            ("pause refused", having("incident.pause_refused"), 3..=25),
            ("restoration refused", per_mille(having("incident.restoration_refused")), 6..=25),
            ("reopened", per_mille(having("incident.reopened")), 12..=40),
            ("cancelled", per_mille(having("incident.cancelled")), 8..=30),
            ("of a VIP", per_mille(of("vip")), 50..=110),
            ("of a VVIP", per_mille(of("vvip")), 10..=45),
            ("still open", total - having("incident.restored") - having("incident.cancelled"), 1..=40),
        ];
        check(today, &table);
    }
}

/// The year's histories, as the store would give them to the judge.
fn histories(entries: &[DemoEntry]) -> Vec<History> {
    let mut histories: BTreeMap<&str, History> = BTreeMap::new();
    for (seq, entry) in (0..).zip(entries) {
        let body = serde_json::to_string(&entry.body).unwrap();
        let Some((class, fact)) = Fact::from_entry(&entry.kind, &body).unwrap() else { continue };
        let new = || History { subject: Subject(entry.subject.clone()), class, events: Vec::new() };
        let history = histories.entry(&entry.subject).or_insert_with(new);
        history.events.push(Event { at: entry.occurred_at, seq, fact });
    }
    histories.into_values().collect()
}

/// Each full month and the one in course, judged.
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
    (0..=12).rev().map(judge).collect()
}

#[test]
fn the_judged_year_has_its_good_months_and_its_bad_ones() {
    for today in DAYS {
        let (entries, all) = (made(today), judged(today));
        let (_, months) = all.split_last().unwrap();
        let row = |number: u8| months.iter().flat_map(|m| &m.indicators).filter(move |i| i.row == number);
        let late = |number: u8| row(number).map(|i| i.items.len()).sum::<usize>();
        let population: u64 = row(9).chain(row(10)).map(|i| i.population).sum();
        let late_per_mille = (late(9) + late(10)) * 1000 / usize::try_from(population).unwrap();
        let agreed = entries.iter().filter(|e| e.kind == "incident.pause_accepted");
        let agreed: BTreeSet<&str> = agreed.map(|e| e.subject.as_str()).collect();
        let last = months.last().unwrap().indicators.iter().filter(|i| i.row == 10).flat_map(|i| &i.items);
        let paused = last.filter(|i| agreed.contains(i.subject.0.as_str())).count();
        let points: Vec<usize> = all.iter().map(|m| usize::try_from(m.total_points).unwrap()).collect();
        let worst = (0..).zip(months).max_by_key(|(_, m)| m.total_points).map(|(n, _)| n).unwrap();
        let table = [
            ("late incidents, per mille", late_per_mille, 50..=90),
            ("late last month, a pause notwithstanding", paused, 1..=2),
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
            ("points of the best month", points[..12].iter().copied().min().unwrap(), 1..=80),
            ("points of the worst month", points[worst], 100..=500),
            // Among few cases one weighs much, and still no more than a bad month.
            ("points of the month in course", points[12], 0..=points[worst]),
        ];
        check(today, &table);
        // Which of the bad months is the worst depends on how many cases share it.
        let bad = [stories::LATE_P1_MONTHS, [incidents::SBC_MONTH, incidents::SHORTAGE_MONTH]].concat();
        assert!(bad.contains(&worst), "{today}: {points:?}");
        assert!(all.iter().all(|m| m.unclassified == 0));
    }
}

#[test]
fn every_account_has_a_role_of_the_contract() {
    for account in accounts() {
        assert!(contract().roles.iter().any(|r| r.id == account.role), "{}: {}", account.name, account.role);
    }
}
