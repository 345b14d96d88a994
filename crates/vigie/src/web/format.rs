//! Numbers, durations and dates as a page shows them: the printer of the reports, bound to one language
//! and one zone.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use vigie_reports::format as print;
use vigie_rules::judgement::{Month, Quantity};

use super::Lang;

/// How one page prints.
#[derive(Clone, Debug)]
pub struct Format {
    /// In which language.
    pub lang: Lang,
    /// In which zone: the contract's.
    pub zone: TimeZone,
}

impl Format {
    /// A whole number with its thousands apart.
    #[must_use]
    pub fn number(&self, n: impl TryInto<i64>) -> String {
        print::number(n.try_into().map_or(i128::from(i64::MAX), i128::from), self.lang)
    }

    /// A quantity in its unit; a dash when there is none.
    #[must_use]
    pub fn quantity(&self, value: Option<Quantity>) -> String {
        value.map_or_else(dash, |v| print::quantity(v, self.lang))
    }

    /// A length of open time; a dash when there is none.
    #[must_use]
    pub fn time(&self, value: Option<SignedDuration>) -> String {
        value.map_or_else(dash, |v| print::open_time(v, self.lang))
    }

    /// An instant on the wall clock of the contract; a dash when there is none.
    #[must_use]
    pub fn instant(&self, at: Option<Timestamp>) -> String {
        at.map_or_else(dash, |at| print::instant(at, &self.zone))
    }

    /// The same to the second, for instants that a machine recorded.
    #[must_use]
    pub fn second(&self, at: Timestamp) -> String {
        self.instant(Some(Timestamp::from_second(at.as_second()).unwrap_or(at)))
    }

    /// A month in words, with a capital as a title has it.
    #[must_use]
    pub fn month(&self, month: Month) -> String {
        let text = print::month(month, self.lang);
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// A month after a noun.
    #[must_use]
    pub fn of_month(&self, month: Month) -> String {
        print::of_month(month, self.lang)
    }

    /// A date in words.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        print::date_long(date, self.lang)
    }
}

fn dash() -> String {
    "–".to_owned()
}
