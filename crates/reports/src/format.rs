//! One place to print numbers, shares, times and dates, in French and in English.
//!
//! Everything is computed on integers and rationals: a printed figure is either exact or rounded
//! half to even at a stated digit, and two different figures never print alike because of binary
//! floating point. Nothing here reads a zone or a clock of the machine: the zone is a parameter.
//!
//! Open time is printed in hours, whatever their number. Ten open hours are a day for nobody, so only
//! [`civil_time`], for calendars that never close, speaks of days.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use num_rational::Ratio;
use serde::{Deserialize, Serialize};
use vigie_contract::{Delay, Label, show};
use vigie_rules::judgement::{Month, Quantity};

/// Between a number and its unit, so that a line never breaks there.
pub const NO_BREAK: char = '\u{a0}';
/// Between the thousands and before `%` in French.
pub const NARROW: char = '\u{202f}';

const SECONDS_PER_MINUTE: u64 = 60;
const SECONDS_PER_HOUR: u64 = 3600;
const SECONDS_PER_DAY: u64 = 86_400;
const MICROS_PER_SECOND: u128 = 1_000_000;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// French, the language of the contract.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both, French first.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Its code in BCP 47: `fr` or `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The text of a label in this language; the other one when it was left empty.
    #[must_use]
    pub fn label(self, label: &Label) -> &str {
        let (first, second) = match self {
            Self::Fr => (&label.fr, &label.en),
            Self::En => (&label.en, &label.fr),
        };
        if first.is_empty() { second } else { first }
    }

    /// What stands between a name and its value: a colon with the space that the language wants.
    #[must_use]
    pub const fn colon(self) -> &'static str {
        self.pick("\u{a0}: ", ": ")
    }

    /// What stands between items of a list that may hold commas.
    #[must_use]
    pub const fn semicolon(self) -> &'static str {
        self.pick("\u{a0}; ", "; ")
    }

    /// One of two texts of the program.
    #[must_use]
    pub const fn pick(self, fr: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }
}

