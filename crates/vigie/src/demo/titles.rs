//! What a case is called, in the words of those who report it.

use vigie_contract::IncidentSubject;

use super::{rng::Rng, tables};

/// Words of a subject's French label, and the titles that suit it.
const BY_WORD: [(&str, &[&str]); 9] = [
    ("toip", &tables::TITLES_TOIP),
    ("actif", &tables::TITLES_ACTIVE),
    ("câblage", &tables::TITLES_CABLING),
    ("réseau", &tables::TITLES_NETWORK),
    ("wan", &tables::TITLES_NETWORK),
    ("lan", &tables::TITLES_NETWORK),
    ("opérateurs", &tables::TITLES_NETWORK),
    ("application", &tables::TITLES_APPLICATION),
    ("incidents", &tables::TITLES_OTHER),
];

/// A title for an incident on this subject.
pub(super) fn incident(subject: &IncidentSubject, rng: &mut Rng) -> String {
    let label = subject.label.fr.to_lowercase();
    match BY_WORD.iter().find(|(word, _)| label.contains(word)) {
        Some(("toip", _)) if rng.per_mille(180) => {
            let (centre, _) = tables::CALL_CENTRES
                .get(rng.weighted(tables::CALL_CENTRES.iter().map(|(_, calls)| *calls)))
                .copied()
                .unwrap_or_default();
            format!("Centre d'appels {centre} : {}", lower_first(rng.text(&tables::TITLES_CALL_CENTRE)))
        }
        Some((_, titles)) => rng.text(titles).to_owned(),
        None => subject.label.fr.clone(),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
