//! The page of proofs, the export, and the journal's public formats (C2SP tlog-tiles, tlog-checkpoint).

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::view::{Continuity, Head, Inclusion};
use crate::web::{AppState, Failure, Missing, Page};

/// What to prove.
#[derive(Deserialize)]
pub(crate) struct Question {
    /// That this entry is in the journal.
    ecriture: Option<String>,
    /// That the journal goes on from so many entries.
    depuis: Option<String>,
}

#[derive(Template)]
#[template(path = "proofs.html")]
struct ProofsPage<'a> {
    page: &'a Page,
    head: Option<HeadView>,
    asked: &'a str,
    inclusion: Option<InclusionView>,
    problem: Option<&'static str>,
    since: &'a str,
    continuity: Option<ContinuityView>,
    since_problem: Option<&'static str>,
    /// The month of the example of an offline judgement.
    month: String,
}

struct HeadView {
    head: Head,
    size: String,
    signed_at: String,
    last: String,
}

struct ContinuityView {
    proof: Continuity,
    old: String,
    size: String,
}

struct InclusionView {
    proof: Inclusion,
    pretty: String,
}

/// `GET /preuves`.
pub(crate) async fn proofs(
    State(state): State<AppState>,
    page: Page,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let asked = question.ecriture.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let since = question.depuis.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let (seq, old) = (asked.parse::<u64>(), since.parse::<u64>());
    let (head, inclusion, continuity, month) = state
        .ask(move |s| {
            let inclusion = seq.ok().map(|n| s.source.inclusion(n)).transpose()?.flatten();
            let continuity = old.ok().map(|n| s.source.continuity(n)).transpose()?.flatten();
            let month = s.source.months()?.map_or_else(String::new, |(_, last)| last.to_string());
            Ok((s.source.head()?, inclusion, continuity, month))
        })
        .await?;
    let problem = unanswered(&asked, inclusion.is_some(), "error-no-entry-next");
    let since_problem = unanswered(&since, continuity.is_some(), "proof-since-none");
    let status = if problem.or(since_problem).is_some() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    Ok(page.show_as(
        status,
        &ProofsPage {
            page: &page,
            head: head.map(|head| HeadView {
                size: page.format.number(head.size),
                signed_at: head.recorded_at.map_or_else(String::new, |at| page.format.second(at)),
                last: page.format.number(head.size.saturating_sub(1)),
                head,
            }),
            asked: &asked,
            inclusion: inclusion.map(|proof| InclusionView { pretty: pretty(&proof.entry), proof }),
            problem,
            since: &since,
            continuity: continuity.map(|proof| ContinuityView {
                old: page.format.number(proof.old),
                size: page.format.number(proof.size),
                proof,
            }),
            since_problem,
            month,
        },
    ))
}

/// What is said of a number that was asked about and has no answer.
fn unanswered(asked: &str, answered: bool, none: &'static str) -> Option<&'static str> {
    if asked.is_empty() || answered {
        return None;
    }
    Some(if asked.parse::<u64>().is_err() { "proof-not-a-number" } else { none })
}

/// The same JSON with line breaks, for reading; the bytes that are hashed have none.
fn pretty(canonical: &str) -> String {
    serde_json::from_str::<serde_json::Value>(canonical)
        .and_then(|v| serde_json::to_string_pretty(&v))
        .unwrap_or_else(|_| canonical.to_owned())
}

/// `GET /preuves/export`: the whole journal as JSONL, for `vigie verify` and `vigie judge --from`.
pub(crate) async fn export(State(state): State<AppState>) -> Result<Response, Failure> {
    let journal = state.stream(|s, out| s.source.export(out)).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/jsonl"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"vigie-export.jsonl\""),
        ],
        journal,
    )
        .into_response())
}

/// `GET /checkpoint`: the latest signed note, as C2SP tlog-checkpoint.
pub(crate) async fn checkpoint(State(state): State<AppState>) -> Result<Response, Failure> {
    let head = state.ask(|s| s.source.head()).await?.ok_or(Failure::NotFound(Missing::Entry))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], head.note).into_response())
}

/// `GET /tile/{path}`: a tile of hashes, as C2SP tlog-tiles.
pub(crate) async fn tile(State(state): State<AppState>, Path(path): Path<String>) -> Result<Response, Failure> {
    let bytes = state.ask(move |s| s.source.tile(&path)).await?.ok_or(Failure::NotFound(Missing::Page))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}
