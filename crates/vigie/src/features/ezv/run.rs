//! The link at work: one node at a time reads what changed in EZV, then tells it what changed here.
//!
//! A ticket that cannot be taken is set aside with its trouble, and the others go on; it is tried again when it
//! changes, and every quarter of an hour. Only when EZV answers for several in a row with nothing does a round end.

use std::sync::Arc;

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use tokio::{sync::watch, task::JoinSet, time::sleep};
use vigie_links::ezv::{EzvError, Stub, Ticket, Window};
use vigie_store::{WriteError, lease, lease::Lease};

use super::{
    Link, LinkError,
    fault::{Fault, chain, sorted},
    intake::{self, Reading, Taken},
    outgoing,
    store::{self, Road},
};
use crate::{
    features::desk::view::CaseChange,
    held::{asked, holder, while_held},
    now::now,
};

/// The work, among the leases.
pub const WORK: &str = "ezv";
/// How far a sweep goes back: EZV may show a change later than it dates it.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);
/// Pages of one sweep: whatever EZV answers, a sweep ends.
const MOST_PAGES: usize = 10_000;
/// So many tickets in a row for which EZV does not answer are EZV's own trouble.
const IN_A_ROW: usize = 3;
/// What was set aside is tried again after so long.
const ASIDE_FOR: SignedDuration = SignedDuration::from_mins(15);
/// So many of those in one round.
const ASIDE_AT_ONCE: u32 = 20;
/// What became of old tasks is forgotten that often.
const PRUNE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// What one round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Tickets that were read.
    pub read: usize,
    /// Cases that changed, as the pages hear of them.
    pub changes: Vec<CaseChange>,
    /// Cases that were opened.
    pub opened: usize,
    /// Tickets that were set aside.
    pub aside: usize,
    /// Tasks that are done.
    pub told: usize,
    /// Why the round ended early, when it did; the next begins where it ended.
    pub trouble: Option<String>,
}

/// Hears of cases that changed.
pub type Hearer = Arc<dyn Fn(CaseChange) + Send + Sync>;

/// Under what a round works: whoever holds no lease any more, or is to stop, does no further step.
#[derive(Clone, Debug)]
pub struct Under {
    /// The lease.
    pub lease: Lease,
    /// Says when to stop.
    pub stop: watch::Receiver<bool>,
}

impl Link {
    /// One round at an instant: in, then out.
    ///
    /// # Errors
    /// When the store does not answer, or another node does this work by now; EZV's trouble is part of the round.
    pub async fn round(&self, under: &Under, now: Timestamp) -> anyhow::Result<Round> {
        let mut round = Round::default();
        if let Err(error) = self.sweep(under, now, &mut round).await? {
            round.trouble = Some(error);
        }
        for _ in 0..MOST_PAGES {
            let held = under.lease.clone();
            if !self.write(move |tx| outgoing::look(tx, &held, now)).await? {
                break;
            }
        }
        round.told = self.tell(under, now).await?;
        Ok(round)
    }

    /// Forgets what became of tasks that ended long ago; how many.
    ///
    /// # Errors
    /// When the store does not answer, or another node does this work by now.
    pub async fn prune(&self, under: &Under, now: Timestamp) -> anyhow::Result<u64> {
        let held = under.lease.clone();
        self.write(move |tx| {
            if !lease::holds(tx, &held)? {
                return Err(LinkError::TakenOver);
            }
            Ok(store::prune(tx, now)?)
        })
        .await
    }

    /// Whether the next step may be taken: a node that stood still may have lost the work meanwhile.
    pub(super) async fn goes_on(&self, under: &Under) -> anyhow::Result<bool> {
        if *under.stop.borrow() {
            return Ok(false);
        }
        let held = under.lease.clone();
        if !self.read(move |tx| lease::holds(tx, &held)).await? {
            bail!(LinkError::TakenOver);
        }
        Ok(true)
    }

