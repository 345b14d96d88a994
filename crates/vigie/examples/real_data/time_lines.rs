//! Ticket time lines of other projects with the due times that they expect, replayed by our clocks.
//!
//! A time line becomes the history of a request: a pending state is a pause that the customer
//! accepted, a closure restores and validates, an opening after it reopens. The clock of the first
//! answer stops at the take-in; there the source leaves out the time during which a ticket was closed
//! and opened again, so it becomes a pause. A due time that the source shows as nothing means that its
//! clock stands still. What we have no clock for is counted and named, never guessed.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use vigie_contract::{
    CalendarRule, Catalogue, Changes, Class, ClockRule, Contract, Escalations, ExceptionalDay, Holidays, Label,
    PauseReasonId, Satisfaction, Teams, WeeklyWindows,
};
use vigie_rules::{
    book::Book,
    clock::{self, ClockRun},
    fact::{Event, Fact, History, Subject},
    life::Life,
};

use crate::{calendars::DayByDay, folder::Folder, outcome::Outcome};

#[derive(Deserialize)]
struct TimeLine {
    id: String,
    calendar: String,
    sla_minutes: BTreeMap<String, Option<u32>>,
    created_at: Timestamp,
    initial_state: String,
    events: Vec<Moment>,
    expect: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Moment {
    at: Timestamp,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    to: Option<String>,
}

/// What may happen on a time line. Contacts matter only to the clock that starts again at each.
const KNOWN: [&str; 7] =
    ["agent_contact", "agent_message", "closed", "customer_contact", "customer_message", "first_response", "state"];

/// What a ticket turned to, as far as a clock is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Pending,
    Open,
    Closed,
    Answered,
}

/// Which promise of the source a clock of ours keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    FirstAnswer,
    Solution,
}

impl Promise {
    const fn name(self) -> &'static str {
        match self {
            Self::FirstAnswer => "first_response",
            Self::Solution => "solution",
        }
    }
}

/// Checks every time line in the folder.
pub(crate) fn check(folder: &Folder, calendars: &BTreeMap<String, DayByDay>) -> Result<Option<Outcome>> {
    let (mut lines, mut expressed) = (0_usize, 0_usize);
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for path in folder.files("jsonl") {
        for text in std::fs::read_to_string(path)?.lines().filter(|line| !line.trim().is_empty()) {
            let line: TimeLine = serde_json::from_str(text).context("a time line")?;
            lines += 1;
            for (key, expected) in &line.expect {
                match question(key) {
                    _ if line.events.iter().any(|event| !KNOWN.contains(&event.kind.as_str())) => {
                        *left_out.entry("of a time line with an event that no fact of ours says").or_default() += 1;
                    }
                    Some((promise, asked)) => {
                        let answer = answer(&line, promise, asked, calendars)
                            .map_err(|e| anyhow!("{} {key}: {e:#}", line.id))?;
                        expressed += 1;
                        if !answer.contains(expected) {
                            differences.push(format!(
                                "{} {key}: expected {expected}, found {}",
                                line.id,
                                json!(answer)
                            ));
                        }
                    }
                    None if key == "as_seen_at" => {}
                    None => *left_out.entry(why_left_out(key)).or_default() += 1,
                }
            }
        }
    }
    if lines == 0 {
        return Ok(None);
    }
    let reasons = left_out.iter().map(|(reason, n)| format!("{n} {reason}")).collect::<Vec<_>>().join(", ");
    let figures = format!(
        "{} of {expressed} expectations of {lines} time lines agree; not expressible: {}",
        expressed.saturating_sub(differences.len()),
        if reasons.is_empty() { "none" } else { &reasons },
    );
    Ok(Some(Outcome::new("bizhours/time lines", figures, differences)))
}

/// What an expectation asks of a clock.
#[derive(Clone, Copy)]
enum Asked {
    Due,
    MinutesTaken,
    MinutesLeft,
}

