//! The words of a mail: which parts are its text, and in which characters they were written.

use std::borrow::Cow;

use encoding_rs::{Encoding as Charset, WINDOWS_1252};
use mail_parser::{
    Encoding, Message, MessagePart, MimeHeaders as _, PartType,
    decoders::{base64::base64_decode, charsets::map::charset_decoder, quoted_printable::quoted_printable_decode},
};

use super::{html, limits::MAX_TEXT_BYTES, loss::Loss};

/// What a mail says.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) text: String,
    /// The HTML as it came; none when the mail has only plain text.
    pub(super) html: Option<String>,
}

/// Reads the text parts of a mail.
pub(super) fn read(message: &Message<'_>, losses: &mut Vec<Loss>) -> Body {
    let mut texts: Vec<String> = Vec::new();
    for id in &message.text_body {
        match message.part(*id) {
            Some(part @ MessagePart { body: PartType::Html(_), .. }) => {
                texts.push(html::to_text(&words(message, part, losses)));
            }
            Some(part @ MessagePart { body: PartType::Text(_), .. }) => texts.push(words(message, part, losses).into()),
            _ => {}
        }
    }
    let mut pages: Vec<String> = Vec::new();
    let mut has_html = false;
    for id in &message.html_body {
        match message.part(*id) {
            Some(part @ MessagePart { body: PartType::Html(_), .. }) => {
                has_html = true;
                pages.push(words(message, part, &mut Vec::new()).into());
            }
            Some(part @ MessagePart { body: PartType::Text(_), .. }) => {
                pages.push(html::of_text(&words(message, part, &mut Vec::new())));
            }
            _ => {}
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    let mut text = texts.join("\n");
    let html = has_html.then(|| pages.concat());
    // Some programs send an empty text beside their HTML.
    if text.trim().is_empty() {
        text = html.as_deref().map(html::to_text).unwrap_or_default();
    }
    Body { text: limited(&text, losses), html }
}

/// A text as it is kept: tidy, and at most 1 MiB.
pub(super) fn limited(text: &str, losses: &mut Vec<Loss>) -> String {
    let mut text = tidy(text);
    if text.len() > MAX_TEXT_BYTES {
        losses.push(Loss::Text { size_bytes: text.len() });
        text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
    }
    text
}

/// The bytes of a part as they were before the transfer's encoding; `None` when that is broken.
pub(super) fn bytes<'m>(message: &'m Message<'_>, part: &'m MessagePart<'_>) -> Option<Cow<'m, [u8]>> {
    if part.encoding == Encoding::Base64 && !matches!(part.body, PartType::Message(_)) {
        let raw = raw(message, part);
        if !is_whole(raw) {
            return base64(raw).map(Cow::Owned);
        }
    }
    match &part.body {
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(Cow::Borrowed(bytes)),
        PartType::Message(inner) if part.encoding != Encoding::None => Some(Cow::Borrowed(&inner.raw_message)),
        _ => {
            let raw = raw(message, part);
            match part.encoding {
                Encoding::None => Some(Cow::Borrowed(raw)),
                Encoding::Base64 => base64_decode(raw).map(Cow::Owned),
                Encoding::QuotedPrintable => quoted_printable_decode(raw).map(Cow::Owned),
            }
        }
    }
}

/// Whether base64 ends on a group of four. The parser drops a last group that does not.
fn is_whole(raw: &[u8]) -> bool {
    raw.iter().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count().is_multiple_of(4)
}

/// Base64 with a last group that was cut.
fn base64(raw: &[u8]) -> Option<Vec<u8>> {
    let coded: Vec<u8> =
        raw.iter().copied().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).collect();
    // A lone last character holds six bits, which are no byte.
    let usable = if coded.len() % 4 == 1 { coded.len().saturating_sub(1) } else { coded.len() };
    let missing = coded.len().next_multiple_of(4).saturating_sub(usable) % 4;
    let padded = [coded.get(..usable)?, b"==".get(..missing.min(2))?].concat();
    base64_decode(&padded)
}

/// The header lines of a part as they stand in the mail.
pub(super) fn header<'m>(message: &'m Message<'_>, part: &MessagePart<'_>) -> &'m [u8] {
    let place = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    message.raw_message.get(place(part.offset_header)..place(part.offset_body)).unwrap_or_default()
}

/// The bytes of a part as they stand in the mail.
pub(super) fn raw<'m>(message: &'m Message<'_>, part: &MessagePart<'_>) -> &'m [u8] {
    let place = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    message.raw_message.get(place(part.offset_body)..place(part.offset_end)).unwrap_or_default()
}

/// The characters of a text part.
fn words<'m>(message: &'m Message<'_>, part: &'m MessagePart<'_>, losses: &mut Vec<Loss>) -> Cow<'m, str> {
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return Cow::Borrowed("") };
    let label = part.content_type().and_then(|t| t.attribute("charset")).map(str::trim).filter(|l| !l.is_empty());
    let named = |name: &str| label.is_some_and(|l| l.eq_ignore_ascii_case(name));
    let known = named("utf-8") || named("utf8") || label.is_some_and(|l| charset_decoder(l.as_bytes()).is_some());
    if known || !text.contains('\u{fffd}') {
        return windows(text);
    }
    if let Some(name) = label
        && let Some(bytes) = bytes(message, part)
        && let Some(text) = misspelt(name).and_then(|c| c.decode_without_bom_handling_and_without_replacement(&bytes))
    {
        return Cow::Owned(text.into_owned());
    }
    if let Some(name) = label.filter(|_| !named("us-ascii")) {
        losses.push(Loss::Charset { name: name.chars().take(40).collect() });
    }
    let Some(bytes) = bytes(message, part) else { return windows(text) };
    if std::str::from_utf8(&bytes).is_ok() {
        return windows(text);
    }
    let sniffed = if part.is_text_html() { meta_charset(&bytes) } else { None };
    let charset = label.and_then(|l| Charset::for_label(l.as_bytes())).or(sniffed).unwrap_or(WINDOWS_1252);
    Cow::Owned(charset.decode_without_bom_handling(&bytes).0.into_owned())
}

/// The character set that a wrong name means: `iso-gb2312`, `x-windows-1250`, `cp-1252`.
fn misspelt(name: &str) -> Option<&'static Charset> {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let bare = ["iso-", "x-", "cs"].into_iter().find_map(|prefix| lower.strip_prefix(prefix)).unwrap_or(&lower);
    let joined = bare.replacen("cp-", "cp", 1);
    Charset::for_label(bare.as_bytes()).or_else(|| Charset::for_label(joined.as_bytes()))
}

/// The character set that HTML states of itself.
fn meta_charset(html: &[u8]) -> Option<&'static Charset> {
    let head = String::from_utf8_lossy(html.get(..2_048).unwrap_or(html)).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    Charset::for_label(label.as_bytes())
}

/// Windows-1252 that is called ISO 8859-1: what would be control characters are quotes and dashes.
fn windows(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| ('\u{80}'..='\u{9f}').contains(&c)) {
        return Cow::Borrowed(text);
    }
    let mend = |c: char| match u8::try_from(u32::from(c)) {
        Ok(byte @ 0x80..=0x9f) => WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or(c),
        _ => c,
    };
    Cow::Owned(text.chars().map(mend).collect())
}

/// Lines that end in `\n`, no control character, no blank line before the first word or after the last.
fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let kept = kept.trim_start_matches('\u{feff}').trim_end();
    let first = kept.find(|c: char| !c.is_whitespace()).unwrap_or(0);
    let line = kept.get(..first).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at.saturating_add(1));
    kept.get(line..).unwrap_or_default().to_owned()
}
