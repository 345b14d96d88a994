//! Ticket logs of other organisations, read through the mappings that ship and judged.
//!
//! What is required: every row is accounted for, every case of the file has its history, each pair of
//! impact and urgency gives one priority where the log has all three, and a month can be judged. What
//! other people counted in the same file (an aggregates file beside it) is compared where we count
//! the same thing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::Value;
use vigie_contract::Class;
use vigie_links::Mapping;
use vigie_rules::{
    book::Rulebook,
    clock::binding_start,
    fact::{Fact, History},
    judge::Judge,
    judgement::{Judgement, Month},
    life::Life,
};

use crate::{
    folder::{Folder, Table, name},
    outcome::Outcome,
    reading::{self, Reading},
    store,
};

/// ServiceNow event logs.
pub(crate) fn servicenow(folder: &Folder) -> Result<Vec<Outcome>> {
    check(folder, "itsm-servicenow", &reading::mapping("servicenow")?, "number")
}

/// Closed problems of BPI 2013, through the generic mapping.
pub(crate) fn closed_problems(folder: &Folder) -> Result<Vec<Outcome>> {
    let mapping = reading::mapping("generic")?.with_class(Class::Problem);
    check(folder, "itsm-bpi2013-problems", &mapping, "case:concept:name")
}

/// The sample of BPI 2014, through the generic mapping.
pub(crate) fn rabobank(folder: &Folder) -> Result<Vec<Outcome>> {
    check(folder, "itsm-bpi2014-sample", &reading::mapping("generic")?, "Incident_ID")
}

fn check(folder: &Folder, set: &str, mapping: &Mapping, number: &str) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    let mut logs = Vec::new();
    for path in folder.files("csv") {
        let table = Table::read(path)?;
        if !table.has(number) {
            continue;
        }
        let reading = Reading::of_file(path, mapping)?;
        let mut differences = reading.faults();
        let numbers: BTreeSet<&str> =
            table.rows.iter().map(|row| row.get(number).trim()).filter(|n| !n.is_empty()).collect();
        let subjects = reading.subjects();
        if numbers.len() != subjects.len() {
            differences.push(format!("{} cases in the file, {} with a history", numbers.len(), subjects.len()));
        }
        let rows = u64::try_from(table.rows.len())?;
        if rows != reading.summary.rows {
            differences.push(format!("{rows} rows in the file, {} read", reading.summary.rows));
        }
        let matrix = reading.summary.pairs.matrix();
        for ((impact, urgency), priorities) in matrix.iter().filter(|(_, priorities)| priorities.len() > 1) {
            differences.push(format!("{impact} and {urgency} give {priorities:?}"));
        }
        let judgement = judge_busiest_month(&reading.histories()?)?;
        let stored = store::through_the_program(path, mapping, judgement.month)?;
        differences.extend(stored.differences);
        if stored.judgement.total_points != judgement.total_points {
            let (ours, theirs) = (judgement.total_points, stored.judgement.total_points);
            differences.push(format!("{}: {ours} points from the file, {theirs} from the store", judgement.month));
        }
        let figures = format!(
            "{}: {} rows, {} events, {} cases; {}; {}; {}; {}",
            name(path),
            reading.summary.rows,
            reading.summary.events,
            subjects.len(),
            reading.rejects_by_reason(),
            match matrix.len() {
                0 => "no matrix in it".to_owned(),
                pairs => format!("{pairs} pairs of impact and urgency, one priority each"),
            },
            stored.figures,
            month_in_words(&judgement),
        );
        outcomes.push(Outcome::new(set, figures, differences));
        logs.push((table, reading));
    }
    if outcomes.is_empty() {
        bail!("no log with a column `{number}` was found");
    }
    for path in folder.files("json") {
        let theirs = serde_json::from_str(&fs::read_to_string(path)?).with_context(|| name(path))?;
        // Nothing in the file says which log it counts: it is the one that it fits best.
        let counts = logs.iter().map(|(table, reading)| aggregates(&name(path), &theirs, table, reading, set));
        outcomes.extend(counts.min_by_key(|outcome| outcome.differences.len()));
    }
    Ok(outcomes)
}

