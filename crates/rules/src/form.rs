//! Whether a filled form is a request that can be made.
//!
//! Answers are texts as a page or a program sent them. Each misfit is told with its field; nothing is
//! guessed and nothing that was typed is changed. Who may ask at all is for the rights to say.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use vigie_contract::{Beyond, Catalogue, CatalogueItem, Channel, Field, FieldKind};

/// Longest answer of one line, in bytes.
pub const MAX_LINE_BYTES: usize = 500;

/// Longest answer of several lines, in bytes.
pub const MAX_TEXT_BYTES: usize = 20_000;

/// What is wrong with an answer, or remarkable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Nothing was answered to what must be.
    #[error("an answer is required")]
    Required,
    /// The form asks for no such thing.
    #[error("the form has no such field")]
    Unknown,
    /// Too long.
    #[error("the answer has {bytes} bytes and may have {limit}; shorten it")]
    TooLong {
        /// How long.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Several lines where one is asked for.
    #[error("the answer has several lines; write one")]
    SeveralLines,
    /// Not a whole number.
    #[error("`{0}` is not a whole number; write digits only")]
    Number(String),
    /// Not a day.
    #[error("`{0}` is not a day; write it as 2026-03-12")]
    Date(String),
    /// Not a day and a time.
    #[error("`{0}` is not a day and a time; write it as 2026-03-12T14:30")]
    Datetime(String),
    /// Not yes or no.
    #[error("`{0}` is neither `true` nor `false`")]
    Bool(String),
    /// Not one of the choices.
    #[error("`{0}` is not one of the choices")]
    Choice(String),
    /// A number beyond its limit.
    #[error("{number} is more than the {most} agreed")]
    Beyond {
        /// The number.
        number: u32,
        /// The greatest as agreed.
        most: u32,
        /// What being beyond does.
        does: Beyond,
    },
}

impl Misfit {
    /// Whether the request cannot be made as it is; otherwise both sides are warned.
    #[must_use]
    pub const fn refuses(&self) -> bool {
        !matches!(self, Self::Beyond { does: Beyond::Warn, .. })
    }
}

/// What is wrong with a form, field by field, in the order of the form; empty when nothing is.
///
/// `answers` are by the field's name; an answer of blanks is none.
#[must_use]
pub fn check_form<'a>(
    catalogue: &'a Catalogue,
    item: &'a CatalogueItem,
    answers: &'a BTreeMap<String, String>,
) -> Vec<(&'a str, Misfit)> {
    let mut misfits = Vec::new();
    for (field, required) in catalogue.form(item) {
        let answer = answers.get(&field.id).map(|a| a.trim()).unwrap_or_default();
        let misfit = if answer.is_empty() {
            required.then_some(Misfit::Required)
        } else {
            check_answer(field, item, answer).err()
        };
        misfits.extend(misfit.map(|m| (field.id.as_str(), m)));
    }
    let unknown = answers.keys().filter(|id| !catalogue.form(item).any(|(f, _)| f.id == **id));
    misfits.extend(unknown.map(|id| (id.as_str(), Misfit::Unknown)));
    misfits
}

fn check_answer(field: &Field, item: &CatalogueItem, answer: &str) -> Result<(), Misfit> {
    let limit = if field.kind == FieldKind::LongText { MAX_TEXT_BYTES } else { MAX_LINE_BYTES };
    if answer.len() > limit {
        return Err(Misfit::TooLong { bytes: answer.len(), limit });
    }
    if field.kind != FieldKind::LongText && answer.contains(['\n', '\r']) {
        return Err(Misfit::SeveralLines);
    }
    let text = || answer.to_owned();
    match field.kind {
        FieldKind::Number => {
            let digits = answer.bytes().all(|b| b.is_ascii_digit());
            let number: u32 = answer.parse().ok().filter(|_| digits).ok_or_else(|| Misfit::Number(text()))?;
            match item.limits.get(&field.id) {
                Some(limit) if number > limit.most => {
                    Err(Misfit::Beyond { number, most: limit.most, does: limit.beyond })
                }
                _ => Ok(()),
            }
        }
        FieldKind::Date => answer.parse::<Date>().map(drop).map_err(|_| Misfit::Date(text())),
        FieldKind::Datetime => {
            // A bare day would be read as its midnight, which nobody meant.
            let has_time = answer.contains(['T', 't', ' ']);
            answer.parse::<DateTime>().ok().filter(|_| has_time).map(drop).ok_or_else(|| Misfit::Datetime(text()))
        }
        FieldKind::Bool => match answer {
            "true" | "false" => Ok(()),
            _ => Err(Misfit::Bool(text())),
        },
        FieldKind::Choice => match field.choices.iter().any(|c| c.id == answer) {
            true => Ok(()),
            false => Err(Misfit::Choice(text())),
        },
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Person
        | FieldKind::Site
        | FieldKind::Line
        | FieldKind::File => Ok(()),
    }
}

