//! What could not be read, where, and why, in words that the owner of the file understands.

use std::fmt::Write as _;

/// Characters of a value that a reject shows.
const SHOWN_CHARS: usize = 200;

/// Something of the file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Line of the file on which its row starts, from 1.
    pub line: u64,
    /// The header of the column; empty when the row itself is broken.
    pub field: String,
    /// The value, at most 200 characters, control characters escaped.
    pub value: String,
    /// Why.
    pub reason: Reason,
    /// How much was lost with it.
    pub lost: Lost,
}

impl Reject {
    pub(crate) fn new(line: u64, field: &str, value: &[u8], reason: Reason, lost: Lost) -> Self {
        Self { line, field: field.to_owned(), value: shown(value), reason, lost }
    }
}

/// How much a reject cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lost {
    /// Nothing of the row was taken.
    Row,
    /// What needs this value was left out; the rest of the row was taken.
    Field,
}

/// Why a value or a row was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The row has another number of fields than the header.
    ColumnCount {
        /// Fields of the row.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// Text follows a closing quote.
    TextAfterQuote,
    /// A quote is opened and never closed.
    QuoteOpen,
    /// A field of more than 64 KiB.
    FieldTooLong,
    /// A record of more than 1 MiB.
    RecordTooLong,
    /// More than 1,024 fields.
    TooManyFields,
    /// The row has no case number.
    NumberMissing,
    /// The case number is longer than 100 characters or has control characters.
    NumberInvalid,
    /// The row has no date of which an event could be made.
    NoEvent,
    /// The bytes are not text in this encoding.
    Bytes {
        /// The encoding of the file.
        encoding: &'static str,
    },
    /// The text holds a NUL character.
    Nul,
    /// No declared format fits.
    Date,
    /// The date is after the instant of the import.
    DateInFuture,
    /// The date is before 1990.
    DateTooOld,
    /// A clock change skips this local time.
    DateInGap,
    /// A clock change repeats this local time.
    DateInFold,
    /// The mapping's table does not know the value.
    UnknownValue {
        /// The table.
        table: String,
    },
    /// A value that the event needs is missing.
    ValueMissing,
    /// Not a whole number.
    Integer,
    /// Not a number.
    Number,
    /// A number with more digits than are kept exactly (15).
    NumberTooLong,
}

