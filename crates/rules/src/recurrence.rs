//! Recurring dates, the part of RFC 5545 (section 3.3.10) that contracts use.
//!
//! `FREQ` is `DAILY`, `WEEKLY`, `MONTHLY` or `YEARLY`, with `INTERVAL`, `BYDAY` (with an ordinal for
//! months, such as `2TU` or `-1FR`), `BYMONTHDAY` (negative from the end) and `BYMONTH`. Dates are
//! civil; weeks begin on Monday. An interval is counted from `anchor`.

use std::str::FromStr;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A recurrence rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    frequency: Frequency,
    interval: i32,
    by_day: Vec<(Option<i8>, Weekday)>,
    by_month_day: Vec<i8>,
    by_month: Vec<i8>,
}

/// Why a rule could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{part}` is not understood in the recurrence `{rule}`; write for example `FREQ=MONTHLY;BYMONTHDAY=8` or `FREQ=WEEKLY;BYDAY=MO`"
)]
pub struct RecurrenceError {
    /// The whole rule.
    pub rule: String,
    /// The part that does not fit.
    pub part: String,
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

fn by_day(text: &str) -> Option<(Option<i8>, Weekday)> {
    let split = text.len().checked_sub(2)?;
    let (ordinal, day) = (text.get(..split)?, text.get(split..)?);
    let ordinal = if ordinal.is_empty() { None } else { Some(ordinal.parse().ok().filter(|n: &i8| *n != 0)?) };
    Some((ordinal, weekday(day)?))
}

fn list<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(parse).collect()
}

impl FromStr for Recurrence {
    type Err = RecurrenceError;

    fn from_str(rule: &str) -> Result<Self, RecurrenceError> {
        let err = |part: &str| RecurrenceError { rule: rule.to_owned(), part: part.to_owned() };
        let mut frequency = None;
        let mut parsed = Self {
            frequency: Frequency::Daily,
            interval: 1,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_month: Vec::new(),
        };
        for part in rule.split(';').filter(|p| !p.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| err(part))?;
            match key {
                "FREQ" => {
                    frequency = Some(match value {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        _ => return Err(err(part)),
                    });
                }
                "INTERVAL" => {
                    parsed.interval = value.parse().ok().filter(|n| (1..=1000).contains(n)).ok_or_else(|| err(part))?;
                }
                "BYDAY" => parsed.by_day = list(value, by_day).ok_or_else(|| err(part))?,
                "BYMONTHDAY" => {
                    let day = |t: &str| t.parse::<i8>().ok().filter(|d| *d != 0 && (-31..=31).contains(d));
                    parsed.by_month_day = list(value, day).ok_or_else(|| err(part))?;
                }
                "BYMONTH" => {
                    let month = |t: &str| t.parse::<i8>().ok().filter(|m| (1..=12).contains(m));
                    parsed.by_month = list(value, month).ok_or_else(|| err(part))?;
                }
                "WKST" if value == "MO" => {}
                _ => return Err(err(part)),
            }
        }
        parsed.frequency = frequency.ok_or_else(|| err("FREQ"))?;
        Ok(parsed)
    }
}

