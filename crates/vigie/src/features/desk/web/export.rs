//! The list as a file: exactly the cases of the address, in its order, all pages of it.

use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use vigie_reports::xlsx;

use super::{
    list::{RowView, row},
    names::Names,
    question::Question,
};
use crate::{
    features::desk::view::CaseQuery,
    web::{AppState, Failure, Lang, Page},
};

/// Cases of one file: as many as the year's largest list has, with room.
const MOST: u32 = 100_000;

/// `GET /dossiers/liste/{format}`.
pub(crate) async fn export(
    State(state): State<AppState>,
    page: Page,
    Path(format): Path<String>,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let (media_type, as_workbook) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8", false),
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", true),
        _ => return Err(Failure::BadValue("format")),
    };
    let now = state.now();
    let query = CaseQuery { page: 0, page_size: MOST, ..question.read(&page, now) };
    let reader = page.clone();
    let bytes = state
        .ask(move |s| {
            let list = s.source.cases(&query)?;
            let rulebook = s.source.promise().rulebook;
            let book = rulebook.at(now);
            let names = Names { page: &reader, contract: &book.contract };
            let rows = list.rows.iter().map(|r| cells(&reader, &row(names, book, r, now)));
            let head = HEAD.map(|key| reader.t(key));
            if as_workbook {
                let table: Vec<_> = rows.collect();
                return Ok(xlsx::table(&reader.t("nav-cases"), &head, &table)?);
            }
            Ok(csv(reader.lang(), &head, rows)?)
        })
        .await?;
    let disposition = format!("attachment; filename=\"{}.{format}\"", page.t("nav-cases").to_lowercase());
    Ok(([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response())
}

const HEAD: [&str; 14] = [
    "col-case",
    "cases-class",
    "col-phase",
    "col-priority",
    "flag-major",
    "open-vip",
    "open-what",
    "case-requester",
    "case-team",
    "case-assignee",
    "col-start",
    "col-due",
    "col-stop",
    "due-what",
];

fn cells(page: &Page, row: &RowView) -> [String; 14] {
    let text = |v: &Option<String>| v.clone().unwrap_or_default();
    [
        row.number.clone(),
        page.t(row.class),
        page.t(row.phase.0),
        row.priority.clone(),
        if row.major { page.t("yes") } else { String::new() },
        text(&row.vip),
        text(&row.title),
        text(&row.requester),
        row.team.clone(),
        row.assignee.clone(),
        row.start.clone(),
        row.due.at.clone(),
        row.stop.clone(),
        [row.due.cause.clone(), text(&row.due.left)]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(" : "),
    ]
}

/// UTF-8 with a byte order mark, since spreadsheets ask for one; with semicolons in French, since its decimals are
/// commas.
pub(crate) fn csv<const N: usize>(
    lang: Lang,
    head: &[String; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Vec<u8>, ::csv::Error> {
    let separator = if lang == Lang::Fr { b';' } else { b',' };
    let mut out = ::csv::WriterBuilder::new().delimiter(separator).from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(head)?;
    for row in rows {
        out.write_record(row.map(harmless))?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// What a spreadsheet would take for a formula stands behind an apostrophe, as text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}
