//! The second factor at pages: asked after the password, set up and changed at one's own account.
//!
//! A secret and recovery codes are shown once, in the answer to a form: MUST NOT stand in an address, a log or a
//! page that can be asked for again.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Back, SignInPage, append_cookie, welcome};
use crate::{
    features::people::{
        Accounts, SignIn,
        factor::{RECOVERY_CODES, fresh_codes, fresh_secret, picture, spelled, step_of},
        second::{Code, SecondStep, awaited, check_code, give_code},
        session_cookie,
        sign_in::{Checked, Door, check, digest},
    },
    web::{
        AppState, Failure, Page,
        kit::{ClientAddress, cookie, encode, local_or_home},
    },
};

/// A sign-in proves who it is for so long.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// The cookie that stands for a right password until the second factor is given.
const fn second_cookie(https: bool) -> &'static str {
    if https { "__Host-vigie-second" } else { "vigie-second" }
}

fn set_second(response: &mut Response, token: &str, https: bool) {
    let secure = if https { "; Secure" } else { "" };
    let over = if token.is_empty() { "; Max-Age=0" } else { "" };
    let name = second_cookie(https);
    append_cookie(response, &format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{over}"));
}

/// Sends who gave the right password on to the second factor.
pub(super) fn ask(state: &AppState, token: &str, back: &str) -> Response {
    let mut response = Redirect::to(&format!("/connexion/code?retour={}", encode(back))).into_response();
    set_second(&mut response, token, state.options.https);
    response
}

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    page: &'a Page,
    back: &'a str,
    name: &'a str,
    problem: Option<&'static str>,
}

/// `GET /connexion/code`.
pub(crate) async fn code_form(
    State(state): State<AppState>,
    page: Page,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Failure> {
    let back = local_or_home(&back.retour);
    let token = cookie(&headers, second_cookie(state.options.https)).unwrap_or_default();
    Ok(match state.ask(move |s| awaited(s.accounts.as_ref(), &token, s.now())).await? {
        Some((account, _)) => page.show(&CodePage { page: &page, back, name: &account.name, problem: None }),
        None => over(&state, &page, back),
    })
}

/// Back to the password: it was given too long ago.
fn over(state: &AppState, page: &Page, back: &str) -> Response {
    page.show_as(StatusCode::UNAUTHORIZED, &SignInPage::new(state, page, back, "", Some("second-over")))
}

/// What the form of the code sends.
#[derive(Deserialize)]
pub(crate) struct GivenCode {
    code: String,
    #[serde(default)]
    retour: String,
}

/// `POST /connexion/code`.
pub(crate) async fn give(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<GivenCode>,
) -> Result<Response, Failure> {
    let back = local_or_home(&form.retour);
    let token = cookie(&headers, second_cookie(state.options.https)).unwrap_or_default();
    let (code, asked) = (form.code, token.clone());
    let (outcome, name) = state
        .ask(move |s| {
            let (accounts, now) = (s.accounts.as_ref(), s.now());
            let name = awaited(accounts, &asked, now)?.map(|(a, _)| a.name).unwrap_or_default();
            Ok((give_code(accounts, &asked, &code, &address, now)?, name))
        })
        .await?;
    let again =
        |status, problem| page.show_as(status, &CodePage { page: &page, back, name: &name, problem: Some(problem) });
    Ok(match outcome {
        SecondStep::Answered(SignIn::Opened { token, account }) => {
            let mut response = welcome(&state, &token, &account, back);
            set_second(&mut response, "", state.options.https);
            response
        }
        SecondStep::Answered(SignIn::Locked) => again(StatusCode::TOO_MANY_REQUESTS, "sign-in-locked"),
        SecondStep::Answered(_) => again(StatusCode::UNAUTHORIZED, "second-refused"),
        SecondStep::Over => over(&state, &page, back),
    })
}

/// What the page of one's own second factor shows.
enum Shown {
    /// There is none.
    Nothing,
    /// A secret to confirm: its letters and its picture.
    Proposed { letters: String, picture: String },
    /// A secret that was shown waits for a right code. It is not shown again: whoever has lost it begins anew, with
    /// the password.
    Awaited,
    /// There is one, and so many recovery codes are left.
    Set { codes_left: u32 },
    /// Recovery codes, this once.
    Codes(Vec<String>),
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct FactorPage<'a> {
    page: &'a Page,
    shown: Shown,
    problem: Option<&'static str>,
    /// They have no password to give.
    by_provider: bool,
}

fn show(page: &Page, shown: Shown, problem: Option<&'static str>) -> Response {
    let status = match problem {
        None => StatusCode::OK,
        Some("sign-in-locked") => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let by_provider = page.viewer.as_ref().is_some_and(|v| v.provider.is_some());
    page.show_as(status, &FactorPage { page, shown, problem, by_provider })
}

fn proposed(secret: &[u8], name: &str) -> anyhow::Result<Shown> {
    let picture = format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture(secret, name)?));
    Ok(Shown::Proposed { letters: spelled(secret), picture })
}

/// How an account stands; a secret that was proposed is not shown again.
fn standing(state: &AppState, name: &str) -> anyhow::Result<Shown> {
    let factor = state.accounts.factor(name)?.filter(|f| f.confirmed);
    Ok(factor.map_or(Shown::Nothing, |f| Shown::Set { codes_left: f.codes_left }))
}

fn owner(page: &Page) -> Result<String, Failure> {
    page.viewer.as_ref().map(|v| v.name.clone()).ok_or(Failure::Forbidden("account"))
}

/// `GET /compte/second-facteur`.
pub(crate) async fn factor(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    let name = owner(&page)?;
    let shown = state.ask(move |s| standing(s, &name)).await?;
    Ok(show(&page, shown, None))
}

