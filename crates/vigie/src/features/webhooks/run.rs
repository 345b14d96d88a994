//! Messages on their way: one node at a time sends, and tries again for days what nobody took.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::{sync::watch, task::JoinSet, time::sleep};
use vigie_evidence::EntryRef;
use vigie_links::{
    http::{Address, Limits, ask},
    webhook::message,
};
use vigie_store::{StoreError, Tx, WriteError, journal, lease, lease::Lease};

use super::{
    body,
    store::{self, Endpoint, Message},
};
use crate::{
    app::{Vigie, refused},
    live::new_id,
    now::now,
};

/// The work, among the leases.
const WORK: &str = "webhooks";
/// A lease is taken for so long at each round: the slowest round takes less.
const LEASE: SignedDuration = SignedDuration::from_mins(10);
/// How often it is looked what is to be sent.
const LOOK: Duration = Duration::from_secs(2);
/// How long a node waits that does not have the lease, or after trouble.
const PAUSE: Duration = Duration::from_secs(15);
/// Messages of one round.
const ROUND: u32 = 100;
/// How long a receiver may take; the convention advises 15 to 30 seconds.
const LIMITS: Limits = Limits { time: Duration::from_secs(20), answer_bytes: 64 * 1024 };

/// Waits before each new try, as the convention advises: all together three days.
const WAITS: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];

/// When a message is tried again after so many tries; none when it is given up.
fn next(now: Timestamp, tries: u32) -> Option<Timestamp> {
    let wait = WAITS.get(usize::try_from(tries).unwrap_or(usize::MAX))?;
    now.checked_add(*wait).ok()
}

/// Sends messages for one node.
#[derive(Clone, Debug)]
pub struct Sender {
    vigie: Vigie,
    holder: String,
    limits: Limits,
}

impl Sender {
    /// Sends what happens in that data.
    #[must_use]
    pub fn new(vigie: Vigie) -> Self {
        Self { vigie, holder: new_id(now()).to_string(), limits: LIMITS }
    }

    /// Whether a round would do anything: a look costs no write.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn has_work(&self, now: Timestamp) -> anyhow::Result<bool> {
        self.read(move |tx| store::has_work(tx, now)).await
    }

    /// One round at an instant; how many messages were taken. None when another node does this work.
    ///
    /// # Errors
    /// When the store does not answer; a receiver's trouble is kept with its message.
    pub async fn round(&self, now: Timestamp) -> anyhow::Result<Option<usize>> {
        let holder = self.holder.clone();
        let Some(lease) = self.write(move |tx| lease::take(tx, WORK, &holder, now, LEASE)).await? else {
            return Ok(None);
        };
        while self.write(move |tx| store::look(tx, now)).await? {}
        let (endpoints, due) =
            self.read(move |tx| Ok::<_, StoreError>((store::endpoints(tx)?, store::due(tx, now, ROUND)?))).await?;
        let mut taken = 0_usize;
        for one in due {
            let Some(endpoint) = endpoints.iter().find(|e| e.id == one.webhook && e.disabled_at.is_none()) else {
                continue;
            };
            taken = taken.saturating_add(usize::from(self.send(endpoint, one, &lease, now).await?));
        }
        Ok(Some(taken))
    }

    async fn send(&self, endpoint: &Endpoint, one: Message, lease: &Lease, now: Timestamp) -> anyhow::Result<bool> {
        let (seq, kind) = (one.seq, one.kind.clone());
        let bytes = self
            .read(move |tx| {
                let mut bytes = Vec::new();
                journal::for_each_entry(tx, seq..seq.saturating_add(1), |seq, _leaf, entry| {
                    let entry = EntryRef::from_canonical(entry)
                        .map_err(|e| StoreError::unreadable(format!("entry {seq}"), e))?;
                    bytes = body(&entry, &kind);
                    Ok(())
                })?;
                Ok::<_, StoreError>(bytes)
            })
            .await?;
        let outcome = match Address::parse(&endpoint.url) {
            Ok(address) => ask(message(&address, &endpoint.secret, &one.id, now, &bytes), self.limits)
                .await
                .map_err(|e| e.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let (status, failure) = match &outcome {
            Ok(answer) if answer.is_success() => (Some(answer.status), None),
            Ok(answer) => (Some(answer.status), Some(format!("answered {}", answer.status))),
            Err(error) => (None, Some(error.clone())),
        };
        // Gone for good, says the receiver (410): the convention asks to stop.
        let gone = status == Some(410);
        let (id, tries, held, webhook) = (one.id, one.tries, lease.clone(), endpoint.id.clone());
        let taken = failure.is_none();
        if let Some(failure) = &failure {
            tracing::warn!(webhook, message = id, failure, "a webhook was not taken");
        }
        self.write(move |tx| {
            if !lease::holds(tx, &held)? {
                // Whoever has the work now sends it again, under the same id.
                return Ok(());
            }
            let again = if taken || gone { None } else { next(now, tries) };
            store::settle(tx, &id, taken.then_some(now), again, status, failure.as_deref())?;
            if gone {
                store::disable(tx, &webhook, now)?;
            }
            Ok(())
        })
        .await?;
        Ok(taken)
    }

    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> anyhow::Result<T> {
        let data = self.vigie.store.clone();
        Ok(tokio::task::spawn_blocking(move || data.read(ask)).await??)
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> anyhow::Result<T> {
        let data = self.vigie.store.clone();
        let written: Result<T, WriteError<StoreError>> = tokio::task::spawn_blocking(move || data.write(work)).await?;
        written.map_err(refused)
    }
}

/// Starts sending. It ends some time after `stop` says so.
#[must_use]
pub fn serve(sender: Sender, mut stop: watch::Receiver<bool>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let looked = match sender.has_work(now()).await {
                Ok(true) => sender.round(now()).await,
                Ok(false) => Ok(Some(0)),
                Err(error) => Err(error),
            };
            let wait = match looked {
                Ok(Some(_)) => LOOK,
                Ok(None) => PAUSE,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "webhooks stand still; tried again soon");
                    PAUSE
                }
            };
            tokio::select! {
                () = sleep(wait) => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
    });
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_for_three_days_and_first_soon() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        assert_eq!(next(now, 0).map(|at| at.duration_since(now).as_secs()), Some(5));
        assert_eq!(next(now, 8).map(|at| at.duration_since(now).as_secs()), Some(24 * 3_600));
        assert_eq!(next(now, 9), None);
        let all: SignedDuration = WAITS.into_iter().sum();
        assert_eq!(all, SignedDuration::from_secs(75 * 3_600 + 35 * 60 + 5));
    }
}
