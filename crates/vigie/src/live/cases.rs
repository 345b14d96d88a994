//! Cases from the read table, and their entries from the journal.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;
use vigie_contract::{Class, Party};
use vigie_evidence::{ContentRef, EntryRef, Hash};
use vigie_rules::desk::Phase;
use vigie_store::{Content, Engine, Param, Row, StoreError, Tx, Values, journal, search};

use super::counts::Counts;
use crate::{
    app::Vigie,
    features::desk::{
        self, CaseError,
        sheet::{TEXTS, Texts},
        view::{
            self, Attachment, Caller, CaseFile, CaseList, CaseQuery, CaseRow, CaseSort, EntryView, FileView, With,
            Words,
        },
    },
    record::instant,
};

/// A condition of SQL with its values.
struct Filter {
    /// Where it looks: the table, and for SQLite the narrow index that holds all that is filtered and sorted.
    from: &'static str,
    conditions: Vec<String>,
    values: Vec<Value>,
}

enum Value {
    Text(String),
    Int(i64),
}

impl Filter {
    /// Adds a condition in which `?` stands for the value.
    fn with(&mut self, condition: &str, value: Value) {
        self.values.push(value);
        self.conditions.push(condition.replace('?', &format!("${}", self.values.len())));
    }

    /// Adds the value to those of a condition and gives its place.
    fn place(&mut self, value: String) -> String {
        self.values.push(Value::Text(value));
        format!("${}", self.values.len())
    }

    /// What holds these words, and what has a number that begins so.
    fn find(&mut self, query: &CaseQuery, engine: Engine) {
        let number = format!("case/{}", query.text.trim().to_uppercase());
        // Whatever follows the beginning comes before the greatest character.
        let (from, to) = (self.place(number.clone()), self.place(format!("{number}\u{10FFFF}")));
        let mut found = format!("SELECT subject FROM desk_case WHERE subject >= {from} AND subject < {to}");
        if let Some(question) = search::question(engine, &query.text, query.reader.name()) {
            let mut sql = question.sql.to_owned();
            for value in question.values {
                sql = sql.replacen('?', &self.place(value), 1);
            }
            found = format!("{found} UNION {sql}");
        }
        self.conditions.push(format!("subject IN ({found})"));
    }

    fn of(query: &CaseQuery, engine: Engine) -> Self {
        let open = query.open || (!query.phases.is_empty() && query.phases.iter().all(|p| p.is_open()));
        let from = match engine {
            // Left alone, SQLite takes an index of one column and reads each wide row behind it. What is searched
            // by its words is few, and known by its key.
            Engine::Sqlite if query.text.is_empty() && open => "desk_case INDEXED BY desk_case_working",
            Engine::Sqlite if query.text.is_empty() => "desk_case INDEXED BY desk_case_list",
            Engine::Sqlite | Engine::Postgres => "desk_case",
        };
        let mut filter = Self { from, conditions: vec!["1 = 1".to_owned()], values: Vec::new() };
        let text = |text: &str| Value::Text(text.to_owned());
        if open {
            filter.conditions.push("open".to_owned());
        }
        if !query.phases.is_empty() {
            // Names of our own: nothing to escape.
            let names: Vec<String> = query.phases.iter().map(|p| format!("'{}'", p.name())).collect();
            filter.conditions.push(format!("phase IN ({})", names.join(", ")));
        }
        if let Some(class) = query.class {
            filter.with("class = ?", text(class.name()));
        }
        if let Some(priority) = query.priority {
            filter.with("priority = ?", Value::Text(priority.to_string()));
        }
        if let Some(team) = &query.team {
            filter.with("team = ?", text(team));
        }
        match &query.assignee {
            None => {}
            Some(With::Nobody) => filter.conditions.push("assignee IS NULL".to_owned()),
            Some(With::Account(name)) => filter.with("assignee = ?", text(name)),
        }
        if let Some(service) = &query.service {
            filter.with("service = ?", text(service));
        }
        if query.owes {
            filter.conditions.push("phase IN ('restored', 'closed') AND next_due_at IS NOT NULL".to_owned());
        }
        if query.major {
            filter.conditions.push("major".to_owned());
        }
        if query.vip {
            filter.conditions.push("vip IS NOT NULL".to_owned());
        }
        if let Some(at) = query.due_before {
            filter.with("next_due_at < ?", Value::Int(at.as_microsecond()));
        }
        if let Some(at) = query.late_at {
            let late = "due_at IS NOT NULL AND COALESCE(restored_at, ?) > due_at";
            filter.with(late, Value::Int(at.as_microsecond()));
        }
        if !query.text.is_empty() {
            filter.find(query, engine);
        }
        filter
    }

