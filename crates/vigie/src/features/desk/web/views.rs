//! The views above the queue: those that everybody has, and those that people keep
//! ([`crate::features::desk::saved`]); and the page on which kept ones are arranged.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, ToSpan as _};
use vigie_contract::Contract;
use vigie_store::WriteError;

use super::{export::asked_in_words, names::Names, question::Question};
use crate::{
    features::desk::saved::{Audience, Deed, MAX_NAME, MAX_QUESTION, MAX_VIEWS, Reader, SavedView, ViewError},
    web::{AppState, Crumb, Failure, Missing, Page, kit::Sent},
};

/// One view as the queue offers it.
pub(super) struct Pill {
    pub(super) label: String,
    pub(super) icon: &'static str,
    pub(super) href: String,
    /// How many cases it holds now; absent when it is not counted.
    pub(super) count: Option<String>,
    pub(super) here: bool,
    /// Something in it should not wait.
    pub(super) presses: bool,
}

/// The form that keeps the present question.
pub(super) struct Saving {
    pub(super) question: String,
    pub(super) name: String,
    pub(super) longest: usize,
    /// For whom it may be: value and words.
    pub(super) audiences: Vec<(String, String, bool)>,
}

/// A view that is always there: message, icon, whether it should not wait, and the question.
pub(super) type BuiltIn = (&'static str, &'static str, bool, Question);

/// The views that everybody has.
pub(super) fn built_in(names: Names<'_>, now: Timestamp) -> Vec<BuiltIn> {
    let open = || Question { etat: "ouverts".to_owned(), ..Question::default() };
    let said = |text: &str| text.to_owned();
    let own = names.page.viewer.as_ref().and_then(|v| names.team_of(&v.role));
    let tomorrow = now.to_zoned(names.page.format.zone.clone()).date().saturating_add(1.day());
    let mut views = vec![
        ("view-open", "folder-open", false, open()),
        ("view-mine", "user-check", false, Question { chez: said("moi"), ..open() }),
    ];
    if let Some(team) = own {
        views.push((
            "view-group-new",
            "inbox",
            true,
            Question { equipe: team, etat: said("new"), ..Question::default() },
        ));
    }
    views.push(("view-waiting", "clock-pause", false, Question { etat: said("attente"), ..Question::default() }));
    views.push(("view-today", "clock", false, Question { avant: tomorrow.to_string(), ..open() }));
    views.push(("view-late", "alert-triangle", true, Question { retard: said("oui"), ..open() }));
    views.push(("view-owed", "file-text", true, Question { du: said("oui"), ..Question::default() }));
    views.push(("view-major", "alert-triangle", true, Question { majeur: said("oui"), ..open() }));
    views
}

/// The views in sight, with how many cases each holds, then those that are kept aside. `counts` are of the
/// built-in ones, then of the pinned ones.
pub(super) fn pills(
    page: &Page,
    question: &Question,
    built_in: Vec<BuiltIn>,
    saved: &[SavedView],
    counts: &[u64],
) -> (Vec<Pill>, Vec<Pill>) {
    let mut counts = counts.iter().map(|n| (*n, page.format.number(i64::try_from(*n).unwrap_or(i64::MAX))));
    // A built-in view is one's own whatever the order and the columns; a kept one is all that it keeps.
    let same = |of: &Question| of.kept() == question.kept();
    let kept_here = saved.iter().any(|v| v.question == question.kept());
    let mut pills = Vec::new();
    for (key, icon, presses, of) in built_in {
        let count = counts.next();
        pills.push(Pill {
            label: page.t(key),
            icon,
            here: !kept_here && of.asks_as(question),
            href: of.address("/dossiers", None, None),
            presses: presses && count.as_ref().is_some_and(|(n, _)| *n > 0),
            count: count.map(|(_, text)| text),
        });
    }
    let mut pill = |view: &SavedView, icon: &'static str| {
        let of = Question::of(&view.question);
        Pill {
            label: view.name.clone(),
            icon,
            here: same(&of),
            href: of.address("/dossiers", None, None),
            count: if view.pinned { counts.next().map(|(_, text)| text) } else { None },
            presses: false,
        }
    };
    pills.extend(saved.iter().filter(|v| v.pinned).map(|v| pill(v, "pin")));
    let others = saved.iter().filter(|v| !v.pinned).map(|v| pill(v, "filter")).collect();
    (pills, others)
}

/// The form that keeps the present question; under the name that it has, when it is kept already.
pub(super) fn saving(names: Names<'_>, question: &Question, saved: &[SavedView]) -> Saving {
    let kept = question.kept();
    let account = names.page.viewer.as_ref().map_or("", |v| v.name.as_str());
    let known = saved.iter().find(|v| v.question == kept && v.owner == account);
    Saving {
        name: known.map(|v| v.name.clone()).unwrap_or_default(),
        audiences: audiences(names, known.map_or(&Audience::Own, |v| &v.audience)),
        question: kept,
        longest: MAX_NAME,
    }
}

/// Who reads the page and arranges their views.
pub(super) fn reader(page: &Page, contract: &Contract) -> Reader {
    let viewer = page.viewer.as_ref();
    let role = viewer.map_or_else(|| "".into(), |v| v.role.clone());
    Reader::new(viewer.map(|v| v.name.clone()).unwrap_or_default(), page.party(), &role, contract)
}

/// For whom a view may be: value, words, whether it is so.
fn audiences(names: Names<'_>, now: &Audience) -> Vec<(String, String, bool)> {
    let page = names.page;
    let own = reader(page, names.contract).teams;
    let teams = own.into_iter().map(Audience::Team);
    let all = [Audience::Own].into_iter().chain(teams).chain([Audience::Side]);
    all.map(|a| (value(&a), words(names, &a), a == *now)).collect()
}

