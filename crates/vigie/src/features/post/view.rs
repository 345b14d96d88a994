//! What the pages of the post show: mails that came, mails that leave, and one mail read again.

use anyhow::Result;
use jiff::Timestamp;
use vigie_links::mail::{Attachment, Mail};

use super::{Parcel, Post, Row, outbox, parties::hex, quarantine::WAITING, store};
use crate::record::instant;

/// Rows of one page.
pub const PAGE_SIZE: u32 = 25;

/// A mail of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLine {
    /// What is kept of it besides its words.
    pub row: Row,
    /// When it came.
    pub at: Timestamp,
    /// Its subject; none when it has none, or when it was erased.
    pub subject: Option<String>,
    /// Who says to have written it.
    pub author: Option<String>,
    /// The beginning of its text.
    pub excerpt: Option<String>,
}

/// A mail that leaves, of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelLine {
    /// The row.
    pub parcel: Parcel,
    /// To whom; none when it was erased.
    pub to: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
}

/// One mail, read again.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its line.
    pub line: MailLine,
    /// What it says; none when nothing can be made of it, or when it was erased.
    pub mail: Option<Mail>,
}

/// Which mails that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that wait for somebody.
    Waiting,
    /// Those that were set aside because a machine wrote them.
    Recorded,
    /// Those that somebody discarded.
    Discarded,
}

impl Which {
    const fn states(self) -> &'static [&'static str] {
        match self {
            Self::Waiting => &["quarantine"],
            Self::Recorded => &["recorded"],
            Self::Discarded => &["discarded"],
        }
    }
}

impl Post {
    /// A page of the mails that came, the latest first, and how many there are; pages count from 0.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn mails(&self, which: Which, page: u32) -> Result<(u64, Vec<MailLine>)> {
        let offset = u64::from(page).saturating_mul(u64::from(PAGE_SIZE));
        self.0.vigie.store.read(|tx| {
            let (total, rows) = store::in_state(tx, which.states(), PAGE_SIZE, offset)?;
            let lines =
                rows.into_iter().map(|row| line(row, |id| store::kept(tx, id, false))).collect::<Result<_>>()?;
            Ok((total, lines))
        })
    }

    /// How many mails came of that list.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn mails_count(&self, which: Which) -> Result<u64> {
        Ok(self.0.vigie.store.read(|tx| store::count(tx, which.states()))?)
    }

    /// A page of the mails that leave, the latest first, and how many there are; pages count from 0.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outbox(&self, state: Option<&str>, case: Option<&str>, page: u32) -> Result<(u64, Vec<ParcelLine>)> {
        let offset = u64::from(page).saturating_mul(u64::from(PAGE_SIZE));
        let subject = case.map(|number| format!("case/{number}"));
        self.0.vigie.store.read(|tx| {
            let (total, parcels) = outbox::page(tx, state, subject.as_deref(), PAGE_SIZE, offset)?;
            let mut lines = Vec::with_capacity(parcels.len());
            for parcel in parcels {
                let order = self.order_of(tx, &parcel)?;
                let (to, subject) = order.map(|o| (o.mail, o.subject)).unzip();
                lines.push(ParcelLine { parcel, to, subject });
            }
            Ok((total, lines))
        })
    }

    /// The mails that came to a case, in their order.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn of_case(&self, number: &str) -> Result<Vec<MailLine>> {
        self.0.vigie.store.read(|tx| {
            let rows = store::of_case(tx, &format!("case/{number}"))?;
            rows.into_iter().map(|row| line(row, |id| store::kept(tx, id, false))).collect()
        })
    }

    /// How many mails that leave are in each state.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn outbox_counts(&self) -> Result<Vec<(String, u64)>> {
        Ok(self.0.vigie.store.read(outbox::counts)?)
    }

    /// One mail that came, read again; none when there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn message(&self, id: &str) -> Result<Option<Message>> {
        let found = self.0.vigie.store.read(|tx| -> Result<_> {
            let Some(row) = store::one(tx, id)? else { return Ok(None) };
            let kept = store::kept(tx, row.entry_id, true)?;
            Ok(Some((row, kept)))
        })?;
        let Some((row, kept)) = found else { return Ok(None) };
        let raw = kept.raw.clone();
        let line = line(row, |_| Ok(kept))?;
        let picture = |file: &Attachment| format!("/courrier/recus/{id}/fichiers/{}", hex(&file.sha256));
        let mail = raw.and_then(|raw| Mail::parse(&raw, &picture).ok());
        Ok(Some(Message { line, mail }))
    }

    /// The bytes of a mail that came; none when there are none, or when they were erased.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn raw(&self, id: &str) -> Result<Option<Vec<u8>>> {
        self.0.vigie.store.read(|tx| {
            let Some(row) = store::one(tx, id)? else { return Ok(None) };
            Ok(store::kept(tx, row.entry_id, true)?.raw)
        })
    }
}

impl MailLine {
    /// Whether somebody may still decide on it.
    #[must_use]
    pub fn waits(&self) -> bool {
        WAITING.contains(&self.row.state.as_str())
    }
}

fn line(row: Row, kept: impl FnOnce(uuid::Uuid) -> Result<store::Kept, super::PostError>) -> Result<MailLine> {
    let texts = kept(row.entry_id)?.texts;
    let author = match (texts.requester, texts.mail) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (name, address) => address.or(name),
    };
    Ok(MailLine { at: instant(row.received_at)?, row, subject: texts.title, author, excerpt: texts.text })
}
