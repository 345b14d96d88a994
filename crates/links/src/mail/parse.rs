//! Bytes to a [`Mail`].

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use jiff::{SignedDuration, Timestamp, civil, tz::Offset};
use mail_parser::{GetHeader as _, HeaderName, HeaderValue, Message, MessageParser, PartType};

use super::{
    address::{Address, MessageId, clean},
    attachment::Attachment,
    body::{self, Body},
    headers::Headers,
    html::{self, SafeHtml},
    limits::{MAX_ADDRESSES, MAX_ATTACHMENTS, MAX_MAIL_BYTES, MAX_REFERENCES, MAX_SUBJECT_CHARS},
    loss::{Loss, Unreadable},
    repair::{self, Mended},
};

/// A mail, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its identifiers. One is the rule; none and several occur.
    pub message_ids: Vec<MessageId>,
    /// The mails that it says to answer.
    pub in_reply_to: Vec<MessageId>,
    /// The exchange that it says to belong to, oldest first; at most 200, the nearest.
    pub references: Vec<MessageId>,
    /// Who says to have written it. Never proved by the mail itself.
    pub from: Vec<Address>,
    /// Who says to have sent it for the author.
    pub sender: Vec<Address>,
    /// Where an answer is asked for.
    pub reply_to: Vec<Address>,
    /// Addressees.
    pub to: Vec<Address>,
    /// Addressees of a copy.
    pub cc: Vec<Address>,
    /// The subject on one line, decoded; empty when there is none.
    pub subject: String,
    /// When its sender says that it was written.
    pub date: Option<Timestamp>,
    /// What it says, as plain text with `\n` between lines; at most 1 MiB.
    pub text: String,
    /// What it says, as HTML that may stand in a page; none when it has only plain text.
    pub html: Option<SafeHtml>,
    /// The files.
    pub attachments: Vec<Attachment>,
    /// All header fields, not decoded.
    pub headers: Headers,
    /// Bytes of the raw mail.
    pub size_bytes: usize,
    /// What could not be read.
    pub losses: Vec<Loss>,
}

impl Mail {
    /// Reads a raw mail.
    ///
    /// `inline` gives the address at which a picture of the mail will be served inside its HTML.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] when it is empty or larger than 50 MiB. Anything else becomes a mail, with its losses.
    pub fn parse(raw: &[u8], inline: &dyn Fn(&Attachment) -> String) -> Result<Self, Unreadable> {
        if raw.len() > MAX_MAIL_BYTES {
            return Err(Unreadable::TooLarge { size_bytes: raw.len() });
        }
        let mut losses = Vec::new();
        let mended = repair::mend(raw, &mut losses).ok_or(Unreadable::Empty)?;
        let headers = Headers::read(mended.header_block(), &mut losses);
        let mut mail = match structure(&mended, &headers, &mut losses) {
            Some(message) => Self::of(&message, headers, &mut losses, inline),
            None => Self::of_headers(&mended, headers, &mut losses),
        };
        mail.size_bytes = raw.len();
        mail.losses = losses;
        Ok(mail)
    }

    fn of(
        message: &Message<'_>,
        headers: Headers,
        losses: &mut Vec<Loss>,
        inline: &dyn Fn(&Attachment) -> String,
    ) -> Self {
        let Body { text, html: page } = body::read(message, losses);
        let mut attachments = attachments(message, losses);
        let pictures: HashMap<String, String> = attachments
            .iter()
            .filter(|a| a.media_type.starts_with("image/"))
            .filter_map(|a| Some((a.content_id.clone()?, inline(a))))
            .collect();
        let html = page.and_then(|page| {
            let safe = html::safe_html(&page, &pictures);
            if safe.is_none() {
                losses.push(Loss::Html { size_bytes: page.len() });
                attachments.push(Attachment::of_bytes("message.html", "text/html", page.into_bytes()));
            }
            safe
        });
        Self { text, html, attachments, ..Self::heads(message, headers, losses) }
    }

    /// A mail whose body could not be taken apart: it becomes a file.
    fn of_headers(mended: &Mended<'_>, headers: Headers, losses: &mut Vec<Loss>) -> Self {
        if headers.is_empty() {
            losses.push(Loss::NoHeader);
            let text = String::from_utf8_lossy(&mended.bytes).replace('\0', "");
            let mail = Self::heads(&Message::default(), headers, losses);
            return Self { text: body::limited(&text, losses), ..mail };
        }
        let parsed = quietly(|| MessageParser::default().parse_headers(mended.header_block())).flatten();
        let body = mended.body();
        let file = Attachment::of_bytes("body.eml", "application/octet-stream", body.to_vec());
        let mail = Self::heads(&parsed.unwrap_or_default(), headers, losses);
        Self { text: body::limited(&String::from_utf8_lossy(body), losses), attachments: vec![file], ..mail }
    }

