//! One mail as it came: its words, its formatting made harmless, its files.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use vigie_links::mail::Mail;

use super::{MailView, WRITE, crumbs, mail_view, not_set_up};
use crate::{
    features::post::{parties::hex, words::ABOVE},
    web::{AppState, Crumb, Failure, Lang, Missing, Page, Safe, kit::encode},
};

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
        let reply = mail.reply(Some(ABOVE));
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
    let named = |a: &vigie_links::mail::Attachment| (a.name.clone(), format!("{href}/fichiers/{}", hex(&a.sha256)));
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
    let file = files.into_iter().find(|a| hex(&a.sha256) == hash);
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
