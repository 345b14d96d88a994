//! Judging a month from where the facts are kept: the read tables, or an export and nothing else.
//!
//! Both ways feed the same pure judge, so that they give the same value; `as_of` is the latest instant
//! of any fact, so that judging twice does not depend on the hour.

pub mod json;
pub mod report;
pub mod table;
pub mod view;
pub mod web;
pub mod whatif;

use std::{
    collections::BTreeMap,
    io::BufRead,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use jiff::{Timestamp, tz::TimeZone};
use vigie_contract::Class;
use vigie_evidence::{Checkpoint, ExportReader, Misfit, Trust, VerifierKey};
use vigie_reports::journal::TREND_MONTHS;
use vigie_rules::{
    book::Rulebook,
    fact::{Event, Fact, FactError, History, Subject},
    judge::{Judge, JudgeError},
    judgement::{Judgement, Month},
    timeline::{self, TimelineError},
};
use vigie_store::{Engine, Param, Row, StoreError, Tx, journal};

/// Why a month could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum MonthError {
    /// A rule could not be applied.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A kept history cannot be read.
    #[error(transparent)]
    Timeline(#[from] TimelineError),
    /// The export does not verify.
    #[error(transparent)]
    Export(#[from] Misfit),
    /// An entry of the export does not fit its kind.
    #[error("entry {seq} cannot be read as a fact")]
    Fact {
        /// Its number.
        seq: u64,
        /// Why.
        #[source]
        source: FactError,
    },
    /// The signed head cannot be read.
    #[error("the head of the journal cannot be read: {0}")]
    Head(String),
    /// The journal says nothing of that month.
    #[error("the journal says nothing of {month}: {}", span.map_or_else(|| "it holds no case yet; import a log or record one".to_owned(), |(a, b)| format!("it goes from {a} to {b}; ask for one of these months")))]
    Unknown {
        /// The month asked for.
        month: Month,
        /// The months that it speaks of.
        span: Option<(Month, Month)>,
    },
    /// A thread that judged ended early.
    #[error("a thread that judged the month ended early; judge it again")]
    Thread,
}

/// A judged month and the head of the journal that it was judged from.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The judgement.
    pub judgement: Judgement,
    /// The head; none while the journal is empty.
    pub checkpoint: Option<Checkpoint>,
    /// The note in which it is signed; empty while the journal is.
    pub note: String,
    /// The first and the last month in which a case lives; none while there is none.
    pub span: Option<(Month, Month)>,
    /// The eleven months before, when asked for.
    pub past: Vec<Judgement>,
}

/// What to ask beside the month itself.
#[derive(Clone, Copy, Default)]
pub struct Ask<'a> {
    /// Also give the cases of this row that were in time.
    pub keep_row: Option<u8>,
    /// As known at this instant, instead of the latest fact.
    pub as_of: Option<Timestamp>,
    /// Also judge the months before that a trend shows.
    pub past: bool,
    /// Changes each history before it is judged: for what-if questions.
    pub change: Option<&'a (dyn Fn(&mut History) + Sync)>,
}

/// Rows handed to a judging thread at a time.
const CHUNK: usize = 512;

/// The first and the last instant of what is of these classes, in microseconds. Asked class by class, so
/// that an index answers and no row is read.
fn span_us(tx: &mut Tx<'_>, classes: &[Class]) -> Result<(Option<i64>, Option<i64>), StoreError> {
    let (mut first, mut last) = (None, None);
    for class in classes {
        let class = [Param::Text(class.name())];
        let low = tx.query_one("SELECT MIN(first_at) FROM history WHERE class = $1", &class, |row| row.opt_i64(0))?;
        let high = tx.query_one("SELECT MAX(last_at) FROM history WHERE class = $1", &class, |row| row.opt_i64(0))?;
        first = first.into_iter().chain(low).min();
        last = last.max(high);
    }
    Ok((first, last))
}

/// The latest instant of any fact; none while there is none.
///
/// # Errors
/// Whatever the database says.
pub fn latest_fact(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let (_, latest) = span_us(tx, &Class::ALL)?;
    Ok(latest.and_then(|us| Timestamp::from_microsecond(us).ok()))
}

/// The first and the last month in which a case lives; none while there is none.
///
/// # Errors
/// Whatever the database says.
pub fn months(tx: &mut Tx<'_>, rulebook: &Rulebook) -> Result<Option<(Month, Month)>, StoreError> {
    let (first, last) = span_us(tx, &Class::CASES)?;
    let month =
        |us: i64| Timestamp::from_microsecond(us).ok().map(|t| Month::of(t.to_zoned(rulebook.zone().clone()).date()));
    Ok(first.and_then(month).zip(last.and_then(month)))
}

/// Of the months of a journal (its first and its last), the last that is over at an instant, as "indicators
/// for last month" asks; the last of all while none is.
#[must_use]
pub fn last_over((first, last): (Month, Month), now: Timestamp, zone: &TimeZone) -> Month {
    let over = Month::of(now.to_zoned(zone.clone()).date()).plus(-1).min(last);
    if over < first { last } else { over }
}

