//! Cases for programs: open, list, read, act.

mod around;
mod read;
mod shapes;
pub(crate) mod views;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use vigie_rules::{
    desk::{Act, Asked, Doer, Phase, offered},
    life::Life,
};
use vigie_store::WriteError;

use super::{DeskError, act::Detail, book_of, store::Filter};
use crate::web::{
    AppState, Failure,
    api::{Caller, Problem},
};
use read::{class_of, cursor, deed, expected, field, json, key, one_of, opening, told};
use shapes::{CaseOut, CasesOut, DoneOut, NewAct, NewCase, OpenedOut, Question, WholeCaseOut, href};

const MOST: u32 = 200;
const USUAL: u32 = 50;

/// Opens a case. The same `Idempotency-Key` opens no second one.
#[utoipa::path(
    post, path = "/api/v1/cases", operation_id = "open_case", tag = "cases", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Chosen by the caller, one for each call for help", min_length = 1, max_length = 200)),
    request_body(content = NewCase, example = json!({
        "class": "incident", "title": "Plus de tonalité au 3e étage", "requester": "Mme Untel",
        "classification": { "urgency": "U1", "impact": 1, "service": "toip" },
    })),
    responses(
        (
            status = 201, description = "Opened: number and stamp are durable", body = OpenedOut,
            headers(("Location" = String, description = "Where it is read"), ("ETag" = String, description = "Its version")),
            links(
                ("read" = (operation_id = "read_case", parameters(("number" = "$response.body#/number")))),
                ("act" = (operation_id = "act_on_case", parameters(("number" = "$response.body#/number"))))
            )
        ),
        (
            status = 200, description = "Opened before, under the same key", body = OpenedOut,
            headers(("Location" = String, description = "Where it is read"), ("ETag" = String, description = "Its version"))
        ),
    )
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewCase = json(&headers, &body)?;
    let id = key(&headers, &caller)?;
    let opening = {
        let promise = state.source.promise();
        let now = state.now();
        opening(new, id, &caller, promise.rulebook.at(now), now)?
    };
    let opened = state.source.open_case_soon(opening).await.map_err(told)?;
    let status = if opened.known { StatusCode::OK } else { StatusCode::CREATED };
    let href = href(&opened.number);
    let location = HeaderValue::from_str(&href).ok();
    let version = opened.version;
    let out = OpenedOut { number: opened.number, at: opened.at.to_string(), version, href };
    let mut response = tagged((status, Json(out)).into_response(), version);
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Lists cases, the latest number first.
#[utoipa::path(
    get, path = "/api/v1/cases", operation_id = "list_cases", tag = "cases", security(("token" = [])),
    params(Question),
    responses((
        status = 200, description = "One page", body = CasesOut,
        links(
            ("read" = (operation_id = "read_case", parameters(("number" = "$response.body#/items/0/number")))),
            ("act" = (operation_id = "act_on_case", parameters(("number" = "$response.body#/items/0/number"))))
        )
    ))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Caller,
    asked: Result<Query<Question>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) =
        asked.map_err(|e| field("", format!("Lecture impossible : {e}"), format!("Cannot be read: {e}")))?;
    let limit = asked.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(field("/limit", format!("Entre 1 et {MOST}."), format!("Between 1 and {MOST}.")));
    }
    let after = asked.cursor.as_deref().map(cursor).transpose()?;
    let class = asked.class.as_deref().map(class_of).transpose()?;
    let phase = match asked.phase.as_deref() {
        None => None,
        Some(name) => Some(Phase::from_name(name).ok_or_else(|| one_of("/phase", &Phase::ALL.map(Phase::name)))?),
    };
    let Question { item, open, team, assignee, priority, reference, .. } = asked;
    let filter = Filter { class, phase, open, item, team, assignee, priority, reference };
    let (total, lines) =
        state.ask(move |s| s.source.case_page(&filter, after.as_deref(), limit)).await.map_err(Problem::from)?;
    let full = lines.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = lines.last().filter(|_| full).map(|l| URL_SAFE_NO_PAD.encode(&l.subject));
    let items = lines.into_iter().map(CaseOut::from).collect();
    Ok(Json(CasesOut { total, items, next }).into_response())
}

