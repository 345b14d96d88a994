//! The report of a major incident: the provider writes and sends it, the customer reads what was sent.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_contract::Party;
use vigie_evidence::Origin;
use vigie_rules::{
    book::Book,
    fact::Document,
    life::Life,
    report::{Action, Report, ReportRefusal, Section},
};
use vigie_store::{JournalError, WriteError};

use super::{
    act::{by, too_long},
    case,
    form::Problem,
    head::Head,
    names::Names,
    rim_text::{draft, paper},
    seen::Seen,
};
use crate::{
    features::desk::{
        DeskError,
        open::File,
        rim::{self, CONTENT, DELIVERED, DRAFTED, Step, WRITTEN, Writing},
        view::{CaseFile, EntryView, Words},
    },
    web::{
        AppState, Failure, Missing, Page,
        kit::{Sent, encode},
    },
};

/// What has just been done.
#[derive(Deserialize)]
pub(crate) struct Just {
    fait: Option<String>,
}

/// Which of the two papers.
#[derive(Deserialize)]
pub(crate) struct Which {
    document: Option<String>,
}

#[derive(Template)]
#[template(path = "rim.html")]
struct RimPage<'a> {
    page: &'a Page,
    head: Head,
    done: Option<String>,
    refused: Option<String>,
    problems: Vec<Problem>,
    sections: Vec<SectionView>,
    review: String,
    actions: Vec<ActionView>,
    /// The provider's: it may be written.
    writes: bool,
    /// Nothing may be read yet.
    waiting: bool,
    /// Papers that this side may download, by name and title.
    papers: Vec<(&'static str, &'static str)>,
    over: bool,
    sent: Vec<SentView>,
    versions: Vec<Version>,
    problem: Option<String>,
}

/// A section with its words.
struct SectionView {
    name: &'static str,
    title: String,
    hint: String,
    text: String,
}

/// An action as its row shows it.
struct ActionView {
    n: usize,
    what: String,
    owner: String,
    due: String,
    done: String,
    is_done: bool,
}

/// A paper that was sent.
struct SentView {
    name: String,
    at: String,
    href: Option<String>,
}

/// A version that was kept.
struct Version {
    seq: u64,
    key: &'static str,
    actor: String,
    at: String,
}

/// Rows for new actions that the form offers.
const NEW_ACTIONS: usize = 3;

/// `GET /dossiers/{number}/rim`.
pub(crate) async fn rim(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let done = just.fait.as_deref().and_then(done_key).map(|key| page.t(key));
    show(&state, &page, &number, Shown { done, ..Shown::default() }).await
}

fn done_key(done: &str) -> Option<&'static str> {
    Some(match done {
        "garder" => "rim-kept",
        "report" => "rim-sent-report",
        "review" => "rim-sent-review",
        _ => return None,
    })
}

/// What the page says beside the report.
#[derive(Default)]
struct Shown {
    done: Option<String>,
    refused: Option<(StatusCode, String)>,
    problems: Vec<Problem>,
    /// What was typed and not kept.
    typed: Option<Report>,
}

/// The case with its report as this side may read it.
struct Loaded {
    seen: Seen,
    report: Option<Report>,
}

async fn read(state: &AppState, page: &Page, number: &str) -> Result<Option<Loaded>, Failure> {
    let seen = Seen::load(state, page, number, state.now()).await?;
    if !seen.is_major()? {
        return Ok(None);
    }
    let report = if page.party() == Party::Provider {
        kept(state, page, &seen.file, |e| [DRAFTED, WRITTEN].contains(&e.verb())).await?
    } else {
        let report = kept(state, page, &seen.file, |e| is_sent(e, Document::Report)).await?;
        match kept(state, page, &seen.file, |e| is_sent(e, Document::Review)).await? {
            Some(review) => {
                let Report { review, actions, .. } = review;
                Some(Report { review, actions, ..report.unwrap_or_default() })
            }
            None => report,
        }
    };
    Ok(Some(Loaded { seen, report }))
}

