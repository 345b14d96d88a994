//! Saved views for programs: the same views as on the pages, kept and shared by the same rules.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_store::WriteError;

use super::read::{field, json, one_of};
use crate::{
    features::desk::{
        saved::{Audience, Deed, MAX_NAME, MAX_QUESTION, MAX_VIEWS, Reader, SavedView, ViewError},
        web::{Asker, Question},
    },
    web::{
        AppState, Failure,
        api::{Caller, Problem, label},
    },
};

/// A question under a name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewView {
    /// What it is called, in 60 characters at most. A view of one's own that has the name takes the question over.
    #[schema(example = "Nuit, P1 et P2")]
    name: String,
    /// What follows `?` in the address of the queue.
    #[schema(example = "etat=ouverts&priorite=P1&tri=echeance")]
    question: String,
    /// `own`, `team` or `side`; `own` by default.
    audience: Option<String>,
    /// Of `team`: the group, one of the caller's.
    team: Option<String>,
    /// Whether it stays in sight; true by default.
    pinned: Option<bool>,
}

/// What changes of a view; what is absent stays as it is. The name and the readers are its owner's to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewChange {
    /// What it is called.
    name: Option<String>,
    /// `own`, `team` or `side`.
    audience: Option<String>,
    /// Of `team`: the group, one of the caller's.
    team: Option<String>,
    /// Whether the caller keeps it in sight.
    pinned: Option<bool>,
    /// `up` or `down` by one place among the caller's.
    r#move: Option<String>,
}

/// A view as the caller has it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ViewOut {
    id: String,
    name: String,
    /// The account that made it.
    owner: String,
    /// `own`, `team` or `side`.
    audience: &'static str,
    /// Of `team`: the group.
    team: Option<String>,
    question: String,
    /// Whether the caller keeps it in sight.
    pinned: bool,
    /// How many cases it holds now.
    count: u64,
    /// Its page.
    href: String,
}

/// All views of the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct ViewsOut {
    /// Those in sight first, each part in the caller's order.
    items: Vec<ViewOut>,
}

/// Lists the caller's views and those that their group or side shares, each with how many cases it holds now.
#[utoipa::path(
    get, path = "/api/v1/views", operation_id = "list_views", security(("token" = [])), tag = "views",
    responses((status = 200, description = "All of them", body = ViewsOut))
)]
pub(crate) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let (reader, zone) = reader(&state, &caller);
    let asked = reader.clone();
    let views = state.ask(move |s| s.source.views(&asked)).await.map_err(Problem::from)?;
    let items = counted(&state, &reader, &zone, views).await?;
    Ok(Json(ViewsOut { items }).into_response())
}

/// Keeps a question under a name.
#[utoipa::path(
    post, path = "/api/v1/views", operation_id = "save_view", security(("token" = [])), tag = "views",
    request_body(content = NewView, example = json!({ "name": "Nuit, P1", "question": "etat=ouverts&priorite=P1" })),
    responses((
        status = 201, description = "Kept", body = ViewOut,
        links(
            ("change" = (operation_id = "change_view", parameters(("view" = "$response.body#/id")))),
            ("remove" = (operation_id = "remove_view", parameters(("view" = "$response.body#/id"))))
        )
    ))
)]
pub(crate) async fn save(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewView = json(&headers, &body)?;
    let deed = Deed::Save {
        name: new.name,
        question: Question::of(&new.question).kept(),
        audience: audience(new.audience.as_deref(), new.team)?.unwrap_or(Audience::Own),
        pinned: new.pinned.unwrap_or(true),
    };
    let view = arrange(&state, &caller, vec![deed]).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// Renames, shares, pins or moves a view.
#[utoipa::path(
    patch, path = "/api/v1/views/{view}", operation_id = "change_view", security(("token" = [])), tag = "views",
    request_body(content = ViewChange, example = json!({ "pinned": false, "move": "up" })),
    params(("view" = String, Path)),
    responses(
        (status = 200, description = "As it is now", body = ViewOut),
        (status = 403, description = "It is somebody else's"),
        (status = 404, description = "The caller sees no such view"),
    )
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let change: ViewChange = json(&headers, &body)?;
    let audience = audience(change.audience.as_deref(), change.team)?;
    let mut deeds = Vec::new();
    if change.name.is_some() || audience.is_some() {
        let (reader, _) = reader(&state, &caller);
        let known = state.ask(move |s| s.source.views(&reader)).await.map_err(Problem::from)?;
        let known = known.into_iter().find(|v| v.id == id).ok_or_else(|| Problem::not_found(&id))?;
        let (name, audience) = (change.name.unwrap_or(known.name), audience.unwrap_or(known.audience));
        deeds.push(Deed::Change { id: id.clone(), name, audience });
    }
    deeds.extend(change.pinned.map(|pinned| Deed::Pin { id: id.clone(), pinned }));
    match change.r#move.as_deref() {
        None => {}
        Some("up") => deeds.push(Deed::Move { id, up: true }),
        Some("down") => deeds.push(Deed::Move { id, up: false }),
        Some(_) => return Err(one_of("/move", &["up", "down"])),
    }
    if deeds.is_empty() {
        return Err(field("", "Rien à changer.", "Nothing to change."));
    }
    Ok(Json(arrange(&state, &caller, deeds).await?).into_response())
}

