//! The link's rows: tickets as they were last read, what EZV is still to be told, how far both roads are.

use jiff::{SignedDuration, Timestamp};
use vigie_rules::fact::State;
use vigie_store::{Param, Row, StoreError, Tx};

use crate::record::instant;

/// A ticket as it was last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// EZV's number.
    pub number: String,
    /// Our case, `case/...`; none when it could not become one.
    pub subject: Option<String>,
    /// EZV's words for how it stands.
    pub status: Option<String>,
    /// What they mean.
    pub state: Option<State>,
    /// When it was registered.
    pub created_at: Option<Timestamp>,
    /// When it was taken in.
    pub taken_in_at: Option<Timestamp>,
    /// When it was declared resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Its change that was taken in last.
    pub updated_at: Timestamp,
    /// When it was last read.
    pub seen_at: Timestamp,
    /// The state in which we left it.
    pub pushed: Option<State>,
    /// Why it could not be taken in.
    pub trouble: Option<String>,
}

/// What EZV is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// That there is such a case, and how it stands.
    Twin,
    /// What somebody wrote.
    Note,
}

impl What {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Twin => "twin",
            Self::Note => "note",
        }
    }
}

/// Something that EZV is still to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The entry from which it follows.
    pub seq: u64,
    /// The case.
    pub subject: String,
    /// What.
    pub what: What,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed.
    pub failure: Option<String>,
}

fn name(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::InProgress => "in_progress",
        State::Pending => "pending",
        State::Resolved => "resolved",
        State::Closed => "closed",
        State::Cancelled => "cancelled",
    }
}

const STATES: [State; 6] =
    [State::New, State::InProgress, State::Pending, State::Resolved, State::Closed, State::Cancelled];

fn state(text: Option<&str>) -> Option<State> {
    STATES.into_iter().find(|s| Some(name(*s)) == text)
}

const COLUMNS: &str = "t.number, t.subject, t.status, t.state, t.created_at, t.taken_in_at, t.resolved_at, t.closed_at, \
                       t.updated_at, t.seen_at, t.pushed, t.trouble";

fn read(row: &Row<'_>) -> Result<Known, StoreError> {
    let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
    let when = |index| row.opt_i64(index)?.map(instant).transpose();
    Ok(Known {
        number: row.text(0)?.to_owned(),
        subject: text(1)?,
        status: text(2)?,
        state: state(row.opt_text(3)?),
        created_at: when(4)?,
        taken_in_at: when(5)?,
        resolved_at: when(6)?,
        closed_at: when(7)?,
        updated_at: instant(row.i64(8)?)?,
        seen_at: instant(row.i64(9)?)?,
        pushed: state(row.opt_text(10)?),
        trouble: text(11)?,
    })
}

/// A ticket by its number.
///
/// # Errors
/// Whatever the database says.
pub fn ticket(tx: &mut Tx<'_>, number: &str) -> Result<Option<Known>, StoreError> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM ezv_ticket t WHERE t.number = $1"), &[number.into()], read)
}

/// The tickets of a case, the first registered first.
///
/// # Errors
/// Whatever the database says.
pub fn twins(tx: &mut Tx<'_>, subject: &str) -> Result<Vec<Known>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM ezv_ticket t WHERE t.subject = $1 ORDER BY t.created_at, t.number");
    tx.query_all(&sql, &[subject.into()], read)
}

/// Tickets that are of no case, of an open case, or of one that changed since an instant; the latest first.
///
/// # Errors
/// Whatever the database says.
pub fn recent(tx: &mut Tx<'_>, since: Timestamp, limit: u32) -> Result<Vec<Known>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ezv_ticket t LEFT JOIN desk_case c ON c.subject = t.subject \
         WHERE c.subject IS NULL OR c.open OR c.changed_at >= $1 ORDER BY t.updated_at DESC, t.number LIMIT {limit}"
    );
    tx.query_all(&sql, &[since.as_microsecond().into()], read)
}