/// Judges a month from the read tables, inside one snapshot.
///
/// # Errors
/// When a fact cannot be judged, or the database refuses.
pub fn from_store(tx: &mut Tx<'_>, rulebook: &Rulebook, month: Month, ask: Ask<'_>) -> Result<Judged, MonthError> {
    let note = journal::latest_checkpoint(tx)?;
    let checkpoint = note.as_deref().map(read_head).transpose()?;
    let latest = latest_fact(tx)?.unwrap_or(Timestamp::UNIX_EPOCH);
    let judge = begin(rulebook, month, ask, latest)?;
    let (from, to) = judge.bounds();
    let workers = thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1).clamp(1, 8));
    let (sender, receiver) = mpsc::sync_channel::<Vec<Packed>>(workers * 2);
    let receiver = Mutex::new(receiver);

    let judgement = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|_| {
                let mut judge = judge.clone();
                let receiver = &receiver;
                scope.spawn(move || -> Result<Judge<'_>, MonthError> {
                    loop {
                        let chunk = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok(chunk) = chunk else { return Ok(judge) };
                        for packed in chunk {
                            let mut history = packed.unpack()?;
                            if let Some(change) = ask.change {
                                change(&mut history);
                            }
                            judge.take(&history)?;
                        }
                    }
                })
            })
            .collect();
        // A failed send means that every thread has ended with an error, which is told below.
        let read = read_histories(tx, from, to, |chunk| sender.send(chunk).is_ok());
        drop(sender);
        let mut whole: Option<Judge<'_>> = None;
        for thread in threads {
            let part = thread.join().map_err(|_| MonthError::Thread)??;
            match &mut whole {
                Some(judge) => judge.merge(part),
                None => whole = Some(part),
            }
        }
        read?;
        whole.unwrap_or(judge).finish().map_err(MonthError::from)
    })?;
    let span = months(tx, rulebook)?;
    let mut past = Vec::new();
    for earlier in earlier_months(span, month).into_iter().filter(|_| ask.past) {
        past.push(from_store(tx, rulebook, earlier, Ask { past: false, keep_row: None, ..ask })?.judgement);
    }
    Ok(Judged { judgement, checkpoint, note: note.unwrap_or_default(), span, past })
}

/// The months before `month` that a trend shows, oldest first.
#[must_use]
pub fn earlier_months(span: Option<(Month, Month)>, month: Month) -> Vec<Month> {
    let known = |m: &Month| span.is_some_and(|(first, _)| *m >= first);
    (1..i32::from(TREND_MONTHS)).rev().map(|back| month.plus(-back)).filter(known).collect()
}

fn begin<'r>(rulebook: &'r Rulebook, month: Month, ask: Ask<'_>, latest: Timestamp) -> Result<Judge<'r>, JudgeError> {
    let judge = Judge::new(rulebook, month, ask.as_of.unwrap_or(latest))?;
    Ok(match ask.keep_row {
        Some(row) => judge.keeping(row),
        None => judge,
    })
}

/// A history as the read table keeps it.
struct Packed {
    subject: String,
    class: Class,
    timeline: Vec<u8>,
}

impl Packed {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let class = row.text(1)?;
        let class = Class::from_name(class)
            .ok_or_else(|| StoreError::unreadable("the class of a history", format!("`{class}` is not one")))?;
        Ok(Self { subject: row.text(0)?.to_owned(), class, timeline: row.blob(2)?.to_vec() })
    }

    fn unpack(self) -> Result<History, TimelineError> {
        timeline::decode(Subject(self.subject), self.class, &self.timeline)
    }
}

/// Hands over, in chunks, the histories that may matter to `[from, to)`: cases that were alive in it,
/// and all that is not a case. Stops when `take` says no.
fn read_histories(
    tx: &mut Tx<'_>,
    from: Timestamp,
    to: Timestamp,
    mut take: impl FnMut(Vec<Packed>) -> bool,
) -> Result<(), StoreError> {
    // Following an index costs a jump for each row: worth it for a month among many, not when the month
    // is a good part of the table. PostgreSQL knows its table's statistics and decides itself.
    let scan = if tx.engine() == Engine::Sqlite && is_large_share(tx, from, to)? { "NOT INDEXED" } else { "" };
    let cases = format!(
        "SELECT subject, class, timeline FROM history {scan} \
         WHERE class IN ({}) AND first_at < $1 AND matters_until >= $2",
        names(Class::is_case)
    );
    let others = format!("SELECT subject, class, timeline FROM history WHERE class IN ({})", names(|c| !c.is_case()));
    let bounds: [Param<'_>; 2] = [to.as_microsecond().into(), from.as_microsecond().into()];
    let mut going = true;
    for (sql, params) in [(&cases, &bounds[..]), (&others, &[])] {
        let mut chunk = Vec::with_capacity(CHUNK);
        tx.query(sql, params, |row| {
            if going {
                chunk.push(Packed::read(row)?);
                if chunk.len() == CHUNK {
                    going = take(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)));
                }
            }
            Ok(())
        })?;
        going = going && take(chunk);
    }
    Ok(())
}

