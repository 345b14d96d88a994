//! What the pages of cases ask for, and what they are given.

use jiff::Timestamp;
use vigie_contract::{Class, Priority};
use vigie_rules::fact::History;

/// Classes that are cases, in the order of the filter.
pub const CASES: [Class; 4] = [Class::Incident, Class::Request, Class::Problem, Class::Change];

/// Which cases, and which page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseQuery {
    /// Of this class; absent means any class of [`CASES`].
    pub class: Option<Class>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// Only those that were restored late, or are late at this instant.
    pub late_at: Option<Timestamp>,
    /// Whose number or title holds this text; empty means any.
    pub text: String,
    /// In which order.
    pub sort: CaseSort,
    /// From the latest or the greatest.
    pub descending: bool,
    /// From 0.
    pub page: u32,
}

/// Cases of one page of a list.
pub const PAGE_SIZE: u32 = 50;

/// By what cases are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseSort {
    /// The binding start.
    #[default]
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
    pub const ALL: [(Self, &'static str); 5] = [
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
    /// Whether it still runs.
    pub open: bool,
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
    /// Its entries in the journal, in their order.
    pub entries: Vec<EntryView>,
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
}