/// Open cases without a ticket that are known here otherwise than by a log, the latest first.
///
/// # Errors
/// Whatever the database says.
pub fn alone(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT c.number FROM desk_case c WHERE c.open AND c.origin <> 'import' \
         AND NOT EXISTS (SELECT 1 FROM ezv_ticket t WHERE t.subject = c.subject) ORDER BY c.subject DESC LIMIT {limit}"
    );
    tx.query_all(&sql, &[], |row| Ok(row.text(0)?.to_owned()))
}

/// The case that names this ticket as its reference, or bears its number, when there is one.
///
/// # Errors
/// Whatever the database says.
pub fn case_of(tx: &mut Tx<'_>, number: &str, reference: Option<&str>) -> Result<Option<String>, StoreError> {
    let text = |row: &Row<'_>| Ok(row.text(0)?.to_owned());
    if let Some(reference) = reference
        && let Some(subject) = tx.query_opt(BY_NUMBER, &[(&format!("case/{reference}")).into()], text)?
    {
        return Ok(Some(subject));
    }
    match tx.query_opt(BY_REFERENCE, &[number.into()], text)? {
        Some(subject) => Ok(Some(subject)),
        None => tx.query_opt(BY_NUMBER, &[(&format!("case/{number}")).into()], text),
    }
}

/// The case that a number of another system stands for.
pub const BY_REFERENCE: &str = "SELECT subject FROM desk_case WHERE reference = $1 ORDER BY subject LIMIT 1";
/// A case by its own number.
const BY_NUMBER: &str = "SELECT subject FROM desk_case WHERE subject = $1";

/// Sets a ticket aside with its trouble: it was read up to that change, and says nothing more until it is tried again.
///
/// # Errors
/// Whatever the database says.
pub fn set_aside(
    tx: &mut Tx<'_>,
    number: &str,
    updated_at: Timestamp,
    now: Timestamp,
    trouble: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO ezv_ticket (number, updated_at, seen_at, trouble) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (number) DO UPDATE SET updated_at = excluded.updated_at, seen_at = excluded.seen_at, \
                   trouble = excluded.trouble";
    let params = [number.into(), updated_at.as_microsecond().into(), now.as_microsecond().into(), trouble.into()];
    tx.execute(sql, &params).map(|_| ())
}

/// Tickets that are of no case since they were set aside, not tried since an instant, the longest first.
///
/// # Errors
/// Whatever the database says.
pub fn aside(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<Vec<Known>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ezv_ticket t WHERE t.subject IS NULL AND t.seen_at <= $1 \
         ORDER BY t.seen_at, t.number LIMIT {limit}"
    );
    tx.query_all(&sql, &[before.as_microsecond().into()], read)
}

/// Forgets a ticket that is of no case.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, number: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM ezv_ticket WHERE number = $1 AND subject IS NULL", &[number.into()]).map(|_| ())
}

/// Keeps a ticket as it was read.
///
/// # Errors
/// Whatever the database says.
pub fn keep(tx: &mut Tx<'_>, known: &Known) -> Result<(), StoreError> {
    let when = |at: Option<Timestamp>| Param::from(at.map(Timestamp::as_microsecond));
    let sql = "INSERT INTO ezv_ticket (number, subject, status, state, created_at, taken_in_at, resolved_at, closed_at, \
                   updated_at, seen_at, pushed, trouble) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
               ON CONFLICT (number) DO UPDATE SET subject = excluded.subject, status = excluded.status, \
                   state = excluded.state, created_at = excluded.created_at, taken_in_at = excluded.taken_in_at, \
                   resolved_at = excluded.resolved_at, closed_at = excluded.closed_at, \
                   updated_at = excluded.updated_at, seen_at = excluded.seen_at, pushed = excluded.pushed, \
                   trouble = excluded.trouble";
    let params = [
        (&known.number).into(),
        known.subject.as_ref().into(),
        known.status.as_ref().into(),
        known.state.map(name).into(),
        when(known.created_at),
        when(known.taken_in_at),
        when(known.resolved_at),
        when(known.closed_at),
        known.updated_at.as_microsecond().into(),
        known.seen_at.as_microsecond().into(),
        known.pushed.map(name).into(),
        known.trouble.as_ref().into(),
    ];
    tx.execute(sql, &params).map(|_| ())
}

