//! Problems: those under way with the stages that are left, and those that recurring incidents propose.
//!
//! What makes incidents similar is the contract's. A proposal becomes a problem when somebody opens it; its
//! incidents are then linked and propose nothing more.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use vigie_contract::{CalendarSource, Class, Common, Party};
use vigie_evidence::Origin;
use vigie_rules::{
    book::Book,
    change::open_stages,
    desk::Act,
    fact::Classification,
    life::Life,
    relation::Relation,
    routing::route,
    similar::{Proposal, Seen, proposals},
};
use vigie_store::WriteError;

use super::{
    act::by,
    case::address,
    names::{self, Names},
};
use crate::{
    features::desk::{
        self, DeskError,
        act::{Deed, Detail},
        open::{By, Opening},
        sheet::Texts,
        view::{CaseQuery, CaseSort},
    },
    web::{AppState, Failure, Page, kit::Sent},
};

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage<'a> {
    page: &'a Page,
    refused: Option<String>,
    rows: Vec<Row>,
    proposals: Vec<ProposalView>,
    more: usize,
    rules: Vec<String>,
    may_open: bool,
}

/// A problem under way.
struct Row {
    number: String,
    href: String,
    title: String,
    priority: String,
    phase: (&'static str, &'static str, &'static str),
    left: String,
    linked: usize,
    known: bool,
    agreed: String,
}

/// Incidents that are similar.
struct ProposalView {
    name: String,
    rule: String,
    cases: Vec<(String, String, String)>,
    more: usize,
    count: usize,
    /// What names it in the form.
    key: String,
}

/// Problems that one page looks at.
const MOST: u32 = 200;
/// Proposals that one page shows.
const MOST_PROPOSALS: usize = 40;
/// Incidents that a proposal names.
const MOST_NAMED: usize = 6;
/// How far back incidents are read: more than any rule of recurrence looks.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(400 * 24);

/// `GET /problemes`.
pub(crate) async fn problems(State(state): State<AppState>, page: Page) -> Result<Response, Failure> {
    show(&state, &page, None, StatusCode::OK).await
}

async fn show(state: &AppState, page: &Page, refused: Option<String>, status: StatusCode) -> Result<Response, Failure> {
    let now = state.now();
    let query = CaseQuery {
        class: Some(Class::Problem),
        open: true,
        sort: CaseSort::Number,
        descending: true,
        page_size: MOST,
        ..CaseQuery::default()
    };
    let list = state.ask(move |s| s.source.cases(&query)).await?;
    let known = known(state).await?;
    let rulebook = state.source.promise().rulebook;
    let current = rulebook.at(now);
    let names = Names { page, contract: &current.contract };
    let rows = list.rows.iter().filter_map(|r| {
        let life = known.lives.get(&r.number)?;
        let progress = life.progress();
        let book = desk::book_of(&rulebook, Class::Problem, life);
        let left = open_stages(book, &progress.stages).map(|s| page.label(&s.label).to_owned());
        Some(Row {
            href: address(&r.number),
            number: r.number.clone(),
            title: r.title.clone().unwrap_or_default(),
            priority: r.priority.clone().unwrap_or_default(),
            phase: names::phase(r.phase),
            left: left.collect::<Vec<_>>().join(" · "),
            linked: progress.links.iter().filter(|l| l.is_case()).count(),
            known: progress.stages.iter().any(|s| s.0 == "known_error"),
            agreed: page.format.instant(life.agreed),
        })
    });
    let rows = rows.collect();
    let found = proposed(current, &known.seen, now)?;
    let rules = current.contract.changes.recurrences.iter().map(|r| {
        let within = vigie_reports::format::delay(r.within, page.lang());
        page.lang_with("proposal-rule", &[("rule", &page.label(&r.label)), ("count", &r.count), ("within", &within)])
    });
    Ok(page.show_as(
        status,
        &ProblemsPage {
            refused,
            rows,
            more: found.len().saturating_sub(MOST_PROPOSALS),
            proposals: found.iter().take(MOST_PROPOSALS).map(|p| view(names, p)).collect(),
            rules: rules.collect(),
            may_open: page.may("desk.write") && page.party() == Party::Provider,
            page,
        },
    ))
}

/// What proposals depend on.
struct Known {
    lives: BTreeMap<String, Life>,
    /// Incidents that no problem has.
    seen: Vec<Seen>,
}

async fn known(state: &AppState) -> Result<Known, Failure> {
    let now = state.now();
    let since = now.saturating_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    let (histories, mut seen) =
        state.ask(move |s| Ok((s.source.histories(Class::Problem)?, s.source.incidents_since(since)?))).await?;
    let lives: BTreeMap<String, Life> =
        histories.iter().map(|h| (h.subject.number().to_owned(), Life::read(h, now))).collect();
    let standing = lives.values().filter(|life| life.cancelled.is_none());
    let taken: BTreeSet<&str> = standing
        .flat_map(|life| &life.progress().links)
        .filter(|link| link.is_case())
        .map(|link| link.reference.as_str())
        .collect();
    seen.retain(|incident| !taken.contains(incident.number.as_str()));
    Ok(Known { lives, seen })
}

/// The proposals of a moment. Days and hours are counted by the calendar of a problem's clock.
fn proposed<'b>(book: &'b Book, seen: &[Seen], now: Timestamp) -> Result<Vec<Proposal<'b>>, Failure> {
    let clock = book.contract.clocks.clocks.iter().find(|c| c.class == Class::Problem);
    let calendar = clock.and_then(|c| match &c.calendar {
        CalendarSource::Fixed(id) => book.calendar(id),
        _ => None,
    });
    let Some(calendar) = calendar else { return Ok(Vec::new()) };
    proposals(&book.contract.changes.recurrences, seen, now, calendar).map_err(|e| Failure::Unexpected(e.into()))
}

