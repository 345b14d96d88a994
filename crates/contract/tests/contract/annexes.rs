//! Every dated duty of the text has something in Callipso that carries it, with the value of the text.
//!
//! The duties are told in [`table`], apart from the contract's files and in other words, so that a value
//! changed by mistake in one of the two is seen.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use vigie_contract::{
    CalendarRule, ClockRule, Contract, Direction, Due, Escalation, EventPattern, Indicator, Measure, Obligation, Party,
    Population, Rule, Shift, Trigger, load,
};

use crate::folder;

/// A duty of the text.
struct Duty {
    what: String,
    /// Entries of the register (`C-<clause>-<number>`) that state it.
    entries: Vec<String>,
    /// Doubts that its carriers must name.
    doubts: Vec<String>,
    /// What carries it and what that must say.
    carriers: Vec<(String, String)>,
}

/// What a rule of the contract says, in the words of the table.
struct Carrier {
    says: String,
    clause: String,
    doubts: Vec<String>,
    register: Vec<String>,
}

fn duties(table: &str) -> Vec<Duty> {
    let mut duties: Vec<Duty> = Vec::new();
    for line in table.lines().filter(|l| !l.trim().is_empty()) {
        if line.starts_with(' ') {
            let (name, says) = line.split_once(" = ").unwrap();
            duties.last_mut().unwrap().carriers.push((name.trim().to_owned(), says.to_owned()));
            continue;
        }
        let (what, marks) = line.strip_suffix(']').unwrap().split_once(" [").unwrap();
        let (entries, doubts) = marks.split(' ').map(str::to_owned).partition(|m| m.starts_with("C-"));
        duties.push(Duty { what: what.to_owned(), entries, doubts, carriers: Vec::new() });
    }
    duties
}

fn all_duties() -> Vec<Duty> {
    [table::ANNEX_A, table::ANNEX_B, table::BEYOND].into_iter().flat_map(duties).collect()
}

fn base() -> Contract {
    load(&folder()).unwrap_or_else(|e| panic!("{e}")).base().contract.clone()
}

#[test]
fn the_table_tells_every_line_of_the_annexes() {
    // Fifty limits; seventeen rhythms that hold forty duties.
    assert_eq!((duties(table::ANNEX_A).len(), duties(table::ANNEX_B).len()), (50, 40));
}

