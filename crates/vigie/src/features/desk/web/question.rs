//! Which cases, as an address asks for them. What cannot be read is not a filter.

use axum::extract::Query;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Deserialize;
use vigie_contract::{Class, Party, Priority};
use vigie_rules::desk::Phase;

use super::{
    columns,
    list::{STATES, class_key},
    names::Names,
};
use crate::{
    features::desk::view::{CaseQuery, CaseSort, With},
    web::{Page, kit::encode},
};

/// Who asks.
pub(crate) struct Asker {
    /// The account, which `moi` means.
    pub(crate) account: String,
    /// Its side.
    pub(crate) party: Party,
    /// Where its days begin.
    pub(crate) zone: TimeZone,
}

impl Asker {
    /// Whom a question means.
    fn with(&self, chez: &str) -> Option<With> {
        match chez {
            "" => None,
            "personne" => Some(With::Nobody),
            "moi" => Some(With::Account(self.account.clone())),
            name => Some(With::Account(name.to_owned())),
        }
    }
}

/// The question, as the address holds it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(from = "Vec<(String, String)>")]
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
    /// The columns beside the usual ones, with commas; empty for the usual ones.
    pub(super) col: String,
    pub(super) page: String,
}

impl From<Vec<(String, String)>> for Question {
    /// Of the pairs of an address. What is named twice counts once, but for the boxes of columns.
    fn from(pairs: Vec<(String, String)>) -> Self {
        let mut question = Self {
            col: columns::choice(pairs.iter().filter(|(name, _)| name == "col").map(|(_, code)| code.as_str())),
            ..Self::default()
        };
        for (name, value) in pairs {
            let field = match name.as_str() {
                "etat" => &mut question.etat,
                "classe" => &mut question.classe,
                "priorite" => &mut question.priorite,
                "equipe" => &mut question.equipe,
                "chez" => &mut question.chez,
                "service" => &mut question.service,
                "retard" => &mut question.retard,
                "du" => &mut question.du,
                "majeur" => &mut question.majeur,
                "vip" => &mut question.vip,
                "avant" => &mut question.avant,
                "q" => &mut question.q,
                "tri" => &mut question.tri,
                "page" => &mut question.page,
                _ => continue,
            };
            *field = value;
        }
        question
    }
}

impl Question {
    /// Of what follows `?` in an address.
    pub(crate) fn of(asked: &str) -> Self {
        let uri = format!("/?{asked}").parse().ok();
        let pairs = uri.and_then(|uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
        pairs.map(|Query(pairs)| Self::from(pairs)).unwrap_or_default()
    }

    /// What follows `?` in its address, without the page: what a saved view keeps.
    pub(crate) fn kept(&self) -> String {
        let address = self.address("", None, None);
        address.strip_prefix('?').unwrap_or(&address).to_owned()
    }

    /// Whether it asks for the same cases, in whatever order and columns.
    pub(super) fn asks_as(&self, other: &Self) -> bool {
        let bare = |q: &Self| Self { tri: String::new(), col: String::new(), page: String::new(), ..q.clone() };
        bare(self) == bare(other)
    }

    /// Whether nothing was asked at all.
    pub(super) fn is_bare(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing was asked but what is open.
    pub(super) fn is_open_alone(&self) -> bool {
        self.asks_as(&Self { etat: "ouverts".to_owned(), ..Self::default() })
    }

    /// What is asked, in words: each filter with its value.
    pub(super) fn in_words(&self, names: Names<'_>) -> Vec<(String, String)> {
        let page = names.page;
        let state = STATES.iter().find(|(name, _)| *name == self.etat).map_or("state-all", |(_, key)| *key);
        let class = Class::from_name(&self.classe).filter(|c| c.is_case()).map(|c| page.t(class_key(c)));
        let with = match self.chez.as_str() {
            "moi" => page.t("with-me"),
            "personne" => page.t("with-nobody"),
            name => name.to_owned(),
        };
        let name = |id: &String, name: &dyn Fn(&str) -> String| if id.is_empty() { String::new() } else { name(id) };
        let day = self.avant.parse::<Date>().map(|day| page.format.date(day)).unwrap_or_default();
        let yes = |said: &String| if said == "oui" { page.t("yes") } else { String::new() };
        [
            ("cases-text", self.q.trim().to_owned()),
            ("col-phase", page.t(state)),
            ("cases-class", class.unwrap_or_default()),
            ("col-priority", self.priorite.clone()),
            ("case-team", name(&self.equipe, &|id| names.team(id))),
            ("case-assignee", with),
            ("case-service", name(&self.service, &|id| names.service(id))),
            ("cases-due-before", day),
            ("cases-late", yes(&self.retard)),
            ("cases-owed", yes(&self.du)),
            ("cases-major", yes(&self.majeur)),
            ("cases-vip", yes(&self.vip)),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (page.t(key), value))
        .collect()
    }

    /// Reads it, for whoever reads the page at that instant.
    pub(super) fn read(&self, page: &Page, now: Timestamp) -> CaseQuery {
        let account = page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default();
        self.read_for(&Asker { account, party: page.party(), zone: page.format.zone.clone() }, now)
    }

    /// The same for whoever asks.
    pub(crate) fn read_for(&self, asker: &Asker, now: Timestamp) -> CaseQuery {
        let (descending, name) = match self.tri.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, self.tri.as_str()),
        };
        let said = |text: &String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let phases = match self.etat.as_str() {
            "attente" => vec![Phase::Restored, Phase::Paused],
            name => Phase::from_name(name).into_iter().collect(),
        };
        let day = self.avant.parse::<Date>().ok().and_then(|d| d.to_zoned(asker.zone.clone()).ok());
        CaseQuery {
            class: Class::from_name(&self.classe).filter(|c| c.is_case()),
            phases,
            open: self.etat == "ouverts",
            team: said(&self.equipe),
            assignee: asker.with(self.chez.trim()),
            service: said(&self.service),
            major: self.majeur == "oui",
            vip: self.vip == "oui",
            due_before: day.map(|z| z.timestamp()),
            priority: Priority::ALL.into_iter().find(|p| p.to_string() == self.priorite),
            owes: self.du == "oui",
            late_at: (self.retard == "oui").then_some(now),
            text: self.q.trim().to_owned(),
            reader: asker.party,
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
            ("col", &self.col),
            ("page", &page),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }
}
