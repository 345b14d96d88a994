//! What waits for somebody, and what somebody decides on it.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use vigie_links::mail::CaseNumber;
use vigie_store::WriteError;

use super::{MailView, Pager, Question, Tab, WRITE, by, crumbs, mail_view, not_set_up, pager};
use crate::{
    features::{
        desk::DeskError,
        post::{PostError, Settled, Verdict, view::Which},
    },
    web::{
        AppState, Crumb, Failure, Missing, Page,
        kit::{Sent, encode, local_or_home},
    },
};

#[derive(Template)]
#[template(path = "quarantine.html")]
struct QuarantinePage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    done: Option<(&'static str, Option<String>)>,
    refused: Option<String>,
    tabs: Vec<Tab>,
    mails: Vec<MailView>,
    pager: Pager,
    may_write: bool,
    here: String,
}

/// The list that is shown when none is asked for.
const FIRST_VIEW: (&str, &str, &str, Which) = ("attente", "quarantine-waiting", "inbox", Which::Waiting);
/// The lists of mails that came: name in the address, message, icon, and which.
const VIEWS: [(&str, &str, &str, Which); 3] = [
    FIRST_VIEW,
    ("automates", "quarantine-recorded", "mail-pause", Which::Recorded),
    ("rejets", "quarantine-discarded", "x", Which::Discarded),
];

/// `GET /courrier/quarantaine`.
pub(crate) async fn quarantine(
    State(state): State<AppState>,
    page: Page,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let done = question.fait.as_deref().map(|done| match done.strip_prefix("dossier-") {
        Some(number) => ("quarantine-done-case", Some(number.to_owned())),
        None => ("quarantine-done-discarded", None),
    });
    show_quarantine(&state, &page, &question, StatusCode::OK, done, None).await
}

async fn show_quarantine(
    state: &AppState,
    page: &Page,
    question: &Question,
    status: StatusCode,
    done: Option<(&'static str, Option<String>)>,
    refused: Option<String>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(page)) };
    let view = VIEWS.iter().find(|v| v.0 == question.vue).unwrap_or(&FIRST_VIEW);
    let (number, which) = (question.page(), view.3);
    let (counts, (total, lines)) = state
        .ask(move |_| {
            let counts = VIEWS.iter().map(|v| post.mails_count(v.3)).collect::<anyhow::Result<Vec<_>>>()?;
            Ok((counts, post.mails(which, number)?))
        })
        .await?;
    let tabs = VIEWS.iter().zip(counts).map(|((name, key, icon, _), count)| Tab {
        key,
        icon,
        href: format!("/courrier/quarantaine?vue={name}"),
        count: page.format.number(count),
        here: *name == view.0,
        presses: *name == "attente" && count > 0,
    });
    let address = |number: u32| format!("/courrier/quarantaine?vue={}&page={number}", view.0);
    Ok(page.show_as(
        status,
        &QuarantinePage {
            page,
            crumbs: crumbs(page, None),
            done,
            refused,
            tabs: tabs.collect(),
            pager: pager(page, number, lines.len(), total, address),
            mails: lines.iter().map(|line| mail_view(page, line)).collect(),
            may_write: page.may(WRITE),
            here: address(number.saturating_add(1)),
        },
    ))
}

/// `POST /courrier/recus/{mail}/decision`: a new case, a case that is there, or nowhere.
pub(crate) async fn decide(
    State(state): State<AppState>,
    page: Page,
    Path(mail): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let number = CaseNumber::new(sent.get("numero"));
    let verdict = match (sent.get("decision"), number) {
        ("nouveau", _) => Some(Verdict::Release),
        ("rattacher", Some(number)) => Some(Verdict::Attach(number)),
        ("ecarter", _) if sent.said("motif").is_some() => Some(Verdict::Discard(sent.get("motif").to_owned())),
        _ => None,
    };
    let question = Question::default();
    let again = |key: &str| {
        let refused = Some(page.t(key));
        show_quarantine(&state, &page, &question, StatusCode::UNPROCESSABLE_ENTITY, None, refused)
    };
    let Some(verdict) = verdict else {
        return again(if sent.get("decision") == "rattacher" { "quarantine-which-case" } else { "quarantine-why" })
            .await;
    };
    let by = by(&page);
    match state.ask(move |s| Ok(post.settle(&mail, verdict, by, s.now()))).await? {
        Ok(Settled { change }) => {
            let what = change.as_ref().map_or_else(|| "ecarte".to_owned(), |c| format!("dossier-{}", c.number));
            if let Some(change) = change {
                state.source.changed(change);
            }
            let back = local_or_home(sent.get("retour"));
            let back = if back == "/" { "/courrier/quarantaine" } else { back };
            let mark = if back.contains('?') { '&' } else { '?' };
            Ok(Redirect::to(&format!("{back}{mark}fait={}", encode(&what))).into_response())
        }
        Err(WriteError::Unit(PostError::Decided)) => again("quarantine-decided").await,
        Err(WriteError::Unit(PostError::Desk(DeskError::Unknown(_)))) => again("quarantine-which-case").await,
        Err(WriteError::Unit(PostError::Desk(DeskError::Wordless))) => again("quarantine-nothing-to-attach").await,
        Err(WriteError::Unit(PostError::Unknown(_))) => Err(Failure::NotFound(Missing::Page)),
        Err(error) => Err(Failure::Unexpected(error.into())),
    }
}
