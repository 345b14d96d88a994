//! Samples of what features and settings of the program refuse.

use jiff::civil::Date;
use uuid::Uuid;
use vigie_contract::Label;
use vigie_evidence::{Misfit, What};
use vigie_links::{ReadError, http::AddressError, ldap, mail, oidc};
use vigie_rules::{
    book::BookError,
    desk::{Act, Refusal},
    fact::Fact,
    judge::JudgeError,
    judgement::Month,
    report::ReportRefusal,
    sitting,
    timeline::TimelineError,
};
use vigie_store::{JournalError, WriteError};

use super::{Group, WORD, calendar, group, json_error, missing, noon, not_found, s, subject};
use crate::{
    demo::DemoError,
    features::{
        desk::{CaseError, DeskError, import::ImportError, saved::ViewError},
        ezv::{self, export::ReconcileError},
        judgement::MonthError,
        people::{ConfigError, DirectoryError, PasswordError, ProviderError, SecretError},
        post::{self, PostError},
        proof::ProofError,
    },
    record::RecordError,
    seal::SealError,
    settings_file::{Fault, FileError},
};

pub(super) fn of_program() -> Vec<Group> {
    let id = Uuid::nil;
    let secret = || SecretError { file: "f".into(), source: not_found() };
    let case = || CaseError::Store(missing());
    let desk = || DeskError::Random;
    let record = || RecordError::Store(missing());
    let journal = || JournalError::NoContent { hash: s("ab") };
    let mismatch = || Misfit { seq: Some(3), line: None, what: What::Truncated };
    let file = || FileError::Variable(s("VIGIE_X"));
    let month: Month = "2026-03".parse().unwrap();
    let timeline = || TimelineError::Form { subject: subject(), found: 1 };
    vec![
        group!(
            "vigie/src/settings_file.rs",
            "FileError",
            [
                FileError::Unreadable { path: "f".into(), source: not_found() },
                FileError::TooLarge { path: "f".into(), limit_bytes: 3 },
                FileError::Wrong { path: "f".into(), line: 1, column: 2, fault: Fault::MissingKey(s("x")) },
                file(),
            ]
        ),
        group!(
            "vigie/src/settings_file.rs",
            "Fault",
            [
                Fault::Syntax(s("duplicate key")),
                Fault::UnknownKey { key: s("x"), expected: s("`a` or `b`") },
                Fault::MissingKey(s("x")),
                Fault::Value { key: s("x"), expected: s("a string") },
                Fault::Refused(s("x")),
            ]
        ),
        group!(
            "vigie/src/features/post/settings.rs",
            "SettingsError",
            [
                post::SettingsError::File(file()),
                post::SettingsError::Value { field: "relay", reason: Label::new("mot", "word") },
            ]
        ),
        group!(
            "vigie/src/features/ezv/settings.rs",
            "SettingsError",
            [
                ezv::SettingsError::File(file()),
                ezv::SettingsError::Credentials,
                ezv::SettingsError::Address(AddressError::Account),
                ezv::SettingsError::Zone(s("Europe/Pari")),
                ezv::SettingsError::Bounds { field: "page_size", found: 0, bounds: WORD },
            ]
        ),
        group!(
            "vigie/src/features/people/config.rs",
            "ConfigError",
            [
                ConfigError::File(file()),
                ConfigError::Role { path: "f".into(), place: "directory.role", role: s("x"), known: s("roc") },
                ConfigError::Twice { path: "f".into(), id: s("d") },
                ConfigError::Provider { path: "f".into(), id: s("d"), reason: ProviderError::Id },
                ConfigError::Directory { path: "f".into(), id: s("d"), reason: DirectoryError::HalfABind },
            ]
        ),
        group!(
            "vigie/src/features/people/config.rs",
            "DirectoryError",
            [
                DirectoryError::Link(ldap::SettingsError::NoName),
                DirectoryError::HalfABind,
                DirectoryError::Secret(secret()),
                DirectoryError::Side { role: s("roc") },
            ]
        ),
        group!(
            "vigie/src/features/people/config/provider.rs",
            "ProviderError",
            [
                ProviderError::Link(oidc::SettingsError::Back(AddressError::Account)),
                ProviderError::Secret(secret()),
                ProviderError::Side { role: s("roc") },
                ProviderError::Id,
                ProviderError::NoAddress,
            ],
        ),
        group!("vigie/src/features/people/config.rs", "SecretError", [secret()]),
        group!(
            "vigie/src/features/desk/saved.rs",
            "ViewError",
            [
                ViewError::Name { found: 0 },
                ViewError::Question { found: 9 },
                ViewError::TooMany,
                ViewError::Taken,
                ViewError::OtherTeam(s("n2")),
                ViewError::Unknown,
                ViewError::Owner { owner: s("x") },
                ViewError::Store(missing()),
            ],
        ),
        group!(
            "vigie/src/features/people/password.rs",
            "PasswordError",
            [PasswordError::TooShort, PasswordError::TooLong, PasswordError::HasName, PasswordError::Hashing,]
        ),
        group!(
            "vigie/src/seal.rs",
            "SealError",
            [
                SealError::File { path: "f".into(), source: not_found() },
                SealError::NoKey { path: "f".into(), found: 3 },
                SealError::Closed { owner: s("x"), path: "f".into() },
            ],
            beyond["Randomness"]
        ),
        group!(
            "vigie/src/record/mod.rs",
            "RecordError",
            [
                RecordError::Fact {
                    subject: s("case/1"),
                    source: Fact::from_entry("incident.paused", "{}").unwrap_err(),
                },
                RecordError::Journal(journal()),
                record(),
                RecordError::Timeline(timeline()),
                RecordError::Pack { subject: s("case/1"), source: postcard::Error::SerializeBufferFull },
            ]
        ),
        group!(
            "vigie/src/demo/mod.rs",
            "DemoError",
            [
                DemoError::NoHours,
                DemoError::Contract(BookError::Empty),
                DemoError::Date("x".parse::<Date>().unwrap_err()),
                DemoError::Duty(calendar()),
            ]
        ),
        group!(
            "vigie/src/features/desk/mod.rs",
            "CaseError",
            [case(), CaseError::Timeline(timeline()), CaseError::Calendar { subject: subject(), source: calendar() },]
        ),
        group!(
            "vigie/src/features/desk/mod.rs",
            "DeskError",
            [
                DeskError::Record(record()),
                DeskError::Journal(journal()),
                DeskError::Store(missing()),
                DeskError::Case(case()),
                DeskError::Refused(Refusal::Window),
                DeskError::Report(ReportRefusal::Side),
                DeskError::Unknown(s("INC1")),
                DeskError::Wordless,
                DeskError::TooLong { field: "title", found: 9, limit: 8 },
                DeskError::Detail(Act::Close),
                DeskError::When { at: noon() },
                DeskError::Texts(json_error()),
                desk(),
                DeskError::Uncounted,
                DeskError::Session(sitting::Refused::Over),
                DeskError::Post(Box::new(PostError::Changed)),
                DeskError::Lost(id()),
            ]
        ),
        group!(
            "vigie/src/features/desk/import.rs",
            "ImportError",
            [
                ImportError::Read(ReadError::NoHeader),
                ImportError::Write(WriteError::Store(missing())),
                ImportError::Store(missing()),
                ImportError::Rejects(not_found()),
                ImportError::Thread,
            ]
        ),
        group!(
            "vigie/src/features/ezv/export.rs",
            "ReconcileError",
            [ReconcileError::Read(ReadError::NoHeader), ReconcileError::Case(case()), ReconcileError::Store(missing()),]
        ),
        group!(
            "vigie/src/features/ezv/mod.rs",
            "LinkError",
            [
                ezv::LinkError::Desk(desk()),
                ezv::LinkError::Case(case()),
                ezv::LinkError::Record(record()),
                ezv::LinkError::Journal(journal()),
                ezv::LinkError::Store(missing()),
                ezv::LinkError::TakenOver,
            ]
        ),
        group!(
            "vigie/src/features/post/mod.rs",
            "PostError",
            [
                PostError::Desk(desk()),
                PostError::Record(record()),
                PostError::Journal(journal()),
                PostError::Store(missing()),
                PostError::Compose(mail::ComposeError::Write),
                PostError::Order(json_error()),
                PostError::Lost(id()),
                PostError::Changed,
                PostError::TakenOver,
                PostError::Unknown(s("x")),
                PostError::Decided,
            ]
        ),
        group!(
            "vigie/src/features/judgement/mod.rs",
            "MonthError",
            [
                MonthError::Judge(JudgeError::Month(s("2026-03"))),
                MonthError::Store(missing()),
                MonthError::Timeline(timeline()),
                MonthError::Export(mismatch()),
                MonthError::Fact { seq: 3, source: Fact::from_entry("incident.paused", "{}").unwrap_err() },
                MonthError::Head(s("x")),
                MonthError::Unknown { month, span: None },
                MonthError::Unknown { month, span: Some((month, month)) },
                MonthError::Thread,
            ]
        ),
        group!(
            "vigie/src/features/proof/mod.rs",
            "ProofError",
            [ProofError::Store(missing()), ProofError::Misfit(mismatch()), ProofError::Empty,]
        ),
    ]
}
