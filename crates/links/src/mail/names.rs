//! The name of a file when its header is damaged: raw bytes, or pieces of a character set.
//!
//! The parser reads what RFC 2231 and RFC 2047 allow. Mail programs write more: bytes of their own
//! machine's character set, and a character set named on the first of several pieces only.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use mail_parser::{GetHeader as _, HeaderName, MessageParser, MimeHeaders as _};

use super::{headers::Headers, repair};

/// The name in the header lines of a part, read again with what the mail says of its characters.
pub(super) fn again(part_header: &[u8], mail: &[u8]) -> Option<String> {
    let text = repair::utf8(part_header, mail);
    let headers = Headers::read(text.as_bytes(), &mut Vec::new());
    let pieces = headers
        .get("Content-Disposition")
        .and_then(|v| pieces(v, "filename"))
        .or_else(|| headers.get("Content-Type").and_then(|v| pieces(v, "name")));
    if pieces.is_some() {
        return pieces;
    }
    let message = MessageParser::default().parse_headers(text.as_bytes())?;
    let part = message.parts.first()?;
    part.headers
        .header_value(&HeaderName::ContentType)
        .or(part.headers.header_value(&HeaderName::ContentDisposition))?;
    part.attachment_name().map(str::to_owned)
}

/// The subject of a forwarded mail, read again likewise.
pub(super) fn subject_again(header: &[u8], mail: &[u8]) -> Option<String> {
    let text = repair::utf8(header, mail);
    let message = MessageParser::default().parse_headers(text.as_bytes())?;
    let subject = message.parts.first()?.headers.header_value(&HeaderName::Subject)?.as_text()?;
    Some(subject.to_owned())
}

/// A parameter in pieces (`name*0*=`, `name*1*=` ...), joined before its characters are read.
fn pieces(value: &str, name: &str) -> Option<String> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut charset: Option<String> = None;
    // A name of more pieces than this is longer than any that is kept.
    for number in 0..100 {
        let plain = parameter(value, &format!("{name}*{number}"));
        let coded = parameter(value, &format!("{name}*{number}*"))
            .or_else(|| if number == 0 { parameter(value, &format!("{name}*")) } else { None });
        match (coded, plain) {
            (Some(mut piece), _) => {
                if number == 0
                    && let Some((label, rest)) = piece.split_once('\'')
                {
                    charset = Some(label.to_owned());
                    piece = rest.split_once('\'').map_or(rest, |(_, text)| text);
                }
                percent(piece, &mut bytes);
            }
            (None, Some(piece)) => bytes.extend_from_slice(piece.as_bytes()),
            (None, None) => break,
        }
    }
    if bytes.is_empty() {
        return None;
    }
    let declared = charset.as_deref().and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(UTF_8);
    let text = declared.decode_without_bom_handling_and_without_replacement(&bytes);
    Some(text.unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(&bytes).0).into_owned())
}

/// The value of a parameter of a header, without its quotes.
fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.split(';').skip(1).find_map(|piece| {
        let (key, value) = piece.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// Adds a text in which `%C3` stands for a byte.
fn percent(text: &str, into: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let coded =
            after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (byte, coded) {
            (b'%', Some(decoded)) => {
                into.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                into.push(*byte);
                rest = after;
            }
        }
    }
}
