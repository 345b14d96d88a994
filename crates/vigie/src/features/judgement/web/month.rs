//! The page of a month, and the month as a file.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use vigie_reports::chart::{self, Ink};
use vigie_rules::judgement::{IndicatorResult, Judgement, Month, Status};

use super::parts::{ChartView, RowView, StatusView, month_href, parse_month, row, status, trend};
use crate::{
    features::judgement::{last_over, view::Format},
    web::{AppState, Crumb, Failure, Missing, Page, Safe},
};

#[derive(Template)]
#[template(path = "no_month.html")]
struct NoMonthPage<'a> {
    page: &'a Page,
}

/// `GET /mois`: of the months of which the journal speaks, the last that is over.
pub(crate) async fn latest(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    Ok(match state.ask(|s| s.source.months()).await? {
        Some(span) => {
            let month = last_over(span, state.now(), &page.format.zone);
            Redirect::to(&month_href(month)).into_response()
        }
        None => page.show(&NoMonthPage { page: &page }),
    })
}

#[derive(Template)]
#[template(path = "month.html")]
struct MonthPage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    month: Month,
    title: String,
    of_month: String,
    previous: Option<Neighbour>,
    next: Option<Neighbour>,
    version: &'a str,
    as_of: String,
    total: String,
    tally: Vec<(StatusView, usize)>,
    provisional: bool,
    /// The month is not over.
    in_course: bool,
    unclassified: u64,
    empty: bool,
    chart: Option<ChartView>,
    /// Each row with its points of twelve months, when it ever cost any.
    rows: Vec<(RowView, Option<Safe<String>>)>,
    formats: [Format; 4],
}

struct Neighbour {
    href: String,
    text: String,
}

/// `GET /mois/{month}`.
pub(crate) async fn month(
    State(state): State<AppState>,
    page: Page,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let month = parse_month(&text)?;
    let (judgement, months, known) =
        state.ask(move |s| Ok((s.source.judgement(month)?, trend(s, month)?, s.source.months()?))).await?;
    let promise = state.source.promise().history;
    let contract = &promise.at(month.first).contract;
    let format = &page.format;
    let current = Month::of(state.now().to_zoned(format.zone.clone()).date());
    let neighbour = |m: Month| {
        let known = known.is_some_and(|(first, last)| first <= m && m <= last);
        let text = || if m < current { format.month(m) } else { page.t1("month-in-course", "month", format.month(m)) };
        known.then(|| Neighbour { href: month_href(m), text: text() })
    };
    let points: Vec<(Month, u64)> = months.iter().map(|(m, j)| (*m, j.total_points)).collect();
    let chart = (points.len() > 1)
        .then(|| chart::points_trend("points", &page.t("month-trend"), &points, page.lang(), Ink::Page).into());
    Ok(page.show(&MonthPage {
        page: &page,
        crumbs: vec![
            Crumb { text: page.t("nav-months"), href: Some("/mois".to_owned()) },
            Crumb { text: format.month(month), href: None },
        ],
        month,
        title: format.month(month),
        of_month: format.of_month(month),
        previous: neighbour(month.plus(-1)),
        next: neighbour(month.plus(1)),
        version: &judgement.version,
        as_of: format.second(judgement.as_of),
        total: format.number(judgement.total_points),
        tally: tally(&judgement),
        provisional: judgement.indicators.iter().any(|i| i.pending > 0),
        in_course: month >= current,
        unclassified: judgement.unclassified,
        empty: judgement.indicators.iter().all(|i| i.population == 0),
        chart,
        rows: judgement
            .indicators
            .iter()
            .enumerate()
            .map(|(n, i)| (row(&page, contract, month, i), sparkline(&page, n, i, &months)))
            .collect(),
        formats: Format::ALL,
    }))
}

/// The points of a row over the months; none when it never cost any, or there is but one month.
fn sparkline(
    page: &Page,
    number: usize,
    indicator: &IndicatorResult,
    months: &[(Month, Arc<Judgement>)],
) -> Option<Safe<String>> {
    let same = |i: &&IndicatorResult| i.row == indicator.row && i.key == indicator.key;
    let points: Vec<(Month, u64)> =
        months.iter().map(|(m, j)| (*m, j.indicators.iter().find(same).map_or(0, |i| i.points))).collect();
    let worth = points.len() > 1 && points.iter().any(|(_, p)| *p > 0);
    let title = page.t1("row-trend", "n", indicator.row);
    // Drawn by vigie-reports, which escapes every text that it prints.
    worth.then(|| Safe(chart::sparkline(&format!("spark-{number}"), &title, &points, page.lang(), Ink::Page)))
}

/// How many rows stand where, those that cost first.
fn tally(judgement: &Judgement) -> Vec<(StatusView, usize)> {
    [Status::Missed, Status::Met, Status::NoData, Status::NotComputable, Status::Disabled]
        .into_iter()
        .map(|s| (status(s), judgement.indicators.iter().filter(|i| i.status == s).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// `GET /mois/{month}/rapport/{format}`.
pub(crate) async fn report(
    State(state): State<AppState>,
    page: Page,
    Path((text, ending)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let month = parse_month(&text)?;
    let format = Format::parse(&ending).ok_or(Failure::NotFound(Missing::Page))?;
    let lang = page.lang();
    let bytes = state.ask(move |s| s.source.report(month, format, lang)).await?;
    let name = format!("attachment; filename=\"vigie-{month}.{}\"", format.ending());
    Ok(([(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}
