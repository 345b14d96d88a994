//! A mail as it came, with all that follows from its bytes alone.
//!
//! Reading takes time and touches nothing: it is done before the unit of work that keeps the mail.

use sha2::{Digest as _, Sha256};
use vigie_links::mail::{Address, Claims, Kind, Loss, Mail, Unreadable, imap};

use super::{
    parties::{Member, hex, is_forged},
    settings::Settings,
};

/// By which way a mail came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A mail server handed it over.
    Listener,
    /// It was read from a mailbox: which, and how far it is read then.
    Mailbox {
        /// The mailbox.
        name: String,
        /// Where the mail stands in it.
        place: imap::Place,
    },
    /// It was brought as a file.
    Import,
}

impl Channel {
    /// Its name in tables and entries.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Listener => "listener",
            Self::Mailbox { .. } => "mailbox",
            Self::Import => "import",
        }
    }
}

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Follows from its bytes and from our addresses that it went to: the same mail again has the same.
    pub id: String,
    /// By which way it came.
    pub channel: Channel,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Our addresses that it went to.
    pub recipients: Vec<Address>,
    /// What it says, as far as anything can be made of it.
    pub read: Result<Contents, Unreadable>,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The mail.
    pub mail: Mail,
    /// What it is.
    pub kind: Kind,
    /// Where it says that it belongs.
    pub claims: Claims,
    /// The same mail to another of our addresses has the same; none without a Message-ID.
    pub twin: Option<String>,
    /// Its authors, as cases know them.
    pub authors: Vec<Member>,
    /// Our mail server found the author forged.
    pub is_forged: bool,
}

impl Letter {
    /// Reads a mail. `recipients` is what the envelope says; when nothing is known of it, the headers are asked.
    #[must_use]
    pub fn read(raw: Vec<u8>, recipients: Option<&[Address]>, channel: Channel, settings: &Settings) -> Self {
        let mut digest = Sha256::new();
        digest.update(&raw);
        // Nobody looks at its pictures here: whoever shows the mail reads it again.
        let parsed = Mail::parse(&raw, &|_| String::new());
        let recipients = match (recipients, &parsed) {
            (Some(named), _) => named.to_vec(),
            (None, Ok(mail)) => delivered_to(mail, settings),
            (None, Err(_)) => Vec::new(),
        };
        let mut keys: Vec<String> = recipients.iter().map(Address::key).collect();
        keys.sort();
        for key in &keys {
            digest.update([0]);
            digest.update(key.as_bytes());
        }
        let id = hex(&digest.finalize()).chars().take(32).collect();
        let read = parsed.map(|mail| Contents::of(mail, &raw, &recipients, settings));
        Self { id, channel, raw, recipients, read }
    }

    /// A mail of a mailbox that is larger than what is taken: it stays there.
    #[must_use]
    pub fn too_large(channel: Channel, size_bytes: u64) -> Self {
        let mut digest = Sha256::new();
        if let Channel::Mailbox { name, place } = &channel {
            digest.update(format!("{name} {} {}", place.validity, place.uid).as_bytes());
        }
        let id = hex(&digest.finalize()).chars().take(32).collect();
        let size_bytes = usize::try_from(size_bytes).unwrap_or(usize::MAX);
        Self { id, channel, raw: Vec::new(), recipients: Vec::new(), read: Err(Unreadable::TooLarge { size_bytes }) }
    }
}

impl Contents {
    fn of(mail: Mail, raw: &[u8], recipients: &[Address], settings: &Settings) -> Self {
        let kind = Kind::of(&mail, &settings.own);
        let claims = Claims::read(&mail, &kind, &settings.keys, recipients);
        let authors = mail.from.iter().map(|a| Member::of(a, &settings.organisations)).collect();
        let is_forged = settings.authenticator.as_deref().is_some_and(|server| is_forged(&mail.headers, server));
        let twin = twin(&mail, raw);
        Self { mail, kind, claims, twin, authors, is_forged }
    }

    /// Whether nothing can be made of it but a file.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.mail.losses.iter().any(|l| matches!(l, Loss::NoHeader | Loss::Structure { .. } | Loss::Parser))
    }
}

/// What two copies of one mail have in common: identifier, authors and body, byte for byte. Somebody who
/// only copies the identifier of another's mail makes no twin.
fn twin(mail: &Mail, raw: &[u8]) -> Option<String> {
    let id = mail.message_ids.first()?;
    let body = body(raw);
    let mut digest = Sha256::new();
    digest.update(id.as_str().as_bytes());
    for author in &mail.from {
        digest.update([0]);
        digest.update(author.key().as_bytes());
    }
    digest.update([0, 0]);
    digest.update(body);
    Some(hex(&digest.finalize()))
}

/// What follows the headers.
fn body(raw: &[u8]) -> &[u8] {
    let after = |mark: &[u8]| {
        let at = raw.windows(mark.len()).position(|w| w == mark)?;
        raw.get(at.saturating_add(mark.len())..)
    };
    match (after(b"\r\n\r\n"), after(b"\n\n")) {
        (Some(crlf), Some(lf)) => {
            if crlf.len() > lf.len() {
                crlf
            } else {
                lf
            }
        }
        (Some(body), None) | (None, Some(body)) => body,
        (None, None) => &[],
    }
}

/// Our addresses in the headers: those that the last server wrote, else those that the author did.
fn delivered_to(mail: &Mail, settings: &Settings) -> Vec<Address> {
    let written = ["Delivered-To", "X-Original-To", "Envelope-To"].into_iter().flat_map(|name| mail.headers.all(name));
    let written =
        written.map(|value| Address { name: String::new(), address: value.trim().trim_matches(['<', '>']).to_owned() });
    let mut ours: Vec<Address> = Vec::new();
    for address in written.chain(mail.to.iter().chain(&mail.cc).cloned()) {
        if settings.own.are(&address) && !ours.iter().any(|known| known.key() == address.key()) {
            ours.push(address);
        }
    }
    ours
}