/// Takes a view away, for all who saw it.
#[utoipa::path(
    delete, path = "/api/v1/views/{view}", operation_id = "remove_view", security(("token" = [])), tag = "views", params(("view" = String, Path)),
    responses(
        (status = 204, description = "Gone"),
        (status = 403, description = "It is somebody else's"),
        (status = 404, description = "The caller sees no such view"),
    )
)]
pub(crate) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    arrange(&state, &caller, vec![Deed::Remove { id }]).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn reader(state: &AppState, caller: &Caller) -> (Reader, TimeZone) {
    let rulebook = state.source.promise().rulebook;
    let contract = &rulebook.at(state.now()).contract;
    let reader = Reader::new(caller.account.clone(), caller.party, &caller.role, contract);
    (reader, state.zone(&contract.frame.zone))
}

fn audience(name: Option<&str>, team: Option<String>) -> Result<Option<Audience>, Problem> {
    Ok(Some(match (name, team) {
        (None, None) => return Ok(None),
        (Some("own"), None) => Audience::Own,
        (Some("side"), None) => Audience::Side,
        (Some("team") | None, Some(team)) => Audience::Team(team),
        (Some("team"), None) => return Err(field("/team", "Dire quel groupe.", "Say which group.")),
        (Some("own" | "side"), Some(_)) => {
            return Err(field("/team", "Seulement avec team.", "Only with team."));
        }
        _ => return Err(one_of("/audience", &["own", "team", "side"])),
    }))
}

async fn counted(
    state: &AppState,
    reader: &Reader,
    zone: &TimeZone,
    views: Vec<SavedView>,
) -> Result<Vec<ViewOut>, Problem> {
    let now = state.now();
    let asker = Asker { account: reader.account.clone(), party: reader.party, zone: zone.clone() };
    let asked: Vec<_> = views.iter().map(|v| Question::of(&v.question).read_for(&asker, now)).collect();
    let counts = state.ask(move |s| s.source.case_counts(&asked)).await.map_err(Problem::from)?;
    let out = views.into_iter().zip(counts).map(|(view, count)| ViewOut {
        href: format!("/dossiers?{}", view.question),
        audience: view.audience.name(),
        team: view.audience.team().map(str::to_owned),
        id: view.id,
        name: view.name,
        owner: view.owner,
        question: view.question,
        pinned: view.pinned,
        count,
    });
    Ok(out.collect())
}

/// Does these things one after the other; gives the view as the last one left it.
async fn arrange(state: &AppState, caller: &Caller, deeds: Vec<Deed>) -> Result<Option<ViewOut>, Problem> {
    let (reader, zone) = reader(state, caller);
    let asked = reader.clone();
    let all = move |s: &AppState| {
        let mut view = None;
        for deed in deeds {
            match s.source.arrange(&asked, deed) {
                Ok(left) => view = left,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(view))
    };
    let view = state.ask(all).await.map_err(Problem::from)?.map_err(told)?;
    let counted = counted(state, &reader, &zone, view.into_iter().collect()).await?;
    Ok(counted.into_iter().next())
}

fn told(error: WriteError<ViewError>) -> Problem {
    let WriteError::Unit(error) = error else { return Failure::Unexpected(error.into()).into() };
    match error {
        ViewError::Name { .. } => {
            field("/name", format!("1 à {MAX_NAME} caractères."), format!("1 to {MAX_NAME} characters."))
        }
        ViewError::Question { .. } => {
            let (fr, en) =
                (format!("{MAX_QUESTION} caractères au plus."), format!("At most {MAX_QUESTION} characters."));
            field("/question", fr, en)
        }
        ViewError::TooMany => {
            field("", format!("Pas plus de {MAX_VIEWS} vues."), format!("No more than {MAX_VIEWS} views."))
        }
        ViewError::Taken => {
            field("/name", "Une autre de vos vues porte ce nom.", "Another of your views has this name.")
        }
        ViewError::OtherTeam(_) => field("/team", "Un groupe dont on fait partie.", "A group that one belongs to."),
        ViewError::Owner { owner } => Problem::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            label("Vue d’un autre", "Somebody else’s view"),
            label(format!("Seul {owner} peut la modifier."), format!("Only {owner} may change it.")),
        ),
        ViewError::Unknown => Problem::not_found("Cette vue"),
        ViewError::Store(error) => Failure::Unexpected(error.into()).into(),
    }
}
