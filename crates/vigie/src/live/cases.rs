//! Cases from the read table, and their entries from the journal.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;
use vigie_contract::{Class, Party};
use vigie_evidence::{ContentRef, EntryRef, Hash};
use vigie_store::{Content, Param, Row, StoreError, Tx, journal};

use crate::{
    app::Vigie,
    features::desk::{
        self, CaseError,
        sheet::{TEXTS, Texts},
        view::{
            self, Attachment, CaseFile, CaseList, CaseQuery, CaseRow, CaseSort, EntryView, FileView, PAGE_SIZE, Words,
        },
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

/// All that was said of a case and that this side may read; none when nobody has heard of it.
pub(super) fn one(vigie: &Vigie, number: &str, reader: Party) -> Result<Option<CaseFile>> {
    let found = vigie.store.read(|tx| -> Result<_, CaseError> {
        let Some(history) = desk::history(tx, number)? else { return Ok(None) };
        let subject = history.subject.0.clone();
        let entries = entries(tx, &subject, reader)?;
        let bare = CaseFile {
            history,
            title: None,
            requester: None,
            vip: None,
            team: None,
            assignee: None,
            reference: None,
            entries,
        };
        let sql = "SELECT title, requester, vip, team, assignee, reference FROM desk_case WHERE subject = $1";
        let sheet = tx.query_opt(sql, &[(&subject).into()], |row| {
            let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
            Ok([text(0)?, text(1)?, text(2)?, text(3)?, text(4)?, text(5)?])
        })?;
        let Some([title, requester, vip, team, assignee, reference]) = sheet else { return Ok(Some(bare)) };
        Ok(Some(CaseFile { title, requester, vip, team, assignee, reference, ..bare }))
    })?;
    Ok(found)
}

fn entries(tx: &mut Tx<'_>, subject: &str, reader: Party) -> Result<Vec<EntryView>, StoreError> {
    let sql = "SELECT leaf, bytes FROM entry WHERE subject = $1 ORDER BY seq";
    let read = tx.query_all(sql, &[subject.into()], |row| {
        let entry = EntryRef::from_canonical(row.blob(1)?).map_err(|e| StoreError::unreadable("an entry", e))?;
        let view = EntryView {
            seq: entry.seq,
            kind: entry.kind.to_string(),
            occurred_at: entry.occurred_at,
            recorded_at: entry.recorded_at,
            actor: entry.actor.to_string(),
            origin: entry.origin.name().to_owned(),
            body: entry.body.to_owned(),
            leaf_hash: row.blob(0)?.iter().map(|b| format!("{b:02x}")).collect(),
            said: Words::None,
            visible_to: view::visible_to(entry.body),
        };
        Ok((view, entry.content))
    })?;
    let may_read = |view: &EntryView| view.visible_to.is_none_or(|side| side == reader);
    // What this side may not read is not even fetched.
    let wanted: Vec<Hash> = read
        .iter()
        .filter(|(v, _)| may_read(v))
        .flat_map(|(_, c)| c.iter().filter(|c| is_words(c)).map(|c| c.hash))
        .collect();
    let kept = journal::contents(tx, &wanted)?;
    let mut views = Vec::with_capacity(read.len());
    for (mut view, content) in read {
        if !content.is_empty() {
            view.said = if may_read(&view) { words(&content, &kept)? } else { Words::Hidden };
        }
        views.push(view);
    }
    Ok(views)
}

/// Whether a content is words; anything else is a file.
fn is_words(content: &ContentRef) -> bool {
    content.name == TEXTS
}

fn words(content: &[ContentRef], kept: &HashMap<Hash, Content>) -> Result<Words, StoreError> {
    let (mut texts, mut erased) = (Texts::default(), false);
    for c in content.iter().filter(|c| is_words(c)) {
        match kept.get(&c.hash) {
            Some(Content::Kept(bytes)) => {
                texts = Texts::from_bytes(bytes).map_err(|e| StoreError::unreadable("a text", e))?;
            }
            Some(Content::Erased { .. }) | None => erased = true,
        }
    }
    let files = content.iter().filter(|c| !is_words(c)).map(|c| FileView {
        name: c.name.clone(),
        size_bytes: c.size_bytes,
        hash: c.hash.to_hex(),
    });
    let files: Vec<FileView> = files.collect();
    Ok(if erased && files.is_empty() { Words::Erased } else { Words::Kept { texts, files } })
}

/// A file of a case; none when it is not one of its files, or not for this side.
pub(super) fn attachment(vigie: &Vigie, number: &str, hash: &str, reader: Party) -> Result<Option<Attachment>> {
    let found = vigie.store.read(|tx| -> Result<_, CaseError> {
        let Some(history) = desk::history(tx, number)? else { return Ok(None) };
        let entries = journal::entries_of(tx, &history.subject.0)?;
        let named = entries.into_iter().find_map(|entry| {
            let may_read = entry.body.get("visible_to").is_none_or(|side| view::side(side.clone()) == reader);
            let file = entry.content.into_iter().find(|c| !is_words(c) && c.hash.to_hex() == hash);
            file.filter(|_| may_read)
        });
        let Some(file) = named else { return Ok(None) };
        Ok(match journal::content(tx, &file.hash)? {
            Some(Content::Kept(bytes)) => Some(Attachment { name: file.name, media_type: file.media_type, bytes }),
            _ => None,
        })
    })?;
    Ok(found)
}
