//! The sheet of a case: what people say of it and no rule reads, and the narrow row that lists filter.
//!
//! A sheet follows from the case's entries in the order of the journal. Words stand in the content store
//! and never in an entry; what was erased there is empty here after a rebuild.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vigie_contract::Party;
use vigie_evidence::Origin;
use vigie_rules::{
    desk::Phase,
    fact::{Classification, History},
};
use vigie_store::{
    Param, Row as StoredRow, StoreError, Tx, Values,
    search::{self, Spoken},
};

use super::{DeskError, view::side};
use crate::record::Standing;

/// Name of the content that holds the words of an entry, a JSON object ([`Texts`]).
pub const TEXTS: &str = "texts";

/// What people said in one entry. Erased together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Texts {
    /// What it is about, in a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The description, the note, the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who asks for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// Where to write to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Where to call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What was answered to a form of the catalogue, by the field's name: much of it is personal.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
    /// Who wrote the words, when no account did: the author of a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

impl Texts {
    /// Whether nobody said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Puts the words in order: no control characters but line feeds and tabs, no empty field.
    ///
    /// # Errors
    /// [`DeskError::TooLong`]: nothing is ever cut.
    pub fn tidy(&mut self) -> Result<(), DeskError> {
        let fields = [
            ("title", &mut self.title, MAX_LINE),
            ("text", &mut self.text, MAX_TEXT),
            ("requester", &mut self.requester, MAX_LINE),
            ("mail", &mut self.mail, MAX_LINE),
            ("phone", &mut self.phone, MAX_LINE),
            ("author", &mut self.author, MAX_LINE),
        ];
        for (field, value, limit) in fields {
            let one_line = limit == MAX_LINE;
            *value = value.as_deref().map(|text| clean(text, one_line)).filter(|text| !text.is_empty());
            let found = value.as_ref().map_or(0, |text| text.chars().count());
            if found > limit {
                return Err(DeskError::TooLong { field, found, limit });
            }
        }
        self.answers = std::mem::take(&mut self.answers)
            .into_iter()
            .map(|(field, text)| (clean(&field, true), clean(&text, false)))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let found = self.answers.iter().map(|(field, text)| field.chars().count() + text.chars().count()).sum();
        if found > MAX_TEXT {
            return Err(DeskError::TooLong { field: "fields", found, limit: MAX_TEXT });
        }
        Ok(())
    }

    /// Reads what the content store holds.
    ///
    /// # Errors
    /// When it is not such an object.
    pub fn from_bytes(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }
}

/// Characters of a title, a name, an address: more than a mail's subject should have (RFC 5322, 2.1.1).
pub const MAX_LINE: usize = 1_000;
/// Characters of a description or a note: a long mail with all that it quotes.
pub const MAX_TEXT: usize = 200_000;

fn clean(text: &str, one_line: bool) -> String {
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter_map(|c| match c {
        '\n' | '\t' if one_line => Some(' '),
        '\n' | '\t' => Some(c),
        c if c.is_control() => None,
        c => Some(c),
    });
    kept.collect::<String>().trim().to_owned()
}

/// What one entry says of a sheet.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    origin: Origin,
    assigned: bool,
    body: Body,
    title: Option<String>,
    requester: Option<String>,
    phone: Option<String>,
    text: Option<String>,
    /// Names of the files that were sent.
    files: Vec<String>,
    /// The one side that may read it; absent when both may.
    side: Option<Party>,
}

/// The members of a body that a sheet keeps.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    /// Titles of logs that others wrote; a title that a person types is in the texts.
    title: Option<String>,
    team: Option<String>,
    assignee: Option<String>,
    reference: Option<String>,
    vip: Option<String>,
    visible_to: Option<Value>,
    /// The third party of which it speaks.
    third: Option<String>,
}

impl Said {
    /// Of an entry about to be recorded.
    pub(crate) fn of(kind: &str, body: &Map<String, Value>, origin: Origin) -> Self {
        Self::with(kind, origin, Body::deserialize(body).unwrap_or_default())
    }

    /// Of an entry of the journal. A member of another type than ours says nothing to a sheet.
    pub(crate) fn read(kind: &str, body: &str, origin: Origin) -> Self {
        Self::with(kind, origin, serde_json::from_str(body).unwrap_or_default())
    }

