//! Sending what was ordered: taken from the queue only when the server says that it has the mail.
//!
//! Before a try, the row says that it is under way, so that a node that dies costs one wait and nobody
//! else tries meanwhile. When the line breaks after the mail, the server may have it: it goes again with
//! the same bytes and the same identifier, so that its readers see one mail.

use jiff::{SignedDuration, Timestamp};
use vigie_evidence::NewEntry;
use vigie_links::mail::{
    Composed,
    smtp::{Sender, Unsent, wait_after},
};
use vigie_store::{Tx, WriteError, journal, lease, lease::Lease};

use super::{
    Post, PostError, body,
    intake::class_of,
    kept::Words,
    outbox::{self, Parcel},
};
use crate::{
    app::refused,
    features::desk::{sheet::Texts, view::CaseChange},
};

/// Mails under way at once.
const AT_ONCE: u32 = 8;
/// A try takes at most so long: a mail of a node that died is tried again then.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(10);

/// What became of a try.
enum Tried {
    Sent,
    Later {
        why: String,
    },
    /// For good: a reason's code, and what the server said.
    Never {
        reason: &'static str,
        why: String,
    },
}

/// What a round of tries came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails that the server took.
    pub sent: u32,
    /// Mails that go again.
    pub later: u32,
    /// Mails that somebody has to look at.
    pub failed: u32,
    /// Cases that changed.
    pub changes: Vec<CaseChange>,
}

impl Round {
    /// Whether there was anything to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sent == 0 && self.later == 0 && self.failed == 0
    }
}

impl Post {
    /// Tries what is due, a few at once, and says what became of them. `lease` is the sender's.
    ///
    /// # Errors
    /// [`PostError::TakenOver`] inside when another node sends by now; whatever the store says.
    pub async fn send_due(&self, sender: &Sender, lease: &Lease, now: Timestamp) -> anyhow::Result<Round> {
        let (post, under) = (self.clone(), lease.clone());
        let ready = tokio::task::spawn_blocking(move || post.ready(&under, now)).await??;
        let mut tries = tokio::task::JoinSet::new();
        for (parcel, composed) in ready {
            let sender = sender.clone();
            tries.spawn(async move {
                let tried = match composed {
                    Err(tried) => tried,
                    Ok(mail) => match sender.send(&mail).await {
                        Ok(_) => Tried::Sent,
                        Err(Unsent::Later { why, .. }) => Tried::Later { why },
                        Err(Unsent::Never { why }) => Tried::Never { reason: "refused", why },
                    },
                };
                (parcel, tried)
            });
        }
        let mut round = Round::default();
        while let Some(done) = tries.join_next().await {
            let (parcel, tried) = done?;
            let post = self.clone();
            let (told, change) = tokio::task::spawn_blocking(move || post.settle_try(parcel, tried, now)).await??;
            match told {
                Told::Sent => round.sent = round.sent.saturating_add(1),
                Told::Later => round.later = round.later.saturating_add(1),
                Told::Failed => round.failed = round.failed.saturating_add(1),
            }
            round.changes.extend(change);
        }
        Ok(round)
    }

    /// Takes what is due under way, and writes the mails.
    fn ready(&self, lease: &Lease, now: Timestamp) -> anyhow::Result<Vec<(Parcel, Result<Composed, Tried>)>> {
        let store = &self.0.vigie.store;
        let due = store.read(|tx| outbox::due(tx, now, AT_ONCE))?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let under = lease.clone();
        let claimed = store
            .write(move |tx| -> Result<Vec<Parcel>, PostError> {
                if !lease::holds(tx, &under)? {
                    return Err(PostError::TakenOver);
                }
                let until = now.saturating_add(UNDER_WAY).unwrap_or(now).as_microsecond();
                let mut claimed = Vec::with_capacity(due.len());
                for parcel in due {
                    let sql = "UPDATE mail_outbox SET tries = tries + 1, next_at = $3 \
                               WHERE id = $1 AND state = 'waiting' AND tries = $2";
                    if tx.execute(sql, &[(&parcel.id).into(), parcel.tries.into(), until.into()])? > 0 {
                        claimed.push(Parcel { tries: parcel.tries.saturating_add(1), ..parcel });
                    }
                }
                Ok(claimed)
            })
            .map_err(refused)?;
        let mut ready = Vec::with_capacity(claimed.len());
        for parcel in claimed {
            let loaded = store.read(|tx| -> Result<_, PostError> {
                let Some(order) = self.order_of(tx, &parcel)? else { return Ok(None) };
                Ok(outbox::files(tx, &order)?.map(|files| (order, files)))
            })?;
            let composed = match loaded {
                None if parcel.account.is_some() => Err(Tried::Never { reason: "unreached", why: String::new() }),
                None => Err(Tried::Never { reason: "erased", why: String::new() }),
                Some((order, files)) => outbox::compose(&parcel, &order, &files, &self.0.settings, &self.0.zone)
                    .map_err(|e| {
                        tracing::error!(id = parcel.id, error = %e, "an ordered mail cannot be written");
                        Tried::Never { reason: "unwritable", why: String::new() }
                    }),
            };
            ready.push((parcel, composed));
        }
        Ok(ready)
    }

