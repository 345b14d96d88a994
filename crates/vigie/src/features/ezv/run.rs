//! The link at work: one node at a time reads what changed in EZV, then tells it what changed here.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{sync::watch, task::JoinSet, time::sleep};
use vigie_links::ezv::{EzvError, Window};
use vigie_store::{lease, lease::Lease};

use super::{
    Link, LinkError,
    intake::{self, Reading, Taken},
    outgoing::{self, chain},
    store::{self, Road},
};
use crate::{features::desk::view::CaseChange, now::now};

/// The work, among the leases.
const WORK: &str = "ezv";
/// A lease is taken for so long at each page: the slowest page of a hundred tickets takes less.
const LEASE: SignedDuration = SignedDuration::from_mins(10);
/// How far a sweep goes back: EZV may show a change later than it dates it.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);
/// Pages of one sweep: whatever EZV answers, a sweep ends.
const MOST_PAGES: usize = 10_000;
/// How long a node waits that does not have the lease.
const PAUSE: Duration = Duration::from_secs(15);

/// What one round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Whether this node did this work at all.
    pub held: bool,
    /// Tickets that were read.
    pub read: usize,
    /// Cases that changed, as the pages hear of them.
    pub changes: Vec<CaseChange>,
    /// Cases that were opened.
    pub opened: usize,
    /// Tasks that are done.
    pub told: usize,
    /// Why the round ended early, when it did; the next begins where it ended.
    pub trouble: Option<String>,
}

/// Hears of cases that changed.
pub type Hearer = Arc<dyn Fn(CaseChange) + Send + Sync>;

impl Link {
    /// One round at an instant: in, then out.
    ///
    /// # Errors
    /// When the store does not answer; EZV's trouble is part of the round.
    pub async fn round(&self, now: Timestamp) -> anyhow::Result<Round> {
        let mut round = Round::default();
        let Some(lease) = self.take_lease(now).await? else { return Ok(round) };
        round.held = true;
        if let Err(error) = self.sweep(&lease, now, &mut round).await? {
            round.trouble = Some(chain(&error));
        }
        for _ in 0..MOST_PAGES {
            let held = lease.clone();
            if !self.write(move |tx| outgoing::look(tx, &held, now)).await? {
                break;
            }
        }
        round.told = self.tell(&lease, now).await?;
        Ok(round)
    }

    async fn take_lease(&self, now: Timestamp) -> anyhow::Result<Option<Lease>> {
        let holder = self.0.holder.clone();
        self.write(move |tx| Ok::<_, LinkError>(lease::take(tx, WORK, &holder, now, LEASE)?)).await
    }

    /// Gives the work back, so that another node need not wait.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn rest(&self, now: Timestamp) -> anyhow::Result<()> {
        if let Some(lease) = self.take_lease(now).await? {
            self.write(move |tx| Ok::<_, LinkError>(lease::give_back(tx, &lease)?)).await?;
        }
        Ok(())
    }

    /// Reads what changed, page by page; each page is taken in whole before the next is asked for.
    async fn sweep(&self, lease: &Lease, now: Timestamp, round: &mut Round) -> anyhow::Result<Result<(), EzvError>> {
        let place = self.read(|tx| store::place(tx, Road::In)).await?;
        let reached = place.and_then(|micros| Timestamp::from_microsecond(micros).ok());
        let since = match reached {
            Some(at) => at.checked_sub(OVERLAP).unwrap_or(at),
            None => self.0.settings.since,
        };
        let mut window = Some(Window { since, offset: 0 });
        for _ in 0..MOST_PAGES {
            let Some(asked) = window else { break };
            let page = match self.0.client.changed(asked).await {
                Ok(page) => page,
                Err(error) => return Ok(Err(error)),
            };
            for stub in &page.stubs {
                if let Err(error) = self.take(&stub.number, stub.updated_at, lease, now, round).await? {
                    return Ok(Err(error));
                }
            }
            if let Some(last) = page.stubs.last() {
                let reached = last.updated_at.as_microsecond();
                let held = lease.clone();
                self.write(move |tx| {
                    if !lease::holds(tx, &held)? {
                        return Err(LinkError::TakenOver);
                    }
                    Ok(store::set_place(tx, Road::In, reached)?)
                })
                .await?;
            }
            window = asked.after(&page, self.0.client.page_size());
        }
        Ok(Ok(()))
    }

    async fn take(
        &self,
        number: &str,
        updated_at: Timestamp,
        lease: &Lease,
        now: Timestamp,
        round: &mut Round,
    ) -> anyhow::Result<Result<(), EzvError>> {
        let asked = number.to_owned();
        let known = self.read(move |tx| store::ticket(tx, &asked)).await?;
        let has_case = known.as_ref().is_some_and(|k| k.subject.is_some());
        // A page that comes twice, the overlap of two sweeps.
        if known.is_some_and(|k| k.subject.is_some() && k.updated_at >= updated_at) {
            return Ok(Ok(()));
        }
        let ticket = match self.0.client.read(number).await {
            Ok(Some(ticket)) => ticket,
            // Gone between the list and now.
            Ok(None) => return Ok(Ok(())),
            Err(error) => return Ok(Err(error)),
        };
        round.read = round.read.saturating_add(1);
        let description = if has_case || ticket.description.is_some() {
            None
        } else {
            match self.0.client.description(number).await {
                Ok(text) => text,
                Err(error) => return Ok(Err(error)),
            }
        };
        let reading = Reading::of(ticket, description, &self.0.settings, now)?;
        let (shared, held) = (self.0.clone(), lease.clone());
        let taken = self
            .write(move |tx| {
                let own = (&shared.vigie.recorder, &shared.zone, &shared.settings);
                intake::take(tx, own, &held, now, &reading)
            })
            .await?;
        if let Taken::Case { number, version, opened } = taken {
            round.opened = round.opened.saturating_add(usize::from(opened));
            round.changes.push(CaseChange { number, version, told: Vec::new() });
        }
        Ok(Ok(()))
    }
}

/// Starts the link. It ends some time after `stop` says so.
#[must_use]
pub fn serve(link: Link, hearer: Hearer, mut stop: watch::Receiver<bool>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let poll = link.0.settings.poll;
        loop {
            let wait = match link.round(now()).await {
                Ok(round) => {
                    if let Some(trouble) = &round.trouble {
                        tracing::warn!(trouble, "EZV was not read to the end; tried again soon");
                    }
                    if round.read > 0 || round.told > 0 {
                        let (read, opened, told) = (round.read, round.opened, round.told);
                        tracing::info!(read, opened, told, "exchanged with EZV");
                    }
                    let held = round.held;
                    round.changes.into_iter().for_each(|change| hearer(change));
                    if held { poll } else { PAUSE }
                }
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "the link with EZV stands still; tried again soon");
                    PAUSE
                }
            };
            tokio::select! {
                () = sleep(wait) => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        if let Err(error) = link.rest(now()).await {
            tracing::warn!(error = format!("{error:#}"), "the lease of EZV ends by itself");
        }
    });
    tasks
}
