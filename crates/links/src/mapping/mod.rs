//! What the columns and values of a kind of file mean: the mapping, read from TOML.
//!
//! A mapping is checked whole when it is read: unknown keys, columns and tables that are used but
//! not declared, and events whose body the rules could not read are refused with their place, so
//! that a file never meets a mapping that fails half-way. Personal columns MUST NOT reach a body.

mod check;
mod file;
mod words;

use std::{collections::HashMap, fmt, path::Path, sync::Arc};

use serde_json::{Map, Value};
use vigie_contract::{Class, Phrase};

use crate::{dates::Dates, decode::Charset};

/// Bytes of a mapping file.
const FILE_MAX: u64 = 1024 * 1024;
/// Digits of a number that every JSON reader keeps exactly (below 2^53).
pub(crate) const DIGITS_MAX: usize = 15;
/// The largest whole number of so many digits.
pub(crate) const INTEGER_MAX: i64 = 999_999_999_999_999;

/// A checked mapping.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub(crate) class: Class,
    pub(crate) prefix: String,
    pub(crate) dialect: Dialect,
    pub(crate) columns: Vec<Column>,
    /// Values that mean "nothing", after trimming.
    pub(crate) missing: Vec<String>,
    pub(crate) number: usize,
    pub(crate) required: Vec<usize>,
    pub(crate) personal: Vec<usize>,
    /// Columns of impact, urgency and priority.
    pub(crate) pairs: Option<[usize; 3]>,
    pub(crate) events: Vec<EventRule>,
}

impl Mapping {
    /// Reads a mapping file of at most 1 MiB.
    ///
    /// # Errors
    /// When the file cannot be read, or as [`Mapping::parse`].
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let name = path.display().to_string();
        let unreadable =
            |why: String| MappingError { file: name.clone(), line: 1, column: 1, problem: Problem::Unreadable { why } };
        let length = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?.len();
        if length > FILE_MAX {
            return Err(unreadable(format!("{length} bytes, and a mapping has at most {FILE_MAX}")));
        }
        let text = std::fs::read_to_string(path).map_err(|e| unreadable(e.to_string()))?;
        Self::parse(&text, &name)
    }

    /// Reads the text of a mapping; `file` names it in errors.
    ///
    /// # Errors
    /// When it is not TOML, has an unknown key, or does not hold together; the error gives the place
    /// and the remedy.
    pub fn parse(text: &str, file: &str) -> Result<Self, MappingError> {
        file::read(text).map_err(|(at, problem)| {
            let before = text.get(..at).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            MappingError { file: file.to_owned(), line, column, problem }
        })
    }

    /// The class of the cases.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The same mapping for cases of another class: the generic mapping reads problems as well as
    /// incidents.
    #[must_use]
    pub fn with_class(mut self, class: Class) -> Self {
        self.class = class;
        self
    }
}

/// How the file is written.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    /// Separators among which the header line decides; one when declared.
    pub(crate) separators: Vec<u8>,
    pub(crate) quote: Option<u8>,
    pub(crate) charset: Charset,
    pub(crate) lines_before_header: u32,
    pub(crate) decimal: char,
    pub(crate) dates: Dates,
}

/// A column by its logical name, with the headers that it may have, the preferred one first.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) headers: Vec<String>,
}

/// Values of the file and what they mean.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) exact: HashMap<String, Value>,
    pub(crate) folded: HashMap<String, Value>,
    /// The meaning of any other value (`"*"`).
    pub(crate) other: Option<Value>,
}

/// When a row that repeats an event says nothing new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    /// Each row is an event.
    No,
    /// The same instant and body of the same case is one event.
    Value,
    /// The first row of a case is the event.
    Case,
}

/// One event that a row may give.
#[derive(Clone, Debug)]
pub(crate) struct EventRule {
    pub(crate) verb: String,
    pub(crate) at: usize,
    pub(crate) once: Once,
    pub(crate) when: Vec<When>,
    /// In the order of their paths.
    pub(crate) fields: Vec<FieldRule>,
}

