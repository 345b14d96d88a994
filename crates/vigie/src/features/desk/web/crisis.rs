//! The war room of a major incident: who answers for what, what runs to the second, what is to be said next,
//! what was done. The customer reads the same without what is internal, and finds no form.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use vigie_contract::{Party, StopEvent};
use vigie_rules::{
    book::Book,
    clock::ClockRun,
    desk::{Act, Phase},
    escalation,
    fact::{Audience, Event, Fact},
    life::Life,
    major,
};

use super::{
    act::done_words,
    case,
    form::{Control, Field, Form},
    head::Head,
    names::{self, Names},
    seen::Seen,
    timeline::{self, Moment},
};
use crate::{
    features::{
        desk::{
            self,
            seat::Seat,
            store::CaseLine,
            view::{CaseFile, EntryView},
        },
        notices::{fire, web::rule_text},
    },
    web::{
        AppState, Failure, Page,
        i18n::{Lang, Messages as _},
        kit::Sent,
    },
};

/// What the address says.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// For a wall: large, and without forms.
    mural: Option<String>,
    modele: Option<String>,
    langue: Option<String>,
    fait: Option<String>,
}

#[derive(Template)]
#[template(path = "crisis.html")]
struct CrisisPage<'a> {
    page: &'a Page,
    head: Head,
    wall: bool,
    done: Option<String>,
    over: bool,
    next: Option<Timer>,
    timers: Vec<Timer>,
    seats: Vec<SeatView>,
    attached: Vec<Attached>,
    fired: Vec<Moment>,
    planned: Vec<(String, String)>,
    log: Vec<Moment>,
    forms: Option<Forms>,
}

/// What runs, or has run.
struct Timer {
    name: String,
    due: String,
    /// For the script that counts down.
    due_iso: String,
    running: bool,
    late: bool,
    state: &'static str,
    icon: &'static str,
    badge: &'static str,
    stopped: Option<String>,
}

/// Who answers for what.
struct SeatView {
    name: String,
    who: Option<String>,
    words: Option<String>,
    since: Option<String>,
}

