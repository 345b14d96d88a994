//! The desk's post: mails become cases and words on cases, and what the desk writes on a case that came by
//! mail leaves as a mail.
//!
//! [`decide`] says what becomes of a mail and touches nothing; the rest keeps, sends and shows. A mail is
//! kept raw in the same unit of work as its entry and as all that follows from it, and its server is told
//! so only afterwards. MUST NOT lose a mail, and MUST NOT let the words of one reach a case whose parties
//! do not have its author among them.

mod answer;
pub mod decide;
pub mod file;
mod intake;
mod kept;
mod letter;
mod notice;
mod outbox;
mod parties;
mod plan;
mod quarantine;
mod remind;
mod run;
mod send;
pub mod settings;
mod store;
pub mod view;
pub(crate) mod web;
mod words;

use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::Notify;
use uuid::Uuid;
use vigie_links::mail::ComposeError;
use vigie_store::{JournalError, StoreError};

use super::desk::DeskError;
use crate::{app::Vigie, record::RecordError};
pub(crate) use answer::Spoken;
pub use intake::Taken;
pub use letter::{Channel, Letter};
pub(crate) use notice::{fails, forgive};
pub use outbox::{Parcel, Purpose};
pub use parties::Organisation;
pub use quarantine::{Settled, Verdict};
pub(crate) use remind::Reminding;
pub use run::{Hearer, Inbox, serve};
pub use send::Round;
pub use settings::{Settings, SettingsError};
pub use store::Row;
pub(crate) use words::reason;

/// Who wrote an entry that follows from a mail: the journal holds no address.
pub(crate) const ACTOR: &str = "mail";

/// The desk's post on its data. Clones share it.
#[derive(Clone, Debug)]
pub struct Post(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    vigie: Vigie,
    settings: Settings,
    zone: TimeZone,
    /// Somebody ordered a mail: the sender need not wait for its next look.
    ordered: Notify,
}

/// Why the post did not do what was asked. Nothing was kept then.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The desk refused.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The entries were refused.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mail cannot be written.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// An order cannot be packed or read.
    #[error("the order of a mail cannot be packed or read")]
    Order(#[source] serde_json::Error),
    /// An entry is known by its id and cannot be found.
    #[error("entry {0} is known and cannot be read")]
    Lost(Uuid),
    /// Something happened in between that changes what becomes of the mail.
    #[error("something changed while the mail was read: it is read again")]
    Changed,
    /// Another node does this work by now.
    #[error("another node has taken this work over")]
    TakenOver,
    /// There is no such mail.
    #[error("there is no mail {0}")]
    Unknown(String),
    /// Somebody was quicker.
    #[error("somebody has decided on this mail already")]
    Decided,
}

impl Post {
    /// The post of that data.
    #[must_use]
    pub fn new(vigie: Vigie, settings: Settings, zone: TimeZone) -> Self {
        Self(Arc::new(Shared { vigie, settings, zone, ordered: Notify::new() }))
    }

    /// How it is set up.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }
}

/// Bodies of entries as they are written.
type Body = serde_json::Map<String, serde_json::Value>;

/// A body of texts.
fn body<const N: usize>(members: [(&str, String); N]) -> Body {
    members.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
}