impl EventRule {
    /// The columns without which the event cannot be.
    pub(crate) fn needed_columns(&self) -> impl Iterator<Item = usize> {
        let fields = self.fields.iter().filter(|field| field.required).filter_map(|field| match field.from {
            From::Column { column, .. } => Some(column),
            From::Constant(_) => None,
        });
        [self.at].into_iter().chain(fields)
    }
}

/// A condition on a column of the row.
#[derive(Clone, Debug)]
pub(crate) struct When {
    pub(crate) column: usize,
    pub(crate) wanted: Wanted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The row has a value there.
    Present,
    /// The row has none, or the file has no such column.
    Absent,
    /// The value is one of these, folded.
    OneOf(Vec<String>),
}

/// One field of an event's body.
#[derive(Clone, Debug)]
pub(crate) struct FieldRule {
    /// Names from the body inwards: `["classification", "priority"]`.
    pub(crate) path: Vec<String>,
    pub(crate) from: From,
    /// Without it there is no event.
    pub(crate) required: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum From {
    Constant(Value),
    Column { column: usize, read: Read },
}

#[derive(Clone, Debug)]
pub(crate) enum Read {
    Text,
    /// A whole number of at most 15 digits.
    Integer,
    /// A number of at most 15 digits, kept as text with a point.
    Number,
    /// An instant, kept in RFC 3339.
    Instant,
    Table(Arc<Table>),
}

/// Puts a value into a body; an object says several things at the place of the field.
pub(crate) fn put(body: &mut Map<String, Value>, path: &[String], value: &Value) {
    match path {
        [] => {}
        [name] => match value {
            Value::Object(members) => body.extend(members.iter().map(|(k, v)| (k.clone(), v.clone()))),
            scalar => {
                body.insert(name.clone(), scalar.clone());
            }
        },
        [outer, inner @ ..] => {
            let place = body.entry(outer.as_str()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(object) = place {
                put(object, inner, value);
            }
        }
    }
}

/// Why a mapping is refused, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct MappingError {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub problem: Problem,
}

impl std::error::Error for MappingError {}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.problem)
    }
}

/// What is wrong with a mapping, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file itself.
    #[error("the mapping cannot be read ({why}); give the path of a UTF-8 TOML file")]
    Unreadable {
        /// What the system says.
        why: String,
    },
    /// TOML or shape.
    #[error("{0}")]
    Toml(String),
    /// A column that `[columns]` does not declare.
    #[error("column `{name}` is not declared; declared are {}", list(.declared))]
    UnknownColumn {
        /// The name.
        name: String,
        /// Those that are.
        declared: Vec<String>,
    },
    /// A table that `[tables]` does not declare.
    #[error("table `{name}` is not declared; declared are {}", list(.declared))]
    UnknownTable {
        /// The name.
        name: String,
        /// Those that are.
        declared: Vec<String>,
    },
    /// A value that is none of the accepted ones.
    #[error("`{value}` is not a {what}; write {remedy}")]
    Value {
        /// What it should be.
        what: &'static Phrase,
        /// What it is.
        value: String,
        /// What to write.
        remedy: &'static Phrase,
    },
    /// A personal column in a body.
    #[error(
        "column `{name}` is personal and must not be put into a body; remove the field, or take the column off `personal`"
    )]
    Personal {
        /// The column.
        name: String,
    },
    /// A field that both or none of its sources fill.
    #[error(
        "a field is filled by exactly one of `column` and `value`; `table` and `as` go with `column`, and exclude each other"
    )]
    FieldSource,
    /// An event whose body the rules could not read.
    #[error("{why}; correct the field, its table, or say `required = true` for what the event cannot do without")]
    Body {
        /// What the rules say of a sample of it.
        why: String,
    },
    /// Two entries that are one.
    #[error("{what} `{name}` is there twice once case, accents and punctuation are left out; keep one")]
    Twice {
        /// What.
        what: &'static Phrase,
        /// Its name.
        name: String,
    },
    /// Nothing could ever come out.
    #[error("the mapping has no [[event]]; add one with `kind` and `at`")]
    NoEvent,
}

fn list(names: &[String]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}
