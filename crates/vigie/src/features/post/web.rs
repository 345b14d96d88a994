//! The pages of the post: what leaves and whether it arrived ([`mod@outbox`]), what waits for somebody
//! ([`mod@quarantine`]), and one mail ([`mod@message`]).
//!
//! They are the provider's desk's alone: what waits here may be anybody's. HTML of a mail is shown only as
//! the library cleaned it, and its pictures only from here.

mod message;
mod outbox;
mod quarantine;

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use vigie_evidence::Origin;

use super::{
    reason,
    view::{MailLine, PAGE_SIZE},
};
use crate::{
    features::desk::open::By,
    web::{Crumb, Page},
};

pub(crate) use message::{file, message, raw};
pub(crate) use outbox::{outbox, send_again};
pub(crate) use quarantine::{decide, quarantine};

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

fn by(page: &Page) -> By {
    By { actor: page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default(), origin: Origin::Web }
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

fn crumbs(page: &Page, mail: Option<String>) -> Vec<Crumb> {
    let quarantine = |href: Option<&str>| Crumb { text: page.t("quarantine-title"), href: href.map(str::to_owned) };
    let post = Crumb { text: page.t("nav-post"), href: Some("/courrier".to_owned()) };
    match mail {
        None => vec![post, quarantine(None)],
        Some(text) => vec![post, quarantine(Some("/courrier/quarantaine")), Crumb { text, href: None }],
    }
}
