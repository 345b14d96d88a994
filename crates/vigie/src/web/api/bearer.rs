//! Who calls the API: a token in `Authorization: Bearer`, never a cookie, so that no page of another site
//! can call in somebody's name.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use vigie_contract::{Contract, Party, RoleId};

use super::problem::{Problem, label};
use crate::{
    features::{
        calendar,
        people::{self, Account, Notice, Token},
    },
    web::{
        guard::guard as page_guard,
        rights::{Access, may, party_of},
        routes::READ_DESK,
        state::AppState,
    },
};

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The account behind the token.
    pub(crate) account: String,
    /// Its side.
    pub(crate) party: Party,
    /// Its role in the contract.
    pub(crate) role: RoleId,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // The guard puts it there; a handler outside the table of routes has none and must not answer.
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The gate before every call of the API.
pub(crate) async fn guard(
    State((state, access)): State<(AppState, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    if access == Access::Public {
        return next.run(request).await;
    }
    let token = match access {
        Access::Calendar => token_of_address(request.uri()),
        _ => token(request.headers()).map(str::to_owned),
    };
    let Some(token) = token else { return unknown().into_response() };
    // A program that calls many times in a second is let in without leaving this thread.
    if let Some(caller) = admit_seen(&state, &token, access) {
        request.extensions_mut().insert(caller);
        return next.run(request).await;
    }
    match state.ask(move |s| admit(s, &token, access)).await {
        Ok(Ok(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(Err(problem)) => problem.into_response(),
        Err(failure) => Problem::from(failure).into_response(),
    }
}

/// The gate of a door for both: a token decides where one is sent, else the session of a page.
pub(crate) async fn guard_or_page(state: State<(AppState, Access)>, request: Request, next: Next) -> Response {
    if token(request.headers()).is_some() {
        guard(state, request, next).await
    } else {
        page_guard(state, request, next).await
    }
}

/// The token that a request brings, if any.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The token in the query of a calendar's address: calendar programs send no header of ours. No line of the log
/// holds a query.
fn token_of_address(uri: &Uri) -> Option<String> {
    uri.query()?.split('&').find_map(|part| part.strip_prefix("token=")).map(str::to_owned)
}

/// Whether an account may come in with a token, or the right that is missing.
fn allows(contract: &Contract, account: &Account, token: &Token, access: Access) -> Result<(), &'static str> {
    let (right, scope) = match access {
        Access::Public | Access::SignedIn => return Ok(()),
        Access::Right(right) => (right, right),
        Access::Calendar => (READ_DESK, calendar::SCOPE),
    };
    if may(contract, &account.role, right) && token.covers(scope) { Ok(()) } else { Err(right) }
}

fn admit_seen(state: &AppState, token: &str, access: Access) -> Option<Caller> {
    let now = state.now();
    let (account, token) = people::token_seen(state.accounts.as_ref(), token, now)?;
    let promise = state.source.promise().history;
    let contract = &promise.at(now.to_zoned(TimeZone::UTC).date()).contract;
    let allowed = allows(contract, &account, &token, access);
    allowed.is_ok().then(|| Caller {
        party: party_of(contract, &account.role),
        account: account.name,
        role: account.role,
    })
}

fn admit(state: &AppState, token: &str, access: Access) -> anyhow::Result<Result<Caller, Problem>> {
    let now = state.now();
    let Some((account, token)) = people::token_of(state.accounts.as_ref(), token, now)? else {
        return Ok(Err(unknown()));
    };
    let promise = state.source.promise().history;
    let contract = &promise.at(now.to_zoned(TimeZone::UTC).date()).contract;
    if let Err(right) = allows(contract, &account, &token, access) {
        state.accounts.note(&Notice::Refused { name: account.name, right, at: now })?;
        return Ok(Err(Problem::from(crate::web::Failure::Forbidden(right))));
    }
    let party = party_of(contract, &account.role);
    Ok(Ok(Caller { account: account.name, party, role: account.role }))
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "token",
        label("Jeton absent ou inconnu", "Token missing or unknown"),
        label(
            "Envoyer Authorization: Bearer avec un jeton valide ; `vigie token create` en donne un.",
            "Send Authorization: Bearer with a valid token; `vigie token create` gives one.",
        ),
    )
}
