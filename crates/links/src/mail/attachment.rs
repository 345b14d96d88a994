//! A file that came with a mail.

use mail_parser::{GetHeader as _, HeaderName, Message, MessagePart, MimeHeaders as _};
use sha2::{Digest as _, Sha256};

use super::{address::clean, body, limits::MAX_NAME_CHARS, names};

/// A file of a mail, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, safe in a file system, in a header and on a page; never empty.
    pub name: String,
    /// What the sender says that it is, in lower case, such as `image/png`. It proves nothing.
    pub media_type: String,
    /// Its bytes, decoded from the transfer's encoding only.
    pub bytes: Vec<u8>,
    /// SHA-256 of `bytes`.
    pub sha256: [u8; 32],
    /// The identifier by which the HTML may show it, without angle brackets.
    pub content_id: Option<String>,
    /// The sender asked to show it in the text.
    pub inline: bool,
}

impl Attachment {
    pub(super) fn new(message: &Message<'_>, part: &MessagePart<'_>, number: usize, bytes: Vec<u8>) -> Self {
        let media_type = media_type(part);
        let name = given_name(message, part)
            .and_then(|name| safe_name(&name))
            .unwrap_or_else(|| format!("file-{number}.{}", extension(&media_type)));
        Self {
            name,
            media_type,
            sha256: Sha256::digest(&bytes).into(),
            bytes,
            content_id: part.content_id().map(clean).filter(|id| !id.is_empty()),
            inline: part.content_disposition().is_some_and(mail_parser::ContentType::is_inline),
        }
    }

    /// A file of bytes that could not be taken apart.
    pub(super) fn of_bytes(name: &str, media_type: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            sha256: Sha256::digest(&bytes).into(),
            bytes,
            content_id: None,
            inline: false,
        }
    }
}

/// The name that the sender gave; else the subject of a forwarded mail; else what the identifier of a
/// picture is made of, which Outlook forms as `image001.png@01CDB132.D8A510F0`.
fn given_name(message: &Message<'_>, part: &MessagePart<'_>) -> Option<String> {
    if let Some(name) = part.attachment_name() {
        if !name.contains('\u{fffd}') {
            return Some(name.to_owned());
        }
        return names::again(body::header(message, part), &message.raw_message).or_else(|| Some(name.to_owned()));
    }
    if let Some(inner) = part.message() {
        let head = inner.parts.first()?;
        let mut subject = head.headers.header_value(&HeaderName::Subject)?.as_text()?.to_owned();
        if subject.contains('\u{fffd}') {
            subject = names::subject_again(body::header(inner, head), &message.raw_message).unwrap_or(subject);
        }
        return Some(format!("{}.eml", subject.trim()));
    }
    let (name, _) = part.content_id()?.trim_matches(['<', '>']).split_once('@')?;
    let (stem, ending) = name.rsplit_once('.')?;
    let usable = !stem.is_empty() && ending.len() <= 4 && ending.starts_with(|c: char| c.is_ascii_alphabetic());
    usable.then(|| name.to_owned())
}

/// `type/subtype` in lower case; what RFC 2045 says when nothing usable is given.
fn media_type(part: &MessagePart<'_>) -> String {
    let default = if part.is_text() { "text/plain" } else { "application/octet-stream" };
    let Some(given) = part.content_type() else { return default.to_owned() };
    let token = |text: &str| {
        !text.is_empty()
            && text.len() <= 127
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    match given.subtype() {
        Some(subtype) if token(given.ctype()) && token(subtype) => {
            format!("{}/{subtype}", given.ctype()).to_ascii_lowercase()
        }
        _ => default.to_owned(),
    }
}

/// The last component of a name, without what a file system, a header or a reader of right-to-left
/// marks could be fooled by; `None` when nothing is left.
fn safe_name(given: &str) -> Option<String> {
    let given = given.replace('\\', "/");
    let last = given.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let allowed = |c: char| {
        if c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        {
            None
        } else if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') {
            Some('_')
        } else {
            Some(c)
        }
    };
    let name: String = last.chars().filter_map(allowed).collect();
    let name = name.trim().trim_start_matches('.').trim_end_matches([' ', '.']);
    if name.is_empty() {
        return None;
    }
    if name.chars().count() <= MAX_NAME_CHARS {
        return Some(name.to_owned());
    }
    // What tells a program which file it is stands at the end.
    let (stem, extension) = name.rsplit_once('.').filter(|(_, e)| e.chars().count() <= 10).unwrap_or((name, ""));
    let dot = if extension.is_empty() { "" } else { "." };
    let room = MAX_NAME_CHARS.saturating_sub(extension.chars().count()).saturating_sub(dot.len());
    Some(format!("{}{dot}{extension}", stem.chars().take(room).collect::<String>()))
}

fn extension(media_type: &str) -> &str {
    match media_type {
        "text/html" => "html",
        "text/csv" => "csv",
        "text/calendar" => "ics",
        "image/png" => "png",
        "image/jpeg" | "image/jpg" => "jpg",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        "application/pdf" => "pdf",
        "message/rfc822" | "message/global" => "eml",
        "text/plain" | "message/delivery-status" | "text/rfc822-headers" => "txt",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: &str, expected: &str) {
        assert_eq!(safe_name(given).as_deref().unwrap_or_default(), expected, "{given:?}");
    }

    #[test]
    fn a_name_cannot_leave_its_folder_or_fool_its_reader() {
        check("rapport.pdf", "rapport.pdf");
        check("../../etc/passwd", "passwd");
        check("C:\\temp\\relevé.xlsx", "relevé.xlsx");
        check("a\r\nb\0.txt", "ab.txt");
        check("facture\u{202e}fdp.exe", "facturefdp.exe");
        check("a:b|c?.txt", "a_b_c_.txt");
        check(".htaccess", "htaccess");
        check("..", "");
        check("/", "");
        check("", "");
    }

    #[test]
    fn a_name_of_150_characters_stays_and_a_longer_one_keeps_its_ending() {
        let fits = format!("{}.pdf", "é".repeat(146));
        check(&fits, &fits);
        check(&format!("{}.pdf", "é".repeat(147)), &fits);
        check(&"x".repeat(151), &"x".repeat(150));
    }
}