/// A case that hangs on this one.
struct Attached {
    number: String,
    href: Option<String>,
    title: Option<String>,
    phase: Option<(&'static str, &'static str, &'static str)>,
}

/// What the provider may record here.
struct Forms {
    inform: Vec<Field>,
    models: Vec<(String, String)>,
    name: Vec<Field>,
    attach: Vec<Field>,
}

/// What the time line of the room is restricted to.
const LOG: [&str; 12] = [
    "taken_in",
    "declared_major",
    "major_lifted",
    "informed",
    "owner_named",
    "noted",
    "linked",
    "assigned",
    "restored",
    "restoration_refused",
    "restoration_validated",
    "closed",
];

/// How far ahead escalations are told.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Escalations to come that are shown.
const PLANNED: usize = 5;

/// `GET /dossiers/{number}/crise`.
pub(crate) async fn crisis(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let now = state.now();
    let seen = Seen::load(&state, &page, &number, now).await?;
    if !seen.is_major()? {
        return Ok(Redirect::to(&case::address(&number)).into_response());
    }
    let (file, life, book, names) = (&seen.file, &seen.life, seen.book(), seen.names(&page));
    let runs = seen.runs()?;
    let wall = asked.mural.is_some();
    let references: Vec<String> = file.entries.iter().filter_map(case_reference).collect();
    let attached = state.ask(move |s| attached(references, |number| s.source.case_line(number))).await?;
    let over = life.restored().is_some();
    let may_write = page.may("desk.write") && page.party() == Party::Provider && Phase::of(life).is_open();
    let number = file.history.subject.number();
    let escalated = file.entries.iter().rev().filter(|e| e.verb() == fire::ESCALATED);
    let fired = escalated.filter_map(|e| timeline::moment(names, number, e)).collect();
    let mut log = timeline::moments(names, file);
    let in_log = |m: &Moment| file.entries.iter().any(|e| e.seq == m.seq && LOG.iter().any(|verb| e.verb() == *verb));
    log.retain(in_log);
    Ok(page.show(&CrisisPage {
        page: &page,
        wall,
        done: asked.fait.as_deref().and_then(Act::from_verb).map(|act| done_words(&page, act)),
        over,
        next: next_information(names, book, file, &runs, life, now).filter(|_| !over),
        timers: runs.iter().filter_map(|run| timer(&page, run)).collect(),
        seats: seats(&page, file),
        attached,
        fired,
        planned: planned(names, book, file, now),
        log,
        forms: (may_write && !wall).then(|| forms(names, book, file, life, &asked, now)),
        head: seen.head(&page, &runs, "crise"),
    }))
}

/// The case that an entry links.
fn case_reference(entry: &EntryView) -> Option<String> {
    let body = entry.json();
    let is_case = entry.verb() == "linked" && body.get("system").and_then(Value::as_str) == Some("case");
    body.get("reference").and_then(Value::as_str).filter(|_| is_case).map(str::to_owned)
}

fn attached(
    references: Vec<String>,
    line: impl Fn(&str) -> crate::web::source::Answer<Option<CaseLine>>,
) -> crate::web::source::Answer<Vec<Attached>> {
    let mut attached: Vec<Attached> = Vec::new();
    for number in references {
        if attached.iter().any(|a| a.number == number) {
            continue;
        }
        let known = line(&number)?;
        attached.push(Attached {
            href: known.as_ref().map(|c| case::address(&c.number)),
            title: known.as_ref().and_then(|c| c.title.clone()),
            phase: known.as_ref().map(|c| names::phase(c.phase)),
            number,
        });
    }
    Ok(attached)
}

fn timer(page: &Page, run: &ClockRun<'_>) -> Option<Timer> {
    let due = run.due?;
    let running = run.end.at().is_none();
    let (state, icon, badge) = match (running, run.late) {
        (true, false) => ("clock-running", "clock", "badge-accent"),
        (true, true) => ("clock-late-running", "alert-triangle", "badge-bad"),
        (false, false) => ("clock-in-time", "circle-check", "badge-good"),
        (false, true) => ("clock-late", "circle-x", "badge-bad"),
    };
    Some(Timer {
        name: page.label(&run.rule.label).to_owned(),
        due: page.format.second(due),
        due_iso: due.to_string(),
        running,
        late: run.late,
        state,
        icon,
        badge,
        stopped: run.end.at().map(|at| page.format.second(at)),
    })
}

/// The information that is due first: one of the delays of the contract, or the next at the rhythm of follow-up.
fn next_information(
    names: Names<'_>,
    book: &Book,
    file: &CaseFile,
    runs: &[ClockRun<'_>],
    life: &Life,
    now: Timestamp,
) -> Option<Timer> {
    let page = names.page;
    let informs = |stop: StopEvent| {
        matches!(stop, StopEvent::InformedCustomer | StopEvent::InformedTaskforce | StopEvent::InformedUsers)
    };
    let running = runs.iter().filter(|r| informs(r.rule.stop) && r.end.at().is_none());
    let clocks = running.filter_map(|r| Some((r.due?, page.label(&r.rule.label).to_owned())));
    let follow_up = major::next_follow_up(book, &file.history, life, now).ok().flatten();
    let follow_up = follow_up.map(|f| (f.due, page.t("crisis-follow-up")));
    let (due, name) = clocks.chain(follow_up).min_by_key(|(due, _)| *due)?;
    let late = due < now;
    let (state, icon, badge) = if late {
        ("clock-late-running", "alert-triangle", "badge-bad")
    } else {
        ("clock-running", "speakerphone", "badge-accent")
    };
    Some(Timer {
        name,
        due: page.format.second(due),
        due_iso: due.to_string(),
        running: true,
        late,
        state,
        icon,
        badge,
        stopped: None,
    })
}

/// The message that names a seat.
pub(super) const fn seat_key(seat: Seat) -> &'static str {
    match seat {
        Seat::Commander => "seat-commander",
        Seat::Communication => "seat-communication",
        Seat::Technical => "seat-technical",
        Seat::Customer => "seat-customer",
    }
}

fn seats(page: &Page, file: &CaseFile) -> Vec<SeatView> {
    let latest = |seat: Seat| {
        let named = file.entries.iter().rev().filter(|e| e.verb() == "owner_named");
        named.map(|e| (e, e.json())).find(|(_, body)| {
            let said = body.get("seat").and_then(Value::as_str).and_then(Seat::from_name);
            // An entry that names no seat names who answers for the whole.
            said.unwrap_or(Seat::Commander) == seat
        })
    };
    let view = |seat: Seat| {
        let found = latest(seat);
        let words = found.as_ref().and_then(|(e, _)| match &e.said {
            desk::view::Words::Kept { texts, .. } => texts.text.clone(),
            _ => None,
        });
        let account = found.as_ref().and_then(|(_, b)| b.get("account").and_then(Value::as_str).map(str::to_owned));
        let actor = found.as_ref().map(|(e, _)| e.actor.clone()).filter(|_| words.is_none());
        SeatView {
            name: page.t(seat_key(seat)),
            who: account.or(actor),
            words,
            since: found.map(|(e, _)| page.format.second(e.occurred_at)),
        }
    };
    Seat::ALL.into_iter().map(view).collect()
}

/// What will fire if nothing else happens: when, and which rule.
fn planned(names: Names<'_>, book: &Book, file: &CaseFile, now: Timestamp) -> Vec<(String, String)> {
    let worked = |e: &&EntryView| matches!(e.verb(), "noted" | "assigned") && e.visible_to != Some(Party::Customer);
    let progress: Vec<Timestamp> = file.entries.iter().filter(worked).map(|e| e.occurred_at).collect();
    let horizon = now.saturating_add(AHEAD).unwrap_or(now);
    let firings = escalation::firings(book, &file.history, &progress, (now, horizon)).unwrap_or_default();
    let page = names.page;
    let words = |f: escalation::Firing<'_>| (page.format.second(f.at), rule_text(page, names.contract, &f.rule.id.0));
    firings.into_iter().take(PLANNED).map(words).collect()
}

/// The messages that the room proposes, with their names.
const MODELS: [(&str, &str, &str); 3] = [
    ("premier", "crisis-model-first", "crisis-text-first"),
    ("suivi", "crisis-model-next", "crisis-text-next"),
    ("fin", "crisis-model-over", "crisis-text-over"),
];

fn forms(names: Names<'_>, book: &Book, file: &CaseFile, life: &Life, asked: &Asked, now: Timestamp) -> Forms {
    let page = names.page;
    let mut sent = Sent::default();
    let model = MODELS.iter().find(|(name, ..)| Some(*name) == asked.modele.as_deref());
    if let Some((_, _, text)) = model {
        let lang = asked.langue.as_deref().and_then(Lang::parse).unwrap_or(page.lang());
        sent.set("texte", message(page, book, file, life, text, lang, now));
    }
    let form = |prefix| Form { page, prefix, sent: &sent, problems: &[] };
    let audiences = ["customer", "users", "taskforce"];
    let audiences = audiences.map(|a| (a.to_owned(), page.t(timeline::audience_key(a))));
    let inform = form("informed");
    let empty = Sent::default();
    let blank = |prefix| Form { page, prefix, sent: &empty, problems: &[] };
    let number = file.history.subject.number();
    let models = MODELS.iter().flat_map(|(name, key, _)| {
        Lang::ALL.into_iter().map(move |lang| {
            let href = format!("{}/crise?modele={name}&langue={}#informer", case::address(number), lang.code());
            (format!("{} ({})", page.t(key), lang.code().to_uppercase()), href)
        })
    });
    Forms {
        models: models.collect(),
        inform: vec![
            inform.choice("public", "act-audience", None, audiences.to_vec()),
            inform.text("texte", "act-inform-words", 7).required(),
        ],
        name: name_fields(&blank("owner_named")),
        attach: vec![blank("linked").line("reference", "crisis-attach-number", "text").required()],
    }
}

/// Who is named to which seat: an account, or words for somebody who has none.
pub(super) fn name_fields(form: &Form<'_>) -> Vec<Field> {
    let seats = Seat::ALL.map(|s| (s.name().to_owned(), form.page.t(seat_key(s))));
    vec![
        form.choice("siege", "seat-which", None, seats.to_vec()),
        form.line("compte", "seat-account", "text").hint(form.page.t("seat-account-hint")),
        form.text("texte", "seat-words", 2),
    ]
}

/// A message in one of the two languages, with what is known of the incident.
fn message(page: &Page, book: &Book, file: &CaseFile, life: &Life, key: &str, lang: Lang, now: Timestamp) -> String {
    let format = crate::web::Format { lang, zone: page.format.zone.clone() };
    // When the next one is due once this one is told.
    let mut told = file.history.clone();
    told.events.push(Event { at: now, seq: u64::MAX, fact: Fact::Informed { audience: Audience::Customer } });
    told.sort();
    let next = major::next_follow_up(book, &told, life, now).ok().flatten();
    let instant = |at: Option<Timestamp>| at.map_or_else(|| "…".to_owned(), |at| format.instant(to_minute(at)));
    let start = life.candidates.iter().map(|c| c.at).min();
    lang.t_with(
        key,
        &[
            ("number", &file.history.subject.number()),
            ("title", &file.title.clone().unwrap_or_default()),
            ("start", &instant(start)),
            ("restored", &instant(life.restored().map(|r| r.at).or(Some(now)))),
            ("next", &instant(next.map(|n| n.due))),
        ],
    )
}

/// Messages are read by people: to the minute.
fn to_minute(at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(at.as_second().div_euclid(60).saturating_mul(60)).ok()
}
