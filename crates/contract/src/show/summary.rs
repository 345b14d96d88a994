//! What a contract holds and what it lacks, for `vigie contract check`.

use super::{Language, lines, table::Table};
use crate::{
    history::{ContractHistory, ContractVersion},
    model::{CatalogueItem, Contract, Indicator, Label, Measure, Priority, TargetRule},
    problem::Finding,
};

/// How many rules of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The kind.
    pub kind: Label,
    /// How many.
    pub count: usize,
}

/// A row that the contract switches off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisabledRow {
    /// Its number.
    pub row: u8,
    /// Its name.
    pub label: Label,
    /// Why.
    pub reason: Label,
}

/// A row that lacks a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotComputable {
    /// Its number.
    pub row: u8,
    /// Its name.
    pub label: Label,
    /// What is missing.
    pub missing: Label,
}

/// A value that the text leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingValue {
    /// Its key in `contract.toml`.
    pub key: String,
    /// What it is.
    pub label: Label,
    /// The obligations that wait for it.
    pub obligations: Vec<String>,
}

/// A reading chosen and the doubts that it settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Their numbers, such as `AMB-01`.
    pub doubts: Vec<String>,
    /// How many rules rest on it.
    pub rules: usize,
    /// The reading; none when settled for the whole contract in `contract.toml`.
    pub choice: Option<Label>,
}

/// What a contract holds and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub label: Label,
    /// The version summed up.
    pub version: String,
    /// All versions: name, digest.
    pub versions: Vec<(String, String)>,
    /// Rules by kind.
    pub counts: Vec<Count>,
    /// Rows switched off.
    pub disabled: Vec<DisabledRow>,
    /// Rows that lack a value.
    pub not_computable: Vec<NotComputable>,
    /// Values that the text leaves out.
    pub missing: Vec<MissingValue>,
    /// Doubts settled, by their first number.
    pub settled: Vec<Settled>,
    /// What is odd without being wrong.
    pub warnings: Vec<Finding>,
}

impl Summary {
    /// Sums up one version of a contract.
    #[must_use]
    pub fn of(history: &ContractHistory, version: &ContractVersion) -> Self {
        let c = &version.contract;
        Self {
            label: c.frame.label.clone(),
            version: version.id.clone(),
            versions: history.versions().map(|v| (v.id.clone(), v.digest.clone())).collect(),
            counts: counts(c),
            disabled: c.indicators.iter().filter(|i| !i.enabled).map(disabled).collect(),
            not_computable: c.indicators.iter().filter(|i| i.enabled).filter_map(|i| lacking(c, i)).collect(),
            missing: missing(c),
            settled: settled(c),
            warnings: history.warnings.clone(),
        }
    }

    /// Prints it as plain text.
    #[must_use]
    pub fn render(&self, lang: Language) -> String {
        let mut text = format!("{}\n", lang.of(&self.label));
        for (id, digest) in &self.versions {
            let mark = if *id == self.version { "*" } else { " " };
            text.push_str(&format!("{mark} version {id}  {digest}\n"));
        }
        let mut part = |fr: &str, en: &str, headers: [[&str; 3]; 2], rows: Vec<[String; 3]>| {
            let [fr_headers, en_headers] = headers;
            let mut table = Table::new(if lang == Language::Fr { &fr_headers } else { &en_headers });
            text.push_str(&format!("\n{} ({})\n", lang.pick(fr, en), rows.len()));
            if rows.is_empty() {
                text.push_str(lang.pick("aucune\n", "none\n"));
                return;
            }
            rows.into_iter().for_each(|row| table.row(row));
            text.push_str(&table.render());
        };
        let say = |label: &Label| lang.of(label).to_owned();
        let counts = self.counts.iter().map(|c| [c.count.to_string(), say(&c.kind), String::new()]).collect();
        part("Règles lues", "Rules read", [["Nombre", "Sorte", ""], ["Count", "Kind", ""]], counts);
        let off = self.disabled.iter().map(|d| [d.row.to_string(), say(&d.label), say(&d.reason)]).collect();
        part(
            "Lignes désactivées",
            "Disabled rows",
            [["Ligne", "Indicateur", "Motif"], ["Row", "Indicator", "Reason"]],
            off,
        );
        let lack = self.not_computable.iter().map(|n| [n.row.to_string(), say(&n.label), say(&n.missing)]).collect();
        part(
            "Lignes non calculables",
            "Rows that cannot be computed",
            [["Ligne", "Indicateur", "Valeur absente"], ["Row", "Indicator", "Missing value"]],
            lack,
        );
        let gone = self.missing.iter().map(|m| [m.key.clone(), say(&m.label), m.obligations.join(", ")]).collect();
        part(
            "Valeurs que le texte ne donne pas",
            "Values that the text leaves out",
            [["Clé", "Valeur", "Échéances en attente"], ["Key", "Value", "Obligations waiting"]],
            gone,
        );
        let settled = self
            .settled
            .iter()
            .map(|s| {
                let everywhere = lang.pick("tranché pour tout le contrat", "settled for the whole contract");
                let choice = s.choice.as_ref().map_or(everywhere, |c| lang.of(c));
                [s.doubts.join(", "), s.rules.to_string(), choice.to_owned()]
            })
            .collect();
        part(
            "Doutes tranchés",
            "Doubts settled",
            [["Doutes", "Règles", "Lecture retenue"], ["Doubts", "Rules", "Reading chosen"]],
            settled,
        );
        if !self.warnings.is_empty() {
            text.push_str(&format!("\n{} ({})\n", lang.pick("Avertissements", "Warnings"), self.warnings.len()));
            for warning in &self.warnings {
                text.push_str(&format!("{warning}\n"));
            }
        }
        text
    }
}

