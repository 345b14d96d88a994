//! The tasks of cases: what the case completes of a new one, and the read table in which people find theirs.
//!
//! A row follows from the entries of its case, its title from their words; what was erased there is empty
//! here after a rebuild. MUST NOT give a side the tasks that the other keeps to itself.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use vigie_contract::Comparison;
use vigie_contract::{Contract, Delay, Direction, Label, Party, TaskRule};
use vigie_rules::{
    delay::instant_after,
    desk::Asked,
    fact::{Event, Fact},
    life::Life,
    work::Work,
};
use vigie_store::{Param, StoreError, Tx, Values};

use super::{
    DeskError,
    act::{Deed, Detail},
    sheet::Said,
};
use crate::record::{instant, main_clock};

/// A task of the contract as it is added: its title, who does it, how long it may take.
#[must_use]
pub fn of_rule<'c>(contract: &'c Contract, id: &str) -> Option<(&'c TaskRule, &'c Label)> {
    contract.catalogue.tasks.iter().find(|t| t.id == id).map(|t| (t, &t.label))
}

/// Gives what is done around a case what only the case knows: its numbers, its due time, and who may know.
pub(super) fn complete(deed: &mut Deed, asked: &Asked<'_>) -> Result<(), DeskError> {
    let load = asked.life.workload();
    let Detail::Work(work, within) = &mut deed.detail else { return Ok(()) };
    if let Work::TaskAdded { due, .. } | Work::TaskChanged { due, .. } = work
        && let Some(within) = within
    {
        *due = Some(due_in(asked, *within, deed.at)?);
    }
    let own = Some(deed.party);
    match work {
        Work::TaskAdded { task, team, visible_to, .. } => {
            *task = load.next_task();
            *visible_to = own.filter(|_| deed.internal);
            // Whoever has the case has the task, if nobody else was named: a page says so.
            if team.as_deref() == Some("") {
                *team = None;
            }
        }
        Work::TimeSpent { spent, .. } => {
            *spent = load.next_spent();
            deed.internal = !asked.book.contract.teams.shares_time;
        }
        Work::Followed { .. } | Work::Unfollowed { .. } => deed.internal = true,
        Work::Separated { from } => {
            if let Some((_, into)) = &load.merged {
                from.clone_from(into);
            }
            deed.internal = false;
        }
        other => {
            // What is done to a task is known to whoever knows of the task.
            let side = other.task().and_then(|number| load.task(number)).and_then(|t| t.side);
            deed.internal = side.is_some();
        }
    }
    Ok(())
}

/// When a delay that begins at an instant ends, on the calendar of the case's main clock.
fn due_in(asked: &Asked<'_>, within: Delay, at: Timestamp) -> Result<Timestamp, DeskError> {
    let book = asked.book;
    let priority = asked.life.classification().and_then(|c| book.priority(c));
    let calendar = main_clock(book, asked.class).and_then(|rule| book.calendar_of(rule, priority));
    let Some((_, calendar)) = calendar else { return Err(DeskError::Uncounted) };
    instant_after(at, within, Direction::After, Comparison::Strict, calendar).map_err(|_| DeskError::Uncounted)
}

/// A task of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLine {
    /// The number of its case.
    pub case: String,
    /// What the case is about.
    pub case_title: Option<String>,
    /// The version of the case.
    pub version: u64,
    /// Its number on the case.
    pub task: u32,
    /// Its title; absent when it was erased.
    pub title: Option<String>,
    /// The group that does it.
    pub team: Option<String>,
    /// Somebody who does it.
    pub assignee: Option<String>,
    /// By when.
    pub due: Option<Timestamp>,
}

/// Whose tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// Of this account.
    pub assignee: Option<String>,
    /// Of nobody in one of these groups.
    pub teams: Vec<String>,
}

/// Tasks that a page shows at most.
const SHOWN: u32 = 500;

