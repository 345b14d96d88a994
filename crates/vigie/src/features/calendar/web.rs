//! The door of calendar programs, and the page on which addresses are made and revoked.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;

use super::{
    SCOPE,
    ics::{self, Speaking},
    store,
};
use crate::{
    features::people::{Token, fresh_token},
    web::{
        AppState, Crumb, Failure, Missing, Page,
        api::{Caller, Problem},
        i18n::Messages as _,
        kit::Sent,
    },
};

/// The calendars: their names in addresses, with the messages of theirs.
const CALENDARS: [(&str, &str); 2] = [("due.ics", "calendar-due"), ("changes.ics", "calendar-changes")];
/// Characters of the name of an address.
const MAX_NAME: usize = 60;
/// Addresses of one account that open something.
const MOST: usize = 20;

/// Reads a calendar with the token of its address.
#[utoipa::path(
    get, path = "/api/v1/calendars/{calendar}", operation_id = "read_calendar", tag = "calendars",
    params(
        ("calendar" = String, Path, description = "`due.ics`: what is due to the account; `changes.ics`: the windows of changes"),
        ("token" = String, Query, description = "Of the address that the page of calendars gives, with the scope calendar.read alone"),
    ),
    responses(
        (status = 200, description = "The calendar (RFC 5545)", body = String, content_type = "text/calendar"),
        (status = 401, description = "The address opens nothing"),
        (status = 403, description = "The account may read no cases, or the address is no calendar's"),
    )
)]
pub(crate) async fn feed(
    State(state): State<AppState>,
    caller: Caller,
    Path(calendar): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (name, title) =
        CALENDARS.into_iter().find(|(n, _)| *n == calendar).ok_or_else(|| Problem::not_found(&calendar))?;
    let base = base(&state, &headers);
    let text = state
        .ask(move |s| {
            let now = s.now();
            let dated = match name {
                "due.ics" => {
                    let rulebook = s.source.promise().rulebook;
                    let owner =
                        store::owner(caller.account.clone(), caller.party, &caller.role, &rulebook.at(now).contract);
                    s.source.due_to(&owner)?
                }
                _ => s.source.change_windows()?,
            };
            let lang = s.accounts.account(&caller.account)?.map(|a| a.lang).unwrap_or_default();
            let origin = s.source.origin();
            let speaking = Speaking { lang, base: &base, origin: &origin };
            Ok(ics::write(&speaking, &format!("Vigie · {}", lang.t(title)), &dated))
        })
        .await
        .map_err(Problem::from)?;
    let disposition = format!("inline; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}

/// The address of this server as whoever asks has reached it.
fn base(state: &AppState, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    format!("{}://{host}", if state.options.https { "https" } else { "http" })
}

#[derive(Template)]
#[template(path = "calendars.html")]
struct CalendarsPage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    problem: Option<String>,
    /// The addresses just made, shown this once: message and address.
    fresh: Vec<(&'static str, String)>,
    longest: usize,
    addresses: Vec<Address>,
}

/// An address as far as it is known afterwards.
struct Address {
    name: String,
    since: String,
}

/// `GET /compte/calendriers`.
pub(crate) async fn calendars(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    show(&state, &page, StatusCode::OK, None, Vec::new()).await
}

async fn show(
    state: &AppState,
    page: &Page,
    status: StatusCode,
    problem: Option<String>,
    fresh: Vec<(&'static str, String)>,
) -> Result<Response, Failure> {
    let known = addresses(state, page).await?;
    let crumbs = vec![
        Crumb { text: page.t("account-title"), href: Some("/compte".to_owned()) },
        Crumb { text: page.t("calendar-title"), href: None },
    ];
    let addresses = known.into_iter().map(|t| Address { since: page.format.second(t.created_at), name: t.name });
    let addresses = addresses.collect();
    Ok(page.show_as(status, &CalendarsPage { page, crumbs, problem, fresh, longest: MAX_NAME, addresses }))
}

/// The addresses of whoever reads that open something.
async fn addresses(state: &AppState, page: &Page) -> Result<Vec<Token>, Failure> {
    let (account, now) = (account(page), state.now());
    let tokens = state.ask(move |s| s.source.tokens_of(&account)).await?;
    Ok(tokens.into_iter().filter(|t| is_address(t) && t.is_valid(now)).collect())
}

fn is_address(token: &Token) -> bool {
    token.scopes == [SCOPE]
}

fn account(page: &Page) -> String {
    page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default()
}

/// `POST /compte/calendriers`: makes an address, and shows it this once.
pub(crate) async fn make_address(
    State(state): State<AppState>,
    page: Page,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Failure> {
    let name = sent.get("nom").to_owned();
    let known = addresses(&state, &page).await?;
    let problem = match name.chars().count() {
        n if !(1..=MAX_NAME).contains(&n) || name.contains(char::is_control) => {
            Some(page.t1("saved-bad-name", "n", MAX_NAME))
        }
        _ if known.iter().any(|t| t.name == name) => Some(page.t("calendar-taken")),
        _ if known.len() >= MOST => Some(page.t1("calendar-too-many", "n", MOST)),
        _ => None,
    };
    if problem.is_some() {
        return show(&state, &page, StatusCode::UNPROCESSABLE_ENTITY, problem, Vec::new()).await;
    }
    let (token, hash) = fresh_token().map_err(Failure::Unexpected)?;
    let kept = Token {
        hash,
        account: account(&page),
        name,
        scopes: vec![SCOPE.to_owned()],
        created_at: state.now(),
        expires_at: None,
        revoked_at: None,
    };
    state.ask(move |s| s.source.add_token(&kept)).await?;
    let base = base(&state, &headers);
    let address = |(file, title)| (title, format!("{base}/api/v1/calendars/{file}?token={token}"));
    show(&state, &page, StatusCode::OK, None, CALENDARS.map(address).to_vec()).await
}

/// `POST /compte/calendriers/retrait`: an address opens nothing any more.
pub(crate) async fn revoke_address(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    let name = sent.get("nom").to_owned();
    // No other token of the account may be revoked here, whatever the form says.
    if !addresses(&state, &page).await?.iter().any(|t| t.name == name) {
        return Err(Failure::NotFound(Missing::Page));
    }
    let (account, now): (String, Timestamp) = (account(&page), state.now());
    state.ask(move |s| s.source.revoke_token(&account, &name, SCOPE, now)).await?;
    Ok(Redirect::to("/compte/calendriers").into_response())
}
