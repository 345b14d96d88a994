//! The head of every page about a case: what it is, how it stands, who has it, what is due next.

use vigie_rules::{book::Book, life::Life};

use super::{
    list::class_key,
    names::{self, Names},
};
use crate::{features::desk::view::CaseFile, web::Crumb};

/// The head, in words.
pub(super) struct Head {
    pub(super) crumbs: Vec<Crumb>,
    pub(super) number: String,
    pub(super) href: String,
    pub(super) version: u64,
    pub(super) title: Option<String>,
    pub(super) class: &'static str,
    /// Message, icon and colour.
    pub(super) phase: (&'static str, &'static str, &'static str),
    pub(super) priority: Option<String>,
    pub(super) major: bool,
    pub(super) vip: Option<String>,
    pub(super) team: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) requester: Option<String>,
    pub(super) due: Option<NextDue>,
    /// The duties that the case has started.
    pub(super) owed: Vec<NextDue>,
    pub(super) book_version: String,
    /// The page shown: `fil`, `crise`, `rim`, `horloges`, `ecritures`.
    pub(super) tab: &'static str,
    pub(super) entries: usize,
}

/// What is due next.
pub(super) struct NextDue {
    pub(super) name: String,
    pub(super) at: String,
    pub(super) left: String,
    pub(super) late: bool,
    /// It was done.
    pub(super) done: bool,
}

impl Head {
    /// With the duties that the case has started.
    pub(super) fn owing(self, owed: Vec<NextDue>) -> Self {
        Self { owed, ..self }
    }

    pub(super) fn of(
        names: Names<'_>,
        file: &CaseFile,
        life: &Life,
        book: &Book,
        due: Option<NextDue>,
        tab: &'static str,
    ) -> Self {
        let number = file.history.subject.number().to_owned();
        let priority = life.classification().and_then(|c| book.priority(c));
        let page = names.page;
        Self {
            crumbs: vec![
                Crumb { text: page.t("nav-cases"), href: Some("/dossiers".to_owned()) },
                Crumb { text: number.clone(), href: None },
            ],
            href: super::case::address(&number),
            number,
            version: file.version(),
            title: file.title.clone(),
            class: class_key(file.history.class),
            phase: names::standing(life),
            priority: priority.map(|p| p.to_string()),
            major: file.history.class == vigie_contract::Class::Incident && book.is_major(priority, life),
            vip: file.vip.as_ref().map(|v| v.to_uppercase()),
            team: file.team.as_ref().map(|t| names.team(t)),
            assignee: file.assignee.clone(),
            requester: file.requester.clone(),
            due,
            owed: Vec::new(),
            book_version: book.version.clone(),
            tab,
            entries: file.entries.len(),
        }
    }
}
