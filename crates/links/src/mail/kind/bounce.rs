//! Reports that one of our mails could not be delivered.
//!
//! Most follow RFC 3464 and are read field by field. The others are prose: they are taken for a
//! report only when a mail server wrote them and when they name an address, so that nobody's own
//! words are mistaken for one.

use super::{Ourselves, acknowledge, dsn, machine_sign, notice};
use crate::mail::{Mail, MessageId};

/// A report of a mail server about one of our mails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// The addresses that it names; empty when it names none.
    pub failures: Vec<Failure>,
    /// Identifiers of the mail that was not delivered, when the report has them.
    pub originals: Vec<MessageId>,
}

/// An address that a mail did not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The address to which we wrote, in lower case.
    pub address: String,
    /// Whether it is still tried.
    pub outcome: Outcome,
    /// The status code of RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    /// What the server said, at most 500 characters.
    pub said: String,
}

/// What becomes of a mail that was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It will never be delivered there.
    Permanent,
    /// The server goes on trying.
    Temporary,
}

impl Bounce {
    pub(super) fn read(mail: &Mail, own: &Ourselves) -> Option<Self> {
        if let Some(failures) = dsn::read(mail) {
            if failures.is_empty() {
                return None;
            }
            return Some(Self { failures, originals: originals(mail) });
        }
        if !is_from_server(mail) {
            return None;
        }
        let mut failures = notice::read(mail, own);
        if failures.is_empty() && !notice::is_subject(&mail.subject) {
            return None;
        }
        failures.dedup_by(|a, b| a.address == b.address);
        Some(Self { failures, originals: originals(mail) })
    }
}

/// Whether a mail server wrote the mail, by its address, its return path or its subject.
fn is_from_server(mail: &Mail) -> bool {
    let writers = mail.from.iter().chain(&mail.sender).chain(&mail.reply_to);
    let nameless = mail.from.is_empty();
    writers.clone().any(acknowledge::is_daemon)
        || acknowledge::has_empty_return_path(&mail.headers)
        || mail.headers.get("X-Failed-Recipients").is_some()
        || mail.headers.get("Received").is_some_and(|r| r.contains("invoked for bounce"))
        || (nameless || notice::is_server_name(mail) || machine_sign(&mail.headers).is_some())
            && notice::is_subject(&mail.subject)
}

/// Identifiers in the returned mail or its headers.
fn originals(mail: &Mail) -> Vec<MessageId> {
    let mut ids: Vec<MessageId> = Vec::new();
    let returned = mail
        .attachments
        .iter()
        .filter(|a| a.media_type.starts_with("message/rfc822") || a.media_type == "text/rfc822-headers")
        .map(|a| String::from_utf8_lossy(&a.bytes));
    for text in returned.chain([mail.text.as_str().into()]) {
        // The returned headers come first; what a reply quotes further down is older.
        let line = text.lines().take(500).find(|l| l.get(..11).is_some_and(|h| h.eq_ignore_ascii_case("message-id:")));
        ids.extend(line.and_then(|l| MessageId::all(l.get(11..).unwrap_or_default()).into_iter().next()));
    }
    ids.dedup();
    ids
}
