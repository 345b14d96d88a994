//! Whether a mail may get an automatic acknowledgement, and why not.

use super::{Kind, Ourselves, machine_sign};
use crate::mail::{Address, Headers, Mail};

/// Why no automatic acknowledgement is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Silence {
    /// One of our own mails came back.
    Loop,
    /// It is a report of a failed delivery.
    Bounce,
    /// A machine wrote it.
    Automatic,
    /// `Auto-Submitted` is not `no`.
    AutoSubmitted,
    /// It was sent to many.
    List,
    /// It bears the `X-Loop` of another machine.
    Looped,
    /// `X-Auto-Response-Suppress` asks for it.
    Suppressed,
    /// `Return-Path` is empty: nobody wants to hear of this mail.
    NoReturnPath,
    /// It comes from a mail server.
    Daemon,
    /// Its address says that nobody reads there.
    NoReply,
    /// Its author's address is one of ours.
    OurAddress,
    /// It has no author with a usable address.
    NoAddress,
    /// It has several authors.
    SeveralAuthors,
}

impl Silence {
    /// The reason's name, stable, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Loop => "own_mail",
            Self::Bounce => "bounce",
            Self::Automatic => "automatic",
            Self::AutoSubmitted => "auto_submitted",
            Self::List => "list",
            Self::Looped => "x_loop",
            Self::Suppressed => "suppressed",
            Self::NoReturnPath => "no_return_path",
            Self::Daemon => "mail_server",
            Self::NoReply => "no_reply_address",
            Self::OurAddress => "own_address",
            Self::NoAddress => "no_address",
            Self::SeveralAuthors => "several_authors",
        }
    }

    /// The reason in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Loop => "no acknowledgement: it is one of our own mails",
            Self::Bounce => "no acknowledgement: it reports a failed delivery",
            Self::Automatic => "no acknowledgement: a machine wrote it",
            Self::AutoSubmitted => "no acknowledgement: its Auto-Submitted header forbids it (RFC 3834)",
            Self::List => "no acknowledgement: it was sent to a list",
            Self::Looped => "no acknowledgement: it went through another automatic system",
            Self::Suppressed => "no acknowledgement: its X-Auto-Response-Suppress header forbids it",
            Self::NoReturnPath => "no acknowledgement: its return path is empty",
            Self::Daemon => "no acknowledgement: it comes from a mail server",
            Self::NoReply => "no acknowledgement: nobody reads at its author’s address",
            Self::OurAddress => "no acknowledgement: its author’s address is one of ours",
            Self::NoAddress => "no acknowledgement: its author has no usable address",
            Self::SeveralAuthors => "no acknowledgement: it names several authors",
        }
    }

    /// The reason in French.
    #[must_use]
    pub const fn fr(self) -> &'static str {
        match self {
            Self::Loop => "pas d’accusé : c’est un de nos propres messages",
            Self::Bounce => "pas d’accusé : c’est un avis de non-remise",
            Self::Automatic => "pas d’accusé : une machine l’a écrit",
            Self::AutoSubmitted => "pas d’accusé : son en-tête Auto-Submitted l’interdit (RFC 3834)",
            Self::List => "pas d’accusé : il a été envoyé à une liste",
            Self::Looped => "pas d’accusé : il est passé par un autre système automatique",
            Self::Suppressed => "pas d’accusé : son en-tête X-Auto-Response-Suppress l’interdit",
            Self::NoReturnPath => "pas d’accusé : son adresse de retour est vide",
            Self::Daemon => "pas d’accusé : il vient d’un serveur de messagerie",
            Self::NoReply => "pas d’accusé : personne ne lit à l’adresse de son auteur",
            Self::OurAddress => "pas d’accusé : l’adresse de son auteur est l’une des nôtres",
            Self::NoAddress => "pas d’accusé : son auteur n’a pas d’adresse utilisable",
            Self::SeveralAuthors => "pas d’accusé : il nomme plusieurs auteurs",
        }
    }
}

