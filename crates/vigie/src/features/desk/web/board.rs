//! The sessions of the boards that authorise changes: calling one, who attends, its agenda, votes and
//! decisions. A vote stands on its change and is never overwritten.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_contract::Class;
use vigie_evidence::Origin;
use vigie_rules::{
    change::lacks_of,
    desk::{Act, Asked, Doer, check},
    fact::History,
    life::Life,
    sitting::Sitting,
    step::Voice,
};
use vigie_store::WriteError;

use super::{
    act::{by, local_instant, refusal_words},
    case::address,
    form::{Control, Field, Form, Problem},
    names::Names,
    progress,
    steps::{self, Acting, session_name, voice_key},
};
use crate::{
    features::desk::{self, DeskError, act::Deed, session::SessionDeed, sheet::Texts, step_words, view::CaseFile},
    web::{
        AppState, Crumb, Failure, Page,
        kit::{Sent, encode},
    },
};

/// Which session.
#[derive(Deserialize)]
pub(crate) struct Which {
    seance: Option<String>,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    refused: Option<String>,
    upcoming: Vec<SessionLink>,
    over: Vec<SessionLink>,
    session: Option<SessionView>,
    call: Vec<Field>,
    may_vote: bool,
}

/// A session of the list.
struct SessionLink {
    href: String,
    name: String,
    attendees: String,
    changes: String,
    here: bool,
}

/// The session that is shown.
struct SessionView {
    number: String,
    name: String,
    over: Option<String>,
    attendees: Vec<String>,
    attend: Vec<Field>,
    /// Who should attend by the contract.
    foreseen: String,
    agenda: Vec<ChangeView>,
}

/// A change on its agenda.
struct ChangeView {
    number: String,
    href: String,
    title: String,
    kind: String,
    /// What it lacks besides the decision.
    missing: Vec<String>,
    opinions: Vec<progress::OpinionView>,
    votes: Vec<progress::VoteView>,
    tally: String,
    decision: Option<(bool, String)>,
    vote: Vec<Field>,
    decide: Vec<Field>,
}

/// Sessions that are over, shown at most.
const MOST_OVER: usize = 30;

/// `GET /changements/cab`.
pub(crate) async fn board(
    State(state): State<AppState>,
    page: Page,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    show(&state, &page, which.seance.as_deref(), &Sent::default(), &[], None, StatusCode::OK).await
}

async fn show(
    state: &AppState,
    page: &Page,
    asked: Option<&str>,
    sent: &Sent,
    problems: &[Problem],
    refused: Option<String>,
    status: StatusCode,
) -> Result<Response, Failure> {
    let now = state.now();
    let (sittings, changes) =
        state.ask(|s| Ok((s.source.histories(Class::Committee)?, s.source.histories(Class::Change)?))).await?;
    let mut sittings: Vec<Sitting> = sittings.iter().filter_map(Sitting::read).collect();
    sittings.sort_by_key(|s| s.begins);
    // Each life is read once, whatever the number of sessions.
    let mut tabled: HashMap<String, Vec<&History>> = HashMap::new();
    for history in &changes {
        for session in &Life::read(history, now).progress().sessions {
            let on_it = tabled.entry(session.clone()).or_default();
            if !on_it.iter().any(|known| known.subject == history.subject) {
                on_it.push(history);
            }
        }
    }
    let tabled = |number: &str| tabled.get(number).map(Vec::as_slice).unwrap_or_default();
    let link = |s: &Sitting| SessionLink {
        href: href(&s.number),
        name: session_name(page, s),
        attendees: page.t1("board-attendees-n", "n", s.attendees.len()),
        changes: page.t1("board-changes-n", "n", tabled(&s.number).len()),
        here: asked == Some(s.number.as_str()),
    };
    // Whoever comes without having chosen sees the next one.
    let next = sittings.iter().find(|s| s.held.is_none()).map(|s| s.number.clone());
    let chosen = asked.map(str::to_owned).or(next);
    let chosen = chosen.and_then(|number| sittings.iter().find(|s| s.number == number));
    let session = match chosen {
        None => None,
        Some(sitting) => {
            let numbers: Vec<String> = tabled(&sitting.number).iter().map(|h| h.subject.0.clone()).collect();
            let reader = page.party();
            let files = state
                .ask(move |s| numbers.iter().map(|n| s.source.case(n, reader)).collect::<Result<Vec<_>, _>>())
                .await?;
            Some(session_view(
                state,
                page,
                sitting,
                &sittings,
                &files.into_iter().flatten().collect::<Vec<_>>(),
                sent,
                problems,
            ))
        }
    };
    let form = Form { page, prefix: "call", sent, problems };
    let boards = vec![("cab".to_owned(), "CAB".to_owned()), ("ecab".to_owned(), "ECAB".to_owned())];
    let over = sittings.iter().rev().filter(|s| s.held.is_some()).take(MOST_OVER).map(link);
    Ok(page.show_as(
        status,
        &BoardPage {
            crumbs: vec![
                Crumb { text: page.t("nav-changes"), href: Some("/changements".to_owned()) },
                Crumb { text: page.t("board-title"), href: None },
            ],
            refused,
            upcoming: sittings.iter().filter(|s| s.held.is_none()).map(link).collect(),
            over: over.collect(),
            session,
            call: vec![
                form.choice("comite", "board-committee", None, boards),
                form.line("quand", "board-when", "datetime-local").required(),
            ],
            may_vote: page.may("change.vote"),
            page,
        },
    ))
}

