//! Messages on their way: one node at a time sends, and tries again for days what nobody took.
//!
//! Every receiver has its turn in every round, beside the others and no longer than [`TURN`]: one that is dead or
//! slow keeps nobody waiting, and rests a while once it did not answer at all.

use std::{pin::pin, sync::Arc, time::Duration};

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::sleep,
};
use vigie_evidence::EntryRef;
use vigie_links::{
    http::{Address, Limits, Network, ask},
    webhook::message,
};
use vigie_store::{StoreError, Tx, WriteError, journal, lease, lease::Lease};

use super::{
    body,
    store::{self, Endpoint, Message},
};
use crate::{
    app::{Vigie, refused},
    held::{asked, holder, while_held},
    now::now,
};

/// The work, among the leases.
pub const WORK: &str = "webhooks";
/// How often it is looked what is to be sent.
const LOOK: Duration = Duration::from_secs(2);
/// Messages to one receiver in one round.
const MOST_A_TURN: u32 = 100;
/// For how long one receiver is sent to in one round; the message in course ends by its own limit.
const TURN: Duration = Duration::from_secs(10);
/// Receivers that are sent to at once.
const AT_ONCE: usize = 16;
/// How long a receiver rests that did not answer at all: what waits for it waits together.
const REST: SignedDuration = SignedDuration::from_mins(1);
/// How long a receiver may take; the convention advises 15 to 30 seconds.
const LIMITS: Limits = Limits { time: Duration::from_secs(20), answer_bytes: 64 * 1024, network: Network::Public };
/// What became of old messages is forgotten that often.
const PRUNE_EVERY: SignedDuration = SignedDuration::from_hours(1);

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

/// Sends messages for one node. Clones share it.
#[derive(Clone, Debug)]
pub struct Sender {
    vigie: Vigie,
    limits: Limits,
    places: Arc<Semaphore>,
}

/// What one receiver's turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tried {
    Taken,
    Refused,
    /// No answer came.
    Silent,
    /// It wants nothing more, ever.
    Gone,
}

impl Sender {
    /// Sends what happens in that data.
    #[must_use]
    pub fn new(vigie: Vigie) -> Self {
        Self { vigie, limits: LIMITS, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, time: Duration) -> Self {
        Self { limits: Limits { time, ..self.limits }, ..self }
    }

    /// Whether a round would do anything: a look costs no write.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn has_work(&self, now: Timestamp) -> anyhow::Result<bool> {
        self.read(move |tx| store::has_work(tx, now)).await
    }

    /// One round at an instant; how many messages were taken.
    ///
    /// # Errors
    /// When the store does not answer, or another node does this work by now; a receiver's trouble is kept with its
    /// message.
    pub async fn round(&self, lease: &Lease, stop: &watch::Receiver<bool>, now: Timestamp) -> anyhow::Result<usize> {
        loop {
            let held = lease.clone();
            let looked = self.write(move |tx| Ok((lease::holds(tx, &held)?, store::look(tx, now)?))).await?;
            match looked {
                (false, _) => bail!("another node sends the webhooks by now"),
                (true, true) => {}
                (true, false) => break,
            }
        }
        let endpoints = self.read(store::endpoints).await?;
        let mut turns = JoinSet::new();
        for endpoint in endpoints.into_iter().filter(|e| e.disabled_at.is_none()) {
            let (sender, lease, stop) = (self.clone(), lease.clone(), stop.clone());
            turns.spawn(async move { sender.turn(&endpoint, &lease, &stop, now).await });
        }
        let mut taken = 0_usize;
        while let Some(turn) = turns.join_next().await {
            taken = taken.saturating_add(turn??);
        }
        Ok(taken)
    }

