//! One case: how it stands, what may be done, what was done and said. Its clocks and its entries have
//! pages of their own.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use vigie_contract::Class;
use vigie_rules::{
    book::{Book, Target},
    clock::ClockRun,
    desk::{Act, Asked, Doer},
    life::Life,
    sitting::Sitting,
};

use super::{
    act::{self, ActView, Why},
    form::{Control, Field, Form, Problem},
    head::{Head, NextDue},
    links::{self, LinksPart},
    names::{self, Names},
    progress::{self, ProgressPart, Related},
    request::{self, RequestPart},
    seen::Seen,
    steps::Acting,
    tasks::{self, TasksPart},
    third::{self, ThirdPart},
    timeline::{self, Moment},
};
use crate::{
    features::{
        desk::{self, view::CaseFile},
        ezv::{self, web::TwinPanel},
    },
    web::{
        AppState, Failure, Missing, Page,
        kit::{Sent, encode},
    },
};

/// What has just been done, for the line that says so.
#[derive(Deserialize)]
pub(crate) struct Just {
    fait: Option<String>,
    ouvert: Option<String>,
}

/// What the page says above all else.
pub(super) enum Told<'a> {
    /// Nothing.
    Nothing,
    /// What has just been done.
    Done(Act),
    /// The case has just been opened.
    Opened,
    /// What was tried, with all that was typed, and why it was not done.
    Tried { act: Act, sent: &'a Sent, problems: &'a [Problem], why: Option<Why> },
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage<'a> {
    page: &'a Page,
    head: Head,
    done: Option<String>,
    refused: Option<String>,
    files_again: bool,
    meanwhile: Vec<Moment>,
    waits: bool,
    acts: Vec<ActView>,
    composer: Option<Composer>,
    moments: Vec<Moment>,
    facts: Vec<(String, String)>,
    /// It came by mail.
    by_mail: bool,
    request: RequestPart,
    progress: ProgressPart,
    related: Vec<Related>,
    tasks: TasksPart,
    links: LinksPart,
    twin: Option<TwinPanel>,
    third: ThirdPart,
}

/// The form of a note.
struct Composer {
    text: Field,
    files: Field,
    own_side: String,
}

/// `GET /dossiers/{number}`.
pub(crate) async fn case(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let told = match (just.fait.as_deref().and_then(Act::from_verb), just.ouvert) {
        (Some(act), _) => Told::Done(act),
        (None, Some(_)) => Told::Opened,
        (None, None) => Told::Nothing,
    };
    show(&state, &page, &number, StatusCode::OK, told).await
}

/// The page of a case as it is now.
pub(super) async fn show(
    state: &AppState,
    page: &Page,
    number: &str,
    status: StatusCode,
    told: Told<'_>,
) -> Result<Response, Failure> {
    let seen = Seen::load(state, page, number, state.now()).await?;
    let (file, life, book, names) = (&seen.file, &seen.life, seen.book(), seen.names(page));
    let runs = seen.runs()?;
    let head = seen.head(page, &runs, "fil");
    let tried = match &told {
        Told::Tried { act, sent, problems, .. } => Some((*act, *sent, *problems)),
        _ => None,
    };
    let may_write = page.may("desk.write");
    let doer = Doer { party: page.party(), role: page.viewer.as_ref().map(|v| &v.role) };
    let asked = Asked { book, class: file.history.class, life, doer };
    let sittings = sittings(state, file.history.class).await?;
    let acting = Acting { names, asked: &asked, sittings: &sittings };
    let acts = if may_write { act::views(&acting, tried) } else { Vec::new() };
    let (mut refused, mut meanwhile) = (None, Vec::new());
    if let Told::Tried { why: Some(why), .. } = &told {
        match why {
            Why::Words(words) => refused = Some(words.clone()),
            Why::Stale(from) => {
                let since = file.entries.iter().filter(|e| e.seq >= *from);
                meanwhile = since.filter_map(|e| timeline::moment(names, file.history.subject.number(), e)).collect();
                refused = Some(page.t("case-stale"));
            }
        }
    } else if tried.is_some() {
        refused = Some(page.t("problem-below"));
    }
    let done = match &told {
        Told::Done(act) => Some(act::done_words(page, *act)),
        Told::Opened => Some(opened(page, file)),
        _ => None,
    };
    let facts = facts(names, book, life, file);
    let related = progress::related(state, page, file, life).await?;
    Ok(page.show_as(
        status,
        &CasePage {
            page,
            done,
            refused,
            files_again: tried.is_some_and(|(_, sent, _)| !sent.files.is_empty()),
            meanwhile,
            waits: acts.iter().any(|a| a.awaited),
            composer: may_write.then(|| composer(page, tried)),
            moments: timeline::moments(names, file),
            facts,
            by_mail: file.entries.first().is_some_and(|e| e.origin == "mail"),
            request: request::part(names, file, life),
            progress: progress::part(names, book, file, life),
            related,
            tasks: tasks::part(names, &asked, file, seen.at, may_write, tried),
            links: links::part(state, page, life, may_write).await?,
            head,
            twin: ezv::web::panel(state, page, number).await?,
            third: third::part(names, book, life, &runs, state.now()),
            acts,
        },
    ))
}