#[test]
fn every_dated_duty_has_its_carrier_with_the_value_of_the_text() {
    let carriers = carriers(&base());
    let mut wrong = Vec::new();
    for Duty { what, entries, doubts, carriers: expected } in all_duties() {
        let mut found = Vec::new();
        for (name, says) in &expected {
            let Some(carrier) = carriers.get(name) else {
                wrong.push(format!("{what}: there is no {name}"));
                continue;
            };
            if carrier.says != *says {
                wrong.push(format!("{what}: {name}\n  says {}\n  not  {says}", carrier.says));
            }
            found.push(carrier);
        }
        if expected.is_empty() {
            wrong.push(format!("{what}: nothing carries it"));
        }
        // Obligations alone list entries; of any other rule the clause is all that can be compared.
        let listed = found.iter().any(|c| !c.register.is_empty());
        for entry in entries {
            let clause = entry.strip_prefix("C-").and_then(|e| e.rsplit_once('-')).unwrap().0;
            let stated = |c: &&Carrier| if listed { c.register.contains(&entry) } else { c.clause == clause };
            if !found.iter().any(stated) {
                wrong.push(format!("{what}: none of its carriers states {entry}"));
            }
        }
        for doubt in doubts.iter().filter(|d| !found.iter().any(|c| c.doubts.contains(d))) {
            wrong.push(format!("{what}: none of its carriers names {doubt}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_obligation_and_no_entry_of_the_register_stands_without_its_duty() {
    let mut told = BTreeSet::new();
    for duty in all_duties() {
        for name in duty.carriers.iter().filter_map(|(name, _)| name.strip_prefix("obligation ")) {
            told.insert((name.to_owned(), String::new()));
            told.extend(duty.entries.iter().map(|e| (name.to_owned(), e.clone())));
        }
    }
    let mut untold = Vec::new();
    for obligation in base().obligations {
        assert!(!obligation.register.is_empty(), "{} states no entry of the register", obligation.id);
        let entries = obligation.register.into_iter().chain([String::new()]);
        untold.extend(entries.map(|e| (obligation.id.0.clone(), e)).filter(|pair| !told.contains(pair)));
    }
    assert_eq!(untold, []);
}

/// All that can carry a duty, by its name in the table.
fn carriers(c: &Contract) -> BTreeMap<String, Carrier> {
    let mut all = BTreeMap::new();
    let mut put = |name: String, rule: &dyn Rule, says: String, register: &[String]| {
        let (clause, doubts, register) = (rule.clause().to_owned(), rule.doubts().to_vec(), register.to_vec());
        all.insert(name, Carrier { says, clause, doubts, register });
    };
    for o in &c.obligations {
        put(format!("obligation {}", o.id), o, obligation(o), &o.register);
        put(format!("label {}", o.id), o, o.label.en.clone(), &o.register);
    }
    for clock in &c.clocks.clocks {
        put(format!("clock {}", clock.id), clock, clock_says(clock), &[]);
    }
    for d in &c.priorities.delays {
        let infra = d.infra.map_or_else(String::new, |i| format!(" {}", word(&i)));
        let penal = d.penal_threshold.map_or_else(String::new, |p| format!(", costs from {p}"));
        put(format!("delay {} {}{infra}", d.priority, word(&d.kind)), d, format!("{}{penal}", d.value), &[]);
    }
    for w in &c.priorities.windows {
        put(format!("window {}", w.priority), w, format!("taken in {}, treated {}", w.take_in, w.treatment), &[]);
    }
    for o in &c.priorities.overrides {
        let says = format!("{}, {}, {}", o.value, word(&o.rule), word(&o.comparison));
        put(format!("override {}", word(&o.kind)), o, says, &[]);
    }
    let major = &c.priorities.major;
    let says = format!(
        "{} at once, {} by decision, told every {}",
        word(&major.auto),
        word(&major.by_decision),
        word(&major.follow_up)
    );
    put("major".into(), major, says, &[]);
    for e in &c.escalations.rules {
        put(format!("escalation {}", e.id), e, escalation(e), &[]);
    }
    for i in &c.indicators {
        put(format!("row {}", i.row), i, row(i), &[]);
    }
    for calendar in &c.calendars {
        put(format!("calendar {}", calendar.id), calendar, week(calendar), &[]);
    }
    for committee in &c.committees {
        let rhythm = committee.rhythm.as_deref().unwrap_or("on demand");
        let says = format!("{rhythm}{}", if committee.in_person { ", in person" } else { "" });
        put(format!("committee {}", committee.id), committee, says, &[]);
    }
    for r in &c.teams.routes {
        let outside = r.outside.as_ref().map_or_else(String::new, |o| format!(" outside {o}"));
        put(format!("route {}", r.id), r, format!("to {}{outside}", r.team), &[]);
    }
    for i in &c.catalogue.items {
        let given = i.delay.or(i.urgent_delay).map_or_else(|| "no delay given".to_owned(), |d| d.to_string());
        let urgent = i.urgent_raises.as_ref().map_or_else(String::new, |topic| {
            format!(", urgent by {} raises {topic}", i.urgent_channel.map_or_else(String::new, |c| word(&c)))
        });
        put(format!("item {}", i.id), i, format!("{}, {given}{urgent}", i.calendar), &[]);
    }
    for key in c.frame.missing.keys() {
        let carrier = Carrier { says: "no value".into(), clause: String::new(), doubts: vec![], register: vec![] };
        all.insert(format!("missing {key}"), carrier);
    }
    all
}

fn obligation(o: &Obligation) -> String {
    let start = match &o.trigger {
        Trigger::Recurrence(rule) => rule.clone(),
        Trigger::Event(event) => pattern(event),
    };
    let mut says = format!("{start}: {}", due(&o.due, matches!(o.trigger, Trigger::Recurrence(_))));
    if o.major_only {
        says += ", majors only";
    }
    if o.fulfilled_by.len() > 1 {
        says += &format!(", all of {}", o.fulfilled_by.iter().map(pattern).collect::<Vec<_>>().join(" + "));
    }
    if o.party != Party::Provider {
        says += &format!(", by the {}", word(&o.party));
    }
    if let Some(row) = o.indicator {
        says += &format!(", row {row}");
    }
    says
}

fn pattern(event: &EventPattern) -> String {
    event.with.values().fold(event.kind.clone(), |text, value| format!("{text} {value}"))
}

fn due(due: &Due, recurs: bool) -> String {
    if let Some(key) = &due.missing {
        return format!("missing {key}");
    }
    let side = if due.direction == Direction::Before { "before" } else { "after" };
    let when = match (due.offset, due.agreed) {
        (Some(offset), true) => format!("{offset} {side} the agreed date"),
        (Some(offset), false) => format!("{offset} {side}"),
        (None, true) => "the agreed date".to_owned(),
        (None, false) => {
            assert!(recurs, "nothing says when");
            due.time.map_or_else(|| "that day".to_owned(), |t| format!("by {}", t.strftime("%H:%M")))
        }
    };
    let shift = if due.shift == Shift::None { String::new() } else { format!(", {}", word(&due.shift)) };
    format!("{when}, {}, {}{shift}", due.calendar, word(&due.comparison))
}

fn clock_says(c: &ClockRule) -> String {
    let mut says = format!(
        "{} until {}: {}, in {}, {}",
        c.class.name(),
        word(&c.stop),
        word(&c.target),
        word(&c.calendar),
        word(&c.comparison)
    );
    says += if c.suspends { ", pauses" } else { "" };
    says += if c.major_only { ", majors only" } else { "" };
    says
}

fn escalation(e: &Escalation) -> String {
    let mut says = format!("{} of {}, at {}", word(&e.on), word(&e.priorities), word(&e.at));
    if let Some(unless) = e.unless {
        says += &format!(", unless {}", word(&unless));
    }
    says
}

fn row(i: &Indicator) -> String {
    let measure = match &i.measure {
        Measure::CaseOverrun { population, clock, step, confirmed_only } => {
            let confirmed = if *confirmed_only { ", if confirmed" } else { "" };
            format!("{} over {clock} by {step}{confirmed}", cases(population))
        }
        Measure::CaseRate { population, clock, factor, expected, step, by_type } => {
            let by_type = if *by_type { ", by type" } else { "" };
            format!("{expected} of {} within {factor} x {clock}, step {step}{by_type}", cases(population))
        }
        Measure::ObligationLateness { obligation, step } => format!("{obligation} late by {step}"),
        Measure::ConfirmedFindings { committees } => format!("findings of {}", word(committees)),
    };
    format!("{measure}, weight {}", i.weight)
}

fn cases(p: &Population) -> String {
    let major = match p.major {
        Some(true) => "major ",
        Some(false) => "other ",
        None => "",
    };
    format!("{major}{} {}", p.class.name(), word(&p.priorities)).trim_end().to_owned()
}

fn week(calendar: &CalendarRule) -> String {
    let w = &calendar.weekly;
    let days = [
        ("mon", &w.mon),
        ("tue", &w.tue),
        ("wed", &w.wed),
        ("thu", &w.thu),
        ("fri", &w.fri),
        ("sat", &w.sat),
        ("sun", &w.sun),
    ];
    let mut by_hours: Vec<(String, Vec<&str>)> = Vec::new();
    for (day, windows) in days.into_iter().filter(|(_, windows)| !windows.is_empty()) {
        let hours = windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        match by_hours.last_mut() {
            Some((same, list)) if *same == hours => list.push(day),
            _ => by_hours.push((hours, vec![day])),
        }
    }
    let open: Vec<String> = by_hours.into_iter().map(|(hours, days)| format!("{} {hours}", days.join(" "))).collect();
    format!("{}, holidays {}", open.join(", "), word(&calendar.holidays))
}

/// A value as the contract's files write it, without their punctuation.
fn word(value: &impl serde::Serialize) -> String {
    fn flat(value: toml::Value) -> String {
        match value {
            toml::Value::String(text) => text,
            toml::Value::Array(list) => list.into_iter().map(flat).collect::<Vec<_>>().join(" "),
            toml::Value::Table(table) => {
                table.into_iter().map(|(key, value)| format!("{key} {}", flat(value))).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        }
    }
    flat(toml::Value::try_from(value).unwrap()).trim_end().to_owned()
}
