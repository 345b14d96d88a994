//! The read table of histories: one row for each subject, its events packed, with what months ask for.

use jiff::{SignedDuration, Timestamp};
use vigie_contract::{Class, ClockId, ClockRule, Priority, StopEvent, Trigger};
use vigie_rules::{
    book::{Book, Rulebook},
    clock,
    desk::Phase,
    fact::{History, split_kind},
    life::Life,
    obligation, timeline,
};
use vigie_store::{Param, StoreError, Tx};

use super::RecordError;

/// The clock that a list shows for a class: the one that a restoration stops, else its first.
#[must_use]
pub fn main_clock(book: &Book, class: Class) -> Option<&ClockRule> {
    let clocks = || book.contract.clocks.clocks.iter().filter(|c| c.class == class);
    clocks().find(|c| c.stop == StopEvent::Restored).or_else(|| clocks().next())
}

/// A major incident matters for two months after its end: its report falls due then.
const REPORT_MARGIN: SignedDuration = SignedDuration::from_hours(62 * 24);

/// How a subject stands after its latest event.
pub(crate) struct Standing {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) life: Life,
    pub(crate) phase: Phase,
    pub(crate) priority: Option<Priority>,
    pub(crate) major: bool,
    /// The binding start of the clock that lists show.
    pub(crate) start: Option<Timestamp>,
    /// When that clock is or was due.
    pub(crate) due: Option<Timestamp>,
    /// The running clock that is due first, or the duty that the case has started and that is not done.
    pub(crate) next_due: Option<(Timestamp, ClockId)>,
}

impl Standing {
    /// The events MUST be in order.
    pub(crate) fn of(rulebook: &Rulebook, history: &History) -> Self {
        let first = history.events.first().map_or(Timestamp::UNIX_EPOCH, |e| e.at);
        let last = history.events.last().map_or(first, |e| e.at);
        let life = Life::read(history, last);
        let book = rulebook.at(life.candidates.first().map_or(first, |c| c.at));
        // A fact outside the years for which calendars are laid out has no clock; the case is kept all the same.
        let run = |rule| clock::run(book, rule, history.class, &life, last).ok().flatten();
        let main = main_clock(book, history.class);
        let main_run = main.and_then(run);
        let priority =
            main_run.as_ref().and_then(|r| r.priority).or_else(|| life.classification().and_then(|c| book.priority(c)));
        let phase = Phase::of(&life);
        let mut next_due: Option<(Timestamp, ClockId)> = None;
        if phase.is_open() {
            let others = book.contract.clocks.clocks.iter().filter(|c| c.class == history.class);
            for rule in others {
                let other;
                let run = if main.is_some_and(|m| m.id == rule.id) {
                    main_run.as_ref()
                } else {
                    other = run(rule);
                    other.as_ref()
                };
                if let Some(due) = run.filter(|r| r.end.at().is_none()).and_then(|r| r.due)
                    && next_due.as_ref().is_none_or(|(at, _)| due < *at)
                {
                    next_due = Some((due, rule.id.clone()));
                }
            }
        }
        let major = history.class == Class::Incident && book.is_major(priority, &life);
        if let Some(owed) = next_owed(book, history, &life, major, last)
            && next_due.as_ref().is_none_or(|(at, _)| owed.0 < *at)
        {
            next_due = Some(owed);
        }
        Self {
            // What goes on here may have been identified before it was itself.
            first: life.candidates.first().map_or(first, |c| c.at.min(first)),
            last,
            phase,
            priority,
            major,
            start: main_run.as_ref().map(|r| r.start).or_else(|| life.candidates.first().map(|c| c.at)),
            due: main_run.as_ref().and_then(|r| r.due),
            next_due,
            life,
        }
    }

    /// When the service was restored, as far as it holds.
    pub(crate) fn restored_at(&self) -> Option<Timestamp> {
        self.life.restored().map(|r| r.at)
    }
}

/// The duty that is due first of those that events of the case have started: a case that is closed may still
/// owe its report.
fn next_owed(
    book: &Book,
    history: &History,
    life: &Life,
    major: bool,
    as_of: Timestamp,
) -> Option<(Timestamp, ClockId)> {
    // An outside log alone records no documents.
    if life.log_only {
        return None;
    }
    let duties = book.contract.obligations.iter().filter(|duty| {
        let Trigger::Event(pattern) = &duty.trigger else { return false };
        (major || !duty.major_only) && split_kind(&pattern.kind).is_some_and(|(class, _)| class == history.class)
    });
    let owed = duties.filter_map(|duty| {
        let occurrence = obligation::of_history(book, duty, history, life, as_of).ok().flatten()?;
        occurrence.fulfilled.is_none().then(|| (occurrence.due, ClockId(duty.id.0.clone())))
    });
    owed.min_by_key(|(due, _)| *due)
}

/// A row of the read table; instants are microseconds since 1970.
pub(super) struct HistoryRow {
    subject: String,
    class: Class,
    number: String,
    first_at: i64,
    last_at: i64,
    open: bool,
    version: i64,
    timeline: Vec<u8>,
    priority: Option<String>,
    started_at: Option<i64>,
    restored_at: Option<i64>,
    due_at: Option<i64>,
    matters_until: i64,
}

impl HistoryRow {
    pub(super) fn of(history: History, standing: &Standing) -> Result<Self, RecordError> {
        let last = standing.last;
        let until = if standing.major { last.saturating_add(REPORT_MARGIN).unwrap_or(last) } else { last };
        let micros = Timestamp::as_microsecond;
        let timeline = timeline::encode(&history.events)
            .map_err(|source| RecordError::Pack { subject: history.subject.0.clone(), source })?;
        Ok(Self {
            number: history.subject.number().to_owned(),
            class: history.class,
            first_at: micros(standing.first),
            last_at: micros(last),
            open: standing.life.restored().is_none() && standing.life.cancelled.is_none(),
            version: history.events.iter().map(|e| e.seq).max().map_or(0, |s| i64::try_from(s).unwrap_or(i64::MAX)),
            timeline,
            priority: standing.priority.map(|p| p.to_string()),
            started_at: standing.start.map(micros),
            restored_at: standing.restored_at().map(micros),
            due_at: standing.due.map(micros),
            matters_until: micros(until),
            subject: history.subject.0,
        })
    }
}

pub(super) fn write_histories(tx: &mut Tx<'_>, rows: &[HistoryRow]) -> Result<(), StoreError> {
    let params = rows.iter().map(|r| {
        [
            Param::Text(&r.subject),
            Param::Text(r.class.name()),
            Param::Text(&r.number),
            r.first_at.into(),
            r.last_at.into(),
            r.open.into(),
            r.version.into(),
            Param::Blob(&r.timeline),
            r.priority.as_ref().into(),
            r.started_at.into(),
            r.restored_at.into(),
            r.due_at.into(),
            r.matters_until.into(),
        ]
    });
    let columns = [
        "subject",
        "class",
        "number",
        "first_at",
        "last_at",
        "open",
        "version",
        "timeline",
        "priority",
        "started_at",
        "restored_at",
        "due_at",
        "matters_until",
    ];
    tx.upsert_many("history", &["subject"], &columns, params)?;
    Ok(())
}