    fn sql(&self) -> String {
        self.conditions.join(" AND ")
    }

    /// How many cases it lets pass, as far as it was not counted since the journal last grew.
    fn count(&self, tx: &mut Tx<'_>, counts: &Counts, size: u64) -> Result<u64, StoreError> {
        let condition = self.sql();
        let values = self.values.iter().map(|value| match value {
            Value::Int(n) => n.to_string(),
            Value::Text(text) => text.clone(),
        });
        let question = std::iter::once(condition.clone()).chain(values).collect::<Vec<_>>().join("\0");
        if let Some(found) = counts.get(size, &question) {
            return Ok(found);
        }
        let sql = format!("SELECT COUNT(*) FROM {} WHERE {condition}", self.from);
        let found = tx.query_one(&sql, &self.params(), |r| r.u64(0))?;
        counts.put(size, question, found);
        Ok(found)
    }

    fn params(&self) -> Vec<Param<'_>> {
        let param = |value| match value {
            &Value::Int(n) => n.into(),
            Value::Text(text) => Param::Text(text),
        };
        self.values.iter().map(param).collect()
    }
}

/// In which order, as SQL; what has no value comes last either way. A number sorts as its subject does.
fn order(query: &CaseQuery) -> String {
    let direction = if query.descending { "DESC" } else { "ASC" };
    let column = match query.sort {
        CaseSort::Pressing => {
            return "major DESC, CASE vip WHEN 'vvip' THEN 0 WHEN 'vip' THEN 1 ELSE 2 END, \
                    next_due_at ASC NULLS LAST, subject DESC"
                .to_owned();
        }
        CaseSort::Number => return format!("subject {direction}"),
        CaseSort::Priority => "priority",
        CaseSort::Due => "due_at",
        CaseSort::Stop => "restored_at",
        CaseSort::Start => "started_at",
    };
    format!("{column} {direction} NULLS LAST, subject {direction}")
}

/// The cases of a query, one page of them: their keys in order by what an index holds, then their rows, since a
/// sort that carries whole rows along costs thirty times as much.
pub(super) fn list(vigie: &Vigie, counts: &Counts, query: &CaseQuery) -> Result<CaseList> {
    let filter = Filter::of(query, vigie.store.engine());
    let (size, offset) = (query.page_size, u64::from(query.page).saturating_mul(u64::from(query.page_size)));
    let keys = format!(
        "SELECT subject FROM {} WHERE {} ORDER BY {} LIMIT {size} OFFSET {offset}",
        filter.from,
        filter.sql(),
        order(query)
    );
    let select = "SELECT number, class, title, priority, phase, started_at, due_at, restored_at, major, vip, requester, \
                  team, assignee, service, next_due_at, next_due_clock, version, site, item, reference, opened_at, \
                  subject, third, third_at FROM desk_case WHERE subject";
    let list = vigie.store.read(|tx| -> Result<_, StoreError> {
        let size = journal::head(tx)?.size;
        let total = filter.count(tx, counts, size)?;
        let keys = tx.query_all(&keys, &filter.params(), |row| Ok(row.text(0)?.to_owned()))?;
        let asked: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut found: HashMap<String, CaseRow> = HashMap::with_capacity(keys.len());
        tx.query_in(select, Values::Texts(&asked), |row| {
            found.insert(row.text(21)?.to_owned(), read_row(row)?);
            Ok(())
        })?;
        Ok(CaseList { total, rows: keys.iter().filter_map(|key| found.remove(key)).collect() })
    })?;
    Ok(list)
}

