//! Opening hours: how much open time lies between two instants, and when some open time has passed.
//!
//! Conventions, each tested on both sides (`docs/decisions/0005-clock-conventions.md`):
//! - a window is half-open, `[open, close)`: at closing time the calendar is closed;
//! - moving forward by an open time that ends exactly at closing time stops there, and does not jump
//!   to the next opening; moving by nothing from a closed instant goes to the next opening;
//! - moving backward is the mirror image: it stops at opening time, and moving by nothing from a
//!   closed instant goes to the last closing;
//! - windows are civil: they are built date by date in their zone, so that a Sunday of a clock change
//!   counts 23 or 25 hours on a calendar that never closes. A time that the gap skips is taken as long
//!   after the gap as it stood after its start; one that repeats is taken the first time (RFC 5545).
//!
//! A calendar is built once for a span of years; both questions then cost one table look-up.

use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use vigie_contract::{CalendarRule, Holidays, WeeklyWindows, Window};

use crate::holiday::holidays;

/// One microsecond-exact interval of opening with the open time that lies before it.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Instant of opening, microseconds since the epoch.
    from: i64,
    /// Instant of closing.
    to: i64,
    /// Open microseconds before `from` since the start of the table.
    before: i64,
}

const DAY: i64 = 86_400_000_000;

/// Opening hours laid out over a span of years.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    opens: Vec<Open>,
    /// For each UTC day since `origin`: the first interval that closes after the start of that day.
    first_of_day: Vec<u32>,
    /// Start of the table, microseconds.
    origin: i64,
    /// End of the table, microseconds.
    end: i64,
    first_date: Date,
    /// Whether each civil day since `first_date` opens at all.
    open_days: Vec<bool>,
}

/// Why a calendar could not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The instant is outside the years that the calendar was laid out for.
    #[error("{instant} lies outside the years for which the calendar is laid out ({from} to {to})")]
    OutOfRange {
        /// The instant asked for, or reached.
        instant: Timestamp,
        /// First day laid out.
        from: Date,
        /// Last instant laid out.
        to: Timestamp,
    },
    /// The calendar has too little open time left before its end for the move asked for.
    #[error("the calendar does not open long enough before {to} (or after {from}) to move that far")]
    NeverOpens {
        /// First day laid out.
        from: Date,
        /// Last instant laid out.
        to: Timestamp,
    },
    /// The zone or the years cannot be laid out.
    #[error("the years {first} to {last} cannot be laid out")]
    Years {
        /// First year.
        first: i16,
        /// Last year.
        last: i16,
    },
}

/// Windows of a day of the week.
#[must_use]
pub fn windows_of(weekly: &WeeklyWindows, day: Weekday) -> &[Window] {
    match day {
        Weekday::Monday => &weekly.mon,
        Weekday::Tuesday => &weekly.tue,
        Weekday::Wednesday => &weekly.wed,
        Weekday::Thursday => &weekly.thu,
        Weekday::Friday => &weekly.fri,
        Weekday::Saturday => &weekly.sat,
        Weekday::Sunday => &weekly.sun,
    }
}

impl Calendar {
    /// The years that contracts are laid out for: from before any ticket log that may be imported to
    /// well past any contract.
    pub const YEARS: RangeInclusive<i16> = 1990..=2060;

    /// Lays out a rule of the contract.
    ///
    /// # Errors
    /// When the years cannot be laid out.
    pub fn from_rule(rule: &CalendarRule, zone: &TimeZone, years: RangeInclusive<i16>) -> Result<Self, CalendarError> {
        let exceptions = rule.exceptions.iter().map(|e| (e.date, e.windows.clone())).collect();
        Self::new(zone, &rule.weekly, rule.holidays, &exceptions, years)
    }