/// What an urgent request of a type comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Its delay is the urgent one.
    Urgent,
    /// The type is never urgent: it is treated as the others.
    NeverUrgent,
    /// It must come by another channel for the urgent delay to bind.
    OtherChannel(Channel),
}

/// Whether a request asked for as urgent is urgent, by the channel through which it came.
#[must_use]
pub fn urgency(item: &CatalogueItem, came_by: Channel) -> Urgency {
    match item.urgent_channel {
        _ if !item.urgent_allowed => Urgency::NeverUrgent,
        Some(wanted) if wanted != came_by => Urgency::OtherChannel(wanted),
        _ => Urgency::Urgent,
    }
}

/// The topic of the `request.raised` entry that a request makes, on which an obligation counts.
#[must_use]
pub fn topic(item: &CatalogueItem, urgent: bool) -> Option<&str> {
    let own = if urgent { item.urgent_raises.as_deref() } else { None };
    own.or(item.raises.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::book;

    fn misfits(answers: &[(&str, &str)]) -> Vec<(String, Misfit)> {
        let book = book();
        let catalogue = &book.contract.catalogue;
        let item = catalogue.item(&"training".into()).unwrap();
        let answers = answers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        check_form(catalogue, item, &answers).into_iter().map(|(f, m)| (f.to_owned(), m)).collect()
    }

    #[track_caller]
    fn check(field: &str, answer: &str, expected: Option<Misfit>) {
        let mut answers = vec![("participants", "3"), ("mode", "virtual")];
        answers.retain(|(f, _)| *f != field);
        answers.push((field, answer));
        assert_eq!(misfits(&answers), expected.map(|m| (field.to_owned(), m)).into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_must_be_answered_is_and_what_may_be_need_not() {
        assert_eq!(
            misfits(&[("mode", " ")]),
            [("participants".to_owned(), Misfit::Required), ("mode".to_owned(), Misfit::Required)]
        );
        assert_eq!(misfits(&[("participants", "3"), ("mode", "virtual")]), []);
        check("colour", "red", Some(Misfit::Unknown));
    }

    #[test]
    fn ten_participants_are_as_agreed_and_eleven_are_told_without_being_refused() {
        check("participants", "10", None);
        check("participants", "11", Some(Misfit::Beyond { number: 11, most: 10, does: Beyond::Warn }));
        assert!(!Misfit::Beyond { number: 11, most: 10, does: Beyond::Warn }.refuses());
        assert!(Misfit::Beyond { number: 11, most: 10, does: Beyond::Refuse }.refuses());
    }

    #[test]
    fn an_answer_is_of_the_kind_that_the_field_asks_for() {
        for (field, good, bad, misfit) in [
            ("participants", "0", "-1", Misfit::Number("-1".into())),
            ("participants", "7", "+7", Misfit::Number("+7".into())),
            ("participants", "7", "4294967296", Misfit::Number("4294967296".into())),
            ("mode", "virtual", "Virtual", Misfit::Choice("Virtual".into())),
            ("day", "2026-02-28", "2026-02-29", Misfit::Date("2026-02-29".into())),
            ("start", "2026-02-28T14:30", "2026-02-28", Misfit::Datetime("2026-02-28".into())),
            ("remote", "true", "yes", Misfit::Bool("yes".into())),
            ("room", "B 12", "B\n12", Misfit::SeveralLines),
        ] {
            check(field, good, None);
            check(field, bad, Some(misfit));
        }
        check("remarks", "several\nlines", None);
    }

    #[test]
    fn answers_have_their_longest_length() {
        let long = |n| "a".repeat(n);
        check("room", &long(MAX_LINE_BYTES), None);
        let limit = MAX_LINE_BYTES;
        check("room", &long(limit + 1), Some(Misfit::TooLong { bytes: limit + 1, limit }));
        check("remarks", &long(MAX_TEXT_BYTES), None);
        let limit = MAX_TEXT_BYTES;
        check("remarks", &long(limit + 1), Some(Misfit::TooLong { bytes: limit + 1, limit }));
    }

    #[test]
    fn an_urgent_request_comes_by_the_channel_that_the_contract_names() {
        let book = book();
        let item = |id: &str| book.contract.catalogue.item(&id.into()).unwrap();
        let studio = item("studio");
        assert_eq!(urgency(studio, Channel::Mail), Urgency::Urgent);
        assert_eq!(urgency(studio, Channel::Phone), Urgency::OtherChannel(Channel::Mail));
        assert_eq!(urgency(item("line"), Channel::Phone), Urgency::Urgent);
        assert_eq!(urgency(item("training"), Channel::Mail), Urgency::NeverUrgent);
        assert_eq!((topic(studio, true), topic(studio, false)), (Some("studio_urgent"), Some("studio")));
        assert_eq!(topic(item("line"), true), None);
    }
}
