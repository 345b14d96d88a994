//! Mails that wait for somebody, and what somebody decides on them. Each decision is an entry.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use vigie_evidence::NewEntry;
use vigie_links::mail::{CaseNumber, Unreadable};
use vigie_store::{Tx, WriteError};

use super::{
    Post, PostError, decide,
    intake::class_of,
    kept::Words,
    letter::{Channel, Letter},
    plan::{Plan, plan_note},
    store,
};
use crate::{
    features::desk::{DeskError, open::By, sheet::Texts, view::CaseChange},
    live::new_id,
};

/// What somebody decides on a mail that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is a new call.
    Release,
    /// It belongs to this case, and its author may answer there from now on.
    Attach(CaseNumber),
    /// It belongs nowhere, for this reason.
    Discard(String),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The case that it reached.
    pub change: Option<CaseChange>,
}

/// States in which a mail waits, or was set aside without anybody having looked.
pub(super) const WAITING: [&str; 2] = ["quarantine", "recorded"];

impl Post {
    /// Does what somebody decides on a mail. Blocks its thread.
    ///
    /// # Errors
    /// [`PostError::Unknown`]; [`PostError::Decided`] when somebody was quicker; [`DeskError::Unknown`] when
    /// there is no such case; [`DeskError::Wordless`] when a reason is missing.
    pub fn settle(&self, id: &str, verdict: Verdict, by: By, now: Timestamp) -> Result<Settled, WriteError<PostError>> {
        let unit = WriteError::Unit;
        let (letter, known) = self.0.vigie.store.read(|tx| self.kept_letter(tx, id, now)).map_err(unit)?;
        let plan = self.plan_verdict(&letter, &known, &verdict, now).map_err(|e| unit(e.into()))?;
        let words = match &verdict {
            Verdict::Discard(reason) => {
                let texts = Texts { text: Some(reason.clone()), ..Texts::default() };
                Words::of(texts).map_err(|e| unit(e.into()))?
            }
            _ => None,
        };
        let (post, letter, id) = (self.clone(), Arc::new(letter), id.to_owned());
        let settled = self.0.vigie.store.write(move |tx| {
            let row = store::one(tx, &id)?.ok_or_else(|| PostError::Unknown(id.clone()))?;
            if !WAITING.contains(&row.state.as_str()) {
                return Err(PostError::Decided);
            }
            if let Verdict::Attach(number) = &verdict
                && class_of(tx, &store::subject_of(number))?.is_none()
            {
                return Err(PostError::Desk(DeskError::Unknown(number.to_string())));
            }
            let done = post.carry_out(tx, now, &letter, plan)?;
            let state = if matches!(verdict, Verdict::Discard(_)) { "discarded" } else { "case" };
            let sql = "UPDATE mail SET state = $2, case_subject = $3, changed_at = $4 WHERE id = $1";
            let at = now.as_microsecond();
            tx.execute(sql, &[(&id).into(), state.into(), done.subject.as_ref().into(), at.into()])?;
            post.note_verdict(tx, now, &id, &verdict, by, done.subject.as_deref(), words)?;
            Ok(Settled { change: done.change })
        })?;
        self.wake();
        Ok(settled)
    }

    /// A mail that is kept, read again, with what is known beside it.
    fn kept_letter(&self, tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<(Letter, decide::Known), PostError> {
        let row = store::one(tx, id)?.ok_or_else(|| PostError::Unknown(id.to_owned()))?;
        let kept = store::kept(tx, row.entry_id, true)?;
        let channel = if row.channel == Channel::Import.name() { Channel::Import } else { Channel::Listener };
        let letter = match kept.raw {
            Some(raw) => Letter::read(raw, Some(&kept.recipients), channel, &self.0.settings),
            // It stayed on its server, or was erased.
            None => Letter {
                id: id.to_owned(),
                channel,
                raw: Vec::new(),
                recipients: kept.recipients,
                read: Err(Unreadable::TooLarge { size_bytes: 0 }),
            },
        };
        let letter = Letter { id: id.to_owned(), ..letter };
        let known = match &letter.read {
            Ok(contents) => store::known(tx, id, contents, now)?,
            Err(_) => decide::Known::default(),
        };
        Ok((letter, known))
    }

    fn plan_verdict(
        &self,
        letter: &Letter,
        known: &decide::Known,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<Plan, DeskError> {
        match (verdict, &letter.read) {
            (Verdict::Discard(reason), _) if reason.trim().is_empty() => Err(DeskError::Wordless),
            (Verdict::Discard(_), _) => Ok(Plan::Keep),
            (Verdict::Release, Ok(contents)) => {
                let acknowledge = decide::acknowledge(contents, known, self.ways(&letter.channel));
                self.plan_opening(contents, None, acknowledge, now)
            }
            (Verdict::Release, Err(_)) => {
                let raw = Some(letter.raw.clone()).filter(|raw| !raw.is_empty());
                self.plan_unread("(courriel illisible)", raw, now)
            }
            (Verdict::Attach(number), Ok(contents)) => plan_note(contents, number.clone(), now),
            (Verdict::Attach(_), Err(_)) => Err(DeskError::Wordless),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "an entry says who, what, why and where")]
    fn note_verdict(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        id: &str,
        verdict: &Verdict,
        by: By,
        case: Option<&str>,
        words: Option<Words>,
    ) -> Result<(), PostError> {
        let kind = match verdict {
            Verdict::Release => "mail.released",
            Verdict::Attach(_) => "mail.attached",
            Verdict::Discard(_) => "mail.discarded",
        };
        let mut body = super::Body::new();
        if let Some(case) = case {
            body.insert("case".to_owned(), Value::String(case.to_owned()));
        }
        let content = words.map(|words| words.keep(tx)).transpose()?.into_iter().collect();
        let entry = NewEntry {
            id: new_id(now),
            occurred_at: now,
            actor: by.actor,
            origin: by.origin,
            subject: format!("mail/{id}"),
            kind: kind.to_owned(),
            body,
            content,
        };
        self.0.vigie.recorder.record(tx, now, vec![entry])?;
        Ok(())
    }
}
