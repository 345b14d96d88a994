//! What the pages of cases ask for, and what they are given.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vigie_contract::{Class, Party, Priority};
use vigie_rules::{desk::Phase, fact::History};

use super::sheet::Texts;

/// Which cases, and which page of them. A filter that is absent, empty or false lets all pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseQuery {
    /// Of this class; absent means any class of [`Class::CASES`].
    pub class: Option<Class>,
    /// In one of these phases.
    pub phases: Vec<Phase>,
    /// In a phase in which there is still something to do.
    pub open: bool,
    /// Of this resolution group.
    pub team: Option<String>,
    /// With whom.
    pub assignee: Option<With>,
    /// About this service.
    pub service: Option<String>,
    /// Only major incidents.
    pub major: bool,
    /// Only those of VIPs and VVIPs.
    pub vip: bool,
    /// Of which something is due before this instant.
    pub due_before: Option<Timestamp>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// Only those that are over and still owe a document.
    pub owes: bool,
    /// Only those that were restored late, or are late at this instant.
    pub late_at: Option<Timestamp>,
    /// Of which something that was said holds these words, or whose number begins so; empty means any.
    pub text: String,
    /// Who asks: what another side keeps to itself is not searched.
    pub reader: Party,
    /// In which order.
    pub sort: CaseSort,
    /// From the latest or the greatest.
    pub descending: bool,
    /// From 0.
    pub page: u32,
    /// How many make a page.
    pub page_size: u32,
}

impl Default for CaseQuery {
    fn default() -> Self {
        Self {
            class: None,
            phases: Vec::new(),
            open: false,
            team: None,
            assignee: None,
            service: None,
            major: false,
            vip: false,
            due_before: None,
            priority: None,
            owes: false,
            late_at: None,
            text: String::new(),
            reader: Party::ThirdParty,
            sort: CaseSort::default(),
            descending: false,
            page: 0,
            page_size: PAGE_SIZE,
        }
    }
}

/// Somebody who asked for help before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name.
    pub requester: String,
    /// The latest number.
    pub phone: Option<String>,
    /// The latest site.
    pub site: Option<String>,
    /// `vip` or `vvip`.
    pub vip: Option<String>,
    /// How many cases.
    pub cases: u64,
}

/// A case that has just changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseChange {
    /// Its number.
    pub number: String,
    /// Its version now: the place of its latest entry, plus one.
    pub version: u64,
    /// The accounts that have a notice of it.
    pub told: Vec<String>,
}

/// With whom a case is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    /// With nobody.
    Nobody,
    /// With this account.
    Account(String),
}

/// Cases of one page of a list.
pub const PAGE_SIZE: u32 = 50;

/// By what cases are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseSort {
    /// What presses most: major incidents, then VVIPs, then VIPs, each by what is due next.
    #[default]
    Pressing,
    /// The binding start.
    Start,
    /// The number.
    Number,
    /// The priority.
    Priority,
    /// When it is or was due.
    Due,
    /// When it was restored.
    Stop,
}

impl CaseSort {
    /// All of them, with their names in an address.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Pressing, "urgence"),
        (Self::Number, "numero"),
        (Self::Priority, "priorite"),
        (Self::Start, "debut"),
        (Self::Due, "echeance"),
        (Self::Stop, "fin"),
    ];
}

/// One page of cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseList {
    /// How many there are in all pages.
    pub total: u64,
    /// Those of this page.
    pub rows: Vec<CaseRow>,
}