fn href(number: &str) -> String {
    format!("/changements/cab?seance={}", encode(number))
}

fn session_view(
    state: &AppState,
    page: &Page,
    sitting: &Sitting,
    sittings: &[Sitting],
    files: &[CaseFile],
    sent: &Sent,
    problems: &[Problem],
) -> SessionView {
    let rulebook = state.source.promise().rulebook;
    let now = state.now();
    let names = Names { page, contract: &rulebook.at(now).contract };
    let committee = names.contract.committees.iter().find(|c| c.id == sitting.committee);
    let foreseen = committee.map(|c| c.attendees.iter().map(|r| names.role(&r.0)).collect::<Vec<_>>().join(" · "));
    let form = Form { page, prefix: "attend", sent, problems };
    let attendee = |a: &vigie_rules::sitting::Attendee| match &a.instead_of {
        Some(other) => page.t2("board-delegate", "account", a.account.as_str(), "other", other.as_str()),
        None => a.account.clone(),
    };
    let agenda = files.iter().map(|file| {
        let life = Life::read(&file.history, now);
        let book = desk::book_of(&rulebook, Class::Change, &life);
        let names = Names { page, contract: &book.contract };
        let doer = Doer { party: page.party(), role: page.viewer.as_ref().map(|v| &v.role) };
        let asked = Asked { book, class: Class::Change, life: &life, doer };
        let acting = Acting { names, asked: &asked, sittings };
        change_view(&acting, sitting, file, &life)
    });
    SessionView {
        agenda: agenda.collect(),
        name: session_name(page, sitting),
        over: sitting.held.map(|at| page.t1("board-over-at", "at", page.format.second(at))),
        attendees: sitting.attendees.iter().map(attendee).collect(),
        attend: vec![
            form.line("compte", "board-account", "text").required().hint(page.t("board-account-hint")),
            form.line("pour", "board-instead", "text").hint(page.t("board-instead-hint")),
        ],
        foreseen: foreseen.unwrap_or_default(),
        number: sitting.number.clone(),
    }
}

fn change_view(acting: &Acting<'_>, sitting: &Sitting, file: &CaseFile, life: &Life) -> ChangeView {
    let (names, asked) = (acting.names, acting.asked);
    let page = names.page;
    let account = page.viewer.as_ref().map_or("", |v| v.name.as_str());
    let progress = life.progress();
    let part = progress::part(names, asked.book, file, life);
    let lacks =
        lacks_of(asked.book, progress).into_iter().filter(|l| !matches!(l, vigie_rules::change::Lack::Decision(_)));
    let missing = lacks.map(|l| page.label(&step_words::lack(Some(names.contract), &l)).to_owned());
    let votes: Vec<progress::VoteView> = part.votes.into_iter().filter(|v| v.session == sitting.number).collect();
    let decision = progress.decision.as_ref().filter(|d| d.session.as_deref() == Some(sitting.number.as_str()));
    let open = sitting.held.is_none() && decision.is_none();
    let may_vote = open
        && sitting.attends(account)
        && !progress.has_voted(&sitting.number, account)
        && check(Act::Vote, asked).is_ok();
    let may_decide = open && !votes.is_empty() && check(Act::Decide, asked).is_ok();
    let number = file.history.subject.number();
    let (vote, decide) = (format!("v-{number}"), format!("d-{number}"));
    let empty = Sent::default();
    let form = |prefix: &'_ str, act: Act| {
        let form = Form { page, prefix, sent: &empty, problems: &[] };
        // The session is the one that is shown.
        steps::fields(acting, &form, act).into_iter().filter(|f| f.name != "seance").collect::<Vec<_>>()
    };
    let count = |voice: Voice| {
        let n = votes.iter().filter(|v| v.voice == voice).count();
        format!("{} {n}", page.t(voice_key(voice)))
    };
    ChangeView {
        tally: [Voice::For, Voice::Against, Voice::Abstain].map(count).join(" · "),
        href: address(number),
        title: file.title.clone().unwrap_or_default(),
        kind: progress.kind.as_ref().map(|k| names.change_type(&k.0)).unwrap_or_default(),
        missing: missing.collect(),
        opinions: part.opinions,
        votes,
        decision: decision.map(|d| {
            let said = page.t(if d.granted { "decision-granted" } else { "decision-refused" });
            (d.granted, format!("{said} · {}", page.format.second(d.at)))
        }),
        vote: if may_vote { form(&vote, Act::Vote) } else { Vec::new() },
        decide: if may_decide { form(&decide, Act::Decide) } else { Vec::new() },
        number: number.to_owned(),
    }
}