/// Reads a case.
#[utoipa::path(
    get, path = "/api/v1/cases/{number}", operation_id = "read_case", tag = "cases", security(("token" = [])),
    params(
        ("number" = String, Path, example = "VG-2026-000123"),
        ("If-None-Match" = Option<String>, Header, description = "The version that the caller has"),
    ),
    responses(
        (status = 200, description = "The case", body = WholeCaseOut, headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "As the caller has it", headers(("ETag" = String, description = "Its version"))),
    )
)]
pub(crate) async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (asked, reader) = (number.clone(), caller.party);
    let line = state.ask(move |s| s.source.case_line(&asked)).await.map_err(Problem::from)?;
    let line = line.ok_or_else(|| Problem::not_found(&number))?;
    let version = line.version;
    let has_it = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == etag(version).as_bytes());
    if has_it {
        return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), version));
    }
    let asked = number.clone();
    let file = state.ask(move |s| s.source.case(&asked, reader)).await.map_err(Problem::from)?;
    let file = file.ok_or_else(|| Problem::not_found(&number))?;
    let life = Life::read(&file.history, state.now());
    let rulebook = state.source.promise().rulebook;
    let (book, class) = (book_of(&rulebook, file.history.class, &life), file.history.class);
    let doer = Doer { party: caller.party, role: Some(&caller.role) };
    let offered = offered(&Asked { book, class, life: &life, doer }).into_iter().map(Act::verb).collect();
    let out = around::whole(CaseOut::from(line), &file, &life, reader, offered);
    Ok(tagged(Json(out).into_response(), version))
}

/// Does something to a case. With `If-Match`, only if nobody else has done something since.
#[utoipa::path(
    post, path = "/api/v1/cases/{number}/acts", operation_id = "act_on_case", tag = "cases", security(("token" = [])),
    params(
        ("number" = String, Path, example = "VG-2026-000123"),
        ("If-Match" = Option<String>, Header, description = "The version that the caller has seen"),
    ),
    request_body(content = NewAct, example = json!({ "act": "noted", "text": "Le site est joint, il rappelle." })),
    responses(
        (status = 200, description = "Done", body = DoneOut, headers(("ETag" = String, description = "The case's version now"))),
        (status = 409, description = "It may not follow; says why"),
        (status = 412, description = "Somebody was quicker; says what came in between"),
    )
)]
pub(crate) async fn act(
    State(state): State<AppState>,
    caller: Caller,
    Path(number): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewAct = json(&headers, &body)?;
    let expected = expected(&headers)?;
    let deed = {
        let promise = state.source.promise();
        let now = state.now();
        deed(new, &caller, now, &promise.rulebook.at(now).contract)?
    };
    if let Detail::To { assignee: Some(name), .. } = &deed.detail {
        let name = name.clone();
        let known = state.ask(move |s| s.accounts.account(&name)).await.map_err(Problem::from)?;
        if known.is_none() {
            return Err(field("/assignee", "Aucun compte de ce nom.", "No account of that name."));
        }
    }
    let asked = number.clone();
    let done = ask(&state, move |s| s.source.act(&asked, expected, deed)).await?;
    let (phase, version, open_tasks) = (done.phase.name(), done.version, done.open_tasks);
    Ok(tagged(Json(DoneOut { number, phase, version, open_tasks }).into_response(), version))
}

fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

fn tagged(mut response: Response, version: u64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&etag(version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Runs a blocking write away from the server's threads and tells what it was refused for.
async fn ask<T: Send + 'static>(
    state: &AppState,
    write: impl FnOnce(&AppState) -> Result<T, WriteError<DeskError>> + Send + 'static,
) -> Result<T, Problem> {
    let state = state.clone();
    let done = tokio::task::spawn_blocking(move || write(&state)).await;
    done.map_err(|e| Problem::from(Failure::Unexpected(e.into())))?.map_err(told)
}
