//! The way to a provider and back.
//!
//! Both are plain links: a browser follows them across sites, where it lets no form of ours lead. MUST NOT show what a
//! provider or a browser wrote.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Back as Wanted, SignInPage, append_cookie, second, welcome};
use crate::{
    features::people::{Back, Leave, Refusal, Return, SignIn, come_back as back_from, leave as leave_for},
    web::{
        AppState, Failure, Missing, Page,
        kit::{ClientAddress, cookie, local_or_home},
    },
};

/// The cookie that a browser holds while it is away at a provider.
const fn away_cookie(https: bool) -> &'static str {
    if https { "__Host-vigie-away" } else { "vigie-away" }
}

fn set_away(response: &mut Response, token: &str, https: bool) {
    let secure = if https { "; Secure" } else { "" };
    let over = if token.is_empty() { "; Max-Age=0" } else { "" };
    append_cookie(response, &format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{over}", away_cookie(https)));
}

/// `GET /connexion/fournisseur/{provider}`.
pub(crate) async fn leave(
    State(state): State<AppState>,
    page: Page,
    Path(provider): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let wanted = local_or_home(&wanted.retour).to_owned();
    let asked = wanted.clone();
    let outcome =
        state.ask(move |s| leave_for(s.accounts.as_ref(), &s.options.sign_in, &provider, &asked, s.now())).await?;
    match outcome {
        Leave::To { url, token } => {
            let mut response = Redirect::to(&url).into_response();
            set_away(&mut response, &token, state.options.https);
            Ok(response)
        }
        Leave::Silent => Ok(refused(&state, &page, Refusal::Silent)),
        Leave::Unknown => Err(Failure::NotFound(Missing::Page)),
    }
}

/// What a provider sends back.
#[derive(Deserialize)]
pub(crate) struct Brought {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    error: Option<String>,
    iss: Option<String>,
}

/// `GET /connexion/fournisseur/{provider}/retour`.
pub(crate) async fn come_back(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Query(brought): Query<Brought>,
) -> Result<Response, Failure> {
    let token = cookie(&headers, away_cookie(state.options.https));
    let Brought { state: mark, code, error, iss } = brought;
    let brought = Return { provider, token, state: mark, code, error, issuer: iss };
    let outcome =
        state.ask(move |s| back_from(s.accounts.as_ref(), &s.options.sign_in, &brought, &address, s.now())).await?;
    // A return that somebody else made up must not end what this browser has begun.
    let is_over = !matches!(outcome, Back::Refused(Refusal::Forged | Refusal::Locked));
    let mut response = match outcome {
        Back::Answered(SignIn::Opened { token, account }, back) => welcome(&state, &token, &account, &back),
        Back::Answered(SignIn::Second { token }, back) => second::ask(&state, &token, &back),
        Back::Answered(_, _) => refused(&state, &page, Refusal::Doubtful),
        Back::Refused(refusal) => refused(&state, &page, refusal),
    };
    if is_over {
        set_away(&mut response, "", state.options.https);
    }
    Ok(response)
}

fn refused(state: &AppState, page: &Page, refusal: Refusal) -> Response {
    let (status, problem) = match refusal {
        Refusal::Locked => (StatusCode::TOO_MANY_REQUESTS, "sign-in-locked"),
        Refusal::Late => (StatusCode::BAD_REQUEST, "provider-late"),
        Refusal::Forged => (StatusCode::BAD_REQUEST, "provider-forged"),
        Refusal::Denied => (StatusCode::UNAUTHORIZED, "provider-denied"),
        Refusal::Doubtful => (StatusCode::UNAUTHORIZED, "provider-doubtful"),
        Refusal::Silent => (StatusCode::SERVICE_UNAVAILABLE, "provider-silent"),
        Refusal::WithoutRole => (StatusCode::FORBIDDEN, "provider-no-role"),
        Refusal::Taken => (StatusCode::FORBIDDEN, "provider-taken"),
    };
    page.show_as(status, &SignInPage::new(state, page, "/", "", Some(problem)))
}
