//! `/webhooks`: who is told, what was sent, what was not taken; and sending it again.

use askama::Template;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_links::http::Address;

use super::store::Message;
use crate::web::{AppState, Failure, Page, kit::encode};

/// Messages of the page.
pub(crate) const SHOWN: u32 = 200;

struct EndpointView {
    id: String,
    url: String,
    kinds: String,
    since: String,
    off: bool,
}

struct MessageView {
    id: String,
    webhook: String,
    kind: String,
    case: String,
    href: String,
    made: String,
    tries: String,
    /// Message, icon and badge of how it stands.
    state: (&'static str, &'static str, &'static str),
    detail: String,
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage<'a> {
    page: &'a Page,
    endpoints: Vec<EndpointView>,
    messages: Vec<MessageView>,
    may_replay: bool,
}

/// `GET /webhooks`.
pub(crate) async fn log(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    let (endpoints, messages) = state.ask(|s| s.source.webhooks()).await?;
    let endpoints = endpoints.into_iter().map(|e| EndpointView {
        // What follows the host may open a door: it stays with whoever set it up.
        url: Address::parse(&e.url).map_or_else(|_| e.id.clone(), |a| a.place()),
        id: e.id,
        kinds: e.kinds,
        since: page.format.second(e.created_at),
        off: e.disabled_at.is_some(),
    });
    let shown = WebhooksPage {
        endpoints: endpoints.collect(),
        messages: messages.into_iter().map(|m| view(&page, m)).collect(),
        may_replay: page.may("desk.write"),
        page: &page,
    };
    Ok(page.show(&shown))
}

fn view(page: &Page, m: Message) -> MessageView {
    let state = match (m.sent_at, m.next_at) {
        (Some(_), None) => ("webhook-sent", "circle-check", "badge-good"),
        (_, Some(_)) => ("webhook-waits", "clock", "badge-warn"),
        (None, None) => ("webhook-given-up", "circle-x", "badge-bad"),
    };
    let when = m.sent_at.or(m.next_at).map(|at| page.format.second(at));
    let case = m.subject.strip_prefix("case/").unwrap_or(&m.subject).to_owned();
    MessageView {
        href: format!("/dossiers/{}", encode(&case)),
        case,
        made: page.format.second(m.made_at),
        tries: page.format.number(i64::from(m.tries)),
        detail: [when, m.failure].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        state,
        id: m.id,
        webhook: m.webhook,
        kind: m.kind,
    }
}

/// What is sent again.
#[derive(Deserialize)]
pub(crate) struct Again {
    /// A message; absent means all that were given up.
    message: Option<String>,
}

/// `POST /webhooks/renvois`.
pub(crate) async fn replay(State(state): State<AppState>, Form(again): Form<Again>) -> Result<Response, Failure> {
    let id = again.message.filter(|id| !id.is_empty());
    state.ask(move |s| s.source.replay_webhooks(id.as_deref())).await?;
    Ok(Redirect::to("/webhooks").into_response())
}
