//! Sign-in, sign-out, preferences and one's own account.

pub(crate) mod provider;
pub(crate) mod second;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_contract::Label;

use super::{
    Account, Notice, PasswordError, Provider, SignIn, close, hash_password, open,
    password::MIN_LENGTH,
    session_cookie,
    sign_in::{Checked, check, digest},
};
use crate::web::{
    AppState, Failure, Lang, Page, Theme,
    i18n::Messages,
    kit::{ClientAddress, LANG_COOKIE, THEME_COOKIE, cookie, encode, local_or_home, remember},
};

/// Where one's own second factor is set up.
pub(crate) const FACTOR_PAGE: &str = "/compte/second-facteur";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    page: &'a Page,
    back: &'a str,
    name: &'a str,
    problem: Option<&'static str>,
    providers: Vec<Door>,
}

/// A button that leads to a provider.
struct Door {
    href: String,
    label: Label,
}

impl<'a> SignInPage<'a> {
    /// The page with what went wrong.
    fn new(state: &AppState, page: &'a Page, back: &'a str, name: &'a str, problem: Option<&'static str>) -> Self {
        let door = |p: &Provider| Door {
            href: format!("/connexion/fournisseur/{}?retour={}", p.id, encode(back)),
            label: p.label.clone(),
        };
        let providers = state.options.sign_in.providers.iter().map(door).collect();
        Self { page, back, name, problem, providers }
    }

    /// Whether what went wrong is what was typed.
    fn is_mistyped(&self) -> bool {
        self.problem.is_some_and(|p| p.starts_with("sign-in"))
    }
}

/// Where to go after sign-in.
#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    retour: String,
}

/// `GET /connexion`.
pub(crate) async fn sign_in_form(State(state): State<AppState>, page: Page, Query(back): Query<Back>) -> Response {
    let back = local_or_home(&back.retour);
    if page.viewer.is_some() {
        return Redirect::to(back).into_response();
    }
    page.show(&SignInPage::new(&state, &page, back, "", None))
}

/// What the form of sign-in sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    retour: String,
}

/// `POST /connexion`.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    Form(form): Form<Credentials>,
) -> Result<Response, Failure> {
    let permit = state.hashing.clone().acquire_owned().await.map_err(|e| Failure::Unexpected(e.into()))?;
    let Credentials { name, password, retour } = form;
    let typed = name.clone();
    let outcome = state
        .ask(move |s| open(s.accounts.as_ref(), &s.options.sign_in, (&name, &password), &address, s.now()))
        .await?;
    drop(permit);
    let back = local_or_home(&retour);
    let again = |status, problem| page.show_as(status, &SignInPage::new(&state, &page, back, &typed, Some(problem)));
    Ok(match outcome {
        SignIn::Opened { token, account } => welcome(&state, &token, &account, back),
        SignIn::Second { token } => second::ask(&state, &token, back),
        SignIn::Refused => again(StatusCode::UNAUTHORIZED, "sign-in-refused"),
        SignIn::Locked => again(StatusCode::TOO_MANY_REQUESTS, "sign-in-locked"),
        SignIn::WithoutRole => again(StatusCode::FORBIDDEN, "sign-in-no-role"),
        SignIn::Silent => again(StatusCode::SERVICE_UNAVAILABLE, "sign-in-silent"),
    })
}

/// Sends who has signed in where they wanted to go, with the session and what the account prefers.
fn welcome(state: &AppState, token: &str, account: &Account, back: &str) -> Response {
    let secure = state.options.https;
    let mut response = Redirect::to(back).into_response();
    for cookie in [
        open_cookie(token, secure),
        remember(LANG_COOKIE, account.lang.code(), secure),
        remember(THEME_COOKIE, account.theme.code(), secure),
    ] {
        append_cookie(&mut response, &cookie);
    }
    response
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage<'a> {
    page: &'a Page,
    provider: &'a Label,
    there: &'a str,
}

/// `POST /deconnexion`. Whoever came from a provider is still signed in there, and is led to its own way out: by a link,
/// since a form of ours may lead nowhere else.
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    mut page: Page,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let token = cookie(&headers, session_cookie(state.options.https)).unwrap_or_default();
    let there = state
        .ask(move |s| {
            let account = close(s.accounts.as_ref(), &token, s.now())?;
            let provider = account.and_then(|a| s.options.sign_in.provider_of(&a).map(|p| p.id.clone()));
            Ok(provider.and_then(|id| {
                let provider = s.options.sign_in.provider(&id)?;
                Some((provider.label.clone(), provider.link.sign_out(s.now())?))
            }))
        })
        .await?;
    let mut response = match there {
        Some((provider, there)) => {
            page = Page::signed_out(page.prefs, "/connexion".to_owned(), page.operation, page.demo);
            page.show(&SignedOutPage { page: &page, provider: &provider, there: &there })
        }
        None => Redirect::to("/connexion").into_response(),
    };
    append_cookie(&mut response, &format!("{}; Max-Age=0", open_cookie("", state.options.https)));
    Ok(response)
}