impl Reason {
    /// The reason's name, stable, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ColumnCount { .. } => "column_count",
            Self::TextAfterQuote => "text_after_quote",
            Self::QuoteOpen => "quote_open",
            Self::FieldTooLong => "field_too_long",
            Self::RecordTooLong => "record_too_long",
            Self::TooManyFields => "too_many_fields",
            Self::NumberMissing => "number_missing",
            Self::NumberInvalid => "number_invalid",
            Self::NoEvent => "no_event",
            Self::Bytes { .. } => "invalid_bytes",
            Self::Nul => "nul_character",
            Self::Date => "date_unreadable",
            Self::DateInFuture => "date_in_future",
            Self::DateTooOld => "date_too_old",
            Self::DateInGap => "date_in_gap",
            Self::DateInFold => "date_in_fold",
            Self::UnknownValue { .. } => "value_unknown",
            Self::ValueMissing => "value_missing",
            Self::Integer => "integer_unreadable",
            Self::Number => "number_unreadable",
            Self::NumberTooLong => "number_too_long",
        }
    }

    /// What happened and what to do, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::ColumnCount { found, expected } => format!(
                "{found} fields where the header has {expected}: quote the separators and line ends inside values"
            ),
            Self::TextAfterQuote => "text follows a closing quote: double the quotes inside a quoted value".to_owned(),
            Self::QuoteOpen => "a quote is opened and never closed: close it or double it".to_owned(),
            Self::FieldTooLong => "a value of more than 64 KiB: shorten it".to_owned(),
            Self::RecordTooLong => "a row of more than 1 MiB: shorten it".to_owned(),
            Self::TooManyFields => "more than 1,024 fields: is the separator the right one?".to_owned(),
            Self::NumberMissing => "the row has no case number: give it one".to_owned(),
            Self::NumberInvalid => {
                "the case number is longer than 100 characters or has control characters: correct it".to_owned()
            }
            Self::NoEvent => "the row has no date of which an event could be made: give it one".to_owned(),
            Self::Bytes { encoding } => format!(
                "these bytes are not {encoding} text: declare the file's encoding in the mapping, or export it in UTF-8"
            ),
            Self::Nul => "the value holds a NUL character: remove it".to_owned(),
            Self::Date => {
                "no date format of the mapping fits: correct the date, or add its format to the mapping".to_owned()
            }
            Self::DateInFuture => "the date is after the import: correct it".to_owned(),
            Self::DateTooOld => "the date is before 1990: correct it".to_owned(),
            Self::DateInGap => "a clock change skips this local time: give the offset from UTC".to_owned(),
            Self::DateInFold => "a clock change repeats this local time: give the offset from UTC".to_owned(),
            Self::UnknownValue { table } => {
                format!("table `{table}` of the mapping does not know this value: correct it, or add it to the table")
            }
            Self::ValueMissing => "the event needs this value and it is missing: fill it in".to_owned(),
            Self::Integer => "not a whole number: correct it".to_owned(),
            Self::Number => "not a number with the mapping's decimal sign: correct it".to_owned(),
            Self::NumberTooLong => {
                "a number of more than 15 digits would not be kept exactly: shorten it, or map the column as text"
                    .to_owned()
            }
        }
    }

    /// What happened and what to do, in French.
    #[must_use]
    pub fn fr(&self) -> String {
        match self {
            Self::ColumnCount { found, expected } => {
                format!("{found} champs pour un en-tête qui en a {expected} : mettre entre guillemets les valeurs qui contiennent un séparateur ou un saut de ligne")
            }
            Self::TextAfterQuote => "du texte suit un guillemet fermant : doubler les guillemets à l'intérieur des valeurs".to_owned(),
            Self::QuoteOpen => "un guillemet est ouvert et jamais fermé : le fermer ou le doubler".to_owned(),
            Self::FieldTooLong => "valeur de plus de 64 Kio : la raccourcir".to_owned(),
            Self::RecordTooLong => "ligne de plus de 1 Mio : la raccourcir".to_owned(),
            Self::TooManyFields => "plus de 1 024 champs : le séparateur est-il le bon ?".to_owned(),
            Self::NumberMissing => "la ligne n'a pas de numéro de dossier : lui en donner un".to_owned(),
            Self::NumberInvalid => "le numéro de dossier dépasse 100 caractères ou contient des caractères de contrôle : le corriger".to_owned(),
            Self::NoEvent => "la ligne n'a aucune date dont un événement puisse être tiré : lui en donner une".to_owned(),
            Self::Bytes { encoding } => format!("ces octets ne sont pas du texte {encoding} : déclarer l'encodage du fichier dans la correspondance, ou exporter en UTF-8"),
            Self::Nul => "la valeur contient un caractère NUL : le retirer".to_owned(),
            Self::Date => "aucun format de date de la correspondance ne convient : corriger la date, ou ajouter son format".to_owned(),
            Self::DateInFuture => "la date est postérieure à l'import : la corriger".to_owned(),
            Self::DateTooOld => "la date est antérieure à 1990 : la corriger".to_owned(),
            Self::DateInGap => "un changement d'heure saute cette heure locale : donner le décalage UTC".to_owned(),
            Self::DateInFold => "un changement d'heure répète cette heure locale : donner le décalage UTC".to_owned(),
            Self::UnknownValue { table } => format!("la table « {table} » de la correspondance ne connaît pas cette valeur : la corriger, ou l'ajouter à la table"),
            Self::ValueMissing => "l'événement a besoin de cette valeur et elle manque : la renseigner".to_owned(),
            Self::Integer => "ce n'est pas un nombre entier : le corriger".to_owned(),
            Self::Number => "ce n'est pas un nombre avec le signe décimal de la correspondance : le corriger".to_owned(),
            Self::NumberTooLong => "un nombre de plus de 15 chiffres ne serait pas gardé exactement : le raccourcir, ou lire la colonne comme texte".to_owned(),
        }
    }
}

/// What a person may safely be shown of a value: one line, no control or direction characters.
fn shown(value: &[u8]) -> String {
    let mut out = String::new();
    let mut count = 0;
    for piece in value.utf8_chunks() {
        for c in piece.valid().chars() {
            count += 1;
            if count > SHOWN_CHARS {
                out.push('…');
                return out;
            }
            if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
        }
        for byte in piece.invalid() {
            count += 1;
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_in_one_line_and_cut_at_200_characters() {
        assert_eq!(shown(b"a\r\nb\0\x1b[31m\xffz"), "a\\r\\nb\\u{0}\\u{1b}[31m\\xffz");
        assert_eq!(shown("\u{202e}txt é".as_bytes()), "\\u{202e}txt é");
        assert_eq!(shown("é".repeat(200).as_bytes()), "é".repeat(200));
        assert_eq!(shown("é".repeat(201).as_bytes()), "é".repeat(200) + "…");
    }
}