/// Judges the month in which most cases start, under the contract that ships.
fn judge_busiest_month(histories: &[History]) -> Result<Judgement> {
    let promise = vigie::app::promise(Some(&reading::at_root("contracts/callipso")))?;
    let rulebook = promise.rulebook.as_ref();
    let as_of = histories.iter().flat_map(|h| &h.events).map(|e| e.at).max().context("no event at all")?;
    let mut starts: BTreeMap<Month, usize> = BTreeMap::new();
    for history in histories {
        if let Some(start) = start_of(rulebook, history, as_of) {
            *starts.entry(Month::of(start.to_zoned(rulebook.zone().clone()).date())).or_default() += 1;
        }
    }
    let (month, _) = starts.into_iter().max_by_key(|(_, cases)| *cases).context("no case has a start")?;
    let mut judge = Judge::new(rulebook, month, as_of)?;
    for history in histories {
        judge.take(history)?;
    }
    Ok(judge.finish()?)
}

fn start_of(rulebook: &Rulebook, history: &History, as_of: Timestamp) -> Option<Timestamp> {
    let life = Life::read(history, as_of);
    let first = history.events.iter().find(|e| matches!(e.fact, Fact::Identified { .. }))?.at;
    let (index, _) = binding_start(rulebook.at(first), history.class, &life)?;
    life.candidates.get(index).map(|candidate| candidate.at)
}

fn month_in_words(judgement: &Judgement) -> String {
    let rows: Vec<String> = judgement
        .indicators
        .iter()
        .filter(|i| i.population > 0)
        .map(|i| format!("row {} {} of {} late", i.row, i.items.len(), i.population))
        .collect();
    let rows = if rows.is_empty() { "no row has a population".to_owned() } else { rows.join(", ") };
    format!("{} judged: {} points ({rows})", judgement.month, judgement.total_points)
}

/// Compares what an aggregates file counts with what we count in a log.
fn aggregates(file: &str, theirs: &Value, table: &Table, reading: &Reading, set: &str) -> Outcome {
    let (mut agree, mut differences, mut other) = (0_u32, Vec::new(), 0_u32);
    let mut leaves = Vec::new();
    flatten(theirs, &mut Vec::new(), &mut leaves);
    for (path, expected) in leaves {
        let found = counted(&path, table, reading);
        if found.is_empty() {
            other += 1;
        } else if found.contains(&expected) {
            agree += 1;
        } else {
            differences.push(format!("{}: expected {expected}, found {found:?}", path.join(" > ")));
        }
    }
    let figures = format!("{agree} counts of {file} agree, {other} measure something else");
    Outcome::new(&format!("{set}/counts"), figures, differences)
}

/// Whole numbers of a JSON text with the keys that lead to each.
fn flatten(value: &Value, path: &mut Vec<String>, into: &mut Vec<(Vec<String>, u64)>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                path.push(key.clone());
                flatten(member, path, into);
                path.pop();
            }
        }
        Value::Number(number) => into.extend(number.as_u64().map(|n| (path.clone(), n))),
        _ => {}
    }
}

/// What we count under such keys: rows, incidents, or the rows or incidents of a column's value.
fn counted(path: &[String], table: &Table, reading: &Reading) -> Vec<u64> {
    let as_u64 = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    match path {
        [one] if matches!(one.as_str(), "rows" | "n_rows" | "events" | "n_events") => vec![reading.summary.rows],
        [one] if matches!(one.as_str(), "incidents" | "n_incidents" | "cases" | "n_cases") => {
            vec![as_u64(reading.subjects().len())]
        }
        [.., value] => {
            // Which column and which rows a count is about stands in its keys: take the column whose name they hold.
            let keys = path.join(" ").to_lowercase();
            let column = table.columns().iter().find(|column| keys.contains(column.as_str()));
            let Some(column) = column.filter(|column| table.rows.iter().any(|row| row.get(column) == value)) else {
                return Vec::new();
            };
            let rows: Vec<_> = table.rows.iter().filter(|row| row.get(column) == value).collect();
            let numbers: BTreeSet<&str> = rows.iter().map(|row| row.get("number")).collect();
            let last: BTreeMap<&str, &str> =
                table.rows.iter().map(|row| (row.get("number"), row.get(column))).collect();
            let first: BTreeMap<&str, &str> =
                table.rows.iter().rev().map(|row| (row.get("number"), row.get(column))).collect();
            let ending = |map: &BTreeMap<&str, &str>| as_u64(map.values().filter(|v| **v == value.as_str()).count());
            vec![as_u64(rows.len()), as_u64(numbers.len()), ending(&last), ending(&first)]
        }
        [] => Vec::new(),
    }
}