    /// Keeps what became of a try.
    fn settle_try(&self, parcel: Parcel, tried: Tried, now: Timestamp) -> anyhow::Result<(Told, Option<CaseChange>)> {
        let wait = wait_after(usize::try_from(parcel.tries).unwrap_or(usize::MAX));
        let (told, verb, reason, why) = match (tried, wait) {
            (Tried::Sent, _) => (Told::Sent, "mail_sent", None, None),
            (Tried::Later { why }, Some(_)) => (Told::Later, "", None, Some(why)),
            (Tried::Later { why }, None) => (Told::Failed, "mail_failed", Some("given_up"), Some(why)),
            (Tried::Never { reason, why }, _) => (Told::Failed, "mail_failed", Some(reason), Some(why)),
        };
        tracing::info!(id = parcel.id, tries = parcel.tries, outcome = told.name(), "a mail was tried");
        let post = self.clone();
        let state = told.name();
        let change = self
            .0
            .vigie
            .store
            .write(move |tx| {
                let next = wait.and_then(|w| now.checked_add(w).ok()).unwrap_or(now).as_microsecond();
                let sql = "UPDATE mail_outbox SET state = $2, reason = $3, answer = $4, next_at = $5, changed_at = $6 \
                           WHERE id = $1 AND state = 'waiting'";
                let changed = tx.execute(
                    sql,
                    &[
                        (&parcel.id).into(),
                        state.into(),
                        reason.into(),
                        why.as_ref().into(),
                        next.into(),
                        now.as_microsecond().into(),
                    ],
                )?;
                // That a notice was taken stands in its row: its case tells of those that did not arrive.
                let taken_notice = parcel.account.is_some() && state == Told::Sent.name();
                if changed == 0 || verb.is_empty() || taken_notice {
                    return Ok(None);
                }
                post.note_try(tx, now, &parcel, verb, reason, why)
            })
            .map_err(|e: WriteError<PostError>| refused(e))?;
        Ok((told, change))
    }

    /// Says on the case what became of its mail. What a server said may name an address: it stands in a content,
    /// for the provider alone.
    fn note_try(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        parcel: &Parcel,
        verb: &str,
        reason: Option<&str>,
        why: Option<String>,
    ) -> Result<Option<CaseChange>, PostError> {
        let Some(class) = class_of(tx, &parcel.case_subject)? else { return Ok(None) };
        let mut members = body([("mail", parcel.kind.clone()), ("id", parcel.id.clone())]);
        members.insert("tries".to_owned(), parcel.tries.into());
        if let Some(account) = &parcel.account {
            members.insert("account".to_owned(), account.as_str().into());
        }
        let mut content = Vec::new();
        if let Some(reason) = reason {
            members.insert("reason".to_owned(), reason.into());
            members.insert("visible_to".to_owned(), "provider".into());
            let words = Words::of(Texts { text: why, ..Texts::default() })?;
            content.extend(words.map(|words| words.keep(tx)).transpose()?);
        }
        let entry = NewEntry { content, ..outbox::entry(now, &parcel.case_subject, class, verb, members) };
        self.0.vigie.recorder.record(tx, now, vec![entry])?;
        let number = parcel.case_subject.strip_prefix("case/").unwrap_or(&parcel.case_subject).to_owned();
        Ok(Some(CaseChange { number, version: journal::version_of(tx, &parcel.case_subject)?, told: Vec::new() }))
    }

    /// Sends a mail that failed once more, because somebody says so.
    ///
    /// # Errors
    /// [`PostError::Unknown`]; [`PostError::Decided`] when it does not stand so any more.
    pub fn send_again(
        &self,
        id: &str,
        by: crate::features::desk::open::By,
        now: Timestamp,
    ) -> Result<(), WriteError<PostError>> {
        let (post, id) = (self.clone(), id.to_owned());
        self.0.vigie.store.write(move |tx| {
            let parcel = outbox::one(tx, &id)?.ok_or_else(|| PostError::Unknown(id.clone()))?;
            if !["failed", "held", "returned"].contains(&parcel.state.as_str()) {
                return Err(PostError::Decided);
            }
            let sql = "UPDATE mail_outbox SET state = 'waiting', reason = NULL, tries = 0, next_at = $2, changed_at = $2 \
                       WHERE id = $1";
            tx.execute(sql, &[(&id).into(), now.as_microsecond().into()])?;
            let Some(class) = class_of(tx, &parcel.case_subject)? else { return Ok(()) };
            let members = body([("mail", parcel.kind.clone()), ("id", parcel.id.clone())]);
            let entry = outbox::entry(now, &parcel.case_subject, class, "mail_ordered_again", members);
            let entry = NewEntry { actor: by.actor, origin: by.origin, ..entry };
            post.0.vigie.recorder.record(tx, now, vec![entry])?;
            Ok(())
        })?;
        self.wake();
        Ok(())
    }
}

/// What became of a try, in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Sent,
    Later,
    Failed,
}

impl Told {
    /// The state of the row.
    const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Later => "waiting",
            Self::Failed => "failed",
        }
    }
}