/// A whole number with its thousands apart: `12 345` in French (narrow no-break space), `12,345`.
#[must_use]
pub fn number(n: i128, lang: Lang) -> String {
    let separator = match lang {
        Lang::Fr => NARROW,
        Lang::En => ',',
    };
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    if n < 0 {
        out.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A number and its noun: `0 dossier`, `2 dossiers`; `0 cases`, `1 case`. Zero is singular in French.
#[must_use]
pub fn count(n: u64, lang: Lang, one: &str, many: &str) -> String {
    let singular = match lang {
        Lang::Fr => n <= 1,
        Lang::En => n == 1,
    };
    format!("{}{NO_BREAK}{}", number(n.into(), lang), if singular { one } else { many })
}

/// Divides and rounds half to even; `den` must be positive.
fn div_half_even(num: i128, den: i128) -> i128 {
    let (floor, rest) = (num.div_euclid(den), num.rem_euclid(den));
    match (rest * 2).cmp(&den) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// A share as a percentage: `93,16 %`, `93.16 %`.
///
/// A whole percentage prints without decimals, any other with two, rounded half to even: `90 %` is
/// exactly nine tenths, while `90,00 %` is only close to it (see [`fraction`]).
#[must_use]
pub fn share(value: Ratio<i64>, lang: Lang) -> String {
    let (num, den) = (i128::from(*value.numer()), i128::from(*value.denom()));
    let space = match lang {
        Lang::Fr => NARROW,
        Lang::En => NO_BREAK,
    };
    if num * 100 % den == 0 {
        return format!("{}{space}%", number(num * 100 / den, lang));
    }
    let hundredths = div_half_even(num * 10_000, den);
    let sign = if num < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.abs() / 100, hundredths.abs() % 100);
    let point = lang.pick(",", ".");
    format!("{sign}{}{point}{rest:02}{space}%", number(whole, lang))
}

/// The exact value: `68/73`, or the whole number.
#[must_use]
pub fn fraction(value: Ratio<i64>) -> String {
    value.to_string()
}

/// Seconds and what is below them, without trailing zeros; empty when both are zero.
fn seconds_part(time: SignedDuration, lang: Lang) -> String {
    let seconds = time.as_secs().unsigned_abs() % SECONDS_PER_MINUTE;
    let nanos = time.subsec_nanos().unsigned_abs();
    if nanos == 0 {
        return if seconds == 0 { String::new() } else { format!("{seconds}{NO_BREAK}s") };
    }
    let digits = format!("{nanos:09}");
    format!("{seconds}{}{}{NO_BREAK}s", lang.pick(",", "."), digits.trim_end_matches('0'))
}

/// The parts that are not zero, largest first; `0 min` when all are.
fn join_parts(parts: &[String], negative: bool) -> String {
    let text = parts.iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(&NO_BREAK.to_string());
    match (text.is_empty(), negative) {
        (true, _) => format!("0{NO_BREAK}min"),
        (false, true) => format!("-{text}"),
        (false, false) => text,
    }
}

fn part(n: u64, unit: &str, lang: Lang) -> String {
    if n == 0 { String::new() } else { format!("{}{NO_BREAK}{unit}", number(n.into(), lang)) }
}

/// Open time, exactly: `2 h 45 min`, `27 h`, `15 min 30 s`. Never in days.
#[must_use]
pub fn open_time(time: SignedDuration, lang: Lang) -> String {
    let all = time.as_secs().unsigned_abs();
    let parts = [
        part(all / SECONDS_PER_HOUR, "h", lang),
        part(all % SECONDS_PER_HOUR / SECONDS_PER_MINUTE, "min", lang),
        seconds_part(time, lang),
    ];
    join_parts(&parts, time.is_negative())
}

/// Elapsed time on a calendar that never closes, exactly: `1 j 3 h` in French, `1 d 3 h` in English.
#[must_use]
pub fn civil_time(time: SignedDuration, lang: Lang) -> String {
    let all = time.as_secs().unsigned_abs();
    let parts = [
        part(all / SECONDS_PER_DAY, lang.pick("j", "d"), lang),
        part(all % SECONDS_PER_DAY / SECONDS_PER_HOUR, "h", lang),
        part(all % SECONDS_PER_HOUR / SECONDS_PER_MINUTE, "min", lang),
        seconds_part(time, lang),
    ];
    join_parts(&parts, time.is_negative())
}

/// A delay as the contract gives it: `15 min`, `4 jours ouvrés`, `1 mois`; `4 working days` in English.
#[must_use]
pub fn delay(delay: Delay, lang: Lang) -> String {
    let language = match lang {
        Lang::Fr => show::Language::Fr,
        Lang::En => show::Language::En,
    };
    show::delay(delay, language).replace(' ', &NO_BREAK.to_string())
}

/// Any quantity of a judgement, in its unit.
#[must_use]
pub fn quantity(value: Quantity, lang: Lang) -> String {
    let units = |n: i64, one: &str, many: &str| {
        let text = count(n.unsigned_abs(), lang, one, many);
        if n < 0 { format!("-{text}") } else { text }
    };
    match value {
        Quantity::Share(share_of) => share(share_of, lang),
        Quantity::Time(time) => open_time(time, lang),
        Quantity::Days(n) => units(n, lang.pick("jour", "day"), lang.pick("jours", "days")),
        Quantity::Weeks(n) => units(n, lang.pick("semaine", "week"), lang.pick("semaines", "weeks")),
        Quantity::Count(n) => number(n.into(), lang),
    }
}

/// The exact value of a quantity, for machines and for a reader who redoes the sum: shares as a
/// fraction, times in seconds, the rest as it is.
#[must_use]
pub fn exact(value: Quantity) -> String {
    match value {
        Quantity::Share(share_of) => fraction(share_of),
        Quantity::Time(time) => exact_seconds(time).to_string(),
        Quantity::Days(n) | Quantity::Weeks(n) | Quantity::Count(n) => n.to_string(),
    }
}

/// A time in seconds, exactly.
#[must_use]
pub fn exact_seconds(time: SignedDuration) -> Ratio<i128> {
    const NANOS_PER_SECOND: i128 = 1_000_000_000;
    Ratio::new(time.as_nanos(), NANOS_PER_SECOND)
}

/// Money given in euro cents: `1 250,50 €`, `€1,250.50`.
#[must_use]
pub fn euros(cents: u128, lang: Lang) -> String {
    let whole = number(i128::try_from(cents / 100).unwrap_or(i128::MAX), lang);
    let rest = cents % 100;
    match lang {
        Lang::Fr => format!("{whole},{rest:02}{NO_BREAK}€"),
        Lang::En => format!("€{whole}.{rest:02}"),
    }
}

const MONTHS: [(&str, &str, &str, &str); 12] = [
    ("janvier", "janv.", "January", "Jan"),
    ("février", "févr.", "February", "Feb"),
    ("mars", "mars", "March", "Mar"),
    ("avril", "avr.", "April", "Apr"),
    ("mai", "mai", "May", "May"),
    ("juin", "juin", "June", "Jun"),
    ("juillet", "juil.", "July", "Jul"),
    ("août", "août", "August", "Aug"),
    ("septembre", "sept.", "September", "Sep"),
    ("octobre", "oct.", "October", "Oct"),
    ("novembre", "nov.", "November", "Nov"),
    ("décembre", "déc.", "December", "Dec"),
];

fn month_words(date: Date) -> (&'static str, &'static str, &'static str, &'static str) {
    let index = usize::try_from(date.month() - 1).unwrap_or_default();
    MONTHS.get(index).copied().unwrap_or_default()
}

/// `mars 2016`, `March 2016`.
#[must_use]
pub fn month(month: Month, lang: Lang) -> String {
    let (fr, _, en, _) = month_words(month.first);
    format!("{} {}", lang.pick(fr, en), month.first.year())
}

/// After a noun, with the elision that French wants: `de mars 2016`, `d'avril 2016`; `of March 2016`.
#[must_use]
pub fn of_month(which: Month, lang: Lang) -> String {
    let text = month(which, lang);
    match lang {
        Lang::Fr if text.starts_with(['a', 'o']) => format!("d'{text}"),
        Lang::Fr => format!("de {text}"),
        Lang::En => format!("of {text}"),
    }
}

/// For an axis: `mars`, `févr.`; `Mar`, `Feb`.
#[must_use]
pub fn month_short(month: Month, lang: Lang) -> &'static str {
    let (_, fr, _, en) = month_words(month.first);
    lang.pick(fr, en)
}

/// `2016-03`, the same in every language.
#[must_use]
pub fn month_code(month: Month) -> String {
    format!("{:04}-{:02}", month.first.year(), month.first.month())
}

/// `12 mars 2026` (`1er mars 2026`), `12 March 2026`.
#[must_use]
pub fn date_long(date: Date, lang: Lang) -> String {
    let (fr, _, en, _) = month_words(date);
    let ordinal = if lang == Lang::Fr && date.day() == 1 { "er" } else { "" };
    format!("{}{ordinal}{NO_BREAK}{} {}", date.day(), lang.pick(fr, en), date.year())
}

/// `12/03/2026`, in both languages (day, month, year: this is a French contract).
#[must_use]
pub fn date_short(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// `lun.`, `Mon`.
#[must_use]
pub const fn weekday_short(day: Weekday, lang: Lang) -> &'static str {
    match day {
        Weekday::Monday => lang.pick("lun.", "Mon"),
        Weekday::Tuesday => lang.pick("mar.", "Tue"),
        Weekday::Wednesday => lang.pick("mer.", "Wed"),
        Weekday::Thursday => lang.pick("jeu.", "Thu"),
        Weekday::Friday => lang.pick("ven.", "Fri"),
        Weekday::Saturday => lang.pick("sam.", "Sat"),
        Weekday::Sunday => lang.pick("dim.", "Sun"),
    }
}

/// An instant on the wall clock of `zone`: `12/03/2026 14:05`.
///
/// Seconds and what is below are shown when they are not zero, so that two instants never print
/// alike; an hour that the clock passes twice is followed by its distance to UTC.
#[must_use]
pub fn instant(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let mut text = format!("{} {:02}:{:02}", date_short(local.date()), local.hour(), local.minute());
    let micros = u128::from(local.subsec_nanosecond().unsigned_abs()) / (1_000_000_000 / MICROS_PER_SECOND);
    if micros > 0 {
        let digits = format!("{micros:06}");
        text.push_str(&format!(":{:02}.{}", local.second(), digits.trim_end_matches('0')));
    } else if local.second() > 0 {
        text.push_str(&format!(":{:02}", local.second()));
    }
    if zone.to_ambiguous_timestamp(local.datetime()).is_ambiguous() {
        text.push_str(&format!(" (UTC{})", local.offset()));
    }
    text
}

#[cfg(test)]
mod tests;
