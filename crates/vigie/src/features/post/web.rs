//! The pages of the post: what leaves and whether it arrived, what waits for somebody, and one mail.
//!
//! They are the provider's desk's alone: what waits here may be anybody's. HTML of a mail is shown only as
//! the library cleaned it, and its pictures only from here.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use vigie_evidence::Origin;
use vigie_links::mail::{CaseNumber, Mail};
use vigie_store::WriteError;

use super::{
    PostError, Settled, Verdict, reason,
    view::{MailLine, PAGE_SIZE, ParcelLine, Which},
};
use crate::{
    features::desk::{DeskError, open::By, web::purpose_key},
    web::{
        AppState, Crumb, Failure, Lang, Missing, Page, Safe,
        kit::{Sent, encode, local_or_home},
    },
};

/// The right to decide on a mail and to send one again.
const WRITE: &str = "mail.write";

/// Which mails that leave, and which page of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    etat: String,
    dossier: String,
    vue: String,
    page: Option<u32>,
    fait: Option<String>,
}

impl Question {
    /// Addresses count pages from 1, as people do.
    fn page(&self) -> u32 {
        self.page.unwrap_or(1).saturating_sub(1)
    }
}

/// A choice at the top of a list.
struct Tab {
    key: &'static str,
    icon: &'static str,
    href: String,
    count: String,
    here: bool,
    presses: bool,
}

/// The pages before and after.
struct Pager {
    range: String,
    previous: Option<String>,
    next: Option<String>,
}

fn pager(page: &Page, number: u32, shown: usize, total: u64, at: impl Fn(u32) -> String) -> Pager {
    let first = u64::from(number).saturating_mul(u64::from(PAGE_SIZE));
    let last = first.saturating_add(u64::try_from(shown).unwrap_or(u64::MAX));
    Pager {
        range: page.lang_with(
            "pager-range",
            &[
                ("from", &page.format.number(first.saturating_add(1).min(total))),
                ("to", &page.format.number(last)),
                ("total", &page.format.number(total)),
            ],
        ),
        previous: (number > 0).then(|| at(number)),
        next: (last < total && shown > 0).then(|| at(number.saturating_add(2))),
    }
}

#[derive(Template)]
#[template(path = "no_post.html")]
struct NoPostPage<'a> {
    page: &'a Page,
}

/// The page that says how to set the post up.
fn not_set_up(page: &Page) -> Response {
    page.show(&NoPostPage { page })
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage<'a> {
    page: &'a Page,
    case: &'a str,
    done: Option<&'static str>,
    tabs: Vec<Tab>,
    waiting: String,
    presses: bool,
    parcels: Vec<ParcelView>,
    received: Vec<MailView>,
    pager: Pager,
    may_write: bool,
}

