//! A call written down while it is heard: everything by keyboard, the caller and the open cases of the same
//! service proposed as they are typed, a number at the first press of Enter.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_contract::Class;
use vigie_evidence::Origin;

use super::{
    case::address,
    form::{Control, Field, Form, Problem},
    list::{RowView, row},
    names::Names,
    opening::{assessed_words, how_fields, opened},
};
use crate::{
    features::desk::view::{Caller, CaseQuery},
    live::new_id,
    web::{AppState, Failure, Page, kit::Sent},
};

#[derive(Template)]
#[template(path = "call.html")]
struct CallPage<'a> {
    page: &'a Page,
    id: String,
    direct: bool,
    priority: String,
    problems: usize,
    who: Vec<Field>,
    what: Vec<Field>,
    how: Vec<Field>,
    near: NearPart<'a>,
    assessed: String,
}

/// `GET /dossiers/appel`.
pub(crate) async fn call(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    let mut sent = Sent::default();
    sent.set("id", new_id(state.now()).to_string());
    Ok(form(&state, &page, &sent, &[], StatusCode::OK))
}

fn form(state: &AppState, page: &Page, sent: &Sent, problems: &[Problem], status: StatusCode) -> Response {
    let rulebook = state.source.promise().rulebook;
    let book = rulebook.at(state.now());
    let names = Names { page, contract: &book.contract };
    let form = Form { page, prefix: "", sent, problems };
    let vips = vec![("vip".to_owned(), "VIP".to_owned()), ("vvip".to_owned(), "VVIP".to_owned())];
    page.show_as(
        status,
        &CallPage {
            page,
            id: sent.get("id").to_owned(),
            direct: sent.get("appelant") != "site",
            priority: sent.get("priorite").to_owned(),
            problems: problems.len(),
            who: vec![
                form.line("demandeur", "case-requester", "text"),
                form.line("telephone", "open-phone", "tel"),
                form.choice("vip", "open-vip", Some("open-no-vip"), vips),
            ],
            what: vec![
                form.line("titre", "open-what", "text"),
                form.choice("service", "case-service", Some("open-unknown"), names.services()),
                form.line("site", "case-site", "text").known(names.sites()),
                form.text("texte", "open-description", 3),
            ],
            how: how_fields(&form),
            near: NearPart { page, callers: Vec::new(), asked: false, cases: Vec::new() },
            assessed: assessed_words(page, book, sent),
        },
    )
}

/// What is proposed beside the form.
#[derive(Template)]
#[template(path = "near.html")]
struct NearPart<'a> {
    page: &'a Page,
    callers: Vec<CallerView>,
    asked: bool,
    cases: Vec<RowView>,
}

/// Somebody to take over with one key.
struct CallerView {
    name: String,
    detail: String,
    /// What the form is filled with, as JSON.
    fill: String,
}

/// What has been typed so far.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Typed {
    demandeur: String,
    telephone: String,
    service: String,
}

/// Open cases that are proposed.
const CASES_SHOWN: u32 = 8;
/// Characters from which one looks for a caller.
const ENOUGH: usize = 2;

/// `GET /dossiers/appel/proches`: callers and open cases near what is typed, as a part of a page.
pub(crate) async fn near(
    State(state): State<AppState>,
    page: Page,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    let now = state.now();
    let enough = |text: &str| text.trim().chars().count() >= ENOUGH;
    let text = [typed.demandeur, typed.telephone].into_iter().find(|t| enough(t)).unwrap_or_default();
    let asked = enough(&text);
    let text = text.trim().to_owned();
    let query = CaseQuery {
        open: true,
        class: Some(Class::Incident),
        service: Some(typed.service).filter(|s| !s.is_empty()),
        page_size: CASES_SHOWN,
        ..CaseQuery::default()
    };
    let (callers, cases) = state
        .ask(move |s| {
            let callers = if asked { s.source.callers(&text)? } else { Vec::new() };
            let cases = if query.service.is_some() { s.source.cases(&query)?.rows } else { Vec::new() };
            Ok((callers, cases))
        })
        .await?;
    let rulebook = state.source.promise().rulebook;
    let book = rulebook.at(now);
    let names = Names { page: &page, contract: &book.contract };
    Ok(page.show(&NearPart {
        page: &page,
        asked,
        callers: callers.iter().map(|c| caller(&page, c)).collect(),
        cases: cases.iter().map(|r| row(names, book, r, now)).collect(),
    }))
}

fn caller(page: &Page, caller: &Caller) -> CallerView {
    let vip = caller.vip.as_ref().map(|v| v.to_uppercase());
    let cases = page.t1("call-cases", "n", caller.cases);
    let detail = [vip, caller.phone.clone(), caller.site.clone(), Some(cases)];
    CallerView {
        name: caller.requester.clone(),
        detail: detail.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        fill: serde_json::json!({
            "demandeur": caller.requester, "telephone": caller.phone, "site": caller.site, "vip": caller.vip,
        })
        .to_string(),
    }
}

/// `POST /dossiers/appel`.
pub(crate) async fn take_call(State(state): State<AppState>, page: Page, mut sent: Sent) -> Result<Response, Failure> {
    sent.set("classe", Class::Incident.name());
    sent.set("direct", if sent.get("appelant") == "site" { "" } else { "oui" });
    // A number comes first; what it is about can be written down while one listens.
    let typed = sent.get("titre").to_owned();
    if typed.is_empty() {
        let rulebook = state.source.promise().rulebook;
        let book = rulebook.at(state.now());
        let names = Names { page: &page, contract: &book.contract };
        let service = sent.said("service").map(|s| names.service(&s));
        let about = [Some(page.t("call-title")), sent.said("demandeur"), service];
        sent.set("titre", about.into_iter().flatten().collect::<Vec<_>>().join(" · "));
    }
    match opened(&state, &page, &sent, Origin::Phone).await? {
        Ok(number) => Ok(Redirect::to(&format!("{}?ouvert=oui", address(&number))).into_response()),
        Err((problems, _)) => {
            sent.set("titre", typed);
            Ok(form(&state, &page, &sent, &problems, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}
