//! The clocks of a case, replayed as known at an instant, and its entries with their proof.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use vigie_contract::StopEvent;

use super::{
    act::local_instant,
    case::facts,
    clock::{ClockView, view},
    head::Head,
    seen::Seen,
};
use crate::{
    features::desk::{self, view::CaseFile},
    web::{AppState, Failure, Page},
};

/// As known when.
#[derive(Deserialize)]
pub(crate) struct AsOf {
    au: Option<String>,
}

#[derive(Template)]
#[template(path = "clocks.html")]
struct ClocksPage<'a> {
    page: &'a Page,
    head: Head,
    facts: Vec<(String, String)>,
    as_of: String,
    as_of_input: String,
    is_now: bool,
    clocks: Vec<ClockView>,
    later: usize,
}

/// `GET /dossiers/{number}/horloges`.
pub(crate) async fn clocks(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    Query(asked): Query<AsOf>,
) -> Result<Response, Failure> {
    let asked = asked.au.filter(|t| !t.trim().is_empty());
    let as_of = match &asked {
        Some(text) => local_instant(&page, text.trim()).ok_or(Failure::BadValue("au"))?,
        // The end of this second: people read no fractions, and what was just done is known.
        None => {
            let now = state.now();
            Timestamp::from_second(now.as_second().saturating_add(1)).unwrap_or(now)
        }
    };
    let seen = Seen::load(&state, &page, &number, as_of).await?;
    let (book, mut runs) = (seen.book(), seen.runs()?);
    let head = seen.head(&page, &runs, "horloges");
    // The clock that people ask about first stands first.
    runs.sort_by_key(|run| run.rule.stop != StopEvent::Restored);
    let local = as_of.to_zoned(page.format.zone.clone()).datetime();
    Ok(page.show(&ClocksPage {
        page: &page,
        facts: facts(seen.names(&page), book, &seen.life, &seen.file),
        as_of: page.format.second(as_of),
        as_of_input: local.strftime("%Y-%m-%dT%H:%M").to_string(),
        is_now: asked.is_none(),
        clocks: runs.iter().enumerate().map(|(n, run)| view(&page, book, run, as_of, n)).collect(),
        later: seen.file.entries.iter().filter(|e| e.occurred_at > as_of).count(),
        head,
    }))
}

#[derive(Template)]
#[template(path = "entries.html")]
struct EntriesPage<'a> {
    page: &'a Page,
    head: Head,
    entries: Vec<EntryRow>,
}

/// One entry as text.
struct EntryRow {
    seq: u64,
    kind: String,
    occurred: String,
    recorded: String,
    actor: String,
    origin: String,
    body: String,
    leaf: String,
    leaf_short: String,
}

/// `GET /dossiers/{number}/ecritures`.
pub(crate) async fn entries(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let seen = Seen::load(&state, &page, &number, state.now()).await?;
    let head = seen.head(&page, &seen.runs()?, "ecritures");
    Ok(page.show(&EntriesPage { page: &page, entries: rows(&page, &seen.file), head }))
}

fn rows(page: &Page, file: &CaseFile) -> Vec<EntryRow> {
    let row = |e: &desk::view::EntryView| EntryRow {
        seq: e.seq,
        kind: e.kind.clone(),
        occurred: page.format.instant(Some(e.occurred_at)),
        recorded: page.format.second(e.recorded_at),
        actor: e.actor.clone(),
        origin: e.origin.clone(),
        body: if e.body == "{}" { String::new() } else { e.body.clone() },
        leaf_short: e.leaf_hash.chars().take(12).collect(),
        leaf: e.leaf_hash.clone(),
    };
    file.entries.iter().map(row).collect()
}
