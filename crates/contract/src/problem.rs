//! What can be wrong with a contract folder, where, and what would be right.
//!
//! Nothing here decides: the loader and the checks find problems, people read them. Every problem
//! has a remedy, since the reader is seldom the one who wrote the loader.

use std::{fmt, io};

use jiff::civil::Date;

use crate::{
    model::{DelayKind, Impact, InfraKind, Label, Priority, Urgency},
    place::Place,
};

/// What a problem is about, in both languages; shown in English where none is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// French.
    pub fr: &'static str,
    /// English.
    pub en: &'static str,
}

impl Phrase {
    /// A phrase in both languages.
    #[must_use]
    pub const fn new(fr: &'static str, en: &'static str) -> Self {
        Self { fr, en }
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en)
    }
}

/// Something wrong with a contract folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Problem {
    /// A file that no contract has.
    #[error("`{name}` is not a file of a contract")]
    UnknownFile {
        /// Its name.
        name: String,
    },
    /// A file that every contract has is absent.
    #[error("the file is absent")]
    MissingFile,
    /// The folder or a file could not be read.
    #[error("it cannot be read: {reason}")]
    Unreadable {
        /// What kind of trouble.
        kind: io::ErrorKind,
        /// What the system said.
        reason: String,
    },
    /// More bytes than a file may have.
    #[error("the file has {size_bytes} bytes; a file of a contract has at most {limit_bytes}")]
    TooLarge {
        /// Its size.
        size_bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// More of something than the limit.
    #[error("there are {count} {what}; a contract has at most {limit}")]
    TooMany {
        /// Of what.
        what: Phrase,
        /// How many.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// Not TOML.
    #[error("this is not TOML: {reason}")]
    Syntax {
        /// What the parser said.
        reason: String,
    },
    /// TOML of another shape.
    #[error("{reason}")]
    Shape {
        /// What does not fit.
        reason: String,
        /// What would.
        remedy: String,
    },
    /// An amendment of another shape.
    #[error("{}", reason.en)]
    Amendment {
        /// What does not fit.
        reason: Label,
        /// What would.
        remedy: Label,
    },
    /// Two rules of one name hold on the same day.
    #[error("the {what} `{id}` is declared twice, first at {first}")]
    Duplicate {
        /// What.
        what: Phrase,
        /// Its name.
        id: String,
        /// Where it was declared before.
        first: Place,
    },
    /// A name that nothing declares.
    #[error("there is no {what} `{id}`")]
    UnknownReference {
        /// What.
        what: Phrase,
        /// The name.
        id: String,
        /// The names that exist, first of them.
        known: Vec<String>,
    },
    /// Windows of a day overlap or are out of order.
    #[error("the window {second} overlaps {first} or comes before it")]
    Windows {
        /// The earlier in the list.
        first: String,
        /// The later in the list.
        second: String,
    },
    /// A recurrence that cannot be read.
    #[error("`{text}` is not a recurrence that Vigie reads: {}", reason.en)]
    Recurrence {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: Label,
    },
    /// A zone that the tz database does not have.
    #[error("`{zone}` is not a time zone")]
    Zone {
        /// The name.
        zone: String,
    },
    /// A cell of the matrix is absent.
    #[error("the matrix has no cell for urgency {urgency:?} and impact {}", u8::from(*.impact))]
    CellMissing {
        /// Row.
        urgency: Urgency,
        /// Column.
        impact: Impact,
    },
    /// A priority has no such delay.
    #[error("priority {priority} is in the matrix and has no {kind:?} delay for {infra:?} infrastructure")]
    DelayMissing {
        /// Which.
        priority: Priority,
        /// Of which kind.
        kind: DelayKind,
        /// For which infrastructure.
        infra: InfraKind,
    },
    /// A priority has no window.
    #[error("priority {priority} is in the matrix and has no window of take-in and treatment")]
    WindowMissing {
        /// Which.
        priority: Priority,
    },
    /// A quantity that must not be zero.
    #[error("the {what} is zero")]
    Zero {
        /// Which.
        what: Phrase,
    },
    /// An end before its beginning.
    #[error("it ends on {to}, before it begins on {from}")]
    DatesReversed {
        /// Beginning.
        from: Date,
        /// End.
        to: Date,
    },
    /// A text that people read is empty.
    #[error("the {what} is empty")]
    Empty {
        /// Which.
        what: Phrase,
    },
    /// A disabled row or a settled doubt without its reason.
    #[error("{what} and does not say which reading was chosen")]
    ChoiceMissing {
        /// What needs it.
        what: Phrase,
    },
    /// A due that says nothing, or two things.
    #[error("the due time is given {ways} times over")]
    Due {
        /// In how many ways it is given: 0 or more than 1.
        ways: usize,
    },
    /// Two rules that must agree do not.
    #[error("{}", reason.en)]
    Disagreement {
        /// How.
        reason: Label,
        /// What would agree.
        remedy: Label,
    },
    /// An amendment that selects nothing, or several elements.
    #[error("the selection fits {count} elements of `{table}`")]
    Selection {
        /// Of which list.
        table: String,
        /// How many.
        count: usize,
    },
    /// A row of the indicator table is absent.
    #[error("row {row} of the table of indicators is absent")]
    RowMissing {
        /// Which.
        row: u8,
    },
}

impl Problem {
    /// What would be right.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::UnknownFile { .. } => {
                format!("remove it, or name it as one of {} or `amendments/*.toml`", crate::load::FILES.join(", "))
            }
            Self::MissingFile => "create it; an empty list is an empty file where the contract has none".into(),
            Self::Unreadable { .. } => "check the name of the folder and who may read it".into(),
            Self::TooLarge { .. } => "keep rules only; texts and figures of the past belong elsewhere".into(),
            Self::TooMany { .. } => "split the folder into several contracts, or merge amendments".into(),
            Self::Syntax { .. } => "correct the line; texts stand between double quotes, lists between brackets".into(),
            Self::Shape { remedy, .. } => remedy.clone(),
            Self::Amendment { remedy, .. } | Self::Disagreement { remedy, .. } => remedy.en.clone(),
            Self::Duplicate { .. } => {
                "give it another name, or let the first end (`to`) before this one begins (`from`)".into()
            }
            Self::UnknownReference { known, .. } if known.is_empty() => "declare it; none is declared".into(),
            Self::UnknownReference { known, .. } => format!("declare it, or write one of {}", known.join(", ")),
            Self::Windows { .. } => "write the windows of a day in order and apart".into(),
            Self::Recurrence { .. } => {
                "write for example `FREQ=MONTHLY;BYMONTHDAY=8` or `FREQ=WEEKLY;BYDAY=MO,TU`".into()
            }
            Self::Zone { .. } => "write an IANA name such as `Europe/Paris`".into(),
            Self::CellMissing { .. } => "add a `[[cell]]` with its priority".into(),
            Self::DelayMissing { .. } => "add a `[[delay]]`, without `infra` when it is the same for all".into(),
            Self::WindowMissing { .. } => "add a `[[window]]` with the calendars of take-in and treatment".into(),
            Self::Zero { .. } => "write a value above zero; a row that must not count is `enabled = false`".into(),
            Self::DatesReversed { .. } => "swap the dates or correct one".into(),
            Self::Empty { .. } => "write it; French and English are both read".into(),
            Self::ChoiceMissing { .. } => "add `choice.fr` and `choice.en`".into(),
            Self::Due { .. } => "write `offset`, or `agreed = true`, or `missing = \"key\"`".into(),
            Self::Selection { .. } => {
                "select by keys that only the wanted element has, as it stands on the effective day".into()
            }
            Self::RowMissing { .. } => "nothing, if the contract has no such row".into(),
        }
    }
}

/// A problem at its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; remedy: {}", self.place, self.problem, self.problem.remedy())
    }
}

/// Why a contract folder is refused: every problem that was found, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ContractErrors(pub Vec<Finding>);

impl fmt::Display for ContractErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            writeln!(f, "{finding}")?;
        }
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} problem{plural}; the contract is refused and nothing was changed", self.0.len())
    }
}
