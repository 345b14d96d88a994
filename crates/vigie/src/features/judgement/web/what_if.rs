//! What if: the same month under other values, beside the real one. Nothing is stored; the address
//! holds the whole question.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use jiff::civil::DateTime;
use serde::Deserialize;
use vigie_contract::{Contract, Delay, Indicator, Measure};
use vigie_rules::judgement::{IndicatorResult, Judgement, Month};

use super::{
    calculator::{self, Amount},
    parts::{RowView, month_href, parse_month, row},
};
use crate::{
    features::judgement::{view::WhatIf, whatif::RowChange},
    web::{AppState, Crumb, Failure, Page},
};

/// The question, as the address holds it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    ligne: String,
    attendu: String,
    pas: String,
    poids: String,
    dossier: String,
    retabli: String,
    /// Of the calculator.
    mesure: String,
    promis: String,
    tranche: String,
    valeur: String,
}

#[derive(Template)]
#[template(path = "what_if.html")]
struct WhatIfPage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    month: Month,
    title: String,
    question: &'a Question,
    rows: Vec<(u8, String)>,
    /// What the contract says of the chosen row, to start from.
    hint: Option<String>,
    /// The same by field: expected value, step, weight.
    printed: [String; 3],
    problem: Option<&'static str>,
    result: Option<Outcome>,
    /// What the calculator gives.
    sum: Option<String>,
}

/// Real and supposed points.
struct Outcome {
    real: String,
    supposed: String,
    difference: String,
    better: bool,
    changed: Vec<(RowView, RowView)>,
}

/// `GET /mois/{month}/simulation`.
pub(crate) async fn what_if(
    State(state): State<AppState>,
    page: Page,
    Path(text): Path<String>,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let month = parse_month(&text)?;
    let promise = state.source.promise().history;
    let contract = &promise.at(month.first).contract;
    let chosen = question.ligne.parse::<u8>().ok().and_then(|n| contract.indicators.iter().find(|i| i.row == n));
    let (change, mut problem) = match read(&page, &question, chosen) {
        Ok(change) => (change, None),
        Err(problem) => (None, Some(problem)),
    };
    let mut result = None;
    if let Some(change) = change {
        let reader = page.party();
        let answer = state
            .ask(move |s| {
                if let Some((number, _)) = &change.case
                    && s.source.case(number, reader)?.is_none()
                {
                    return Ok(None);
                }
                Ok(Some((s.source.judgement(month)?, s.source.what_if(month, &change)?)))
            })
            .await?;
        match answer {
            Some((real, supposed)) => result = Some(outcome(&page, contract, month, &real, &supposed)),
            None => problem = Some("error-no-case-next"),
        }
    }
    let rows = contract.indicators.iter().filter(|i| i.enabled).map(|i| (i.row, named(&page, i)));
    Ok(page.show(&WhatIfPage {
        page: &page,
        crumbs: vec![
            Crumb { text: page.t("nav-months"), href: Some("/mois".to_owned()) },
            Crumb { text: page.format.month(month), href: Some(month_href(month)) },
            Crumb { text: page.t("what-if-crumb"), href: None },
        ],
        month,
        title: page.format.month(month),
        rows: rows.collect(),
        hint: chosen.map(|i| {
            let (expected, step) = (page.label(&i.expected_text), page.label(&i.step_text));
            page.lang_with("what-if-hint", &[("expected", &expected), ("step", &step), ("weight", &i.weight)])
        }),
        printed: chosen.map_or_else(Default::default, |i| {
            [page.label(&i.expected_text).to_owned(), page.label(&i.step_text).to_owned(), i.weight.to_string()]
        }),
        problem,
        result,
        sum: sum(&page, &question),
        question: &question,
    }))
}

/// A row by what tells it from others of the same name.
fn named(page: &Page, indicator: &Indicator) -> String {
    let detail = indicator.detail.as_ref().map(|d| page.label(d));
    let parts = [Some(page.label(&indicator.label)), detail, Some(page.label(&indicator.expected_text))];
    parts.into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Reads the question; none when nothing is asked, a message key when it cannot be read.
fn read(page: &Page, question: &Question, chosen: Option<&Indicator>) -> Result<Option<WhatIf>, &'static str> {
    let row = chosen.map(|i| row_change(question, i)).transpose()?.flatten();
    let case = match (question.dossier.trim(), question.retabli.trim()) {
        ("", "") => None,
        ("", _) => return Err("what-if-no-case"),
        (_, "") => return Err("what-if-no-instant"),
        (number, at) => {
            let local: DateTime = at.parse().map_err(|_| "what-if-bad-instant")?;
            let zoned = local.to_zoned(page.format.zone.clone()).map_err(|_| "what-if-bad-instant")?;
            Some((number.to_owned(), zoned.timestamp()))
        }
    };
    Ok((row.is_some() || case.is_some()).then_some(WhatIf { row, case }))
}

