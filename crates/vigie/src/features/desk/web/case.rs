//! One case as known at an instant: its clocks replayed, and its entries with their proof.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use jiff::{Timestamp, civil::DateTime};
use serde::Deserialize;
use vigie_contract::{Label, StopEvent};
use vigie_rules::{book::Book, life::Life};

use super::{
    clock::{ClockView, view},
    list::class_key,
};
use crate::{
    features::desk::{self, view::CaseFile},
    web::{AppState, Crumb, Failure, Missing, Page},
};

/// As known when.
#[derive(Deserialize)]
pub(crate) struct AsOf {
    au: Option<String>,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    number: String,
    title: Option<String>,
    class: &'static str,
    facts: Vec<(String, String)>,
    version: String,
    as_of: String,
    as_of_input: String,
    is_now: bool,
    clocks: Vec<ClockView>,
    entries: Vec<EntryRow>,
    later: usize,
}

/// One entry as text.
struct EntryRow {
    seq: u64,
    kind: String,
    occurred: String,
    recorded: String,
    actor: String,
    origin: String,
    body: String,
    leaf: String,
    leaf_short: String,
}

/// `GET /dossiers/{number}`.
pub(crate) async fn case(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    Query(asked): Query<AsOf>,
) -> Result<Response, Failure> {
    let asked = asked.au.filter(|t| !t.trim().is_empty());
    let as_of = match &asked {
        Some(text) => instant(&page, text).ok_or(Failure::BadValue("au"))?,
        None => state.now(),
    };
    let file = state.ask(move |s| s.source.case(&number)).await?.ok_or(Failure::NotFound(Missing::Case))?;
    let rulebook = state.source.promise().rulebook;
    let life = Life::read(&file.history, as_of);
    let book = desk::book_of(&rulebook, file.history.class, &life);
    let mut runs = desk::clocks(book, &file.history, &life, as_of).map_err(|e| Failure::Unexpected(e.into()))?;
    // The clock that people ask about first stands first.
    runs.sort_by_key(|run| run.rule.stop != StopEvent::Restored);
    let clocks = runs.iter().enumerate().map(|(n, run)| view(&page, book, run, as_of, n)).collect();
    let number = file.history.subject.number().to_owned();
    let local = as_of.to_zoned(page.format.zone.clone()).datetime();
    Ok(page.show(&CasePage {
        page: &page,
        crumbs: vec![
            Crumb { text: page.t("nav-cases"), href: Some("/dossiers".to_owned()) },
            Crumb { text: number.clone(), href: None },
        ],
        number,
        title: file.title.clone(),
        class: class_key(file.history.class),
        facts: facts(&page, book, &life),
        version: book.version.clone(),
        as_of: page.format.second(as_of),
        as_of_input: local.strftime("%Y-%m-%dT%H:%M").to_string(),
        is_now: asked.is_none(),
        clocks,
        later: file.entries.iter().filter(|e| e.occurred_at > as_of).count(),
        entries: entries(&page, &file, as_of),
    }))
}

fn instant(page: &Page, text: &str) -> Option<Timestamp> {
    let local: DateTime = text.trim().parse().ok()?;
    local.to_zoned(page.format.zone.clone()).ok().map(|z| z.timestamp())
}

/// What is known of the case, in words; what nobody said is not shown.
fn facts(page: &Page, book: &Book, life: &Life) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.push((page.t(key), value));
        }
    };
    let contract = &book.contract;
    let text = |label: &Label| page.label(label).to_owned();
    if let Some(c) = life.classification() {
        add("col-priority", book.priority(c).map(|p| p.to_string()));
        add("case-urgency", c.urgency.map(|u| format!("{u:?}")));
        add("case-impact", c.impact.map(|i| u8::from(i).to_string()));
        let service = |id: &vigie_contract::ServiceId| {
            contract.perimeter.services.iter().find(|s| s.id == *id).map(|s| text(&s.label))
        };
        add("case-service", c.service.as_ref().map(|id| service(id).unwrap_or_else(|| id.to_string())));
        add("case-site", c.site.clone());
        let item = |id: &vigie_contract::CatalogueItemId| {
            let subject = contract.catalogue.subjects.iter().find(|s| s.id == id.0).map(|s| text(&s.label));
            subject.or_else(|| contract.catalogue.items.iter().find(|i| i.id == *id).map(|i| text(&i.label)))
        };
        add("case-subject", c.item.as_ref().map(|id| item(id).unwrap_or_else(|| id.to_string())));
        add("case-cercle0", book.is_cercle0(c).then(|| page.t("yes")));
    }
    add("case-taken-in", life.taken_in.map(|t| page.format.instant(Some(t))));
    add("case-restored", life.restored().map(|r| page.format.instant(Some(r.at))));
    add("case-closed", life.closed.map(|t| page.format.instant(Some(t))));
    add("case-cancelled", life.cancelled.map(|t| page.format.instant(Some(t))));
    add("case-major", life.declared_major.map(|t| page.format.instant(Some(t))));
    facts
}

fn entries(page: &Page, file: &CaseFile, as_of: Timestamp) -> Vec<EntryRow> {
    file.entries
        .iter()
        .filter(|e| e.occurred_at <= as_of)
        .map(|e| EntryRow {
            seq: e.seq,
            kind: e.kind.clone(),
            occurred: page.format.instant(Some(e.occurred_at)),
            recorded: page.format.second(e.recorded_at),
            actor: e.actor.clone(),
            origin: e.origin.clone(),
            body: if e.body == "{}" { String::new() } else { e.body.clone() },
            leaf_short: e.leaf_hash.chars().take(12).collect(),
            leaf: e.leaf_hash.clone(),
        })
        .collect()
}