/// What the latest of these entries holds, as far as this side may read it.
async fn kept(
    state: &AppState,
    page: &Page,
    file: &CaseFile,
    wanted: impl Fn(&EntryView) -> bool,
) -> Result<Option<Report>, Failure> {
    let Some(hash) = file.entries.iter().rev().filter(|e| wanted(e)).find_map(content) else { return Ok(None) };
    let (asked, reader) = (file.history.subject.number().to_owned(), page.party());
    let found = state.ask(move |s| s.source.attachment(&asked, &hash, reader)).await?;
    found.map(|file| rim::read(&file.bytes)).transpose().map_err(|e| Failure::Unexpected(e.into()))
}

/// Whether an entry says that this paper was sent.
fn is_sent(entry: &EntryView, document: Document) -> bool {
    entry.verb() == DELIVERED && sent_document(entry).as_deref() == Some(document.name())
}

/// Which paper an entry says was sent.
fn sent_document(entry: &EntryView) -> Option<String> {
    entry.json().get("document").and_then(serde_json::Value::as_str).map(str::to_owned)
}

/// The hash of the version that an entry holds.
fn content(entry: &EntryView) -> Option<String> {
    match &entry.said {
        Words::Kept { files, .. } => files.iter().find(|f| f.name == CONTENT).map(|f| f.hash.clone()),
        _ => None,
    }
}

async fn show(state: &AppState, page: &Page, number: &str, shown: Shown) -> Result<Response, Failure> {
    let Some(Loaded { seen, report }) = read(state, page, number).await? else {
        return Ok(Redirect::to(&case::address(number)).into_response());
    };
    let (file, life, book, names) = (&seen.file, &seen.life, seen.book(), seen.names(page));
    let provider = page.party() == Party::Provider;
    let writes = provider && page.may("desk.write");
    // Before the platform has made its draft, the page shows what it would be.
    let report = shown.typed.or(report).or_else(|| provider.then(|| draft(names, book, file, life)));
    let head = seen.head(page, &seen.runs()?, "rim");
    let waiting = report.is_none();
    let report = report.unwrap_or_default();
    let (status, refused) = shown.refused.map_or((StatusCode::OK, None), |(status, words)| (status, Some(words)));
    let number = file.history.subject.number();
    let problem = writes.then(|| {
        let title = page.t2("rim-problem-title", "number", number, "title", file.title.clone().unwrap_or_default());
        format!("/dossiers/nouveau?classe=problem&titre={}&reference={}", encode(&title), encode(number))
    });
    Ok(page.show_as(
        status,
        &RimPage {
            page,
            done: shown.done,
            refused,
            problems: shown.problems,
            sections: sections(page, &report),
            review: report.review.clone(),
            actions: actions(page, &report, writes),
            writes,
            waiting,
            papers: [(Document::Report, "rim-pdf-report"), (Document::Review, "rim-pdf-review")]
                .into_iter()
                .filter(|(document, _)| provider || file.entries.iter().any(|e| is_sent(e, *document)))
                .map(|(document, key)| (document.name(), key))
                .collect(),
            over: life.restored().is_some(),
            sent: sent(page, file),
            versions: if provider { versions(page, file) } else { Vec::new() },
            problem,
            head,
        },
    ))
}

/// The messages that name a section and say what belongs there.
pub(super) const fn section_keys(section: Section) -> (&'static str, &'static str) {
    match section {
        Section::Chronology => ("rim-chronology", "rim-chronology-hint"),
        Section::Customer => ("rim-customer", "rim-customer-hint"),
        Section::Editor => ("rim-editor", "rim-editor-hint"),
        Section::Escalations => ("rim-escalations", "rim-escalations-hint"),
        Section::Corrective => ("rim-corrective", "rim-corrective-hint"),
    }
}

fn sections(page: &Page, report: &Report) -> Vec<SectionView> {
    let view = |section: Section| {
        let (title, hint) = section_keys(section);
        SectionView {
            name: section.name(),
            title: page.t(title),
            hint: page.t(hint),
            text: report.section(section).to_owned(),
        }
    };
    Section::ALL.into_iter().map(view).collect()
}

