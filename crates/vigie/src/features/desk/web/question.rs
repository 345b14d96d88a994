//! Which cases, as an address asks for them. What cannot be read is not a filter.

use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use vigie_contract::{Class, Priority};
use vigie_rules::desk::Phase;

use super::list::with;
use crate::{
    features::desk::view::{CaseQuery, CaseSort},
    web::{Page, kit::encode},
};

/// The question, as the address holds it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Question {
    pub(super) etat: String,
    pub(super) classe: String,
    pub(super) priorite: String,
    pub(super) equipe: String,
    pub(super) chez: String,
    pub(super) service: String,
    pub(super) retard: String,
    /// Over, and a document is still owed.
    pub(super) du: String,
    pub(super) majeur: String,
    pub(super) vip: String,
    /// Due before this day.
    pub(super) avant: String,
    pub(super) q: String,
    pub(super) tri: String,
    pub(super) page: String,
}

impl Question {
    /// Whether nothing was asked at all.
    pub(super) fn is_bare(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing was asked but what is open.
    pub(super) fn is_open_alone(&self) -> bool {
        let Self { tri, page, .. } = self.clone();
        *self == Self { etat: "ouverts".to_owned(), tri, page, ..Self::default() }
    }

    /// Reads it, for whoever reads the page at that instant.
    pub(super) fn read(&self, page: &Page, now: Timestamp) -> CaseQuery {
        let (descending, name) = match self.tri.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, self.tri.as_str()),
        };
        let said = |text: &String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let phases = match self.etat.as_str() {
            "attente" => vec![Phase::Restored, Phase::Paused],
            name => Phase::from_name(name).into_iter().collect(),
        };
        let day = self.avant.parse::<Date>().ok().and_then(|d| d.to_zoned(page.format.zone.clone()).ok());
        CaseQuery {
            class: Class::from_name(&self.classe).filter(|c| c.is_case()),
            phases,
            open: self.etat == "ouverts",
            team: said(&self.equipe),
            assignee: with(page, self.chez.trim()),
            service: said(&self.service),
            major: self.majeur == "oui",
            vip: self.vip == "oui",
            due_before: day.map(|z| z.timestamp()),
            priority: Priority::ALL.into_iter().find(|p| p.to_string() == self.priorite),
            owes: self.du == "oui",
            late_at: (self.retard == "oui").then_some(now),
            text: self.q.trim().to_owned(),
            reader: page.party(),
            sort: CaseSort::ALL.into_iter().find(|(_, n)| *n == name).map(|(s, _)| s).unwrap_or_default(),
            descending,
            page: self.page.parse::<u32>().unwrap_or(1).clamp(1, 1_000_000) - 1,
            ..CaseQuery::default()
        }
    }

    /// The same question at another path, under another order or another page.
    pub(super) fn address(&self, path: &str, order: Option<&str>, page: Option<u32>) -> String {
        let order = order.unwrap_or(&self.tri);
        let page = page.filter(|p| *p > 1).map(|p| p.to_string()).unwrap_or_default();
        let parts: Vec<String> = [
            ("etat", self.etat.as_str()),
            ("classe", &self.classe),
            ("priorite", &self.priorite),
            ("equipe", &self.equipe),
            ("chez", &self.chez),
            ("service", &self.service),
            ("retard", &self.retard),
            ("du", &self.du),
            ("majeur", &self.majeur),
            ("vip", &self.vip),
            ("avant", &self.avant),
            ("q", &self.q),
            ("tri", order),
            ("page", &page),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }
}