fn question(key: &str) -> Option<(Promise, Asked)> {
    [Promise::FirstAnswer, Promise::Solution].into_iter().find_map(|promise| {
        let asked = match key.strip_prefix(promise.name())? {
            "_due" => Asked::Due,
            "_in_min" => Asked::MinutesTaken,
            "_diff_in_min" => Asked::MinutesLeft,
            _ => return None,
        };
        Some((promise, asked))
    })
}

fn why_left_out(key: &str) -> &'static str {
    match key.split('_').next() {
        Some("update") => "of a clock that starts again at each contact",
        Some("next") => "of the next due time of all, that clock among them",
        _ => "of another kind",
    }
}

/// The answers of our clock that the source may give in its own way.
fn answer(
    line: &TimeLine,
    promise: Promise,
    asked: Asked,
    calendars: &BTreeMap<String, DayByDay>,
) -> Result<Vec<Value>> {
    let Some(minutes) = line.sla_minutes.get(promise.name()).copied().flatten() else {
        return Ok(vec![Value::Null]);
    };
    let days = calendars.get(&line.calendar).with_context(|| format!("no calendar {}", line.calendar))?;
    let seen_at = line.expect.get("as_seen_at").and_then(Value::as_str).map(str::parse::<Timestamp>).transpose()?;
    let as_of = seen_at.or_else(|| line.events.iter().map(|e| e.at).max()).unwrap_or(line.created_at);
    let turns = turns(line, as_of);
    let book = book(days, promise, minutes)?;
    let rule = book.contract.clocks.clocks.first().context("the clock")?;
    let life = Life::read(&history(line, promise, &turns), as_of);
    let run = clock::run(&book, rule, Class::Request, &life, as_of)?.context("the clock does not run")?;
    let taken = run.elapsed.as_secs().div_euclid(60);
    Ok(match asked {
        Asked::MinutesTaken | Asked::MinutesLeft if run.end.at().is_none() => vec![Value::Null],
        Asked::MinutesTaken => vec![json!(taken)],
        Asked::MinutesLeft => vec![json!(i64::from(minutes) - taken)],
        Asked::Due if stands_still(&run, &turns) && seen_at.is_none() => vec![Value::Null],
        Asked::Due => vec![json!(run.due.context("no due time")?)],
    })
}

/// Whether the clock has stopped or is suspended at the end of the time line.
fn stands_still(run: &ClockRun<'_>, turns: &[(Timestamp, Turn)]) -> bool {
    let state = turns.iter().rev().map(|(_, turn)| *turn).find(|turn| *turn != Turn::Answered);
    run.end.at().is_some() || matches!(state, Some(Turn::Pending | Turn::Closed))
}

/// The turns of a ticket up to an instant, in order.
fn turns(line: &TimeLine, as_of: Timestamp) -> Vec<(Timestamp, Turn)> {
    let of_state = |state: &str| match state {
        "closed" | "merged" | "removed" => Turn::Closed,
        state if state.starts_with("pending") => Turn::Pending,
        _ => Turn::Open,
    };
    let mut turns = vec![(line.created_at, of_state(&line.initial_state))];
    turns.extend(line.events.iter().filter(|e| e.at <= as_of).filter_map(|event| {
        let turn = match (event.kind.as_str(), &event.to) {
            ("first_response" | "agent_message", _) => Turn::Answered,
            ("closed", _) => Turn::Closed,
            ("state", Some(state)) => of_state(state),
            _ => return None,
        };
        Some((event.at, turn))
    }));
    turns.sort_by_key(|(at, _)| *at);
    turns
}