    fn with(kind: &str, origin: Origin, mut body: Body) -> Self {
        let side = body.visible_to.take().map(side);
        let assigned = kind.ends_with(".assigned");
        Self { origin, assigned, body, title: None, requester: None, phone: None, text: None, files: Vec::new(), side }
    }

    /// Adds what was sent with it.
    pub(crate) fn with_files<'a>(mut self, contents: impl IntoIterator<Item = &'a str>) -> Self {
        self.files.extend(contents.into_iter().filter(|name| *name != TEXTS).map(str::to_owned));
        self
    }

    /// Adds what people said.
    pub(crate) fn hear(&mut self, texts: &Texts) {
        self.title.clone_from(&texts.title);
        self.requester.clone_from(&texts.requester);
        self.phone.clone_from(&texts.phone);
        self.text.clone_from(&texts.text);
    }

    /// What people said in it.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// What is searched of it, none when it says nothing: its own words, and those by which people know the
    /// case, so that a word of the title and one of a note find the note.
    pub(crate) fn spoken<'a>(&self, seq: u64, subject: &'a str, sheet: &Sheet) -> Option<Spoken<'a>> {
        let own = [&self.title, &self.body.title, &self.text, &self.requester, &self.body.reference];
        let files = self.files.iter().map(String::as_str);
        let own: Vec<&str> = own.into_iter().flatten().map(String::as_str).chain(files).collect();
        if own.is_empty() {
            return None;
        }
        let known = [&sheet.title, &sheet.requester, &sheet.reference].into_iter().flatten().map(String::as_str);
        let text = search::fold(own.into_iter().chain(known).chain([subject.trim_start_matches("case/")]));
        Some(Spoken { seq, subject, side: self.side.map(Party::name), text })
    }
}

/// What people say of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    title: Option<String>,
    requester: Option<String>,
    /// As it was said.
    phone: Option<String>,
    team: Option<String>,
    assignee: Option<String>,
    origin: Option<Origin>,
    reference: Option<String>,
    vip: Option<String>,
    /// Of the earliest and of the latest entry, in microseconds since 1970.
    span: Option<(i64, i64)>,
    /// Place of the latest entry, plus one.
    version: u64,
}

impl Sheet {
    /// Takes up an entry; they MUST come in the order of the journal.
    pub(crate) fn take(&mut self, seq: u64, at: Timestamp, said: &Said) {
        let replace = |kept: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                kept.clone_from(new);
            }
        };
        replace(&mut self.title, &said.body.title);
        replace(&mut self.title, &said.title);
        replace(&mut self.requester, &said.requester);
        replace(&mut self.phone, &said.phone);
        // A third party's number is found by search; the case keeps the one by which the customer knows it.
        if said.body.third.is_none() {
            replace(&mut self.reference, &said.body.reference);
        }
        replace(&mut self.vip, &said.body.vip);
        replace(&mut self.team, &said.body.team);
        // Given to another group, it is nobody's until somebody of it takes it.
        if said.assigned {
            self.assignee.clone_from(&said.body.assignee);
        }
        self.origin.get_or_insert(said.origin);
        let at = at.as_microsecond();
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        self.version = seq.saturating_add(1);
    }
}

/// The sheets of these subjects that are known.
pub(crate) fn stored(tx: &mut Tx<'_>, subjects: &[&str]) -> Result<HashMap<String, Sheet>, StoreError> {
    let mut sheets = HashMap::with_capacity(subjects.len());
    let select = "SELECT subject, title, requester, team, assignee, origin, reference, vip, opened_at, changed_at, version, phone \
                  FROM desk_case WHERE subject";
    tx.query_in(select, Values::Texts(subjects), |row| {
        sheets.insert(row.text(0)?.to_owned(), read(row)?);
        Ok(())
    })?;
    Ok(sheets)
}

fn read(row: &StoredRow<'_>) -> Result<Sheet, StoreError> {
    let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
    let origin = row.text(5)?;
    let origin = Origin::from_name(origin)
        .ok_or_else(|| StoreError::unreadable("the origin of a case", format!("`{origin}` is not one")))?;
    Ok(Sheet {
        title: text(1)?,
        requester: text(2)?,
        phone: text(11)?,
        team: text(3)?,
        assignee: text(4)?,
        origin: Some(origin),
        reference: text(6)?,
        vip: text(7)?,
        span: Some((row.i64(8)?, row.i64(9)?)),
        version: row.u64(10)?,
    })
}

