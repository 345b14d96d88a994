//! A mail that leaves: an acknowledgement, an answer, a notice.
//!
//! The same order gives the same bytes, so that a mail sent twice after a crash is one mail to whoever
//! receives it: identifier and boundaries follow from the caller's own identifier, and no clock is read.
//! Words are the caller's. No value can add a header: lines are joined before they are written.

use jiff::{Timestamp, tz::TimeZone};
use mail_builder::{
    MessageBuilder,
    headers::{address::Address as Written, content_type::ContentType, message_id::MessageId as WrittenIds, raw::Raw},
    mime::MimePart,
};
use sha2::{Digest as _, Sha256};

use super::{
    Address, Attachment, CaseNumber, MessageId, TokenKeys,
    address::clean,
    limits::{MAX_ADDRESSES, MAX_SENT_REFERENCES, MAX_SUBJECT_CHARS},
};

/// A mail to be written.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// The caller's own identifier of this mail: letters, digits, `-`, `_` and `.`, at most 64.
    pub id: &'a str,
    /// Who writes: the desk's address. Its domain is that of the mail's identifier.
    pub from: &'a Address,
    /// Addressees.
    pub to: &'a [Address],
    /// Addressees of a copy.
    pub cc: &'a [Address],
    /// The case that it is about, whose token it bears.
    pub case: Option<&'a CaseNumber>,
    /// The subject, without the token.
    pub subject: &'a str,
    /// What it says, as plain text with `\n` between lines.
    pub text: &'a str,
    /// What it says, as HTML.
    pub html: Option<&'a str>,
    /// Files; those with a content identifier are shown in the HTML.
    pub files: &'a [Attachment],
    /// The mail that it answers.
    pub answers: Option<&'a MessageId>,
    /// The exchange before it, oldest first.
    pub references: &'a [MessageId],
    /// Whether a machine writes it, and why.
    pub writer: Writer,
    /// When it is written.
    pub date: Timestamp,
    /// The zone of the written date.
    pub zone: &'a TimeZone,
}

/// Who writes a mail, as RFC 3834 tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A person.
    Person,
    /// A machine that answers a mail: an acknowledgement.
    Answering,
    /// A machine of its own accord: a notice.
    Generating,
}

/// A mail that can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The mail, with lines that end in CRLF.
    pub bytes: Vec<u8>,
    /// Its identifier, by which answers will name it.
    pub message_id: MessageId,
    /// Where delivery reports go: the address with the token, so that a report finds its case.
    pub envelope_from: Address,
    /// All to whom it is to be delivered, each once.
    pub recipients: Vec<Address>,
}

/// Why a mail cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The caller's identifier is empty, too long or has other characters.
    #[error("“{id}” cannot be part of a mail's identifier: give 1 to 64 letters, digits, `-`, `_` or `.`")]
    Id {
        /// The identifier.
        id: String,
    },
    /// An address cannot be written to.
    #[error("“{address}” is not an address to which a mail can be sent: correct it; nothing was sent")]
    Address {
        /// The address.
        address: String,
    },
    /// There is nobody to write to, or too many.
    #[error("a mail needs 1 to {max} addressees, and this one has {count}: nothing was sent", max = MAX_ADDRESSES)]
    Addressees {
        /// How many there are.
        count: usize,
    },
    /// The mail could not be put together.
    #[error("the mail could not be written: nothing was sent")]
    Write,
}

