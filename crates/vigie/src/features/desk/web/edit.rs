//! One act on one case, alone on its page: where a cell of the queue leads, and what its script shows in place.
//!
//! The form is the one of the case's page and is sent to the same door, so that both offer and refuse the same.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use vigie_rules::desk::{Act, Asked, Doer, Phase, check};

use super::{
    act::{self, ActView, Why, refusal_words},
    case::sittings,
    form::{Control, Problem},
    names,
    seen::Seen,
    steps::Acting,
    timeline::{self, Moment},
};
use crate::web::{
    AppState, Failure, Page,
    kit::{Sent, local_or_home},
};

/// What a form that stands alone says of where it stood (`retour`).
pub(super) const LIST: &str = "liste";

/// Where the form goes back to, and which field is wanted.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct From {
    liste: String,
    champ: String,
}

/// What was tried, and why it was not done.
pub(super) struct Tried<'a> {
    pub(super) act: Act,
    pub(super) sent: &'a Sent,
    pub(super) problems: &'a [Problem],
    pub(super) why: Option<Why>,
}

#[derive(Template)]
#[template(path = "act_alone.html")]
struct ActPage<'a> {
    page: &'a Page,
    number: String,
    title: Option<String>,
    version: u64,
    name: String,
    act: Option<ActView>,
    refused: Option<String>,
    /// Something was typed and is kept.
    kept: bool,
    meanwhile: Vec<Moment>,
    back: String,
    wanted: String,
}

/// Whether a list offers an act on a case of that phase. The page of the act asks the rules.
pub(super) fn may_offer(page: &Page, act: Act, phase: Phase) -> bool {
    page.may("desk.write") && phase.is_open() && act.side().is_none_or(|side| side == page.party())
}

/// `GET /dossiers/{number}/actes/{verb}`.
pub(crate) async fn act_alone(
    State(state): State<AppState>,
    page: Page,
    Path((number, verb)): Path<(String, String)>,
    Query(from): Query<From>,
) -> Result<Response, Failure> {
    let act = Act::from_verb(&verb).ok_or(Failure::BadValue("acte"))?;
    show(&state, &page, &number, StatusCode::OK, act, None, &from).await
}

/// The same page after what was tried was not done.
pub(super) async fn again(
    state: &AppState,
    page: &Page,
    number: &str,
    status: StatusCode,
    tried: Tried<'_>,
) -> Result<Response, Failure> {
    let from = From { liste: tried.sent.get("liste").to_owned(), champ: String::new() };
    show(state, page, number, status, tried.act, Some(tried), &from).await
}

async fn show(
    state: &AppState,
    page: &Page,
    number: &str,
    status: StatusCode,
    act: Act,
    tried: Option<Tried<'_>>,
    from: &From,
) -> Result<Response, Failure> {
    let seen = Seen::load(state, page, number, state.now()).await?;
    let (file, names) = (&seen.file, seen.names(page));
    let doer = Doer { party: page.party(), role: page.viewer.as_ref().map(|v| &v.role) };
    let asked = Asked { book: seen.book(), class: file.history.class, life: &seen.life, doer };
    let sittings = sittings(state, file.history.class).await?;
    let acting = Acting { names, asked: &asked, sittings: &sittings };
    // What the case has already stands in the form.
    let mut typed = tried.as_ref().map(|t| t.sent.clone()).unwrap_or_default();
    if tried.is_none() && act == Act::Assign {
        typed.set("equipe", file.team.clone().unwrap_or_default());
        typed.set("chez", file.assignee.clone().unwrap_or_default());
    }
    let problems = tried.as_ref().map_or([].as_slice(), |t| t.problems);
    let view = act::views(&acting, Some((act, &typed, problems))).into_iter().find(|v| v.verb == act.verb());
    let mut meanwhile = Vec::new();
    let refused = match tried.as_ref().map(|t| &t.why) {
        Some(Some(Why::Words(words))) => Some(words.clone()),
        Some(Some(Why::Stale(seq))) => {
            let since = file.entries.iter().filter(|e| e.seq >= *seq);
            meanwhile = since.filter_map(|e| timeline::moment(names, file.history.subject.number(), e)).collect();
            Some(page.t("case-stale"))
        }
        Some(None) => Some(page.t("problem-below")),
        None => check(act, &asked).err().map(|refusal| refusal_words(names, refusal)),
    };
    let back = local_or_home(&from.liste);
    Ok(page.show_as(
        status,
        &ActPage {
            page,
            number: file.history.subject.number().to_owned(),
            title: file.title.clone(),
            version: file.version(),
            name: page.t(names::act(act).0),
            act: view,
            refused,
            kept: tried.is_some(),
            meanwhile,
            back: if back == "/" { "/dossiers".to_owned() } else { back.to_owned() },
            wanted: from.champ.clone(),
        },
    ))
}
