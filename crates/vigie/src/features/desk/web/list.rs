//! The list of cases: filters, order and page stand in the address.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use vigie_contract::{Class, Priority};

use crate::{
    features::desk::view::{CASES, CaseQuery, CaseRow, CaseSort, PAGE_SIZE},
    web::{AppState, Failure, Page, kit::encode},
};

/// The question, as the address holds it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    classe: String,
    priorite: String,
    retard: String,
    q: String,
    tri: String,
    page: String,
}

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesPage<'a> {
    page: &'a Page,
    question: &'a Question,
    classes: Vec<(&'static str, &'static str)>,
    late: bool,
    filtered: bool,
    columns: Vec<Column>,
    rows: Vec<RowView>,
    total: u64,
    range: String,
    total_text: String,
    previous: Option<String>,
    next: Option<String>,
}

/// A column that sorts.
struct Column {
    key: &'static str,
    href: String,
    numeric: bool,
    /// `ascending`, `descending`, or none when it does not sort.
    order: Option<&'static str>,
}

/// One case as text.
struct RowView {
    number: String,
    href: String,
    title: Option<String>,
    class: &'static str,
    priority: String,
    start: String,
    due: String,
    stop: String,
    standing: Standing,
}

/// Where a case stands: icon, word and colour say the same.
#[derive(Clone, Copy)]
struct Standing {
    key: &'static str,
    icon: &'static str,
    badge: &'static str,
}

/// `GET /dossiers`.
pub(crate) async fn cases(
    State(state): State<AppState>,
    page: Page,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let now = state.now();
    let query = read(&question, now);
    let asked = query.clone();
    let list = state.ask(move |s| s.source.cases(&asked)).await?;
    let first = u64::from(query.page) * u64::from(PAGE_SIZE);
    let shown = u64::try_from(list.rows.len()).unwrap_or(u64::MAX);
    let at = |number: u32| address(&question, None, Some(number));
    Ok(page.show(&CasesPage {
        page: &page,
        classes: CASES.map(|c| (c.name(), class_key(c))).to_vec(),
        late: query.late_at.is_some(),
        filtered: query.class.is_some()
            || query.priority.is_some()
            || query.late_at.is_some()
            || !query.text.is_empty(),
        columns: columns(&question, &query),
        rows: list.rows.iter().map(|r| row(&page, r, now)).collect(),
        total: list.total,
        range: page.lang_with(
            "pager-range",
            &[
                ("from", &page.format.number(first.saturating_add(1).min(list.total))),
                ("to", &page.format.number(first.saturating_add(shown))),
                ("total", &page.format.number(list.total)),
            ],
        ),
        total_text: page.format.number(list.total),
        // Addresses count pages from 1, as people do.
        previous: (query.page > 0).then(|| at(query.page)),
        next: (first.saturating_add(shown) < list.total && shown > 0).then(|| at(query.page.saturating_add(2))),
        question: &question,
    }))
}

/// Reads the question; what cannot be read is not a filter.
fn read(question: &Question, now: Timestamp) -> CaseQuery {
    let (descending, name) = match question.tri.strip_prefix('-') {
        Some(name) => (true, name),
        None => (question.tri.is_empty(), question.tri.as_str()),
    };
    CaseQuery {
        class: Class::from_name(&question.classe).filter(|c| CASES.contains(c)),
        priority: Priority::ALL.into_iter().find(|p| p.to_string() == question.priorite),
        late_at: (question.retard == "oui").then_some(now),
        text: question.q.trim().to_owned(),
        sort: CaseSort::ALL.into_iter().find(|(_, n)| *n == name).map(|(s, _)| s).unwrap_or_default(),
        descending,
        page: question.page.parse::<u32>().unwrap_or(1).clamp(1, 1_000_000) - 1,
    }
}

/// The same question under another order or another page.
fn address(question: &Question, order: Option<&str>, page: Option<u32>) -> String {
    let order = order.unwrap_or(&question.tri);
    let page = page.filter(|p| *p > 1).map(|p| p.to_string()).unwrap_or_default();
    let parts: Vec<String> = [
        ("classe", question.classe.as_str()),
        ("priorite", &question.priorite),
        ("retard", &question.retard),
        ("q", &question.q),
        ("tri", order),
        ("page", &page),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={}", encode(value)))
    .collect();
    if parts.is_empty() { "/dossiers".to_owned() } else { format!("/dossiers?{}", parts.join("&")) }
}

fn columns(question: &Question, query: &CaseQuery) -> Vec<Column> {
    CaseSort::ALL
        .into_iter()
        .map(|(sort, name)| {
            let current = sort == query.sort;
            // A second press turns the order round.
            let descending =
                if current { !query.descending } else { sort != CaseSort::Number && sort != CaseSort::Priority };
            let order = format!("{}{name}", if descending { "-" } else { "" });
            let key = match sort {
                CaseSort::Number => "col-case",
                CaseSort::Priority => "col-priority",
                CaseSort::Start => "col-start",
                CaseSort::Due => "col-due",
                CaseSort::Stop => "col-stop",
            };
            Column {
                key,
                href: address(question, Some(&order), None),
                numeric: !matches!(sort, CaseSort::Number | CaseSort::Priority),
                order: current.then_some(if query.descending { "descending" } else { "ascending" }),
            }
        })
        .collect()
}

/// The message that names a class.
pub(super) const fn class_key(class: Class) -> &'static str {
    match class {
        Class::Incident => "class-incident",
        Class::Request => "class-request",
        Class::Problem => "class-problem",
        Class::Change => "class-change",
        _ => "class-other",
    }
}

fn row(page: &Page, row: &CaseRow, now: Timestamp) -> RowView {
    let late = row.due.is_some_and(|due| row.stop.unwrap_or(now) > due);
    let standing = match (row.open, late) {
        (true, true) => Standing { key: "case-open-late", icon: "alert-triangle", badge: "badge-bad" },
        (true, false) => Standing { key: "case-open", icon: "clock", badge: "badge-accent" },
        (false, true) => Standing { key: "case-late", icon: "circle-x", badge: "badge-bad" },
        (false, false) if row.stop.is_some() && row.due.is_some() => {
            Standing { key: "case-in-time", icon: "circle-check", badge: "badge-good" }
        }
        (false, false) => Standing { key: "case-over", icon: "circle-minus", badge: "" },
    };
    RowView {
        href: format!("/dossiers/{}", encode(&row.number)),
        number: row.number.clone(),
        title: row.title.clone(),
        class: class_key(row.class),
        priority: row.priority.clone().unwrap_or_default(),
        start: page.format.instant(row.start),
        due: page.format.instant(row.due),
        stop: page.format.instant(row.stop),
        standing,
    }
}
