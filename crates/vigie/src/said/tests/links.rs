//! Samples of what others' files and servers refuse.

use vigie_links::{
    MappingError, Problem, ReadError, Reason, TlsError, Wanted,
    ezv::{EzvError, Unreadable},
    http::{AddressError, HttpError},
    ldap,
    mail::{self, imap::ImapError},
    oidc,
    webhook::{BadSecret, Refused},
};

use super::{Group, WORD, group, missing, not_found, s};

pub(super) fn of_links() -> Vec<Group> {
    let wanted = |name: &str| Wanted { name: s(name), headers: vec![s("A")] };
    vec![
        group!(
            "links/src/mapping/mod.rs",
            "MappingError",
            [MappingError { file: s("m.toml"), line: 1, column: 2, problem: Problem::NoEvent },]
        ),
        group!(
            "links/src/mapping/mod.rs",
            "Problem",
            [
                Problem::Unreadable { why: s("x") },
                Problem::Toml(s("missing field `case`")),
                Problem::UnknownColumn { name: s("a"), declared: vec![s("b")] },
                Problem::UnknownTable { name: s("a"), declared: vec![s("b")] },
                Problem::Value { what: &WORD, value: s("x"), remedy: &WORD },
                Problem::Personal { name: s("a") },
                Problem::FieldSource,
                Problem::Body { why: s("x") },
                Problem::Twice { what: &WORD, name: s("a") },
                Problem::NoEvent,
            ]
        ),
        group!(
            "links/src/reader.rs",
            "ReadError",
            [
                ReadError::Io { line: 3, source: not_found() },
                ReadError::Sink { line: 3, source: Box::new(missing()) },
                ReadError::NoHeader,
                ReadError::BrokenHeader { line: 1, reason: Reason::QuoteOpen },
                ReadError::MissingColumns { wanted: vec![wanted("a")], one_of: vec![], found: vec![] },
                ReadError::MissingColumns { wanted: vec![], one_of: vec![wanted("b")], found: vec![s("c")] },
                ReadError::MissingColumns { wanted: vec![wanted("a")], one_of: vec![wanted("b")], found: vec![] },
                ReadError::RepeatedHeader { header: s("A"), column: s("a") },
            ]
        ),
        group!(
            "links/src/ezv/client.rs",
            "EzvError",
            [
                EzvError::Address(AddressError::Malformed),
                EzvError::Http(HttpError::Slow { place: s("h:1"), seconds: 3 }),
                EzvError::Refused { status: 500, said: s(""), retry_after: None },
                EzvError::Refused { status: 500, said: s("x"), retry_after: None },
                EzvError::Unreadable(Unreadable::Json),
            ]
        ),
        group!(
            "links/src/ezv/answer.rs",
            "Unreadable",
            [Unreadable::Json, Unreadable::Shape { what: WORD }, Unreadable::Ignored { what: WORD },]
        ),
        group!(
            "links/src/mail/listen/envelope.rs",
            "Refusal",
            [mail::listen::Refusal::Later(s("busy")), mail::listen::Refusal::Never(s("large")),]
        ),
        group!(
            "links/src/mail/compose.rs",
            "ComposeError",
            [
                mail::ComposeError::Id { id: s("x") },
                mail::ComposeError::Address { address: s("x") },
                mail::ComposeError::Addressees { count: 0 },
                mail::ComposeError::Write,
            ]
        ),
        group!(
            "links/src/mail/imap.rs",
            "ImapError",
            [
                ImapError::Connect { host: s("h"), port: 1, source: not_found() },
                ImapError::Tls(TlsError::NoRoots),
                ImapError::Name(s("h")),
                ImapError::Folder { folder: s("INBOX"), source: None },
                ImapError::Silent,
                ImapError::TooMany,
                ImapError::Kept(mail::listen::Refusal::Later(s("busy"))),
            ],
            beyond ["SignIn", "Protocol"]
        ),
        group!(
            "links/src/mail/smtp.rs",
            "Unsent",
            [
                mail::smtp::Unsent::Later { why: s("x"), may_have_arrived: true },
                mail::smtp::Unsent::Never { why: s("x") },
            ]
        ),
        group!("links/src/mail/smtp.rs", "RelayError", [], beyond["RelayError"]),
        group!(
            "links/src/mail/loss.rs",
            "Unreadable",
            [mail::Unreadable::Empty, mail::Unreadable::TooLarge { size_bytes: 9 },]
        ),
        group!(
            "links/src/ldap.rs",
            "SettingsError",
            [
                ldap::SettingsError::Unencrypted,
                ldap::SettingsError::NoName,
                ldap::SettingsError::Certificates {
                    file: "ca.pem".into(),
                    reason: s("it holds no certificate in PEM")
                },
            ],
            beyond["Tls"]
        ),
        group!(
            "links/src/ldap.rs",
            "AskError",
            [
                ldap::AskError::Refused { url: s("ldaps://h"), what: WORD, code: 49, text: s("x") },
                ldap::AskError::Several { url: s("ldaps://h") },
            ],
            beyond["Silent"]
        ),
        group!(
            "links/src/http.rs",
            "AddressError",
            [AddressError::Malformed, AddressError::Open { host: s("h") }, AddressError::Account,]
        ),
        group!(
            "links/src/http.rs",
            "HttpError",
            [
                HttpError::Connect { place: s("h:1"), source: not_found() },
                HttpError::Tls(TlsError::NoRoots),
                HttpError::Inner { place: s("h:1") },
                HttpError::Certificate { place: s("h:1"), source: not_found() },
                HttpError::Slow { place: s("h:1"), seconds: 3 },
                HttpError::TooLarge { place: s("h:1"), limit_bytes: 3 },
            ],
            beyond ["Broken", "Unwritable"]
        ),
        group!(
            "links/src/webhook.rs",
            "Refused",
            [Refused::Headers, Refused::Age, Refused::Forged, Refused::Replayed,]
        ),
        group!(
            "links/src/oidc.rs",
            "SettingsError",
            [
                oidc::SettingsError::Issuer { issuer: s("x"), source: AddressError::Account },
                oidc::SettingsError::Back(AddressError::Account),
            ],
        ),
        group!(
            "links/src/oidc.rs",
            "AskError",
            [
                oidc::AskError::Silent(HttpError::Tls(TlsError::NoRoots)),
                oidc::AskError::Elsewhere { place: s("h:1") },
                oidc::AskError::Unusable { reason: s("x") },
                oidc::AskError::Spent { reason: s("x") },
                oidc::AskError::Refused { reason: s("x") },
                oidc::AskError::Token { reason: s("x") },
            ],
        ),
        group!("links/src/webhook.rs", "BadSecret", [BadSecret]),
        group!("links/src/tls.rs", "TlsError", [TlsError::NoRoots], beyond["Setup"]),
    ]
}