/// What tells a proposal apart: its rule and what its incidents have in common.
fn key(proposal: &Proposal<'_>) -> String {
    let common = proposal.common.iter().map(|(_, value)| value.as_str());
    std::iter::once(proposal.rule.id.as_str()).chain(common).collect::<Vec<_>>().join("|")
}

fn common(names: Names<'_>, proposal: &Proposal<'_>) -> String {
    let said = proposal.common.iter().map(|(what, value)| match what {
        Common::Item => names.item(value),
        Common::Service => names.service(value),
        Common::Site => value.clone(),
    });
    said.collect::<Vec<_>>().join(" · ")
}

fn view(names: Names<'_>, proposal: &Proposal<'_>) -> ProposalView {
    let page = names.page;
    let named = proposal.cases.iter().rev().take(MOST_NAMED);
    ProposalView {
        name: common(names, proposal),
        rule: page.label(&proposal.rule.label).to_owned(),
        cases: named.map(|c| (c.number.clone(), address(&c.number), page.format.second(c.at))).collect(),
        more: proposal.cases.len().saturating_sub(MOST_NAMED),
        count: proposal.cases.len(),
        key: key(proposal),
    }
}

/// `POST /problemes`: opens the problem that a proposal speaks of, and links its incidents.
pub(crate) async fn open_problem(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    if page.party() != Party::Provider {
        return Err(Failure::Forbidden("desk.write"));
    }
    let now = state.now();
    let known = known(&state).await?;
    let rulebook = state.source.promise().rulebook;
    let book = rulebook.at(now);
    let names = Names { page: &page, contract: &book.contract };
    let found = proposed(book, &known.seen, now)?;
    let Some(proposal) = found.iter().find(|p| key(p) == sent.get("proposition")) else {
        // Somebody was quicker, or time went by.
        let refused = Some(page.t("proposal-gone"));
        return show(&state, &page, refused, StatusCode::CONFLICT).await;
    };
    let who = by(&page, Origin::Web);
    let opening = opening(names, book, proposal, who.clone(), now);
    let incidents: Vec<String> = proposal.cases.iter().map(|c| c.number.clone()).collect();
    let (party, role) = (page.party(), page.viewer.as_ref().map(|v| v.role.clone()));
    let link = move |by: By, reference: &str| Deed {
        act: Act::Link,
        at: now,
        by,
        party,
        role: role.clone(),
        texts: Texts::default(),
        internal: false,
        files: Vec::new(),
        // The desk says the same on the incident, from its side.
        detail: Detail::Reference {
            reference: reference.to_owned(),
            system: "case".to_owned(),
            relation: Some(Relation::Causes),
        },
    };
    let opened: Result<String, WriteError<DeskError>> = state
        .ask(move |s| {
            Ok((|| {
                let number = s.source.open_case(opening)?.number;
                for incident in &incidents {
                    let at = s.source.now();
                    s.source.act(&number, None, Deed { at, ..link(who.clone(), incident) })?;
                }
                Ok(number)
            })())
        })
        .await?;
    let number = opened.map_err(|e| Failure::Unexpected(e.into()))?;
    Ok(Redirect::to(&format!("{}?ouvert=oui", address(&number))).into_response())
}

/// The problem that a proposal becomes, classified by what its incidents have in common.
fn opening(names: Names<'_>, book: &Book, proposal: &Proposal<'_>, by: By, now: Timestamp) -> Opening {
    let page = names.page;
    let of = |what: Common| proposal.common.iter().find(|(c, _)| *c == what).map(|(_, value)| value.clone());
    let classification = Classification {
        item: of(Common::Item).map(|v| v.as_str().into()),
        service: of(Common::Service).map(|v| v.as_str().into()),
        site: of(Common::Site),
        ..Classification::default()
    };
    let numbers = proposal.cases.iter().map(|c| c.number.as_str()).collect::<Vec<_>>().join(", ");
    Opening {
        id: None,
        class: Class::Problem,
        by,
        identified: Vec::new(),
        direct: false,
        texts: Texts {
            title: Some(page.t1("proposal-opened-title", "common", common(names, proposal))),
            text: Some(page.t2("proposal-opened-text", "n", proposal.cases.len(), "cases", numbers)),
            ..Texts::default()
        },
        team: route(book, Class::Problem, &classification, now).map(|r| r.team.id.0.clone()),
        classification,
        vip: None,
        reference: None,
        files: Vec::new(),
    }
}