/// A case that this side may read.
pub(super) async fn load(state: &AppState, page: &Page, number: &str) -> Result<CaseFile, Failure> {
    let (asked, reader) = (number.to_owned(), page.party());
    state.ask(move |s| s.source.case(&asked, reader)).await?.ok_or(Failure::NotFound(Missing::Case))
}

/// The sessions in which a case of that class may be spoken of.
pub(super) async fn sittings(state: &AppState, class: Class) -> Result<Vec<Sitting>, Failure> {
    if class != Class::Change {
        return Ok(Vec::new());
    }
    let histories = state.ask(|s| s.source.histories(Class::Committee)).await?;
    Ok(histories.iter().filter_map(Sitting::read).collect())
}

fn opened(page: &Page, file: &CaseFile) -> String {
    let at = file.entries.first().map_or_else(String::new, |e| page.format.second(e.recorded_at));
    page.t2("case-opened", "number", file.history.subject.number(), "at", at)
}

fn composer(page: &Page, tried: Option<(Act, &Sent, &[Problem])>) -> Composer {
    let empty = Sent::default();
    let (sent, problems) = match tried {
        Some((Act::Note, sent, problems)) => (sent, problems),
        _ => (&empty, [].as_slice()),
    };
    let form = Form { page, prefix: "note", sent, problems };
    Composer {
        text: form.text("texte", "note-text", 4),
        files: form.files("fichiers", "note-files"),
        own_side: page.t(names::party_key(page.party())),
    }
}

/// The running clock that is due first, with what is left of it.
pub(super) fn next_due(names: Names<'_>, book: &Book, runs: &[ClockRun<'_>], now: Timestamp) -> Option<NextDue> {
    let running = runs.iter().filter(|r| r.end.at().is_none());
    let (due, run) = running.filter_map(|r| Some((r.due?, r))).min_by_key(|(due, _)| *due)?;
    let page = names.page;
    let open_target = matches!(run.target.as_ref().map(|t| t.target), Some(Target::Open(_)));
    let calendar = book.calendar(run.calendar).filter(|_| open_target);
    let (from, to) = if run.late { (due, now) } else { (now, due) };
    let length = calendar.and_then(|c| c.open_between(from, to).ok()).unwrap_or_else(|| to.duration_since(from));
    // Nobody reads a due time to the microsecond.
    let left = page.format.time(Some(SignedDuration::from_secs(length.as_secs())));
    Some(NextDue {
        name: page.label(&run.rule.label).to_owned(),
        at: page.format.second(due),
        left: page.t1(if run.late { "due-late-by" } else { "due-left" }, "time", left),
        late: run.late,
        done: false,
    })
}

/// What is known of the case, in words; what nobody said is not shown.
pub(super) fn facts(names: Names<'_>, book: &Book, life: &Life, file: &CaseFile) -> Vec<(String, String)> {
    let page = names.page;
    let mut facts = Vec::new();
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.push((page.t(key), value));
        }
    };
    let contact = file.entries.iter().find_map(|e| match &e.said {
        desk::view::Words::Kept { texts, .. } if texts.phone.is_some() || texts.mail.is_some() => {
            Some([texts.phone.clone(), texts.mail.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · "))
        }
        _ => None,
    });
    add("case-contact", contact);
    add("case-reference", file.reference.clone());
    if let Some(c) = life.classification() {
        let cell = match (c.urgency, c.impact) {
            (Some(u), Some(i)) => Some(page.t2("case-cell-of", "urgency", format!("{u:?}"), "impact", u8::from(i))),
            _ => None,
        };
        let matrix = c.urgency.zip(c.impact).and_then(|(u, i)| book.cell(u, i));
        let cell = cell.map(|cell| match matrix {
            Some(p) if file.history.class == Class::Incident => format!("{cell} → {p}"),
            _ => cell,
        });
        add("case-cell", cell);
        add("case-decided", c.priority.map(|p| p.to_string()));
        add("case-service", c.service.as_ref().map(|id| names.service(&id.0)));
        add("case-site", c.site.clone());
        add("case-subject", c.item.as_ref().map(|id| names.item(&id.0)));
        add("case-cercle0", book.is_cercle0(c).then(|| page.t("yes")));
    }
    let instant = |at: Timestamp| page.format.second(at);
    add("case-taken-in", life.taken_in.map(instant));
    add("case-restored", life.restored().map(|r| instant(r.at)));
    add("case-closed", life.closed.map(instant));
    add("case-cancelled", life.cancelled.map(instant));
    add("case-major", life.declared_major.map(instant));
    facts
}

/// The address of a case.
pub(super) fn address(number: &str) -> String {
    format!("/dossiers/{}", encode(number))
}