/// What the forms that ask for the password send.
#[derive(Deserialize)]
pub(crate) struct WithPassword {
    #[serde(default)]
    password: String,
}

/// `POST /compte/second-facteur/secret`: a fresh secret, after the password: a stolen session must not set a factor
/// of its own.
pub(crate) async fn propose(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<WithPassword>,
) -> Result<Response, Failure> {
    let name = owner(&page)?;
    let session = cookie(&headers, session_cookie(state.options.https)).unwrap_or_default();
    let permit = state.hashing.clone().acquire_owned().await.map_err(|e| Failure::Unexpected(e.into()))?;
    let (shown, problem) = state
        .ask(move |s| {
            let (accounts, now) = (s.accounts.as_ref(), s.now());
            let problem = unproved(s, (&name, &form.password), &session, &address)?;
            if problem.is_some() {
                return Ok((standing(s, &name)?, problem));
            }
            let secret = fresh_secret()?;
            accounts.propose_factor(&name, &secret, now)?;
            match accounts.factor(&name)? {
                Some(factor) if !factor.confirmed => Ok((proposed(&factor.secret, &name)?, None)),
                _ => Ok((standing(s, &name)?, None)),
            }
        })
        .await?;
    drop(permit);
    Ok(show(&page, shown, problem))
}

/// Why somebody who is signed in has not shown anew that it is they: by their password or, when they have none, by a
/// sign-in of a moment ago.
fn unproved(
    state: &AppState,
    (name, password): (&str, &str),
    session: &str,
    address: &str,
) -> anyhow::Result<Option<&'static str>> {
    let (accounts, sign_in, now) = (state.accounts.as_ref(), &state.options.sign_in, state.now());
    let account = accounts.account(name)?;
    if account.is_some_and(|a| sign_in.provider_of(&a).is_some()) {
        let since = accounts.session(&digest(session))?.map(|s| s.created_at);
        return Ok(since.is_none_or(|at| now >= at + FRESH).then_some("second-not-fresh"));
    }
    Ok(match check(accounts, sign_in, (name, password), address, now)? {
        Checked::Fits(_) => None,
        Checked::Refused | Checked::WithoutRole => Some("second-password-wrong"),
        Checked::Locked => Some("sign-in-locked"),
        Checked::Silent => Some("sign-in-silent"),
    })
}

/// What the forms that ask for a code send.
#[derive(Deserialize)]
pub(crate) struct WithCode {
    code: String,
}

/// `POST /compte/second-facteur`: a code confirms the secret; other browsers, which gave none, are signed out.
pub(crate) async fn confirm(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<WithCode>,
) -> Result<Response, Failure> {
    let name = owner(&page)?;
    let session = cookie(&headers, session_cookie(state.options.https)).unwrap_or_default();
    let (shown, problem) = state
        .ask(move |s| {
            let (accounts, now) = (s.accounts.as_ref(), s.now());
            let Some(factor) = accounts.factor(&name)?.filter(|f| !f.confirmed) else {
                return Ok((standing(s, &name)?, None));
            };
            let door = Door::before(accounts, &name, &address, now)?;
            if door.is_locked() {
                return Ok((Shown::Awaited, Some("sign-in-locked")));
            }
            let Some(step) = step_of(&factor.secret, &form.code, now)? else {
                door.refuse(accounts, Some(name.clone()), true)?;
                return Ok((Shown::Awaited, Some("second-code-wrong")));
            };
            let (codes, hashes) = fresh_codes()?;
            if !accounts.confirm_factor(&name, step, &hashes, now)? {
                return Ok((standing(s, &name)?, None));
            }
            accounts.remove_other_sessions(&name, &digest(&session))?;
            Ok((Shown::Codes(codes), None))
        })
        .await?;
    Ok(show(&page, shown, problem))
}

/// `POST /compte/second-facteur/codes`: other recovery codes, after a code.
pub(crate) async fn codes(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    Form(form): Form<WithCode>,
) -> Result<Response, Failure> {
    let act = |accounts: &dyn Accounts, name: &str, now| {
        let (codes, hashes) = fresh_codes()?;
        accounts.replace_recovery_codes(name, &hashes, now)?;
        Ok(Shown::Codes(codes))
    };
    after_code(&state, &page, address, form.code, act).await
}

/// `POST /compte/second-facteur/retrait`: no factor any more, after a code.
pub(crate) async fn remove(
    State(state): State<AppState>,
    page: Page,
    ClientAddress(address): ClientAddress,
    Form(form): Form<WithCode>,
) -> Result<Response, Failure> {
    let act = |accounts: &dyn Accounts, name: &str, now| {
        accounts.remove_factor(name, now)?;
        Ok(Shown::Nothing)
    };
    after_code(&state, &page, address, form.code, act).await
}

/// Does something to one's own factor once a code fits.
async fn after_code(
    state: &AppState,
    page: &Page,
    address: String,
    code: String,
    act: impl FnOnce(&dyn Accounts, &str, Timestamp) -> anyhow::Result<Shown> + Send + 'static,
) -> Result<Response, Failure> {
    let name = owner(page)?;
    let (shown, problem) = state
        .ask(move |s| {
            let (accounts, now) = (s.accounts.as_ref(), s.now());
            match refused(check_code(accounts, &name, &code, &address, now)?) {
                Some(problem) => Ok((standing(s, &name)?, Some(problem))),
                None => Ok((act(accounts, &name, now)?, None)),
            }
        })
        .await?;
    Ok(show(page, shown, problem))
}

fn refused(code: Code) -> Option<&'static str> {
    match code {
        Code::Fits(_) => None,
        Code::Refused => Some("second-code-wrong"),
        Code::Locked => Some("sign-in-locked"),
    }
}
