//! Reading the list of cases: narrow rows, by filter, in the order of their numbers.

use jiff::Timestamp;
use vigie_contract::Class;
use vigie_rules::{desk::Phase, similar::Seen};
use vigie_store::{Param, Row, StoreError, Tx};

use crate::record::instant;

/// One case as the read table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLine {
    /// `case/VG-2026-000123`.
    pub subject: String,
    /// The number that people say.
    pub number: String,
    /// Its class.
    pub class: Class,
    /// How it stands.
    pub phase: Phase,
    /// Its priority, when it has one.
    pub priority: Option<String>,
    /// Whether it is a major incident.
    pub major: bool,
    /// `vip`, `vvip`.
    pub vip: Option<String>,
    /// What it is about.
    pub title: Option<String>,
    /// Who asks for help.
    pub requester: Option<String>,
    /// The resolution group.
    pub team: Option<String>,
    /// Somebody of it.
    pub assignee: Option<String>,
    /// The service concerned.
    pub service: Option<String>,
    /// The site concerned.
    pub site: Option<String>,
    /// Subject or request type of the catalogue.
    pub item: Option<String>,
    /// By which door it came in.
    pub origin: String,
    /// Its number in another system.
    pub reference: Option<String>,
    /// Its earliest entry.
    pub opened_at: Timestamp,
    /// Its latest entry.
    pub changed_at: Timestamp,
    /// The running clock that is due first, and when.
    pub next_due: Option<(Timestamp, String)>,
    /// When it was restored.
    pub restored_at: Option<Timestamp>,
    /// The place of its latest entry, plus one.
    pub version: u64,
}

/// Which cases; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this class.
    pub class: Option<Class>,
    /// In this phase.
    pub phase: Option<Phase>,
    /// Open or over.
    pub open: Option<bool>,
    /// Of this subject or request type.
    pub item: Option<String>,
    /// Of this group.
    pub team: Option<String>,
    /// Of this account.
    pub assignee: Option<String>,
    /// Of this priority.
    pub priority: Option<String>,
    /// With this number in another system.
    pub reference: Option<String>,
}

const COLUMNS: &str = "subject, number, class, phase, priority, major, vip, title, requester, team, assignee, service, \
                       site, item, origin, reference, opened_at, changed_at, next_due_at, next_due_clock, restored_at, \
                       version";

fn read(row: &Row<'_>) -> Result<CaseLine, StoreError> {
    let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
    let name = |index: usize, what: &str| {
        let name = row.text(index)?;
        Ok::<_, StoreError>((name, StoreError::unreadable(what, format!("`{name}` is not one"))))
    };
    let (class, no_class) = name(2, "the class of a case")?;
    let (phase, no_phase) = name(3, "the phase of a case")?;
    let next_due = row.opt_i64(18)?.map(instant).transpose()?.zip(text(19)?);
    Ok(CaseLine {
        subject: row.text(0)?.to_owned(),
        number: row.text(1)?.to_owned(),
        class: Class::from_name(class).ok_or(no_class)?,
        phase: Phase::from_name(phase).ok_or(no_phase)?,
        priority: text(4)?,
        major: row.bool(5)?,
        vip: text(6)?,
        title: text(7)?,
        requester: text(8)?,
        team: text(9)?,
        assignee: text(10)?,
        service: text(11)?,
        site: text(12)?,
        item: text(13)?,
        origin: row.text(14)?.to_owned(),
        reference: text(15)?,
        opened_at: instant(row.i64(16)?)?,
        changed_at: instant(row.i64(17)?)?,
        next_due,
        restored_at: row.opt_i64(20)?.map(instant).transpose()?,
        version: row.u64(21)?,
    })
}

/// One case by its number.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, number: &str) -> Result<Option<CaseLine>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM desk_case WHERE subject = $1");
    let subject = if number.starts_with("case/") { number.to_owned() } else { format!("case/{number}") };
    tx.query_opt(&sql, &[(&subject).into()], read)
}

/// The incidents that were opened since an instant and are not void, as far as they may be alike.
///
/// # Errors
/// Whatever the database says.
pub fn incidents_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<Seen>, StoreError> {
    let sql = "SELECT number, opened_at, item, service, site FROM desk_case \
               WHERE class = 'incident' AND phase NOT IN ('cancelled', 'merged') AND opened_at >= $1 ORDER BY opened_at, subject";
    tx.query_all(sql, &[since.as_microsecond().into()], |row| {
        let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
        Ok(Seen {
            number: row.text(0)?.to_owned(),
            at: instant(row.i64(1)?)?,
            item: text(2)?,
            service: text(3)?,
            site: text(4)?,
        })
    })
}

/// How many cases there are, and those after a subject, at most `limit`, the greatest number first.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: Option<&str>,
    limit: u32,
) -> Result<(u64, Vec<CaseLine>), StoreError> {
    let mut params: Vec<Param<'_>> = Vec::new();
    let mut conditions = String::from("1 = 1");
    let equal = [
        ("class", filter.class.map(|c| Param::Text(c.name()))),
        ("phase", filter.phase.map(|p| Param::Text(p.name()))),
        ("open", filter.open.map(Param::Bool)),
        ("item", filter.item.as_deref().map(Param::Text)),
        ("team", filter.team.as_deref().map(Param::Text)),
        ("assignee", filter.assignee.as_deref().map(Param::Text)),
        ("priority", filter.priority.as_deref().map(Param::Text)),
        ("reference", filter.reference.as_deref().map(Param::Text)),
    ];
    for (column, value) in equal {
        if let Some(value) = value {
            params.push(value);
            conditions.push_str(&format!(" AND {column} = ${}", params.len()));
        }
    }
    let total = tx.query_one(&format!("SELECT COUNT(*) FROM desk_case WHERE {conditions}"), &params, |r| r.u64(0))?;
    if let Some(after) = after {
        params.push(after.into());
        conditions.push_str(&format!(" AND subject < ${}", params.len()));
    }
    let sql = format!("SELECT {COLUMNS} FROM desk_case WHERE {conditions} ORDER BY subject DESC LIMIT {limit}");
    Ok((total, tx.query_all(&sql, &params, read)?))
}