/// What was sent to a session.
enum Sending {
    Session(SessionDeed),
    /// To a change on its agenda: number and deed.
    Change(String, Box<Deed>),
}

/// `POST /changements/cab`.
pub(crate) async fn sit(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    let session = sent.said("seance");
    let mut problems = Vec::new();
    for field in ["compte", "pour"] {
        if let Some(name) = sent.said(field).filter(|_| sent.get("quoi") == "participer") {
            let asked = name.clone();
            if state.ask(move |s| s.accounts.account(&asked)).await?.is_none() {
                problems.push(Problem::new(field, page.t1("problem-no-account", "name", name)));
            }
        }
    }
    let sending = read(&state, &page, &sent, session.clone(), &mut problems)?;
    let Some(sending) = sending.filter(|_| problems.is_empty()) else {
        let refused = Some(page.t("problem-below"));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return show(&state, &page, session.as_deref(), &sent, &problems, refused, status).await;
    };
    let who = by(&page, Origin::Web);
    let done: Result<Option<String>, WriteError<DeskError>> = state
        .ask(move |s| {
            Ok(match sending {
                Sending::Session(deed) => s.source.session(who, deed).map(Some),
                Sending::Change(number, deed) => s.source.act(&number, None, *deed).map(|_| None),
            })
        })
        .await?;
    let words = match done {
        Ok(number) => {
            let to = number.or(session).map_or_else(|| "/changements/cab".to_owned(), |n| href(&n));
            return Ok(Redirect::to(&to).into_response());
        }
        Err(WriteError::Unit(DeskError::Session(refused))) => page.label(&step_words::session(refused)).to_owned(),
        Err(WriteError::Unit(DeskError::Refused(refusal))) => {
            let rulebook = state.source.promise().rulebook;
            refusal_words(Names { page: &page, contract: &rulebook.at(state.now()).contract }, refusal)
        }
        Err(WriteError::Unit(DeskError::Unknown(_))) => page.t("error-no-case"),
        Err(error) => return Err(Failure::Unexpected(error.into())),
    };
    show(&state, &page, session.as_deref(), &sent, &[], Some(words), StatusCode::CONFLICT).await
}

fn read(
    state: &AppState,
    page: &Page,
    sent: &Sent,
    session: Option<String>,
    problems: &mut Vec<Problem>,
) -> Result<Option<Sending>, Failure> {
    let mut wrong = |field: &'static str, key: &str| {
        problems.push(Problem::new(field, page.t(key)));
        Ok(None)
    };
    let act = match sent.get("quoi") {
        "convoquer" => {
            let Some(typed) = sent.said("quand") else { return wrong("quand", "problem-needed") };
            let Some(begins) = local_instant(page, &typed) else { return wrong("quand", "problem-instant") };
            let committee = sent.get("comite").into();
            return Ok(Some(Sending::Session(SessionDeed::Call { committee, begins })));
        }
        "participer" => {
            let (Some(session), Some(account)) = (session, sent.said("compte")) else {
                return wrong("compte", "problem-needed");
            };
            let instead_of = sent.said("pour");
            return Ok(Some(Sending::Session(SessionDeed::Attend { session, account, instead_of })));
        }
        "clore" => return Ok(session.map(|session| Sending::Session(SessionDeed::End { session }))),
        "voter" => Act::Vote,
        "decider" => Act::Decide,
        _ => return Err(Failure::BadValue("quoi")),
    };
    match steps::read(page, act, sent) {
        Err((field, key)) => wrong(field, key),
        Ok(detail) => {
            let deed = Deed {
                act,
                at: state.now(),
                by: by(page, Origin::Web),
                party: page.party(),
                role: page.viewer.as_ref().map(|v| v.role.clone()),
                texts: Texts { text: sent.said("texte"), ..Texts::default() },
                internal: false,
                files: Vec::new(),
                detail,
            };
            Ok(Some(Sending::Change(sent.get("dossier").to_owned(), Box::new(deed))))
        }
    }
}