/// Whether the cases that began in `[from, to)` are a quarter of all histories or more.
fn is_large_share(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<bool, StoreError> {
    let all = tx.query_one("SELECT COUNT(*) FROM history", &[], |row| row.u64(0))?;
    let cases = names(Class::is_case);
    let sql = format!("SELECT COUNT(*) FROM history WHERE class IN ({cases}) AND first_at >= $1 AND first_at < $2");
    let bounds: [Param<'_>; 2] = [from.as_microsecond().into(), to.as_microsecond().into()];
    let begun = tx.query_one(&sql, &bounds, |row| row.u64(0))?;
    Ok(begun.saturating_mul(4) >= all)
}

/// Classes as a list of SQL; their names are ours and hold no quote.
fn names(of: impl Fn(Class) -> bool) -> String {
    let quoted = Class::ALL.into_iter().filter(|c| of(*c)).map(|c| format!("'{}'", c.name()));
    quoted.collect::<Vec<_>>().join(", ")
}

/// Reads a signed head that the program itself wrote.
///
/// # Errors
/// When it is not one.
pub fn read_head(note: &str) -> Result<Checkpoint, MonthError> {
    let text = note.split_once("\n\n").map_or(note, |(text, _)| text);
    Checkpoint::from_text(&format!("{}\n", text.trim_end_matches('\n'))).map_err(|e| MonthError::Head(e.to_string()))
}

/// Judges a month from an export, verifying it on the way; nothing else is read. `month` chooses it from
/// those that the export speaks of. Gives the key that has signed it too.
///
/// # Errors
/// With the first thing of the export that does not fit, or when a fact cannot be judged.
pub fn from_export(
    export: impl BufRead,
    trust: Trust<'_>,
    rulebook: &Rulebook,
    month: impl FnOnce(Option<(Month, Month)>) -> Result<Month, MonthError>,
    ask: Ask<'_>,
) -> Result<(Judged, VerifierKey), MonthError> {
    let mut reader = ExportReader::open(export)?;
    let mut histories: BTreeMap<String, History> = BTreeMap::new();
    let mut latest = Timestamp::UNIX_EPOCH;
    while let Some(entry) = reader.next_entry()? {
        let seq = entry.seq;
        let fact = Fact::from_entry(&entry.kind, entry.body).map_err(|source| MonthError::Fact { seq, source })?;
        let Some((class, fact)) = fact else { continue };
        latest = latest.max(entry.occurred_at);
        let event = Event { at: entry.occurred_at, seq, fact };
        match histories.get_mut(entry.subject.as_ref()) {
            Some(history) => {
                if history.class == class {
                    history.events.push(event);
                }
            }
            None => {
                let subject = entry.subject.into_owned();
                histories.insert(subject.clone(), History { subject: Subject(subject), class, events: vec![event] });
            }
        }
    }
    let verified = reader.finish(trust)?;
    for history in histories.values_mut() {
        history.sort();
        if let Some(change) = ask.change {
            change(history);
        }
    }
    let span = span_of(&histories, rulebook);
    let month = month(span)?;
    let judge_one = |month, ask: Ask<'_>| -> Result<Judgement, JudgeError> {
        let mut judge = begin(rulebook, month, ask, latest)?;
        histories.values().try_for_each(|h| judge.take(h))?;
        judge.finish()
    };
    let mut past = Vec::new();
    for earlier in earlier_months(span, month).into_iter().filter(|_| ask.past) {
        past.push(judge_one(earlier, Ask { keep_row: None, ..ask })?);
    }
    let (checkpoint, note) = (Some(verified.checkpoint), verified.note);
    Ok((Judged { judgement: judge_one(month, ask)?, checkpoint, note, span, past }, verified.key))
}

/// As [`months`], from histories in memory.
fn span_of(histories: &BTreeMap<String, History>, rulebook: &Rulebook) -> Option<(Month, Month)> {
    let instants = || histories.values().filter(|h| h.class.is_case()).flat_map(|h| h.events.iter().map(|e| e.at));
    let month = |at: Timestamp| Month::of(at.to_zoned(rulebook.zone().clone()).date());
    Some((month(instants().min()?), month(instants().max()?)))
}

/// The month to judge of those that a journal speaks of: the one asked for, else the [`last_over`] at `now`.
///
/// # Errors
/// When the journal says nothing of it, since a table of zeros would look like a good month.
pub fn chosen(
    span: Option<(Month, Month)>,
    asked: Option<Month>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Month, MonthError> {
    let last = || span.map(|span| last_over(span, now, zone));
    match (asked.or_else(last), span) {
        (Some(month), Some((first, last))) if first <= month && month <= last => Ok(month),
        (asked, span) => {
            let month = asked.unwrap_or_else(|| Month::of(now.to_zoned(zone.clone()).date()));
            Err(MonthError::Unknown { month, span })
        }
    }
}
