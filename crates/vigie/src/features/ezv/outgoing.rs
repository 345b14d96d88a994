//! What EZV is told: every entry of a case is looked at once, and what follows from it is done until it is
//! done. The journal itself is the queue: what stands in it is told, whichever node dies.

use jiff::{SignedDuration, Timestamp};
use vigie_contract::Class;
use vigie_evidence::{Entry, EntryRef, Origin};
use vigie_links::ezv::Draft;
use vigie_rules::{
    desk::{Act, Phase},
    fact::{State, split_kind},
    life::Life,
};
use vigie_store::{Content, StoreError, Tx, journal, lease, lease::Lease};

use super::{
    ACTOR, Link, LinkError, decide,
    fault::Fault,
    run::Under,
    store::{self, Known, Road, Task, What},
};
use crate::{
    app::refused,
    features::desk::{
        self,
        sheet::{TEXTS, Texts},
    },
};

/// Entries looked at in one unit of work.
const LOOKED_AT: u64 = 500;
/// Tasks of one round.
const TASKS: u32 = 50;
/// Waits double from the first to the longest, and end after a week and a half of them: what EZV refuses for
/// so long, somebody must look at.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(4);
const MOST_TRIES: u32 = 64;
/// What EZV refuses outright is tried again this often only: a catalogue may have been mended.
const MOST_REFUSALS: u32 = 6;

/// When a task is tried again after so many tries; none when it is given up.
fn next(now: Timestamp, tries: u32, passing: bool) -> Option<Timestamp> {
    if tries >= if passing { MOST_TRIES } else { MOST_REFUSALS } {
        return None;
    }
    let doubled = 2_i32.saturating_pow(tries.min(16));
    let wait = FIRST_WAIT.checked_mul(doubled).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    now.checked_add(wait).ok()
}

/// What EZV is to hear of an entry.
fn heard(entry: &EntryRef<'_>) -> Option<What> {
    let (class, verb) = split_kind(&entry.kind)?;
    let is_case = class.is_case() && entry.subject.starts_with("case/");
    if !is_case || entry.actor == ACTOR || entry.origin == Origin::Import {
        return None;
    }
    match Act::from_verb(verb) {
        Some(Act::Note) => desk::view::visible_to(entry.body).is_none().then_some(What::Note),
        Some(
            Act::TakeIn
            | Act::Pause
            | Act::Resume
            | Act::Restore
            | Act::RefuseRestoration
            | Act::ValidateRestoration
            | Act::Close
            | Act::Reopen
            | Act::Cancel,
        ) => Some(What::Twin),
        _ if verb == "identified" => Some(What::Twin),
        _ => None,
    }
}

/// Looks at the entries that were not looked at; says whether there are more.
pub(super) fn look(tx: &mut Tx<'_>, lease: &Lease, now: Timestamp) -> Result<bool, LinkError> {
    if !lease::holds(tx, lease)? {
        return Err(LinkError::TakenOver);
    }
    let size = journal::head(tx)?.size;
    let start = store::place(tx, Road::Out)?;
    // What happened before the link was set up stays as it is.
    let from = start.map_or(size, |n| u64::try_from(n).unwrap_or(size));
    let to = size.min(from.saturating_add(LOOKED_AT));
    let mut orders = Vec::new();
    journal::for_each_entry(tx, from..to, |seq, _leaf, bytes| {
        let entry = EntryRef::from_canonical(bytes).map_err(|e| StoreError::unreadable(format!("entry {seq}"), e))?;
        orders.extend(heard(&entry).map(|what| (seq, entry.subject.to_string(), what)));
        Ok(())
    })?;
    for (seq, subject, what) in orders {
        store::order(tx, seq, &subject, what, now)?;
    }
    if start.is_none() || to > from {
        store::set_place(tx, Road::Out, i64::try_from(to).unwrap_or(i64::MAX))?;
    }
    Ok(to < size)
}

/// A case as its twin is to know it.
struct Told {
    number: String,
    class: Class,
    phase: Phase,
    title: String,
    text: String,
    twin: Option<Known>,
}

