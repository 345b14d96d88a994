//! A paper: a title, what it is about, sections of words, one table. What a report of an incident is.
//!
//! Every text comes here already printed in the reader's language; nothing here knows what it means.

use jiff::Timestamp;
use serde::Serialize;

use crate::format::Lang;

/// A paper to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paper {
    /// Its language.
    #[serde(serialize_with = "code")]
    pub lang: Lang,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub subtitle: String,
    /// The name of the contract.
    pub contract: String,
    /// What says that all of it is invented, when it is.
    pub demo: Option<String>,
    /// Short facts, each with its name.
    pub facts: Vec<(String, String)>,
    /// Its sections in their order.
    pub sections: Vec<PaperSection>,
    /// The table at its end.
    pub table: Option<PaperTable>,
    /// The word before the number of a page.
    pub page_word: String,
    /// What tells it from every other paper.
    #[serde(skip)]
    pub ident: String,
    /// When it was made.
    #[serde(skip)]
    pub made_at: Timestamp,
}

/// A section of words; a line feed begins a new line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaperSection {
    /// Its title.
    pub title: String,
    /// Its words.
    pub text: String,
}

/// A table of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaperTable {
    /// Its title.
    pub title: String,
    /// The names of its columns.
    pub head: Vec<String>,
    /// Its rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

fn code<S: serde::Serializer>(lang: &Lang, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lang.code())
}
