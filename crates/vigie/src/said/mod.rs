//! What went wrong, in the language of whoever reads it on a terminal.
//!
//! Libraries tell their errors in English, as logs and tests want them; here each has its French, by matches
//! that leave no variant out: a new one without French does not compile, and a test holds the list of errors
//! to those of the workspace. MUST NOT say less than the English: what, where, what was kept, what to do. The
//! words of others (the system, a database, a server) stay theirs, but for what happens often.

mod desk;
mod evidence;
mod links;
mod phrases;
mod program;
mod rules;
mod store;
#[cfg(test)]
mod tests;

use std::{error::Error, fmt, io, path::Path};

use vigie_contract::{ContractErrors, Problem, QuantityError};
use vigie_reports::format::Lang;

use crate::{features, record, seal, settings_file};

/// An error that the program tells itself, in both languages, perhaps with its cause. Logs get the English.
#[derive(Debug)]
pub struct Said {
    fr: String,
    en: String,
    cause: Option<anyhow::Error>,
}

impl Said {
    /// What is said in French and in English.
    #[must_use]
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into(), cause: None }
    }

    /// `FILE cannot be opened`.
    #[must_use]
    pub fn cannot_open(path: &Path) -> Self {
        Self::of(path, "ouverture impossible", "cannot be opened")
    }

    /// `FILE cannot be read`.
    #[must_use]
    pub fn cannot_read(path: &Path) -> Self {
        Self::of(path, "lecture impossible", "cannot be read")
    }

    /// `FILE cannot be written`.
    #[must_use]
    pub fn cannot_write(path: &Path) -> Self {
        Self::of(path, "écriture impossible", "cannot be written")
    }

    fn of(path: &Path, fr: &str, en: &str) -> Self {
        let path = path.display();
        Self::new(format!("{path} : {fr}"), format!("{path} {en}"))
    }

    fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl Error for Said {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let cause = self.cause.as_deref()?;
        Some(cause)
    }
}

/// Says what could not be done, before why.
pub trait Saying<T> {
    /// The error under what is said.
    ///
    /// # Errors
    /// The same, with what is said before it.
    fn saying(self, said: impl FnOnce() -> Said) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> Saying<T> for Result<T, E> {
    fn saying(self, said: impl FnOnce() -> Said) -> anyhow::Result<T> {
        self.map_err(|cause| said().because(cause).into())
    }
}

/// An error with its causes on one line, each said once.
#[must_use]
pub fn chain(error: &anyhow::Error, lang: Lang) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let told = told(cause, lang);
        if !text.contains(&told) {
            if !text.is_empty() {
                text.push_str(lang.pick("\u{202f}: ", ": "));
            }
            text.push_str(&told);
        }
    }
    text
}

/// One error without its causes; in its own words when they are others'.
#[must_use]
pub fn told(error: &(dyn Error + 'static), lang: Lang) -> String {
    match lang {
        Lang::Fr => french(error).unwrap_or_else(|| error.to_string()),
        Lang::En => error.to_string(),
    }
}

/// What an error is called in French. Only its own layer: its cause is told after it.
pub(crate) trait French {
    /// The sentence.
    fn fr(&self) -> String;
}

macro_rules! french {
    ($($known:ty),* $(,)?) => {
        /// The French of an error of ours, or of the system; none for those of others.
        fn french(error: &(dyn Error + 'static)) -> Option<String> {
            $(if let Some(known) = error.downcast_ref::<$known>() {
                return Some(known.fr());
            })*
            None
        }
    };
}

// A generic error stands here once for each type that it is used with.
french![
    Said,
    io::Error,
    ContractErrors,
    Problem,
    QuantityError,
    vigie_evidence::EntryError,
    vigie_evidence::KeptError,
    vigie_evidence::KeyError,
    vigie_evidence::Misfit,
    vigie_evidence::NoteError,
    vigie_evidence::ProofError,
    vigie_evidence::ReadError<vigie_store::StoreError>,
    vigie_evidence::canonical::JsonError,
    vigie_evidence::checkpoint::CheckpointError,
    vigie_evidence::What,
    vigie_store::JournalError,
    vigie_store::StoreError,
    std::sync::Arc<vigie_store::StoreError>,
    vigie_store::WriteError<features::desk::DeskError>,
    vigie_store::WriteError<features::post::PostError>,
    vigie_store::WriteError<record::RecordError>,
    vigie_store::WriteError<vigie_store::JournalError>,
    vigie_store::WriteError<vigie_store::StoreError>,
    vigie_links::MappingError,
    vigie_links::Problem,
    vigie_links::ReadError,
    vigie_links::TlsError,
    vigie_links::ezv::EzvError,
    vigie_links::ezv::Unreadable,
    vigie_links::http::AddressError,
    vigie_links::http::HttpError,
    vigie_links::ldap::AskError,
    vigie_links::ldap::SettingsError,
    vigie_links::mail::ComposeError,
    vigie_links::mail::Unreadable,
    vigie_links::mail::imap::ImapError,
    vigie_links::mail::listen::Refusal,
    vigie_links::mail::smtp::RelayError,
    vigie_links::mail::smtp::Unsent,
    vigie_links::oidc::AskError,
    vigie_links::oidc::SettingsError,
    vigie_links::webhook::BadSecret,
    vigie_links::webhook::Refused,
    vigie_reports::pdf::PdfError,
    vigie_reports::xlsx::WorkbookError,
    vigie_rules::book::BookError,
    vigie_rules::calendar::CalendarError,
    vigie_rules::desk::Refusal,
    vigie_rules::fact::FactError,
    vigie_rules::form::Misfit,
    vigie_rules::judge::JudgeError,
    vigie_rules::judgement::MonthError,
    vigie_rules::priority::OverrideError,
    vigie_rules::recurrence::RecurrenceError,
    vigie_rules::priority::Unassessed,
    vigie_rules::report::ReportRefusal,
    vigie_rules::sitting::Refused,
    vigie_rules::timeline::TimelineError,
    features::desk::CaseError,
    features::desk::DeskError,
    features::desk::import::ImportError,
    features::desk::saved::ViewError,
    vigie_store::WriteError<features::desk::saved::ViewError>,
    features::ezv::LinkError,
    features::ezv::SettingsError,
    features::ezv::export::ReconcileError,
    features::judgement::MonthError,
    features::people::ConfigError,
    features::people::DirectoryError,
    features::people::PasswordError,
    features::people::ProviderError,
    features::people::SecretError,
    features::post::PostError,
    features::post::SettingsError,
    features::proof::ProofError,
    crate::demo::DemoError,
    record::RecordError,
    seal::SealError,
    settings_file::Fault,
    settings_file::FileError,
];

impl French for Said {
    fn fr(&self) -> String {
        self.fr.clone()
    }
}

impl French for io::Error {
    fn fr(&self) -> String {
        // An error that was put into another says more than its kind.
        if self.get_ref().is_some() {
            return self.to_string();
        }
        vigie_contract::io_in_french(self.kind(), &self.to_string())
    }
}

impl French for ContractErrors {
    fn fr(&self) -> String {
        Self::fr(self)
    }
}

impl French for Problem {
    fn fr(&self) -> String {
        Self::fr(self)
    }
}

impl French for QuantityError {
    fn fr(&self) -> String {
        Self::fr(self)
    }
}
