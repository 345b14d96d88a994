//! The notices of whoever reads: what runs out, what has run out, and of which case.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_contract::Contract;

use super::{
    Kind, Notice,
    store::Which,
    ways::{Ways, Wish, is_address},
};
use crate::{
    features::desk::web::told_key as told,
    web::{
        AppState, Failure, Page,
        kit::{Sent, encode},
    },
};
use axum::http::StatusCode;

/// Those unread alone, or all.
#[derive(Deserialize)]
pub(crate) struct Asked {
    lesquels: Option<String>,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage<'a> {
    page: &'a Page,
    all: bool,
    rows: Vec<Row>,
    /// The latest one shown: what comes after it was not seen.
    latest: u64,
}

/// One notice in words.
struct Row {
    seq: u64,
    icon: &'static str,
    badge: &'static str,
    kind: &'static str,
    text: String,
    about: Option<String>,
    number: String,
    href: String,
    title: Option<String>,
    due: Option<String>,
    at: String,
    unread: bool,
}

/// `GET /avis`.
pub(crate) async fn notices(
    State(state): State<AppState>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let all = asked.lesquels.as_deref() == Some("tous");
    let account = account(&page);
    let notices = state.ask(move |s| s.source.notices(&account, all)).await?;
    let rulebook = state.source.promise().rulebook;
    let contract = &rulebook.at(state.now()).contract;
    Ok(page.show(&NoticesPage {
        page: &page,
        all,
        latest: notices.iter().map(|n| n.seq).max().unwrap_or_default(),
        rows: notices.into_iter().map(|n| row(&page, contract, n)).collect(),
    }))
}

/// `POST /avis`: one is read, or all that the page showed.
pub(crate) async fn read(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    let seq = |name: &str| sent.get(name).parse::<u64>().ok();
    let which = seq("lu").map(Which::One).or_else(|| seq("jusque").map(Which::UpTo));
    let which = which.ok_or(Failure::BadValue("lu"))?;
    let (account, now) = (account(&page), state.now());
    state.ask(move |s| s.source.read_notices(&account, which, now)).await?;
    let back = if sent.get("lesquels") == "tous" { "/avis?lesquels=tous" } else { "/avis" };
    Ok(Redirect::to(back).into_response())
}

/// A choice of one kind of notice.
struct Choice {
    name: &'static str,
    key: &'static str,
    options: [(&'static str, &'static str, bool); 3],
}

#[derive(Template)]
#[template(path = "ways.html")]
struct WaysPage<'a> {
    page: &'a Page,
    address: &'a str,
    choices: [Choice; 2],
    /// What the contract demands: article and label.
    demanded: Vec<(String, String)>,
    fails: bool,
    done: bool,
    problem: Option<&'static str>,
}

/// What was just done.
#[derive(Deserialize)]
pub(crate) struct Done {
    fait: Option<String>,
}

/// `GET /compte/avis`: how one hears of notices besides the bell.
pub(crate) async fn ways(
    State(state): State<AppState>,
    page: Page,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let account = account(&page);
    let (ways, fails) = state.ask(move |s| s.source.ways(&account)).await?;
    Ok(show_ways(&state, &page, &ways, fails, done.fait.is_some(), None))
}

fn show_ways(
    state: &AppState,
    page: &Page,
    ways: &Ways,
    fails: bool,
    done: bool,
    problem: Option<&'static str>,
) -> Response {
    let rulebook = state.source.promise().rulebook;
    let rules = rulebook.at(state.now()).contract.escalations.rules.iter().filter(|rule| rule.demanded);
    let choice =
        |name, key, wish: Wish| Choice { name, key, options: Wish::ALL.map(|w| (w.name(), wish_key(w), w == wish)) };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = WaysPage {
        page,
        address: ways.address.as_deref().unwrap_or_default(),
        choices: [choice("avant", "ways-warned", ways.warned), choice("apres", "ways-escalated", ways.escalated)],
        demanded: rules.map(|rule| (rule.clause.clone(), page.label(&rule.label).to_owned())).collect(),
        fails,
        done,
        problem,
    };
    page.show_as(status, &shown)
}

const fn wish_key(wish: Wish) -> &'static str {
    match wish {
        Wish::AsWritten => "ways-as-written",
        Wish::All => "ways-all",
        Wish::Least => "ways-least",
    }
}

/// `POST /compte/avis`.
pub(crate) async fn set_ways(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    let wish = |name| Wish::from_name(sent.get(name)).ok_or(Failure::BadValue(name));
    let address = sent.said("adresse").map(|a| a.trim().to_owned()).filter(|a| !a.is_empty());
    let ways = Ways { address, warned: wish("avant")?, escalated: wish("apres")?, lang: page.lang() };
    if ways.address.as_deref().is_some_and(|address| !is_address(address)) {
        return Ok(show_ways(&state, &page, &ways, false, false, Some("ways-bad-address")));
    }
    let account = account(&page);
    state.ask(move |s| s.source.set_ways(&account, &ways)).await?;
    Ok(Redirect::to("/compte/avis?fait=oui").into_response())
}

fn account(page: &Page) -> String {
    page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default()
}

/// What a rule says, in the reader's words; its name when the contract has it no longer.
pub(crate) fn rule_text(page: &Page, contract: &Contract, rule: &str) -> String {
    let known = contract.escalations.rules.iter().find(|r| r.id.0 == rule);
    known.map_or_else(|| rule.to_owned(), |r| page.label(&r.label).to_owned())
}

/// What an obligation is called.
pub(crate) fn obligation_text(page: &Page, contract: &Contract, obligation: &str) -> String {
    let known = contract.obligations.iter().find(|o| o.id.0 == obligation);
    known.map_or_else(|| obligation.to_owned(), |o| page.label(&o.label).to_owned())
}

fn row(page: &Page, contract: &Contract, notice: Notice) -> Row {
    let (icon, badge, kind) = match notice.kind {
        Kind::Escalated => ("alert-triangle", "badge-bad", "notice-escalated"),
        Kind::Warned => ("clock", "badge-warn", "notice-warned"),
        Kind::Mentioned => ("message", "badge-accent", "notice-mentioned"),
        Kind::News => ("bell", "", "notice-news"),
    };
    // What people did is not due: it is read where it was said.
    let by_people = matches!(notice.kind, Kind::Mentioned | Kind::News);
    let place = if by_people { format!("#e{}", notice.seq) } else { String::new() };
    let text = if by_people {
        let done = told(&notice.rule).map_or_else(|| notice.rule.clone(), |key| page.t(key));
        page.t2("notice-by", "who", notice.actor.unwrap_or_default(), "done", done)
    } else {
        rule_text(page, contract, &notice.rule)
    };
    Row {
        seq: notice.seq,
        icon,
        badge,
        kind,
        text,
        about: notice.obligation.map(|o| obligation_text(page, contract, &o)),
        href: format!("/dossiers/{}{place}", encode(&notice.number)),
        number: notice.number,
        title: notice.title,
        due: (!by_people).then(|| page.format.second(notice.due)),
        at: page.format.second(notice.at),
        unread: notice.read_at.is_none(),
    }
}
