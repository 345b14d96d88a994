//! The days of the demonstrated year, and the hours in which people work.
//!
//! Instants here are whole seconds since the Unix epoch. Hours are the contract's own, so that the
//! share of late cases is the one that was drawn; nothing is judged here.

use std::sync::Arc;

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
};
use vigie_contract::Priority;
use vigie_rules::{book::Book, calendar::Calendar};

use super::DemoError;

/// Seconds of a minute.
pub(super) const MINUTE: i64 = 60;
/// Seconds of an hour.
pub(super) const HOUR: i64 = 3600;
/// Opening of the service desk (REQ12: 08:00-18:00 Monday to Friday), in seconds of the day.
pub(super) const OPENING: i64 = 8 * HOUR;
/// Open seconds of a working day.
pub(super) const WORKING_DAY: i64 = 10 * HOUR;

/// One civil day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    /// Which.
    pub date: Date,
    /// Its first second.
    midnight: i64,
    /// Whether people work.
    pub worked: bool,
}

impl Day {
    /// The instant so many seconds after its midnight.
    pub(super) const fn at(&self, second: i64) -> i64 {
        self.midnight + second
    }

    /// The instant of a time of day.
    pub(super) const fn hm(&self, hour: i64, minute: i64) -> i64 {
        self.at(hour * HOUR + minute * MINUTE)
    }

    /// Whether it is a worked day of that name.
    pub(super) fn is(&self, weekday: Weekday) -> bool {
        self.worked && self.date.weekday() == weekday
    }
}

/// Every civil day from a first to a last one.
#[derive(Debug)]
pub(super) struct Days {
    days: Vec<Day>,
    hours: Arc<Calendar>,
}

impl Days {
    /// Lays out the days from `first` to `last`, both included.
    ///
    /// # Errors
    /// When the contract has no hours for P3 cases, or the dates are out of reach.
    pub(super) fn new(book: &Book, first: Date, last: Date) -> Result<Self, DemoError> {
        let window = book.contract.priorities.windows.iter().find(|w| w.priority == Priority::P3);
        let hours = window.and_then(|w| book.calendar(&w.treatment)).ok_or(DemoError::NoHours)?;
        let mut days = Vec::with_capacity(600);
        let mut date = first;
        while date <= last {
            let midnight = hours.zone().to_timestamp(date.at(0, 0, 0, 0))?.as_second();
            days.push(Day { date, midnight, worked: hours.opens_on(date) });
            date = date.checked_add(1.day())?;
        }
        Ok(Self { days, hours: Arc::clone(hours) })
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> &[Day] {
        &self.days
    }

    /// The day of a date; none outside the range.
    pub(super) fn of(&self, date: Date) -> Option<&Day> {
        self.days.binary_search_by_key(&date, |d| d.date).ok().and_then(|i| self.days.get(i))
    }

    /// The day that holds an instant.
    pub(super) fn holding(&self, at: i64) -> Option<&Day> {
        self.days.get(self.days.partition_point(|d| d.midnight <= at).checked_sub(1)?)
    }

    /// Whether people are at work at an instant.
    pub(super) fn is_open(&self, at: i64) -> bool {
        self.hours.is_open(instant(at)).unwrap_or(false)
    }

    /// The instant when `open` seconds of opening hours have passed since `at`.
    pub(super) fn after(&self, at: i64, open: i64) -> i64 {
        let passed = self.hours.add(instant(at), SignedDuration::from_secs(open));
        // Beyond the laid-out years is beyond today, and what lies there is never written.
        passed.map_or(i64::MAX, Timestamp::as_second)
    }

    /// The `count`th worked day after `date`; before it when negative.
    pub(super) fn worked_day(&self, date: Date, count: i64) -> Option<&Day> {
        self.of(self.hours.add_open_days(date, count).ok()?)
    }
}

/// The instant of so many seconds since the epoch; the last one that exists when out of range.
pub(super) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