impl Recurrence {
    /// The dates of the rule in `[from, to)`, in order. `anchor` is the date of the first occurrence
    /// (DTSTART): none lies before it, intervals count from it, and it gives the day when the rule
    /// names none.
    #[must_use]
    pub fn dates(&self, anchor: Date, from: Date, to: Date) -> Vec<Date> {
        let mut dates = Vec::new();
        let mut day = from.max(anchor);
        while day < to {
            if self.falls_on(anchor, day) {
                dates.push(day);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        dates
    }

    fn falls_on(&self, anchor: Date, day: Date) -> bool {
        if !self.by_month.is_empty() && !self.by_month.contains(&day.month()) {
            return false;
        }
        let months = (i32::from(day.year()) - i32::from(anchor.year())) * 12 + i32::from(day.month())
            - i32::from(anchor.month());
        let on_interval = match self.frequency {
            Frequency::Daily => days_between(anchor, day) % self.interval == 0,
            Frequency::Weekly => days_between(monday(anchor), monday(day)) / 7 % self.interval == 0,
            Frequency::Monthly => months % self.interval == 0,
            Frequency::Yearly => (i32::from(day.year()) - i32::from(anchor.year())) % self.interval == 0,
        };
        on_interval && self.day_fits(anchor, day)
    }

    fn day_fits(&self, anchor: Date, day: Date) -> bool {
        let by_day = self
            .by_day
            .iter()
            .any(|&(ordinal, weekday)| day.weekday() == weekday && ordinal.is_none_or(|n| nth_of_month(day, n)));
        let by_month_day = self.by_month_day.iter().any(|&n| {
            let from_end = day.day() - day.days_in_month() - 1;
            n == day.day() || n == from_end
        });
        match (self.by_day.is_empty(), self.by_month_day.is_empty()) {
            (false, false) => by_day && by_month_day,
            (false, true) => by_day,
            (true, false) => by_month_day,
            (true, true) => match self.frequency {
                Frequency::Daily => true,
                Frequency::Weekly => day.weekday() == anchor.weekday(),
                Frequency::Yearly if self.by_month.is_empty() => {
                    (day.month(), day.day()) == (anchor.month(), anchor.day())
                }
                Frequency::Monthly | Frequency::Yearly => day.day() == anchor.day(),
            },
        }
    }
}

fn days_between(a: Date, b: Date) -> i32 {
    a.until(b).map_or(0, |span| span.get_days())
}

fn monday(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

fn nth_of_month(day: Date, n: i8) -> bool {
    if n > 0 { (day.day() - 1) / 7 + 1 == n } else { (day.days_in_month() - day.day()) / 7 + 1 == -n }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn check(rule: &str, anchor: Date, from: Date, to: Date, expected: &[Date]) {
        assert_eq!(rule.parse::<Recurrence>().unwrap().dates(anchor, from, to), expected, "{rule}");
    }

    #[test]
    fn rules_of_rfc_5545_give_their_dates() {
        let start = date(1997, 9, 2);
        check(
            "FREQ=DAILY;INTERVAL=10",
            start,
            start,
            date(1997, 10, 13),
            &[start, date(1997, 9, 12), date(1997, 9, 22), date(1997, 10, 2), date(1997, 10, 12)],
        );
        check(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
            start,
            start,
            date(1997, 9, 20),
            &[start, date(1997, 9, 4), date(1997, 9, 16), date(1997, 9, 18)],
        );
        check(
            "FREQ=MONTHLY;BYDAY=1FR",
            start,
            start,
            date(1997, 12, 1),
            &[date(1997, 9, 5), date(1997, 10, 3), date(1997, 11, 7)],
        );
        check(
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            start,
            start,
            date(1997, 12, 1),
            &[date(1997, 9, 30), date(1997, 10, 31), date(1997, 11, 30)],
        );
        check("FREQ=MONTHLY;BYDAY=-1SU", start, start, date(1997, 11, 1), &[date(1997, 9, 28), date(1997, 10, 26)]);
        check("FREQ=YEARLY", start, start, date(2000, 1, 1), &[start, date(1998, 9, 2), date(1999, 9, 2)]);
        check(
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
            date(2026, 1, 1),
            date(2026, 2, 1),
            date(2026, 12, 1),
            &[date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)],
        );
        check(
            "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15",
            date(2026, 1, 1),
            date(2026, 1, 1),
            date(2027, 1, 1),
            &[date(2026, 1, 15), date(2026, 7, 15)],
        );
    }

    #[test]
    fn parts_that_are_not_understood_are_named() {
        for (rule, part) in [
            ("BYDAY=MO", "FREQ"),
            ("FREQ=HOURLY", "FREQ=HOURLY"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
            ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
            ("FREQ=DAILY;COUNT=3", "COUNT=3"),
        ] {
            assert_eq!(rule.parse::<Recurrence>().unwrap_err().part, part);
        }
    }
}
