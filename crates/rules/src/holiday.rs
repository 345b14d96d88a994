//! French public holidays, computed.
//!
//! Source: Code du travail L3133-1 (eleven days in metropolitan France) and L3134-13 (Good Friday and
//! 26 December in Alsace-Moselle). Easter is Gregorian, by the anonymous algorithm published in
//! *Nature*, 20 April 1876 (Meeus, *Astronomical Algorithms*, chapter 8).

use jiff::{ToSpan, civil::Date};
use vigie_contract::{Holidays, Label};

/// Easter Sunday of a Gregorian year; none outside 1583..=9999.
#[must_use]
pub fn easter(year: i16) -> Option<Date> {
    if !(1583..=9999).contains(&year) {
        return None;
    }
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A holiday with its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Its names.
    pub label: Label,
}

/// The public holidays of a year, in order.
#[must_use]
pub fn holidays(kind: Holidays, year: i16) -> Vec<Holiday> {
    let alsace = match kind {
        Holidays::None => return Vec::new(),
        Holidays::FrenchMetropole => false,
        Holidays::FrenchAlsaceMoselle => true,
    };
    let fixed = [
        (1, 1, "Jour de l'an", "New Year's Day", true),
        (5, 1, "Fête du Travail", "Labour Day", true),
        (5, 8, "Victoire de 1945", "Victory in Europe Day", true),
        (7, 14, "Fête nationale", "National Day", true),
        (8, 15, "Assomption", "Assumption", true),
        (11, 1, "Toussaint", "All Saints' Day", true),
        (11, 11, "Armistice de 1918", "Armistice Day", true),
        (12, 25, "Noël", "Christmas Day", true),
        (12, 26, "Deuxième jour de Noël", "Saint Stephen's Day", alsace),
    ];
    let movable = [
        (-2_i64, "Vendredi saint", "Good Friday", alsace),
        (1, "Lundi de Pâques", "Easter Monday", true),
        (39, "Ascension", "Ascension Day", true),
        (50, "Lundi de Pentecôte", "Whit Monday", true),
    ];
    let holiday =
        |date: Date, fr: &str, en: &str| Holiday { date, label: Label { fr: fr.to_owned(), en: en.to_owned() } };
    let mut days: Vec<Holiday> = fixed
        .iter()
        .filter(|f| f.4)
        .filter_map(|&(month, day, fr, en, _)| Date::new(year, month, day).ok().map(|d| holiday(d, fr, en)))
        .collect();
    if let Some(easter) = easter(year) {
        days.extend(
            movable
                .iter()
                .filter(|m| m.3)
                .filter_map(|&(offset, fr, en, _)| easter.checked_add(offset.days()).ok().map(|d| holiday(d, fr, en))),
        );
    }
    days.sort_by_key(|h| h.date);
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn easter_falls_where_published_tables_put_it() {
        for (year, month, day) in
            [(1818, 3, 22), (1943, 4, 25), (2000, 4, 23), (2008, 3, 23), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25)]
        {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
        assert_eq!(easter(1582), None);
    }

    #[test]
    fn metropolitan_france_has_eleven_holidays_and_alsace_moselle_thirteen() {
        assert_eq!(holidays(Holidays::FrenchMetropole, 2026).len(), 11);
        assert_eq!(holidays(Holidays::FrenchAlsaceMoselle, 2026).len(), 13);
        assert_eq!(holidays(Holidays::None, 2026), []);
    }

    #[test]
    fn the_movable_days_of_2026_are_those_of_the_official_calendar() {
        let days: Vec<Date> = holidays(Holidays::FrenchMetropole, 2026).into_iter().map(|h| h.date).collect();
        for day in [date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)] {
            assert!(days.contains(&day), "{day}");
        }
    }
}