/// Callers that are proposed.
const CALLERS: usize = 6;

/// Those who asked before and whose name or number holds this text, the latest first.
pub(super) fn callers(vigie: &Vigie, text: &str) -> Result<Vec<Caller>> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let by_number = digits.len() >= 2 && !text.chars().any(char::is_alphabetic);
    // A number is said with any marks between its digits.
    let (condition, pattern) = if by_number {
        ("replace(replace(replace(phone, ' ', ''), '.', ''), '-', '') LIKE $1", format!("%{digits}%"))
    } else {
        // Folded words hold letters, digits and spaces: no mark that a pattern knows.
        let folded = search::fold([text]);
        if folded.is_empty() {
            return Ok(Vec::new());
        }
        ("caller LIKE $1", format!("%{folded}%"))
    };
    // The latest case speaks for its caller; all of them count.
    let sql = format!(
        "SELECT requester, phone, site, vip FROM desk_case WHERE requester IS NOT NULL AND {condition} \
         ORDER BY opened_at DESC LIMIT 2000"
    );
    let mut callers: Vec<Caller> = Vec::new();
    vigie.store.read(|tx| {
        tx.query(&sql, &[Param::Text(&pattern)], |row| {
            let name = row.text(0)?;
            let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
            if let Some(known) = callers.iter_mut().find(|c| c.requester == name) {
                known.cases = known.cases.saturating_add(1);
                known.phone = known.phone.take().or(text(1)?);
                known.site = known.site.take().or(text(2)?);
                known.vip = known.vip.take().or(text(3)?);
            } else if callers.len() < CALLERS {
                let requester = name.to_owned();
                callers.push(Caller { requester, phone: text(1)?, site: text(2)?, vip: text(3)?, cases: 1 });
            }
            Ok(())
        })
    })?;
    Ok(callers)
}

/// How many cases each of these questions finds.
pub(super) fn counts(vigie: &Vigie, counts: &Counts, queries: &[CaseQuery]) -> Result<Vec<u64>> {
    let found = vigie.store.read(|tx| -> Result<Vec<u64>, StoreError> {
        let size = journal::head(tx)?.size;
        let count = |query: &CaseQuery| {
            // To the second: those who ask in the same one are answered together.
            let late_at = query.late_at.map(|at| Timestamp::from_second(at.as_second()).unwrap_or(at));
            Filter::of(&CaseQuery { late_at, ..query.clone() }, vigie.store.engine()).count(tx, counts, size)
        };
        queries.iter().map(count).collect()
    })?;
    Ok(found)
}

fn read_row(row: &Row<'_>) -> Result<CaseRow, StoreError> {
    let (class, phase) = (row.text(1)?, row.text(4)?);
    let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
    let next_due = row.opt_i64(14)?.map(instant).transpose()?;
    Ok(CaseRow {
        number: row.text(0)?.to_owned(),
        class: Class::from_name(class)
            .ok_or_else(|| StoreError::unreadable("the class of a case", format!("`{class}` is not one")))?,
        title: text(2)?,
        priority: text(3)?,
        phase: Phase::from_name(phase)
            .ok_or_else(|| StoreError::unreadable("the phase of a case", format!("`{phase}` is not one")))?,
        start: row.opt_i64(5)?.map(instant).transpose()?,
        due: row.opt_i64(6)?.map(instant).transpose()?,
        stop: row.opt_i64(7)?.map(instant).transpose()?,
        major: row.bool(8)?,
        vip: text(9)?,
        requester: text(10)?,
        team: text(11)?,
        assignee: text(12)?,
        service: text(13)?,
        next_due: next_due.zip(text(15)?),
        third: text(22)?.zip(row.opt_i64(23)?.map(instant).transpose()?),
        version: row.u64(16)?,
        site: text(17)?,
        item: text(18)?,
        reference: text(19)?,
        opened: instant(row.i64(20)?)?,
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
