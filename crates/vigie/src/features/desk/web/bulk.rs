//! One act on many cases, with one request: each is checked and done on its own, and what was not done
//! says why.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use vigie_evidence::Origin;
use vigie_rules::desk::Act;
use vigie_store::{JournalError, WriteError};

use super::{
    act::{by, refusal_words},
    case::address,
    names::{self, Names},
};
use crate::{
    features::desk::{
        DeskError,
        act::{Deed, Detail},
        sheet::Texts,
    },
    web::{
        AppState, Failure, Page,
        kit::{Sent, local_or_home},
    },
};

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage<'a> {
    page: &'a Page,
    act: String,
    back: &'a str,
    done: usize,
    problem: Option<String>,
    outcomes: Vec<Outcome>,
}

/// What became of one case.
struct Outcome {
    number: String,
    href: String,
    /// Why it was not done.
    refused: Option<String>,
}

/// Cases of one request: two pages of a list.
const MOST: usize = 100;

/// `POST /dossiers/lot`.
pub(crate) async fn bulk(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    let Some(act) = Act::from_verb(sent.get("acte")).filter(|a| matches!(a, Act::TakeIn | Act::Assign)) else {
        return Err(Failure::BadValue("acte"));
    };
    let rulebook = state.source.promise().rulebook;
    let now = state.now();
    let book = rulebook.at(now);
    let names = Names { page: &page, contract: &book.contract };
    let chosen: Vec<(String, Option<u64>)> = sent.all("dossier").map(named).collect();
    let mut problem = None;
    if chosen.is_empty() {
        problem = Some(page.t("bulk-none"));
    } else if chosen.len() > MOST {
        problem = Some(page.t1("bulk-many", "n", u64::try_from(MOST).unwrap_or(u64::MAX)));
    }
    let me = page.viewer.as_ref().map(|v| v.name.clone());
    let detail = if act == Act::TakeIn {
        let own = page.viewer.as_ref().and_then(|v| names.team_of(&v.role));
        me.map_or(Detail::None, |assignee| Detail::Mine { own, assignee })
    } else {
        let team = sent.get("equipe").to_owned();
        let assignee = sent.said("chez").and_then(|c| if c == "moi" { me } else { Some(c) });
        if !names.knows_team(&team) {
            problem = Some(page.t("bulk-team"));
        }
        if let Some(name) = assignee.clone()
            && state.ask(move |s| s.accounts.account(&name)).await?.is_none()
        {
            problem = Some(page.t1("problem-no-account", "name", sent.get("chez")));
        }
        Detail::To { team, assignee }
    };
    let mut outcomes = Vec::new();
    if problem.is_none() {
        let deed = Deed {
            act,
            at: now,
            by: by(&page, Origin::Web),
            party: page.party(),
            role: page.viewer.as_ref().map(|v| v.role.clone()),
            texts: Texts::default(),
            internal: false,
            files: Vec::new(),
            detail,
        };
        let done = state
            .ask(move |s| {
                let one = |(number, version): (String, Option<u64>)| {
                    let done = s.source.act(&number, version, deed.clone());
                    (number, done)
                };
                Ok(chosen.into_iter().map(one).collect::<Vec<_>>())
            })
            .await?;
        for (number, done) in done {
            let refused = match done {
                Ok(_) => None,
                Err(WriteError::Unit(error)) => Some(why(names, error)?),
                Err(error) => return Err(Failure::Unexpected(error.into())),
            };
            outcomes.push(Outcome { href: address(&number), number, refused });
        }
    }
    let done = outcomes.iter().filter(|o| o.refused.is_none()).count();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let back = local_or_home(sent.get("retour"));
    Ok(page.show_as(
        status,
        &BulkPage {
            page: &page,
            act: page.t(names::act(act).0),
            back: if back == "/" { "/dossiers" } else { back },
            done,
            problem,
            outcomes,
        },
    ))
}

/// `VG-2026-000123@456`: a case as the list showed it.
fn named(text: &str) -> (String, Option<u64>) {
    match text.rsplit_once('@') {
        Some((number, version)) => (number.to_owned(), version.parse().ok()),
        None => (text.to_owned(), None),
    }
}

/// Why one case was left as it was.
fn why(names: Names<'_>, error: DeskError) -> Result<String, Failure> {
    let page = names.page;
    Ok(match error {
        DeskError::Refused(refusal) => refusal_words(names, refusal),
        DeskError::Journal(JournalError::Stale { .. }) => page.t("bulk-stale"),
        DeskError::Unknown(_) => page.t("error-no-case"),
        error => return Err(Failure::Unexpected(error.into())),
    })
}