    /// Sends to one receiver what is due, oldest first, as long as it answers and its turn lasts.
    async fn turn(
        &self,
        endpoint: &Endpoint,
        lease: &Lease,
        stop: &watch::Receiver<bool>,
        now: Timestamp,
    ) -> anyhow::Result<usize> {
        let id = endpoint.id.clone();
        let due = self.read(move |tx| store::due(tx, &id, now, MOST_A_TURN)).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let _place = self.places.acquire().await?;
        let mut over = pin!(sleep(TURN));
        let mut taken = 0_usize;
        for one in due {
            let held = lease.clone();
            // A node that stood still may have lost the work: what another sends by now is not sent again.
            let goes_on = !*stop.borrow() && self.read(move |tx| lease::holds(tx, &held)).await?;
            if !goes_on || over.is_elapsed() {
                break;
            }
            match self.send(endpoint, one, lease, now).await? {
                Tried::Taken => taken = taken.saturating_add(1),
                Tried::Refused => {}
                Tried::Silent => {
                    let (id, until) = (endpoint.id.clone(), now.checked_add(REST)?);
                    self.write(move |tx| store::rest(tx, &id, now, until)).await?;
                    break;
                }
                Tried::Gone => break,
            }
            // Lets the turn's clock be looked at even when every answer comes at once.
            tokio::select! {
                biased;
                () = &mut over => break,
                () = tokio::task::yield_now() => {}
            }
        }
        Ok(taken)
    }

    async fn send(&self, endpoint: &Endpoint, one: Message, lease: &Lease, now: Timestamp) -> anyhow::Result<Tried> {
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
        let network = if endpoint.inside { Network::Any } else { Network::Public };
        let outcome = match Address::parse(&endpoint.url) {
            Ok(address) => {
                let limits = Limits { network, ..self.limits };
                ask(message(&address, &endpoint.secret, &one.id, now, &bytes), limits).await.map_err(|e| e.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        let (tried, status, failure) = match &outcome {
            Ok(answer) if answer.is_success() => (Tried::Taken, Some(answer.status), None),
            // Gone for good, says the receiver (410): the convention asks to stop.
            Ok(answer) if answer.status == 410 => (Tried::Gone, Some(410), Some("answered 410".to_owned())),
            Ok(answer) => (Tried::Refused, Some(answer.status), Some(format!("answered {}", answer.status))),
            Err(error) => (Tried::Silent, None, Some(error.clone())),
        };
        let (id, tries, held, webhook) = (one.id, one.tries, lease.clone(), endpoint.id.clone());
        if let Some(failure) = &failure {
            tracing::warn!(webhook, message = id, failure, "a webhook was not taken");
        }
        self.write(move |tx| {
            if !lease::holds(tx, &held)? {
                // Whoever has the work now sends it again, under the same id.
                return Ok(());
            }
            let again = if matches!(tried, Tried::Taken | Tried::Gone) { None } else { next(now, tries) };
            let sent = (tried == Tried::Taken).then_some(now);
            store::settle(tx, &id, sent, again, status, failure.as_deref())?;
            if tried == Tried::Gone {
                store::disable(tx, &webhook, now)?;
            }
            Ok(())
        })
        .await?;
        Ok(tried)
    }

    /// Forgets what became of messages that ended long ago, and keeps how many there were; gives how many.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn prune(&self, lease: &Lease, now: Timestamp) -> anyhow::Result<u64> {
        let held = lease.clone();
        self.write(move |tx| if lease::holds(tx, &held)? { store::prune(tx, now) } else { Ok(0) }).await
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
pub fn serve(sender: Sender, stop: watch::Receiver<bool>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let data = sender.vigie.store.clone();
        let work = |lease, stop| follow(&sender, lease, stop);
        while_held(&data, WORK, &holder(&data), stop, work).await;
    });
    tasks
}

/// One round after another, until it is to stop.
async fn follow(sender: &Sender, lease: Lease, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let mut pruned: Option<Timestamp> = None;
    while !*stop.borrow() {
        let at = now();
        if sender.has_work(at).await? {
            sender.round(&lease, &stop, at).await?;
        }
        if pruned.is_none_or(|last| at.duration_since(last) >= PRUNE_EVERY) {
            sender.prune(&lease, at).await?;
            pruned = Some(at);
        }
        tokio::select! {
            () = sleep(LOOK) => {}
            () = asked(&mut stop) => {}
        }
    }
    Ok(())
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
