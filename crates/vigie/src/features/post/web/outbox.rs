//! What leaves: ordered, tried, taken or not, and sent again.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use vigie_store::WriteError;

use super::{MailView, Pager, Question, Tab, WRITE, by, mail_view, not_set_up, pager};
use crate::{
    features::{
        desk::web::purpose_key,
        post::{
            PostError, reason,
            view::{ParcelLine, Which},
        },
    },
    web::{AppState, Failure, Missing, Page, kit::encode},
};

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage<'a> {
    page: &'a Page,
    case: &'a str,
    done: Option<&'static str>,
    tabs: Vec<Tab>,
    waiting: String,
    presses: bool,
    parcels: Vec<ParcelView>,
    received: Vec<MailView>,
    pager: Pager,
    may_write: bool,
}

/// A mail that leaves, as text.
struct ParcelView {
    id: String,
    at: String,
    number: String,
    case: String,
    purpose: &'static str,
    subject: String,
    to: String,
    state: (&'static str, &'static str, &'static str),
    why: Option<String>,
    tries: String,
    next: Option<String>,
    again: bool,
}

/// The states of what leaves: name, message, icon, badge.
const STATES: [(&str, &str, &str, &str); 5] = [
    ("waiting", "outbox-waiting", "clock", "badge-accent"),
    ("failed", "outbox-failed", "mail-x", "badge-bad"),
    ("returned", "outbox-returned", "mail-x", "badge-bad"),
    ("held", "outbox-held", "mail-pause", "badge-warn"),
    ("sent", "outbox-sent", "mail-check", "badge-good"),
];

/// `GET /courrier`.
pub(crate) async fn outbox(
    State(state): State<AppState>,
    page: Page,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let known = STATES.iter().map(|s| s.0).find(|name| *name == question.etat);
    let (number, case) = (question.page(), question.dossier.clone());
    let of = Some(case.clone()).filter(|c| !c.is_empty());
    let (counts, (total, parcels), waiting, received) = state
        .ask(move |_| {
            let received = of.as_deref().map(|case| post.of_case(case)).transpose()?.unwrap_or_default();
            let listed = post.outbox(known, of.as_deref(), number)?;
            Ok((post.outbox_counts()?, listed, post.mails_count(Which::Waiting)?, received))
        })
        .await?;
    let count = |name: &str| counts.iter().find(|(state, _)| state == name).map_or(0, |(_, n)| *n);
    let tabs = STATES.iter().map(|(name, key, icon, badge)| Tab {
        key,
        icon,
        href: format!("/courrier?etat={name}"),
        count: page.format.number(count(name)),
        here: known == Some(*name),
        presses: *badge == "badge-bad" && count(name) > 0,
    });
    let all = Tab {
        key: "outbox-all",
        icon: "send",
        href: "/courrier".to_owned(),
        count: page.format.number(counts.iter().map(|(_, n)| *n).sum::<u64>()),
        here: known.is_none() && case.is_empty(),
        presses: false,
    };
    let address =
        |number: u32| format!("/courrier?etat={}&dossier={}&page={number}", known.unwrap_or(""), encode(&case));
    Ok(page.show(&OutboxPage {
        done: question.fait.as_deref().map(|_| "outbox-again-done"),
        tabs: [all].into_iter().chain(tabs).collect(),
        waiting: page.format.number(waiting),
        presses: waiting > 0,
        pager: pager(&page, number, parcels.len(), total, address),
        parcels: parcels.into_iter().map(|line| parcel(&page, line)).collect(),
        received: received.iter().map(|line| mail_view(&page, line)).collect(),
        may_write: page.may(WRITE),
        case: &case,
        page: &page,
    }))
}

fn parcel(page: &Page, line: ParcelLine) -> ParcelView {
    let ParcelLine { parcel, to, subject } = line;
    let number = parcel.case_subject.strip_prefix("case/").unwrap_or(&parcel.case_subject).to_owned();
    let state =
        STATES.iter().find(|s| s.0 == parcel.state).map_or(("outbox-waiting", "clock", ""), |s| (s.1, s.2, s.3));
    let why = parcel.reason.as_deref().map(|code| page.label(&reason(code)).to_owned());
    let why: Vec<String> = why.into_iter().chain(parcel.answer).filter(|w| !w.is_empty()).collect();
    ParcelView {
        at: page.format.second(parcel.created_at),
        case: format!("/dossiers/{}", encode(&number)),
        number,
        purpose: purpose_key(&parcel.kind),
        subject: subject.unwrap_or_else(|| page.t("words-erased")),
        to: to.unwrap_or_default(),
        why: (!why.is_empty()).then(|| why.join(" · ")),
        tries: page.format.number(u64::from(parcel.tries)),
        next: (parcel.state == "waiting" && parcel.tries > 0).then(|| page.format.second(parcel.next_at)),
        again: ["failed", "held", "returned"].contains(&parcel.state.as_str()),
        state,
        id: parcel.id,
    }
}

/// `POST /courrier/envois/{parcel}/nouvel-essai`.
pub(crate) async fn send_again(
    State(state): State<AppState>,
    page: Page,
    Path(parcel): Path<String>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let by = by(&page);
    let done = state.ask(move |s| Ok(post.send_again(&parcel, by, s.now()))).await?;
    match done {
        // Whoever was quicker did the same.
        Ok(()) | Err(WriteError::Unit(PostError::Decided)) => {
            Ok(Redirect::to("/courrier?etat=waiting&fait=oui").into_response())
        }
        Err(WriteError::Unit(PostError::Unknown(_))) => Err(Failure::NotFound(Missing::Page)),
        Err(error) => Err(Failure::Unexpected(error.into())),
    }
}
