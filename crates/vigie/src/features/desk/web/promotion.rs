//! Requests outside the catalogue, and the entry of the catalogue that some of them may become (3.7.1.4).
//!
//! The contract is data, so a proposal is text of `catalogue.toml`: the customer checks it, and a committee
//! puts it in force by an amendment. Nothing is changed here.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use vigie_contract::{CatalogueItem, Class, Label};

use super::{
    case::address,
    form::{Control, Field, Form, Problem},
    names::Names,
};
use crate::{
    features::desk::store::{CaseLine, Filter},
    web::{AppState, Crumb, Failure, Page, kit::Sent},
};

/// The type under which a request outside the catalogue is made (`catalogue.toml`).
const OUTSIDE: &str = "off_catalogue";

/// Requests that are looked at, the latest first.
const MOST: u32 = 200;

/// Longest name of a type.
const MOST_NAME: usize = 60;

#[derive(Template)]
#[template(path = "promotion.html")]
struct PromotionPage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    rows: Vec<Row>,
    fields: Vec<Field>,
    refused: Option<String>,
    proposal: Option<String>,
    download: String,
}

/// A request outside the catalogue.
struct Row {
    number: String,
    href: String,
    title: String,
    at: String,
    /// How many ask for the same, this one among them.
    alike: usize,
    chosen: bool,
}

/// `GET /demandes/hors-catalogue`.
pub(crate) async fn promotion(
    State(state): State<AppState>,
    page: Page,
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let sent = sent(&fields);
    let lines = outside(&state).await?;
    let rulebook = state.source.promise().rulebook;
    let names = Names { page: &page, contract: &rulebook.at(state.now()).contract };
    let mut problems = Vec::new();
    let asked = !fields.is_empty();
    let proposal = if asked { propose(names, &sent, &lines, &mut problems).ok() } else { None };
    let form = Form { page: &page, prefix: "", sent: &sent, problems: &problems };
    let status = if asked && proposal.is_none() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let none_chosen = problems.iter().find(|p| p.field == "dossier").map(|p| p.text.clone());
    Ok(page.show_as(
        status,
        &PromotionPage {
            crumbs: vec![
                Crumb { text: page.t("nav-cases"), href: Some("/dossiers".to_owned()) },
                Crumb { text: page.t("promotion-title"), href: None },
            ],
            rows: rows(&page, &sent, &lines),
            fields: vec![
                form.line("nom", "promotion-name", "text").required().hint(page.t("promotion-name-hint")),
                form.line("fr", "promotion-fr", "text").required(),
                form.line("en", "promotion-en", "text").required(),
            ],
            refused: none_chosen,
            download: download(&fields),
            proposal,
            page: &page,
        },
    ))
}