/// A mail that leaves, as text.
struct ParcelView {
    id: String,
    at: String,
    number: String,
    case: String,
    purpose: &'static str,
    subject: String,
    to: String,
    state: (&'static str, &'static str, &'static str),
    why: Option<String>,
    tries: String,
    next: Option<String>,
    again: bool,
}

/// The states of what leaves: name, message, icon, badge.
const STATES: [(&str, &str, &str, &str); 5] = [
    ("waiting", "outbox-waiting", "clock", "badge-accent"),
    ("failed", "outbox-failed", "mail-x", "badge-bad"),
    ("returned", "outbox-returned", "mail-x", "badge-bad"),
    ("held", "outbox-held", "mail-pause", "badge-warn"),
    ("sent", "outbox-sent", "mail-check", "badge-good"),
];

/// `GET /courrier`.
pub(crate) async fn outbox(
    State(state): State<AppState>,
    page: Page,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let known = STATES.iter().map(|s| s.0).find(|name| *name == question.etat);
    let (number, case) = (question.page(), question.dossier.clone());
    let of = Some(case.clone()).filter(|c| !c.is_empty());
    let (counts, (total, parcels), waiting, received) = state
        .ask(move |_| {
            let received = of.as_deref().map(|case| post.of_case(case)).transpose()?.unwrap_or_default();
            let listed = post.outbox(known, of.as_deref(), number)?;
            Ok((post.outbox_counts()?, listed, post.mails_count(Which::Waiting)?, received))
        })
        .await?;
    let count = |name: &str| counts.iter().find(|(state, _)| state == name).map_or(0, |(_, n)| *n);
    let tabs = STATES.iter().map(|(name, key, icon, badge)| Tab {
        key,
        icon,
        href: format!("/courrier?etat={name}"),
        count: page.format.number(count(name)),
        here: known == Some(*name),
        presses: *badge == "badge-bad" && count(name) > 0,
    });
    let all = Tab {
        key: "outbox-all",
        icon: "send",
        href: "/courrier".to_owned(),
        count: page.format.number(counts.iter().map(|(_, n)| *n).sum::<u64>()),
        here: known.is_none() && case.is_empty(),
        presses: false,
    };
    let address =
        |number: u32| format!("/courrier?etat={}&dossier={}&page={number}", known.unwrap_or(""), encode(&case));
    Ok(page.show(&OutboxPage {
        done: question.fait.as_deref().map(|_| "outbox-again-done"),
        tabs: [all].into_iter().chain(tabs).collect(),
        waiting: page.format.number(waiting),
        presses: waiting > 0,
        pager: pager(&page, number, parcels.len(), total, address),
        parcels: parcels.into_iter().map(|line| parcel(&page, line)).collect(),
        received: received.iter().map(|line| mail_view(&page, line)).collect(),
        may_write: page.may(WRITE),
        case: &case,
        page: &page,
    }))
}

fn parcel(page: &Page, line: ParcelLine) -> ParcelView {
    let ParcelLine { parcel, to, subject } = line;
    let number = parcel.case_subject.strip_prefix("case/").unwrap_or(&parcel.case_subject).to_owned();
    let state =
        STATES.iter().find(|s| s.0 == parcel.state).map_or(("outbox-waiting", "clock", ""), |s| (s.1, s.2, s.3));
    let why = parcel.reason.as_deref().map(|code| page.label(&reason(code)).to_owned());
    let why: Vec<String> = why.into_iter().chain(parcel.answer).filter(|w| !w.is_empty()).collect();
    ParcelView {
        at: page.format.second(parcel.created_at),
        case: format!("/dossiers/{}", encode(&number)),
        number,
        purpose: purpose_key(&parcel.kind),
        subject: subject.unwrap_or_else(|| page.t("words-erased")),
        to: to.unwrap_or_default(),
        why: (!why.is_empty()).then(|| why.join(" · ")),
        tries: page.format.number(u64::from(parcel.tries)),
        next: (parcel.state == "waiting" && parcel.tries > 0).then(|| page.format.second(parcel.next_at)),
        again: ["failed", "held", "returned"].contains(&parcel.state.as_str()),
        state,
        id: parcel.id,
    }
}

/// `POST /courrier/envois/{parcel}/nouvel-essai`.
pub(crate) async fn send_again(
    State(state): State<AppState>,
    page: Page,
    Path(parcel): Path<String>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let by = by(&page);
    let done = state.ask(move |s| Ok(post.send_again(&parcel, by, s.now()))).await?;
    match done {
        // Whoever was quicker did the same.
        Ok(()) | Err(WriteError::Unit(PostError::Decided)) => {
            Ok(Redirect::to("/courrier?etat=waiting&fait=oui").into_response())
        }
        Err(WriteError::Unit(PostError::Unknown(_))) => Err(Failure::NotFound(Missing::Page)),
        Err(error) => Err(Failure::Unexpected(error.into())),
    }
}

fn by(page: &Page) -> By {
    By { actor: page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default(), origin: Origin::Web }
}

#[derive(Template)]
#[template(path = "quarantine.html")]
struct QuarantinePage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    done: Option<(&'static str, Option<String>)>,
    refused: Option<String>,
    tabs: Vec<Tab>,
    mails: Vec<MailView>,
    pager: Pager,
    may_write: bool,
    here: String,
}

/// A mail that came, as text.
struct MailView {
    id: String,
    href: String,
    at: String,
    channel: &'static str,
    subject: String,
    author: String,
    excerpt: Option<String>,
    reason: Option<String>,
    claimed: Option<String>,
    waits: bool,
}

fn channel_key(channel: &str) -> &'static str {
    match channel {
        "listener" => "post-by-listener",
        "mailbox" => "post-by-mailbox",
        _ => "post-by-import",
    }
}

fn mail_view(page: &Page, line: &MailLine) -> MailView {
    MailView {
        id: line.row.id.clone(),
        href: format!("/courrier/recus/{}", line.row.id),
        at: page.format.second(line.at),
        channel: channel_key(&line.row.channel),
        subject: line.subject.clone().unwrap_or_else(|| page.t("post-no-subject")),
        author: line.author.clone().unwrap_or_else(|| page.t("post-no-author")),
        excerpt: line.excerpt.clone().map(|text| text.chars().take(400).collect()),
        reason: line.row.reason.as_deref().map(|code| page.label(&reason(code)).to_owned()),
        claimed: line.row.claimed.clone(),
        waits: line.waits(),
    }
}

/// The list that is shown when none is asked for.
const FIRST_VIEW: (&str, &str, &str, Which) = ("attente", "quarantine-waiting", "inbox", Which::Waiting);
/// The lists of mails that came: name in the address, message, icon, and which.
const VIEWS: [(&str, &str, &str, Which); 3] = [
    FIRST_VIEW,
    ("automates", "quarantine-recorded", "mail-pause", Which::Recorded),
    ("rejets", "quarantine-discarded", "x", Which::Discarded),
];

