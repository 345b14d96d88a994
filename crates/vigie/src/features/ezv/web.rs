//! `/dossiers/ezv`: where EZV and the desk differ; and what the page of a case shows of its twin.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use vigie_reports::xlsx;
use vigie_rules::desk::Phase;

use super::{
    compare::{Binds, Difference, Says, What},
    view::Differences,
};
use crate::{
    features::desk::web::{phase_key, sheet_csv},
    web::{AppState, Failure, Page, kit::encode},
};

/// What the page of a case shows of its twin.
pub(crate) struct TwinPanel {
    pub(crate) number: String,
    pub(crate) href: Option<String>,
    pub(crate) status: String,
    pub(crate) seen: String,
    pub(crate) others: String,
    /// What, and when by EZV.
    pub(crate) times: Vec<(String, String)>,
    pub(crate) differences: Vec<LineView>,
}

/// One difference in words.
pub(crate) struct LineView {
    pub(crate) case: String,
    pub(crate) case_href: String,
    pub(crate) ticket: String,
    pub(crate) what: String,
    pub(crate) ours: String,
    pub(crate) theirs: String,
    pub(crate) binds: String,
    /// Badge of what counts.
    pub(crate) badge: &'static str,
}

#[derive(Template)]
#[template(path = "ezv.html")]
struct DifferencesPage<'a> {
    page: &'a Page,
    all: &'a Differences,
    read_at: String,
    counts: String,
    /// Whether tickets were set aside.
    aside: bool,
    lines: Vec<LineView>,
}

/// `GET /dossiers/ezv`.
pub(crate) async fn differences(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    let all = state.ask(|s| s.source.ezv_differences()).await?;
    let read_at = all.read_at.map_or_else(|| "–".to_owned(), |at| page.format.second(at));
    let counts = page.t2(
        "ezv-counts",
        "tickets",
        page.format.number(i64::try_from(all.tickets).unwrap_or(i64::MAX)),
        "differences",
        page.format.number(i64::try_from(all.lines.len()).unwrap_or(i64::MAX)),
    );
    let lines = all.lines.iter().map(|d| line(&page, d)).collect();
    let aside = all.lines.iter().any(|d| d.what == What::Aside);
    Ok(page.show(&DifferencesPage { page: &page, all: &all, read_at, counts, aside, lines }))
}

/// `GET /dossiers/ezv/{format}`: the same as a file.
pub(crate) async fn export(
    State(state): State<AppState>,
    page: Page,
    Path(format): Path<String>,
) -> Result<Response, Failure> {
    let all = state.ask(|s| s.source.ezv_differences()).await?;
    let head = HEAD.map(|key| page.t(key));
    let rows: Vec<[String; 6]> = all.lines.iter().map(|d| cells(&page, d)).collect();
    let unexpected = |e: anyhow::Error| Failure::Unexpected(e);
    let (media_type, bytes) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8", sheet_csv(page.lang(), &head, rows).map_err(|e| unexpected(e.into()))?),
        "xlsx" => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx::table("EZV", &head, &rows).map_err(|e| unexpected(e.into()))?,
        ),
        _ => return Err(Failure::BadValue("format")),
    };
    let disposition = format!("attachment; filename=\"ezv.{format}\"");
    Ok(([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}

/// The columns of the file.
pub(crate) const HEAD: [&str; 6] = ["col-case", "ezv-ticket", "ezv-what", "ezv-ours", "ezv-theirs", "ezv-binds"];

fn cells(page: &Page, difference: &Difference) -> [String; 6] {
    let line = line(page, difference);
    [line.case, line.ticket, line.what, line.ours, line.theirs, line.binds]
}

fn line(page: &Page, d: &Difference) -> LineView {
    let text = |v: &Option<String>| v.clone().unwrap_or_default();
    LineView {
        case_href: d.case.as_ref().map(|n| format!("/dossiers/{}", encode(n))).unwrap_or_default(),
        case: text(&d.case),
        ticket: text(&d.ticket),
        what: page.t(what_key(d.what)),
        ours: says(page, &d.ours),
        theirs: says(page, &d.theirs),
        binds: page.t(binds_key(d.binds)),
        badge: match d.binds {
            Binds::Ezv => "badge-warn",
            Binds::Desk => "",
            Binds::Nobody => "badge-bad",
        },
    }
}

fn says(page: &Page, says: &Says) -> String {
    match says {
        Says::Nothing => String::new(),
        Says::At(at) => page.format.second(*at),
        Says::Phase(phase) => phase_words(page, *phase),
        Says::Words(words) => words.clone(),
    }
}

fn phase_words(page: &Page, phase: Phase) -> String {
    page.t(phase_key(phase))
}

/// The message that names a difference.
pub(crate) const fn what_key(what: What) -> &'static str {
    match what {
        What::Aside => "ezv-aside",
        What::OnlyThere => "ezv-only-there",
        What::OnlyHere => "ezv-only-here",
        What::Twice => "ezv-twice",
        What::Status => "ezv-status",
        What::Created => "ezv-created",
        What::TakenIn => "ezv-taken-in",
        What::Resolved => "ezv-resolved",
        What::Closed => "ezv-closed",
        What::Trouble => "ezv-trouble",
    }
}

/// The message that says what counts.
pub(crate) const fn binds_key(binds: Binds) -> &'static str {
    match binds {
        Binds::Ezv => "ezv-binds-ezv",
        Binds::Desk => "ezv-binds-desk",
        Binds::Nobody => "ezv-binds-nobody",
    }
}

/// What the page of a case shows of its twin; none when EZV has none.
///
/// # Errors
/// When the data do not answer.
pub(crate) async fn panel(state: &AppState, page: &Page, number: &str) -> Result<Option<TwinPanel>, Failure> {
    let asked = number.to_owned();
    let Some(twin) = state.ask(move |s| s.source.ezv_twin(&asked)).await? else { return Ok(None) };
    let times = [
        ("ezv-created", twin.known.created_at),
        ("ezv-taken-in", twin.known.taken_in_at),
        ("ezv-resolved", twin.known.resolved_at),
        ("ezv-closed", twin.known.closed_at),
    ];
    let said = times.into_iter().filter_map(|(key, at)| Some((page.t(key), page.format.second(at?))));
    Ok(Some(TwinPanel {
        number: twin.known.number.clone(),
        href: twin.page,
        status: twin.known.status.unwrap_or_default(),
        seen: page.format.second(twin.known.seen_at),
        others: twin.others.join(", "),
        times: said.collect(),
        differences: twin.differences.iter().map(|d| line(page, d)).collect(),
    }))
}