impl Outgoing<'_> {
    /// Writes the mail.
    ///
    /// # Errors
    ///
    /// [`ComposeError`] when an address or the identifier cannot be used.
    pub fn compose(&self, keys: &TokenKeys, mark: &str) -> Result<Composed, ComposeError> {
        let usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.id.is_empty() || self.id.len() > 64 || !self.id.chars().all(usable) {
            return Err(ComposeError::Id { id: clean(self.id).chars().take(80).collect() });
        }
        for address in [self.from].into_iter().chain(self.to).chain(self.cc) {
            check(address)?;
        }
        let recipients = self.recipients();
        if recipients.is_empty() || recipients.len() > MAX_ADDRESSES {
            return Err(ComposeError::Addressees { count: recipients.len() });
        }
        let id = format!("{}@{}", self.id, self.from.domain());
        let message_id = MessageId::new(&id).ok_or_else(|| ComposeError::Id { id: id.clone() })?;
        let answered_at = self.case.map_or_else(|| self.from.clone(), |number| keys.address(number, self.from));
        let bytes = self
            .headers(keys, mark, &id, &answered_at)
            .body(self.body())
            .write_to_vec()
            .map_err(|_| ComposeError::Write)?;
        Ok(Composed { bytes, message_id, envelope_from: answered_at, recipients })
    }

    fn recipients(&self) -> Vec<Address> {
        let mut seen = std::collections::HashSet::new();
        self.to.iter().chain(self.cc).filter(|a| seen.insert(a.key())).cloned().collect()
    }

    fn headers<'b>(&self, keys: &TokenKeys, mark: &str, id: &str, answered_at: &Address) -> MessageBuilder<'b> {
        let date = self.date.to_zoned(self.zone.clone()).strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        let mut mail = MessageBuilder::new()
            .header("Date", Raw::new(date))
            .from(written(self.from))
            .to(list(self.to))
            .message_id(id.to_owned())
            .subject(self.subject(keys));
        if !self.cc.is_empty() {
            mail = mail.cc(list(self.cc));
        }
        if answered_at != self.from {
            mail = mail.reply_to(written(answered_at));
        }
        if let Some(answered) = self.answers {
            mail = mail.in_reply_to(answered.as_str().to_owned());
        }
        let references = self.chain();
        if !references.is_empty() {
            mail = mail.references(WrittenIds::new_list(references.into_iter()));
        }
        let submitted = match self.writer {
            Writer::Person => None,
            Writer::Answering => Some("auto-replied"),
            Writer::Generating => Some("auto-generated"),
        };
        if let Some(submitted) = submitted {
            // RFC 3834, section 5; Exchange heeds only its own header.
            mail = mail
                .header("Auto-Submitted", Raw::new(submitted))
                .header("X-Auto-Response-Suppress", Raw::new("All"))
                .header("X-Loop", Raw::new(clean(mark)));
        }
        mail
    }

    /// The subject behind the token of its case; a token that an answer repeats is not written twice.
    fn subject(&self, keys: &TokenKeys) -> String {
        let subject: String = clean(self.subject).chars().take(MAX_SUBJECT_CHARS).collect();
        let Some(number) = self.case else { return subject };
        let mark = keys.subject(number);
        let mut rest = subject;
        for token in keys.in_subject(&rest).iter().filter(|t| t.number == *number) {
            // Each round takes out one mark of this number, whoever signed it.
            let start = format!("[{} ", token.number).to_lowercase();
            let lower = rest.to_lowercase();
            let place =
                lower.find(&start).and_then(|from| Some(from..from.saturating_add(lower.get(from..)?.find(']')?)));
            if let Some(place) = place.filter(|p| rest.is_char_boundary(p.start) && rest.is_char_boundary(p.end)) {
                let before = rest.get(..place.start).unwrap_or_default().trim_end();
                let after = rest.get(place.end.saturating_add(1)..).unwrap_or_default().trim_start();
                rest = clean(&format!("{before} {after}"));
            }
        }
        clean(&format!("{mark} {rest}"))
    }

    /// What came before and what is answered; the first mail of an exchange and the nearest are kept.
    fn chain(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for id in self.references.iter().chain(self.answers) {
            ids.retain(|known| known != id.as_str());
            ids.push(id.as_str().to_owned());
        }
        if ids.len() > MAX_SENT_REFERENCES {
            let surplus = ids.len().saturating_sub(MAX_SENT_REFERENCES);
            ids.drain(1..surplus.saturating_add(1));
        }
        ids
    }

    fn body<'b>(&self) -> MimePart<'b> {
        let text = MimePart::new("text/plain", self.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        let (shown, beside): (Vec<_>, Vec<_>) =
            self.files.iter().partition(|f| self.html.is_some() && f.inline && f.content_id.is_some());
        let mut body = text;
        if let Some(html) = self.html {
            let mut page = MimePart::new("text/html", html.to_owned());
            if !shown.is_empty() {
                page = self.multipart("related", [page].into_iter().chain(shown.into_iter().map(file)).collect());
            }
            body = self.multipart("alternative", vec![body, page]);
        }
        if beside.is_empty() {
            return body;
        }
        self.multipart("mixed", [body].into_iter().chain(beside.into_iter().map(file)).collect())
    }

    fn multipart<'b>(&self, subtype: &str, parts: Vec<MimePart<'b>>) -> MimePart<'b> {
        let digest = Sha256::digest(format!("{subtype} {}", self.id));
        let digits: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        // `=_` cannot occur in what quoted-printable or base64 made (RFC 2045, 6.7).
        let content_type =
            ContentType::new(format!("multipart/{subtype}")).attribute("boundary", format!("=_{digits}"));
        MimePart::new(content_type, parts)
    }
}

fn file<'b>(file: &Attachment) -> MimePart<'b> {
    let part = MimePart::new(ContentType::new(file.media_type.clone()), file.bytes.clone());
    match file.content_id.clone().filter(|_| file.inline) {
        Some(id) => part.inline().cid(id),
        None => part.attachment(file.name.clone()),
    }
}

fn written<'b>(address: &Address) -> Written<'b> {
    let name = clean(&address.name);
    Written::new_address((!name.is_empty()).then_some(name), address.address.clone())
}

fn list<'b>(addresses: &[Address]) -> Written<'b> {
    Written::new_list(addresses.iter().map(written).collect())
}

/// Refuses what a mail server would refuse or what could be read as two addresses.
fn check(address: &Address) -> Result<(), ComposeError> {
    let text = &address.address;
    let apart = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '\\')
    };
    let parts = text.rsplit_once('@');
    let usable = parts.is_some_and(|(local, domain)| {
        !local.is_empty()
            && !local.contains('@')
            && !domain.is_empty()
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    // RFC 5321, 4.5.3.1: 64 bytes before the sign and 255 after it.
    let short = parts.is_some_and(|(local, domain)| local.len() <= 64 && domain.len() <= 255);
    if usable && short && !text.contains(apart) {
        return Ok(());
    }
    Err(ComposeError::Address { address: clean(text).chars().take(100).collect() })
}