fn actions(page: &Page, report: &Report, writes: bool) -> Vec<ActionView> {
    let blank = if writes { NEW_ACTIONS } else { 0 };
    let rows = report.actions.iter().cloned().chain(std::iter::repeat_n(Action::default(), blank));
    let date = |date: Option<jiff::civil::Date>| match date {
        Some(date) if writes => date.to_string(),
        Some(date) => page.format.date(date),
        None => String::new(),
    };
    let view = |(n, action): (usize, Action)| ActionView {
        n: n.saturating_add(1),
        due: date(action.due),
        is_done: action.done.is_some(),
        done: date(action.done),
        what: action.what,
        owner: action.owner,
    };
    rows.enumerate().map(view).collect()
}

fn sent(page: &Page, file: &CaseFile) -> Vec<SentView> {
    let view = |entry: &EntryView| {
        let key = match sent_document(entry).as_deref() {
            Some("report") => "rim-report",
            Some("review") => "rim-review",
            _ => return None,
        };
        let pdf = match &entry.said {
            Words::Kept { files, .. } => files.iter().find(|f| f.name != CONTENT),
            _ => None,
        };
        let number = file.history.subject.number();
        Some(SentView {
            name: page.t(key),
            at: page.format.second(entry.occurred_at),
            href: pdf.map(|f| format!("/dossiers/{}/fichiers/{}", encode(number), f.hash)),
        })
    };
    file.entries.iter().rev().filter(|e| e.verb() == DELIVERED).filter_map(view).collect()
}

fn versions(page: &Page, file: &CaseFile) -> Vec<Version> {
    let key = |entry: &EntryView| match entry.verb() {
        DRAFTED => Some("told-report-drafted"),
        WRITTEN => Some("told-report-written"),
        _ => None,
    };
    let view = |entry: &EntryView| {
        Some(Version {
            seq: entry.seq,
            key: key(entry)?,
            actor: entry.actor.clone(),
            at: page.format.second(entry.occurred_at),
        })
    };
    file.entries.iter().rev().filter_map(view).collect()
}

/// `GET /dossiers/{number}/rim/pdf`: as it would be sent now; for the customer, as it was.
pub(crate) async fn pdf(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    let document = if which.document.as_deref() == Some("review") { Document::Review } else { Document::Report };
    let Some(Loaded { seen, report }) = read(&state, &page, &number).await? else {
        return Ok(Redirect::to(&case::address(&number)).into_response());
    };
    let (file, life, book, names) = (&seen.file, &seen.life, seen.book(), seen.names(&page));
    let provider = page.party() == Party::Provider;
    let may_read = provider || file.entries.iter().any(|e| is_sent(e, document));
    let report = match report.filter(|_| may_read) {
        Some(report) => report,
        None if provider => draft(names, book, file, life),
        // Nothing was sent yet: the page says by when it will be.
        None => return Ok(Redirect::to(&format!("{}/rim", case::address(&number))).into_response()),
    };
    let made = made(&state, names, book, file, life, &report, document).await?;
    let disposition = format!("attachment; filename=\"{}\"", made.name);
    let headers = [("content-type", "application/pdf".to_owned()), ("content-disposition", disposition)];
    Ok((headers, made.bytes).into_response())
}

/// A paper, laid out.
async fn made(
    state: &AppState,
    names: Names<'_>,
    book: &Book,
    file: &CaseFile,
    life: &Life,
    report: &Report,
    document: Document,
) -> Result<File, Failure> {
    let paper = paper(names, book, file, life, report, document, state.now());
    let name = match document {
        Document::Review => format!("Bilan-{}.pdf", file.history.subject.number()),
        _ => format!("RIM-{}.pdf", file.history.subject.number()),
    };
    let bytes = state.ask(move |s| s.source.paper(&paper)).await?;
    Ok(File { name, media_type: "application/pdf".to_owned(), bytes })
}