/// Says in which state we left a ticket.
///
/// # Errors
/// Whatever the database says.
pub fn set_pushed(tx: &mut Tx<'_>, number: &str, pushed: Option<State>) -> Result<(), StoreError> {
    let sql = "UPDATE ezv_ticket SET pushed = $2 WHERE number = $1";
    tx.execute(sql, &[number.into(), pushed.map(name).into()]).map(|_| ())
}

/// A place of one of the two roads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// Up to which change of EZV tickets were read, in microseconds since 1970.
    In,
    /// The first entry that EZV was not told of.
    Out,
}

impl Road {
    const fn name(self) -> &'static str {
        match self {
            Self::In => "ezv/in",
            Self::Out => "ezv/out",
        }
    }
}

/// How far a road is; none before its first step.
///
/// # Errors
/// Whatever the database says.
pub fn place(tx: &mut Tx<'_>, road: Road) -> Result<Option<i64>, StoreError> {
    tx.query_opt("SELECT value FROM counter WHERE name = $1", &[road.name().into()], |row| row.i64(0))
}

/// Says how far a road is.
///
/// # Errors
/// Whatever the database says.
pub fn set_place(tx: &mut Tx<'_>, road: Road, value: i64) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(sql, &[road.name().into(), value.into()]).map(|_| ())
}

/// Adds a task, once for each entry; of a case that already waits for its twin, none for the same.
///
/// # Errors
/// Whatever the database says.
pub fn order(tx: &mut Tx<'_>, seq: u64, subject: &str, what: What, now: Timestamp) -> Result<(), StoreError> {
    if what == What::Twin {
        let sql = "SELECT 1 FROM ezv_task WHERE subject = $1 AND what = $2 AND next_at IS NOT NULL";
        if tx.query_opt(sql, &[subject.into(), what.name().into()], |_| Ok(()))?.is_some() {
            return Ok(());
        }
    }
    let sql = "INSERT INTO ezv_task (seq, subject, what, tries, next_at) VALUES ($1, $2, $3, 0, $4) \
               ON CONFLICT (seq) DO NOTHING";
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let params = [seq.into(), subject.into(), what.name().into(), now.as_microsecond().into()];
    tx.execute(sql, &params).map(|_| ())
}

fn read_task(row: &Row<'_>) -> Result<Task, StoreError> {
    Ok(Task {
        seq: row.u64(0)?,
        subject: row.text(1)?.to_owned(),
        what: if row.text(2)? == What::Note.name() { What::Note } else { What::Twin },
        tries: u32::try_from(row.i64(3)?).unwrap_or(u32::MAX),
        failure: row.opt_text(4)?.map(str::to_owned),
    })
}

/// The tasks that are due, in the order of their entries. One that follows another of its case waits for it: a note
/// is written on a twin that is there.
///
/// # Errors
/// Whatever the database says.
pub fn due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<Task>, StoreError> {
    let sql = format!(
        "SELECT seq, subject, what, tries, failure FROM ezv_task t WHERE next_at IS NOT NULL AND next_at <= $1 \
         AND NOT EXISTS (SELECT 1 FROM ezv_task e WHERE e.subject = t.subject AND e.seq < t.seq AND e.next_at > $1) \
         ORDER BY seq LIMIT {limit}"
    );
    tx.query_all(&sql, &[now.as_microsecond().into()], read_task)
}

