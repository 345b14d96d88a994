//! The list as a file: exactly the cases of the address, in its order, all pages of it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use vigie_reports::xlsx;

use super::{
    columns::{self, Shown},
    list::{self, Column, RowView, row},
    names::Names,
    question::Question,
};
use crate::{
    features::desk::view::CaseQuery,
    web::{AppState, Failure, Lang, Page},
};

/// Cases of one file: as many as the year's largest list has, with room.
const MOST: u32 = 100_000;
/// Cases of one print: fifty sheets of paper.
const MOST_PRINTED: u32 = 1_000;

#[derive(Template)]
#[template(path = "cases_print.html")]
struct PrintPage<'a> {
    page: &'a Page,
    /// What was asked, in words.
    asked: String,
    at: String,
    count: String,
    /// Cases that do not fit on this print.
    left_out: Option<String>,
    back: String,
    columns: Vec<Column>,
    rows: Vec<RowView>,
    /// Nothing is changed on paper.
    may_write: bool,
    here_encoded: String,
}

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
        "impression" => return print(&state, &page, &question).await,
        _ => return Err(Failure::BadValue("format")),
    };
    let now = state.now();
    let query = CaseQuery { page: 0, page_size: MOST, ..question.read(&page, now) };
    let (reader, shown) = (page.clone(), columns::chosen(&question.col));
    let bytes = state
        .ask(move |s| {
            let list = s.source.cases(&query)?;
            let rulebook = s.source.promise().rulebook;
            let book = rulebook.at(now);
            let names = Names { page: &reader, contract: &book.contract };
            let rows = list.rows.iter().map(|r| columns::cells(&reader, &shown, &row(names, book, r, now)));
            let head = columns::heads(&reader, &shown);
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

/// The list as it is printed: what was asked, and all its pages in one.
async fn print(state: &AppState, page: &Page, question: &Question) -> Result<Response, Failure> {
    let now = state.now();
    let query = CaseQuery { page: 0, page_size: MOST_PRINTED, ..question.read(page, now) };
    let asked = query.clone();
    let list = state.ask(move |s| s.source.cases(&asked)).await?;
    let rulebook = state.source.promise().rulebook;
    let book = rulebook.at(now);
    let names = Names { page, contract: &book.contract };
    let shown: Vec<Shown> = columns::chosen(&question.col);
    let left = list.total.saturating_sub(u64::try_from(list.rows.len()).unwrap_or(u64::MAX));
    let number = |n: u64| page.format.number(i64::try_from(n).unwrap_or(i64::MAX));
    Ok(page.show(&PrintPage {
        asked: asked_in_words(names, question),
        at: page.format.second(now),
        count: page.t2("cases-count", "n", list.total, "text", number(list.total)),
        left_out: (left > 0).then(|| page.t2("print-left-out", "n", left, "text", number(left))),
        back: question.address("/dossiers", None, None),
        columns: list::columns(question, &query, &shown),
        rows: list.rows.iter().map(|r| row(names, book, r, now)).collect(),
        may_write: false,
        here_encoded: String::new(),
        page,
    }))
}

/// What was asked, in one line.
pub(super) fn asked_in_words(names: Names<'_>, question: &Question) -> String {
    let pair = |(what, value): (String, String)| names.page.t2("asked-pair", "what", what, "value", value);
    question.in_words(names).into_iter().map(pair).collect::<Vec<_>>().join(" · ")
}

/// UTF-8 with a byte order mark, since spreadsheets ask for one; with semicolons in French, since its decimals are
/// commas.
pub(crate) fn csv(
    lang: Lang,
    head: &[String],
    rows: impl IntoIterator<Item = impl AsRef<[String]>>,
) -> Result<Vec<u8>, ::csv::Error> {
    let separator = if lang == Lang::Fr { b';' } else { b',' };
    let mut out = ::csv::WriterBuilder::new().delimiter(separator).from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(head)?;
    for row in rows {
        out.write_record(row.as_ref().iter().map(|cell| harmless(cell)))?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// What a spreadsheet would take for a formula stands behind an apostrophe, as text.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
