//! Notices as the database keeps them: one row for each account that an entry reached.
//!
//! They are no read table: whether something was read is in no entry, so a rebuild leaves them alone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vigie_contract::Channel;
use vigie_store::{Param, Row, StoreError, Tx};

use super::{
    Kind, Notice,
    fire::{ESCALATED, Fired, Outlet},
};
use crate::{
    features::desk::{MENTIONED, NEWS},
    record::instant,
};

/// Notices that a page shows at most; older ones stay in the time lines of their cases.
const SHOWN: u32 = 200;

/// The pages of the program: the bell and its list.
pub struct InApp;

impl Outlet for InApp {
    fn channel(&self) -> Channel {
        Channel::InApp
    }

    fn hand_over(&self, tx: &mut Tx<'_>, fired: &Fired, reached: &BTreeSet<String>) -> Result<(), StoreError> {
        let columns = ["account", "seq", "subject", "kind", "rule", "obligation", "at", "due_at"];
        let due = &fired.due;
        let seq = i64::try_from(fired.seq).unwrap_or(i64::MAX);
        let rows = reached.iter().map(|account| {
            [
                Param::Text(account),
                seq.into(),
                Param::Text(&due.subject),
                due.verb().into(),
                Param::Text(&due.rule.0),
                due.obligation.as_ref().map(|o| &o.0).into(),
                fired.at.as_microsecond().into(),
                due.due.as_microsecond().into(),
            ]
        });
        tx.insert_many("notice", &columns, rows).map(|_| ())
    }
}

/// How many notices an account has not read.
///
/// # Errors
/// Whatever the database says.
pub fn unread(tx: &mut Tx<'_>, account: &str) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM notice WHERE account = $1 AND read_at IS NULL";
    tx.query_one(sql, &[account.into()], |row| row.u64(0))
}

/// The latest notices of an account, those unread alone or all.
///
/// # Errors
/// Whatever the database says.
pub fn notices(tx: &mut Tx<'_>, account: &str, all: bool) -> Result<Vec<Notice>, StoreError> {
    let which = if all { "" } else { " AND n.read_at IS NULL" };
    let sql = format!(
        "SELECT n.seq, n.subject, c.title, n.kind, n.rule, n.obligation, n.at, n.due_at, n.read_at, n.actor \
         FROM notice n LEFT JOIN desk_case c ON c.subject = n.subject \
         WHERE n.account = $1{which} ORDER BY n.seq DESC LIMIT {SHOWN}"
    );
    tx.query_all(&sql, &[account.into()], read)
}

fn read(row: &Row<'_>) -> Result<Notice, StoreError> {
    let subject = row.text(1)?;
    Ok(Notice {
        seq: row.u64(0)?,
        number: subject.strip_prefix("case/").unwrap_or(subject).to_owned(),
        title: row.opt_text(2)?.map(str::to_owned),
        kind: match row.text(3)? {
            ESCALATED => Kind::Escalated,
            MENTIONED => Kind::Mentioned,
            NEWS => Kind::News,
            _ => Kind::Warned,
        },
        rule: row.text(4)?.to_owned(),
        obligation: row.opt_text(5)?.map(str::to_owned),
        at: instant(row.i64(6)?)?,
        due: instant(row.i64(7)?)?,
        read_at: row.opt_i64(8)?.map(instant).transpose()?,
        actor: row.opt_text(9)?.map(str::to_owned),
    })
}

/// Says that an account has read one notice, or all up to one: nobody has read what came after their page.
///
/// # Errors
/// Whatever the database says.
pub fn set_read(tx: &mut Tx<'_>, account: &str, which: Which, now: Timestamp) -> Result<(), StoreError> {
    let (condition, seq) = match which {
        Which::One(seq) => ("seq = $3", seq),
        Which::UpTo(seq) => ("seq <= $3", seq),
    };
    let sql = format!("UPDATE notice SET read_at = $2 WHERE account = $1 AND {condition} AND read_at IS NULL");
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    tx.execute(&sql, &[account.into(), now.as_microsecond().into(), seq.into()]).map(|_| ())
}

/// Which notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one of that entry.
    One(u64),
    /// All up to that entry.
    UpTo(u64),
}