impl Kind {
    /// The address to which an automatic acknowledgement may be sent: its author's.
    ///
    /// `Reply-To` is not followed: a stranger could make us write to anyone. How often one address is
    /// acknowledged is for the caller to bound; that needs a memory, and this has none.
    ///
    /// # Errors
    ///
    /// [`Silence`], the reason for none.
    pub fn acknowledged<'m>(&self, mail: &'m Mail, own: &Ourselves) -> Result<&'m Address, Silence> {
        match self {
            Self::Loop { .. } => return Err(Silence::Loop),
            Self::Bounce(_) => return Err(Silence::Bounce),
            Self::Automatic { .. } => return Err(Silence::Automatic),
            Self::List { .. } => return Err(Silence::List),
            Self::Person => {}
        }
        if let Some(silence) = forbidden(&mail.headers) {
            return Err(silence);
        }
        let author = match mail.from.as_slice() {
            [] => return Err(Silence::NoAddress),
            [author] => author,
            _ => return Err(Silence::SeveralAuthors),
        };
        let everyone = || mail.from.iter().chain(&mail.sender);
        if everyone().any(|a| own.are(a)) {
            return Err(Silence::OurAddress);
        }
        if everyone().any(is_daemon) {
            return Err(Silence::Daemon);
        }
        if is_no_reply(author) {
            return Err(Silence::NoReply);
        }
        if author.domain().is_empty() { Err(Silence::NoAddress) } else { Ok(author) }
    }
}

/// What the headers alone forbid.
fn forbidden(headers: &Headers) -> Option<Silence> {
    let value = |name: &str| headers.get(name).map(str::to_lowercase);
    if machine_sign(headers).is_some() {
        return Some(Silence::Automatic);
    }
    // RFC 3834, section 2: any value but `no`, even one that nobody has defined yet.
    if value("Auto-Submitted").is_some_and(|v| v.split([';', ' ', '(']).next() != Some("no")) {
        return Some(Silence::AutoSubmitted);
    }
    // Microsoft's [MS-OXCMAIL] 2.2.3.2.14; DR and RN ask for silence of receipts only.
    let suppressed = value("X-Auto-Response-Suppress")
        .is_some_and(|v| v.split([',', ' ', ';']).any(|word| matches!(word, "all" | "autoreply" | "oof")));
    if suppressed {
        return Some(Silence::Suppressed);
    }
    if value("X-Loop").is_some() {
        return Some(Silence::Looped);
    }
    has_empty_return_path(headers).then_some(Silence::NoReturnPath)
}

/// `Return-Path: <>`, which all reports of mail servers have (RFC 5321, 4.5.5).
pub(super) fn has_empty_return_path(headers: &Headers) -> bool {
    headers.get("Return-Path").is_some_and(|v| matches!(v.trim(), "<>" | "< >" | "<MAILER-DAEMON>"))
}

/// An address of a mail server (RFC 2142 and what servers call themselves).
pub(super) fn is_daemon(address: &Address) -> bool {
    let local = address.local().to_lowercase();
    matches!(
        local.as_str(),
        "mailer-daemon"
            | "mailer_daemon"
            | "mailerdaemon"
            | "mail-daemon"
            | "mdaemon"
            | "postmaster"
            | "daemon"
            | "listserv"
            | "majordomo"
            | "mail-delivery-system"
            | "mailsystem"
    ) || local.starts_with("mailer-daemon")
        || local.starts_with("postmaster")
        || local.starts_with("microsoftexchange329e71ec88ae4615bbc36ab6ce41109e")
}

/// An address that says that nobody reads there, in French or English.
fn is_no_reply(address: &Address) -> bool {
    let letters: String = address.local().to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let names =
        ["noreply", "donotreply", "dontreply", "nereply", "nepasrepondre", "pasdereponse", "nonreponse", "nereponds"];
    names.iter().any(|name| letters.contains(name))
        || ["bounce", "bounces"]
            .iter()
            .any(|b| letters == *b || address.local().to_lowercase().starts_with(&format!("{b}+")))
}
