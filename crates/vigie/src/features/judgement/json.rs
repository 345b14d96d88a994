//! A judged month as JSON: the same bytes from the database, from an export, and twice in a row.
//!
//! Exact values are text: shares as fractions (`"22/25"`), open time as ISO 8601 (`"PT2H45M"`), counts
//! and points as whole numbers. Both languages are written, so that the bytes depend on nobody's choice.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use vigie_contract::Label;
use vigie_evidence::Checkpoint;
use vigie_rules::judgement::{IndicatorResult, Item, Judgement, Quantity, Status};

#[derive(Serialize)]
struct Out<'a> {
    contract: &'a str,
    version: &'a str,
    period: String,
    as_of: Timestamp,
    checkpoint: Option<Head<'a>>,
    total_points: String,
    unclassified: u64,
    indicators: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Head<'a> {
    origin: &'a str,
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct Row<'a> {
    row: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    clause: &'a str,
    label: &'a Label,
    population: u64,
    pending: u64,
    measured: Option<String>,
    expected: Option<String>,
    gap: Option<String>,
    step: Option<String>,
    steps: String,
    weight: u32,
    points: String,
    status: Status,
    #[serde(skip_serializing_if = "<[Label]>::is_empty")]
    notes: &'a [Label],
    items: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Case<'a> {
    case: &'a str,
    /// Absent when the points belong to the rate as a whole.
    points: Option<String>,
    steps: String,
    reason: &'a Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
}

fn duration(value: SignedDuration) -> String {
    // jiff prints ISO 8601 and keeps fractions of a second.
    value.to_string()
}

fn quantity(value: Quantity) -> String {
    match value {
        Quantity::Share(r) => format!("{}/{}", r.numer(), r.denom()),
        Quantity::Time(d) => duration(d),
        Quantity::Days(n) => format!("P{n}D"),
        Quantity::Weeks(n) => format!("P{n}W"),
        Quantity::Count(n) => n.to_string(),
    }
}

fn item(i: &Item) -> Case<'_> {
    Case {
        case: &i.subject.0,
        points: i.points.map(|p| p.to_string()),
        steps: i.steps.to_string(),
        reason: &i.reason,
        priority: i.priority.map(|p| p.to_string()),
        clock: i.clock.as_ref().map(|c| c.0.as_str()),
        start: i.start,
        due: i.due,
        stop: i.stop,
        elapsed: i.elapsed.map(duration),
        target: i.target.map(duration),
    }
}

fn row(r: &IndicatorResult) -> Row<'_> {
    Row {
        row: r.row,
        key: r.key.as_deref(),
        clause: &r.clause,
        label: &r.label,
        population: r.population,
        pending: r.pending,
        measured: r.measured.map(quantity),
        expected: r.expected.map(quantity),
        gap: r.gap.map(quantity),
        step: r.step.map(quantity),
        steps: r.steps.to_string(),
        weight: r.weight,
        points: r.points.to_string(),
        status: r.status,
        notes: &r.notes,
        items: r.items.iter().map(item).collect(),
    }
}

/// Writes a judgement, indented, with a line feed at the end.
///
/// # Errors
/// Never for a value that a judge gave.
pub fn to_json(judgement: &Judgement, checkpoint: Option<&Checkpoint>) -> serde_json::Result<Vec<u8>> {
    let out = Out {
        contract: &judgement.contract,
        version: &judgement.version,
        period: judgement.month.to_string(),
        as_of: judgement.as_of,
        checkpoint: checkpoint.map(|c| Head { origin: &c.origin, size: c.size, root: c.root.to_base64() }),
        total_points: judgement.total_points.to_string(),
        unclassified: judgement.unclassified,
        indicators: judgement.indicators.iter().map(row).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&out)?;
    bytes.push(b'\n');
    Ok(bytes)
}