/// A row of the list of cases; instants are microseconds since 1970.
pub(crate) struct Row {
    subject: String,
    number: String,
    class: &'static str,
    phase: &'static str,
    open: bool,
    priority: Option<String>,
    major: bool,
    classification: Classification,
    started_at: Option<i64>,
    restored_at: Option<i64>,
    due_at: Option<i64>,
    next_due: Option<(i64, String)>,
    /// The requester as callers are searched.
    caller: Option<String>,
    /// The third party that has it, and since when.
    third: Option<(String, i64)>,
    sheet: Sheet,
}

impl Row {
    pub(crate) fn of(history: &History, standing: &Standing, sheet: Sheet) -> Self {
        let micros = Timestamp::as_microsecond;
        Self {
            subject: history.subject.0.clone(),
            number: history.subject.number().to_owned(),
            class: history.class.name(),
            phase: standing.phase.name(),
            open: standing.phase.is_open(),
            priority: standing.priority.map(|p| p.to_string()),
            major: standing.major,
            classification: standing.life.classification().cloned().unwrap_or_default(),
            started_at: standing.start.map(micros),
            restored_at: standing.restored_at().map(micros),
            due_at: standing.due.map(micros),
            third: third(standing),
            next_due: standing.next_due.as_ref().map(|(at, clock)| (micros(*at), clock.0.clone())),
            caller: sheet.requester.as_deref().map(|name| search::fold([name])).filter(|folded| !folded.is_empty()),
            sheet,
        }
    }
}

/// The third party that was asked last and has not solved, while the case is in work.
fn third(standing: &Standing) -> Option<(String, i64)> {
    let works = matches!(standing.phase, Phase::New | Phase::InProgress | Phase::Paused);
    let mut errands = standing.life.progress().thirds.iter();
    let errand = errands.rfind(|errand| works && errand.solved_at.is_none())?;
    Some((errand.third.0.clone(), errand.asked_at.as_microsecond()))
}

const COLUMNS: [&str; 29] = [
    "subject",
    "number",
    "class",
    "phase",
    "open",
    "priority",
    "major",
    "vip",
    "title",
    "requester",
    "phone",
    "team",
    "assignee",
    "service",
    "site",
    "item",
    "origin",
    "reference",
    "opened_at",
    "changed_at",
    "started_at",
    "restored_at",
    "due_at",
    "next_due_at",
    "next_due_clock",
    "third",
    "third_at",
    "version",
    "caller",
];

/// Writes rows, each of another case.
pub(crate) fn write(tx: &mut Tx<'_>, rows: &[Row]) -> Result<(), StoreError> {
    let params = rows.iter().map(|r| {
        let (sheet, c) = (&r.sheet, &r.classification);
        let (opened, changed) = sheet.span.unwrap_or_default();
        [
            Param::Text(&r.subject),
            Param::Text(&r.number),
            r.class.into(),
            r.phase.into(),
            r.open.into(),
            r.priority.as_ref().into(),
            r.major.into(),
            sheet.vip.as_ref().into(),
            sheet.title.as_ref().into(),
            sheet.requester.as_ref().into(),
            sheet.phone.as_ref().into(),
            sheet.team.as_ref().into(),
            sheet.assignee.as_ref().into(),
            c.service.as_ref().map(|s| &s.0).into(),
            c.site.as_ref().into(),
            c.item.as_ref().map(|i| &i.0).into(),
            sheet.origin.map_or("import", Origin::name).into(),
            sheet.reference.as_ref().into(),
            opened.into(),
            changed.into(),
            r.started_at.into(),
            r.restored_at.into(),
            r.due_at.into(),
            r.next_due.as_ref().map(|(at, _)| *at).into(),
            r.next_due.as_ref().map(|(_, clock)| clock).into(),
            r.third.as_ref().map(|(third, _)| third).into(),
            r.third.as_ref().map(|(_, at)| *at).into(),
            i64::try_from(sheet.version).unwrap_or(i64::MAX).into(),
            r.caller.as_ref().into(),
        ]
    });
    tx.upsert_many("desk_case", &["subject"], &COLUMNS, params)?;
    Ok(())
}