fn told(tx: &mut Tx<'_>, subject: &str, now: Timestamp) -> Result<Option<Told>, LinkError> {
    let Some(history) = desk::history(tx, subject)? else { return Ok(None) };
    let twin = store::twins(tx, subject)?.into_iter().next();
    let sql = "SELECT title FROM desk_case WHERE subject = $1";
    let title = tx.query_opt(sql, &[subject.into()], |row| Ok(row.opt_text(0)?.map(str::to_owned)))?.flatten();
    let first = journal::entries_of(tx, subject)?.into_iter().next();
    let text = match first {
        Some(entry) => words(tx, &entry)?.and_then(|t| t.text),
        None => None,
    };
    let number = history.subject.number().to_owned();
    Ok(Some(Told {
        title: title.unwrap_or_else(|| number.clone()),
        text: text.unwrap_or_default(),
        number,
        class: history.class,
        phase: Phase::of(&Life::read(&history, now)),
        twin,
    }))
}

/// What was said in an entry that both sides may read; none when it was erased since.
fn words(tx: &mut Tx<'_>, entry: &Entry) -> Result<Option<Texts>, LinkError> {
    let hidden = entry.body.get("visible_to").is_some_and(|v| !v.is_null());
    let Some(content) = entry.content.iter().find(|c| c.name == TEXTS && !hidden) else { return Ok(None) };
    Ok(match journal::content(tx, &content.hash)? {
        Some(Content::Kept(bytes)) => Some(Texts::from_bytes(&bytes).map_err(|e| StoreError::unreadable("a text", e))?),
        _ => None,
    })
}

/// What a note says there: its own words, and where they come from.
fn note(number: &str, seq: u64, text: &str) -> String {
    format!("{text}\n\n[Vigie {number} · {seq}]")
}

impl Link {
    /// Does what is due; says how many tasks are done. A case whose task fails waits with all its others.
    pub(super) async fn tell(&self, under: &Under, now: Timestamp) -> anyhow::Result<usize> {
        let tasks = self.read(move |tx| store::due(tx, now, TASKS)).await?;
        let mut waiting: Vec<String> = Vec::new();
        let mut done = 0_usize;
        for task in tasks {
            if waiting.contains(&task.subject) {
                continue;
            }
            if !self.goes_on(under).await? {
                break;
            }
            let outcome = match task.what {
                What::Twin => self.mirror(&task, under, now).await?,
                What::Note => self.write_note(&task).await?,
            };
            let (next_at, failure) = match outcome {
                Ok(()) => {
                    done = done.saturating_add(1);
                    (None, None)
                }
                Err(fault) => {
                    waiting.push(task.subject.clone());
                    let failure = fault.said;
                    tracing::warn!(case = task.subject, what = task.what.name(), error = failure, "EZV was not told");
                    (next(now, task.tries, fault.is_passing), Some(failure))
                }
            };
            let held = under.lease.clone();
            self.write(move |tx| {
                if !lease::holds(tx, &held)? {
                    return Err(LinkError::TakenOver);
                }
                Ok(store::settle(tx, &task, now, next_at, failure.as_deref())?)
            })
            .await?;
        }
        Ok(done)
    }

    /// Makes the twin of a case if it has none, and lets it follow its case.
    async fn mirror(&self, task: &Task, under: &Under, now: Timestamp) -> anyhow::Result<Result<(), Fault>> {
        let subject = task.subject.clone();
        let Some(case) = self.read(move |tx| told(tx, &subject, now)).await? else { return Ok(Ok(())) };
        let number = match &case.twin {
            Some(twin) => twin.number.clone(),
            None => match self.twin_of(&case).await {
                Ok(Some(number)) => number,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            },
        };
        // What it says now, before anything is changed: somebody may have worked there meanwhile.
        let theirs = match self.follow(&number, under, now).await? {
            Ok(known) => known,
            Err(fault) => return Ok(Err(fault)),
        };
        let subject = task.subject.clone();
        let phase = self.read(move |tx| told(tx, &subject, now)).await?.map_or(case.phase, |c| c.phase);
        let settings = &self.0.settings;
        let before = theirs.as_ref().and_then(|k| k.pushed);
        let Some((change, state)) = decide::push(phase, theirs.and_then(|k| k.state), &settings.push) else {
            return Ok(Ok(()));
        };
        let comment = format!("Vigie {}", case.number);
        let mark = |state: Option<State>| {
            let marked = number.clone();
            self.write(move |tx| Ok::<_, LinkError>(store::set_pushed(tx, &marked, state)?))
        };
        // Said before it is done: should the answer be lost, what comes back is still our own echo.
        mark(Some(state)).await?;
        if let Err(error) = self.0.client.change(&number, &change, &comment).await {
            if error.was_not_done() {
                // What an agent does there later is theirs.
                mark(before).await?;
            }
            return Ok(Err(error.into()));
        }
        Ok(self.follow(&number, under, now).await?.map(|_| ()))
    }

