//! What a request asks of the person who makes it, and how far it may go.
//!
//! A field is declared once and used by every request type that asks for it. What a filled form means
//! is for `vigie-rules` to say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rule::{Label, rule};

rule! {
/// Something that a form asks for.
pub struct Field {
    /// Its name in facts and in request types.
    pub id: String,
    /// What is answered.
    pub kind: FieldKind,
    /// The answers offered, for a choice.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// What helps to answer.
    #[serde(default)]
    pub help: Option<Label>,
}
}

/// What is answered to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// One of the choices.
    Choice,
    /// A whole number, not negative.
    Number,
    /// A day.
    Date,
    /// A day and a time, in the contract's zone.
    Datetime,
    /// Somebody of the directory.
    Person,
    /// A site.
    Site,
    /// A telephone line.
    Line,
    /// An attachment.
    File,
    /// Yes or no.
    Bool,
}

/// An answer that a choice offers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its name in facts.
    pub id: String,
    /// What a person reads.
    pub label: Label,
}

/// How far a number of a form may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The greatest number that is as agreed.
    pub most: u32,
    /// What a greater one does.
    #[serde(default)]
    pub beyond: Beyond,
}

/// What a number beyond its limit does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// The request is refused.
    #[default]
    Refuse,
    /// The request is made, and both sides are warned.
    Warn,
}

/// Limits of a request type, by the field that they bound.
pub type Limits = BTreeMap<String, Limit>;