/// The tasks of a case that failed, or all that did.
///
/// # Errors
/// Whatever the database says.
pub fn failed(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Task>, StoreError> {
    let sql = format!(
        "SELECT seq, subject, what, tries, failure FROM ezv_task WHERE done_at IS NULL AND failure IS NOT NULL \
         ORDER BY seq DESC LIMIT {limit}"
    );
    tx.query_all(&sql, &[], read_task)
}

/// Says what became of a task: done, to be tried at an instant, or given up.
///
/// # Errors
/// Whatever the database says.
pub fn settle(
    tx: &mut Tx<'_>,
    task: &Task,
    now: Timestamp,
    next: Option<Timestamp>,
    failure: Option<&str>,
) -> Result<(), StoreError> {
    let done = failure.is_none().then_some(now);
    let ended = next.is_none().then_some(now);
    let sql = "UPDATE ezv_task SET tries = tries + 1, next_at = $2, done_at = $3, failure = $4, ended_at = $5 \
               WHERE seq = $1";
    let micros = |at: Option<Timestamp>| Param::from(at.map(Timestamp::as_microsecond));
    let seq = i64::try_from(task.seq).unwrap_or(i64::MAX);
    tx.execute(sql, &[seq.into(), micros(next), micros(done), failure.into(), micros(ended)])?;
    if done.is_some() && task.what == What::Twin {
        // A twin follows its case as it stands: what failed before is made good.
        let sql = "UPDATE ezv_task SET failure = NULL, done_at = $3 \
                   WHERE subject = $1 AND what = $2 AND done_at IS NULL AND next_at IS NULL";
        tx.execute(sql, &[(&task.subject).into(), task.what.name().into(), micros(done)])?;
    }
    Ok(())
}

/// What became of a task is kept for so long after its end: a month is judged after its end.
const KEPT: SignedDuration = SignedDuration::from_hours(62 * 24);
/// How many tasks were forgotten, done and given up.
const FORGOTTEN: [&str; 2] = ["ezv/past_done", "ezv/past_given_up"];

/// Forgets the tasks that ended long ago and keeps how many there were; gives how many were forgotten.
///
/// # Errors
/// Whatever the database says.
pub fn prune(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let before = Param::from(now.checked_sub(KEPT).unwrap_or(now).as_microsecond());
    let mut all = 0_u64;
    for (name, which) in FORGOTTEN.into_iter().zip(["done_at IS NOT NULL", "done_at IS NULL"]) {
        let sql = format!("DELETE FROM ezv_task WHERE ended_at < $1 AND {which}");
        let forgotten = tx.execute(&sql, &[before])?;
        if forgotten > 0 {
            let sql = "INSERT INTO counter (name, value) VALUES ($1, $2) \
                       ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value";
            tx.execute(sql, &[name.into(), i64::try_from(forgotten).unwrap_or(i64::MAX).into()])?;
        }
        all = all.saturating_add(forgotten);
    }
    Ok(all)
}

/// How many tasks are done and given up, with those that were forgotten since.
///
/// # Errors
/// Whatever the database says.
pub fn ended(tx: &mut Tx<'_>) -> Result<(u64, u64), StoreError> {
    let sql = "SELECT COUNT(done_at), COUNT(ended_at) - COUNT(done_at) FROM ezv_task WHERE ended_at IS NOT NULL";
    let (done, given_up) = tx.query_one(sql, &[], |row| Ok((row.u64(0)?, row.u64(1)?)))?;
    let mut past = |name: &str| tx.query_opt("SELECT value FROM counter WHERE name = $1", &[name.into()], |r| r.u64(0));
    let [past_done, past_given_up] = FORGOTTEN;
    let (past_done, past_given_up) = (past(past_done)?.unwrap_or(0), past(past_given_up)?.unwrap_or(0));
    Ok((done.saturating_add(past_done), given_up.saturating_add(past_given_up)))
}