/// `GET /courrier/quarantaine`.
pub(crate) async fn quarantine(
    State(state): State<AppState>,
    page: Page,
    Query(question): Query<Question>,
) -> Result<Response, Failure> {
    let done = question.fait.as_deref().map(|done| match done.strip_prefix("dossier-") {
        Some(number) => ("quarantine-done-case", Some(number.to_owned())),
        None => ("quarantine-done-discarded", None),
    });
    show_quarantine(&state, &page, &question, StatusCode::OK, done, None).await
}

async fn show_quarantine(
    state: &AppState,
    page: &Page,
    question: &Question,
    status: StatusCode,
    done: Option<(&'static str, Option<String>)>,
    refused: Option<String>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(page)) };
    let view = VIEWS.iter().find(|v| v.0 == question.vue).unwrap_or(&FIRST_VIEW);
    let (number, which) = (question.page(), view.3);
    let (counts, (total, lines)) = state
        .ask(move |_| {
            let counts = VIEWS.iter().map(|v| post.mails_count(v.3)).collect::<anyhow::Result<Vec<_>>>()?;
            Ok((counts, post.mails(which, number)?))
        })
        .await?;
    let tabs = VIEWS.iter().zip(counts).map(|((name, key, icon, _), count)| Tab {
        key,
        icon,
        href: format!("/courrier/quarantaine?vue={name}"),
        count: page.format.number(count),
        here: *name == view.0,
        presses: *name == "attente" && count > 0,
    });
    let address = |number: u32| format!("/courrier/quarantaine?vue={}&page={number}", view.0);
    Ok(page.show_as(
        status,
        &QuarantinePage {
            page,
            crumbs: crumbs(page, None),
            done,
            refused,
            tabs: tabs.collect(),
            pager: pager(page, number, lines.len(), total, address),
            mails: lines.iter().map(|line| mail_view(page, line)).collect(),
            may_write: page.may(WRITE),
            here: address(number.saturating_add(1)),
        },
    ))
}

fn crumbs(page: &Page, mail: Option<String>) -> Vec<Crumb> {
    let quarantine = |href: Option<&str>| Crumb { text: page.t("quarantine-title"), href: href.map(str::to_owned) };
    let post = Crumb { text: page.t("nav-post"), href: Some("/courrier".to_owned()) };
    match mail {
        None => vec![post, quarantine(None)],
        Some(text) => vec![post, quarantine(Some("/courrier/quarantaine")), Crumb { text, href: None }],
    }
}

