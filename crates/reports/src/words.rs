//! The words that every printed form of a month shares, in both languages.

use jiff::SignedDuration;
use num_rational::Ratio;
use vigie_rules::judgement::{IndicatorResult, Quantity, Status};

use crate::format::{self, Lang};

/// What a status is called.
pub(crate) const fn status(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Met => lang.pick("tenu", "met"),
        Status::Missed => lang.pick("manqué", "missed"),
        Status::NoData => lang.pick("sans objet", "no data"),
        Status::NotComputable => lang.pick("non calculable", "not computable"),
        Status::Disabled => lang.pick("désactivé", "disabled"),
    }
}

/// How a row is called: `11`, or `23 poste-fixe` for one indicator by type.
pub(crate) fn row_name(result: &IndicatorResult) -> String {
    result.key.as_ref().map_or_else(|| result.row.to_string(), |key| format!("{} {key}", result.row))
}

/// The label of a row with its type, for rows that are one indicator by type.
pub(crate) fn row_label(result: &IndicatorResult, lang: Lang) -> String {
    let label = lang.label(&result.label);
    let key = result.key_label.as_ref().map(|l| lang.label(l)).or(result.key.as_deref());
    let detail = result.detail.as_ref().map(|l| lang.label(l));
    let told: Vec<&str> = detail.into_iter().chain(key).collect();
    if told.is_empty() { label.to_owned() } else { format!("{label} ({})", told.join(" · ")) }
}

/// The notes of a row, with what is still open first.
pub(crate) fn notes(result: &IndicatorResult, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    if result.pending > 0 {
        let open = format::count(
            result.pending,
            lang,
            lang.pick("dossier encore ouvert", "case still open"),
            lang.pick("dossiers encore ouverts", "cases still open"),
        );
        notes.push(format!("{}{}{open}.", lang.pick("Provisoire", "Provisional"), lang.colon()));
    }
    notes.extend(result.notes.iter().map(|n| sentence(lang.label(n))));
    notes
}

/// A text of the rules as a sentence: they write it without a capital, to stand after a colon.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Outside text without control characters, which could drive a terminal or break a file.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Stands where there is no value.
pub(crate) const NONE: &str = "–";

/// A quantity, or a dash where there is none.
pub(crate) fn quantity(value: Option<Quantity>, lang: Lang) -> String {
    value.map_or_else(|| NONE.to_owned(), |q| format::quantity(q, lang))
}

/// By how much a row falls short; a dash when it does not.
pub(crate) fn gap(result: &IndicatorResult, lang: Lang) -> String {
    quantity(result.gap.filter(|q| *q != zero(*q)), lang)
}

/// Nothing, in the same unit.
fn zero(like: Quantity) -> Quantity {
    match like {
        Quantity::Share(_) => Quantity::Share(Ratio::from_integer(0)),
        Quantity::Time(_) => Quantity::Time(SignedDuration::ZERO),
        Quantity::Days(_) => Quantity::Days(0),
        Quantity::Weeks(_) => Quantity::Weeks(0),
        Quantity::Count(_) => Quantity::Count(0),
    }
}

/// A printed page has no scroll bar: words longer than this may break.
const LONG_WORD: usize = 24;

/// Text for a page: without control characters, and with places where an endless word may break.
pub(crate) fn breakable(text: &str) -> String {
    const ZERO_WIDTH_SPACE: char = '\u{200b}';
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    for c in printable(text).chars() {
        run = if c.is_whitespace() { 0 } else { run + 1 };
        if run > LONG_WORD {
            out.push(ZERO_WIDTH_SPACE);
            run = 1;
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_endless_words_may_break() {
        assert_eq!(breakable(&"a".repeat(24)), "a".repeat(24));
        assert_eq!(breakable(&"a".repeat(25)), format!("{}\u{200b}a", "a".repeat(24)));
        assert_eq!(breakable("un\ttexte ordinaire"), "un texte ordinaire");
    }

    #[test]
    fn a_gap_of_nothing_is_no_gap() {
        let mut row = crate::sample::judgement().indicators.remove(0);
        assert_eq!(gap(&row, Lang::Fr), "2");
        row.gap = Some(Quantity::Time(SignedDuration::ZERO));
        assert_eq!(gap(&row, Lang::Fr), NONE);
    }
}
