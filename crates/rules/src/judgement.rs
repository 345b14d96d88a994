//! What judging a period gives: the same value behind every screen, report and export.
//!
//! The types come first, since everything that shows a figure reads them.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use num_rational::Ratio;
use serde::{Deserialize, Serialize};
use vigie_contract::{ClockId, Label, Priority};

use crate::fact::Subject;

/// A calendar month in the contract's zone, written `2016-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    /// Its first day.
    pub first: Date,
}

impl Month {
    /// The month of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self { first: date.first_of_month() }
    }

    /// The month `count` months later (earlier when negative); itself at the ends of the calendar.
    #[must_use]
    pub fn plus(self, count: i32) -> Self {
        Self { first: self.first.saturating_add(count.months()) }
    }

    /// Its first instant and the next month's; none outside what the zone can place.
    #[must_use]
    pub fn bounds(self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let at = |d: Date| d.to_zoned(zone.clone()).ok().map(|z| z.timestamp());
        Some((at(self.first)?, at(self.plus(1).first)?))
    }
}

/// Not a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month; write the year and the month, such as `2026-03`")]
pub struct MonthError(pub String);

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let parts = text.split_once('-').filter(|(y, m)| y.len() == 4 && m.len() == 2);
        parts
            .and_then(|(y, m)| Date::new(y.parse().ok()?, m.parse().ok()?, 1).ok())
            .filter(|d| (1900..=2100).contains(&d.year()))
            .map(|first| Self { first })
            .ok_or_else(|| MonthError(text.to_owned()))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

/// An exact amount with its nature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A share of a whole, 0 to 1.
    Share(Ratio<i64>),
    /// Open time on the rule's calendar, or elapsed time when the calendar never closes.
    Time(SignedDuration),
    /// Whole days (civil or working, as the rule says).
    Days(i64),
    /// Whole weeks.
    Weeks(i64),
    /// A number of things.
    Count(i64),
}

/// Where an indicator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The promise was kept.
    Met,
    /// It was not.
    Missed,
    /// Nothing to measure in the period.
    NoData,
    /// The contract lacks a value; `note` names it.
    NotComputable,
    /// The contract switches the row off; `note` says why.
    Disabled,
}

/// One row of the table over one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorResult {
    /// Row of 3.4.6.1, from 1.
    pub row: u8,
    /// Request or change type, for rows that are one indicator by type.
    pub key: Option<String>,
    /// Its name for people, when the contract has one.
    pub key_label: Option<Label>,
    /// Clause.
    pub clause: String,
    /// Name.
    pub label: Label,
    /// What tells it from rows of the same name (`Précision périmètre`).
    pub detail: Option<Label>,
    /// Cases or occurrences looked at.
    pub population: u64,
    /// What was measured.
    pub measured: Option<Quantity>,
    /// What was promised.
    pub expected: Option<Quantity>,
    /// By how much it falls short; absent or zero when kept.
    pub gap: Option<Quantity>,
    /// Width of a step.
    pub step: Option<Quantity>,
    /// Started steps.
    pub steps: u64,
    /// Points for each step.
    pub weight: u32,
    /// Points, after the cap if any.
    pub points: u64,
    /// Where it stands.
    pub status: Status,
    /// Cases still open at `as_of` make the figure provisional: how many.
    pub pending: u64,
    /// Why it is not computable, disabled, capped or on a small sample.
    pub notes: Vec<Label>,
    /// What made the figure: late cases, late occurrences, findings. Sorted by subject.
    pub items: Vec<Item>,
    /// Cases that were in time, when the row was asked for in full. Sorted by subject.
    pub kept: Vec<Item>,
}

impl IndicatorResult {
    /// A row that has seen nothing: no figure, no step, no point.
    #[must_use]
    pub const fn blank(row: u8, clause: String, label: Label, weight: u32) -> Self {
        Self {
            row,
            key: None,
            key_label: None,
            clause,
            label,
            detail: None,
            population: 0,
            measured: None,
            expected: None,
            gap: None,
            step: None,
            steps: 0,
            weight,
            points: 0,
            status: Status::NoData,
            pending: 0,
            notes: Vec::new(),
            items: Vec::new(),
            kept: Vec::new(),
        }
    }
}

/// One case or occurrence behind a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub subject: Subject,
    /// Its own points; none when the points belong to the rate as a whole.
    pub points: Option<u64>,
    /// Its own started steps.
    pub steps: u64,
    /// Why it counts, in words.
    pub reason: Label,
    /// Its priority, for cases.
    pub priority: Option<Priority>,
    /// The clock that says so, for cases.
    pub clock: Option<ClockId>,
    /// From when.
    pub start: Option<Timestamp>,
    /// Until when; absent while it runs.
    pub stop: Option<Timestamp>,
    /// By when it should have been.
    pub due: Option<Timestamp>,
    /// What it took.
    pub elapsed: Option<SignedDuration>,
    /// What was allowed.
    pub target: Option<SignedDuration>,
}

/// All indicators of a contract over a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Contract id.
    pub contract: String,
    /// Contract version in force at the start of the period.
    pub version: String,
    /// The month.
    pub month: Month,
    /// Until when facts were known: the latest instant of any fact of the journal.
    pub as_of: Timestamp,
    /// Sum of points.
    pub total_points: u64,
    /// Incidents of the month that no priority places: they are in no row.
    pub unclassified: u64,
    /// Results in row order, then by key.
    pub indicators: Vec<IndicatorResult>,
}
