//! Cases from the read table, and their entries from the journal.

use anyhow::Result;
use jiff::Timestamp;
use vigie_contract::Class;
use vigie_store::{Param, Row, StoreError, Tx};

use crate::{
    app::Vigie,
    features::desk::{
        self, CaseError,
        view::{CaseFile, CaseList, CaseQuery, CaseRow, CaseSort, EntryView, PAGE_SIZE},
    },
};

fn instant(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|e| StoreError::unreadable("an instant", e))
}

/// A text as part of a LIKE pattern, its wildcards escaped.
fn like(text: &str) -> String {
    let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// The cases of a query, one page of them.
pub(super) fn list(vigie: &Vigie, query: &CaseQuery) -> Result<CaseList> {
    let pattern = like(&query.text);
    let priority = query.priority.map(|p| p.to_string());
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut params: Vec<Param<'_>> = Vec::new();
    if let Some(class) = query.class {
        params.push(class.name().into());
        conditions.push(format!("class = ${}", params.len()));
    }
    if let Some(priority) = &priority {
        params.push(priority.into());
        conditions.push(format!("priority = ${}", params.len()));
    }
    if let Some(at) = query.late_at {
        params.push(at.as_microsecond().into());
        conditions.push(format!("due_at IS NOT NULL AND COALESCE(restored_at, ${}) > due_at", params.len()));
    }
    if !query.text.is_empty() {
        params.push(Param::Text(&pattern));
        let n = params.len();
        conditions
            .push(format!("(lower(number) LIKE ${n} ESCAPE '\\' OR lower(COALESCE(title, '')) LIKE ${n} ESCAPE '\\')"));
    }
    let condition = conditions.join(" AND ");
    let column = match query.sort {
        CaseSort::Start => "started_at",
        CaseSort::Number => "number",
        CaseSort::Priority => "priority",
        CaseSort::Due => "due_at",
        CaseSort::Stop => "restored_at",
    };
    let direction = if query.descending { "DESC" } else { "ASC" };
    let offset = u64::from(query.page).saturating_mul(u64::from(PAGE_SIZE));
    let sql = format!(
        "SELECT number, class, title, priority, phase, started_at, due_at, restored_at FROM desk_case WHERE {condition} \
         ORDER BY {column} IS NULL, {column} {direction}, subject LIMIT {PAGE_SIZE} OFFSET {offset}"
    );
    let count = format!("SELECT COUNT(*) FROM desk_case WHERE {condition}");
    let list = vigie.store.read(|tx| -> Result<_, StoreError> {
        let total = tx.query_one(&count, &params, |r| r.u64(0))?;
        Ok(CaseList { total, rows: tx.query_all(&sql, &params, read_row)? })
    })?;
    Ok(list)
}

fn read_row(row: &Row<'_>) -> Result<CaseRow, StoreError> {
    let class = row.text(1)?;
    Ok(CaseRow {
        number: row.text(0)?.to_owned(),
        class: Class::from_name(class)
            .ok_or_else(|| StoreError::unreadable("the class of a case", format!("`{class}` is not one")))?,
        title: row.opt_text(2)?.map(str::to_owned),
        priority: row.opt_text(3)?.map(str::to_owned),
        open: matches!(row.text(4)?, "new" | "in_progress" | "paused"),
        start: row.opt_i64(5)?.map(instant).transpose()?,
        due: row.opt_i64(6)?.map(instant).transpose()?,
        stop: row.opt_i64(7)?.map(instant).transpose()?,
    })
}

/// All that was said of a case; none when nobody has heard of it.
pub(super) fn one(vigie: &Vigie, number: &str) -> Result<Option<CaseFile>> {
    let found = vigie.store.read(|tx| -> Result<_, CaseError> {
        let Some(history) = desk::history(tx, number)? else { return Ok(None) };
        let title =
            tx.query_opt("SELECT title FROM desk_case WHERE subject = $1", &[(&history.subject.0).into()], |row| {
                Ok(row.opt_text(0)?.map(str::to_owned))
            })?;
        let entries = entries(tx, &history.subject.0)?;
        Ok(Some(CaseFile { history, title: title.flatten(), entries }))
    })?;
    Ok(found)
}

fn entries(tx: &mut Tx<'_>, subject: &str) -> Result<Vec<EntryView>, StoreError> {
    let sql = "SELECT leaf, bytes FROM entry WHERE subject = $1 ORDER BY seq";
    tx.query_all(sql, &[subject.into()], |row| {
        let entry = vigie_evidence::EntryRef::from_canonical(row.blob(1)?)
            .map_err(|e| StoreError::unreadable("an entry", e))?;
        Ok(EntryView {
            seq: entry.seq,
            kind: entry.kind.to_string(),
            occurred_at: entry.occurred_at,
            recorded_at: entry.recorded_at,
            actor: entry.actor.to_string(),
            origin: entry.origin.name().to_owned(),
            body: entry.body.to_owned(),
            leaf_hash: row.blob(0)?.iter().map(|b| format!("{b:02x}")).collect(),
        })
    })
}