/// `GET /demandes/hors-catalogue/entree.toml`: the proposal as a file.
pub(crate) async fn entry(
    State(state): State<AppState>,
    page: Page,
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let sent = sent(&fields);
    let lines = outside(&state).await?;
    let rulebook = state.source.promise().rulebook;
    let names = Names { page: &page, contract: &rulebook.at(state.now()).contract };
    let Ok(text) = propose(names, &sent, &lines, &mut Vec::new()) else {
        return Ok(axum::response::Redirect::to("/demandes/hors-catalogue").into_response());
    };
    let mut response = ([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], text).into_response();
    let disposition = HeaderValue::from_static("attachment; filename=\"entree.toml\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    Ok(response)
}

fn sent(fields: &[(String, String)]) -> Sent {
    let mut sent = Sent::default();
    for (name, value) in fields {
        sent.add(name, value.clone());
    }
    sent
}

fn download(fields: &[(String, String)]) -> String {
    let query = fields.iter().map(|(n, v)| format!("{}={}", crate::web::kit::encode(n), crate::web::kit::encode(v)));
    format!("/demandes/hors-catalogue/entree.toml?{}", query.collect::<Vec<_>>().join("&"))
}

async fn outside(state: &AppState) -> Result<Vec<CaseLine>, Failure> {
    let filter = Filter { class: Some(Class::Request), item: Some(OUTSIDE.to_owned()), ..Filter::default() };
    Ok(state.ask(move |s| s.source.case_page(&filter, None, MOST)).await?.1)
}

/// What is asked for, without the name of whom or where: what stands before the first dot of a title.
fn asked_for(line: &CaseLine) -> String {
    let title = line.title.as_deref().unwrap_or_default();
    title.split(" · ").next().unwrap_or_default().trim().to_lowercase()
}

fn rows(page: &Page, sent: &Sent, lines: &[CaseLine]) -> Vec<Row> {
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines {
        *alike.entry(asked_for(line)).or_default() += 1;
    }
    let mut rows: Vec<Row> = lines
        .iter()
        .map(|line| Row {
            number: line.number.clone(),
            href: address(&line.number),
            title: line.title.clone().unwrap_or_default(),
            at: page.format.instant(Some(line.opened_at)),
            alike: alike.get(&asked_for(line)).copied().unwrap_or(1),
            chosen: sent.all("dossier").any(|n| n == line.number),
        })
        .collect();
    rows.sort_by(|a, b| b.alike.cmp(&a.alike).then_with(|| a.title.to_lowercase().cmp(&b.title.to_lowercase())));
    rows
}

/// The text of the entry; what is wrong is among the problems.
fn propose(names: Names<'_>, sent: &Sent, lines: &[CaseLine], problems: &mut Vec<Problem>) -> Result<String, ()> {
    let page = names.page;
    let mut wrong = |field: &'static str, key: &str| problems.push(Problem::new(field, page.t(key)));
    let because: Vec<&str> = sent.all("dossier").filter(|n| lines.iter().any(|l| l.number == *n)).collect();
    if because.is_empty() {
        wrong("dossier", "promotion-none-chosen");
    }
    let name = sent.get("nom");
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= MOST_NAME
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain {
        wrong("nom", "promotion-name-hint");
    } else if names.contract.catalogue.item(&name.into()).is_some() {
        wrong("nom", "promotion-known");
    }
    for field in ["fr", "en"] {
        if sent.said(field).is_none() {
            wrong(field, "problem-needed");
        }
    }
    let model = names.contract.catalogue.item(&OUTSIDE.into());
    match model {
        Some(model) if problems.is_empty() => {
            let label = Label { fr: sent.get("fr").to_owned(), en: sent.get("en").to_owned() };
            Ok(written(model, name, &label, &because))
        }
        _ => Err(()),
    }
}

/// An entry of `catalogue.toml` like the one for what is outside of it; its delays are for the customer to give.
fn written(model: &CatalogueItem, name: &str, label: &Label, because: &[&str]) -> String {
    let text = |t: &str| serde_json::Value::from(t).to_string();
    let list = |ids: &[String]| ids.iter().map(|id| text(id)).collect::<Vec<_>>().join(", ");
    format!(
        "# Proposition d'entrée au catalogue (3.7.1.4), à contrôler et à valider par le Département.\n\
         # Demandes hors catalogue qui la motivent : {because}.\n\
         [[item]]\nid = {id}\ncalendar = {calendar}\nasks = [{asks}]\nmay_ask = [{may_ask}]\nclause = {clause}\n\
         label.fr = {fr}\nlabel.en = {en}\ndoubts = [\"AMB-08\"]\n\
         choice.fr = \"GTR à donner par la convention de service ; entrée tirée de demandes hors catalogue.\"\n\
         choice.en = \"GTR to be given by the convention de service; entry drawn from requests outside the catalogue.\"\n",
        because = because.join(", "),
        id = text(name),
        calendar = text(&model.calendar.0),
        asks = list(&model.asks),
        may_ask = list(&model.may_ask),
        clause = text(&model.clause),
        fr = text(&label.fr),
        en = text(&label.en),
    )
}
