//! A contract as people read it: every rule with its clause, its value, its days and its doubts.
//!
//! [`sections`] gives the lines once for pages and terminals alike; [`render`] prints them as plain
//! text. Nothing here decides: a value is shown as the contract gives it.

mod desk;
mod lines;
mod summary;
mod table;
mod words;

use jiff::civil::Date;

pub use self::{
    summary::{Count, DisabledRow, MissingValue, NotComputable, Settled, Summary},
    words::{condition, delay},
};
use crate::{
    history::ContractVersion,
    model::{Label, Rule},
};

/// A language that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// French, the language of the contract.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// The text in this language.
    #[must_use]
    pub fn of(self, label: &Label) -> &str {
        self.pick(&label.fr, &label.en)
    }

    pub(crate) const fn pick<'a>(self, fr: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }
}

/// The rules of one file or one table of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What they are.
    pub title: String,
    /// File in which they stand.
    pub file: &'static str,
    /// Its rules, in the order of the file.
    pub rules: Vec<RuleLine>,
}

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLine {
    /// Clause.
    pub clause: String,
    /// Its name in facts and in other rules; empty for rules that have none.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Its value.
    pub value: String,
    /// First day on which it holds, when not the first of the contract.
    pub from: Option<Date>,
    /// Last day on which it holds, when not the last of the contract.
    pub to: Option<Date>,
    /// The doubts that it settles.
    pub doubts: Vec<String>,
    /// The reading chosen.
    pub choice: Option<String>,
}

impl RuleLine {
    fn new(rule: &impl Rule, id: &dyn ToString, value: String, lang: Language) -> Self {
        Self {
            clause: rule.clause().to_owned(),
            id: id.to_string(),
            name: lang.of(rule.label()).to_owned(),
            value,
            from: rule.from(),
            to: rule.to(),
            doubts: rule.doubts().to_vec(),
            choice: rule.choice().map(|c| lang.of(c).to_owned()),
        }
    }

    /// The days on which it holds, as a short text; empty when as long as the contract.
    #[must_use]
    pub fn days(&self, lang: Language) -> String {
        match (self.from, self.to) {
            (None, None) => String::new(),
            (Some(from), None) => format!("{} {from}", lang.pick("depuis", "from")),
            (None, Some(to)) => format!("{} {to}", lang.pick("jusqu'au", "to")),
            (Some(from), Some(to)) => format!("{from} – {to}"),
        }
    }
}

/// Every rule of a version, by file.
#[must_use]
pub fn sections(version: &ContractVersion, lang: Language) -> Vec<Section> {
    lines::sections(&version.contract, lang)
}

/// Prints a version as plain text, for `vigie contract show`.
#[must_use]
pub fn render(version: &ContractVersion, lang: Language) -> String {
    let frame = &version.contract.frame;
    let mut text = format!("{}\n", lang.of(&frame.label));
    let colon = lang.pick(" :", ":");
    let mut say = |key: &str, value: &str| text.push_str(&format!("{key}{colon} {value}\n"));
    say(lang.pick("Client", "Customer"), lang.of(&frame.customer));
    let provider = frame.provider.as_ref().map(|p| lang.of(p));
    say(lang.pick("Titulaire", "Provider"), provider.unwrap_or(lang.pick("non attribué", "not awarded")));
    say(lang.pick("Source", "Source"), lang.of(&frame.source));
    say(lang.pick("Fuseau", "Zone"), &frame.zone);
    say("Version", &version.id);
    say(lang.pick("Empreinte", "Digest"), &version.digest);
    for amendment in &version.amendments {
        let line = format!("{} ({}, {})", lang.of(&amendment.label), amendment.effective, lang.of(&amendment.source));
        say(lang.pick("Avenant", "Amendment"), &line);
    }
    let headers = match lang {
        Language::Fr => ["Clause", "Règle", "Valeur", "Jours"],
        Language::En => ["Clause", "Rule", "Value", "Days"],
    };
    for section in sections(version, lang) {
        text.push_str(&format!("\n{} ({}, {})\n", section.title, section.rules.len(), section.file));
        let mut table = table::Table::new(&headers);
        for rule in &section.rules {
            table.row([rule.clause.clone(), rule.name.clone(), rule.value.clone(), rule.days(lang)]);
            if let Some(choice) = &rule.choice {
                let doubts = if rule.doubts.is_empty() {
                    lang.pick("Choix", "Choice").to_owned()
                } else {
                    rule.doubts.join(", ")
                };
                table.note(&format!("{doubts} → {choice}"));
            }
        }
        text.push_str(&table.render());
    }
    text
}
