//! What the pages of a month share: its row as text, its status in words, its twelve months.

use std::sync::Arc;

use vigie_contract::Contract;
use vigie_reports::{chart::Chart, journal::TREND_MONTHS};
use vigie_rules::judgement::{IndicatorResult, Judgement, Month, Status};

use crate::web::{AppState, Failure, Format, Missing, Page, Safe, source::Answer};

/// Reads the month of an address.
pub(super) fn parse_month(text: &str) -> Result<Month, Failure> {
    text.parse().map_err(|_| Failure::NotFound(Missing::Month))
}

/// Address of a month.
pub(super) fn month_href(month: Month) -> String {
    format!("/mois/{month}")
}

/// A status as a page shows it: icon, word and colour say the same.
#[derive(Clone, Copy)]
pub(super) struct StatusView {
    pub(super) key: &'static str,
    pub(super) icon: &'static str,
    pub(super) class: &'static str,
}

pub(super) fn status(status: Status) -> StatusView {
    let (key, icon, class) = match status {
        Status::Met => ("status-met", "circle-check", "badge-good"),
        Status::Missed => ("status-missed", "circle-x", "badge-bad"),
        Status::NoData => ("status-no-data", "circle-dashed", ""),
        Status::NotComputable => ("status-not-computable", "alert-triangle", "badge-warn"),
        Status::Disabled => ("status-disabled", "circle-minus", ""),
    };
    StatusView { key, icon, class }
}

/// A row of the table as text.
pub(super) struct RowView {
    pub(super) row: u8,
    pub(super) key: Option<String>,
    pub(super) href: String,
    pub(super) label: String,
    pub(super) population: String,
    pub(super) measured: String,
    pub(super) expected: String,
    pub(super) gap: String,
    pub(super) step: String,
    pub(super) steps: String,
    pub(super) weight: u32,
    pub(super) points: String,
    pub(super) no_points: bool,
    pub(super) quiet: bool,
    pub(super) status: StatusView,
    pub(super) pending: u64,
    pub(super) note: Option<String>,
}

/// Address of a row of a month.
pub(super) fn row_href(month: Month, indicator: &IndicatorResult) -> String {
    let key = indicator.key.as_ref().map(|k| format!("?type={}", crate::web::kit::encode(k))).unwrap_or_default();
    format!("/mois/{month}/indicateurs/{}{key}", indicator.row)
}

pub(super) fn row(page: &Page, contract: &Contract, month: Month, indicator: &IndicatorResult) -> RowView {
    let format: &Format = &page.format;
    let quiet = matches!(indicator.status, Status::Disabled | Status::NotComputable | Status::NoData);
    RowView {
        row: indicator.row,
        key: told(page, contract, indicator),
        href: row_href(month, indicator),
        label: page.label(&indicator.label).to_owned(),
        population: format.number(indicator.population),
        measured: format.quantity(indicator.measured),
        expected: format.quantity(indicator.expected),
        gap: format.quantity(indicator.gap.filter(|_| indicator.steps > 0)),
        step: format.quantity(indicator.step),
        steps: format.number(indicator.steps),
        weight: indicator.weight,
        points: format.number(indicator.points),
        no_points: indicator.points == 0,
        quiet,
        status: status(indicator.status),
        pending: indicator.pending,
        note: indicator.notes.first().filter(|_| quiet).map(|n| sentence(page.label(n))),
    }
}

/// The months up to `month` of which the journal speaks, judged, the oldest first.
pub(super) fn trend(state: &AppState, month: Month) -> Answer<Vec<(Month, Arc<Judgement>)>> {
    let Some((first, last)) = state.source.months()? else { return Ok(Vec::new()) };
    (1 - i32::from(TREND_MONTHS)..=0)
        .map(|back| month.plus(back))
        .filter(|m| *m >= first && *m <= last)
        .map(|m| Ok((m, state.source.judgement(m)?)))
        .collect()
}

/// A drawing and its values.
pub(super) struct ChartView {
    pub(super) svg: Safe<String>,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) caption: String,
}

impl From<Chart> for ChartView {
    fn from(chart: Chart) -> Self {
        // The drawing is made by vigie-reports, which escapes every text that it prints.
        Self { svg: Safe(chart.svg), header: chart.table.header, rows: chart.table.rows, caption: chart.table.caption }
    }
}

/// A remark of the rules as a sentence of its own: with a capital.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What tells a row from others of the same name: its perimeter, its measure as printed, its type.
fn told(page: &Page, contract: &Contract, indicator: &IndicatorResult) -> Option<String> {
    let printed = contract.indicators.iter().find(|i| i.row == indicator.row).map(|i| page.label(&i.expected_text));
    let key = indicator.key_label.as_ref().map(|l| page.label(l)).or(indicator.key.as_deref());
    let detail = indicator.detail.as_ref().map(|l| page.label(l));
    let parts: Vec<&str> = [detail, printed, key].into_iter().flatten().filter(|p| !p.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