/// Tasks that are to be done on open cases and that this side knows of, what is due first first.
///
/// # Errors
/// Whatever the database says.
pub fn open(tx: &mut Tx<'_>, reader: Party, whose: &Whose) -> Result<Vec<TaskLine>, StoreError> {
    let mut params: Vec<Param<'_>> = vec![Param::Text(reader.name())];
    let mut any = Vec::new();
    if let Some(assignee) = &whose.assignee {
        params.push(assignee.into());
        any.push(format!("t.assignee = ${}", params.len()));
    }
    for team in &whose.teams {
        params.push(team.into());
        any.push(format!("(t.assignee IS NULL AND t.team = ${})", params.len()));
    }
    let whose = if any.is_empty() { String::new() } else { format!(" AND ({})", any.join(" OR ")) };
    let sql = format!(
        "SELECT c.number, c.title, c.version, t.task, t.title, t.team, t.assignee, t.due_at \
         FROM desk_task t JOIN desk_case c ON c.subject = t.subject \
         WHERE t.open AND c.open AND (t.side IS NULL OR t.side = $1){whose} \
         ORDER BY t.due_at IS NULL, t.due_at, t.subject, t.place LIMIT {SHOWN}"
    );
    tx.query_all(&sql, &params, |row| {
        let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
        Ok(TaskLine {
            case: row.text(0)?.to_owned(),
            case_title: text(1)?,
            version: row.u64(2)?,
            task: u32::try_from(row.u64(3)?).unwrap_or(u32::MAX),
            title: text(4)?,
            team: text(5)?,
            assignee: text(6)?,
            due: row.opt_i64(7)?.map(instant).transpose()?,
        })
    })
}

/// The tasks of one case, to be written.
pub(crate) struct Tasks<'a> {
    subject: &'a str,
    life: &'a Life,
    /// Titles that were said, by the number of the task.
    titles: BTreeMap<u32, Option<String>>,
}

impl<'a> Tasks<'a> {
    /// Of a case about whose tasks something was said; none when nothing was.
    pub(crate) fn of(
        subject: &'a str,
        life: &'a Life,
        events: &[Event],
        said: &[(u64, Timestamp, Said)],
    ) -> Option<Self> {
        let mut titles = BTreeMap::new();
        let mut any = false;
        for event in events {
            let Fact::Work(work) = &event.fact else { continue };
            let Some(task) = work.task() else { continue };
            any = true;
            let text = said.iter().find(|(seq, ..)| *seq == event.seq).and_then(|(_, _, said)| said.text());
            if matches!(**work, Work::TaskAdded { .. }) || text.is_some() {
                titles.insert(task, text.map(str::to_owned));
            }
        }
        any.then_some(Self { subject, life, titles })
    }
}

/// Writes the rows of cases, each in the place of what was there.
pub(crate) fn write(tx: &mut Tx<'_>, tasks: &[Tasks<'_>]) -> Result<(), StoreError> {
    if tasks.is_empty() {
        return Ok(());
    }
    let subjects: Vec<&str> = tasks.iter().map(|t| t.subject).collect();
    let mut kept: HashMap<(String, u32), Option<String>> = HashMap::new();
    tx.query_in("SELECT subject, task, title FROM desk_task WHERE subject", Values::Texts(&subjects), |row| {
        let task = u32::try_from(row.u64(1)?).unwrap_or(u32::MAX);
        kept.insert((row.text(0)?.to_owned(), task), row.opt_text(2)?.map(str::to_owned));
        Ok(())
    })?;
    for of in tasks {
        kept.extend(of.titles.iter().map(|(task, title)| ((of.subject.to_owned(), *task), title.clone())));
    }
    let columns = ["subject", "task", "place", "title", "team", "assignee", "due_at", "side", "open"];
    let rows = tasks.iter().flat_map(|of| {
        let kept = &kept;
        of.life.workload().tasks.iter().zip(1_i64..).map(move |(task, place)| {
            let title = kept.get(&(of.subject.to_owned(), task.number)).and_then(Option::as_ref);
            [
                Param::Text(of.subject),
                i64::from(task.number).into(),
                place.into(),
                title.into(),
                task.team.as_ref().into(),
                task.assignee.as_ref().into(),
                task.due.map(Timestamp::as_microsecond).into(),
                task.side.map(Party::name).into(),
                task.is_open().into(),
            ]
        })
    });
    tx.upsert_many("desk_task", &["subject", "task"], &columns, rows).map(|_| ())
}