    /// All that the headers say.
    fn heads(message: &Message<'_>, headers: Headers, losses: &mut Vec<Loss>) -> Self {
        let ids = |name: &str| headers.all(name).flat_map(MessageId::all).collect::<Vec<_>>();
        let mut references = ids("References");
        references.drain(..references.len().saturating_sub(MAX_REFERENCES));
        let addresses = |name: HeaderName<'static>, losses: &mut Vec<Loss>| addresses(message, &headers, &name, losses);
        Self {
            message_ids: ids("Message-ID"),
            in_reply_to: ids("In-Reply-To"),
            references,
            from: addresses(HeaderName::From, losses),
            sender: addresses(HeaderName::Sender, losses),
            reply_to: addresses(HeaderName::ReplyTo, losses),
            to: addresses(HeaderName::To, losses),
            cc: addresses(HeaderName::Cc, losses),
            subject: subject(message),
            date: date(message, &headers, losses),
            text: String::new(),
            html: None,
            attachments: Vec::new(),
            headers,
            size_bytes: 0,
            losses: Vec::new(),
        }
    }

    /// The new text and what it repeats; see [`super::Reply::cut`].
    #[must_use]
    pub fn reply<'a>(&'a self, above: Option<&str>) -> super::Reply<'a> {
        super::Reply::cut(&self.text, above)
    }
}

/// Takes a mail apart; `None` when it cannot or must not be.
fn structure<'m>(mended: &'m Mended<'_>, headers: &Headers, losses: &mut Vec<Loss>) -> Option<Message<'m>> {
    if headers.is_empty() {
        return None;
    }
    if let Err(containers) = repair::containers(&mended.bytes) {
        losses.push(Loss::Structure { containers });
        return None;
    }
    let message = quietly(|| MessageParser::default().parse(mended.bytes.as_ref())).flatten();
    if message.is_none() {
        losses.push(Loss::Parser);
    }
    message.filter(|m| !m.parts.is_empty())
}

/// Runs the parser so that its failure costs one mail's structure and not the intake of all.
fn quietly<T>(parse: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(parse)).ok()
}

fn addresses(
    message: &Message<'_>,
    headers: &Headers,
    name: &HeaderName<'static>,
    losses: &mut Vec<Loss>,
) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    for value in message.parts.first().into_iter().flat_map(|p| &p.headers).filter(|h| h.name == *name) {
        if let HeaderValue::Address(list) = &value.value {
            found.extend(list.iter().filter_map(|a| Address::read(a.name(), a.address())));
        }
    }
    if found.is_empty() {
        let given = headers.get(name.as_str()).unwrap_or_default();
        found.extend(Address::alone(given));
        if found.is_empty() && !given.is_empty() {
            losses.push(Loss::Address { name: name.as_str().to_owned() });
        }
    }
    if found.len() > MAX_ADDRESSES {
        losses.push(Loss::Addresses { name: name.as_str().to_owned(), count: found.len() });
        found.truncate(MAX_ADDRESSES);
    }
    found
}

fn subject(message: &Message<'_>) -> String {
    let subject = message.parts.first().and_then(|p| p.headers.header_value(&HeaderName::Subject)?.as_text());
    clean(subject.unwrap_or_default()).chars().take(MAX_SUBJECT_CHARS).collect()
}

fn date(message: &Message<'_>, headers: &Headers, losses: &mut Vec<Loss>) -> Option<Timestamp> {
    headers.get("Date")?;
    let read = message.parts.first().and_then(|p| {
        let d = p.headers.header_value(&HeaderName::Date)?.as_datetime()?;
        let local = civil::DateTime::new(
            d.year.try_into().ok()?,
            d.month.try_into().ok()?,
            d.day.try_into().ok()?,
            d.hour.try_into().ok()?,
            d.minute.try_into().ok()?,
            // A leap second is the last of its minute.
            d.second.min(59).try_into().ok()?,
            0,
        )
        .ok()?;
        let offset = SignedDuration::from_mins(i64::from(d.tz_hour) * 60 + i64::from(d.tz_minute));
        let utc = Offset::UTC.to_timestamp(local).ok()?;
        // West of Greenwich, the local time is behind.
        utc.checked_add(if d.tz_before_gmt { offset } else { -offset }).ok()
    });
    if read.is_none() {
        losses.push(Loss::Date);
    }
    read
}

fn attachments(message: &Message<'_>, losses: &mut Vec<Loss>) -> Vec<Attachment> {
    let mut files = Vec::new();
    if message.attachments.len() > MAX_ATTACHMENTS {
        losses.push(Loss::Attachments { count: message.attachments.len() });
    }
    for (number, id) in message.attachments.iter().take(MAX_ATTACHMENTS).enumerate() {
        let Some(part) = message.part(*id) else { continue };
        if matches!(part.body, PartType::Multipart(_)) {
            continue;
        }
        let place = usize::try_from(*id).unwrap_or(usize::MAX);
        let bytes = body::bytes(message, part);
        if bytes.is_none() || part.is_encoding_problem {
            losses.push(Loss::Encoding { part: place });
        }
        let bytes = bytes.unwrap_or_else(|| body::raw(message, part).into());
        files.push(Attachment::new(message, part, number.saturating_add(1), bytes.into_owned()));
    }
    files
}
