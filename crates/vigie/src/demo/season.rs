//! When things are reported: weights by month, day and hour, and the draw of an instant from them.

use jiff::civil::{Date, Weekday};

use super::{
    days::{Day, Days, HOUR, MINUTE, OPENING},
    rng::Rng,
    tables,
};

/// Share of a worked day's weight that a closed day keeps, in hundredths: cases reported all the same.
const CLOSED_DAY: i64 = 3;

/// Days from whose cases some are still open.
const RECENT: usize = 6;

/// The months of the year and how busy each day of them is.
#[derive(Debug)]
pub(super) struct Season<'a> {
    /// Days of each full month, oldest first, then those of the current one up to today.
    pub months: Vec<&'a [Day]>,
    /// Running sums of the days' weights over the full months.
    past: Vec<(i64, &'a Day)>,
    /// The same over the current month.
    current: Vec<(i64, &'a Day)>,
    /// The last days of all.
    recent: &'a [Day],
}

/// How busy a day is.
fn weight(day: &Day) -> i64 {
    let month = usize::try_from(day.date.month() - 1).unwrap_or(0);
    let weekday = usize::try_from(day.date.weekday().to_monday_zero_offset()).unwrap_or(0);
    let of_month = tables::MONTH_WEIGHT.get(month).copied().unwrap_or(100);
    let of_weekday = tables::WEEKDAY_WEIGHT.get(weekday).copied().unwrap_or(100);
    of_month * if day.worked { of_weekday } else { CLOSED_DAY }
}

fn running<'a>(days: impl Iterator<Item = &'a Day>) -> Vec<(i64, &'a Day)> {
    days.scan(0, |sum, day| {
        *sum += weight(day);
        Some((*sum, day))
    })
    .collect()
}

impl<'a> Season<'a> {
    /// The season of the days from `first` (a first of month) to `today`, both included.
    pub(super) fn new(days: &'a Days, first: Date, today: Date) -> Self {
        let all = days.all();
        let from = all.partition_point(|d| d.date < first);
        let to = all.partition_point(|d| d.date <= today);
        let within = all.get(from..to).unwrap_or_default();
        let months: Vec<&[Day]> = within.chunk_by(|a, b| a.date.month() == b.date.month()).collect();
        let (current, past) = months.split_last().unwrap_or((&within, &[]));
        let (past, current) = (running(past.iter().flat_map(|m| m.iter())), running(current.iter()));
        let recent = within.get(within.len().saturating_sub(RECENT)..).unwrap_or_default();
        Self { months, past, current, recent }
    }

    /// How many of a yearly `volume` fall in the full months (all of them) and in the current one.
    pub(super) fn share(&self, volume: i64, rng: &mut Rng) -> (i64, i64) {
        let total = |days: &[(i64, &Day)]| days.last().map_or(0, |(sum, _)| *sum);
        let (past, now) = (total(&self.past).max(1), total(&self.current));
        // Rounded by a draw, so that rare subjects come now and then instead of never.
        (volume, (volume * now + rng.below(past)) / past)
    }

    /// A day of the full months, or of the current one.
    pub(super) fn day(&self, current: bool, rng: &mut Rng) -> Option<&'a Day> {
        let days = if current { &self.current } else { &self.past };
        let drawn = rng.below(days.last()?.0);
        days.get(days.partition_point(|(sum, _)| *sum <= drawn)).map(|(_, day)| *day)
    }

    /// Whether a day is among the last of all, whose cases may still be worked on.
    pub(super) fn is_recent(&self, day: &Day) -> bool {
        self.recent.iter().any(|d| d.date == day.date)
    }

    /// Whether a day is the last of all.
    pub(super) fn is_today(&self, day: &Day) -> bool {
        self.recent.last().is_some_and(|d| d.date == day.date)
    }

    /// Which month a day belongs to, from 0 for the oldest.
    pub(super) fn month_of(&self, day: &Day) -> usize {
        self.months.partition_point(|m| m.first().is_some_and(|d| d.date <= day.date)).saturating_sub(1)
    }
}

/// An instant of a day at which a person would report something.
pub(super) fn reported(day: &Day, rng: &mut Rng) -> i64 {
    let hours = if day.date.weekday() == Weekday::Monday { &tables::MONDAY_HOUR_WEIGHT } else { &tables::HOUR_WEIGHT };
    let hour = i64::try_from(rng.weighted(hours.iter().copied())).unwrap_or(0);
    day.at(OPENING + hour * HOUR + rng.below(HOUR))
}

/// An instant at which a machine would: any hour, somewhat more by day, when lines are busy.
pub(super) fn alerted(day: &Day, rng: &mut Rng) -> i64 {
    if day.worked && rng.per_mille(650) { reported(day, rng) } else { day.at(rng.below(24 * HOUR)) }
}

/// An instant of the morning's test calls, before the desk opens its lines.
pub(super) fn tested(day: &Day, rng: &mut Rng) -> i64 {
    day.at(OPENING - 25 * MINUTE + rng.below(45 * MINUTE))
}