/// Counts by section, in the order of the files.
fn counts(c: &Contract) -> Vec<Count> {
    let [fr, en] = [Language::Fr, Language::En].map(|lang| lines::sections(c, lang));
    fr.into_iter()
        .zip(en)
        .map(|(fr, en)| Count { count: fr.rules.len(), kind: Label { fr: fr.title, en: en.title } })
        .collect()
}

/// The name of a row with its detail, without which several rows are called the same.
fn named(indicator: &Indicator) -> Label {
    let with = |lang: Language| {
        let detail = indicator.detail.as_ref().map(|d| format!(" ({})", lang.of(d))).unwrap_or_default();
        format!("{}{detail}", lang.of(&indicator.label))
    };
    Label { fr: with(Language::Fr), en: with(Language::En) }
}

fn disabled(indicator: &Indicator) -> DisabledRow {
    // The check refuses a disabled row without its choice.
    DisabledRow { row: indicator.row, label: named(indicator), reason: indicator.choice.clone().unwrap_or_default() }
}

/// What a row lacks, if anything. Agreed delays are on the cases and lack nothing here.
fn lacking(c: &Contract, indicator: &Indicator) -> Option<NotComputable> {
    let missing = match &indicator.measure {
        Measure::CaseOverrun { clock, population, .. } | Measure::CaseRate { clock, population, .. } => {
            let wanted = |p: &&Priority| population.priorities.is_empty() || population.priorities.contains(p);
            let priorities = Priority::ALL;
            let without = |has: &dyn Fn(Priority) -> bool| {
                let list: Vec<String> =
                    priorities.iter().filter(wanted).filter(|p| !has(**p)).map(ToString::to_string).collect();
                (!list.is_empty()).then(|| no_delay(&list.join(", ")))
            };
            match &c.clock(clock)?.target {
                TargetRule::Catalogue => no_catalogue_delay(&c.catalogue.items),
                TargetRule::ByPriority(values) => without(&|p| values.contains_key(&p)),
                TargetRule::PriorityDelay(kind) => {
                    without(&|p| c.priorities.delays.iter().any(|d| d.priority == p && d.kind == *kind))
                }
                TargetRule::Fixed(_) | TargetRule::Agreed => None,
            }
        }
        Measure::ObligationLateness { obligation, .. } => {
            let key = c.obligation(obligation)?.due.missing.as_ref()?;
            c.frame.missing.get(key).cloned()
        }
        Measure::ConfirmedFindings { .. } => None,
    }?;
    Some(NotComputable { row: indicator.row, label: named(indicator), missing })
}

fn no_delay(priorities: &str) -> Label {
    Label {
        fr: format!("la convention de service ne donne pas de délai pour {priorities}"),
        en: format!("the convention de service gives no delay for {priorities}"),
    }
}

fn no_catalogue_delay(items: &[CatalogueItem]) -> Option<Label> {
    let without = items.iter().filter(|i| i.delay.is_none()).count();
    (without > 0).then(|| Label {
        fr: format!(
            "la convention de service ne donne pas de GTR pour {without} types de demandes sur {}",
            items.len()
        ),
        en: format!("the convention de service gives no GTR for {without} request types out of {}", items.len()),
    })
}

fn missing(c: &Contract) -> Vec<MissingValue> {
    let waiting = |key: &str| {
        let waits = c.obligations.iter().filter(|o| o.due.missing.as_deref() == Some(key));
        waits.map(|o| o.id.to_string()).collect()
    };
    c.frame
        .missing
        .iter()
        .map(|(key, label)| MissingValue { key: key.clone(), label: label.clone(), obligations: waiting(key) })
        .collect()
}

/// The readings chosen, each once.
fn settled(c: &Contract) -> Vec<Settled> {
    let [fr, en] = [Language::Fr, Language::En].map(|lang| lines::sections(c, lang));
    let pairs = fr.into_iter().zip(en).flat_map(|(fr, en)| fr.rules.into_iter().zip(en.rules));
    let mut all: Vec<Settled> = Vec::new();
    for (fr, en) in pairs.filter(|(fr, _)| !fr.doubts.is_empty()) {
        let choice = fr.choice.zip(en.choice).map(|(fr, en)| Label { fr, en });
        match all.iter_mut().find(|s| s.doubts == fr.doubts && s.choice == choice) {
            Some(same) => same.rules += 1,
            None => all.push(Settled { doubts: fr.doubts, rules: 1, choice }),
        }
    }
    let elsewhere = |doubt: &String| all.iter().any(|s| s.doubts.contains(doubt));
    let wide: Vec<String> = c.frame.doubts.iter().filter(|d| !elsewhere(d)).cloned().collect();
    all.extend(wide.into_iter().map(|doubt| Settled { doubts: vec![doubt], rules: 0, choice: None }));
    all.sort_by_key(|s| s.doubts.first().map(|d| in_number_order(d)));
    all
}

/// `AMB-9` before `AMB-10`.
fn in_number_order(doubt: &str) -> (String, u32) {
    let digits = doubt.trim_start_matches(|c: char| !c.is_ascii_digit());
    let name = doubt.strip_suffix(digits).unwrap_or(doubt);
    (name.to_owned(), digits.parse().unwrap_or(0))
}
