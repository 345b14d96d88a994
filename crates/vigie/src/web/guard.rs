//! The gate before every handler: who comes, what the route asks, and the frame of the page.
//!
//! A route without a rule cannot exist (see [`super::routes`]); a session that is unknown, expired or of
//! a disabled account is no session.

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use jiff::tz::TimeZone;
use vigie_contract::Party;

use super::{
    errors::{Failure, OperationId, local_address},
    page::{NavItem, Page, Viewer},
    prefs::{Prefs, cookie},
    rights::{Access, may},
    routes::{LINKS, NAVIGATION},
    state::AppState,
};
use crate::features::people::{self, session_cookie};

/// Checks one route's rule, then runs its handler with the [`Page`] in its extensions.
pub(crate) async fn guard(
    State((state, access)): State<(AppState, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    let prefs = Prefs::from_headers(request.headers());
    let here = local_address(request.uri());
    let operation = request.extensions().get::<OperationId>().map_or_else(String::new, |o| o.0.clone());
    let frame = Page::signed_out(prefs, here, operation, state.options.demo);
    let token = cookie(request.headers(), session_cookie(state.options.https));

    let page = match state.ask(move |s| frame_for(s, frame, token.as_deref())).await {
        Ok(page) => page,
        Err(failure) => return failure.into_response(),
    };
    let allowed = match (access, &page.viewer) {
        (Access::SignedIn | Access::Right(_), Some(_)) if page.must_enrol && !is_own_account(request.uri().path()) => {
            Err(Redirect::to(people::web::FACTOR_PAGE).into_response())
        }
        (Access::Public, _) | (Access::SignedIn, Some(_)) => Ok(()),
        (Access::SignedIn | Access::Right(_), None) => Err(sign_in_first(request.method(), &page.here)),
        // Calendars stand behind the gate of the API alone.
        (Access::Calendar, _) => Err(StatusCode::UNAUTHORIZED.into_response()),
        (Access::Right(right), Some(viewer)) => refuse_without(&state, viewer, right).await,
    };
    let mut response = match allowed {
        Ok(()) => {
            request.extensions_mut().insert(page.clone());
            next.run(request).await
        }
        Err(response) => response,
    };
    response.extensions_mut().insert(page);
    response
}

/// The doors that open before a second factor is set up: one's own account, and the way out.
fn is_own_account(path: &str) -> bool {
    matches!(path, "/" | "/deconnexion" | "/compte") || path.starts_with("/compte/")
}

/// The frame with who reads it.
fn frame_for(state: &AppState, mut page: Page, token: Option<&str>) -> anyhow::Result<Page> {
    let now = state.now();
    let promise = state.source.promise().history;
    let contract = &promise.at(now.to_zoned(TimeZone::UTC).date()).contract;
    page.contract = contract.frame.label.clone();
    page.format.zone = state.zone(&contract.frame.zone);
    let Some(token) = token else { return Ok(page) };
    let Some(account) = people::resume(state.accounts.as_ref(), &state.options.sign_in, token, now)? else {
        return Ok(page);
    };
    let role = contract.roles.iter().find(|r| r.id == account.role);
    let role_label = role.map(|r| r.label.clone()).unwrap_or_default();
    let party = role.map_or(Party::ThirdParty, |r| r.party);
    page.nav = NAVIGATION
        .iter()
        .filter(|(_, right)| may(contract, &account.role, right))
        .map(|(item, _)| NavItem::clone(item))
        .collect();
    page.rights = LINKS.iter().copied().filter(|right| may(contract, &account.role, right)).collect();
    page.unread = state.source.unread(&account.name)?;
    if state.options.sign_in.asks_second_factor(&account) {
        page.must_enrol = !state.accounts.factor(&account.name)?.is_some_and(|f| f.confirmed);
    }
    if page.must_enrol {
        page.nav.clear();
        page.rights.clear();
    }
    let provider = state.options.sign_in.provider_of(&account).map(|p| p.label.clone());
    page.viewer = Some(Viewer { name: account.name, role: account.role, role_label, party, provider });
    Ok(page)
}

/// Asks to sign in, then to come back; an action is not repeated behind somebody's back.
fn sign_in_first(method: &Method, here: &str) -> Response {
    let back = if *method == Method::GET && here != "/" { here } else { "/" };
    let mut response = Redirect::to(&format!("/connexion?retour={}", encode(back))).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

async fn refuse_without(state: &AppState, viewer: &Viewer, right: &'static str) -> Result<(), Response> {
    let (name, role) = (viewer.name.clone(), viewer.role.clone());
    let allowed = state
        .ask(move |s| {
            let now = s.now();
            let promise = s.source.promise().history;
            let allowed = may(&promise.at(now.to_zoned(TimeZone::UTC).date()).contract, &role, right);
            if !allowed {
                s.accounts.note(&people::Notice::Refused { name, right, at: now })?;
            }
            Ok(allowed)
        })
        .await
        .map_err(IntoResponse::into_response)?;
    if allowed { Ok(()) } else { Err(Failure::Forbidden(right).into_response()) }
}

/// Percent-encodes a value of a query.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// An address of this server, or its first page: a link may never send people elsewhere.
pub(crate) fn local_or_home(address: &str) -> &str {
    let local =
        address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\r', '\n', '\t', '\0']);
    if local { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coming_back_never_leaves_this_server() {
        for (address, expected) in [
            ("/mois/2026-03?a=b", "/mois/2026-03?a=b"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(local_or_home(address), expected, "{address}");
        }
    }

    #[test]
    fn a_query_value_keeps_its_own_marks_apart() {
        assert_eq!(encode("/dossiers?q=é&x=1"), "/dossiers%3Fq%3D%C3%A9%26x%3D1");
    }
}