/// One case of a list, as the read table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Its number.
    pub number: String,
    /// Its class.
    pub class: Class,
    /// Its title, when it has one.
    pub title: Option<String>,
    /// Its priority.
    pub priority: Option<String>,
    /// How it stands.
    pub phase: Phase,
    /// Whether it is a major incident.
    pub major: bool,
    /// `vip` or `vvip`, when the requester is one.
    pub vip: Option<String>,
    /// Who asks for help.
    pub requester: Option<String>,
    /// The resolution group that has it.
    pub team: Option<String>,
    /// Who of that group has it, by account.
    pub assignee: Option<String>,
    /// The service concerned.
    pub service: Option<String>,
    /// The site concerned.
    pub site: Option<String>,
    /// Subject or request type of the catalogue.
    pub item: Option<String>,
    /// Its number in another system.
    pub reference: Option<String>,
    /// Its earliest entry.
    pub opened: Timestamp,
    /// What is due next, and by which clock.
    pub next_due: Option<(Timestamp, String)>,
    /// The third party that has it, and since when: a clock beside that of the provider.
    pub third: Option<(String, Timestamp)>,
    /// Its version: the place of its latest entry, plus one.
    pub version: u64,
    /// The binding start.
    pub start: Option<Timestamp>,
    /// By when it is or was due.
    pub due: Option<Timestamp>,
    /// When it was restored.
    pub stop: Option<Timestamp>,
}

/// One case: all that was said of it.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// What the rules read.
    pub history: History,
    /// Its title, when it has one.
    pub title: Option<String>,
    /// Who asks for help.
    pub requester: Option<String>,
    /// `vip` or `vvip`, when the requester is one.
    pub vip: Option<String>,
    /// The resolution group that has it.
    pub team: Option<String>,
    /// Who of that group has it, by account.
    pub assignee: Option<String>,
    /// Its number in another system.
    pub reference: Option<String>,
    /// Its entries in the journal, in their order.
    pub entries: Vec<EntryView>,
}

impl CaseFile {
    /// What was answered to the form of a request, as far as this side may read it and it was not erased.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<String, String> {
        let said = self.entries.iter().rev().find_map(|e| match &e.said {
            Words::Kept { texts, .. } if !texts.answers.is_empty() => Some(&texts.answers),
            _ => None,
        });
        said.cloned().unwrap_or_default()
    }

    /// Its version: the place of its latest entry, plus one.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.entries.last().map_or(0, |e| e.seq.saturating_add(1))
    }
}

/// One entry of the journal about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryView {
    /// Its number in the journal.
    pub seq: u64,
    /// Its kind, such as `incident.restored`.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub actor: String,
    /// From where it came.
    pub origin: String,
    /// Its body as JSON.
    pub body: String,
    /// The hash of its leaf, in hexadecimal.
    pub leaf_hash: String,
    /// What people said and sent with it.
    pub said: Words,
    /// The one side that may read what was said; absent when both may.
    pub visible_to: Option<Party>,
}

impl EntryView {
    /// What was done: the part of its kind after the class.
    #[must_use]
    pub fn verb(&self) -> &str {
        self.kind.split_once('.').map_or("", |(_, verb)| verb)
    }

    /// Its body; null when it has none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// What people said and sent in one entry, as far as its reader may know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Words {
    /// Nothing was said.
    #[default]
    None,
    /// This.
    Kept {
        /// The words.
        texts: Texts,
        /// The files.
        files: Vec<FileView>,
    },
    /// It was erased.
    Erased,
    /// It is the other side's: neither words nor the names of files are here.
    Hidden,
}

/// A file that was sent with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// How large it is.
    pub size_bytes: u64,
    /// Under which hash it is kept, in hexadecimal.
    pub hash: String,
}

/// A file with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What its sender said that it is; not to be believed.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The side that alone may read what an entry says; absent when both may. `body` is the entry's body.
#[must_use]
pub fn visible_to(body: &str) -> Option<Party> {
    #[derive(serde::Deserialize)]
    struct Body {
        visible_to: Option<serde_json::Value>,
    }
    serde_json::from_str::<Body>(body).ok()?.visible_to.map(side)
}

/// The side that `visible_to` names. One that is not ours is nobody's: better hidden than shown.
#[must_use]
pub fn side(said: serde_json::Value) -> Party {
    serde_json::from_value(said).unwrap_or(Party::ThirdParty)
}