    /// Reads what changed, page by page; each page is taken in whole before the next is asked for.
    async fn sweep(&self, under: &Under, now: Timestamp, round: &mut Round) -> anyhow::Result<Result<(), String>> {
        let place = self.read(|tx| store::place(tx, Road::In)).await?;
        let reached = place.and_then(|micros| Timestamp::from_microsecond(micros).ok());
        let since = match reached {
            Some(at) => at.checked_sub(OVERLAP).unwrap_or(at),
            None => self.0.settings.since,
        };
        self.forget_passed_by(since);
        let mut window = Some(Window { since, offset: 0 });
        for _ in 0..MOST_PAGES {
            let Some(asked) = window.filter(|_| !*under.stop.borrow()) else { break };
            let page = match self.0.client.changed(asked).await {
                Ok(page) => page,
                Err(error) => return Ok(Err(chain(&error))),
            };
            if let Err(error) = self.take_page(&page.stubs, under, now, round).await? {
                return Ok(Err(error));
            }
            if let Some(last) = page.stubs.last().filter(|_| !*under.stop.borrow()) {
                let (reached, held) = (last.updated_at.as_microsecond(), under.lease.clone());
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
        let before = now.checked_sub(ASIDE_FOR).unwrap_or(now);
        let again = self.read(move |tx| store::aside(tx, before, ASIDE_AT_ONCE)).await?;
        let again: Vec<Stub> = again.into_iter().map(|k| Stub { number: k.number, updated_at: k.updated_at }).collect();
        self.take_page(&again, under, now, round).await
    }

    /// Takes tickets one after another. One that cannot be taken is set aside, unless it is one of [`IN_A_ROW`].
    async fn take_page(
        &self,
        stubs: &[Stub],
        under: &Under,
        now: Timestamp,
        round: &mut Round,
    ) -> anyhow::Result<Result<(), String>> {
        let mut doubtful: Vec<(&Stub, Fault)> = Vec::new();
        for stub in stubs {
            if !self.goes_on(under).await? {
                break;
            }
            match self.take(stub, under, now, round).await? {
                Ok(Asked::Nothing) => {}
                // EZV answers: what it did not answer for is those tickets' own trouble.
                Ok(Asked::Answered) => {
                    for (stub, fault) in std::mem::take(&mut doubtful) {
                        self.set_aside(stub, fault, under, now, round).await?;
                    }
                }
                Err(fault) if fault.is_doubtful => {
                    let said = fault.said.clone();
                    doubtful.push((stub, fault));
                    if doubtful.len() >= IN_A_ROW {
                        return Ok(Err(said));
                    }
                }
                Err(fault) => self.set_aside(stub, fault, under, now, round).await?,
            }
        }
        // Whoever asks for the next page moves past these: they must be kept.
        for (stub, fault) in doubtful {
            self.set_aside(stub, fault, under, now, round).await?;
        }
        Ok(Ok(()))
    }

    async fn take(
        &self,
        stub: &Stub,
        under: &Under,
        now: Timestamp,
        round: &mut Round,
    ) -> anyhow::Result<Result<Asked, Fault>> {
        let (number, updated_at) = (&stub.number, stub.updated_at);
        let asked = number.clone();
        let known = self.read(move |tx| store::ticket(tx, &asked)).await?;
        let waits = |k: &store::Known| k.subject.is_none() && now.duration_since(k.seen_at) >= ASIDE_FOR;
        // A page that comes twice, the overlap of two sweeps.
        if known.as_ref().is_some_and(|k| k.updated_at >= updated_at && !waits(k)) || self.passed_by(stub) {
            return Ok(Ok(Asked::Nothing));
        }
        // One that was set aside before says nothing of EZV itself.
        let was_aside = known.as_ref().is_some_and(|k| k.subject.is_none());
        let fault = |error: EzvError| {
            let fault = Fault::from(error);
            Fault { is_doubtful: fault.is_doubtful && !was_aside, ..fault }
        };
        let ticket = match self.0.client.read(number).await {
            Ok(Some(ticket)) => ticket,
            // Gone between the list and now.
            Ok(None) => return Ok(Ok(Asked::Answered)),
            Err(error) => return Ok(Err(fault(error))),
        };
        round.read = round.read.saturating_add(1);
        let has_case = known.is_some_and(|k| k.subject.is_some());
        let opens = !has_case && intake::is_ours(&ticket, &self.0.settings);
        let description = if !opens || ticket.description.is_some() {
            None
        } else {
            match self.0.client.description(number).await {
                Ok(text) => text,
                Err(error) => return Ok(Err(fault(error))),
            }
        };
        Ok(match self.keep(ticket, description, under, now).await? {
            Ok(Taken::Case { number, version, opened }) => {
                round.opened = round.opened.saturating_add(usize::from(opened));
                round.changes.push(CaseChange { number, version, told: Vec::new() });
                Ok(Asked::Answered)
            }
            Ok(Taken::NotOurs) => {
                self.pass_by(stub);
                Ok(Asked::Answered)
            }
            Ok(Taken::Known) => Ok(Asked::Answered),
            Err(fault) => Err(fault),
        })
    }

    async fn set_aside(
        &self,
        stub: &Stub,
        fault: Fault,
        under: &Under,
        now: Timestamp,
        round: &mut Round,
    ) -> anyhow::Result<()> {
        tracing::warn!(ticket = stub.number, trouble = fault.said, "a ticket of EZV was set aside");
        round.aside = round.aside.saturating_add(1);
        let (number, updated_at, held) = (stub.number.clone(), stub.updated_at, under.lease.clone());
        self.write(move |tx| {
            if !lease::holds(tx, &held)? {
                return Err(LinkError::TakenOver);
            }
            Ok(store::set_aside(tx, &number, updated_at, now, &fault.said)?)
        })
        .await
    }

    /// Keeps what a ticket says.
    pub(super) async fn keep(
        &self,
        ticket: Ticket,
        description: Option<String>,
        under: &Under,
        now: Timestamp,
    ) -> anyhow::Result<Result<Taken, Fault>> {
        let reading = match Reading::of(ticket, description, &self.0.settings, now) {
            Ok(reading) => reading,
            Err(error) => return sorted(Err(WriteError::Unit(error))),
        };
        let (shared, held) = (Arc::clone(&self.0), under.lease.clone());
        let kept = move || {
            let inner = Arc::clone(&shared);
            shared.vigie.store.write(move |tx| {
                let own = (&inner.vigie.recorder, &inner.zone, &inner.settings);
                intake::take(tx, own, &held, now, &reading)
            })
        };
        sorted(tokio::task::spawn_blocking(kept).await?)
    }
}

/// Whether EZV was asked about a ticket.
enum Asked {
    /// There was nothing to ask.
    Nothing,
    /// It answered well.
    Answered,
}

/// Starts the link. It ends some time after `stop` says so.
#[must_use]
pub fn serve(link: Link, hearer: Hearer, stop: watch::Receiver<bool>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let data = link.store().clone();
        let work = |lease, stop| follow(&link, &hearer, Under { lease, stop });
        while_held(&data, WORK, &holder(&data), stop, work).await;
    });
    tasks
}

/// One round after another, until it is to stop.
async fn follow(link: &Link, hearer: &Hearer, mut under: Under) -> anyhow::Result<()> {
    let mut pruned: Option<Timestamp> = None;
    while !*under.stop.borrow() {
        let at = now();
        let round = link.round(&under, at).await?;
        if let Some(trouble) = &round.trouble {
            tracing::warn!(trouble, "EZV was not read to the end; tried again soon");
        }
        if round.read > 0 || round.told > 0 {
            let (read, opened, aside, told) = (round.read, round.opened, round.aside, round.told);
            tracing::info!(read, opened, aside, told, "exchanged with EZV");
        }
        round.changes.into_iter().for_each(|change| hearer(change));
        if pruned.is_none_or(|last| at.duration_since(last) >= PRUNE_EVERY) {
            link.prune(&under, at).await?;
            pruned = Some(at);
        }
        tokio::select! {
            () = sleep(link.0.settings.poll) => {}
            () = asked(&mut under.stop) => {}
        }
    }
    Ok(())
}
