//! How a row's steps follow from what stands in its cells, in whole numbers.

use vigie_rules::judgement::{IndicatorResult, Item, Quantity};

use crate::journal::JournalContext;

const MICROS_PER_SECOND: i128 = 1_000_000;
const SECONDS_PER_DAY: i128 = 86_400;
const DAYS_PER_WEEK: i128 = 7;

/// In what times are written as whole numbers: seconds unless one of them has a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Microsecond,
}

impl Unit {
    /// The unit in which every time of a row is whole.
    pub(super) fn of(result: &IndicatorResult) -> Self {
        let step = if let Some(Quantity::Time(t)) = result.step { Some(t) } else { None };
        let mut times = result.items.iter().flat_map(|i| [i.elapsed, i.target]).chain([step]).flatten();
        if times.any(|t| t.subsec_nanos() != 0) { Self::Microsecond } else { Self::Second }
    }

    pub(super) fn whole(self, time: jiff::SignedDuration) -> i128 {
        match self {
            Self::Second => time.as_micros() / MICROS_PER_SECOND,
            Self::Microsecond => time.as_micros(),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Microsecond => "µs",
        }
    }
}

/// How the steps of a row's items follow from its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Steps {
    /// Open time over a step of open time, in the row's unit.
    Open { step: i128 },
    /// Wall-clock time between due and done over a step of so many seconds.
    Civil { step: i128 },
    /// A step each (findings): nothing to compute.
    Given,
}

impl Steps {
    pub(super) fn of(result: &IndicatorResult, unit: Unit) -> Self {
        match result.step {
            Some(Quantity::Time(step)) if unit.whole(step) > 0 => Self::Open { step: unit.whole(step) },
            Some(Quantity::Days(n)) if n > 0 => Self::Civil { step: i128::from(n) * SECONDS_PER_DAY },
            Some(Quantity::Weeks(n)) if n > 0 => Self::Civil { step: i128::from(n) * DAYS_PER_WEEK * SECONDS_PER_DAY },
            _ => Self::Given,
        }
    }

    /// The width of a step, when there is one.
    pub(super) const fn step(self) -> Option<i128> {
        match self {
            Self::Open { step } | Self::Civil { step } => Some(step),
            Self::Given => None,
        }
    }
}

/// Division rounded up, for a positive divisor.
pub(super) fn div_up(num: i128, den: i128) -> i128 {
    num.div_euclid(den) + i128::from(num.rem_euclid(den) != 0)
}

/// Whole seconds of wall clock from due to done, when both are known.
pub(super) fn civil_seconds(item: &Item, context: &JournalContext) -> Option<i128> {
    let local = |at: jiff::Timestamp| at.to_zoned(context.zone.clone()).datetime();
    let (due, stop) = (local(item.due?), local(item.stop?));
    if due.subsec_nanosecond() != 0 || stop.subsec_nanosecond() != 0 {
        return None;
    }
    Some(stop.duration_since(due).as_secs().into())
}