fn value(audience: &Audience) -> String {
    audience.team().map_or_else(|| audience.name().to_owned(), |team| format!("team:{team}"))
}

fn read_audience(value: &str) -> Audience {
    match value.strip_prefix("team:") {
        Some(team) => Audience::Team(team.to_owned()),
        None if value == "side" => Audience::Side,
        None => Audience::Own,
    }
}

fn words(names: Names<'_>, audience: &Audience) -> String {
    let page = names.page;
    match audience {
        Audience::Own => page.t("saved-own"),
        Audience::Team(team) => page.t1("saved-team", "team", names.team(team)),
        Audience::Side => page.t1("saved-side", "side", names.party(page.party())),
    }
}

#[derive(Template)]
#[template(path = "saved_views.html")]
struct SavedPage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    problem: Option<String>,
    longest: usize,
    views: Vec<Line>,
}

/// A kept view on the page that arranges them.
struct Line {
    id: String,
    name: String,
    href: String,
    /// What it asks, in words.
    asks: String,
    owner: String,
    for_whom: String,
    audiences: Vec<(String, String, bool)>,
    pinned: bool,
    /// Whether it is the reader's own, and whether they may take it away.
    own: bool,
    removable: bool,
    first: bool,
    last: bool,
}

/// `GET /dossiers/vues`.
pub(crate) async fn saved_views(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    show(&state, &page, StatusCode::OK, None).await
}

async fn show(state: &AppState, page: &Page, status: StatusCode, problem: Option<String>) -> Result<Response, Failure> {
    let rulebook = state.source.promise().rulebook;
    let names = Names { page, contract: &rulebook.at(state.now()).contract };
    let reader = reader(page, names.contract);
    let asked = reader.clone();
    let saved = state.ask(move |s| s.source.views(&asked)).await?;
    let like = |n: Option<usize>, pinned: bool| n.and_then(|n| saved.get(n)).is_some_and(|v| v.pinned == pinned);
    let line = |(n, view): (usize, &SavedView)| {
        let question = Question::of(&view.question);
        let own = view.owner == reader.account;
        Line {
            id: view.id.clone(),
            name: view.name.clone(),
            href: question.address("/dossiers", None, None),
            asks: asked_in_words(names, &question),
            owner: view.owner.clone(),
            for_whom: words(names, &view.audience),
            audiences: audiences(names, &view.audience),
            pinned: view.pinned,
            own,
            removable: own || reader.tidies,
            first: !like(n.checked_sub(1), view.pinned),
            last: !like(n.checked_add(1), view.pinned),
        }
    };
    let views = saved.iter().enumerate().map(line).collect();
    let crumbs = vec![
        Crumb { text: page.t("nav-cases"), href: Some("/dossiers".to_owned()) },
        Crumb { text: page.t("saved-title"), href: None },
    ];
    Ok(page.show_as(status, &SavedPage { page, crumbs, problem, longest: MAX_NAME, views }))
}

/// `POST /dossiers/vues`: keeps a question.
pub(crate) async fn save_view(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    let question = Question::of(sent.get("question")).kept();
    let deed = Deed::Save {
        name: sent.get("nom").to_owned(),
        question: question.clone(),
        audience: read_audience(sent.get("pour")),
        pinned: sent.is_on("epingle"),
    };
    arrange(&state, &page, deed, &format!("/dossiers?{question}")).await
}

/// `POST /dossiers/vues/{view}`: renames, shares, pins, moves or takes away a view.
pub(crate) async fn change_view(
    State(state): State<AppState>,
    page: Page,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let deed = match sent.get("quoi") {
        "modifier" => Deed::Change { id, name: sent.get("nom").to_owned(), audience: read_audience(sent.get("pour")) },
        "epingler" => Deed::Pin { id, pinned: true },
        "detacher" => Deed::Pin { id, pinned: false },
        "monter" => Deed::Move { id, up: true },
        "descendre" => Deed::Move { id, up: false },
        "retirer" => Deed::Remove { id },
        _ => return Err(Failure::BadValue("quoi")),
    };
    arrange(&state, &page, deed, "/dossiers/vues").await
}

async fn arrange(state: &AppState, page: &Page, deed: Deed, to: &str) -> Result<Response, Failure> {
    let reader = {
        let rulebook = state.source.promise().rulebook;
        reader(page, &rulebook.at(state.now()).contract)
    };
    let done = state.ask(move |s| Ok(s.source.arrange(&reader, deed))).await?;
    let (status, problem) = match done {
        Ok(_) => return Ok(Redirect::to(to).into_response()),
        Err(WriteError::Unit(error)) => told(page, error)?,
        Err(error) => return Err(Failure::Unexpected(error.into())),
    };
    show(state, page, status, Some(problem)).await
}

/// What is answered to somebody whose view was left as it was.
fn told(page: &Page, error: ViewError) -> Result<(StatusCode, String), Failure> {
    let words = match error {
        ViewError::Name { .. } => page.t1("saved-bad-name", "n", MAX_NAME),
        ViewError::Question { .. } => page.t1("saved-long-question", "n", MAX_QUESTION),
        ViewError::TooMany => page.t1("saved-too-many", "n", MAX_VIEWS),
        ViewError::Taken => page.t("saved-taken"),
        ViewError::OtherTeam(_) => page.t("saved-other-team"),
        ViewError::Owner { owner } => {
            return Ok((StatusCode::FORBIDDEN, page.t1("saved-not-yours", "owner", owner)));
        }
        ViewError::Unknown => return Err(Failure::NotFound(Missing::Page)),
        ViewError::Store(error) => return Err(Failure::Unexpected(error.into())),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, words))
}