/// What a switch of the header or the form of preferences sends; an absent field keeps its value.
#[derive(Deserialize)]
pub(crate) struct Preferences {
    lang: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    retour: String,
}

/// `POST /preferences`: kept in cookies, and with the account when there is one.
pub(crate) async fn preferences(
    State(state): State<AppState>,
    page: Page,
    Form(form): Form<Preferences>,
) -> Result<Response, Failure> {
    let lang = form.lang.as_deref().and_then(Lang::parse).unwrap_or(page.prefs.lang);
    let theme = form.theme.as_deref().and_then(Theme::parse).unwrap_or(page.prefs.theme);
    if let Some(viewer) = page.viewer {
        state.ask(move |s| s.accounts.set_preferences(&viewer.name, lang, theme)).await?;
    }
    let mut response = Redirect::to(local_or_home(&form.retour)).into_response();
    append_cookie(&mut response, &remember(LANG_COOKIE, lang.code(), state.options.https));
    append_cookie(&mut response, &remember(THEME_COOKIE, theme.code(), state.options.https));
    Ok(response)
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    page: &'a Page,
    min_length: usize,
    problem: Option<&'static str>,
    done: bool,
    /// Who keeps their password, when nobody here does.
    provider: Option<&'a Label>,
}

impl<'a> AccountPage<'a> {
    fn new(page: &'a Page, problem: Option<&'static str>, done: bool) -> Self {
        let provider = page.viewer.as_ref().and_then(|v| v.provider.as_ref());
        Self { page, min_length: MIN_LENGTH, problem, done, provider }
    }
}

/// `GET /compte`.
pub(crate) async fn account(page: Page) -> Response {
    page.show(&AccountPage::new(&page, None, false))
}

/// What the form of the password sends.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    current: String,
    new: String,
    again: String,
}

/// `POST /compte/mot-de-passe`: asks for the current one, and signs out every other browser. A wrong
/// one counts as a failure to sign in: a stolen session must not try passwords without end.
pub(crate) async fn change_password(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<NewPassword>,
) -> Result<Response, Failure> {
    let (Some(viewer), Some(token)) = (page.viewer.clone(), cookie(&headers, session_cookie(state.options.https)))
    else {
        return Err(Failure::Forbidden("account"));
    };
    let permit = state.hashing.clone().acquire_owned().await.map_err(|e| Failure::Unexpected(e.into()))?;
    let problem = state
        .ask(move |s| {
            let now = s.now();
            if s.accounts.account(&viewer.name)?.is_some_and(|a| a.outside.is_some()) {
                return Ok(Some("password-elsewhere"));
            }
            match check(s.accounts.as_ref(), &s.options.sign_in, (&viewer.name, &form.current), &address, now)? {
                Checked::Fits(_) => {}
                Checked::Locked => return Ok(Some("sign-in-locked")),
                Checked::Refused | Checked::WithoutRole | Checked::Silent => return Ok(Some("password-wrong")),
            }
            if form.new != form.again {
                return Ok(Some("password-differs"));
            }
            let hash = match hash_password(&viewer.name, &form.new) {
                Ok(hash) => hash,
                Err(PasswordError::TooShort) => return Ok(Some("password-too-short")),
                Err(PasswordError::TooLong) => return Ok(Some("password-too-long")),
                Err(PasswordError::HasName) => return Ok(Some("password-has-name")),
                Err(error @ PasswordError::Hashing) => return Err(error.into()),
            };
            s.accounts.set_password(&viewer.name, &hash)?;
            s.accounts.remove_other_sessions(&viewer.name, &digest(&token))?;
            s.accounts.note(&Notice::PasswordChanged { name: viewer.name, at: now })?;
            Ok(None)
        })
        .await?;
    drop(permit);
    let status = match problem {
        None => StatusCode::OK,
        Some("sign-in-locked") => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(page.show_as(status, &AccountPage::new(&page, problem, problem.is_none())))
}

fn open_cookie(token: &str, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", session_cookie(https))
}

fn append_cookie(response: &mut Response, cookie: &str) {
    // Built from fixed words and hexadecimal only, so it always is a header value.
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