    /// Lays out weekly windows, closed on `holidays`, except on the days of `exceptions`, whose own
    /// windows replace the week's (none means closed).
    ///
    /// # Errors
    /// When the years cannot be laid out.
    pub fn new(
        zone: &TimeZone,
        weekly: &WeeklyWindows,
        closing: Holidays,
        exceptions: &BTreeMap<Date, Vec<Window>>,
        years: RangeInclusive<i16>,
    ) -> Result<Self, CalendarError> {
        let bad = || CalendarError::Years { first: *years.start(), last: *years.end() };
        let first_date = Date::new(*years.start(), 1, 1).map_err(|_| bad())?;
        let last_date = Date::new(*years.end(), 12, 31).map_err(|_| bad())?;
        let closed: std::collections::BTreeSet<Date> =
            years.clone().flat_map(|y| holidays(closing, y)).map(|h| h.date).collect();
        let at = |date: Date, time: Time| {
            zone.to_timestamp(date.to_datetime(time)).map(Timestamp::as_microsecond).map_err(|_| bad())
        };

        let mut opens: Vec<Open> = Vec::new();
        let mut open_days = Vec::new();
        let mut total = 0_i64;
        let mut date = first_date;
        while date <= last_date {
            let tomorrow = date.tomorrow().map_err(|_| bad())?;
            let windows: &[Window] = match exceptions.get(&date) {
                Some(windows) => windows,
                None if closed.contains(&date) => &[],
                None => windows_of(weekly, date.weekday()),
            };
            for window in windows {
                let from = at(date, window.open)?;
                let to = window.close.map_or_else(|| at(tomorrow, Time::midnight()), |t| at(date, t))?;
                if to <= from {
                    continue; // the gap of a clock change swallowed it
                }
                match opens.last_mut() {
                    Some(last) if last.to >= from => {
                        total += (to - last.to).max(0);
                        last.to = last.to.max(to);
                    }
                    _ => {
                        opens.push(Open { from, to, before: total });
                        total += to - from;
                    }
                }
            }
            open_days.push(!windows.is_empty());
            date = tomorrow;
        }
        let origin = at(first_date, Time::midnight())?;
        let end = at(date, Time::midnight())?;
        let first_of_day = index_by_day(&opens, origin, end);
        Ok(Self { zone: zone.clone(), opens, first_of_day, origin, end, first_date, open_days })
    }