    /// The number of a case's twin, found by its mark or made; none when the settings make none.
    async fn twin_of(&self, case: &Told) -> Result<Option<String>, Fault> {
        if let Some(found) = self.0.client.bearing(&case.number).await?.into_iter().min() {
            return Ok(Some(found));
        }
        let Some(fixed) = self.0.settings.create.get(&case.class).filter(|_| case.phase.is_open()) else {
            return Ok(None);
        };
        let draft = Draft {
            reference: case.number.clone(),
            title: case.title.clone(),
            description: case.text.clone(),
            fixed: fixed.clone(),
        };
        Ok(Some(self.0.client.create(&draft).await?))
    }

    /// Reads a ticket of ours and keeps what it says.
    async fn follow(
        &self,
        number: &str,
        under: &Under,
        now: Timestamp,
    ) -> anyhow::Result<Result<Option<Known>, Fault>> {
        let ticket = match self.0.client.read(number).await {
            Ok(Some(ticket)) => ticket,
            Ok(None) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error.into())),
        };
        if let Err(fault) = self.keep(ticket, None, under, now).await? {
            return Ok(Err(fault));
        }
        let asked = number.to_owned();
        Ok(Ok(self.read(move |tx| store::ticket(tx, &asked)).await?))
    }

    async fn write_note(&self, task: &Task) -> anyhow::Result<Result<(), Fault>> {
        let Some(to) = &self.0.settings.notes else { return Ok(Ok(())) };
        let (subject, seq) = (task.subject.clone(), task.seq);
        let found = self
            .read(move |tx| {
                let twin = store::twins(tx, &subject)?.into_iter().next();
                let entry = journal::entry(tx, seq)?;
                let text = match &entry {
                    Some(entry) => words(tx, entry)?.and_then(|t| t.text),
                    None => None,
                };
                let number = subject.strip_prefix("case/").unwrap_or(&subject).to_owned();
                Ok::<_, LinkError>(twin.zip(text).map(|(twin, text)| (twin.number, note(&number, seq, &text))))
            })
            .await?;
        match found {
            Some((number, text)) => Ok(self.0.client.note(&number, to, &text).await.map_err(Fault::from)),
            None => Ok(Ok(())),
        }
    }

    pub(super) async fn read<T, E>(
        &self,
        ask: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> anyhow::Result<T>
    where
        T: Send + 'static,
        E: From<StoreError> + Into<anyhow::Error> + Send + 'static,
    {
        let shared = self.0.clone();
        tokio::task::spawn_blocking(move || shared.vigie.store.read(ask)).await?.map_err(Into::into)
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, LinkError> + Send + 'static,
    ) -> anyhow::Result<T> {
        let shared = self.0.clone();
        tokio::task::spawn_blocking(move || shared.vigie.store.write(work)).await?.map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_waits_longer_each_time_and_is_given_up_at_last() {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let waits = |tries, passing| next(now, tries, passing).map(|at| at.duration_since(now).as_secs());
        assert_eq!(waits(0, true), Some(30));
        assert_eq!(waits(1, true), Some(60));
        assert_eq!(waits(8, true), Some(7_680));
        assert_eq!(waits(9, true), Some(14_400));
        assert_eq!(waits(63, true), Some(14_400));
        assert_eq!(waits(64, true), None);
        assert_eq!((waits(5, false), waits(6, false)), (Some(960), None));
    }
}
