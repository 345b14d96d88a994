//! The words for a form of the catalogue: its answers, what is wrong with one, what is remarkable.

use std::collections::BTreeMap;

use vigie_contract::{CatalogueItem, Channel, Contract, Field, FieldKind, Label};
use vigie_rules::form::{self, Misfit};

fn label(fr: impl Into<String>, en: impl Into<String>) -> Label {
    Label { fr: fr.into(), en: en.into() }
}

/// What is wrong with an answer, or remarkable.
pub(super) fn misfit(misfit: &Misfit) -> Label {
    match misfit {
        Misfit::Required => label("Une réponse est nécessaire.", "An answer is needed."),
        Misfit::Unknown => label("Le formulaire n'a pas ce champ.", "The form has no such field."),
        Misfit::TooLong { bytes, limit } => label(
            format!("{bytes} octets pour {limit} au plus : raccourcissez, rien n'est coupé."),
            format!("{bytes} bytes for {limit} at most: shorten it, nothing is cut."),
        ),
        Misfit::SeveralLines => label("Écrivez une seule ligne.", "Write one line."),
        Misfit::Number(_) => label("Écrivez un nombre entier.", "Write a whole number."),
        Misfit::Date(_) => label("Écrivez une date, comme 2026-03-12.", "Write a day, such as 2026-03-12."),
        Misfit::Datetime(_) => label(
            "Écrivez une date et une heure, comme 2026-03-12T14:30.",
            "Write a day and a time, such as 2026-03-12T14:30.",
        ),
        Misfit::Bool(_) => label("Répondez par true ou false.", "Answer true or false."),
        Misfit::Choice(_) => label("Choisissez une valeur de la liste.", "Choose a value of the list."),
        Misfit::Beyond { number, most, .. } => {
            label(format!("{number} pour {most} convenus."), format!("{number}, and {most} are agreed."))
        }
    }
}

/// What both sides are warned of on a request that was made: numbers beyond what is agreed.
pub(super) fn warnings(contract: &Contract, item: &CatalogueItem, answers: &BTreeMap<String, String>) -> Vec<Label> {
    let misfits = form::check_form(&contract.catalogue, item, answers);
    let remarkable = misfits.into_iter().filter(|(_, m)| matches!(m, Misfit::Beyond { .. }));
    remarkable
        .map(|(id, found)| {
            let field = contract.catalogue.fields.iter().find(|f| f.id == id);
            let name = field.map_or_else(|| label(id, id), |f| f.label.clone());
            let found = misfit(&found);
            label(format!("{} : {}", name.fr, found.fr), format!("{}: {}", name.en, found.en))
        })
        .collect()
}

/// Said when a request was asked for as urgent by a channel by which it cannot be.
pub(super) fn not_urgent(item: &CatalogueItem) -> Label {
    match item.urgent_channel {
        Some(channel) => {
            let (fr, en) = by(channel);
            label(
                format!("Demandée comme urgente : le délai urgent ne court que pour une demande reçue {fr}."),
                format!("Asked for as urgent: the urgent delay runs only for a request that comes {en}."),
            )
        }
        None => label(
            "Demandée comme urgente : le contrat ne prévoit pas d'urgence pour ce type.",
            "Asked for as urgent: the contract foresees no urgency for this type.",
        ),
    }
}

/// By which channel.
pub(super) const fn by(channel: Channel) -> (&'static str, &'static str) {
    match channel {
        Channel::InApp => ("par la page", "by the page"),
        Channel::Mail => ("par courriel", "by mail"),
        Channel::Webhook => ("par l'API", "by the API"),
        Channel::Phone => ("par téléphone", "by telephone"),
    }
}

/// An answer as a person reads it: the label of a choice, yes or no, else what was typed.
pub(super) fn answer(field: &Field, typed: &str) -> Label {
    match field.kind {
        FieldKind::Choice => {
            field.choices.iter().find(|c| c.id == typed).map_or_else(|| label(typed, typed), |c| c.label.clone())
        }
        FieldKind::Bool if typed == "true" => label("oui", "yes"),
        FieldKind::Bool => label("non", "no"),
        _ => label(typed, typed),
    }
}