    /// The zone of its windows.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn out_of_range(&self, instant: Timestamp) -> CalendarError {
        CalendarError::OutOfRange { instant, from: self.first_date, to: micros(self.end) }
    }

    fn never_opens(&self) -> CalendarError {
        CalendarError::NeverOpens { from: self.first_date, to: micros(self.end) }
    }

    /// The first interval that closes after `at`, if any.
    fn next(&self, at: i64) -> Option<(usize, Open)> {
        let day = usize::try_from((at - self.origin).max(0) / DAY).ok()?;
        let mut index = usize::try_from(*self.first_of_day.get(day)?).ok()?;
        loop {
            let open = *self.opens.get(index)?;
            if open.to > at {
                return Some((index, open));
            }
            index += 1;
        }
    }

    /// Open microseconds from the start of the table to `at`.
    fn position(&self, at: Timestamp) -> Result<i64, CalendarError> {
        let micro = at.as_microsecond();
        if micro < self.origin || micro > self.end {
            return Err(self.out_of_range(at));
        }
        Ok(match self.next(micro) {
            Some((_, open)) => open.before + (micro - open.from).max(0),
            None => self.total(),
        })
    }

    fn total(&self) -> i64 {
        self.opens.last().map_or(0, |o| o.before + (o.to - o.from))
    }

    /// Whether it is open at that instant; at closing time it is not.
    ///
    /// # Errors
    /// When the instant is outside the years laid out.
    pub fn is_open(&self, at: Timestamp) -> Result<bool, CalendarError> {
        let micro = at.as_microsecond();
        if micro < self.origin || micro > self.end {
            return Err(self.out_of_range(at));
        }
        Ok(self.next(micro).is_some_and(|(_, open)| open.from <= micro))
    }

    /// Open time from `a` to `b`, negative when `b` is earlier. Exact to the microsecond.
    ///
    /// # Errors
    /// When an instant is outside the years laid out.
    pub fn open_between(&self, a: Timestamp, b: Timestamp) -> Result<SignedDuration, CalendarError> {
        Ok(SignedDuration::from_micros(self.position(b)? - self.position(a)?))
    }

    /// The earliest instant at which `open` has passed since `at`; for nothing, the first open instant
    /// from `at` on. A negative `open` moves backward (see [`Calendar::sub`]).
    ///
    /// # Errors
    /// When the move leaves the years laid out.
    pub fn add(&self, at: Timestamp, open: SignedDuration) -> Result<Timestamp, CalendarError> {
        if open.is_negative() {
            return self.sub(at, -open);
        }
        let start = at.as_microsecond();
        if start < self.origin || start > self.end {
            return Err(self.out_of_range(at));
        }
        let (mut index, first) = self.next(start).ok_or_else(|| self.never_opens())?;
        let length = i64::try_from(open.as_micros()).map_err(|_| self.never_opens())?;
        let target = first.before + (start - first.from).max(0) + length;
        if length == 0 {
            return Ok(micros(start.max(first.from)));
        }
        if first.before + (first.to - first.from) < target {
            // Most delays end within a few windows; a long one is found by bisection.
            let near = self.opens.iter().skip(index + 1).take(8).position(|o| o.before + (o.to - o.from) >= target);
            index = match near {
                Some(offset) => index + 1 + offset,
                None => self.opens.partition_point(|o| o.before + (o.to - o.from) < target),
            };
        }
        let found = self.opens.get(index).ok_or_else(|| self.never_opens())?;
        Ok(micros(found.from + (target - found.before)))
    }

    /// The latest instant from which `open` passes until `at`; for nothing, `at` itself when open,
    /// else the last closing.
    ///
    /// # Errors
    /// When the move leaves the years laid out.
    pub fn sub(&self, at: Timestamp, open: SignedDuration) -> Result<Timestamp, CalendarError> {
        if open.is_negative() {
            return self.add(at, -open);
        }
        if open.is_zero() && self.is_open(at)? {
            return Ok(at);
        }
        let length = i64::try_from(open.as_micros()).map_err(|_| self.never_opens())?;
        let target = self.position(at)? - length;
        if length == 0 {
            let last = self.opens.partition_point(|o| o.before < target).checked_sub(1);
            let open = last.and_then(|i| self.opens.get(i)).ok_or_else(|| self.never_opens())?;
            return Ok(micros(open.to));
        }
        let found = self.opens.partition_point(|o| o.before <= target).checked_sub(1);
        let open = found.and_then(|i| self.opens.get(i)).filter(|_| target >= 0).ok_or_else(|| self.never_opens())?;
        Ok(micros(open.from + (target - open.before)))
    }

    /// Whether it opens at all on that civil day.
    #[must_use]
    pub fn opens_on(&self, day: Date) -> bool {
        let offset = self.first_date.until(day).map_or(-1, |s| i64::from(s.get_days()));
        usize::try_from(offset).ok().and_then(|i| self.open_days.get(i)).copied().unwrap_or(false)
    }

    /// The `count`th day on which it opens after `day` (before it when negative); `day` itself for
    /// zero.
    ///
    /// # Errors
    /// When the years laid out end before.
    pub fn add_open_days(&self, day: Date, count: i64) -> Result<Date, CalendarError> {
        let step = if count < 0 { -1 } else { 1 };
        let (mut day, mut left) = (day, count.abs());
        let (first, last) = (self.first_date, micros(self.end).to_zoned(self.zone.clone()).date());
        while left > 0 {
            day = day.checked_add(step.days()).map_err(|_| self.never_opens())?;
            if day < first || day >= last {
                return Err(self.never_opens());
            }
            if self.opens_on(day) {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// The open intervals that meet `[from, to)`, clipped to it, in order: for drawing.
    #[must_use]
    pub fn intervals(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let (a, b) = (from.as_microsecond(), to.as_microsecond());
        let start = self.opens.partition_point(|o| o.to <= a);
        self.opens
            .iter()
            .skip(start)
            .take_while(|o| o.from < b)
            .map(|o| (micros(o.from.max(a)), micros(o.to.min(b))))
            .collect()
    }
}

fn index_by_day(opens: &[Open], origin: i64, end: i64) -> Vec<u32> {
    let days = usize::try_from((end - origin) / DAY + 2).unwrap_or(0);
    let mut table = Vec::with_capacity(days);
    let (mut index, mut start) = (0_u32, origin);
    for _ in 0..days {
        while usize::try_from(index).ok().and_then(|i| opens.get(i)).is_some_and(|o| o.to <= start) {
            index += 1;
        }
        table.push(index);
        start += DAY;
    }
    table
}

/// An instant from microseconds within jiff's range: every value comes from an instant or lies
/// between two of them.
fn micros(value: i64) -> Timestamp {
    Timestamp::from_microsecond(value).unwrap_or(if value < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests;