/// `POST /dossiers/{number}/rim`: a version is kept, and sent when the button says so.
pub(crate) async fn write(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let (report, problems) = typed(&page, &sent);
    let again = |status, words: String, problems| Shown {
        refused: Some((status, words)),
        problems,
        typed: Some(report.clone()),
        ..Shown::default()
    };
    if !problems.is_empty() {
        let shown = again(StatusCode::UNPROCESSABLE_ENTITY, page.t("problem-below"), problems);
        return show(&state, &page, &number, shown).await;
    }
    let document = match sent.get("geste") {
        "report" => Some(Document::Report),
        "review" => Some(Document::Review),
        _ => None,
    };
    let step = match document {
        None => Step::Keep,
        Some(document) => {
            let seen = Seen::load(&state, &page, &number, state.now()).await?;
            if !seen.is_major()? {
                return Ok(Redirect::to(&case::address(&number)).into_response());
            }
            let (names, book) = (seen.names(&page), seen.book());
            Step::Send(document, made(&state, names, book, &seen.file, &seen.life, &report, document).await?)
        }
    };
    let writing = Writing { by: by(&page, Origin::Web), party: page.party(), report: report.clone(), step };
    let expected = sent.get("version").parse::<u64>().ok();
    let asked = number.clone();
    let done = state.ask(move |s| Ok(s.source.write_report(&asked, expected, writing))).await?;
    let error = match done {
        Ok(_) => {
            let done = document.map_or("garder", Document::name);
            return Ok(Redirect::to(&format!("{}/rim?fait={done}", case::address(&number))).into_response());
        }
        Err(WriteError::Unit(error)) => error,
        Err(error) => return Err(Failure::Unexpected(error.into())),
    };
    let (status, words, problems) = match error {
        DeskError::Unknown(_) => return Err(Failure::NotFound(Missing::Case)),
        DeskError::Journal(JournalError::Stale { .. }) => (StatusCode::CONFLICT, page.t("case-stale"), Vec::new()),
        DeskError::Report(refusal) => (StatusCode::UNPROCESSABLE_ENTITY, refusal_words(&page, &refusal), Vec::new()),
        DeskError::TooLong { field, found, limit } => {
            let problem = too_long(&page, field, found, limit);
            (StatusCode::UNPROCESSABLE_ENTITY, page.t("problem-below"), vec![problem])
        }
        error => return Err(Failure::Unexpected(error.into())),
    };
    show(&state, &page, &number, again(status, words, problems)).await
}

fn refusal_words(page: &Page, refusal: &ReportRefusal) -> String {
    match refusal {
        ReportRefusal::Side => page.t("rim-refused-side"),
        ReportRefusal::NotMajor => page.t("rim-refused-not-major"),
        ReportRefusal::NotOver => page.t("rim-refused-not-over"),
        ReportRefusal::Missing(sections) => {
            let named: Vec<String> = sections.iter().map(|s| page.t(section_keys(*s).0)).collect();
            page.t1("rim-refused-missing", "sections", named.join(", "))
        }
        ReportRefusal::NoReview => page.t("rim-refused-no-review"),
        ReportRefusal::LooseAction(n) => {
            page.t1("rim-refused-action", "n", u64::try_from(n.saturating_add(1)).unwrap_or(u64::MAX))
        }
    }
}

/// What was typed; a row without words is no action.
fn typed(page: &Page, sent: &Sent) -> (Report, Vec<Problem>) {
    let mut report = Report { review: sent.get("review").to_owned(), ..Report::default() };
    for section in Section::ALL {
        sent.get(section.name()).replace("\r\n", "\n").clone_into(report.section_mut(section));
    }
    let mut problems = Vec::new();
    let columns: Vec<Vec<&str>> = ["quoi", "qui", "avant", "fait"].map(|name| sent.all(name).collect()).to_vec();
    let cell = |column: usize, row: usize| columns.get(column).and_then(|c| c.get(row)).copied().unwrap_or_default();
    for row in 0..columns.first().map_or(0, Vec::len) {
        if cell(0, row).is_empty() && cell(1, row).is_empty() && cell(2, row).is_empty() {
            continue;
        }
        let mut date = |text: &str| {
            let read = text.parse().ok();
            if read.is_none() && !text.is_empty() {
                problems.push(Problem::new("avant", page.t1("rim-bad-date", "text", text)));
            }
            read
        };
        let (due, done) = (date(cell(2, row)), date(cell(3, row)));
        report.actions.push(Action { what: cell(0, row).to_owned(), owner: cell(1, row).to_owned(), due, done });
    }
    (report, problems)
}