/// The history of a request that lived so.
fn history(line: &TimeLine, promise: Promise, turns: &[(Timestamp, Turn)]) -> History {
    let mut facts = vec![(line.created_at, Fact::Identified { source: vigie_contract::Source::Desk, direct: true })];
    let reason = || PauseReasonId::from("pending");
    let mut state = Turn::Open;
    for (index, (at, turn)) in turns.iter().enumerate() {
        let reopens = turns.iter().skip(index + 1).any(|(_, later)| *later == Turn::Open);
        let mut add = |fact: Fact| facts.push((*at, fact));
        match (turn, promise) {
            (Turn::Answered, Promise::FirstAnswer) => add(Fact::TakenIn),
            (Turn::Answered, Promise::Solution) => continue,
            (Turn::Closed, Promise::FirstAnswer) if !reopens => {}
            (Turn::Pending, _) | (Turn::Closed, Promise::FirstAnswer) => {
                add(Fact::Paused { reason: reason() });
                add(Fact::PauseAccepted);
            }
            (Turn::Closed, Promise::Solution) => {
                add(Fact::Restored);
                add(Fact::Closed);
            }
            (Turn::Open, Promise::Solution) if state == Turn::Closed => add(Fact::Reopened),
            (Turn::Open, _) => add(Fact::Resumed),
        }
        if *turn != Turn::Answered {
            state = *turn;
        }
    }
    let events = (0..).zip(facts).map(|(seq, (at, fact))| Event { at, seq, fact }).collect();
    let mut history = History { subject: Subject(format!("case/{}", line.id)), class: Class::Request, events };
    history.sort();
    history
}

/// A contract of one calendar and one clock.
fn book(days: &DayByDay, promise: Promise, minutes: u32) -> Result<Book> {
    let zone = days.zone.iana_name().context("a zone without a name")?;
    let about = json!({ "clause": "-", "label": Label::default() });
    let rule = |fields: Value| -> Value {
        let both = [about.clone(), fields].into_iter().filter_map(|value| value.as_object().cloned()).flatten();
        both.collect::<serde_json::Map<_, _>>().into()
    };
    let stop = match promise {
        Promise::FirstAnswer => "taken_in",
        Promise::Solution => "restored",
    };
    let clock: ClockRule = serde_json::from_value(rule(json!({
        "id": promise.name(), "class": "request", "stop": stop, "target": { "fixed": format!("{minutes} min") },
        "calendar": { "fixed": "source" }, "comparison": "inclusive", "suspends": true,
    })))?;
    let clocks = json!({
        "start": rule(json!({ "candidates": ["desk"], "desk_direct": "desk_time", "double_entry": "ezv" })),
        "priority_change": rule(json!({ "binding": "latest" })),
        "restoration": rule(json!({ "refused": "void", "reopened_counts": false })),
        "pause": [rule(json!({ "reason": "pending", "allowed": true, "needs_acceptance": true }))],
        "clock": [clock],
    });
    let exceptional = days.days.iter().map(|(date, windows)| ExceptionalDay {
        date: *date,
        windows: windows.clone(),
        label: Label::default(),
    });
    let calendar = CalendarRule {
        id: "source".into(),
        weekly: WeeklyWindows::default(),
        holidays: Holidays::None,
        exceptions: exceptional.collect(),
        clause: "-".to_owned(),
        label: Label::default(),
        from: None,
        to: None,
        doubts: Vec::new(),
        choice: None,
    };
    let label = Label::default;
    let contract = Contract {
        frame: serde_json::from_value(
            json!({ "id": "source", "label": label(), "customer": label(), "source": label(), "zone": zone }),
        )?,
        calendars: vec![calendar],
        perimeter: serde_json::from_value(json!({ "service": [] }))?,
        priorities: serde_json::from_value(json!({
            "cell": [], "delay": [], "window": [], "major": rule(json!({ "auto": [], "by_decision": [] })),
        }))?,
        clocks: serde_json::from_value(clocks)?,
        catalogue: Catalogue::default(),
        indicators: Vec::new(),
        obligations: Vec::new(),
        committees: Vec::new(),
        roles: Vec::new(),
        teams: Teams::default(),
        changes: Changes::default(),
        escalations: Escalations::default(),
        satisfaction: Satisfaction::default(),
    };
    Ok(Book::new("source".to_owned(), None, contract)?)
}