/// `POST /courrier/recus/{mail}/decision`: a new case, a case that is there, or nowhere.
pub(crate) async fn decide(
    State(state): State<AppState>,
    page: Page,
    Path(mail): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let number = CaseNumber::new(sent.get("numero"));
    let verdict = match (sent.get("decision"), number) {
        ("nouveau", _) => Some(Verdict::Release),
        ("rattacher", Some(number)) => Some(Verdict::Attach(number)),
        ("ecarter", _) if sent.said("motif").is_some() => Some(Verdict::Discard(sent.get("motif").to_owned())),
        _ => None,
    };
    let question = Question::default();
    let again = |key: &str| {
        let refused = Some(page.t(key));
        show_quarantine(&state, &page, &question, StatusCode::UNPROCESSABLE_ENTITY, None, refused)
    };
    let Some(verdict) = verdict else {
        return again(if sent.get("decision") == "rattacher" { "quarantine-which-case" } else { "quarantine-why" })
            .await;
    };
    let by = by(&page);
    match state.ask(move |s| Ok(post.settle(&mail, verdict, by, s.now()))).await? {
        Ok(Settled { change }) => {
            let what = change.as_ref().map_or_else(|| "ecarte".to_owned(), |c| format!("dossier-{}", c.number));
            if let Some(change) = change {
                state.source.changed(change);
            }
            let back = local_or_home(sent.get("retour"));
            let back = if back == "/" { "/courrier/quarantaine" } else { back };
            let mark = if back.contains('?') { '&' } else { '?' };
            Ok(Redirect::to(&format!("{back}{mark}fait={}", encode(&what))).into_response())
        }
        Err(WriteError::Unit(PostError::Decided)) => again("quarantine-decided").await,
        Err(WriteError::Unit(PostError::Desk(DeskError::Unknown(_)))) => again("quarantine-which-case").await,
        Err(WriteError::Unit(PostError::Desk(DeskError::Wordless))) => again("quarantine-nothing-to-attach").await,
        Err(WriteError::Unit(PostError::Unknown(_))) => Err(Failure::NotFound(Missing::Page)),
        Err(error) => Err(Failure::Unexpected(error.into())),
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    mail: MailView,
    case: Option<(String, String)>,
    facts: Vec<(&'static str, String)>,
    spans: Vec<(bool, String)>,
    html: Option<Safe<String>>,
    blocked: Option<String>,
    files: Vec<(String, String)>,
    losses: Vec<String>,
    raw: String,
    may_write: bool,
}

/// `GET /courrier/recus/{mail}`.
pub(crate) async fn message(
    State(state): State<AppState>,
    page: Page,
    Path(mail): Path<String>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let found = state.ask(move |_| post.message(&mail)).await?.ok_or(Failure::NotFound(Missing::Page))?;
    let view = mail_view(&page, &found.line);
    let read = found.mail.as_ref();
    let number = found.line.row.case_subject.as_deref().and_then(|s| s.strip_prefix("case/"));
    let spans = read.map(|mail| {
        let reply = mail.reply(Some(super::words::ABOVE));
        reply.spans().iter().map(|span| (span.earlier, reply.words(span).to_owned())).collect::<Vec<_>>()
    });
    let html = read.and_then(|mail| mail.html.as_ref());
    let losses = read.map(|mail| {
        let words = |loss: &vigie_links::mail::Loss| match page.lang() {
            Lang::Fr => loss.fr(),
            Lang::En => loss.en(),
        };
        mail.losses.iter().map(words).collect::<Vec<_>>()
    });
    Ok(page.show(&MessagePage {
        page: &page,
        crumbs: crumbs(&page, Some(view.subject.clone())),
        case: number.map(|n| (n.to_owned(), format!("/dossiers/{}", encode(n)))),
        facts: read.map(facts).unwrap_or_default(),
        spans: spans.unwrap_or_default(),
        blocked: html
            .filter(|h| h.pictures_blocked > 0)
            .map(|h| page.t1("post-pictures-blocked", "n", h.pictures_blocked)),
        // Made of harmless elements by the library that read the mail.
        html: html.map(|h| Safe(h.html.clone())),
        files: read.map(|mail| files(mail, &view.href)).unwrap_or_default(),
        losses: losses.unwrap_or_default(),
        raw: format!("{}/brut", view.href),
        may_write: page.may(WRITE),
        mail: view,
    }))
}

/// Who says to have written it, and to whom.
fn facts(mail: &Mail) -> Vec<(&'static str, String)> {
    let list = |all: &[vigie_links::mail::Address]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let facts = [
        ("post-from", list(&mail.from)),
        ("post-to", list(&mail.to)),
        ("post-cc", list(&mail.cc)),
        ("post-reply-to", list(&mail.reply_to)),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn files(mail: &Mail, href: &str) -> Vec<(String, String)> {
    let named = |a: &vigie_links::mail::Attachment| {
        (a.name.clone(), format!("{href}/fichiers/{}", super::parties::hex(&a.sha256)))
    };
    mail.attachments.iter().map(named).collect()
}

/// `GET /courrier/recus/{mail}/brut`: the bytes as they came.
pub(crate) async fn raw(
    State(state): State<AppState>,
    page: Page,
    Path(mail): Path<String>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let name = format!(
        "attachment; filename=\"{}.eml\"",
        mail.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
    );
    let bytes = state.ask(move |_| post.raw(&mail)).await?.ok_or(Failure::NotFound(Missing::File))?;
    Ok(file_of("application/octet-stream", &name, bytes))
}

/// Types of pictures that a message shows; anything else is only handed out.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// `GET /courrier/recus/{mail}/fichiers/{hash}`: a file of a mail.
pub(crate) async fn file(
    State(state): State<AppState>,
    page: Page,
    Path((mail, hash)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let Some(post) = state.source.post() else { return Ok(not_set_up(&page)) };
    let found = state.ask(move |_| post.message(&mail)).await?;
    let files = found.and_then(|m| m.mail).map(|m| m.attachments).unwrap_or_default();
    let file = files.into_iter().find(|a| super::parties::hex(&a.sha256) == hash);
    let file = file.ok_or(Failure::NotFound(Missing::File))?;
    let picture = PICTURES.into_iter().find(|t| *t == file.media_type);
    let how = if picture.is_some() { "inline" } else { "attachment" };
    // The name stands in percent-encoding alone (RFC 6266): nothing of it can end the header.
    let name = format!("{how}; filename*=UTF-8''{}", encode(&file.name).replace('/', "%2F"));
    Ok(file_of(picture.unwrap_or("application/octet-stream"), &name, file.bytes))
}

fn file_of(media_type: &'static str, disposition: &str, bytes: Vec<u8>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, media_type)], bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if let Ok(value) = HeaderValue::from_str(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
