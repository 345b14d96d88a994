//! A paper: a title, what it is about, sections of words, one table. What a report of an incident is.
//!
//! Every text comes here already printed in the reader's language; nothing here knows what it means.

use jiff::Timestamp;
use serde::Serialize;

use crate::{format::Lang, words::printable};

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

impl Paper {
    /// The same with spaces for what no font has a sign for; sections keep their lines.
    pub(crate) fn printable(&self) -> Self {
        let line = |text: &String| printable(text);
        let lines = |text: &String| text.split('\n').map(printable).collect::<Vec<_>>().join("\n");
        Self {
            title: line(&self.title),
            subtitle: line(&self.subtitle),
            contract: line(&self.contract),
            demo: self.demo.as_ref().map(line),
            facts: self.facts.iter().map(|(name, fact)| (line(name), line(fact))).collect(),
            sections: self
                .sections
                .iter()
                .map(|s| PaperSection { title: line(&s.title), text: lines(&s.text) })
                .collect(),
            table: self.table.as_ref().map(|t| PaperTable {
                title: line(&t.title),
                head: t.head.iter().map(line).collect(),
                rows: t.rows.iter().map(|row| row.iter().map(line).collect()).collect(),
            }),
            page_word: line(&self.page_word),
            ..self.clone()
        }
    }
}

fn code<S: serde::Serializer>(lang: &Lang, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lang.code())
}