fn row_change(question: &Question, indicator: &Indicator) -> Result<Option<RowChange>, &'static str> {
    let is_rate = matches!(indicator.measure, Measure::CaseRate { .. });
    let mut change = RowChange { row: indicator.row, ..RowChange::default() };
    let typed = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    if let Some(text) = typed(&question.attendu) {
        match &indicator.measure {
            Measure::CaseRate { .. } => {
                let percent = text.strip_suffix('%').unwrap_or(&text);
                change.expected = Some(calculator::share(percent).ok_or("what-if-bad-expected")?);
            }
            Measure::CaseOverrun { .. } | Measure::ObligationLateness { .. } => {
                change.expected_time = Some(delay(&text).ok_or("what-if-bad-expected")?);
            }
            Measure::ConfirmedFindings { .. } => return Err("what-if-bad-expected"),
        }
    }
    if let Some(text) = typed(&question.pas) {
        if is_rate {
            let percent = text.strip_suffix('%').unwrap_or(&text);
            change.share_step = Some(calculator::share(percent).filter(|s| *s.numer() > 0).ok_or("what-if-bad-step")?);
        } else {
            change.step = Some(delay(&text).ok_or("what-if-bad-step")?);
        }
    }
    if let Some(text) = typed(&question.poids) {
        change.weight = Some(text.parse().ok().filter(|w| *w <= 1000).ok_or("what-if-bad-weight")?);
    }
    let empty = change == RowChange { row: indicator.row, ..RowChange::default() };
    Ok((!empty).then_some(change))
}

/// A length of time as people type it (`30 min`, `1 jour`), as the contract writes it.
fn delay(text: &str) -> Option<Delay> {
    let contract = text
        .replace("jours ouvrés", "working days")
        .replace("jour ouvré", "working day")
        .replace("jour", "day")
        .replace("semaine", "week")
        .replace("heure", "hour")
        .replace("mois", "months");
    contract.parse::<Delay>().ok().filter(|d| d.amount > 0)
}

fn outcome(page: &Page, contract: &Contract, month: Month, real: &Judgement, supposed: &Judgement) -> Outcome {
    let pair = |r: &IndicatorResult| {
        let other = supposed.indicators.iter().find(|s| s.row == r.row && s.key == r.key)?;
        let moved = (r.points, r.steps, r.weight, r.measured, r.expected)
            != (other.points, other.steps, other.weight, other.measured, other.expected);
        moved.then(|| (row(page, contract, month, r), row(page, contract, month, other)))
    };
    let (before, after) = (real.total_points, supposed.total_points);
    let sign = if after < before { "−" } else { "+" };
    Outcome {
        real: page.format.number(before),
        supposed: page.format.number(after),
        difference: if before == after {
            "0".to_owned()
        } else {
            format!("{sign}{}", page.format.number(before.abs_diff(after)))
        },
        better: after <= before,
        changed: real.indicators.iter().filter_map(pair).collect(),
    }
}

/// The calculator's answer; none when it was not asked or cannot tell.
fn sum(page: &Page, question: &Question) -> Option<String> {
    let read = calculator::parse;
    let (measured, expected, step) = (read(&question.mesure)?, read(&question.promis)?, read(&question.tranche)?);
    let weight: u64 = question.valeur.trim().parse::<u32>().ok()?.into();
    let (gap, steps): (Amount, u64) = calculator::steps(measured, expected, step)?;
    let number = |n: u64| page.format.number(n);
    Some(page.lang_with(
        "calc-result",
        &[
            ("gap", &page.format.quantity(Some(gap.quantity()))),
            ("steps", &number(steps)),
            ("weight", &number(weight)),
            ("points", &number(steps.saturating_mul(weight))),
        ],
    ))
}
