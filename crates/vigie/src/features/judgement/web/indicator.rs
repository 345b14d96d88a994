//! One row of the table: what it promises, the sum written out with this month's numbers, and every
//! case behind it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use num_rational::Ratio;
use serde::Deserialize;
use vigie_contract::Indicator;
use vigie_reports::chart::{self, Ink};
use vigie_rules::judgement::{IndicatorResult, Item, Month, Quantity, Status};

use super::parts::{ChartView, RowView, month_href, parse_month, row, sentence, trend};
use crate::web::{AppState, Crumb, Failure, Missing, Page};

#[derive(Template)]
#[template(path = "indicator.html")]
struct IndicatorPage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    month: Month,
    row: RowView,
    definition: Option<Definition>,
    formula: Option<String>,
    notes: Vec<String>,
    items: Vec<ItemView>,
    has_priorities: bool,
    chart: Option<ChartView>,
}

/// What the contract says of the row.
struct Definition {
    service: String,
    perimeter: String,
    expected: String,
    step: String,
    clause: String,
    doubts: Vec<String>,
    choice: Option<String>,
}

/// One case or occurrence behind the figure.
struct ItemView {
    name: String,
    href: Option<String>,
    priority: String,
    start: String,
    due: String,
    stop: String,
    elapsed: String,
    target: String,
    steps: String,
    points: Option<String>,
    reason: String,
}

/// The type, for rows that are one indicator by type.
#[derive(Deserialize)]
pub(crate) struct Key {
    r#type: Option<String>,
}

/// `GET /mois/{month}/indicateurs/{row}`.
pub(crate) async fn indicator(
    State(state): State<AppState>,
    page: Page,
    Path((text, number)): Path<(String, String)>,
    Query(key): Query<Key>,
) -> Result<Response, Failure> {
    let month = parse_month(&text)?;
    let number: u8 = number.parse().map_err(|_| Failure::NotFound(Missing::Indicator))?;
    let (judgement, months, promise) =
        state.ask(move |s| Ok((s.source.judgement(month)?, trend(s, month)?, s.source.promise().history))).await?;
    let contract = &promise.at(month.first).contract;
    let wanted = |i: &&IndicatorResult| i.row == number && (key.r#type.is_none() || i.key == key.r#type);
    let found = judgement.indicators.iter().find(wanted).ok_or(Failure::NotFound(Missing::Indicator))?;
    let same = |i: &&IndicatorResult| i.row == found.row && i.key == found.key;
    let past: Vec<(Month, Option<&IndicatorResult>)> =
        months.iter().map(|(m, j)| (*m, j.indicators.iter().find(same))).collect();
    let view = row(&page, contract, month, found);
    let format = &page.format;
    Ok(page.show(&IndicatorPage {
        page: &page,
        crumbs: vec![
            Crumb { text: page.t("nav-months"), href: Some("/mois".to_owned()) },
            Crumb { text: format.month(month), href: Some(month_href(month)) },
            Crumb { text: page.t1("indicator-crumb", "n", found.row), href: None },
        ],
        month,
        definition: contract.indicators.iter().find(|i| i.row == number).map(|i| definition(&page, i)),
        formula: formula(&page, found),
        notes: found.notes.iter().map(|n| sentence(page.label(n))).collect(),
        items: found.items.iter().map(|i| item(&page, i)).collect(),
        has_priorities: found.items.iter().any(|i| i.priority.is_some()),
        chart: drawing(&page, &past, found),
        row: view,
    }))
}

fn definition(page: &Page, indicator: &Indicator) -> Definition {
    let perimeter = page.label(&indicator.perimeter);
    let detail = indicator.detail.as_ref().map(|d| page.label(d)).unwrap_or_default();
    let parts: Vec<&str> = [perimeter, detail].into_iter().filter(|p| !p.is_empty()).collect();
    Definition {
        service: page.label(&indicator.service).to_owned(),
        perimeter: parts.join(" · "),
        expected: page.label(&indicator.expected_text).to_owned(),
        step: page.label(&indicator.step_text).to_owned(),
        clause: indicator.clause.clone(),
        doubts: indicator.doubts.clone(),
        choice: indicator.choice.as_ref().map(|c| page.label(c).to_owned()),
    }
}

/// The sum of the row in words and numbers; none when there is none to write.
fn formula(page: &Page, found: &IndicatorResult) -> Option<String> {
    if !matches!(found.status, Status::Met | Status::Missed) {
        return None;
    }
    let format = &page.format;
    let number = |n: u64| format.number(n);
    let (steps, weight, points) = (number(found.steps), number(found.weight.into()), number(found.points));
    if let (Some(Quantity::Share(measured)), Some(Quantity::Share(expected))) = (found.measured, found.expected) {
        let kept = measured * Ratio::from_integer(i64::try_from(found.population).ok()?);
        let text = if measured < expected { "formula-rate-missed" } else { "formula-rate-met" };
        return Some(page.lang_with(
            text,
            &[
                ("kept", &format.number(kept.to_integer())),
                ("population", &number(found.population)),
                ("measured", &format.quantity(found.measured)),
                ("expected", &format.quantity(found.expected)),
                ("gap", &format.quantity(found.gap)),
                ("step", &format.quantity(found.step)),
                ("steps", &steps),
                ("weight", &weight),
                ("points", &points),
            ],
        ));
    }
    let terms: Vec<String> = found.items.iter().filter(|i| i.steps > 0).map(|i| number(i.steps)).collect();
    if terms.is_empty() {
        return Some(page.t1("formula-none", "population", number(found.population)));
    }
    // A long sum is not read; its terms stand in the table below.
    let sum = if terms.len() > 1 && terms.len() <= 12 { format!("{} = {steps}", terms.join(" + ")) } else { steps };
    Some(page.lang_with("formula-items", &[("sum", &sum), ("weight", &weight), ("points", &points)]))
}

fn item(page: &Page, item: &Item) -> ItemView {
    let format = &page.format;
    let number = item.subject.number();
    let is_case = item.subject.0.starts_with("case/");
    ItemView {
        name: number.to_owned(),
        href: is_case
            .then(|| format!("/dossiers/{}/horloges", crate::web::kit::encode(number)))
            .filter(|_| page.may_open("/dossiers")),
        priority: item.priority.map(|p| p.to_string()).unwrap_or_default(),
        start: format.instant(item.start),
        due: format.instant(item.due),
        stop: format.instant(item.stop),
        elapsed: format.time(item.elapsed),
        target: format.time(item.target),
        steps: format.number(item.steps),
        points: item.points.map(|p| format.number(p)),
        reason: sentence(page.label(&item.reason)),
    }
}

/// The row over twelve months: its rate against the promise, or its points.
fn drawing(page: &Page, past: &[(Month, Option<&IndicatorResult>)], found: &IndicatorResult) -> Option<ChartView> {
    if past.len() < 2 {
        return None;
    }
    let title = page.t("indicator-trend");
    if let Some(Quantity::Share(expected)) = found.expected {
        let rates: Vec<_> = past
            .iter()
            .map(|(m, i)| {
                let rate =
                    i.and_then(|i| i.measured).and_then(|q| if let Quantity::Share(r) = q { Some(r) } else { None });
                (*m, rate)
            })
            .collect();
        return Some(chart::rate_trend("trend", &title, &rates, expected, page.lang(), Ink::Page).into());
    }
    let points: Vec<_> = past.iter().map(|(m, i)| (*m, i.map_or(0, |i| i.points))).collect();
    Some(chart::points_trend("trend", &title, &points, page.lang(), Ink::Page).into())
}
